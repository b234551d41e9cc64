"""The blocks of figures of an evaluation sheet: which measures each 節 shows, and what each line prints."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, QuerySet

from core.prose import circled
from core.sheets.book import SheetBlock
from core.sheets.design import Line, Measures
from core.values import Value
from core.words import NOT_ENTERED, Family, State, ValueKind
from core.workbooks.cells import Shown
from plans.access import Access, States
from plans.models import Measure, Plan, Section
from plans.queries import MeasureRow, YearCell, measure_rows, measures_of

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class SheetRows:
    """The finished rows of the measures: all of them, and by the group that a layout requests and the id of the 節 that
    shows them.
    """

    rows: tuple[MeasureRow, ...]
    by_place: Mapping[Measures, Mapping[int, tuple[MeasureRow, ...]]]
    prints_words: bool

    def blocks(self, section: Section, year: int, headings: Collection[str]) -> dict[Measures, tuple[SheetBlock, ...]]:
        """The blocks of one 節, with actuals up to that year."""
        return {
            measures: tuple(self._block(row, year, headings) for row in rows.get(section.pk, ()))
            for measures, rows in self.by_place.items()
        }

    def _block(self, row: MeasureRow, year: int, headings: Collection[str]) -> SheetBlock:
        measure = row.measure
        kind = ValueKind(measure.value_kind)
        unit = f"（{measure.unit}）" if measure.unit else ""
        return SheetBlock(
            code=measure.code,
            title=f"{circled(measure.label)}{measure.title}",
            quantity=measure.quantity or f"実績{unit}",
            values={line: tuple(self._shown(line, cell, year, kind) for cell in row.cells) for line in Line},
            unit=measure.unit,
            is_percent=kind is ValueKind.RATE,
            bears_heading=measure.title in headings,
        )

    def _shown(self, line: Line, cell: YearCell, year: int, kind: ValueKind) -> Shown:
        """One figure as printed. Of a year after the sheet's the plan alone is known."""
        if line is Line.PLANNED:
            return shown(cell.figures.planned, kind)
        if line is Line.LEGACY_DEVIATION:
            return _legacy_deviation(cell, year)
        if cell.year > year:
            return None
        if line is Line.ACTUAL:
            return self._actual(cell, kind)
        return _derived(line, cell)

    def _actual(self, cell: YearCell, kind: ValueKind) -> Shown:
        """未入力 stays blank on the old form; every other word is printed on both."""
        figures = cell.figures
        if figures.is_outside or figures.withheld:
            return figures.actual_word
        printed = shown_actual(figures.actual, kind)
        return NOT_ENTERED if printed is None and self.prints_words else printed


def sheet_rows(
    plan: Plan,
    wanted: Collection[Measures],
    *,
    access: Access | None,
    states: States,
    prints_words: bool,
) -> SheetRows:
    """The rows that a layout requests: two queries."""
    measures = measures_of(plan).select_related(None)  # a sheet prints nothing of 節, 担当課 or 親指標
    if wanted == {Measures.BLOCKS}:
        measures = measures.filter(sheet_block=True)
    if Measures.TARGETS in wanted:
        measures = measures.select_related("target_item")
    places: dict[int, list[int]] = defaultdict(list)
    found: dict[int, Measure] = {}
    for measure in _with_related_sections(measures, wanted):
        found.setdefault(measure.pk, measure)
        places[measure.pk].append(getattr(measure, "related_section", None) or measure.section_id)
    rows = measure_rows(plan, found.values(), access=access, states=states)
    by_place: dict[Measures, dict[int, list[MeasureRow]]] = {measures: defaultdict(list) for measures in wanted}
    for row in rows:
        for measures_shown in wanted:
            for section in _sections_of(row.measure, measures_shown, places[row.measure.pk]):
                by_place[measures_shown][section].append(row)
    return SheetRows(
        tuple(rows),
        {measures: {section: tuple(rows) for section, rows in of.items()} for measures, of in by_place.items()},
        prints_words,
    )


def _with_related_sections(measures: QuerySet[Measure], wanted: Collection[Measures]) -> QuerySet[Measure]:
    """The measures; where 活動指標 are wanted, each again for every 節 that it is related to, in `related_section`."""
    if Measures.INDICATORS not in wanted:
        return measures
    return measures.annotate(related_section=F("activity_indicator__related_sections"))


def _sections_of(measure: Measure, measures: Measures, related: list[int]) -> list[int]:
    """The ids of the 節 that show a measure among these, its own first."""
    if measures is Measures.BLOCKS:
        return [measure.section_id] if measure.sheet_block else []
    if (measures is Measures.TARGETS) != (measure.family == Family.TARGET):
        return []
    return list(dict.fromkeys([measure.section_id, *related]))


def shown(value: Value, kind: ValueKind) -> Shown:
    """A planned value as the sheet prints it, in the city's own words where it has some; None for nothing."""
    if value.amount is None:
        return value.wording or value.state.label if value.state else None
    if kind is ValueKind.PRESENCE:
        return value.wording or ("有" if value.amount else "無")
    return _tenths(value.amount) if value.numerator is not None else value.amount.normalize() + 0


def shown_actual(value: Value, kind: ValueKind) -> Shown:
    """An actual as the sheet prints it: its state in the one word for it; None for 未入力."""
    if value.state and value.state is not State.WORDS_ONLY:
        return value.state.label
    return shown(value, kind)


def _legacy_deviation(cell: YearCell, year: int) -> Decimal | None:
    """旧様式 to one decimal; a year after the sheet's is printed as not entered."""
    figures = cell.figures
    if cell.year > year:
        return Decimal("0.0") if figures.nature.has_rates and figures.planned.amount else None
    return None if figures.legacy_deviation is None else _tenths(figures.legacy_deviation)


def _derived(line: Line, cell: YearCell) -> Shown:
    """差 (of a 割合 in points, to one decimal), the rates to one decimal, or the 判定 in words."""
    figures = cell.figures
    if line is Line.READING:
        return figures.reading or None
    if line is Line.DIFFERENCE:
        if figures.difference is None:
            return None
        is_points = figures.nature.kind is ValueKind.RATE
        return _tenths(figures.difference) if is_points else figures.difference.normalize() + 0
    rate = figures.achievement_rate if line is Line.ACHIEVEMENT_RATE else figures.deviation_rate
    return None if rate is None else _tenths(rate)


def _tenths(number: Decimal) -> Decimal:
    return number.quantize(TENTH, ROUND_HALF_UP) + 0
