"""The actions that write 協議会意見: rights, conflicts and history.

No state of a 節 locks them: a council is heard, and answered, after 確定 as well as before. What residents read changes
by a publication alone.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from core.fiscal_years import wareki
from evaluations.models import CouncilOpinion, OpinionStatus
from plans.kept_rows import Columns, KeptRows, columns_of, require_writer, to_change, unchanged
from plans.lineage import NextPlace, next_place
from plans.model_fields import longest
from plans.models import Plan, Subject
from plans.refusals import Refused
from plans.row_locks import lock_plan

MAY_NOT = "協議会意見を書く権限がありません。"
NO_NEXT_PLAN = "次の計画でこの計画を「前の計画」に選ぶと、次の計画へ持ち越せます。"


def in_words(opinion: CouncilOpinion) -> str:
    """One line for the history."""
    parts = [
        f"{opinion.council} {opinion.held_on.isoformat()} 番号{opinion.number}",
        opinion.place_in_words,
        f"意見者：{opinion.speaker}" if opinion.speaker else "",
        f"意見：{opinion.opinion}",
        f"対応：{opinion.response}" if opinion.response else "",
        f"反映先：{opinion.reflected_in_words}" if opinion.reflected_in_words else "",
        opinion.get_status_display(),
        "公表する" if opinion.published else "公表しない",
    ]
    return "／".join(part for part in parts if part)


OPINIONS = KeptRows(CouncilOpinion, Subject.OPINION, "協議会意見", in_words, place=("section_id", "fiscal_year"))


@transaction.atomic
def add_opinion(plan: Plan, new: Columns, *, by: User, channel: str) -> CouncilOpinion:
    """Store a new opinion; without a `number` it gets the next one of that council and day. Sent twice, it is one.

    Raises PermissionDenied, or Refused where its number is taken.
    """
    _start(plan, by)
    said = {name: value for name, value in new.items() if value is not None}
    same = OPINIONS.made_just_now(plan, said, by)
    return same or OPINIONS.add(plan, _numbered(plan, new), by=by, channel=channel)


@transaction.atomic
def change_opinion(opinion: CouncilOpinion, new: Columns, *, version: int, by: User, channel: str) -> None:
    """Change an opinion from the version that was drawn. Raises PermissionDenied, Refused or Conflict."""
    _start(opinion.plan, by)
    new = _numbered(opinion.plan, new, opinion)
    current = to_change(opinion, new, version)
    if current is None:
        return
    if (current.status == OpinionStatus.CARRIED) != (new.get("status") == OpinionStatus.CARRIED):
        raise Refused("持ち越しは「次年度へ持ち越す」で行います。")
    OPINIONS.change(current, new, by=by, channel=channel)


@transaction.atomic
def delete_opinion(opinion: CouncilOpinion, *, version: int, by: User, channel: str) -> None:
    """Delete an opinion that is still what was drawn; the one it was carried on from is open again.

    Raises PermissionDenied, Conflict, or Refused where it was carried on itself.
    """
    _start(opinion.plan, by)
    current = unchanged(opinion, version)
    if current.status == OpinionStatus.CARRIED:
        raise Refused("次年度へ持ち越した意見は削除できません。先に持ち越した先の意見を削除してください。")
    origin = current.origin
    OPINIONS.delete(current, by=by, channel=channel)
    if origin:
        OPINIONS.change(origin, {"status": OpinionStatus.UNANSWERED}, by=by, channel=channel)


@transaction.atomic
def carry_opinion(opinion: CouncilOpinion, *, version: int, by: User, channel: str) -> CouncilOpinion:
    """Carry an open opinion on: a row of its own in the next 年度, with this one as its origin.

    From the last 年度 of a plan it goes into the first of the plan that follows, to the successors of its 節 and 指標.
    Raises PermissionDenied, Conflict, or Refused for one that is not open or has nowhere to go.
    """
    plan, year = opinion.plan, opinion.fiscal_year
    _start(plan, by)
    onward = None if year + 1 in plan.years else next_place(plan, opinion.section_id, opinion.measure_id)
    if onward:
        lock_plan(onward.plan)
    current = unchanged(opinion, version)
    if current.status != OpinionStatus.UNANSWERED:
        raise Refused(f"「{current.get_status_display()}」の意見は持ち越せません。")
    if year + 1 not in plan.years and onward is None:
        raise Refused(f"{wareki(year)}は計画の最終年度です。{NO_NEXT_PLAN}")
    # The published words stay those of the year in which they were said; the new row is published by its own switch.
    carried = columns_of(current, but=()) | {"origin_id": current.pk, "fiscal_year": year + 1, "published": False}
    target = plan
    if onward:
        target, carried = onward.plan, carried | _in_next_plan(current, onward)
    if _taken(target, carried):
        carried["number"] = None
    OPINIONS.change(current, {"status": OpinionStatus.CARRIED}, by=by, channel=channel)
    return OPINIONS.add(target, _numbered(target, carried), by=by, channel=channel)


def _in_next_plan(current: CouncilOpinion, onward: NextPlace) -> dict[str, Any]:
    """The columns that differ there: its 節 and 指標 as they are now; what has no successor is stored in words."""
    is_lost = (current.section_id and not onward.section) or (current.measure_id and not onward.measure)
    words = f"{current.plan.name} {current.place_in_words}" if is_lost and not current.place else current.place
    return {
        "fiscal_year": onward.plan.start_year,
        "place": words[: longest(CouncilOpinion, "place")],
        "section_id": onward.section.pk if onward.section and current.section_id else None,
        "measure_id": onward.measure.pk if onward.measure else None,
        "reflected_section_id": None,
        "reflected_measure_id": None,
    }


def _start(plan: Plan, by: User) -> None:
    """Rights, then the plan's row: numbers are given out one after the other, and no publication reads in between."""
    require_writer(by, plan, MAY_NOT)
    lock_plan(plan)


def _numbered(plan: Plan, new: Columns, current: CouncilOpinion | None = None) -> Columns:
    """The columns with a number. Refused where another opinion of that council and day has it."""
    if new.get("number") is None:
        newest = _of_one_day(plan, new).aggregate(newest=Max("number"))["newest"] or 0
        return {**new, "number": newest + 1}
    if _taken(plan, new, current):
        raise Refused(
            f"番号{new['number']}は、同じ協議会と日の別の意見で使っています。番号を空欄にすると続きになります。"
        )
    return new


def _taken(plan: Plan, new: Columns, current: CouncilOpinion | None = None) -> bool:
    same = _of_one_day(plan, new).filter(number=new["number"])
    return (same.exclude(pk=current.pk) if current else same).exists()


def _of_one_day(plan: Plan, new: Columns):
    return plan.opinions.filter(fiscal_year=new["fiscal_year"], council=new["council"], held_on=new["held_on"])
