"""Writes a laid-out evaluation sheet as an Excel workbook: looks, print set-up, values. No formulas."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break

from core.characters import for_footer
from core.sheets.book import SheetBook
from core.sheets.design import Edition, Role, SheetDesign
from core.sheets.grid import PIXEL
from core.sheets.keys import KEY_SHEET, PROPERTY, PUBLICATION, key_rows, printed_sheet
from core.sheets.pages import lay_out
from core.sheets.placed import NumberFormat, PlacedCell, PlacedSheet
from core.workbooks.cells import NO_BORDER, put
from core.workbooks.file import UNIT_POINTS, new_workbook, saved

JAPANESE = 128


def write_evaluation_sheet(book: SheetBook, design: SheetDesign, edition: Edition) -> bytes:
    """The sheet as an .xlsx file in this layout; the same bytes for the same content."""
    placed = lay_out(book, design, edition)
    workbook = new_workbook(book.title, write_only=True)
    sheet = workbook.create_sheet(design.sheet_name)
    _set_up_print(sheet, placed, design, book)
    _write_cells(sheet, placed, _Looks(workbook, design))
    printed = printed_sheet(placed, book.stamp, design.key, edition)
    write_keys(workbook, key_rows(printed), printed.name)
    if book.mark and book.mark.sha256:
        workbook.custom_doc_props.append(StringProperty(name=PUBLICATION, value=book.mark.sha256))
    return saved(workbook)


def _write_cells(sheet: Any, layout: PlacedSheet, looks: "_Looks") -> None:
    for number, height in enumerate(layout.heights, start=1):
        sheet.row_dimensions[number].height = round(height / PIXEL) * PIXEL
    for number, width in enumerate(layout.widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width / UNIT_POINTS
    rows: list[list[Cell | None]] = [[None] * len(layout.widths) for _ in layout.heights]
    blanks: dict[str, Cell] = {}
    for placed in layout.cells:
        look = looks.of(placed)
        if look not in blanks:
            blanks[look] = _cell(sheet, look)
        last_row, last_column = placed.row + placed.rows - 1, placed.column + placed.columns - 1
        # Each cell under a merge has its look: Excel draws the outline of a merged cell from all of them.
        for row in rows[placed.row - 1 : last_row]:
            row[placed.column - 1 : last_column] = [blanks[look]] * placed.columns
        if placed.value not in (None, ""):
            cell = rows[placed.row - 1][placed.column - 1] = _cell(sheet, look)
            if isinstance(placed.value, Decimal):
                cell.number_format = _number_format(placed)
            put(cell, placed.value)
        if placed.rows * placed.columns > 1:
            first, last = get_column_letter(placed.column), get_column_letter(last_column)
            sheet.merged_cells.add(f"{first}{placed.row}:{last}{last_row}")
    for row in rows:
        sheet.append(row)


def _cell(sheet: Any, look: str) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.style = look
    return cell


def write_keys(workbook: Workbook, rows: Sequence[Sequence[str]], name: str) -> None:
    """Add a sheet for what each cell is, which Excel does not show; and which sheet this is, should that one be taken
    away.
    """
    sheet = workbook.create_sheet(KEY_SHEET)
    sheet.sheet_state = "veryHidden"
    workbook.custom_doc_props.append(StringProperty(name=PROPERTY, value=name))
    for texts in rows:
        cells = [WriteOnlyCell(sheet) for _ in texts]
        for cell, text in zip(cells, texts, strict=True):
            put(cell, text)
        sheet.append(cells)


class _Looks:
    """The looks of a sheet as named styles of its workbook, each built once."""

    def __init__(self, workbook: Workbook, design: SheetDesign) -> None:
        self.workbook, self.design = workbook, design
        self.built: set[str] = set()
        side = Side(style=design.border_style, color=f"FF{design.border_colour}")
        self.grid = Border(left=side, right=side, top=side, bottom=side)

    def of(self, placed: PlacedCell) -> str:
        """The name of the style for what a cell is and holds."""
        is_number = isinstance(placed.value, Decimal)
        name = f"{placed.role} number" if is_number else str(placed.role)
        if name not in self.built:
            self.workbook.add_named_style(self._build(name, placed.role, is_number))
            self.built.add(name)
        return name

    def _build(self, name: str, role: Role, is_number: bool) -> NamedStyle:
        look = self.design.looks[role]
        return NamedStyle(
            name,
            font=Font(name=self.design.font, charset=JAPANESE, size=look.size, bold=look.bold),
            # A number is shrunk where it must be: Excel prints #### for one wider than its column.
            alignment=Alignment(
                horizontal=look.horizontal, vertical=look.vertical, wrap_text=not is_number, shrink_to_fit=is_number
            ),
            border=self.grid if look.border else NO_BORDER,
            fill=PatternFill("solid", fgColor=f"FF{look.fill}") if look.fill else PatternFill(),
        )


def _number_format(placed: PlacedCell) -> str:
    """Of a number: rates to one decimal; a 割合 with the decimals it has, as 0.### prints "100.%"; else General."""
    if not isinstance(placed.value, Decimal) or placed.number_format is NumberFormat.PLAIN:
        return "General"
    if placed.number_format is NumberFormat.TENTH:
        return "0.0"
    if placed.number_format is NumberFormat.TENTH_PERCENT:
        return '0.0"%"'
    places = max(0, -int(placed.value.normalize().as_tuple().exponent))
    return f'0.{"0" * places}"%"' if places else '0"%"'


def _set_up_print(sheet: Any, layout: PlacedSheet, design: SheetDesign, book: SheetBook) -> None:
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
