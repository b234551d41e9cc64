"""The verbs that write 取組: what was promised is locked with the year that promised it, what became of it never is."""

from dataclasses import dataclass, fields

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.fiscal_years import wareki
from evaluations.models import ActionItem, ActionState
from plans.history_writer import write_line
from plans.kept_rows import as_it_stands, lock_open_years, made_just_now, refuse_outdated, require_writer
from plans.lineage import next_place
from plans.models import Plan, Subject
from plans.refusals import Refused

MAY_NOT = "取組を書く権限がありません。"
NO_NEXT_PLAN = "次の計画でこの計画を「前の計画」に選ぶと、次の計画へ引き継げます。"


@dataclass(frozen=True)
class Promise:
    """What a year promised. `section_id` is a 節 of the plan, `due_year` None where no 期限 was set."""

    fiscal_year: int
    section_id: int
    action: str
    issue: str = ""
    owner: str = ""
    due_year: int | None = None
    budget: str = ""

    @classmethod
    def of(cls, item: ActionItem) -> "Promise":
        """What is kept of a promise."""
        return cls(**{field.name: getattr(item, field.name) for field in fields(cls)})


@transaction.atomic
def add_action(plan: Plan, new: Promise, *, by: User, channel: str) -> ActionItem:
    """Keep a new promise; sent twice, it is one. Raises PermissionDenied, or Refused where its year is locked."""
    _start(plan, {(new.section_id, new.fiscal_year)}, by)
    same = plan.action_items.filter(**_columns(new)).order_by("-pk").first()
    if same and made_just_now(plan, Subject.ACTION, in_words(same), by=by):
        return same
    item = ActionItem.objects.create(plan=plan, **_columns(new))
    _note(item, None, in_words(item), by, channel)
    return item


@transaction.atomic
def change_promise(item: ActionItem, new: Promise, *, version: int, by: User, channel: str) -> None:
    """Change what was promised. Raises PermissionDenied, Refused where a year is locked, or Conflict."""
    _start(item.plan, {(item.section_id, item.fiscal_year), (new.section_id, new.fiscal_year)}, by)
    current = as_it_stands(item)
    if Promise.of(current) == new:
        return
    refuse_outdated(current, version)
    old = in_words(current)
    ActionItem.objects.filter(pk=current.pk).update(**_columns(new), version=F("version") + 1)
    current.refresh_from_db()
    _note(current, old, in_words(current), by, channel)


@transaction.atomic
def report_action(item: ActionItem, state: str, outcome: str, *, version: int, by: User, channel: str) -> None:
    """Say what became of a promise, signed with who and when; 予定 without words takes the report back.

    Raises PermissionDenied, Conflict, or Refused where an end is told without a word.
    """
    require_writer(by, item.plan, MAY_NOT)
    current = as_it_stands(item)
    if (current.state, current.outcome) == (state, outcome):
        return
    refuse_outdated(current, version)
    if state in (ActionState.DONE, ActionState.DROPPED) and not outcome:
        raise Refused(f"「{ActionState(state).label}」にするときは、結果を書いてください。")
    old = in_words(current)
    is_report = state != ActionState.PLANNED or bool(outcome)
    ActionItem.objects.filter(pk=current.pk).update(
        state=state,
        outcome=outcome,
        reported_at=timezone.now() if is_report else None,
        reported_by=by if is_report else None,
        version=F("version") + 1,
    )
    current.refresh_from_db()
    _note(current, old, in_words(current), by, channel)


@transaction.atomic
def delete_action(item: ActionItem, *, version: int, by: User, channel: str) -> None:
    """Delete a promise of an open year. Raises PermissionDenied, Conflict, or Refused where it goes on."""
    _start(item.plan, {(item.section_id, item.fiscal_year)}, by)
    current = as_it_stands(item)
    refuse_outdated(current, version)
    if ActionItem.objects.filter(origin=current).exists():
        raise Refused("次年度へ引き継いだ取組は削除できません。先に引き継いだ先の取組を削除してください。")
    _note(current, in_words(current), None, by, channel)
    current.delete()


@transaction.atomic
def carry_action(item: ActionItem, *, version: int, by: User, channel: str) -> ActionItem:
    """Promise again, in the next 年度, what is neither done nor dropped; the old promise stays as it was.

    From the last 年度 of a plan it goes into the first of the plan that follows, to the 節 that came of its own.
    Raises PermissionDenied, Conflict, or Refused: locked, ended, carried on before, or nowhere to go.
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
    current = as_it_stands(item)
    refuse_outdated(current, version)
    if not current.is_open:
        raise Refused(f"「{current.get_state_display()}」の取組は引き継げません。")
    if ActionItem.objects.filter(origin=current).exists():
        raise Refused("この取組は、すでに次年度へ引き継いでいます。")
    promise = _columns(Promise.of(current)) | {"fiscal_year": following, "section_id": section}
    if current.due_year is not None:
        promise["due_year"] = max(current.due_year, following)
    carried = ActionItem.objects.create(plan=plan, origin=current, **promise)
    _note(carried, None, in_words(carried), by, channel)
    return carried


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


def _start(plan: Plan, keys: set[tuple[int, int]], by: User) -> None:
    """Rights, then the locks of every 節 × 年度 whose promises change."""
    access = require_writer(by, plan, MAY_NOT)
    sections = list(plan.sections.all())
    if not {section for section, _ in keys} <= {section.pk for section in sections}:
        raise ValueError("a promise belongs to a section of its plan")
    lock_open_years(plan, sections, keys, access)


def _columns(new: Promise) -> dict[str, object]:
    return {field.name: getattr(new, field.name) for field in fields(new)}


def _note(item: ActionItem, old: str | None, new: str | None, by: User, channel: str) -> None:
    """The line stands with the 節 and the 年度 that promised, so that it is seen with them."""
    more = {"section_id": item.section_id, "fiscal_year": item.fiscal_year}
    write_line(item.plan, Subject.ACTION, "取組", old, new, by=by, channel=channel, **more)
