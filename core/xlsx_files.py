"""An .xlsx as a table. The archive is measured before it is opened, then read row by row within limits.

Why so careful: one 400 MB string fits into a file of 390 KB, a million merged cells into 2 KB; a reader that trusts
the file runs out of memory.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from core.numerals import plain
from core.tables import (
    BLANK,
    MAX_COLUMNS,
    MAX_ROWS,
    NotReadable,
    Table,
    TableCell,
    as_table,
    number_text,
    too_many_rows,
)

MAX_PARTS = 1000
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 100
"""Unpacked bytes to packed ones. A sheet of equal rows comes to about fifty."""
MAX_ELEMENTS, MAX_OTHER_ELEMENTS = 1_000_000, 50_000
"""XML elements in all sheets together, and in each other part (styles, names, shared texts). Each costs ten
microseconds, whatever its size: a part of four bytes an element would keep us busy for minutes within the ratio."""
_LAST_ROW = 1_048_576  # of any spreadsheet; a file that names a later one is not followed there
_SMALL = 4 * 1024 * 1024  # below it a high ratio harms nobody
_LITERAL = re.compile(r'"[^"]*"|\\.')  # 0.0"%" prints the sign beside the number as it is
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # the container of .xls and of a workbook with a password
_BROKEN = "ブックとして読み取れません。表計算ソフトで開き、「Excelブック（.xlsx）」として保存し直してください。"
_TOO_LARGE = "ブックを開くと大きくなりすぎます。必要な行だけを新しいブックに写してください。"


def read_xlsx(content: bytes, *, header_row: int = 1) -> Table:
    """The first sheet; NotReadable for what is no workbook, is locked, or unpacks to too much."""
    if content.startswith(_OLD_OR_LOCKED):
        raise NotReadable(
            "パスワード付きか、古い形式（.xls）のブックです。パスワードを外し、"
            "「Excelブック（.xlsx）」として保存してください。"
        )
    _measure(content)
    try:
        return as_table(_grid(content), header_row=header_row)
    except NotReadable:
        raise
    except Exception as error:  # openpyxl lets many kinds of error out of a damaged file
        raise NotReadable(_BROKEN) from error


def _measure(content: bytes) -> None:
    """Refuse an archive by the bytes that really come out of it; its directory may lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise NotReadable(f"ブックの部品が多すぎます（{len(parts)}個）。シート1枚だけを保存し直してください。")
            allowed = min(MAX_UNPACKED, max(_SMALL, len(content) * MAX_RATIO))
            unpacked = in_sheets = 0
            for part in parts:
                elements = 0
                with archive.open(part) as stream:
                    while chunk := stream.read(1024 * 1024):
                        unpacked += len(chunk)
                        elements += chunk.count(b"<") - chunk.count(b"</")
                        if unpacked > allowed:
                            raise NotReadable(_TOO_LARGE)
                is_sheet = part.filename.startswith("xl/worksheets/")
                in_sheets += elements if is_sheet else 0
                if in_sheets > MAX_ELEMENTS or (elements > MAX_OTHER_ELEMENTS and not is_sheet):
                    raise NotReadable(_TOO_LARGE)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable(_BROKEN) from error


def _grid(content: bytes) -> list[list[TableCell]]:
    """The cells; where there are formulas, their results as the spreadsheet last saved them."""
    grid: list[list[TableCell]] = []
    formulas: list[tuple[int, int]] = []
    for number, line in enumerate(_lines(content, calculated=False)):
        formulas += [(number, place) for place, cell in enumerate(line) if cell.data_type == "f"]
        grid.append(_trimmed([_cell(cell) for cell in line]))
    while grid and not grid[-1]:
        grid.pop()
    if formulas:
        results = [tuple(_result(cell) for cell in line) for line in _lines(content, calculated=True)]
        for row, column in formulas:
            grid[row][column] = results[row][column]
    return grid


def _lines(content: bytes, *, calculated: bool) -> Iterator[tuple[Any, ...]]:
    """The cells of the first sheet, row by row: its formulas, or their results."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=calculated, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
        blank = None  # openpyxl fills a gap with one and the same row, a million times if need be
        for number, line in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1)):
            if number <= MAX_ROWS:
                yield line
            elif line is not blank:
                if any(cell.value is not None for cell in line):
                    raise too_many_rows(number + 1)
                blank = line
    finally:
        book.close()


def _result(cell: Any) -> TableCell:
    """A cell with the result of its formula. One that came to an empty text is blank; one without a result says so."""
    if cell.value is None and cell.data_type != "str":
        return TableCell(
            problem="数式の計算結果が保存されていません。表計算ソフトで開いて保存し直すか、値にして貼り付けてください。"
        )
    return _cell(cell)


def _trimmed(line: list[TableCell]) -> list[TableCell]:
    while line and line[-1] == BLANK:
        line.pop()
    return line


def _cell(cell: Any) -> TableCell:
    value = cell.value
    if value is None:
        return BLANK
    if cell.data_type == "e":
        return TableCell(problem=f"数式の結果がエラー（{value}）です。値を入力してください。")
    if isinstance(value, bool):
        return TableCell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        if "%" in _LITERAL.sub("", cell.number_format or ""):
            return TableCell(plain(Decimal(number_text(value)) * 100), is_percent=True)
        return TableCell(number_text(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time | timedelta):
        return TableCell(str(value), is_date=True)
    return TableCell(str(value))
