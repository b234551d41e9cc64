"""The actions that write 取組: what was promised is locked with the year that promised it, its outcome never is."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core.fiscal_years import wareki
from evaluations.models import ActionItem, ActionState
from plans.kept_rows import Columns, KeptRows, columns_of, lock_open_years, require_writer, to_change, unchanged
from plans.lineage import next_place
from plans.models import Plan, Subject
from plans.refusals import Refused

MAY_NOT = "取組を書く権限がありません。"
NO_NEXT_PLAN = "次の計画でこの計画を「前の計画」に選ぶと、次の計画へ引き継げます。"
REPORT = ("state", "outcome", "reported_at", "reported_by_id")
"""The columns of the outcome; the others are what was promised."""


def in_words(item: ActionItem) -> str:
    """One line for the history."""
    parts = [
        f"課題：{item.issue}" if item.issue else "",
        f"取組：{item.action}",
        f"担当：{item.owner}" if item.owner else "",
        f"期限：{wareki(item.due_year)}" if item.due_year else "",
        f"予算・事業：{item.budget}" if item.budget else "",
        item.get_state_display(),
        f"結果：{item.outcome}" if item.outcome else "",
    ]
    return "／".join(part for part in parts if part)


ACTIONS = KeptRows(ActionItem, Subject.ACTION, "取組", in_words, place=("section_id", "fiscal_year"))


@transaction.atomic
def add_action(plan: Plan, new: Columns, *, by: User, channel: str) -> ActionItem:
    """Store a new promise; sent twice, it is one. Raises PermissionDenied, or Locked with its year."""
    _start(plan, {(new["section_id"], new["fiscal_year"])}, by)
    return ACTIONS.made_just_now(plan, new, by) or ACTIONS.add(plan, new, by=by, channel=channel)


@transaction.atomic
def change_promise(item: ActionItem, new: Columns, *, version: int, by: User, channel: str) -> None:
    """Change what was promised. Raises PermissionDenied, Locked with one of the years, or Conflict."""
    _start(item.plan, {(item.section_id, item.fiscal_year), (new["section_id"], new["fiscal_year"])}, by)
    if current := to_change(item, new, version):
        ACTIONS.change(current, new, by=by, channel=channel)


@transaction.atomic
def report_action(item: ActionItem, state: str, outcome: str, *, version: int, by: User, channel: str) -> None:
    """Report the outcome of a promise, with who and when; 予定 without words takes the report back.

    Raises PermissionDenied, Conflict, or Refused for an end without words.
    """
    require_writer(by, item.plan, MAY_NOT)
    new = {"state": state, "outcome": outcome}
    current = to_change(item, new, version)
    if current is None:
        return
    if state in (ActionState.DONE, ActionState.DROPPED) and not outcome:
        raise Refused(f"「{ActionState(state).label}」にするときは、結果を書いてください。")
    at, who = (timezone.now(), by) if state != ActionState.PLANNED or outcome else (None, None)
    ACTIONS.change(current, new | {"reported_at": at, "reported_by": who}, by=by, channel=channel)


@transaction.atomic
def delete_action(item: ActionItem, *, version: int, by: User, channel: str) -> None:
    """Delete a promise of an open year. Raises PermissionDenied, Locked, Conflict, or Refused where it goes on."""
    _start(item.plan, {(item.section_id, item.fiscal_year)}, by)
    current = unchanged(item, version)
    if ActionItem.objects.filter(origin=current).exists():
        raise Refused("次年度へ引き継いだ取組は削除できません。先に引き継いだ先の取組を削除してください。")
    ACTIONS.delete(current, by=by, channel=channel)


@transaction.atomic
def carry_action(item: ActionItem, *, version: int, by: User, channel: str) -> ActionItem:
    """Promise again, in the next 年度, what is neither done nor dropped; the old promise stays as it was.

    From the last 年度 of a plan it goes into the first of the plan that follows, to the 節 that came of its own.
    Raises PermissionDenied, Conflict, Locked, or Refused: ended, carried on before, or nowhere to go.
    """
    plan, following, section = item.plan, item.fiscal_year + 1, item.section_id
    require_writer(by, plan, MAY_NOT)
    if following not in plan.years:
        onward = next_place(plan, item.section_id, None)
        if onward is None:
            raise Refused(f"{wareki(item.fiscal_year)}は計画の最終年度です。{NO_NEXT_PLAN}")
        if onward.section is None:
            raise Refused(
                f"次の計画「{onward.plan.name}」に、{item.section.label}の指標を引き継いだ節がありません。"
                "先に、次の計画で指標の引き継ぎ方を決めてください。"
            )
        plan, following, section = onward.plan, onward.plan.start_year, onward.section.pk
    _start(plan, {(section, following)}, by)
    current = unchanged(item, version)
    if not current.is_open:
        raise Refused(f"「{current.get_state_display()}」の取組は引き継げません。")
    if ActionItem.objects.filter(origin=current).exists():
        raise Refused("この取組は、すでに次年度へ引き継いでいます。")
    promise = columns_of(current, but=REPORT)
    promise |= {"fiscal_year": following, "section_id": section, "origin_id": current.pk}
    if current.due_year is not None:
        promise["due_year"] = max(current.due_year, following)
    return ACTIONS.add(plan, promise, by=by, channel=channel)


def _start(plan: Plan, keys: set[tuple[int, int]], by: User) -> None:
    """Rights, then the locks of every 節 × 年度 whose promises change."""
    access = require_writer(by, plan, MAY_NOT)
    sections = list(plan.sections.all())
    if not {section for section, _ in keys} <= {section.pk for section in sections}:
        raise ValueError("a promise belongs to a section of its plan")
    lock_open_years(plan, sections, keys, access)
