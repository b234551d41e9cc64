"""Queries for 達成見込み: what one person sees of a measure's outlook, made of the actuals that this person may see.

Months are visible with the actuals of their 節 × 年度: no one sees an outlook made of months that are hidden from them.
The city enters such a figure as its own, with its reason: one that changed with every month could not be signed.

A choice is shown to those who may see every year it could speak of (up to its `basis_year`); others see the methods
over the actuals visible to them, or nothing, and no hint that anything was chosen. Pages and files that residents or
other systems read never show it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP

from core.fiscal_years import wareki
from core.numerals import plain
from core.outlook import OutlookMethod, Projection, Prospect, prospect
from core.outlook_months import MonthsOutlook, months_outlooks
from core.outlook_words import (
    TENTH,
    amount_in_words,
    few_in_words,
    method_in_words,
    months_few_in_words,
    months_in_words,
    months_span_rule_in_words,
    need_in_words,
    span_in_words,
    span_rule_in_words,
)
from core.values import EMPTY
from core.words import Accumulation, Family, ValueKind
from evaluations.models import Outlook
from indicators.months.readings import year_from_months
from indicators.queries import readings_of
from plans.access import Access
from plans.models import Measure, Plan
from plans.page_words import unit_of
from plans.queries import MeasureRow

OWN_FORMULA = "下の理由から市が見込んだ最終年度の値"


@dataclass(frozen=True)
class MethodLine:
    """One method as a line of the table. `amounts` are (remaining year, figure in words), "" where there is none.

    `reading` is how the last year would be judged, "" without a goal; `tone` colours it.
    """

    method: OutlookMethod
    formula: str
    amounts: tuple[tuple[int, str], ...]
    reading: str
    tone: str
    is_chosen: bool


@dataclass(frozen=True)
class SeenOutlook:
    """What the page prints. `choice` is None where nothing was chosen or the person may not see it."""

    prospect: Prospect
    choice: Outlook | None
    lines: tuple[MethodLine, ...]
    spans: tuple[tuple[int, str], ...]
    span_rule: str
    need: str
    few: str
    newer_year: int | None

    @property
    def chosen(self) -> str:
        """「30人（平均の増減から）」; "" where nothing was chosen."""
        return next((_chosen_words(line) for line in self.lines if line.is_chosen), "")


@dataclass(frozen=True)
class PastOutlook:
    """What was expected in an old plan: 「30人（平均の増減から）」, as the actuals up to `basis_year` make it."""

    words: str
    basis_year: int
    reason: str


def past_outlook(plan: Plan, row: MeasureRow) -> PastOutlook | None:
    """The outlook that was chosen for a measure of an old plan, for the person of `plan.access`; None without one.

    It is history: later actuals do not change it, though corrections of the earlier ones do.
    """
    choice = _choice(row, plan.access)
    if choice is None:
        return None
    known = tuple(cell for cell in row.cells if cell.year <= choice.basis_year)
    unknown = (replace(cell, figures=replace(cell.figures, actual=EMPTY)) for cell in row.cells[len(known) :])
    found = prospect_of(MeasureRow(row.measure, (*known, *unknown)))
    if found is None:
        return None
    unit = unit_of(row.measure.unit, plan.municipality)
    chosen = next((line for line in _lines(found, choice, unit) if line.is_chosen), None)
    words = _chosen_words(chosen) if chosen else ""
    return PastOutlook(words, choice.basis_year, choice.reason) if words else None


def prospect_of(row: MeasureRow) -> Prospect | None:
    """What the actuals of a finished row let one expect; the row holds only what its reader may see."""
    measure = row.measure
    years = row.counted_years
    actual = {cell.year: cell.figures.actual for cell in row.cells}
    nature, accumulation = row.cells[0].figures.nature, Accumulation(measure.accumulation)
    return prospect(row.planned, actual, years, nature=nature, accumulation=accumulation) if years else None


def basis_year(row: MeasureRow) -> int:
    """The latest year with an actual as a number; ValueError where there is none."""
    return max(cell.year for cell in row.cells if cell.figures.actual.number is not None)


def seen_outlook(plan: Plan, row: MeasureRow) -> SeenOutlook | None:
    """The outlook of a measure that was fetched with its `outlook`, for the person of `plan.access`; None without."""
    found = prospect_of(row)
    if found is None:
        return None
    unit, choice = unit_of(row.measure.unit, plan.municipality), _choice(row, plan.access)
    newest = basis_year(row)
    return SeenOutlook(
        prospect=found,
        choice=choice,
        lines=_lines(found, choice, unit),
        spans=tuple((year, span_in_words(found.nature.kind, found.spans[year], unit)) for year in found.remaining),
        span_rule=span_rule_in_words(found, unit),
        need=need_in_words(found, unit),
        few=few_in_words(found, unit),
        newer_year=newest if choice and newest > choice.basis_year else None,
    )


def with_outlooks(plan: Plan, rows: Iterable[MeasureRow]) -> list[MeasureRow]:
    """The rows with the chosen outlook in words at the last year's cell, where the person may see one."""
    return [_with_outlook(plan, row) for row in rows]


def choice_of(measure: Measure) -> Outlook | None:
    """What was chosen, or taken back; None where nothing ever was. No query after `select_related("outlook")`."""
    return getattr(measure, "outlook", None)


def _with_outlook(plan: Plan, row: MeasureRow) -> MeasureRow:
    # Most measures have no choice: nothing is computed for them.
    seen = seen_outlook(plan, row) if choice_of(row.measure) else None
    if seen is None or not seen.chosen:
        return row
    last = seen.prospect.last_year
    cells = (replace(cell, outlook=seen.chosen) if cell.year == last else cell for cell in row.cells)
    return MeasureRow(row.measure, tuple(cells))


def _chosen_words(line: MethodLine) -> str:
    _, amount = line.amounts[-1]
    return f"{amount}（{line.method.label}{'' if line.method is OutlookMethod.OWN else 'から'}）"


def _choice(row: MeasureRow, access: Access) -> Outlook | None:
    choice = choice_of(row.measure)
    if choice is None or not choice.method:
        return None
    spoken_of = (cell for cell in row.cells if cell.year <= choice.basis_year)
    return choice if all(access.sees_actuals(cell.state) for cell in spoken_of) else None


def _lines(found: Prospect, choice: Outlook | None, unit: str) -> tuple[MethodLine, ...]:
    chosen = choice.method if choice else ""
    lines = tuple(_line(found, projection, unit, chosen) for projection in found.projections)
    if choice is None or choice.own is None:
        return lines
    judged = found.judged(choice.own)
    reading = judged.reading if judged.planned.amount is not None else ""
    own = f"{plain(choice.own)}{unit}"
    amounts = tuple((year, own if year == found.last_year else "") for year in found.remaining)
    return (*lines, MethodLine(OutlookMethod.OWN, OWN_FORMULA, amounts, reading, judged.tone.value, is_chosen=True))


def _line(found: Prospect, projection: Projection, unit: str, chosen: str) -> MethodLine:
    kind, values = found.nature.kind, projection.values
    judged = found.judged(projection.values[found.last_year])
    return MethodLine(
        method=projection.method,
        formula=method_in_words(found, projection, unit),
        amounts=tuple((year, amount_in_words(values[year], kind, unit)) for year in found.remaining),
        reading=judged.reading if judged.planned.amount is not None else "",
        tone=judged.tone.value,
        is_chosen=projection.method == chosen,
    )


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
    return tuple(_months_line(one, unit) for one in found)


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


def _months_line(outlook: MonthsOutlook, unit: str) -> MonthsLine:
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
