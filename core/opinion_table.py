"""The standard table of a council's opinions as a workbook: A4 landscape, wrapped, every value a text."""

from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from core.text_width import wrap
from core.tidy_files import GUARDED

COLUMNS = (("番号", 6), ("該当箇所", 20), ("意見者", 14), ("意見", 44), ("対応", 44), ("反映先", 24))
"""Heading and width in digits: together what A4 landscape holds at this size."""
SHEET_NAME = "意見と対応"
HEADING_ROW = 3
SIZE, LINE, PADDING = 10, 14.5, 6
POINTS_PER_DIGIT = 5.25
A4, MOST_POINTS = 9, 409
_FONT = "BIZ UDゴシック"
_THIN = Side(style="thin", color="FF595959")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="FFE3E6E8")
_PALE = PatternFill("solid", fgColor="FFF3F5F6")


@dataclass(frozen=True)
class OpinionRow:
    """One row, in the order of the columns."""

    number: str
    place: str
    speaker: str
    opinion: str
    response: str
    reflected: str

    @property
    def texts(self) -> tuple[str, ...]:
        return self.number, self.place, self.speaker, self.opinion, self.response, self.reflected


@dataclass(frozen=True)
class OpinionSheet:
    """`parts` are the councils and days, each with its title and its rows."""

    title: str
    parts: tuple[tuple[str, tuple[OpinionRow, ...]], ...]


def write_opinion_table(book: OpinionSheet) -> bytes:
    """The table as an .xlsx file; a line instead of it where there is no opinion."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = SHEET_NAME
    for place, (_, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    _write(sheet, 1, 1, book.title, size=14, bold=True)
    for place, (heading, _) in enumerate(COLUMNS, start=1):
        _write(sheet, HEADING_ROW, place, heading, bold=True, fill=_GREY, centred=True, border=True)
    row = HEADING_ROW
    for title, opinions in book.parts:
        row += 1
        _write_title(sheet, row, title)
        for opinion in opinions:
            row += 1
            _write_opinion(sheet, row, opinion)
    if not book.parts:
        row += 1
        _write_title(sheet, row, "意見はありません。")
    _set_up_print(sheet, row)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _write_title(sheet: Worksheet, row: int, title: str) -> None:
    for place in range(1, len(COLUMNS) + 1):
        _write(sheet, row, place, title if place == 1 else "", bold=True, fill=_PALE, border=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(COLUMNS))
    sheet.row_dimensions[row].height = LINE + PADDING


def _write_opinion(sheet: Worksheet, row: int, opinion: OpinionRow) -> None:
    lines = 1
    for place, (text, (_, width)) in enumerate(zip(opinion.texts, COLUMNS, strict=True), start=1):
        _write(sheet, row, place, text, centred=place == 1, wrapped=True, border=True)
        lines = max(lines, len(wrap(text, width * POINTS_PER_DIGIT, SIZE)))
    # Excel knows no row higher than 409 points; what does not fit is still in the cell.
    sheet.row_dimensions[row].height = min(lines * LINE + PADDING, MOST_POINTS)


def _write(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str,
    *,
    size: int = SIZE,
    bold: bool = False,
    fill: PatternFill | None = None,
    centred: bool = False,
    wrapped: bool = False,
    border: bool = False,
) -> None:
    """A text, whatever it begins with: nothing a person typed becomes a formula or a number."""
    cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = text.startswith(GUARDED)
    cell.font = Font(name=_FONT, charset=128, size=size, bold=bold)
    cell.alignment = Alignment(horizontal="center" if centred else "left", vertical="top", wrap_text=wrapped)
    if border:
        cell.border = _GRID
    if fill:
        cell.fill = fill


def _set_up_print(sheet: Worksheet, last_row: int) -> None:
    sheet.print_area = f"A1:{get_column_letter(len(COLUMNS))}{last_row}"
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    sheet.freeze_panes = f"A{HEADING_ROW + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.oddFooter.center.text = "&P / &N"
