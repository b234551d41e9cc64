"""Evaluation sheets for tests: exported, edited as in a spreadsheet, and what an import makes of them."""

import io
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from core.sheets.keys import KEY_SHEET, PROPERTY, PrintedCell, read_key_rows
from core.uploads.xlsx_files import XlsxBook
from evaluations.exchange.sheet_import.difference import SheetDifference, sheet_difference
from evaluations.exchange.sheet_import.source import find_source
from evaluations.reports.sheets.of_plan import sheet_bytes
from plans.models import Plan
from plans.sheet_layouts import form_of


def a_sheet(plan: Plan, year=2022, *, layout="inzai", edition="old", access=None) -> bytes:
    """The sheet as exported."""
    return sheet_bytes(plan, year, access=access, form=form_of(plan, layout, edition))


def edited(content: bytes, cells: Mapping[str, Any] | None = None, then: Callable[[Workbook], None] | None = None):
    """The file with other values in these cells of its first sheet, saved again."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in (cells or {}).items():
        book.worksheets[0][place].value = value
    if then:
        then(book)
    return _saved(book)


def without_keys(content: bytes, *, keep_property: bool = False) -> bytes:
    """The file as a cleaner leaves it: without the hidden sheet, and usually without the property."""

    def strip(book: Workbook) -> None:
        del book[KEY_SHEET]
        if not keep_property:
            _drop_property(book)

    return edited(content, then=strip)


def with_ever_fewer_keys(content: bytes, place: str, value: Any) -> Iterator[tuple[bytes, bytes]]:
    """The file and the file with this value in this cell: as it is, without the hidden sheet, and without the property
    too. It is opened once, because a large sheet takes openpyxl long."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = book.worksheets[0][place]
    printed = cell.value

    def with_value() -> bytes:
        cell.value = value
        changed = _saved(book)
        cell.value = printed
        return changed

    yield content, with_value()
    del book[KEY_SHEET]
    yield _saved(book), with_value()
    _drop_property(book)
    yield _saved(book), with_value()


def _drop_property(book: Workbook) -> None:
    book.custom_doc_props.props = [one for one in book.custom_doc_props.props if one.name != PROPERTY]


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def resaved(
    soffice, folder, files: dict[str, bytes], to: str = "xlsx", environment: dict[str, str] | None = None
) -> dict[str, bytes]:
    """The files as LibreOffice saves them, with another extension if need be; `environment` is added to that of the
    test."""
    out = folder / f"out-{to[:4]}"
    out.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    convert = [str(soffice), profile, "--headless", "--convert-to", to, "--outdir", str(out)]
    env = os.environ | (environment or {})
    subprocess.run([*convert, *files], cwd=folder, env=env, check=True, capture_output=True, timeout=60 * 10)
    return {file.name: file.read_bytes() for file in out.iterdir()}


def printed_cells(content: bytes) -> tuple[PrintedCell, ...]:
    """What the file says it was exported with."""
    printed = read_key_rows([[cell.text for cell in line] for line in XlsxBook(content).grid(KEY_SHEET)])
    assert printed
    return printed.cells


def places(content: bytes, name: str, field: str, year: int = 0) -> list[str]:
    """Where the value of a measure, or the pieces of a text of a 節, stand."""
    key = (name, field, year)
    found = [cell for cell in printed_cells(content) if (cell.key.name, cell.key.field, cell.key.year) == key]
    return [f"{get_column_letter(cell.column)}{cell.row}" for cell in found]


def place_of(content: bytes, name: str, field: str, year: int = 0) -> str:
    """Where it stands first: 「D12」."""
    return places(content, name, field, year)[0]


def text_at(content: bytes, place: str) -> Any:
    """What stands in a cell of the first sheet."""
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0][place].value


def difference(content: bytes, *plans: Plan, access=None) -> SheetDifference:
    """What the file would change."""
    return sheet_difference(find_source(XlsxBook(content), plans, access=access), access=access)


def in_short(found: SheetDifference) -> list[tuple[str, str, str]]:
    """Address, old and new of every change."""
    return [(one.change.address, *one.change.sides) for one in found.changes]
