"""The tidy table as a file: CSV, JSON and xlsx, each without loss and without anything that becomes a formula."""

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter

from core.csv_file import CSV, csv_file, guarded
from core.tidy import COLUMNS, NUMBER_COLUMNS, Row
from core.workbooks.cells import NO_BORDER, put
from core.workbooks.file import PLAIN_FONT, XLSX, saved

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
    workbook = Workbook(write_only=True)
    # @ keeps a code like 012345 text when it is edited.
    text = NamedStyle("text", font=Font(name="Calibri", size=11), border=NO_BORDER, number_format="@")
    heading = NamedStyle(
        "heading",
        font=Font(bold=True),
        fill=PatternFill("solid", fgColor="E8EEF5"),
        alignment=Alignment(vertical="top"),
        border=NO_BORDER,
        number_format="@",
    )
    workbook.add_named_style(text)
    workbook.add_named_style(heading)
    sheet = workbook.create_sheet("指標一覧")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(rows) + 1}"
    for place, column in enumerate(COLUMNS, start=1):
        width = _width({column, *(row[column] for row in rows)})
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_cell(sheet, column, heading.name) for column in COLUMNS])
    for row in rows:
        sheet.append(
            [
                _number(row[column]) if column in NUMBER_COLUMNS else _cell(sheet, row[column], text.name)
                for column in COLUMNS
            ]
        )
    return saved(workbook, normal=PLAIN_FONT)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _cell(sheet: Any, text: str, style: str) -> Cell:
    """A text that stays one, whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    cell.style = style
    put(cell, text)
    return cell


FORMATS: dict[str, tuple[Callable[[Sequence[Row]], bytes], str]] = {
    "csv": (as_csv, CSV),
    "json": (as_json, "application/json"),
    "xlsx": (as_xlsx, XLSX),
}


def _json_value(column: str, text: str) -> str:
    if not text:
        return "null"
    return text if column in NUMBER_COLUMNS else _quoted(text)


def _width(texts: Iterable[str]) -> float:
    longest = max(_columns(line) for text in texts for line in text.split("\n"))
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _columns(line: str) -> int:
    """The width of a line in half-width characters: a Japanese character counts as two."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in line)
