"""The verbs that write 日程. The managers of the city set the dates; no state of a 節 locks them."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.fiscal_years import wareki
from core.yearly_round import ProposedDate, RoundStep
from evaluations.models import Deadline
from plans.access import require_manager
from plans.history_writer import write_line
from plans.kept_rows import as_it_stands, made_just_now, refuse_outdated
from plans.locks import lock_plan
from plans.models import Plan, Subject
from plans.refusals import Refused

MAY_NOT = "日程を決められるのは、管理の役割の人だけです。"


@dataclass(frozen=True)
class DueDate:
    """What one date of the calendar says."""

    due_on: date
    title: str
    step: str
    fiscal_year: int | None = None
    note: str = ""

    @classmethod
    def of(cls, deadline: Deadline) -> "DueDate":
        """What is kept of a date."""
        return cls(**{field.name: getattr(deadline, field.name) for field in fields(cls)})


@transaction.atomic
def take_over_round(plan: Plan, proposed: Iterable[ProposedDate], *, by: User, channel: str) -> list[Deadline]:
    """Make these proposed dates the city's own. Raises PermissionDenied, or Refused where it has dates already."""
    _start(plan, by)
    lock_plan(plan)
    if plan.deadlines.exists():
        raise Refused("この計画の日程は、すでに決めてあります。")
    now = timezone.now()
    rows = Deadline.objects.bulk_create(
        Deadline(
            plan=plan,
            key=one.key,
            due_on=one.due_on,
            title=one.title,
            step=one.step,
            fiscal_year=one.fiscal_year,
            changed_at=now,
        )
        for one in proposed
    )
    if not rows:
        raise Refused("取り込む日程がありません。予定を一つずつ加えてください。")
    _note(plan, None, f"標準の日程から{len(rows)}件を取り込み", by, channel)
    return rows


@transaction.atomic
def add_deadline(plan: Plan, new: DueDate, *, by: User, channel: str) -> Deadline:
    """Keep a new date; sent twice, it is one. Raises PermissionDenied."""
    _start(plan, by)
    lock_plan(plan)
    same = plan.deadlines.filter(**_columns(new)).order_by("-pk").first()
    if same and made_just_now(plan, Subject.SETTING, in_words(same), by=by):
        return same
    deadline = Deadline.objects.create(plan=plan, key=f"own-{uuid4().hex}", changed_at=timezone.now(), **_columns(new))
    _note(plan, None, in_words(deadline), by, channel)
    return deadline


@transaction.atomic
def change_deadline(deadline: Deadline, new: DueDate, *, version: int, by: User, channel: str) -> None:
    """Change a date from the version that was drawn. Raises PermissionDenied or Conflict."""
    _start(deadline.plan, by)
    current = as_it_stands(deadline)
    if DueDate.of(current) == new:
        return
    refuse_outdated(current, version)
    _write(current, _columns(new), by, channel)


@transaction.atomic
def tick_deadline(deadline: Deadline, is_done: bool, *, version: int, by: User, channel: str) -> None:
    """Sign that a date is done, or take that back. Raises PermissionDenied or Conflict."""
    _start(deadline.plan, by)
    current = as_it_stands(deadline)
    if (current.done_at is not None) == is_done:
        return
    refuse_outdated(current, version)
    _write(current, {"done_at": timezone.now() if is_done else None, "done_by": by if is_done else None}, by, channel)


@transaction.atomic
def delete_deadline(deadline: Deadline, *, version: int, by: User, channel: str) -> None:
    """Take a date off the calendar that is still what was drawn. Raises PermissionDenied or Conflict."""
    _start(deadline.plan, by)
    current = as_it_stands(deadline)
    refuse_outdated(current, version)
    _note(deadline.plan, in_words(current), None, by, channel)
    current.delete()


def in_words(deadline: Deadline) -> str:
    """One line for the history."""
    step = RoundStep(deadline.step)
    parts = [
        f"{deadline.due_on.isoformat()} {deadline.title}",
        step.label if deadline.title != step.label else "",
        wareki(deadline.fiscal_year) if deadline.fiscal_year is not None else "",
        f"備考：{deadline.note}" if deadline.note else "",
        "済" if deadline.done_at else "",
    ]
    return "／".join(part for part in parts if part)


def _start(plan: Plan, by: User) -> None:
    require_manager(by, plan.municipality, MAY_NOT)


def _columns(new: DueDate) -> dict[str, object]:
    return {field.name: getattr(new, field.name) for field in fields(new)}


def _write(current: Deadline, columns: dict[str, object], by: User, channel: str) -> None:
    old = in_words(current)
    Deadline.objects.filter(pk=current.pk).update(**columns, changed_at=timezone.now(), version=F("version") + 1)
    current.refresh_from_db()
    _note(current.plan, old, in_words(current), by, channel)


def _note(plan: Plan, old: str | None, new: str | None, by: User, channel: str) -> None:
    """The calendar belongs to the frame of the plan: its lines stand among the settings."""
    write_line(plan, Subject.SETTING, "日程", old, new, by=by, channel=channel)
