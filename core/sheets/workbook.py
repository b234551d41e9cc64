"""Writes a laid-out evaluation sheet as an Excel workbook: looks, print set-up, values. No formulas."""

from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from core.sheets.book import SheetBook
from core.sheets.design import Edition, Role, SheetDesign
from core.sheets.grid import PIXEL
from core.sheets.keys import KEY_SHEET, PROPERTY, PUBLICATION, key_rows, name_of, printed_sheet
from core.sheets.pages import lay_out
from core.sheets.placed import NumberFormat, PlacedCell, PlacedSheet
from core.signs import OPENS_A_FORMULA, for_footer
from core.workbooks.file import UNIT_POINTS, new_workbook, saved
from core.workbooks.sheet_xml import SheetXml

JAPANESE = 128


def write_evaluation_sheet(book: SheetBook, design: SheetDesign, edition: Edition) -> bytes:
    """The book as an .xlsx file in this layout; the same bytes for the same book."""
    placed = lay_out(book, design, edition)
    workbook = new_workbook(book.title)
    sheet = workbook.active
    sheet.title = design.sheet_name
    _set_up_print(sheet, placed, design, book)
    printed = printed_sheet(placed, book.stamp, design.key, edition)
    keys = write_keys(workbook, key_rows(printed), name_of(printed))
    if book.mark and book.mark.sha256:
        workbook.custom_doc_props.append(StringProperty(name=PUBLICATION, value=book.mark.sha256))
    return saved(workbook, {sheet.title: _cells(placed, _Styles(sheet, design)), **keys})


def _cells(layout: PlacedSheet, styles: "_Styles") -> SheetXml:
    heights = [round(height / PIXEL) * PIXEL for height in layout.heights]
    cells = SheetXml(heights, [width / UNIT_POINTS for width in layout.widths])
    for placed in layout.cells:
        style = styles.of(placed)
        cells.put(placed.row, placed.column, placed.value, style, rows=placed.rows, columns=placed.columns)
    return cells


def write_keys(workbook: Workbook, rows: Sequence[Sequence[str]], name: str) -> dict[str, SheetXml]:
    """A sheet for what each cell is, which Excel does not show, with its cells for `saved`; and which sheet this is,
    should that one be taken away."""
    workbook.create_sheet(KEY_SHEET).sheet_state = "veryHidden"
    workbook.custom_doc_props.append(StringProperty(name=PROPERTY, value=name))
    cells = SheetXml()
    for number, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            cells.put(number, column, text)
    return {KEY_SHEET: cells}


class _Styles:
    """The looks of a sheet, each built once."""

    def __init__(self, sheet: Worksheet, design: SheetDesign) -> None:
        self.sheet, self.design = sheet, design
        side = Side(style=design.border_style, color=f"FF{design.border_colour}")
        self.grid = Border(left=side, right=side, top=side, bottom=side)
        self.built: dict[tuple[Role, bool, str, bool], int] = {}

    def of(self, placed: PlacedCell) -> int:
        """The number of the style for what a cell is and holds."""
        is_number = isinstance(placed.value, Decimal)
        quoted = isinstance(placed.value, str) and placed.value.startswith(OPENS_A_FORMULA)
        key = (placed.role, is_number, _number_format(placed), quoted)
        if key not in self.built:
            self.built[key] = self._build(*key)
        return self.built[key]

    def _build(self, role: Role, is_number: bool, number_format: str, quoted: bool) -> int:
        look, cell = self.design.looks[role], Cell(self.sheet)
        cell.font = Font(name=self.design.font, charset=JAPANESE, size=look.size, bold=look.bold)
        # A number is shrunk where it must be: Excel prints #### for one wider than its column.
        cell.alignment = Alignment(
            horizontal=look.horizontal, vertical=look.vertical, wrap_text=not is_number, shrink_to_fit=is_number
        )
        cell.number_format = number_format
        if look.border:
            cell.border = self.grid
        if look.fill:
            cell.fill = PatternFill("solid", fgColor=f"FF{look.fill}")
        cell._style.quotePrefix = int(quoted)
        return cell.style_id


def _number_format(placed: PlacedCell) -> str:
    """Rates to one decimal; a 割合 with the decimals it has, as 0.### prints "100.%"; else General."""
    if not isinstance(placed.value, Decimal) or placed.number_format is NumberFormat.PLAIN:
        return "General"
    if placed.number_format is NumberFormat.TENTH:
        return "0.0"
    if placed.number_format is NumberFormat.TENTH_PERCENT:
        return '0.0"%"'
    places = max(0, -int(placed.value.normalize().as_tuple().exponent))
    return f'0.{"0" * places}"%"' if places else '0"%"'


def _set_up_print(sheet: Worksheet, layout: PlacedSheet, design: SheetDesign, book: SheetBook) -> None:
    paper = design.paper
    sheet.print_area = f"A1:{get_column_letter(len(layout.widths))}{len(layout.heights)}"
    sheet.print_title_rows = f"{layout.repeated_row}:{layout.repeated_row}"
    sheet.freeze_panes = f"A{layout.repeated_row + 1}"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape" if paper.landscape else "portrait"
    sheet.page_setup.paperSize = paper.code
    # A scale and not "fit to width": under the latter Excel passes over every manual page break.
    sheet.page_setup.scale = layout.scale
    sheet.print_options.horizontalCentered = True
    margins = [points / 72 for points in (paper.left, paper.right, paper.top, paper.bottom)]
    sheet.page_margins = PageMargins(*margins, header=0.2, footer=0.25)
    for row in layout.breaks:
        sheet.row_breaks.append(Break(id=row))
    footer = sheet.oddFooter
    label = f"{book.year_label}　{book.mark.short}" if book.mark else book.year_label
    footer.left.text, footer.center.text, footer.right.text = for_footer(book.title), "&P / &N", for_footer(label)
    for part in (footer.left, footer.center, footer.right):
        part.size = 8
