"""Which year a printed value belongs to. Sheets are shifted, so every reading is checked against the printed 乖離値."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from core.archive.blocks import Block, FigureRow
from core.archive.sheet import Printed
from core.archive.words import RowKind, is_filler
from core.figures import Figures
from core.fiscal_years import wareki
from core.numerals import read_numeral, squeeze
from core.values import Value

Placed = Mapping[tuple[RowKind, int], Printed]
"""Row and year → the cell read there."""
_MEANINGS: dict[str, Callable[[Figures], Decimal | None]] = {
    "旧様式の乖離値（実績÷計画×100、実績のない年度は0.0％）": lambda figures: figures.legacy_deviation,
    "達成率（実績÷計画×100）": lambda figures: figures.achievement_rate,
    "乖離率（（実績−計画）÷計画×100）": lambda figures: figures.deviation_rate,
    "差（実績−計画）": lambda figures: figures.difference,
}


@dataclass(frozen=True)
class Reading:
    """One way to read a block. `how` in words; `meaning` is what its 乖離値 then means, "" where none is printed.

    `contradicts`: the printed 乖離値 does not fit this reading.
    """

    how: str
    placed: Placed
    meaning: str = ""
    contradicts: bool = False

    @property
    def in_words(self) -> str:
        """令和3年度 計画値 4、実績値 2；…"""
        years = sorted({year for _, year in self.placed})
        words = []
        for year in years:
            sides = [
                f"{'計画' if kind is RowKind.PLANNED else '実績'} {self.placed[kind, year].text}"
                for kind in (RowKind.PLANNED, RowKind.ACTUAL)
                if (kind, year) in self.placed
            ]
            words += [f"{wareki(year)} {'・'.join(sides)}"] if sides else []
        return "、".join(words)


@dataclass(frozen=True)
class Placing:
    """`sure` is the accepted reading, None where a person has to choose among `possible`; `reason` says why."""

    sure: Reading | None
    possible: tuple[Reading, ...]
    reason: str

    @property
    def years(self) -> set[int]:
        """The years that have a value."""
        return {year for reading in self.possible[:1] for _, year in reading.placed}

    def within(self, years: Collection[int]) -> "Placing":
        """The same reading without the values of other years."""
        possible = tuple(_within(reading, years) for reading in self.possible)
        return replace(self, sure=_within(self.sure, years) if self.sure else None, possible=possible)


def _within(reading: Reading, years: Collection[int]) -> Reading:
    return replace(reading, placed={key: cell for key, cell in reading.placed.items() if key[1] in years})


def place(block: Block, *, is_table: bool = False) -> Placing:
    """Read a block. The plain reading is accepted where its labels are in their usual place, as those of a table are,
    and nothing contradicts it.
    """
    readings = list(_readings(block))
    if not readings:
        return Placing(None, (), "値の位置が年度の見出しと合いません。")
    plain = readings[0] if readings[0].how == _HOW[0] else None
    fitting = [reading for reading in readings if not reading.contradicts]
    if plain and not plain.contradicts and (is_table or _is_aligned(block) or len(fitting) == 1):
        checked = f"印字された{plain.meaning}とも合います。" if plain.meaning else "乖離値の印字はありません。"
        return Placing(plain, (plain,), f"値は年度の見出しの真下にあります。{checked}")
    if len(fitting) == 1:
        reading = fitting[0]
        return Placing(reading, (reading,), f"{reading.how}。すべての値が年度に収まり、{_checked(reading)}")
    if not fitting:
        return Placing(None, tuple(readings), "どの読み方でも、印字された乖離値と計算が合いません。")
    return Placing(None, tuple(fitting), "値が年度の見出しからずれていて、合う読み方が一つに決まりません。")


def _checked(reading: Reading) -> str:
    if not reading.meaning:
        return "そう読めるのはこの読み方だけです（乖離値の印字はありません）。"
    return f"印字された{reading.meaning}と合うのは、この読み方だけです。"


def _is_aligned(block: Block) -> bool:
    """Whether the labels are below the quantity, or directly before the first year."""
    first = block.years[0].column
    expected = {block.quantity.column} if block.quantity else {first - 1}
    if block.quantity is None and block.title:
        expected.add(block.title.column)
    return all(row.label.column in expected for row in block.rows) and bool(block.rows)


_HOW = {0: "値は年度の見出しの真下"} | {
    count * step: f"値は年度の見出しより{count}列{side}"
    for count in (1, 2, 3)
    for step, side in ((-1, "左"), (1, "右"))
}


def _readings(block: Block) -> Iterator[Reading]:
    """The readings that place every printed value, each way of placing them once; the plain one first."""
    columns = [(year.column, year.year) for year in block.years]
    tries: list[tuple[str, list[dict[int, int] | None]]] = [
        (how, [{column + shift: year for column, year in columns}] * len(block.rows)) for shift, how in _HOW.items()
    ]
    for gap in range(3):
        first = columns[0][0]
        tries.append(
            (
                f"値は「計画値」などの語の{gap + 1}列あとから、年度の順",
                [{row.label.column + 1 + gap + column - first: year for column, year in columns} for row in block.rows],
            )
        )
    tries.append(("値は年度の順", [_in_order(row, [year for _, year in columns]) for row in block.rows]))
    seen: list[Placed] = []
    for how, years in tries:
        placed = _placed(block, years)
        if placed and placed not in seen:
            seen.append(placed)
            yield _judged(block, how, placed)


def _in_order(row: FigureRow, years: list[int]) -> dict[int, int] | None:
    if len(row.cells) not in (0, len(years)):
        return None
    return {cell.column: year for cell, year in zip(row.cells, years, strict=False)}


def _placed(block: Block, years: list[dict[int, int] | None]) -> Placed | None:
    """The cells by row and year; None where one is in no column of a year or two are in the same one."""
    placed: dict[tuple[RowKind, int], Printed] = {}
    for row, columns in zip(block.rows, years, strict=True):
        for cell in row.cells:
            year = columns.get(cell.column) if columns else None
            if year is None or (row.kind, year) in placed:
                return None
            placed[row.kind, year] = cell
    return placed


def _judged(block: Block, how: str, placed: Placed) -> Reading:
    """The reading, with what its 乖離値 means."""
    if not any(kind is RowKind.DEVIATION for kind, _ in placed):
        return Reading(how, placed)
    years = [year.year for year in block.years]
    for meaning, formula in _MEANINGS.items():
        if all(_agrees(placed, year, formula) for year in years):
            return Reading(how, placed, meaning)
    return Reading(how, placed, contradicts=True)


def _agrees(placed: Placed, year: int, formula: Callable[[Figures], Decimal | None]) -> bool:
    printed = _number(placed.get((RowKind.DEVIATION, year)))
    planned, actual = (_number(placed.get((kind, year))) for kind in (RowKind.PLANNED, RowKind.ACTUAL))
    figures = Figures(planned=Value(number=planned), actual=Value(number=actual))
    computed = formula(figures)
    if printed is None or computed is None:
        return printed is None and computed is None
    return bool(computed.quantize(printed, rounding=ROUND_HALF_UP) == printed)


def _number(cell: Printed | None) -> Decimal | None:
    """The number in a cell, None for a blank, a dash or words."""
    if cell is None or is_filler(cell.text):
        return None
    try:
        return read_numeral(squeeze(cell.text)).number
    except ValueError:
        return None
