"""Several tables below each other on one sheet of a workbook, on one grid of columns that a table's cells may span."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from core.workbooks.cells import Shown
from core.workbooks.file import new_workbook, saved
from core.workbooks.printed_table import GREY, PALE, SIZE, fit_height, put, put_title, set_up_print, set_widths

WIDTHS = (24, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12)
"""In digits: together what A4 landscape holds at this size."""


@dataclass(frozen=True)
class Block:
    """One table. `columns` are headings with the grid columns they span; `lines` are sentences below its title."""

    title: str
    columns: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    lines: tuple[str, ...] = ()


def write_blocks(sheet_name: str, title: str, blocks: Iterable[Block]) -> bytes:
    """The blocks as an .xlsx file: A4 landscape, one page wide, the title on every page."""
    workbook = new_workbook(title)
    sheet = workbook.active
    sheet.title = sheet_name
    set_widths(sheet, WIDTHS)
    put_title(sheet, title)
    row = 2
    for block in blocks:
        row = _write_block(sheet, row + 1, block)
    set_up_print(sheet, 1, row, len(WIDTHS))
    return saved(workbook)


def _write_block(sheet: Worksheet, row: int, block: Block) -> int:
    """The row after the block."""
    whole = (len(WIDTHS),)
    _write_row(sheet, row, (block.title,), whole, fill=PALE, bold=True)
    for line in block.lines:
        row += 1
        _write_row(sheet, row, (line,), whole)
    if block.columns and block.rows:
        spans = tuple(span for _, span in block.columns)
        row += 1
        _write_row(sheet, row, tuple(heading for heading, _ in block.columns), spans, fill=GREY, bold=True)
        for values in block.rows:
            row += 1
            _write_row(sheet, row, values, spans)
    return row + 1


def _write_row(
    sheet: Worksheet,
    row: int,
    values: Sequence[Shown],
    spans: Sequence[int],
    *,
    fill: PatternFill | None = None,
    bold: bool = False,
) -> None:
    column, widths = 1, []
    for value, span in zip(values, spans, strict=True):
        for place in range(column, column + span):
            shown = value if place == column else None
            put(sheet, row, place, shown, size=SIZE, bold=bold, fill=fill, wrapped=True, border=True)
        if span > 1:
            sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=column + span - 1)
        widths.append(sum(WIDTHS[column - 1 : column - 1 + span]))
        column += span
    fit_height(sheet, row, values, widths)
