"""A table that was read from a file: header and rows of cell texts, within limits, each cell with its address."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from openpyxl.utils import get_column_letter

from core.numerals import plain

MAX_ROWS, MAX_COLUMNS = 20_000, 100
MAX_CELL = 32_767
"""Characters: what a spreadsheet itself allows in one cell."""
MAX_CHARACTERS = 10_000_000
"""Of all texts together; as many as a CSV may have bytes."""


IS_A_DATE = "日付になっています。セルの表示形式を「標準」か「文字列」に変え、入力し直してください"


class NotReadable(ValueError):
    """The file as a whole cannot be read; the text says why and what to do. `cell` is where, "" for everywhere."""

    def __init__(self, sentence: str, cell: str = "") -> None:
        super().__init__(sentence)
        self.cell = cell

    @property
    def address(self) -> str:
        """The cell as a command names it, which begins every line with one: A1 for everywhere."""
        return self.cell or "A1"

    def about(self, name: str) -> str:
        """What a page says of the file of this name ("" for pasted text), with the cell where there is one."""
        return (f"「{name}」：" if name else "") + str(self) + (f"（{self.cell}）" if self.cell else "")


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

    @property
    def wrong_date(self) -> str:
        """What to say of a date where none belongs; "" for a cell that is not a date."""
        return f"{IS_A_DATE}（入力：{self.text}）。" if self.is_date else ""


BLANK = TableCell()

Kept = str | TableCell | None
"""A cell as it is kept, a million of them: a text that is nothing else as it is; None: no such cell (JSON alone)."""


def as_cell(kept: Kept) -> TableCell | None:
    """The cell that is kept."""
    return TableCell(kept) if isinstance(kept, str) else kept


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row under the header. `number` is its number as a spreadsheet shows it."""

    number: int
    kept: tuple[Kept, ...]

    def cell(self, place: int) -> TableCell | None:
        """The cell in this place, counted from 0; None where a JSON has no such cell."""
        return as_cell(self.kept[place]) if place < len(self.kept) else BLANK

    @property
    def cells(self) -> tuple[TableCell | None, ...]:
        return tuple(map(self.cell, range(len(self.kept))))


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the rows that are not blank. `is_csv`: texts may carry the leading ' of a CSV."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    is_csv: bool = False


def address(column: int, row: int) -> str:
    """The address of a cell as a spreadsheet shows it: (2, 12) is C12. Columns count from 0, rows from 1."""
    return f"{get_column_letter(column + 1)}{row}"


Line = Sequence[Kept]
Wanted = Callable[[Sequence[str]], bool]
"""Called with a header before the rows under it are read."""


def everything(header: Sequence[str]) -> bool:
    """Every table is wanted."""
    return True


def as_table(
    lines: Iterable[Line],
    *,
    is_csv: bool = False,
    header_row: int = 1,
    is_wanted: Wanted = everything,
) -> Table:
    """Header and rows; blank rows and the rows above the header are skipped. Under a header that is not wanted nothing
    is read. Raises NotReadable for a blank header.
    """
    numbered = enumerate(lines, start=1)
    header = next((tuple(map(_text, line)) for number, line in numbered if number == header_row), ())
    if not any(map(str.strip, header)):
        raise NotReadable(
            f"{header_row}行目に見出しがありません。書き出した表の見出しを{header_row}行目に置いてください。"
        )
    rows = numbered if is_wanted(header) else ()
    return Table(header, tuple(TableRow(n, tuple(line)) for n, line in rows if any(map(_is_filled, line))), is_csv)


def _text(kept: Kept) -> str:
    return kept.text if isinstance(kept, TableCell) else kept or ""


def _is_filled(kept: Kept) -> bool:
    return bool(kept.strip()) if isinstance(kept, str) else kept is not None and not kept.is_blank


def refuse_long(row: int, column: int) -> NoReturn:
    """NotReadable for the text in this place, counted from 1."""
    raise NotReadable(f"文字が多すぎます。1つのセルは{MAX_CELL:,}文字までです。", address(column - 1, row))


def refuse_wide(row: int, columns: int) -> None:
    """NotReadable for a row of more columns than we read. Called before its cells are made."""
    if columns > MAX_COLUMNS:
        raise NotReadable(f"列が多すぎます。{MAX_COLUMNS}列までにしてください。", address(MAX_COLUMNS, row))


def too_many_rows(number: int) -> NotReadable:
    """What to raise for a row of this number, which is more than we read."""
    return NotReadable(f"行が多すぎます。見出しを除いて{MAX_ROWS:,}行までに分けてください。", address(0, number))


def number_text(number: int | float) -> str:
    """A number of a spreadsheet as people see it: fifteen digits, which is what spreadsheets calculate with."""
    return str(number) if isinstance(number, int) else plain(Decimal(f"{number:.15g}"))
