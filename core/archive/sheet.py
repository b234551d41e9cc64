"""An old evaluation sheet as printed cells, from pasted text, a delimited file or a workbook, within limits."""

import csv
import html
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.characters import is_control
from core.uploads.table_files import accepted, decoded
from core.uploads.tables import NotReadable, address, refuse_wide
from core.uploads.xlsx_files import XlsxBook

MAX_CHARACTERS = 200_000
MAX_LINES, MAX_CELLS = 3_000, 12_000
"""Cells that say something; a sheet of 24 goals has about three hundred."""
EXTENSIONS = (".txt", ".tsv", ".csv", ".xlsx")
TOO_LONG = (
    f"文字が多すぎます。一度に読み取れるのは{MAX_CHARACTERS:,}文字、{MAX_LINES:,}行、{MAX_CELLS:,}欄までです。"
    "節ごとに分けてください。"
)
NO_TEXT = "文字がありません。評価シートの、見出しから最後の行までを写して貼り付けるか、そのファイルを選んでください。"
OTHER_KIND = "読み取れるのは、文字のファイル（.txt、.tsv、.csv）とExcelブック（.xlsx）です。"
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>|<!--[^<>]{0,500}-->")
_CELL_TAG = re.compile(r"<t[dh][\s>]", re.IGNORECASE)
_CELL_BEGIN = re.compile(r"<t[dh](?:\s([^<>]{0,500}))?>", re.IGNORECASE)
_SPAN = re.compile(r"(?<![\w-])(col|row)span\s{0,9}=\s{0,9}[\"']?(\d{1,5})", re.IGNORECASE)
_CELL_END = re.compile(r"[ \t\r\n]*</t[dh]\s{0,9}>[ \t\r\n]*", re.IGNORECASE)
_ROW_END = re.compile(r"[ \t\r\n]*</tr\s{0,9}>[ \t\r\n]*", re.IGNORECASE)
_BREAK = re.compile(r"[ \u3000\u00a0]{2,}|[\t\r\n\x0b\x0c\u2028\u2029]")
_DIGITS = re.compile(r"[0-9０-９]+")
_LINE_ENDS = "\x0b\x0c\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Printed:
    """One cell as printed: blanks and line ends of copying are one line end each. Rows and columns count from 0."""

    row: int
    column: int
    text: str

    @property
    def address(self) -> str:
        """C12, as a spreadsheet would show it."""
        return address(self.column, self.row + 1)


@dataclass(frozen=True)
class ArchiveSheet:
    """The cells that say something, row by row. `lines` is the number of rows, blank ones counted."""

    rows: dict[int, tuple[Printed, ...]]
    lines: int

    def row(self, number: int) -> tuple[Printed, ...]:
        return self.rows.get(number, ())

    def __iter__(self) -> Iterator[Printed]:
        return (cell for row in self.rows.values() for cell in row)

    def span(self, first: int, end: int) -> list[Printed]:
        """The cells of these rows, in order."""
        return [cell for number in range(first, end) for cell in self.row(number)]

    def as_lists(self) -> list[list[int | str]]:
        """The cells as plain numbers and texts, which may travel."""
        return [[cell.row, cell.column, cell.text] for cell in self]

    @classmethod
    def from_lists(cls, cells: Sequence[Sequence[int | str]]) -> "ArchiveSheet":
        """The sheet that `as_lists` wrote."""
        rows: dict[int, tuple[Printed, ...]] = {}
        for row, column, text in cells:
            rows[int(row)] = (*rows.get(int(row), ()), Printed(int(row), int(column), str(text)))
        return cls(rows, max(rows, default=-1) + 1)


def digit_runs(text: str) -> list[tuple[int, int]]:
    """The start and end of each run of digits in a text, in either width."""
    return [match.span() for match in _DIGITS.finditer(text)]


def read_file(name: str, content: bytes) -> ArchiveSheet:
    """The sheet in a file; NotReadable with a sentence otherwise."""
    extension = accepted(name, content, EXTENSIONS, OTHER_KIND)
    if extension == ".xlsx":
        return _read_workbook(content)
    return read_text(decoded(content), delimiter="," if extension == ".csv" else None)


def read_text(text: str, *, delimiter: str | None = None) -> ArchiveSheet:
    """The sheet in a text as a spreadsheet or a browser gives it: by tabs, else commas, or as the HTML of a table."""
    if len(text) > MAX_CHARACTERS:
        raise NotReadable(TOO_LONG)
    _refuse_controls(text)
    if _CELL_TAG.search(text):
        return _as_sheet(_table_lines(text))
    if delimiter is None:
        delimiter = "\t" if "\t" in text or text.count(",") < 3 else ","
    return _as_sheet(_split(text, delimiter))


def _refuse_controls(text: str) -> None:
    for character in set(text):
        if is_control(character) and character not in "\t\r\n" + _LINE_ENDS:
            line = text[: text.index(character)].count("\n") + 1
            raise NotReadable(
                "文字でないものが入っています。評価シートの範囲を写し、文字として貼り付けてください。", address(0, line)
            )


def _table_lines(text: str) -> list[list[str]]:
    """The cells of an HTML table, each in its own column: what a wide or tall cell covers is blank, as where a
    spreadsheet copies merged cells."""
    rows = _ROW_END.split(re.sub(r"[\t\r\n]", " ", text))
    if len(rows) > MAX_LINES:
        raise NotReadable(TOO_LONG)
    lines = []
    covered: dict[int, int] = {}
    for number, row in enumerate(rows, start=1):
        line, beneath = _table_line(number, row, covered)
        lines.append(line)
        covered = {column: left - 1 for column, left in covered.items() if left > 1} | beneath
    return lines


def _table_line(number: int, row: str, covered: Mapping[int, int]) -> tuple[list[str], dict[int, int]]:
    """One row, past the columns that are covered from above; with how many rows its own tall cells cover below it."""
    line: list[str] = []
    beneath: dict[int, int] = {}
    for cell in _CELL_END.split(row):
        begin = _CELL_BEGIN.search(cell)
        if begin is None and not cell.strip():
            continue
        spans = {name.lower(): int(count) for name, count in _SPAN.findall(begin[1] or "")} if begin else {}
        while covered.get(len(line)):
            line.append("")
        refuse_wide(number, len(line) + spans.get("col", 1))
        if spans.get("row", 1) > 1:
            wide = range(len(line), len(line) + max(spans.get("col", 1), 1))
            beneath |= dict.fromkeys(wide, spans["row"] - 1)
        line += [cell, *[""] * (spans.get("col", 1) - 1)]
    return line, beneath


def _split(text: str, delimiter: str) -> list[list[str]]:
    """The cells. Quotes hold line ends together where they are well formed, else they are ordinary characters."""
    if '"' in text:
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            pass
    return [line.split(delimiter) for line in text.splitlines()]


def _as_sheet(lines: Sequence[Sequence[str]]) -> ArchiveSheet:
    if len(lines) > MAX_LINES:
        raise NotReadable(TOO_LONG)
    rows: dict[int, tuple[Printed, ...]] = {}
    count = 0
    for number, line in enumerate(lines):
        refuse_wide(number + 1, len(line))
        cells = (Printed(number, column, _plain(text)) for column, text in enumerate(line))
        filled = tuple(cell for cell in cells if cell.text)
        if filled:
            rows[number] = filled
        count += len(filled)
        if count > MAX_CELLS:
            raise NotReadable(TOO_LONG)
    if not rows:
        raise NotReadable(NO_TEXT)
    return ArchiveSheet(rows, max(rows) + 1)


def _read_workbook(content: bytes) -> ArchiveSheet:
    """The first sheet that people see."""
    book = XlsxBook(content)
    if book.first_shown in book.hidden:
        raise NotReadable("見えるシートがありません。読み取るシートを表示して保存してください。")
    grid = book.grid(book.first_shown)
    if sum(len(cell.text) for line in grid for cell in line) > MAX_CHARACTERS:
        raise NotReadable(TOO_LONG)
    return _as_sheet([[f"{cell.text}%" if cell.is_percent else cell.text for cell in line] for line in grid])


def _plain(text: str) -> str:
    """The words of a cell without markup: paragraphs and runs of blanks become line ends."""
    if "<" in text:
        text = _TAG.sub("  ", text)
    if "&" in text:
        text = html.unescape(text)
    pieces = (piece.strip(" \t\u3000\u00a0\ufeff\u200b") for piece in _BREAK.split(text))
    return "\n".join(piece for piece in pieces if piece)
