"""The actions on monthly readings: record months, and take over into the year what follows from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from core.fiscal_months import MONTHS, first_day, month_name
from core.fiscal_years import wareki
from core.monthly import STATES, YearFromMonths
from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Family, Side, State, ValueKind
from indicators.models import MonthlyReading
from indicators.queries import service_of
from plans.actions import CellChange, bump, record_values, shown
from plans.history import side_in_words
from plans.history_writer import new_line, write_lines
from plans.models import Change, Measure, Plan, Subject
from plans.refusals import ChangesRefused, Conflict, one_plan, refusals_of
from plans.row_locks import lock_section_years

ReadingKey = tuple[int, int, int]
"""Measure id, fiscal year, month."""


@dataclass(frozen=True)
class ReadingChange:
    """One month of one 活動指標 from `old` (what the person saw) to `new`: preview row and history line alike."""

    measure: Measure
    fiscal_year: int
    month: int
    old: Value
    new: Value

    @property
    def key(self) -> ReadingKey:
        return self.measure.pk, self.fiscal_year, self.month

    @property
    def place(self) -> str:
        """「指標名」令和7年4月."""
        return f"「{self.measure.title}」{month_name(self.fiscal_year, self.month)}"

    @property
    def old_words(self) -> str:
        return words(self.old)

    @property
    def new_words(self) -> str:
        return words(self.new)


@dataclass(frozen=True)
class TakeOver:
    """The year's figure that follows from the months of one 活動指標, as the person saw it: `old` the year's actual,
    `new` its successor.
    """

    measure: Measure
    fiscal_year: int
    old: Value
    new: Value

    @property
    def as_change(self) -> CellChange:
        return CellChange(self.measure, self.fiscal_year, Side.ACTUAL, self.old, self.new)


def stored_readings(measures: Iterable[Measure], year: int) -> dict[tuple[int, int], Value]:
    """The months of a fiscal year by measure id and month; absent = 未入力. One query."""
    rows = MonthlyReading.objects.filter(indicator__in=[measure.pk for measure in measures], fiscal_year=year)
    return {(row.indicator_id, row.month): row.value for row in rows}


def is_outside(measure: Measure, year: int, month: int) -> bool:
    """Whether the service does not exist in law in that month, so that there is nothing to enter."""
    service = service_of(measure)
    return service is not None and not service.exists_on(first_day(year, month))


def year_from_months(measure: Measure, year: int, stored: Mapping[tuple[int, int], Value]) -> YearFromMonths:
    """The year's figure that follows from the stored months; months without the service in law are 該当なし."""
    nothing = Value(state=State.NOT_APPLICABLE)
    months = {
        month: nothing if is_outside(measure, year, month) else stored[measure.pk, month]
        for month in MONTHS
        if (measure.pk, month) in stored or is_outside(measure, year, month)
    }
    return YearFromMonths(year, Accumulation(measure.accumulation), months)


@transaction.atomic
def record_readings(
    changes: Iterable[ReadingChange], *, by: User | None, channel: str, reason: str = ""
) -> list[Change]:
    """Write all of these months of one plan, or none, with their history. Returns the history lines.

    Rights, locks and conflicts are those of the year's actuals: own 担当課, the state of 節 × 年度, each `old` against
    the stored value. Raises ChangesRefused. `by` None is the operator at the command line.
    """
    wanted = [change for change in changes if change.old != change.new]
    if not wanted:
        return []
    plan = one_plan(wanted)
    years = lock_section_years(plan, {(c.measure.section_id, c.fiscal_year) for c in wanted})
    stored = _stored_rows(wanted)
    current = {key: row.value for key, row in stored.items()}
    refusals = refusals_of(wanted, plan, by, years, current, wrong=_wrong, in_words=words)
    if refusals:
        raise ChangesRefused(refusals)
    news = [change for change in wanted if current.get(change.key, EMPTY) != change.new]
    if not news:
        return []
    _write(news, stored)
    bump(years.values())
    return write_lines(_history(news, plan, by, channel, reason))


@transaction.atomic
def take_over(wanted: Iterable[TakeOver], *, by: User | None, channel: str) -> list[Change]:
    """Store what follows from the months as the year's actual: all of these measures of one plan, or none.

    Under the lock of the year the months are read again: raises Conflict, with the measures as `current`, where they
    no longer give what the person saw, and the ChangesRefused of `record_values`, which writes.
    """
    wanted = list(wanted)
    if not wanted:
        return []
    lock_section_years(wanted[0].measure.plan, {(w.measure.section_id, w.fiscal_year) for w in wanted})
    stored = {year: stored_readings([w.measure for w in wanted], year) for year in {w.fiscal_year for w in wanted}}
    moved = [
        w.measure
        for w in wanted
        if year_from_months(w.measure, w.fiscal_year, stored[w.fiscal_year]).taken_over(w.old) != w.new
    ]
    if moved:
        raise Conflict(tuple(moved), "月別の値が変わりました。いまの値を確かめて、もう一度反映してください。")
    return record_values([w.as_change for w in wanted], by=by, channel=channel, reason="月別の値を年度の実績に反映")


def _stored_rows(changes: list[ReadingChange]) -> dict[ReadingKey, MonthlyReading]:
    rows = MonthlyReading.objects.filter(
        indicator__in={c.measure.pk for c in changes}, fiscal_year__in={c.fiscal_year for c in changes}
    )
    return {(row.indicator_id, row.fiscal_year, row.month): row for row in rows}


def _wrong(change: ReadingChange, plan: Plan) -> str:
    """What does not belong into a month at all; "" where all is well."""
    measure, value = change.measure, change.new
    if measure.family != Family.INDICATOR or measure.value_kind != ValueKind.NUMBER:
        return "は、月別の値を入力する指標ではありません。月別に扱うのは、数値の活動指標です。"
    if change.fiscal_year not in plan.years or change.month not in MONTHS:
        return f"は計画の期間（{wareki(plan.start_year)}から{wareki(plan.end_year)}まで）の外です。"
    if value.is_entered and is_outside(measure, change.fiscal_year, change.month):
        return "は、サービスの制度がない月です。空欄にしてください。"
    if value.state is not None and value.state not in STATES:
        return f"に「{value.state.label}」は使えません。"
    is_provisional = value.certainty is Certainty.PRELIMINARY and value.number is not None
    if value not in (EMPTY, Value(value.number, value.state, certainty=value.certainty if is_provisional else None)):
        return "に書けるのは、数値か状態と、速報の印だけです。"
    return ""


def words(value: Value) -> str:
    """A month in a sentence: 12, 12（確定度：速報）, 集計中, 未入力."""
    return side_in_words(value.as_dict()) if value.is_entered else shown(value)


def _write(changes: list[ReadingChange], stored: Mapping[ReadingKey, MonthlyReading]) -> None:
    """A row for each new value, no row for each cleared one: four statements however many months."""
    gone: list[int] = []
    changed: list[MonthlyReading] = []
    fresh: list[MonthlyReading] = []
    for change in changes:
        row = stored.get(change.key)
        if not change.new.is_entered:
            gone += [row.pk] if row else []
            continue
        row = row or MonthlyReading(indicator_id=change.measure.pk, fiscal_year=change.fiscal_year, month=change.month)
        row.take(change.new)
        (changed if row.pk else fresh).append(row)
    MonthlyReading.objects.filter(pk__in=gone).delete()
    MonthlyReading.objects.bulk_create(fresh)
    MonthlyReading.objects.bulk_update(changed, ["number", "state", "provisional"], batch_size=200)


def _history(changes: list[ReadingChange], plan: Plan, by: User | None, channel: str, reason: str) -> list[Change]:
    return [
        new_line(
            plan,
            Subject.MONTHLY,
            month_name(change.fiscal_year, change.month),
            change.old,
            change.new,
            by=by,
            channel=channel,
            reason=reason,
            measure=change.measure,
            fiscal_year=change.fiscal_year,
        )
        for change in changes
    ]
