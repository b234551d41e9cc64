"""Nouns: measures with their years, finished for every page, sheet and file, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from core.figures import Figures, hidden
from core.pace import Interim, interim, last_year_goal
from core.values import EMPTY, Value
from core.words import UNDER_REVIEW, Accumulation, Side
from plans.access import Access, state_of
from plans.models import Measure, Plan, Section, SectionYear, YearlyValue, YearState

Stored = Mapping[tuple[int, int, str], Value]
"""Values by measure id, fiscal year and side."""


@dataclass(frozen=True)
class YearCell:
    """One measure in one fiscal year, as this reader may see it.

    `outlook` is the city's 見込み in words where a page adds it: no part of the figures, "" everywhere else.
    """

    year: int
    figures: Figures
    state: str = YearState.DRAFT
    interim: Interim | None = None
    outlook: str = ""


@dataclass(frozen=True)
class MeasureRow:
    """One measure with all its years. `measure` is the model row, or what a publication kept of it."""

    measure: Measure
    cells: tuple[YearCell, ...]

    def cell(self, year: int) -> YearCell:
        """The cell of one year of the plan; KeyError outside it."""
        return self.by_year[year]

    @cached_property
    def by_year(self) -> dict[int, YearCell]:
        return {cell.year: cell for cell in self.cells}

    @cached_property
    def planned(self) -> dict[int, Value]:
        return {cell.year: cell.figures.planned for cell in self.cells}

    @property
    def last_year_goal(self):
        """The goal of a measure planned for the last year alone, else None."""
        return last_year_goal(self.planned, tuple(self.by_year))


def measures_of(plan: Plan) -> QuerySet[Measure]:
    """The measures of a plan in the order of every list and export: 節, order, code."""
    return plan.measures.select_related("section", "department", "parent").order_by("section__number", "order", "code")


def stored_values(measures: Iterable[Measure]) -> dict[tuple[int, int, str], Value]:
    """Every current value of these measures. One query."""
    rows = YearlyValue.objects.filter(measure__in=[measure.pk for measure in measures], revision=0)
    return {(row.measure_id, row.fiscal_year, row.side): row.value for row in rows}


def section_years(plan: Plan, sections: Iterable[Section] | None = None) -> dict[tuple[int, int], SectionYear]:
    """The states of a plan by section id and fiscal year; a key that is absent is 下書き. One query."""
    rows = SectionYear.objects.filter(section__plan=plan)
    if sections is not None:
        rows = rows.filter(section__in=[section.pk for section in sections])
    return {(row.section_id, row.fiscal_year): row for row in rows}


def measure_rows(
    plan: Plan,
    measures: Iterable[Measure],
    *,
    access: Access | None,
    states: Mapping[tuple[int, int], SectionYear] | None = None,
) -> list[MeasureRow]:
    """Finished rows of these measures: at most two queries. `access` None is the operator, who sees everything."""
    measures = list(measures)
    values = stored_values(measures)
    states = section_years(plan) if states is None else states
    return [_row(plan, measure, values, states, access) for measure in measures]


def _row(
    plan: Plan,
    measure: Measure,
    values: Stored,
    states: Mapping[tuple[int, int], SectionYear],
    access: Access | None,
) -> MeasureRow:
    def value(year: int, side: Side) -> Value:
        return values.get((measure.pk, year, side), EMPTY)

    nature = measure.nature(plan)
    planned = {year: value(year, Side.PLANNED) for year in plan.years}
    cells = []
    for year in plan.years:
        state = state_of(states.get((measure.section_id, year)))
        figures = Figures(planned[year], value(year, Side.ACTUAL), nature, measure.baseline)
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
        cells.append(YearCell(year, figures, state, on_the_way))
    return MeasureRow(measure, tuple(cells))


def latest_year_with_actuals(plan: Plan, rows: Sequence[MeasureRow]) -> int:
    """The latest year with any actual that the person may see, else the first year of the plan."""
    seen = [c.year for row in rows for c in row.cells if c.figures.actual.is_entered]
    return max(seen, default=plan.start_year)


def by_section(rows: Iterable[MeasureRow]) -> dict[int, list[MeasureRow]]:
    """Rows by the id of their 節."""
    grouped: dict[int, list[MeasureRow]] = defaultdict(list)
    for row in rows:
        grouped[row.measure.section_id].append(row)
    return dict(grouped)
