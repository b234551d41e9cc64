"""An 入力様式 as data: the sheet that a 担当課 fills in without logging in, one measure a row for one 年度.

What it prints of each row travels with it as keys, so that what was filled in is a difference against what was printed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.cell_texts import LABELS
from core.fiscal_years import wareki
from core.numerals import squeeze
from core.sheets.keys import SheetName, as_printed, sealed, unsealed
from core.values import EMPTY, Value
from core.words import Side, ValueKind
from core.workbooks.cells import Shown

SHEET_NAME = "入力様式"
"""Of the workbook's first sheet and in its title."""
FORM = "entry-1"
LAYOUT, EDITION = "entry", "form"
"""The value of layout and edition in the property of the workbook; no layout has an edition of this name."""
FILL_IN = "【記入】"
WHO = "記入した人・連絡先"
NO_DEPARTMENT = "担当課なし"
WHOLE = "すべての担当課"
CODE, TITLE, DEPARTMENT, REMARK = "指標コード", "指標名", "担当課", "記入について"
_FURTHER = ("state", "numerator", "denominator", "as_of", "certainty", "note")
FIELDS = {"value": Side.ACTUAL.label} | {name: LABELS[name] for name in _FURTHER}
"""The columns to fill in, by the part of an actual that each holds."""
_YEARS = range(1900, 3000)
_MOST_DIGITS = 20
RATE_FIELDS = ("numerator", "denominator")
NUMBER_FIELDS = ("value", *RATE_FIELDS)


@dataclass(frozen=True)
class FormColumn:
    """One column. `field` is the part of the actual that is filled in there; "" for what is printed to be read."""

    title: str
    width: float
    field: str = ""


@dataclass(frozen=True)
class FormRow:
    """One measure. `printed` holds the texts to be read by column title, `texts` those of its actual by field.

    `shut` says why nothing may be filled in, "" where it may; `word` is then printed in place of an actual that does
    not exist.
    """

    code: str
    kind: ValueKind
    printed: Mapping[str, Shown]
    value: Value = EMPTY
    texts: Mapping[str, str] = field(default_factory=dict)
    shut: str = ""
    word: str = ""

    def fields(self) -> tuple[str, ...]:
        """The fields that this measure may be given: 分子 and 分母 belong to a 割合."""
        if self.shut:
            return ()
        return tuple(name for name in FIELDS if name not in RATE_FIELDS or self.kind is ValueKind.RATE)

    def cell(self, column: FormColumn) -> Shown:
        """What is printed in a column: a number as a number."""
        if not column.field:
            return self.printed.get(column.title)
        if self.word:
            return self.word if column.field == "value" else None
        text = self.texts.get(column.field, "")
        is_number = column.field in RATE_FIELDS or self.kind in (ValueKind.NUMBER, ValueKind.RATE)
        return Decimal(text) if text and is_number and column.field in NUMBER_FIELDS else text or None


@dataclass(frozen=True)
class EntryForm:
    """A whole form. `department` is "" for the measures of every 担当課; `due` the day it has to be returned, "" if
    none is set. `total` is how often the plan had been changed.
    """

    plan: str
    plan_title: str
    year: int
    total: int
    department: str
    due: str
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]

    @property
    def title(self) -> str:
        """「印西市 第6期障害福祉計画 入力様式（令和4年度）」, as the titles of evaluation sheets are built."""
        return f"{self.plan_title} {SHEET_NAME}（{wareki(self.year)}）"

    @property
    def name(self) -> str:
        """What the property of the workbook says."""
        return SheetName(self.plan, self.year, LAYOUT, EDITION, self.total).text


def side_title(side: Side, year: int) -> str:
    """「令和4年度 実績値」."""
    return f"{wareki(year)} {side.label}"


def heading(column: FormColumn, year: int) -> str:
    """What is printed over a column, a line for each part: 「令和4年度」「実績値」「【記入】」."""
    title = side_title(Side.ACTUAL, year) if column.field == "value" else column.title
    lines = title.replace(" ", "\n")
    return f"{lines}\n{FILL_IN}" if column.field else lines


def plain_heading(text: str) -> str:
    """A heading as it is compared: in one width, without blanks and the mark of what is filled in."""
    return squeeze(text).replace(squeeze(FILL_IN), "")


@dataclass(frozen=True)
class PrintedRow:
    """What was printed of one measure: its actual, and the texts to be read by column title."""

    value: Value
    texts: Mapping[str, str]


@dataclass(frozen=True)
class PrintedForm:
    """What a form says of itself when it comes back."""

    plan: str
    year: int
    department: str
    total: int
    rows: Mapping[str, PrintedRow]


def printed_form(form: EntryForm) -> PrintedForm:
    """What the keys of this form keep."""
    titles = [column.title for column in form.columns if not column.field]
    rows = {
        row.code: PrintedRow(row.value, {title: as_printed(row.printed.get(title)) for title in titles})
        for row in form.rows
    }
    return PrintedForm(form.plan, form.year, form.department, form.total, rows)


def form_key_rows(printed: PrintedForm) -> list[list[str]]:
    """The rows of the key sheet: what the form is, then one row of JSON for each measure."""
    about = {"plan": printed.plan, "year": printed.year, "department": printed.department, "total": printed.total}
    rows = ([code, row.value.as_dict(), dict(row.texts)] for code, row in printed.rows.items())
    # In ASCII, as the keys of evaluation sheets are.
    return sealed(FORM, [json.dumps(about), *(json.dumps(row, separators=(",", ":")) for row in rows)])


def read_form_keys(rows: Sequence[Sequence[str]]) -> PrintedForm | None:
    """What `form_key_rows` wrote; None where it is damaged or of another form."""
    lines = unsealed(FORM, rows)
    try:
        return _printed(lines) if lines else None
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError, AttributeError, RecursionError):
        return None


def _printed(lines: Sequence[str]) -> PrintedForm:
    about: dict[str, Any] = json.loads(lines[0])
    rows = {}
    for line in lines[1:]:
        code, value, texts = json.loads(line)
        rows[str(code)] = PrintedRow(_sound(Value.from_dict(value)), {str(k): str(v) for k, v in texts.items()})
    year = int(about["year"])
    if year not in _YEARS:
        raise ValueError(year)
    return PrintedForm(str(about["plan"]), year, str(about["department"]), int(about["total"]), rows)


def _sound(value: Value) -> Value:
    """The value itself. Raises ValueError for a value that the form cannot have shown."""
    numbers = [number for number in (value.number, value.numerator, value.denominator) if number is not None]
    texts = (value.wording, value.as_of, value.note)
    # 1E999999999 is finite, and a gigabyte once it is written out.
    if not all(number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS for number in numbers) or not all(
        isinstance(text, str) for text in texts
    ):
        raise ValueError(value)
    return value
