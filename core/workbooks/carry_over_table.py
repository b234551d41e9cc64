"""前の計画からの変更点 as a workbook: the report for the council, A4 landscape, every value a text."""

from dataclasses import astuple, dataclass

from core.citation import Mark
from core.workbooks.printed_table import PrintedTable, write_table

COLUMNS = (
    ("引き継ぎ方", 10),
    ("前の計画の指標", 27),
    ("前の目標", 15),
    ("前の実績", 17),
    ("新しい指標", 27),
    ("新しい目標", 15),
    ("基準値と出典", 26),
    ("上乗せ", 16),
    ("理由", 27),
)
"""Heading and width in digits; fitted to one page wide."""
SHEET_NAME = "前の計画からの変更点"


@dataclass(frozen=True)
class ChangeRow:
    """One line of the carry-over, in the order of the columns; "" where there is nothing."""

    how: str
    old: str = ""
    old_goal: str = ""
    old_actual: str = ""
    new: str = ""
    new_goal: str = ""
    baseline: str = ""
    added: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ChangeSheet:
    """`remarks` are under the title, one line each; `parts` are 節 and what ended, each with its title and rows;
    `mark` says that no publication holds this.
    """

    title: str
    remarks: tuple[str, ...]
    parts: tuple[tuple[str, tuple[ChangeRow, ...]], ...]
    mark: Mark


def write_change_table(book: ChangeSheet) -> bytes:
    """The report as an .xlsx file; a line instead of the table where neither plan has a measure."""
    parts = tuple((title, tuple(astuple(line) for line in lines)) for title, lines in book.parts)
    empty = "指標はまだありません。"
    return write_table(PrintedTable(SHEET_NAME, book.title, COLUMNS, parts, empty, book.remarks, mark=book.mark))
