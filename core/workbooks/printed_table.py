"""Tables of a workbook that is printed: a grid, heights fitted to the words, A4 landscape one page wide."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from core.citation import Mark
from core.text_width import text_height
from core.workbooks.cells import Shown
from core.workbooks.cells import put as put_value
from core.workbooks.file import UNIT_POINTS, new_workbook, saved

SIZE, ROW_HEIGHT = 10, 20.5
"""Points: of the letters, and the least of a row of them."""
POINTS_PER_DIGIT = 5.25
"""The unit in which tables give their widths: a digit of seven pixels of 0.75 points."""
A4, MOST_POINTS = 9, 409
"""The number by which workbooks know the page size, and the highest row that Excel draws."""
GREY = PatternFill("solid", fgColor="FFE3E6E8")
PALE = PatternFill("solid", fgColor="FFF3F5F6")
_FONT = "BIZ UDゴシック"
_THIN = Side(style="thin", color="FF595959")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@dataclass(frozen=True)
class PrintedTable:
    """One table on its sheet. `columns`: heading and width in digits. `remarks` are under the title, one line each;
    `parts` are groups of rows, each with its title ("" for none); `empty` is there instead of any row. `mark` says
    under the table, and at the foot of every page, which publication it prints.
    """

    sheet_name: str
    title: str
    columns: tuple[tuple[str, float], ...]
    parts: tuple[tuple[str, tuple[tuple[Shown, ...], ...]], ...]
    empty: str
    remarks: tuple[str, ...] = ()
    centred: frozenset[int] = frozenset()
    mark: Mark | None = None

    @property
    def widths(self) -> tuple[float, ...]:
        return tuple(width for _, width in self.columns)


def write_table(table: PrintedTable) -> bytes:
    """The table as an .xlsx file."""
    workbook = new_workbook(table.title)
    sheet = workbook.active
    sheet.title = table.sheet_name
    set_widths(sheet, table.widths)
    put_title(sheet, table.title)
    for row, remark in enumerate(table.remarks, start=2):
        put(sheet, row, 1, remark)
    heading_row = row = len(table.remarks) + 3
    for place, (heading, _) in enumerate(table.columns, start=1):
        put(sheet, row, place, heading, bold=True, fill=GREY, centred=True, border=True)
    for title, lines in table.parts or ((table.empty, ()),):
        if title:
            row += 1
            _put_part_title(sheet, row, title, len(table.columns))
        for line in lines:
            row += 1
            for place, value in enumerate(line, start=1):
                put(sheet, row, place, value, centred=place in table.centred, wrapped=True, border=True)
            fit_height(sheet, row, line, table.widths)
    if table.mark:
        row += 2
        put(sheet, row, 1, table.mark.words)
        sheet.oddFooter.right.text, sheet.oddFooter.right.size = table.mark.short, 8
    set_up_print(sheet, heading_row, row, len(table.columns))
    return saved(workbook)


def put_title(sheet: Worksheet, title: str) -> None:
    """The title of the sheet, in a row as high as its letters: LibreOffice would draw the row below over it."""
    put(sheet, 1, 1, title, size=14, bold=True)
    sheet.row_dimensions[1].height = 24


def _put_part_title(sheet: Worksheet, row: int, title: str, columns: int) -> None:
    """The title of a part, over all columns."""
    for place in range(1, columns + 1):
        put(sheet, row, place, title if place == 1 else "", bold=True, fill=PALE, border=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    sheet.row_dimensions[row].height = ROW_HEIGHT


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Shown,
    *,
    size: int = SIZE,
    bold: bool = False,
    fill: PatternFill | None = None,
    centred: bool = False,
    wrapped: bool = False,
    border: bool = False,
) -> None:
    """Write a cell with its look."""
    cell = sheet.cell(row, column)
    is_number = isinstance(value, Decimal)
    if not is_number:
        cell.number_format = "@"
    put_value(cell, value)
    cell.font = Font(name=_FONT, charset=128, size=size, bold=bold)
    horizontal = "center" if centred else "right" if is_number else "left"
    cell.alignment = Alignment(horizontal=horizontal, vertical="top", wrap_text=wrapped)
    if border:
        cell.border = _GRID
    if fill:
        cell.fill = fill


def fit_height(sheet: Worksheet, row: int, values: Sequence[Shown], widths: Sequence[float]) -> None:
    """As high as the longest text needs; `widths` in digits."""
    heights = [
        text_height(str(value or ""), width * POINTS_PER_DIGIT, SIZE)
        for value, width in zip(values, widths, strict=True)
    ]
    # What does not fit is still in the cell.
    sheet.row_dimensions[row].height = min(max(ROW_HEIGHT, *heights), MOST_POINTS)


def set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """The widths of the columns, in digits."""
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width * POINTS_PER_DIGIT / UNIT_POINTS


def set_up_print(sheet: Worksheet, heading_row: int, last_row: int, columns: int) -> None:
    """One page wide, the headings on every page and in sight while scrolling, page numbers."""
    sheet.print_area = f"A1:{get_column_letter(columns)}{last_row}"
    sheet.print_title_rows = f"{heading_row}:{heading_row}"
    sheet.freeze_panes = f"A{heading_row + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.oddFooter.center.text = "&P / &N"
