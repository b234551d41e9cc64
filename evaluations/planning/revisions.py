"""The actions of 計画変更: opening one, correcting its day and reason, removing one that changed nothing.

What a 計画変更 changes is written by `plans.actions.record_values`, like every value.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.fiscal_months import MONTHS, first_day, last_day, wareki_day
from plans.access import require_manager
from plans.kept_rows import KeptRows, to_change, unchanged
from plans.models import Plan, PlanRevision, Subject, YearlyValue
from plans.refusals import Refused
from plans.row_locks import lock_plan

MAY_NOT = "計画変更を登録できるのは、管理の役割の人だけです。"
FURTHEST_AHEAD = timedelta(days=366)
"""A change is entered before it takes effect, but not years ahead: that is a slip of the keys."""


@dataclass(frozen=True)
class Days:
    """The days that a 計画変更 may be decided on, with why not earlier and why not later."""

    first: date
    last: date
    not_earlier: str
    not_later: str


def in_words(revision: PlanRevision) -> str:
    """One line for the history."""
    day = f"決定日：{wareki_day(revision.decided_on)}" if revision.decided_on else "決定日：不明"
    return f"{day}／理由：{revision.reason}" if revision.reason else day


REVISIONS = KeptRows(PlanRevision, Subject.REVISION, lambda revision: revision.label, in_words)


@transaction.atomic
def open_revision(
    plan: Plan, decided_on: date, reason: str, *, seen_newest: int, by: User, channel: str
) -> PlanRevision:
    """Open the next 計画変更: from now on 計画値 are written into it.

    `seen_newest` is the newest number that the person saw. Raises PermissionDenied, or Refused where another
    user opened one in between, or for a day or a reason that cannot be.
    """
    _start(plan, by)
    revisions = list(plan.revisions.order_by("number"))
    newest = revisions[-1].number if revisions else 0
    if newest != seen_newest:
        raise Refused("ほかの人が先に計画変更を登録または削除しました。いまの一覧を確かめてください。")
    number = newest + 1
    _check(plan, revisions, number, decided_on, reason)
    said = {"number": number, "decided_on": decided_on, "reason": reason}
    return REVISIONS.add(plan, said | {"opened_at": timezone.now(), "opened_by": by}, by=by, channel=channel)


@transaction.atomic
def correct_revision(
    revision: PlanRevision, decided_on: date | None, reason: str, *, version: int, by: User, channel: str
) -> None:
    """Correct day and reason from the version that was drawn. The day of 当初 may stay unknown.

    Raises PermissionDenied, Conflict, or Refused for a day or a reason that cannot be.
    """
    _start(revision.plan, by)
    new = {"decided_on": decided_on, "reason": reason}
    if current := to_change(revision, new, version):
        _check(revision.plan, list(revision.plan.revisions.order_by("number")), current.number, decided_on, reason)
        REVISIONS.change(current, new, by=by, channel=channel)


@transaction.atomic
def remove_revision(revision: PlanRevision, *, version: int, by: User, channel: str) -> None:
    """Remove the newest 計画変更, which changed no value. Raises PermissionDenied, Conflict or Refused."""
    _start(revision.plan, by)
    current = unchanged(revision, version)
    if not current.number:
        raise Refused("当初の計画は削除できません。")
    if current.plan.revisions.filter(number__gt=current.number).exists():
        raise Refused(f"{current.label}より後の計画変更があります。削除できるのは、いちばん新しいものだけです。")
    if changed := changed_cells(current):
        raise Refused(
            f"{current.label}で変えた計画値が{changed}件あるため削除できません。"
            "先に、それぞれの計画値を変更前の値に戻してください。"
        )
    REVISIONS.delete(current, by=by, channel=channel)


def changed_cells(revision: PlanRevision) -> int:
    """How many 計画値 this 計画変更 set or took away. One query."""
    touched = Q(revision=revision.number) | Q(replaced_in=revision.number)
    rows = YearlyValue.objects.filter(touched, measure__plan=revision.plan_id)
    return rows.order_by().values("measure", "fiscal_year").distinct().count()


def days_of(plan: Plan, revisions: list[PlanRevision], number: int, today: date) -> Days:
    """When the one with this number may be decided: after the one before, before the one after, in the plan's time.

    A plan whose first adoption is not recorded is drawn up in the 年度 before it begins.
    """
    before = [r for r in revisions if r.number < number and r.decided_on]
    after = [r for r in revisions if r.number > number and r.decided_on]
    first, not_earlier = first_day(plan.start_year - 1, MONTHS[0]), "計画が作られる前の日です"
    if before and before[-1].decided_on:
        first, not_earlier = before[-1].decided_on, f"{_named(before[-1])}より前の日です"
    last, not_later = last_day(plan.end_year), "計画の期間が終わった後の日です"
    if last > today + FURTHEST_AHEAD:
        last, not_later = today + FURTHEST_AHEAD, "1年より先の日です"
    if after and after[0].decided_on and after[0].decided_on < last:
        last, not_later = after[0].decided_on, f"{_named(after[0])}より後の日です"
    return Days(first, last, not_earlier, not_later)


def why_not_on(days: Days, day: date) -> str:
    """Why no plan was changed on this day; "" where it may have been."""
    if day < days.first:
        return f"{days.not_earlier}。決定日は{wareki_day(days.first)}以後にしてください。"
    if day > days.last:
        return f"{days.not_later}。決定日は{wareki_day(days.last)}までにしてください。"
    return ""


def _start(plan: Plan, by: User) -> None:
    """Rights, then the plan's row: numbers are given out one after the other, and no publication reads in between."""
    require_manager(by, plan.municipality, MAY_NOT)
    lock_plan(plan)


def _check(plan: Plan, revisions: list[PlanRevision], number: int, decided_on: date | None, reason: str) -> None:
    if number and not reason.strip():
        raise Refused("計画変更の理由を書いてください。")
    if number and decided_on is None:
        raise Refused("計画変更の決定日を入力してください。")
    wrong = why_not_on(days_of(plan, revisions, number, timezone.localdate()), decided_on) if decided_on else ""
    if wrong:
        raise Refused(wrong)


def _named(revision: PlanRevision) -> str:
    day = wareki_day(revision.decided_on) if revision.decided_on else ""
    return f"{revision.label if revision.number else '計画の策定'}（{day}）"
