"""Blocks of figures on an old sheet: years in a row, and beneath them rows of 計画値, 実績値 and 乖離値.

Two forms are known. In the one each block has its own row of years, with its title and quantity before them; blocks may
lie side by side. In the other one row of years heads a whole table, with a goal a row or several rows a goal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.archive.sheet import ArchiveSheet, Printed
from core.archive.words import (
    RowKind,
    bare_year,
    circled_number,
    column_of,
    is_filler,
    row_kind,
    section_number,
    year_and_side,
    year_of,
)

MAX_ROWS = 8
"""How many rows beneath a row of years are read; a block has three or four."""
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class YearCell:
    """A column that a heading gives to a year, and where the heading says so, to 計画 or 実績."""

    column: int
    year: int
    kind: RowKind | None
    cell: Printed


@dataclass(frozen=True)
class YearRow:
    """Years side by side. `left` are the cells before them, back to the years of the block on the left."""

    row: int
    years: tuple[YearCell, ...]
    left: tuple[Printed, ...]

    @property
    def is_table_head(self) -> bool:
        """Whether it heads a table: the cells before the years name columns."""
        return any(column_of(cell.text) or row_kind(cell.text) for cell in self.left)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row of figures with its label; `cells` are the values, as far as printed."""

    kind: RowKind
    label: Printed
    cells: tuple[Printed, ...]


@dataclass(frozen=True)
class Block:
    """Title and quantity are None where nothing is printed there."""

    row: int
    title: Printed | None
    quantity: Printed | None
    years: tuple[YearCell, ...]
    rows: tuple[FigureRow, ...]

    @property
    def address(self) -> str:
        return (self.title or self.quantity or self.years[0].cell).address

    @property
    def number(self) -> int | None:
        """The ① printed before its title."""
        return circled_number(self.title.text) if self.title else None

    @property
    def name(self) -> str:
        """Its title without the circled number."""
        text = self.title.text if self.title else ""
        return (text[1:] if circled_number(text) else text).strip().replace("\n", "")

    def cells(self) -> Iterator[Printed]:
        """Everything that belongs to it."""
        yield from (cell for cell in (self.title, self.quantity) if cell)
        yield from (year.cell for year in self.years)
        for row in self.rows:
            yield row.label
            yield from row.cells


def year_rows(cells: Sequence[Printed]) -> list[YearRow]:
    """The runs of years in one row of cells, each with the cells before it."""
    found: list[YearRow] = []
    run: list[YearCell] = []
    before: list[Printed] = []
    for cell in [*cells, None]:
        year = _year_cell(cell) if cell else None
        if year and (not run or _goes_on(run[-1], year)):
            run.append(year)
            continue
        if len(run) > 1:
            found.append(YearRow(run[0].cell.row, tuple(run), tuple(before)))
            before = []
        else:
            before += [one.cell for one in run]
        run = [year] if year else []
        if cell and not year:
            before.append(cell)
    return found


def _year_cell(cell: Printed) -> YearCell | None:
    both = year_and_side(cell.text)
    if both:
        return YearCell(cell.column, both[0], RowKind(both[1].value), cell)
    year = year_of(cell.text) or bare_year(cell.text)
    return YearCell(cell.column, year, None, cell) if year else None


def _goes_on(last: YearCell, year: YearCell) -> bool:
    """Whether a year continues the run: the next year, or the other side of the same one, at most three columns on."""
    if year.column - last.column > 3 or (last.kind is None) != (year.kind is None):
        return False
    if year.kind and year.kind != last.kind:
        return year.year in (last.year, last.year + 1) or year.year < last.year
    return year.year == last.year + 1


def blocks_beneath(sheet: ArchiveSheet, heads: Sequence[YearRow], end: int) -> list[Block]:
    """The blocks of one row of years: their figures in the rows beneath, given to them in their order."""
    rows: dict[int, list[FigureRow]] = {place: [] for place in range(len(heads))}
    first = heads[0].row + 1
    for number in range(first, min(end, first + MAX_ROWS)):
        cells = sheet.row(number)
        if not cells:
            continue
        figures = figure_rows(cells)
        if not figures or year_rows(cells):
            break
        for place, figure in zip(_places(figures, heads), figures, strict=True):
            rows[place].append(figure)
    return [
        Block(head.row, *title_and_quantity(head.left), head.years, tuple(rows[place]))
        for place, head in enumerate(heads)
    ]


def figure_rows(cells: Sequence[Printed]) -> list[FigureRow]:
    """The labels of a row, each with the cells up to the next label."""
    labels = [place for place, cell in enumerate(cells) if row_kind(cell.text)]
    found = []
    for place, after in zip(labels, [*labels[1:], len(cells)], strict=False):
        values = tuple(cell for cell in cells[place + 1 : after] if not is_filler(cell.text) or cell.text in "-－―‐–—")
        kind = row_kind(cells[place].text)
        if kind:
            found.append(FigureRow(kind, cells[place], values))
    return found


def _places(figures: Sequence[FigureRow], heads: Sequence[YearRow]) -> list[int]:
    """Which block each label of a row belongs to: in order where they are as many, else the one nearest."""
    if len(figures) == len(heads):
        return list(range(len(heads)))
    ends = [(head.left[0].column if head.left else head.years[0].column - 1, head.years[-1].column) for head in heads]
    places, columns = range(len(heads)), [figure.label.column for figure in figures]
    return [
        min(places, key=lambda place: max(ends[place][0] - column, column - ends[place][1], 0)) for column in columns
    ]


def title_and_quantity(left: Sequence[Printed]) -> tuple[Printed | None, Printed | None]:
    """The cells before the years: the nearest is the quantity (利用者数（実人）), the one before it the title."""
    near = [cell for cell in left if not is_filler(cell.text) and section_number(cell.text) is None]
    if not near:
        return None, None
    last = near[-1]
    is_quantity = len(last.text) <= 30 and "\n" not in last.text
    title_alone = circled_number(last.text) is not None or not is_quantity
    if title_alone:
        return (last if _is_title(last.text) else None), None
    above = near[-2] if len(near) > 1 else None
    return (above if above and _is_title(above.text) else None), last


def _is_title(text: str) -> bool:
    """A title is one short line; a whole passage is the text of the 節."""
    return len(text) <= LONGEST_TITLE and "\n" not in text and "。" not in text
