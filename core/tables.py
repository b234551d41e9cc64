"""A table that was read from a file: header and rows of cell texts, within limits, each cell with its address."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from openpyxl.utils import get_column_letter

from core.numerals import plain

MAX_ROWS, MAX_COLUMNS = 20_000, 100
MAX_CELL = 32_767
"""Characters: what a spreadsheet itself allows in one cell."""


class NotReadable(ValueError):  # noqa: N818 - a sentence for a person, not a fault of the program
    """The file as a whole cannot be read; the text says why and what to do. `address` is where, A1 for everywhere."""

    def __init__(self, sentence: str, address: str = "A1") -> None:
        super().__init__(sentence)
        self.address = address


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell. `is_percent`: a number that a spreadsheet shows as a percentage, already × 100. `is_date`: a date,
    written 2022-05-09. `problem`: why the cell has no value at all."""

    text: str = ""
    is_percent: bool = False
    is_date: bool = False
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.text.strip() and not self.problem


BLANK = TableCell()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row under the header. `number` is its number as a spreadsheet shows it; None: no such cell (JSON alone)."""

    number: int
    cells: tuple[TableCell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the rows that are not blank. `is_csv`: texts may carry the leading ' of a CSV."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    is_csv: bool = False


def address(column: int, row: int) -> str:
    """Where a cell stands, as a spreadsheet shows it: (2, 12) is C12. Columns count from 0, rows from 1."""
    return f"{get_column_letter(column + 1)}{row}"


Line = Sequence[TableCell | None]


class HasText(Protocol):
    """Any kind of cell that holds a text."""

    @property
    def text(self) -> str: ...


def as_table(grid: Sequence[Line], *, is_csv: bool = False, header_row: int = 1) -> Table:
    """Header and rows of a grid, within the limits; what stands above the header and blank rows are passed over."""
    refuse_beyond_limits(grid)
    header = tuple(cell.text if cell else "" for line in grid[header_row - 1 : header_row] for cell in line)
    rows = (TableRow(number, tuple(line)) for number, line in enumerate(grid[header_row:], start=header_row + 1))
    filled = tuple(row for row in rows if any(cell and not cell.is_blank for cell in row.cells))
    if not any(text.strip() for text in header):
        raise NotReadable(
            f"{header_row}行目に見出しがありません。書き出した表の見出しを{header_row}行目に置いてください。"
        )
    return Table(header, filled, is_csv)


def refuse_beyond_limits(grid: Sequence[Sequence[HasText | None]]) -> None:
    """NotReadable for more rows or columns than we read, or a longer text."""
    if len(grid) > MAX_ROWS + 1:
        raise too_many_rows(MAX_ROWS + 2)
    for number, line in enumerate(grid, start=1):
        refuse_wide(number, len(line))
        for place, cell in enumerate(line):
            if cell and len(cell.text) > MAX_CELL:
                raise NotReadable(f"文字が多すぎます。1つのセルは{MAX_CELL:,}文字までです。", address(place, number))


def refuse_wide(row: int, columns: int) -> None:
    """NotReadable for a row of more columns than we read. Readers ask before they make cells of them."""
    if columns > MAX_COLUMNS:
        raise NotReadable(f"列が多すぎます。{MAX_COLUMNS}列までにしてください。", address(MAX_COLUMNS, row))


def too_many_rows(number: int) -> NotReadable:
    """What to raise for a row of this number, which is more than we read."""
    return NotReadable(f"行が多すぎます。見出しを除いて{MAX_ROWS:,}行までに分けてください。", address(0, number))


def number_text(number: int | float) -> str:
    """A number of a spreadsheet as people see it: fifteen digits, which is what spreadsheets calculate with."""
    return plain(Decimal(number if isinstance(number, int) else f"{number:.15g}"))
