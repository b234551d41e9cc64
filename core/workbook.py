"""Writes a laid-out evaluation sheet as an Excel workbook: looks, print set-up, values. No formulas."""

import re
from copy import copy
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from core.evaluation_sheet import SheetBook
from core.sheet_layout import (
    BODY_SIZE,
    MARGIN_BOTTOM,
    MARGIN_SIDE,
    MARGIN_TOP,
    TITLE_SIZE,
    PlacedCell,
    Role,
    SheetLayout,
)
from core.sheet_pages import lay_out
from core.signs import for_workbook

SHEET_NAME = "評価シート"
FONT, JAPANESE = "BIZ UDゴシック", 128
# The font of the Normal style sets the unit of column widths: 7 pixels a digit in Arial 10, in every language of Excel.
UNIT_FONT, UNIT_PIXELS, POINTS_PER_PIXEL = Font(name="Arial", size=10), 7, 0.75
A3 = 8
_THIN = Side(style="thin", color="FF595959")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="FFE3E6E8")
_PALE = PatternFill("solid", fgColor="FFF3F5F6")
_FILLS = {Role.HEADING: _GREY, Role.YEAR: _PALE, Role.LABEL: _PALE}
_SIZES = {Role.TITLE: TITLE_SIZE}
_BOLD = {Role.TITLE, Role.HEADING, Role.TARGET, Role.RESULT_TITLE}
_OUTSIDE = {Role.TITLE, Role.SUBTITLE, Role.NOTE}
_CENTRED = {Role.HEADING, Role.NUMBER, Role.LABEL, Role.YEAR, Role.VALUE, Role.PERCENT, Role.DEVIATION}
_OPENS_FORMULA = ("=", "+", "-", "@")
# A workbook carries the moment of its making twice; without it the same book gives the same bytes.
_MOMENT = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_evaluation_sheet(book: SheetBook) -> bytes:
    """The book as an .xlsx file in the layout of the city's own sheet; the same bytes for the same book."""
    layout = lay_out(book)
    workbook = Workbook()
    workbook._named_styles["Normal"].font = UNIT_FONT
    workbook.properties.title = for_workbook(book.title)
    workbook.properties.creator = None
    sheet = workbook.active
    sheet.title = SHEET_NAME
    _write_cells(sheet, layout)
    _set_up_print(sheet, layout, book)
    stream = BytesIO()
    workbook.save(stream)
    return _timeless(stream.getvalue())


def _write_cells(sheet: Worksheet, layout: SheetLayout) -> None:
    for number, width in enumerate(layout.widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width / POINTS_PER_PIXEL / UNIT_PIXELS
    for number, height in enumerate(layout.heights, start=1):
        sheet.row_dimensions[number].height = round(height / POINTS_PER_PIXEL) * POINTS_PER_PIXEL
    styles = _Styles(sheet)
    for placed in layout.cells:
        style = styles.of(placed)
        last_row, last_column = placed.row + placed.rows - 1, placed.column + placed.columns - 1
        # Every cell under a merge keeps its border: Excel draws the outline of a merged cell from all of them.
        for row in range(placed.row, last_row + 1):
            for column in range(placed.column, last_column + 1):
                sheet.cell(row, column)._style = style
        if placed.value is not None:
            _fill(sheet.cell(placed.row, placed.column), placed.value)
        if placed.rows * placed.columns > 1:
            first, last = get_column_letter(placed.column), get_column_letter(last_column)
            sheet.merged_cells.add(f"{first}{placed.row}:{last}{last_row}")


def _fill(cell: Cell, value: str | Decimal) -> None:
    """A number stays a number; text stays text, whatever it begins with."""
    if isinstance(value, Decimal):
        cell.value = int(value) if value == value.to_integral_value() else value
        return
    cell.value = for_workbook(value)
    cell.data_type = "s"


class _Styles:
    """The looks of a sheet, each built once."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.built: dict[tuple[Role, bool, str, bool], StyleArray] = {}

    def of(self, placed: PlacedCell) -> StyleArray:
        """The style for what a cell is and holds."""
        is_number = isinstance(placed.value, Decimal)
        quoted = isinstance(placed.value, str) and placed.value.startswith(_OPENS_FORMULA)
        key = (placed.role, is_number, _number_format(placed), quoted)
        if key not in self.built:
            self.built[key] = self._build(*key)
        return self.built[key]

    def _build(self, role: Role, is_number: bool, number_format: str, quoted: bool) -> StyleArray:
        cell = Cell(self.sheet)
        cell.font = Font(name=FONT, charset=JAPANESE, size=_SIZES.get(role, BODY_SIZE), bold=role in _BOLD)
        cell.alignment = _alignment(role, is_number)
        cell.number_format = number_format
        if role not in _OUTSIDE:
            cell.border = _GRID
        if role in _FILLS:
            cell.fill = _FILLS[role]
        style = copy(cell._style)
        style.quotePrefix = int(quoted)
        return style


def _alignment(role: Role, is_number: bool) -> Alignment:
    if is_number:
        # Shrunk where it must be: Excel prints #### for a number wider than its column.
        return Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
    if role in _CENTRED:
        return Alignment(horizontal="center", vertical="center", wrap_text=True)
    return Alignment(horizontal="left", vertical="center" if role in _OUTSIDE else "top", wrap_text=True)


def _number_format(placed: PlacedCell) -> str:
    """乖離値 to one decimal; a 割合 with the decimals it has, as 0.### prints "100.%"; else General."""
    if not isinstance(placed.value, Decimal):
        return "General"
    if placed.role is Role.DEVIATION:
        return '0.0"%"'
    if placed.role is Role.PERCENT:
        exponent = placed.value.normalize().as_tuple().exponent
        places = max(0, -int(exponent))
        return f'0.{"0" * places}"%"' if places else '0"%"'
    return "General"


def _set_up_print(sheet: Worksheet, layout: SheetLayout, book: SheetBook) -> None:
    sheet.print_area = f"A1:{get_column_letter(len(layout.widths))}{len(layout.heights)}"
    sheet.print_title_rows = f"{layout.heading_row}:{layout.heading_row}"
    sheet.freeze_panes = f"A{layout.heading_row + 1}"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A3
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    margins = [inches / 72 for inches in (MARGIN_SIDE, MARGIN_SIDE, MARGIN_TOP, MARGIN_BOTTOM)]
    sheet.page_margins = PageMargins(*margins, header=0.2, footer=0.25)
    for row in layout.breaks:
        sheet.row_breaks.append(Break(id=row))
    footer = sheet.oddFooter
    footer.left.text, footer.center.text, footer.right.text = _footer(book.title), "&P / &N", _footer(book.year_label)
    for part in (footer.left, footer.center, footer.right):
        part.size = 8


def _footer(text: str) -> str:
    """Text for a footer, where & begins a code and all three parts share 255 characters."""
    return for_workbook(text).replace("\n", " ")[:80].replace("&", "&&")


def _timeless(workbook: bytes) -> bytes:
    """The file without the moment of its making."""
    stream = BytesIO()
    with ZipFile(BytesIO(workbook)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MOMENT.sub(b"", content)
            target.writestr(ZipInfo(name, _NO_TIME), content, ZIP_DEFLATED)
    return stream.getvalue()
