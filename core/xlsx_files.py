"""An .xlsx as a table, or sheet by sheet. The archive is measured before it is opened, then read row by row within
limits.

Why so careful: one 400 MB string fits into a file of 390 KB, a million merged cells into 2 KB; a reader that trusts
the file runs out of memory.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from openpyxl import Workbook, load_workbook

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
    refuse_beyond_limits,
    too_many_rows,
)

MAX_PARTS = 1000
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 100
"""Unpacked bytes to packed ones. A sheet of equal rows comes to about fifty."""
MAX_ELEMENTS, MAX_TEXT_ELEMENTS, MAX_OTHER_ELEMENTS = 1_000_000, 300_000, 50_000
"""XML elements in all sheets together, in the shared texts, and in each other part (styles, names). Each costs ten
microseconds, whatever its size: a part of four bytes an element would keep us busy for minutes within the ratio.
Shared texts have many: LibreOffice writes a long text as runs of Japanese and of digits, eight elements each."""
_TEXTS = "xl/sharedStrings.xml"
_LAST_ROW = 1_048_576  # of any spreadsheet; a file that names a later one is not followed there
_SMALL = 4 * 1024 * 1024  # below it a high ratio harms nobody
_LITERAL = re.compile(r'"[^"]*"|\\.')  # 0.0"%" prints the sign beside the number as it is
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # the container of .xls and of a workbook with a password
_BROKEN = "ブックとして読み取れません。表計算ソフトで開き、「Excelブック（.xlsx）」として保存し直してください。"
_TOO_LARGE = "ブックを開くと大きくなりすぎます。必要な行だけを新しいブックに写してください。"


class XlsxBook:
    """A workbook within the limits, its sheets read one by one as they are asked for.

    `sheets` are the names in their order, `hidden` those of them that people do not see; `properties` the texts that a
    program has left in it. NotReadable for what is no workbook, is locked, or unpacks to too much.
    """

    def __init__(self, content: bytes) -> None:
        if content.startswith(_OLD_OR_LOCKED):
            raise NotReadable(
                "パスワード付きか、古い形式（.xls）のブックです。パスワードを外し、"
                "「Excelブック（.xlsx）」として保存してください。"
            )
        _measure(content)
        self.content = content
        with _damage_in_words():
            # Kept open: its shared texts are what takes long to read.
            self.book = book = _opened(content, calculated=False)
            self.sheets = tuple(sheet.title for sheet in book.worksheets)
            self.hidden = frozenset(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
            self.properties = {one.name: str(one.value) for one in book.custom_doc_props.props}
        if not self.sheets:
            raise NotReadable(_BROKEN)

    def grid(self, name: str, *, rows: int | None = None) -> list[list[TableCell]]:
        """The cells of one sheet, or of its first rows; where there are formulas, their results as the spreadsheet last
        saved them. Limits of rows, columns and texts hold as for a table."""
        with _damage_in_words():
            grid = self._grid(name, rows)
        refuse_beyond_limits(grid)
        return grid

    def written_lines(self, name: str) -> Iterator[tuple[Any, ...]]:
        """The cells of one sheet as the file holds them, formulas as formulas, row by row within the limits."""
        with _damage_in_words():
            yield from _lines(self.book, name)

    def part(self, name: str) -> bytes:
        """The XML of one sheet, for what openpyxl passes over when it reads row by row (merged cells, drawings)."""
        with _damage_in_words(), zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return archive.read(self.book[name]._worksheet_path)

    def _grid(self, name: str, rows: int | None) -> list[list[TableCell]]:
        grid: list[list[TableCell]] = []
        formulas: list[tuple[int, int]] = []
        for number, line in enumerate(islice(_lines(self.book, name), rows)):
            formulas += [(number, place) for place, cell in enumerate(line) if cell.data_type == "f"]
            grid.append(_trimmed([_cell(cell) for cell in line]))
        while grid and not grid[-1]:
            grid.pop()
        if formulas:
            lines = islice(_lines(_opened(self.content, calculated=True), name), rows)
            results = [tuple(_result(cell) for cell in line) for line in lines]
            for row, column in formulas:
                grid[row][column] = results[row][column]
        return grid


def read_xlsx(content: bytes, *, header_row: int = 1) -> Table:
    """The first sheet; NotReadable for what is no workbook, is locked, or unpacks to too much."""
    book = XlsxBook(content)
    return as_table(book.grid(book.sheets[0]), header_row=header_row)


@contextmanager
def _damage_in_words() -> Iterator[None]:
    """NotReadable for the many kinds of error that openpyxl lets out of a damaged file."""
    try:
        yield
    except NotReadable:
        raise
    except Exception as error:
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
                most = MAX_TEXT_ELEMENTS if part.filename == _TEXTS else MAX_OTHER_ELEMENTS
                if in_sheets > MAX_ELEMENTS or (elements > most and not is_sheet):
                    raise NotReadable(_TOO_LARGE)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable(_BROKEN) from error


def _opened(content: bytes, *, calculated: bool) -> Workbook:
    return load_workbook(io.BytesIO(content), read_only=True, data_only=calculated, keep_links=False)


def _lines(book: Workbook, name: str) -> Iterator[tuple[Any, ...]]:
    """The cells of one sheet, row by row."""
    sheet = book[name]
    sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
    blank = None  # openpyxl fills a gap with one and the same row, a million times if need be
    for number, line in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1)):
        if number <= MAX_ROWS:
            yield line
        elif line is not blank:
            if any(cell.value is not None for cell in line):
                raise too_many_rows(number + 1)
            blank = line


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
