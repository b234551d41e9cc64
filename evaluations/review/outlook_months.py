"""Queries for the page of a measure: what this year's months let one expect.

Months are visible with the actuals of their 節 × 年度: no one sees an outlook made of months that are hidden from them.
The city enters such a figure as its own, with its reason: one that changed with every month could not be signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP

from core.fiscal_years import wareki
from core.numerals import plain
from core.outlook import OutlookMethod
from core.outlook_months import MonthsOutlook, months_outlooks
from core.outlook_words import (
    TENTH,
    amount_in_words,
    months_few_in_words,
    months_in_words,
    months_span_rule_in_words,
    span_in_words,
)
from core.words import Family, ValueKind
from evaluations.review.outlooks import SeenOutlook
from indicators.months.readings import year_from_months
from indicators.queries import readings_of
from plans.models import Plan
from plans.page_words import unit_of
from plans.queries import MeasureRow


@dataclass(frozen=True)
class MonthsLine:
    """One year seen from its months, as a line of the table. `planned` and `reading` are "" without a plan."""

    outlook: MonthsOutlook
    formula: str
    amount: str
    span: str
    span_rule: str
    planned: str
    reading: str
    tone: str
    few: str


def seen_months(plan: Plan, row: MeasureRow) -> tuple[MonthsLine, ...]:
    """The years of a measure that months let one expect, for the person of `plan.access`. One query at most.

    The measure must have come with its service.
    """
    measure = row.measure
    if measure.family != Family.INDICATOR or measure.value_kind != ValueKind.NUMBER or not row.counted_years:
        return ()
    stored = readings_of(measure)
    seen = [cell.year for cell in row.cells if plan.access.sees_actuals(cell.state) and cell.year in stored]
    found = months_outlooks(
        row.planned,
        {cell.year: cell.figures.actual for cell in row.cells},
        row.counted_years,
        {year: year_from_months(measure, year, stored[year]) for year in seen},
        nature=row.cells[0].figures.nature,
    )
    unit = unit_of(measure.unit, plan.municipality)
    return tuple(_line(one, unit) for one in found)


def adoption(outlook: SeenOutlook | None, lines: Iterable[MonthsLine]) -> dict[str, str] | None:
    """The texts with which the city's own figure begins: what the months make of the plan's last year, and why.

    None where the months say nothing of that year, or where no outlook can be chosen.
    """
    for line in lines:
        if outlook is not None and line.outlook.year == outlook.prospect.last_year:
            reason = f"{wareki(line.outlook.year)}の月別の値から（{line.formula}）。"
            return {
                "method": OutlookMethod.OWN,
                "own": plain(line.outlook.amount.quantize(TENTH, rounding=ROUND_HALF_UP)),
                "reason": reason,
            }
    return None


def _line(outlook: MonthsOutlook, unit: str) -> MonthsLine:
    kind, judged = outlook.nature.kind, outlook.judged
    planned = judged.planned.amount
    return MonthsLine(
        outlook=outlook,
        formula=months_in_words(outlook, unit),
        amount=amount_in_words(outlook.amount, kind, unit),
        span=span_in_words(kind, outlook.span, unit),
        span_rule=months_span_rule_in_words(outlook, unit),
        planned="" if planned is None else f"{plain(planned)}{unit}",
        reading="" if planned is None else judged.reading,
        tone=judged.tone.value,
        few=months_few_in_words(outlook, unit),
    )
