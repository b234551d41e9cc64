"""The standard table of a council's opinions as a workbook: A4 landscape, wrapped, every value a text."""

from dataclasses import astuple, dataclass

from core.citation import Mark
from core.workbooks.printed_table import PrintedTable, write_table

COLUMNS = (("番号", 6), ("該当箇所", 20), ("意見者", 14), ("意見", 44), ("対応", 44), ("反映先", 24))
"""Heading and width in digits: together what A4 landscape holds at this size."""
SHEET_NAME = "意見と対応"


@dataclass(frozen=True)
class OpinionRow:
    """One row, in the order of the columns."""

    number: str
    place: str
    speaker: str
    opinion: str
    response: str
    reflected: str


@dataclass(frozen=True)
class OpinionSheet:
    """`parts` are the councils and days, each with its title and its rows; `mark` says which publication it prints."""

    title: str
    parts: tuple[tuple[str, tuple[OpinionRow, ...]], ...]
    mark: Mark | None = None


def write_opinion_table(book: OpinionSheet) -> bytes:
    """The table as an .xlsx file; a line instead of it where there is no opinion."""
    parts = tuple((title, tuple(astuple(opinion) for opinion in opinions)) for title, opinions in book.parts)
    centred = frozenset({1})
    return write_table(
        PrintedTable(SHEET_NAME, book.title, COLUMNS, parts, "意見はありません。", centred=centred, mark=book.mark)
    )
