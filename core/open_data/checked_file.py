"""A CSV or workbook as the check of open data looks at it: every cell as it is written, nothing interpreted.

An import reads what people mean; this reads what is written. The limits are those of every upload.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.open_data.checked_sheet import BLANK, FORMULA, CheckedCell, CheckedSheet, Line
from core.uploads.table_files import accepted, csv_lines
from core.uploads.tables import NotReadable
from core.uploads.xlsx_cells import WrittenCell
from core.uploads.xlsx_files import XlsxBook

EXTENSIONS = (".csv", ".xlsx")
MAX_CELLS = 100_000
"""In all sheets together: a result within two seconds, for the tables of a city many times over."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?)["']""")
_OBJECTS = (
    (re.compile(rb"<(?:\w+:)?(?:drawing|picture|oleObjects)[\s>]"), "図形・画像・グラフなど"),
    (re.compile(rb"<(?:\w+:)?legacyDrawing[\s>]"), "メモやボタン"),
)
_HIDDEN = (
    (re.compile(rb"""<(?:\w+:)?col\s[^<>]*?hidden=["'](?:1|true)["']"""), "非表示の列"),
    (re.compile(rb"""<(?:\w+:)?row\s[^<>]*?hidden=["'](?:1|true)["']"""), "非表示の行"),
)


@dataclass(frozen=True)
class CheckedFile:
    """The sheets of a file that hold anything, and the names of those that people would not see."""

    sheets: tuple[CheckedSheet, ...]
    hidden_sheets: tuple[str, ...] = ()


def checked_file(name: str, content: bytes) -> CheckedFile:
    """The file as it is written; NotReadable with a sentence for what is no CSV or .xlsx, or is too much."""
    extension = accepted(name, content, EXTENSIONS, "点検できるのは CSV（.csv）と Excelブック（.xlsx）のファイルです。")
    read = _csv(content) if extension == ".csv" else _book(content)
    if not read.sheets:
        raise NotReadable("表がありません。見出しとデータのあるファイルを選んでください。")
    return read


def _csv(content: bytes) -> CheckedFile:
    try:
        content.decode("utf-8-sig")
        is_utf8 = True
    except UnicodeDecodeError:
        is_utf8 = False
    texts = list(csv_lines(content))
    _refuse_too_many(sum(map(len, texts)))
    lines = _without_blank_end([tuple(map(_typed, line)) for line in texts])
    return CheckedFile((CheckedSheet(lines, is_csv=True, is_utf8=is_utf8),) if lines else ())


def _book(content: bytes) -> CheckedFile:
    book = XlsxBook(content)
    found, count = [], 0
    for name in book.sheets:
        lines = []
        for line in book.written_lines(name):
            lines.append(_trimmed(line))
            count += len(lines[-1])
            _refuse_too_many(count)
        xml = book.part(name)
        objects = tuple(word for pattern, word in _OBJECTS if pattern.search(xml))
        if rest := _without_blank_end(lines):
            merged = tuple(place.decode() for place in _MERGED.findall(xml))
            hidden = tuple(word for pattern, word in _HIDDEN if pattern.search(xml))
            found.append(CheckedSheet(rest, name, merged=merged, objects=objects, hidden=hidden))
        elif objects:
            found.append(CheckedSheet((), name, objects=objects))
    if len(found) == 1:
        found = [replace(found[0], title="")]
    return CheckedFile(tuple(found), tuple(name for name in book.sheets if name in book.hidden))


def _refuse_too_many(cells: int) -> None:
    if cells > MAX_CELLS:
        raise NotReadable(f"セルが多すぎます。{MAX_CELLS:,}個までの表に分けてください。")


def _typed(text: str) -> CheckedCell:
    return CheckedCell(text, is_number=_NUMBER.fullmatch(text) is not None)


def _trimmed(line: Sequence[WrittenCell]) -> Line:
    cells = [_written(cell) for cell in line]
    while cells and cells[-1] == BLANK:
        cells.pop()
    return tuple(cells)


def _without_blank_end(lines: list[Line]) -> tuple[Line, ...]:
    while lines and all(cell.is_blank for cell in lines[-1]):
        lines.pop()
    return tuple(lines)


def _written(cell: WrittenCell) -> CheckedCell:
    """One cell of a workbook; a formula counts as one whatever its result."""
    if cell.kind == "f":
        return CheckedCell(cell.text, fault=FORMULA)
    if cell.kind == "e":
        return CheckedCell(cell.text, fault=cell.text)
    return CheckedCell(cell.text, is_number=True) if cell.kind == "n" else CheckedCell(cell.text)
