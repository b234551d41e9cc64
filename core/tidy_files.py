"""The tidy table as a file: CSV, JSON and xlsx, each without loss and without anything that becomes a formula."""

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.csv_file import CSV, csv_file, guarded
from core.signs import OPENS_A_FORMULA
from core.tidy import COLUMNS, NUMBER_COLUMNS, Row
from core.workbooks.file import XLSX, saved
from core.workbooks.sheet_xml import SheetXml

_NARROWEST, _WIDEST = 6, 40
_TEXTS = tuple(column for column in COLUMNS if column not in NUMBER_COLUMNS)
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def as_csv(rows: Sequence[Row]) -> bytes:
    """With texts that a spreadsheet would calculate behind a leading ', which reading removes."""
    return csv_file(COLUMNS, (guarded(row, _TEXTS) for row in rows))


def as_json(rows: Sequence[Row]) -> bytes:
    """A list of objects, one per row: numbers as JSON numbers with every digit, blanks as null."""
    # Written by hand: the encoder of the library would turn a Decimal into a float and a long one into an exponent.
    objects = [
        "{" + ", ".join(f"{_quoted(column)}: {_json_value(column, row[column])}" for column in COLUMNS) + "}"
        for row in rows
    ]
    return ("[\n" + ",\n".join(objects) + "\n]\n").encode()


def as_xlsx(rows: Sequence[Row]) -> bytes:
    """One sheet: numbers as numbers, texts as texts, the header in sight while scrolling."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "指標一覧"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(rows) + 1}"
    heading, text_style, quoted_style = _heading(sheet), _text(sheet, quoted=False), _text(sheet, quoted=True)
    cells = SheetXml(widths=[_width({column, *(row[column] for row in rows)}) for column in COLUMNS])
    for place, column in enumerate(COLUMNS, start=1):
        cells.put(1, place, column, heading)
        is_number = column in NUMBER_COLUMNS
        for number, row in enumerate(rows, start=2):
            text = row[column]
            if text and is_number:
                cells.put(number, place, Decimal(text))
            elif text:
                cells.put(number, place, text, quoted_style if text.startswith(OPENS_A_FORMULA) else text_style)
    return saved(workbook, {sheet.title: cells})


FORMATS: dict[str, tuple[Callable[[Sequence[Row]], bytes], str]] = {
    "csv": (as_csv, CSV),
    "json": (as_json, "application/json"),
    "xlsx": (as_xlsx, XLSX),
}


def _json_value(column: str, text: str) -> str:
    if not text:
        return "null"
    return text if column in NUMBER_COLUMNS else _quoted(text)


def _heading(sheet: Worksheet) -> int:
    """The number of the look of a heading."""
    cell = Cell(sheet)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF5")
    cell.alignment, cell.number_format = Alignment(vertical="top"), "@"
    return cell.style_id


def _text(sheet: Worksheet, *, quoted: bool) -> int:
    """The number of the look of a text: @ keeps a code like 012345 text when it is edited."""
    cell = Cell(sheet)
    cell.number_format, cell.quotePrefix = "@", quoted
    return cell.style_id


def _width(texts: Iterable[str]) -> float:
    longest = max(_columns(line) for text in texts for line in text.split("\n"))
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _columns(line: str) -> int:
    """The width of a line in half-width characters: a Japanese character counts as two."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)
