"""Queries: measures with their years, finished for every page, sheet and file, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from core.figures import Figures, hidden
from core.pace import Interim, interim, last_year_goal
from core.values import EMPTY, Value
from core.words import UNDER_REVIEW, Accumulation, Side
from plans.access import Access, States, state_of
from plans.models import Measure, Plan, Section, SectionYear, YearlyValue, YearState
from plans.planned_versions import Versions, versions_of, with_decisions
from plans.value_rows import CellKey


@dataclass(frozen=True)
class YearCell:
    """One measure in one fiscal year, as this reader may see it.

    `outlook` is the city's 見込み in words where a page adds it: no part of the figures, "" everywhere else.
    `versions` are the 計画値 from 当初 on where a 計画変更 touched this one; the figures are against the last of them.
    """

    year: int
    figures: Figures
    state: str = YearState.DRAFT
    interim: Interim | None = None
    outlook: str = ""
    versions: Versions = ()


@dataclass(frozen=True)
class MeasureRow:
    """One measure with all its years. `measure` is the model row, or its copy from a publication."""

    measure: Measure
    cells: tuple[YearCell, ...]

    def cell(self, year: int) -> YearCell:
        """The cell of one year of the plan; KeyError outside it."""
        return self.by_year[year]

    @cached_property
    def by_year(self) -> dict[int, YearCell]:
        return {cell.year: cell for cell in self.cells}

    @property
    def counted_years(self) -> tuple[int, ...]:
        """The years of the plan in which the measure is counted at all."""
        return tuple(year for year in self.by_year if not self.measure.outside(year))

    @cached_property
    def planned(self) -> dict[int, Value]:
        return {cell.year: cell.figures.planned for cell in self.cells}

    @property
    def last_year_goal(self):
        """The goal of a measure planned for the last year alone, else None."""
        return last_year_goal(self.planned, tuple(self.by_year))


def measures_of(plan: Plan) -> QuerySet[Measure]:
    """The measures of a plan in the order of every list and export: 節, order, code."""
    return _in_order(plan.measures.all())


def in_fixed_order(measures: Iterable[Measure]) -> list[Measure]:
    """The measures in the same order on every database: collations disagree about b-1 and C-1. For what is hashed."""
    return sorted(measures, key=lambda measure: (measure.section.number, measure.order, measure.code))


def stored_values(measures: Iterable[Measure]) -> dict[CellKey, Value]:
    """Every current value of these measures. One query."""
    rows = stored_rows(measures).filter(replaced_in__isnull=True)
    return {(row.measure_id, row.fiscal_year, row.side): row.value for row in rows}


def stored_rows(measures: Iterable[Measure]) -> QuerySet[YearlyValue]:
    """The rows of these measures in no order: current ones, and the 計画値 that a 計画変更 replaced."""
    return YearlyValue.objects.filter(measure__in=[measure.pk for measure in measures]).order_by()


def section_years(plan: Plan, sections: Iterable[Section] | None = None, *, along: Iterable[str] = ()) -> States:
    """The states of a plan by section id and fiscal year; a key that is absent is 下書き. One query.

    `along` are relations of a state that are fetched with it.
    """
    rows = SectionYear.objects.filter(section__plan=plan).order_by()
    if along:  # without names it would follow every relation
        rows = rows.select_related(*along)
    if sections is not None:
        rows = rows.filter(section__in=[section.pk for section in sections])
    return {(row.section_id, row.fiscal_year): row for row in rows}


def measure_rows(
    plan: Plan,
    measures: Iterable[Measure],
    *,
    access: Access | None,
    states: States | None = None,
) -> list[MeasureRow]:
    """Finished rows of these measures: at most two queries. `access` None is the operator, who sees everything."""
    measures = list(measures)
    cells = _cells(measures)
    states = section_years(plan) if states is None else states
    return [_row(plan, measure, cells, states, access) for measure in measures]


def rows_across(
    measures: Iterable[Measure],
    *,
    access: Access | None,
    states: States | None = None,
) -> list[MeasureRow]:
    """Finished rows of measures of several plans of one city, each with its `plan`: two queries, however many plans."""
    measures = list(measures)
    cells = _cells(measures)
    if states is None:
        found = SectionYear.objects.filter(section__in={measure.section_id for measure in measures})
        states = {(row.section_id, row.fiscal_year): row for row in found}
    return [_row(measure.plan, measure, cells, states, access) for measure in measures]


def rows_of_plans(plans: Iterable[Plan], *, access: Access, states: States) -> dict[int, list[MeasureRow]]:
    """Finished rows of several plans of one 自治体, by plan id: two queries, however many plans."""
    by_id = {plan.pk: plan for plan in plans}
    measures = list(_in_order(Measure.objects.filter(plan__in=by_id)))
    cells = _cells(measures)
    rows: dict[int, list[MeasureRow]] = {pk: [] for pk in by_id}
    for measure in measures:
        rows[measure.plan_id].append(_row(by_id[measure.plan_id], measure, cells, states, access))
    return rows


def _in_order(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    return measures.select_related("section", "department", "parent").order_by("section__number", "order", "code")


def _cells(measures: Iterable[Measure]) -> dict[CellKey, list[YearlyValue]]:
    """The rows of each cell, with those that a 計画変更 replaced. One query."""
    cells: dict[CellKey, list[YearlyValue]] = defaultdict(list)
    for row in with_decisions(stored_rows(measures)):
        cells[row.measure_id, row.fiscal_year, row.side].append(row)
    return cells


def _row(
    plan: Plan,
    measure: Measure,
    stored: Mapping[CellKey, list[YearlyValue]],
    states: States,
    access: Access | None,
) -> MeasureRow:
    def value(year: int, side: Side) -> Value:
        rows = stored.get((measure.pk, year, side), ())
        return next((row.value for row in rows if row.replaced_in is None), EMPTY)

    nature = measure.nature(plan)
    planned = {year: value(year, Side.PLANNED) for year in plan.years}
    cells = []
    for year in plan.years:
        state = state_of(states.get((measure.section_id, year)))
        actual, outside = value(year, Side.ACTUAL), measure.outside(year)
        figures = Figures(planned[year], actual, nature, measure.baseline, outside=outside)
        if access and not access.sees_actuals(state):
            figures = hidden(figures, UNDER_REVIEW)
        on_the_way = interim(
            planned,
            plan.years,
            year,
            accumulation=Accumulation(measure.accumulation),
            baseline=measure.baseline,
            baseline_is_same_quantity=measure.baseline_is_same_quantity,
        )
        versions = versions_of(stored.get((measure.pk, year, Side.PLANNED), ()))
        cells.append(YearCell(year, figures, state, on_the_way, versions=versions))
    return MeasureRow(measure, tuple(cells))


def latest_year_with_actuals(plan: Plan, rows: Sequence[MeasureRow]) -> int:
    """The latest year with any actual that the person may see, else the first year of the plan."""
    seen = [c.year for row in rows for c in row.cells if c.figures.actual.is_entered]
    return max(seen, default=plan.start_year)


def decisions_of(rows: Iterable[MeasureRow]) -> Versions:
    """Each 計画変更 that touched a 計画値 of these rows, once and in order; their values say nothing here."""
    touched = (version for row in rows for cell in row.cells for version in cell.versions if version.number)
    found = {version.number: version for version in touched}
    return tuple(found[number] for number in sorted(found))


def by_section(rows: Iterable[MeasureRow]) -> dict[int, list[MeasureRow]]:
    """Rows by the id of their 節."""
    grouped: dict[int, list[MeasureRow]] = defaultdict(list)
    for row in rows:
        grouped[row.measure.section_id].append(row)
    return dict(grouped)
