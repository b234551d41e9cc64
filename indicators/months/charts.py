"""The months of a year as a chart: one bar a month, and the year's plan as a line where it is a monthly average."""

from decimal import Decimal

from core.charts import PlannedActualChart, RenderedChart, YearPoint, rendered
from core.words import Accumulation
from indicators.months.cells import MonthCell
from indicators.months.grid import MonthGrid, MonthRow

PROVISIONAL_MARK = "※"


def monthly_charts(grid: MonthGrid) -> list[RenderedChart]:
    """One rendered chart for each 活動指標 with a number in any month, in the order of the grid."""
    return [rendered(month_chart(row)) for row in grid.rows if row.made.numbers]


def month_chart(row: MonthRow) -> PlannedActualChart:
    """The stored months; a missing one stays a word and never becomes a zero bar."""
    marked = "、※は速報" if any(cell.is_provisional for cell in row.cells) else ""
    return PlannedActualChart(
        key=f"{row.measure.code}-months",
        title=f"{row.measure.title}（月別{marked}）",
        unit=row.measure.unit,
        points=tuple(_point(cell) for cell in row.cells),
        goal=_planned_line(row),
        goal_name="計画",
        goal_sentence="年度の計画（月平均）は",
        has_planned_bars=False,
    )


def _point(cell: MonthCell) -> YearPoint:
    mark = PROVISIONAL_MARK if cell.is_provisional else ""
    word = "制度なし" if cell.outside else cell.stored.missing_word
    return YearPoint(cell.month, f"{cell.month}月", None, cell.stored.number, actual_word=word, remark=mark)


def _planned_line(row: MonthRow) -> Decimal | None:
    """The plan with which each month can be compared; None unless it is a monthly average."""
    is_average = row.measure.accumulation == Accumulation.MONTHLY_AVERAGE
    return row.year_cell.figures.planned.amount if is_average else None
