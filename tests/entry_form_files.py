"""入力様式 for tests: handed out, filled in as in a spreadsheet, and what came of them."""

import io

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from core.entry_forms.form import CODE, FIELDS, plain_heading
from evaluations.exchange.entry_forms.making import EVERYBODY, Owner, form_bytes
from evaluations.exchange.entry_forms.merging import ReturnedForms, merged
from evaluations.exchange.entry_forms.reading import FormReading, desk_of, read_form
from plans.models import Plan
from tests.sheet_files import edited

HEADINGS = 5


def a_form(plan: Plan, owner: Owner = EVERYBODY, *, year: int = 2022, access=None) -> bytes:
    """A form as it is handed out."""
    return form_bytes(plan, year, owner, access=access)


def sheet_of(content: bytes, place: int = 0) -> Worksheet:
    """One sheet as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[place]


def place_of(content: bytes, code: str, column: str) -> str:
    """The address of a cell by 指標コード and column, a field by its own name."""
    sheet = sheet_of(content)
    names = {title: name for name, title in FIELDS.items()}
    for cell in sheet[HEADINGS]:
        heading = plain_heading(str(cell.value or ""))
        if column == "value" and heading == "令和4年度実績値":
            heading = FIELDS["value"]
        if names.get(heading, heading) == column:
            letter = cell.column_letter
        if heading == CODE:
            codes = cell.column_letter
    row = next(row for row in range(HEADINGS + 1, sheet.max_row + 1) if sheet[f"{codes}{row}"].value == code)
    return f"{letter}{row}"


def filled(content: bytes, answers: dict[tuple[str, str], object], then=None) -> bytes:
    """The form with these answers by 指標コード and field."""
    return edited(content, {place_of(content, *where): said for where, said in answers.items()}, then)


def reading(plan: Plan, content: bytes, name: str = "form.xlsx", *, year: int | None = 2022, access=None):
    """What one file would change."""
    return read_form(name, content, desk_of(plan, year, access=access))


def together(plan: Plan, *files: tuple[str, bytes], access=None) -> ReturnedForms:
    """What several files would change."""
    desk = desk_of(plan, 2022, access=access)
    return merged(read_form(name, content, desk) for name, content in files)


def in_short(found: FormReading) -> list[tuple[str, str, str, bool]]:
    """指標コード, old, new and whether it is contested, of every change."""
    return [(one.change.code, *one.change.sides, one.contested) for one in found.changes]
