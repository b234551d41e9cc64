"""The one action that writes values, through whichever channel they came."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from core.fiscal_years import wareki
from core.reader import echo
from core.values import EMPTY, Value
from core.words import NOT_ENTERED, Side, State
from plans.history_writer import new_line, write_lines
from plans.models import Change, Measure, Plan, PlanRevision, SectionYear, Subject
from plans.refusals import ChangesRefused, one_plan, refusals_of
from plans.row_locks import lock_section_years
from plans.value_rows import CellKey, CellRows, lock_newest_revision


@dataclass(frozen=True)
class CellChange:
    """One cell from `old` (what the person saw) to `new`. The preview row and the history line are the same thing."""

    measure: Measure
    fiscal_year: int
    side: Side
    old: Value
    new: Value

    @property
    def key(self) -> CellKey:
        return self.measure.pk, self.fiscal_year, self.side

    @property
    def place(self) -> str:
        """「指標名」令和4年度 実績値."""
        return f"「{self.measure.title}」{wareki(self.fiscal_year)} {self.side.label}"


CORRECTION = "計画値の入力の誤りの訂正"
"""The reason of a line by which no plan was changed."""


@transaction.atomic
def record_values(
    changes: Iterable[CellChange], *, by: User | None, channel: str, reason: str = "", corrects: bool = False
) -> list[Change]:
    """Write all of these changes of one plan, or none, with their history. Returns the history lines.

    Checks rights, the years of the plan, locks and conflicts (each `old` against the stored value; no row = 未入力).
    Raises ChangesRefused. `by` None is the operator at the command line: rights are not checked, locks and conflicts
    are. 計画値 go into the newest 計画変更; with `corrects` into the one that set them last, as what it should have
    said.
    """
    wanted = [change for change in changes if change.old != change.new]
    if not wanted:
        return []
    plan = one_plan(wanted)
    years = lock_section_years(plan, {(c.measure.section_id, c.fiscal_year) for c in wanted})
    newest = lock_newest_revision(plan) if any(change.side is Side.PLANNED for change in wanted) else 0
    rows = CellRows((change.key for change in wanted), newest, corrects=corrects)
    current = rows.current
    refusals = refusals_of(wanted, plan, by, years, current, wrong=_wrong, in_words=shown)
    if refusals:
        raise ChangesRefused(refusals)
    news = [change for change in wanted if current.get(change.key, EMPTY) != change.new]
    if not news:
        return []
    history = _history(news, rows, plan, by, channel, reason)
    rows.write({change.key: change.new for change in news})
    bump(years.values())
    return write_lines(history)


def bump(section_years: Iterable[SectionYear]) -> None:
    """Count one more change of these years."""
    SectionYear.objects.filter(pk__in=[row.pk for row in section_years]).update(version=F("version") + 1)


def _wrong(change: CellChange, plan: Plan) -> str:
    """What does not belong into a year at all; "" where all is well."""
    if change.fiscal_year not in plan.years:
        return f"は計画の期間（{wareki(plan.start_year)}から{wareki(plan.end_year)}まで）の外です。"
    outside = change.measure.outside(change.fiscal_year)
    if outside and change.new.number is not None:
        return f"は、この指標の{outside}の年度です。数値は入力できません。"
    if change.new.state is State.NOT_SET and change.side is Side.ACTUAL:
        return "に「設定しない」は使えません。"
    return ""


def shown(value: Value) -> str:
    """A value in a sentence; 未入力 where nothing is known."""
    return echo(value) if value.is_entered else NOT_ENTERED


def _history(
    changes: list[CellChange], rows: CellRows, plan: Plan, by: User | None, channel: str, reason: str
) -> list[Change]:
    return [
        new_line(
            plan,
            Subject.VALUE,
            _field(change, rows),
            change.old,
            change.new,
            by=by,
            channel=channel,
            reason=CORRECTION if rows.puts_right(change.key) else reason,
            measure=change.measure,
            fiscal_year=change.fiscal_year,
            side=change.side,
        )
        for change in changes
    ]


def _field(change: CellChange, rows: CellRows) -> str:
    """「計画値（第1回変更）」 once the plan has been changed; 「計画値（当初）」 is then a correction."""
    if change.side is Side.ACTUAL or not rows.newest:
        return change.side.label
    return f"{change.side.label}（{PlanRevision(number=rows.into(change.key)).label}）"
