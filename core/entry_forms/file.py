"""Writes an 入力様式 as an Excel workbook: what may be filled in is open and checked, everything else is protected."""

from collections.abc import Sequence

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.cell_texts import MAX_LENGTHS
from core.characters import for_footer
from core.entry_forms.form import (
    CODE,
    NUMBER_FIELDS,
    SHEET_NAME,
    TITLE,
    WHO,
    EntryForm,
    FormColumn,
    FormRow,
    form_key_rows,
    heading,
    printed_form,
)
from core.entry_forms.words import (
    ABOVE_ZERO,
    NOT_A_NUMBER,
    NOT_LISTED,
    NOT_NEGATIVE,
    SHORT,
    STATES,
    TOO_LONG,
    how_to,
    until,
    whom,
)
from core.numerals import MAX_WHOLE_DIGITS
from core.sheets.workbook import write_keys
from core.words import Certainty, State, ValueKind
from core.workbooks.cells import Shown
from core.workbooks.file import new_workbook, saved
from core.workbooks.printed_table import GREY, PALE, fit_height, put, put_title, set_up_print, set_widths

HOW_TO = "書き方"
WHO_ROW, HEADING_ROW = 4, 5
OPEN = PatternFill("solid", fgColor="FFFFF8D9")
SHUT = PatternFill("solid", fgColor="FFD5D8DA")
UNLOCKED = Protection(locked=False)
LARGEST = 10**MAX_WHOLE_DIGITS - 1
"""As many digits before the point as are kept."""
_CENTRED = ("番号", "単位", CODE)
_HOW_TO_WIDTH = 92


def write_entry_form(form: EntryForm) -> bytes:
    """The form as an .xlsx file; the same bytes for the same form."""
    workbook = new_workbook(form.title)
    sheet = workbook.active
    sheet.title = SHEET_NAME
    set_widths(sheet, [column.width for column in form.columns])
    _write_head(sheet, form)
    for number, row in enumerate(form.rows, start=HEADING_ROW + 1):
        _write_row(sheet, number, row, form.columns)
    _add_checks(sheet, form)
    _set_up(sheet, form)
    _write_how_to(workbook.create_sheet(HOW_TO), form)
    write_keys(workbook, form_key_rows(printed_form(form)), form.name)
    return saved(workbook)


def _write_head(sheet: Worksheet, form: EntryForm) -> None:
    """Title, whom and until when, the rule in two sentences, who filled it in, and the headings."""
    put_title(sheet, form.title)
    put(sheet, 2, 1, f"{whom(form)}　　{until(form)}", size=11, bold=True)
    put(sheet, 3, 1, SHORT)
    put(sheet, WHO_ROW, 1, WHO)
    place = _place(form.columns, TITLE)
    put(sheet, WHO_ROW, place, "", size=11, fill=OPEN, border=True)
    sheet.row_dimensions[WHO_ROW].height = 22
    sheet.cell(WHO_ROW, place).protection = UNLOCKED
    texts = [heading(column, form.year) for column in form.columns]
    for place, text in enumerate(texts, start=1):
        put(sheet, HEADING_ROW, place, text, bold=True, fill=GREY, centred=True, wrapped=True, border=True)
    fit_height(sheet, HEADING_ROW, texts, [column.width for column in form.columns])


def _place(columns: Sequence[FormColumn], title: str) -> int:
    """The position of a column, from 1."""
    return next(place for place, column in enumerate(columns, start=1) if column.title == title)


def _write_row(sheet: Worksheet, number: int, row: FormRow, columns: Sequence[FormColumn]) -> None:
    open_fields = row.fields()
    values: list[Shown] = []
    for place, column in enumerate(columns, start=1):
        value = row.cell(column)
        is_open = column.field in open_fields
        fill = OPEN if is_open else SHUT if column.field or row.shut else PALE
        put(sheet, number, place, value, fill=fill, centred=column.title in _CENTRED, wrapped=True, border=True)
        if is_open:
            _open(sheet.cell(number, place), column.field, row.kind)
        values.append(value)
    fit_height(sheet, number, values, [column.width for column in columns])


def _open(cell: Cell, field: str, kind: ValueKind) -> None:
    """A cell to be filled in. Words stay words: a spreadsheet would make a date of 「R5.3.31」."""
    is_number = field in NUMBER_FIELDS and (field != "value" or kind in (ValueKind.NUMBER, ValueKind.RATE))
    cell.protection = UNLOCKED
    cell.number_format = "General" if is_number else "@"
    cell.alignment = Alignment(horizontal="right" if is_number else "left", vertical="top", wrap_text=True)


def _add_checks(sheet: Worksheet, form: EntryForm) -> None:
    """One rule of the spreadsheet for all cells that are filled in alike."""
    rules: dict[tuple[object, ...], DataValidation] = {}
    for number, row in enumerate(form.rows, start=HEADING_ROW + 1):
        for place, column in enumerate(form.columns, start=1):
            if column.field in row.fields():
                made = _rule(column.field, row.kind)
                key = (made.type, made.operator, made.formula1, made.error)
                rules.setdefault(key, made).add(sheet.cell(number, place))
    for rule in rules.values():
        sheet.add_data_validation(rule)


def _rule(field: str, kind: ValueKind) -> DataValidation:
    """What may be typed into a cell, and what is said where something else is."""
    if field == "state":
        return _listed([s.label for s in STATES if kind is not ValueKind.TEXT or s is not State.WORDS_ONLY])
    if field == "certainty":
        return _listed([certainty.label for certainty in Certainty])
    if field == "value" and kind is ValueKind.PRESENCE:
        return _listed(["有", "無"])
    if field == "numerator":
        return _check("decimal", "greaterThanOrEqual", NOT_NEGATIVE, "0")
    if field == "denominator":
        return _check("decimal", "greaterThan", ABOVE_ZERO, "0")
    if field == "value" and kind is not ValueKind.TEXT:
        return _check("decimal", "between", NOT_A_NUMBER, str(-LARGEST), str(LARGEST))
    limit = MAX_LENGTHS.get(field, MAX_LENGTHS["wording"])
    return _check("textLength", "lessThanOrEqual", TOO_LONG.format(limit=limit), str(limit))


def _listed(words: Sequence[str]) -> DataValidation:
    rule = _check("list", None, NOT_LISTED, f'"{",".join(words)}"')
    rule.showDropDown = False  # which in this format means that the arrow is shown
    return rule


def _check(kind: str, operator: str | None, sentence: str, *bounds: str) -> DataValidation:
    rule = DataValidation(kind, operator=operator, allow_blank=True, showErrorMessage=True, errorStyle="stop")
    rule.formula1, rule.formula2 = bounds[0], bounds[1] if len(bounds) > 1 else None
    rule.errorTitle, rule.error = "記入のしかた", sentence
    return rule


def _set_up(sheet: Worksheet, form: EntryForm) -> None:
    """Printed on A4 landscape with the headings on every page; protected without a password."""
    set_up_print(sheet, HEADING_ROW, HEADING_ROW + len(form.rows), len(form.columns))
    # Names stay in sight too, while the columns to fill in are scrolled to.
    sheet.freeze_panes = f"{get_column_letter(_place(form.columns, TITLE) + 1)}{HEADING_ROW + 1}"
    sheet.page_margins.left = sheet.page_margins.right = 0.3
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    sheet.oddFooter.left.text = for_footer(form.title)
    _protect(sheet)


def _protect(sheet: Worksheet) -> None:
    """Against accidental changes only: what a reader must be able to do stays allowed."""
    sheet.protection.enable()
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.formatCells = False


def _write_how_to(sheet: Worksheet, form: EntryForm) -> None:
    set_widths(sheet, (_HOW_TO_WIDTH,))
    put(sheet, 1, 1, f"{form.title}の書き方", size=13, bold=True)
    sheet.row_dimensions[1].height = 24
    row = 1
    for title, paragraphs in how_to(form):
        row += 2
        sheet.row_dimensions[row].height = 18
        put(sheet, row, 1, title, size=11, bold=True, fill=GREY)
        for paragraph in paragraphs:
            row += 1
            put(sheet, row, 1, paragraph, wrapped=True)
            fit_height(sheet, row, (paragraph,), (_HOW_TO_WIDTH,))
    set_up_print(sheet, 1, row, 1)
    sheet.page_setup.orientation = "portrait"
    sheet.print_title_rows = sheet.freeze_panes = None
    _protect(sheet)
