"""Charts of measures: finished rows become chart objects; drawing is `core.charts`' business."""

from collections.abc import Iterable

from core.charts import PlannedActualChart, RenderedChart, YearPoint, rendered
from core.fiscal_years import wareki
from core.words import ValueKind
from plans.queries import MeasureRow

DRAWN = (ValueKind.NUMBER, ValueKind.RATE)
"""有無 and 文章 have no axis: their table says everything."""


def charts_of(rows: Iterable[MeasureRow]) -> list[RenderedChart]:
    """One rendered chart for each measure that has numbers, in the order of the rows."""
    return [rendered(chart_of(row)) for row in rows if row.measure.value_kind in DRAWN]


def chart_of(row: MeasureRow) -> PlannedActualChart:
    """Planned and actual by year; a missing year stays a word and never becomes a zero bar."""
    return PlannedActualChart(
        key=row.measure.code,
        title=row.measure.title,
        unit=row.measure.unit,
        points=tuple(
            YearPoint(
                year=cell.year,
                label=wareki(cell.year),
                planned=cell.figures.planned.amount,
                actual=cell.figures.actual.amount,
                planned_word=cell.figures.planned.state.label if cell.figures.planned.state else "",
                actual_word=cell.figures.actual_word,
            )
            for cell in row.cells
        ),
        goal=row.last_year_goal,
        is_percent=row.measure.value_kind == ValueKind.RATE,
    )
