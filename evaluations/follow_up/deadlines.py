"""The actions that write 日程. The managers of the city set the dates; no state of a 節 locks them."""

from collections.abc import Iterable
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core.fiscal_years import wareki
from core.yearly_round import ProposedDate, RoundStep
from evaluations.models import Deadline
from plans.access import require_manager
from plans.history_writer import write_line
from plans.kept_rows import Columns, KeptRows, as_it_stands, refuse_outdated, to_change, unchanged
from plans.models import Plan, Subject
from plans.refusals import Refused
from plans.row_locks import lock_plan

MAY_NOT = "日程を決められるのは、管理の役割の人だけです。"


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


DEADLINES = KeptRows(Deadline, Subject.SETTING, "日程", in_words)
"""The calendar belongs to the frame of the plan: its lines of history are among the settings."""


@transaction.atomic
def take_over_round(plan: Plan, proposed: Iterable[ProposedDate], *, by: User, channel: str) -> list[Deadline]:
    """Make these proposed dates the city's own. Raises PermissionDenied, or Refused where it has dates already."""
    require_manager(by, plan.municipality, MAY_NOT)
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
    taken = f"標準の日程から{len(rows)}件を取り込み"
    write_line(plan, DEADLINES.subject, "日程", None, taken, by=by, channel=channel)
    return rows


@transaction.atomic
def add_deadline(plan: Plan, new: Columns, *, by: User, channel: str) -> Deadline:
    """Store a new date; sent twice, it is one. Raises PermissionDenied."""
    require_manager(by, plan.municipality, MAY_NOT)
    lock_plan(plan)
    own = {"key": f"own-{uuid4().hex}", "changed_at": timezone.now()}
    return DEADLINES.made_just_now(plan, new, by) or DEADLINES.add(plan, {**new, **own}, by=by, channel=channel)


@transaction.atomic
def change_deadline(deadline: Deadline, new: Columns, *, version: int, by: User, channel: str) -> None:
    """Change a date from the version that was drawn. Raises PermissionDenied or Conflict."""
    require_manager(by, deadline.plan.municipality, MAY_NOT)
    if current := to_change(deadline, new, version):
        DEADLINES.change(current, {**new, "changed_at": timezone.now()}, by=by, channel=channel)


@transaction.atomic
def tick_deadline(deadline: Deadline, is_done: bool, *, version: int, by: User, channel: str) -> None:
    """Mark a date as done, or take that back. Raises PermissionDenied or Conflict."""
    require_manager(by, deadline.plan.municipality, MAY_NOT)
    current = as_it_stands(deadline)
    if (current.done_at is not None) == is_done:
        return
    refuse_outdated(current, version)
    now = timezone.now()
    done = {"done_at": now if is_done else None, "done_by": by if is_done else None, "changed_at": now}
    DEADLINES.change(current, done, by=by, channel=channel)


@transaction.atomic
def delete_deadline(deadline: Deadline, *, version: int, by: User, channel: str) -> None:
    """Delete a date that is still what was drawn. Raises PermissionDenied or Conflict."""
    require_manager(by, deadline.plan.municipality, MAY_NOT)
    DEADLINES.delete(unchanged(deadline, version), by=by, channel=channel)
