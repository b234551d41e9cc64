"""The tidy table as a file: CSV, JSON and xlsx, each without loss and without anything that becomes a formula."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.signs import escaped
from core.tidy import COLUMNS, NUMBER_COLUMNS, Row

GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")
"""A text beginning with one of these gets a leading ' in CSV, so that no spreadsheet calculates it."""
_NARROWEST, _WIDEST = 6, 40


def as_csv(rows: Sequence[Row]) -> bytes:
    """UTF-8 with BOM, lines ended by CR LF: what a Japanese Excel opens by a double click."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_guarded(column, row[column]) for column in COLUMNS] for row in rows)
    return lines.getvalue().encode("utf-8-sig")


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
    book = Workbook()
    sheet = book.active
    sheet.title = "指標一覧"
    sheet.freeze_panes = "A2"
    for place, column in enumerate(COLUMNS, start=1):
        _write(sheet.cell(1, place), column, is_number=False)
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(1, place).fill = PatternFill("solid", fgColor="E8EEF5")
        sheet.cell(1, place).alignment = Alignment(vertical="top")
        for number, row in enumerate(rows, start=2):
            if row[column]:
                _write(sheet.cell(number, place), row[column], is_number=column in NUMBER_COLUMNS)
        sheet.column_dimensions[get_column_letter(place)].width = _width([column, *(row[column] for row in rows)])
    sheet.auto_filter.ref = sheet.dimensions
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FORMATS: dict[str, tuple[Callable[[Sequence[Row]], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _guarded(column: str, text: str) -> str:
    return f"'{text}" if column not in NUMBER_COLUMNS and text.startswith(GUARDED) else text


def _json_value(column: str, text: str) -> str:
    if not text:
        return "null"
    return text if column in NUMBER_COLUMNS else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _write(cell: Cell, text: str, *, is_number: bool) -> None:
    if is_number:
        cell.value = Decimal(text)
        return
    cell.value = escaped(text)
    # openpyxl takes a leading = for a formula, whatever was meant; @ keeps a code like 012345 text when it is edited.
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(GUARDED):
        cell.quotePrefix = True


def _width(texts: list[str]) -> float:
    longest = max(_columns(line) for text in texts for line in text.split("\n"))
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _columns(line: str) -> int:
    """How many digits wide a line is: a Japanese sign takes the room of two."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)
