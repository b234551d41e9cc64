"""The one verb that writes values, whatever door they came through."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from core.fiscal_years import wareki
from core.reader import echo
from core.values import EMPTY, Value
from core.words import NOT_ENTERED, Side, State
from plans.access import access_for, lock_reason, state_of
from plans.models import Change, Measure, Plan, Section, SectionYear, Subject, YearlyValue

CellKey = tuple[int, int, str]
"""Measure id, fiscal year, side."""


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


class Cause(StrEnum):
    """Why a change was refused."""

    CONFLICT = "conflict"
    LOCKED = "locked"
    FORBIDDEN = "forbidden"
    INVALID = "invalid"


@dataclass(frozen=True)
class Refusal:
    """One change that could not be made. `stands` is the value now kept, shown beside what was typed."""

    change: CellChange
    cause: Cause
    sentence: str
    stands: Value = EMPTY


class ValuesRefused(Exception):
    """Nothing was written. `refusals` says why, each with a sentence for the person."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(refusal.sentence for refusal in self.refusals))


@transaction.atomic
def record_values(changes: Iterable[CellChange], *, by: User | None, door: str, reason: str = "") -> list[Change]:
    """Write all of these changes of one plan, or none, with their history. Returns the history lines.

    Checks rights, the years of the plan, locks and conflicts (each `old` against what stands; no row = 未入力).
    Raises ValuesRefused. `by` None is the operator at the command line: no rights are asked, locks and conflicts hold.
    """
    wanted = [change for change in changes if change.old != change.new]
    if not wanted:
        return []
    plan = _one_plan(wanted)
    years = lock_section_years(plan, {(c.measure.section_id, c.fiscal_year) for c in wanted})
    stored = _stored_rows(wanted)
    refusals = _refusals(wanted, plan, by, years, stored)
    if refusals:
        raise ValuesRefused(refusals)
    news = [c for c in wanted if c.key not in stored or stored[c.key].value != c.new]
    if not news:
        return []
    _write(news, stored)
    bump(years.values())
    return Change.objects.bulk_create(_history(news, plan, by, door, reason))


def lock_section_years(plan: Plan, keys: set[tuple[int, int]]) -> dict[tuple[int, int], SectionYear]:
    """The SectionYear rows of these (section id, year) keys, made where absent and locked in key order.

    Everyone who changes values, texts or state of a year goes through here, so that two of them wait for each other.
    """
    ordered = sorted(keys)
    SectionYear.objects.bulk_create(
        [SectionYear(section_id=section, fiscal_year=year) for section, year in ordered], ignore_conflicts=True
    )
    # OF self: the join would lock the 節 too, for which two people who open different years of it would deadlock.
    rows = (
        SectionYear.objects.select_for_update(of=("self",))
        .filter(section__plan=plan, section__in={s for s, _ in ordered}, fiscal_year__in={y for _, y in ordered})
        .order_by("section_id", "fiscal_year")
    )
    return {(row.section_id, row.fiscal_year): row for row in rows if (row.section_id, row.fiscal_year) in keys}


def lock_section_year(section: Section, year: int) -> SectionYear:
    """One 節 × 年度, made where absent and locked until the transaction ends."""
    return lock_section_years(section.plan, {(section.pk, year)})[section.pk, year]


def bump(section_years: Iterable[SectionYear]) -> None:
    """Count one more change of these years."""
    SectionYear.objects.filter(pk__in=[row.pk for row in section_years]).update(version=F("version") + 1)


def _one_plan(changes: list[CellChange]) -> Plan:
    plans = {change.measure.plan_id for change in changes}
    if len(plans) != 1:
        raise ValueError("record_values takes the changes of one plan at a time")
    return Plan.objects.select_related("municipality").get(pk=plans.pop())


def _stored_rows(changes: list[CellChange]) -> dict[CellKey, YearlyValue]:
    rows = YearlyValue.objects.filter(
        measure__in={c.measure.pk for c in changes}, fiscal_year__in={c.fiscal_year for c in changes}, revision=0
    )
    return {(row.measure_id, row.fiscal_year, row.side): row for row in rows}


def _refusals(
    changes: list[CellChange],
    plan: Plan,
    by: User | None,
    years: dict[tuple[int, int], SectionYear],
    stored: dict[CellKey, YearlyValue],
) -> list[Refusal]:
    """Every reason why these changes may not be written."""
    access = access_for(by, plan.municipality) if by else None
    refusals, seen = [], set()
    for change in changes:
        stands = stored[change.key].value if change.key in stored else EMPTY
        state = state_of(years.get((change.measure.section_id, change.fiscal_year)))
        locked = access.lock_reason(state) if access else lock_reason(state)
        if by and (access is None or not access.may_enter(change.measure)):
            cause, sentence = Cause.FORBIDDEN, f"{change.place}を入力する権限がありません。"
        elif change.fiscal_year not in plan.years:
            cause, sentence = Cause.INVALID, f"{change.place}は計画の期間（{_span(plan)}）の外です。"
        elif change.key in seen:
            cause, sentence = Cause.INVALID, f"{change.place}が二度あります。一つにしてください。"
        elif change.new.state is State.NOT_SET and change.side is Side.ACTUAL:
            cause, sentence = Cause.INVALID, f"{change.place}に「設定しない」は使えません。"
        elif locked:
            cause, sentence = Cause.LOCKED, f"{change.place}は{locked}"
        elif stands != change.old and stands != change.new:
            cause = Cause.CONFLICT
            sentence = f"{change.place}は、ほかの人が「{shown(stands)}」に変更しています（入力：{shown(change.new)}）。"
        else:
            seen.add(change.key)
            continue
        refusals.append(Refusal(change, cause, sentence, stands))
    return refusals


def shown(value: Value) -> str:
    """A value in a sentence; 未入力 where nothing is known."""
    return echo(value) if value.is_entered else NOT_ENTERED


def _span(plan: Plan) -> str:
    return f"{wareki(plan.start_year)}から{wareki(plan.end_year)}まで"


def _write(changes: list[CellChange], stored: dict[CellKey, YearlyValue]) -> None:
    """A row for each new value, no row for each cleared one: four statements however many changes."""
    gone: list[int] = []
    changed: list[YearlyValue] = []
    fresh: list[YearlyValue] = []
    for change in changes:
        row = stored.get(change.key)
        if not change.new.is_entered:
            gone += [row.pk] if row else []
            continue
        row = row or YearlyValue(measure=change.measure, fiscal_year=change.fiscal_year, side=change.side)
        row.take(change.new)
        (changed if row.pk else fresh).append(row)
    YearlyValue.objects.filter(pk__in=gone).delete()
    YearlyValue.objects.bulk_create(fresh)
    fields = ["number", "state", "wording", "numerator", "denominator", "as_of", "certainty", "note"]
    YearlyValue.objects.bulk_update(changed, fields, batch_size=200)


def _history(changes: list[CellChange], plan: Plan, by: User | None, door: str, reason: str) -> list[Change]:
    return [
        Change(
            by=by,
            door=door,
            reason=reason,
            municipality=plan.municipality,
            plan=plan,
            section_id=change.measure.section_id,
            measure=change.measure,
            fiscal_year=change.fiscal_year,
            side=change.side,
            subject=Subject.VALUE,
            field=change.side.label,
            old=change.old.as_dict() or None,
            new=change.new.as_dict() or None,
        )
        for change in changes
    ]
