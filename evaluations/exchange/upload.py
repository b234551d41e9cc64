"""From an uploaded file to what the page of import says of it, in the request or, where it takes long, in a long work.

Whatever is refused as a file is refused at once; what takes long is to compare many rows with what is kept.
"""

import io
import zipfile
from dataclasses import replace
from pathlib import PurePath

from django.contrib.auth.models import User

from core.uploads.table_files import read_table
from core.uploads.tables import MAX_ROWS, NotReadable
from core.uploads.xlsx_archive import MAX_PARTS, MAX_UNPACKED
from core.uploads.xlsx_files import XlsxBook
from evaluations.exchange.entry_forms.files import is_form
from evaluations.exchange.entry_forms.merging import FORM_REASON, merged
from evaluations.exchange.entry_forms.reading import desk_of, read_form
from evaluations.exchange.importing.applying import REASON
from evaluations.exchange.importing.confirming import to_confirm
from evaluations.exchange.importing.planning import import_for_person
from evaluations.exchange.importing.preview import Outcome, Preview
from evaluations.exchange.importing.report import Remarks
from evaluations.exchange.importing.rows import has_required
from evaluations.exchange.sheet_import.difference import SHEET_REASON, sheet_difference
from evaluations.exchange.sheet_import.source import find_source, sheet_book_in
from plans.models import Plan

MAX_SHEET_CHANGES = 900
"""Each is a box on the form, and a form has a thousand fields."""
FORMS_PAGE = "「入力」の「入力様式」のページで取り込んでください。"
LONG_ROWS = 1_000
"""Rows that are read and compared in about a second."""
PIECE = 1024 * 1024


def read_upload(person: User, plan: Plan, name: str, content: bytes) -> Outcome:
    """The problems of a table, evaluation sheet or 入力様式, or its changes to look at. Nothing is written."""
    try:
        book = sheet_book_in(name, content)
        if book:
            read = _read_form(plan, name, content) if is_form(book) else _read_sheet(plan, name, book)
            return to_confirm(read.preview, plan, person, read) if read.preview and read.preview.changes else read
        table = read_table(name, content, is_wanted=has_required)
    except NotReadable as error:
        return Outcome(name, failure=error.about(name))
    found = import_for_person(table, plan)
    if found.problems or not found.changes:
        return Outcome(name, problems=found.problems, warnings=found.warnings, preview=Preview())
    return to_confirm(Preview.of(found.changes), plan, person, Outcome(name, warnings=found.warnings))


def takes_long(name: str, content: bytes) -> bool:
    """Whether a file is a table of ours with so many rows that it is not for a web worker.

    False for whatever will be refused, so that it is refused at once.
    """
    try:
        if PurePath(name).suffix.lower() != ".xlsx":
            if content.count(b"\n") + content.count(b"\r") + content.count(b"{") <= LONG_ROWS:
                return False
            # Without the columns it comes without rows, and will be refused at once.
            return len(read_table(name, content, is_wanted=has_required).rows) > LONG_ROWS
        book = XlsxBook(content)  # first: it refuses archives that unpack without measure
        if not LONG_ROWS < _rows_about(content) <= MAX_ROWS:
            return False
        [header] = book.grid(book.first_shown, rows=1) or [[]]
        return has_required([cell.text for cell in header])
    except NotReadable:
        return False


def reason_of(preview: Preview) -> str:
    """What the history says of the changes of an upload."""
    return FORM_REASON if any(line.source for line in preview.lines) else SHEET_REASON if preview.is_sheet else REASON


def _read_sheet(plan: Plan, name: str, book: XlsxBook) -> Outcome:
    """What differs on an edited evaluation sheet. Its problems do not keep the other cells from being taken in."""
    found = sheet_difference(find_source(book, [plan], access=plan.access), access=plan.access)
    return _shown(replace(found, name=name), Preview.of_sheet(found.possible), "一覧表で取り込んでください。")


def _read_form(plan: Plan, name: str, content: bytes) -> Outcome:
    """What one returned 入力様式 changes, of whatever year; many together have a page of their own."""
    reading = read_form(name, content, desk_of(plan, None, access=plan.access))
    return _shown(reading, merged([reading]).preview, FORMS_PAGE)


def _shown(found: Remarks, preview: Preview, otherwise: str) -> Outcome:
    """The preview with what is to be said of the file; where the changes are too many, what to do instead."""
    count = len(preview.changes)
    if count > MAX_SHEET_CHANGES:
        return Outcome(found.name, failure=f"変更が{count:,}件あり、一度に扱えません。{otherwise}")
    return Outcome(**found.remarks, preview=preview)


def _rows_about(content: bytes) -> int:
    """About how many rows the sheets of a workbook have, counted no further than needed; 0 for what is none."""
    rows = read = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.infolist()[:MAX_PARTS]:
                if part.filename.startswith("xl/worksheets/"):
                    with archive.open(part) as stream:
                        while rows <= MAX_ROWS and read < MAX_UNPACKED and (piece := stream.read(PIECE)):
                            rows, read = rows + piece.count(b"<row "), read + len(piece)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        return 0
    return rows
