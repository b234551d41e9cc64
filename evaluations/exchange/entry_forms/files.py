"""A returned file as a form: where its columns are, which plan and 年度 it is of, and what it was handed out with.

By its keys; where these were taken away, by its property, its title or its headings.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.entry_forms.form import (
    CODE,
    FIELDS,
    FORM,
    LAYOUT,
    SHEET_NAME,
    WHO,
    WHOLE,
    PrintedForm,
    plain_heading,
    read_form_keys,
)
from core.fiscal_years import read_fiscal_year, wareki
from core.numerals import squeeze
from core.sheets.keys import KEY_SHEET, PROPERTY, SheetName, read_name
from core.uploads.table_files import accepted, csv_lines
from core.uploads.tables import NotReadable, TableCell, address
from core.uploads.xlsx_files import XlsxBook
from core.words import Side
from evaluations.exchange.sheet_import.source import key_texts, plan_named, shown_sheets, title_in
from plans.models import Plan

MAX_BYTES = 2 * 1024 * 1024
"""Thirty times a form of five hundred measures."""
HEAD_ROWS = 60
MOST_SHEETS = 20
NOT_A_FORM = (
    "入力様式として読み取れません。「指標コード」と「実績値」の見出しのある表が見つかりません。"
    "配った入力様式に記入したファイルを選んでください。"
)
EXTENSIONS = (".xlsx", ".csv")
NOT_A_SPREADSHEET = "入力様式は、Excelブック（.xlsx）かCSV（.csv）のまま返してもらってください。"
OTHER_PLAN = "ほかの計画の入力様式です（{plan}）。その計画の「入力様式」のページで選んでください。"
NO_KEYS = (
    "照合用の隠しシートがないため（ファイルの無害化など）、指標コードで照合しました。"
    "配ったときの内容が分からないので、空欄はそのままにし、いま値があるところは、印を付けたものだけを取り込みます。"
)
NO_NAME = "どの計画・年度の様式か書かれていないため、{year}の様式として読みました。"
_PLANNED = re.compile(rf"(?P<year>.+年度){Side.PLANNED.label}")
Grid = Sequence[Sequence[TableCell]]


@dataclass(frozen=True)
class FormFile:
    """A returned form, recognised. Rows and columns count from 0; `columns` say where each field and each column to be
    read is, the fields by their own names.

    `keys` are None where they were taken away; then `is_named` says whether the file says its plan and 年度 otherwise.
    """

    plan: Plan
    year: int
    grid: Grid
    heading_row: int
    columns: Mapping[str, int]
    keys: PrintedForm | None
    is_named: bool
    is_csv: bool

    @property
    def who(self) -> str:
        """Who filled it in, as far as the file says."""
        for line in self.grid[: self.heading_row]:
            for place, cell in enumerate(line):
                if squeeze(cell.text).startswith(squeeze(WHO)):
                    return next((one.text.strip() for one in line[place + 1 :] if not one.is_blank), "")
        return ""

    @property
    def department(self) -> str:
        """担当課 as the form says it; "" where it says nothing."""
        if self.keys:
            return self.keys.department or WHOLE
        texts = (cell.text for line in self.grid[: self.heading_row] for cell in line)
        found = next((text for text in texts if text.startswith("担当課：")), "")
        return re.split(r"[\s　]{2}", found.removeprefix("担当課："))[0].strip()

    def lines(self) -> Iterator[tuple[int, Sequence[TableCell]]]:
        """The rows under the headings that are not blank, by their place."""
        for number, line in enumerate(self.grid[self.heading_row + 1 :], start=self.heading_row + 1):
            if any(not cell.is_blank for cell in line):
                yield number, line

    def address(self, row: int, *columns: str) -> str:
        """The address of the first of these columns that there is."""
        return address(next((self.columns[one] for one in columns if one in self.columns), 0), row + 1)


def is_form(book: XlsxBook) -> bool:
    """Whether a workbook is an 入力様式, by its keys, its property or its title."""
    if KEY_SHEET in book.sheets:
        first = book.grid(KEY_SHEET, rows=1)
        return bool(first) and [cell.text for cell in first[0][:2]] == [PROPERTY, FORM]
    name = read_name(book.properties.get(PROPERTY, ""))
    if name:
        return name.layout == LAYOUT
    titles = (title_in(book.grid(sheet, rows=HEAD_ROWS)) for sheet in shown_sheets(book)[:MOST_SHEETS])
    return any(title is not None and title["sheet"] == SHEET_NAME for title in titles)


def find_form(name: str, content: bytes, plans: Iterable[Plan], *, year: int | None) -> FormFile:
    """The form in a file, of one of these plans. `year` is what a file without any name is taken for, None to refuse
    it. NotReadable, with what to do, for anything else."""
    if accepted(name, content, EXTENSIONS, NOT_A_SPREADSHEET, limit=MAX_BYTES) == ".csv":
        grid = [[TableCell(text) for text in line] for line in csv_lines(content)]
        return _find([grid], None, None, plans, year, is_csv=True)
    book = XlsxBook(content)
    keys = read_form_keys(key_texts(book))
    grids = (book.grid(sheet) for sheet in shown_sheets(book)[:MOST_SHEETS])
    return _find(grids, keys, read_name(book.properties.get(PROPERTY, "")), plans, year, is_csv=False)


def _find(
    grids: Iterable[Grid],
    keys: PrintedForm | None,
    name: SheetName | None,
    plans: Iterable[Plan],
    year: int | None,
    *,
    is_csv: bool,
) -> FormFile:
    found = next(((grid, row) for grid in grids if (row := _heading_row(grid)) is not None), None)
    if found is None:
        raise NotReadable(NOT_A_FORM)
    grid, row = found
    headings = [plain_heading(cell.text) for cell in grid[row]]
    by_slug = {plan.slug: plan for plan in plans}
    plan, of_year = _named(grid, headings, keys, name, by_slug)
    if plan is None and len(by_slug) == 1:
        plan = next(iter(by_slug.values()))
    is_named = of_year is not None
    of_year = of_year or year
    if plan is None or of_year is None:
        raise NotReadable("どの計画・年度の入力様式か分かりません。1行目の題名を、配ったときのままにしてください。")
    if of_year not in plan.years:
        raise NotReadable(f"{of_year}年度は計画の期間の外です。題名の年度を確かめてください。")
    return FormFile(plan, of_year, grid, row, _columns(headings, of_year), keys, is_named, is_csv)


def _heading_row(grid: Grid) -> int | None:
    """Where the headings are; None in a sheet without them."""
    actual = FIELDS["value"]
    for number, line in enumerate(grid[:HEAD_ROWS]):
        headings = [plain_heading(cell.text) for cell in line]
        if CODE in headings and any(heading.endswith(actual) for heading in headings):
            return number
    return None


def _named(
    grid: Grid,
    headings: Iterable[str],
    keys: PrintedForm | None,
    name: SheetName | None,
    by_slug: Mapping[str, Plan],
) -> tuple[Plan | None, int | None]:
    """Plan and 年度 as the file says them; None for what it does not say."""
    if keys or name:
        slug, year = (keys.plan, keys.year) if keys else (name.plan, name.year) if name else ("", 0)
        if slug not in by_slug:
            raise NotReadable(OTHER_PLAN.format(plan=slug[:30]))
        return by_slug[slug], year
    title = title_in(grid)
    if title:
        return plan_named(title, by_slug.values()), read_fiscal_year(title["year"])
    years = (match["year"] for heading in headings if (match := _PLANNED.fullmatch(heading)))
    for text in years:
        try:
            return None, read_fiscal_year(text)
        except ValueError:
            continue
    return None, None


def _columns(headings: Sequence[str], year: int) -> dict[str, int]:
    """Where each field and each column to be read is; NotReadable where one that is filled in is there twice."""
    own = {squeeze(f"{wareki(year)}{FIELDS['value']}"): "value"}
    own |= {squeeze(title): name for name, title in FIELDS.items()}
    columns: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = own.get(heading, heading)
        if not name:
            continue
        if name in columns and (name in FIELDS or name == CODE):
            raise NotReadable(f"見出し「{heading}」が二度あります。どちらかを消してください。")
        columns.setdefault(name, place)
    if "value" not in columns:
        raise NotReadable(NOT_A_FORM)
    return columns
