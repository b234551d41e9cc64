"""The verbs that write 協議会意見: rights, conflicts and history.

No state of a 節 locks them: a council is heard, and answered, after 確定 as well as before. What residents read changes
by a publication alone.
"""

from dataclasses import dataclass, fields, replace
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Max

from core.fiscal_years import wareki
from evaluations.models import CouncilOpinion, OpinionStatus
from plans.history_writer import write_line
from plans.kept_rows import as_it_stands, made_just_now, refuse_outdated, require_writer
from plans.lineage import NextPlace, next_place
from plans.locks import lock_plan
from plans.models import Plan, Subject
from plans.refusals import Refused

MAY_NOT = "協議会意見を書く権限がありません。"
NO_NEXT_PLAN = "次の計画でこの計画を「前の計画」に選ぶと、次の計画へ持ち越せます。"
PLACE_LENGTH = 200


@dataclass(frozen=True)
class OpinionContent:
    """What one row of the table says. `number` None: the next one of that council and day. Ids are of the plan."""

    fiscal_year: int
    council: str
    held_on: date
    opinion: str
    number: int | None = None
    place: str = ""
    section_id: int | None = None
    measure_id: int | None = None
    speaker: str = ""
    response: str = ""
    reflected: str = ""
    reflected_section_id: int | None = None
    reflected_measure_id: int | None = None
    status: str = OpinionStatus.UNANSWERED
    published: bool = False

    @classmethod
    def of(cls, opinion: CouncilOpinion) -> "OpinionContent":
        """What is kept of an opinion."""
        return cls(**{field.name: getattr(opinion, field.name) for field in fields(cls)})


@transaction.atomic
def add_opinion(plan: Plan, new: OpinionContent, *, by: User, channel: str) -> CouncilOpinion:
    """Keep a new opinion; sent twice, it is one. Raises PermissionDenied, or Refused where its number is taken."""
    _start(plan, by)
    columns = {name: said for name, said in _columns(new).items() if said is not None}
    same = plan.opinions.filter(**columns).order_by("-pk").first()
    if same and made_just_now(plan, Subject.OPINION, in_words(same), by=by):
        return same
    opinion = CouncilOpinion.objects.create(plan=plan, **_columns(_numbered(plan, new)))
    _note(opinion, None, in_words(opinion), by, channel)
    return opinion


@transaction.atomic
def change_opinion(opinion: CouncilOpinion, new: OpinionContent, *, version: int, by: User, channel: str) -> None:
    """Change an opinion from the version that was drawn. Raises PermissionDenied, Refused or Conflict."""
    _start(opinion.plan, by)
    current = as_it_stands(opinion)
    new = _numbered(opinion.plan, new, current)
    if OpinionContent.of(current) == new:
        return
    refuse_outdated(current, version)
    if (current.status == OpinionStatus.CARRIED) != (new.status == OpinionStatus.CARRIED):
        raise Refused("持ち越しは「次年度へ持ち越す」で行います。")
    old = in_words(current)
    CouncilOpinion.objects.filter(pk=current.pk).update(**_columns(new), version=F("version") + 1)
    current.refresh_from_db()
    _note(current, old, in_words(current), by, channel)


@transaction.atomic
def delete_opinion(opinion: CouncilOpinion, *, version: int, by: User, channel: str) -> None:
    """Delete an opinion that is still what was drawn; the one it was carried on from is open again.

    Raises PermissionDenied, Conflict, or Refused where it was carried on itself.
    """
    _start(opinion.plan, by)
    current = as_it_stands(opinion)
    refuse_outdated(current, version)
    if current.status == OpinionStatus.CARRIED:
        raise Refused("次年度へ持ち越した意見は削除できません。先に持ち越した先の意見を削除してください。")
    origin = current.origin
    _note(current, in_words(current), None, by, channel)
    current.delete()
    if origin:
        _set_status(origin, OpinionStatus.UNANSWERED, by, channel)


@transaction.atomic
def carry_opinion(opinion: CouncilOpinion, *, version: int, by: User, channel: str) -> CouncilOpinion:
    """Carry an open opinion on: a row of its own in the next 年度, with this one as its origin.

    From the last 年度 of a plan it goes into the first of the plan that follows, to what became of its 節 and 指標.
    Raises PermissionDenied, Conflict, or Refused for one that is not open or has nowhere to go.
    """
    plan, year = opinion.plan, opinion.fiscal_year
    _start(plan, by)
    onward = None if year + 1 in plan.years else next_place(plan, opinion.section_id, opinion.measure_id)
    if onward:
        lock_plan(onward.plan)
    current = as_it_stands(opinion)
    refuse_outdated(current, version)
    if current.status != OpinionStatus.UNANSWERED:
        raise Refused(f"「{current.get_status_display()}」の意見は持ち越せません。")
    if year + 1 not in plan.years and onward is None:
        raise Refused(f"{wareki(year)}は計画の最終年度です。{NO_NEXT_PLAN}")
    # The published words stay those of the year in which they were said; the new row is published by its own switch.
    carried = replace(OpinionContent.of(current), fiscal_year=year + 1, published=False)
    target = plan
    if onward:
        target, carried = onward.plan, _in_next_plan(current, carried, onward)
    if _taken(target, carried):
        carried = replace(carried, number=None)
    new = CouncilOpinion.objects.create(plan=target, origin=current, **_columns(_numbered(target, carried)))
    _set_status(current, OpinionStatus.CARRIED, by, channel)
    _note(new, None, in_words(new), by, channel)
    return new


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


def _in_next_plan(current: CouncilOpinion, carried: OpinionContent, onward: NextPlace) -> OpinionContent:
    """The opinion where its 節 and 指標 stand now; what has no successor is kept in words."""
    is_lost = (current.section_id and not onward.section) or (current.measure_id and not onward.measure)
    words = f"{current.plan.name} {current.place_in_words}" if is_lost and not current.place else current.place
    return replace(
        carried,
        fiscal_year=onward.plan.start_year,
        place=words[:PLACE_LENGTH],
        section_id=onward.section.pk if onward.section and current.section_id else None,
        measure_id=onward.measure.pk if onward.measure else None,
        reflected_section_id=None,
        reflected_measure_id=None,
    )


def _start(plan: Plan, by: User) -> None:
    """Rights, then the plan's row: numbers are given out one after the other, and no publication reads in between."""
    require_writer(by, plan, MAY_NOT)
    lock_plan(plan)


def _numbered(plan: Plan, new: OpinionContent, current: CouncilOpinion | None = None) -> OpinionContent:
    """The content with its number. Refused where another opinion of that council and day has it."""
    if new.number is None:
        newest = _of_one_day(plan, new).aggregate(newest=Max("number"))["newest"] or 0
        return replace(new, number=newest + 1)
    if _taken(plan, new, current):
        raise Refused(f"番号{new.number}は、同じ協議会と日の別の意見で使っています。番号を空欄にすると続きになります。")
    return new


def _taken(plan: Plan, new: OpinionContent, current: CouncilOpinion | None = None) -> bool:
    same = _of_one_day(plan, new).filter(number=new.number)
    return (same.exclude(pk=current.pk) if current else same).exists()


def _of_one_day(plan: Plan, new: OpinionContent):
    return plan.opinions.filter(fiscal_year=new.fiscal_year, council=new.council, held_on=new.held_on)


def _columns(new: OpinionContent) -> dict[str, object]:
    return {field.name: getattr(new, field.name) for field in fields(new)}


def _set_status(opinion: CouncilOpinion, status: OpinionStatus, by: User, channel: str) -> None:
    old = in_words(opinion)
    opinion.status = status
    CouncilOpinion.objects.filter(pk=opinion.pk).update(status=status, version=F("version") + 1)
    _note(opinion, old, in_words(opinion), by, channel)


def _note(opinion: CouncilOpinion, old: str | None, new: str | None, by: User, channel: str) -> None:
    more = {"section_id": opinion.section_id, "fiscal_year": opinion.fiscal_year}
    write_line(opinion.plan, Subject.OPINION, "協議会意見", old, new, by=by, channel=channel, **more)
