"""Which plan, 年度 and layout an uploaded evaluation sheet is of, and where its cells are now.

By the keys that it was exported with; where these were taken away, by its property or its title, and by its labels.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

from django.db.models import Sum

from core.fiscal_years import read_fiscal_year
from core.sheets.bands import CONTINUED
from core.sheets.design import Edition
from core.sheets.keys import KEY_SHEET, MAX_SHEET_ROWS, PROPERTY, PrintedSheet, SheetName, read_key_rows, read_name
from core.sheets.matching import Grid, Matching, match
from core.sheets.placed import Holds
from core.uploads.table_files import MAX_BYTES
from core.uploads.tables import NotReadable
from core.uploads.xlsx_files import XlsxBook
from evaluations.reports.sheets.of_plan import sheet_as_printed
from plans.access import Access
from plans.models import Plan, SectionYear
from plans.refusals import Refused
from plans.sheet_layouts import SheetForm, form_of, layouts_of

ENOUGH = 0.6
"""The share of a sheet's own words that must be found in a file, so that it counts as that sheet."""
TITLE_ROWS = 5
_TITLE = re.compile(r"(?P<plan>.+) (?P<sheet>\S+)（(?P<year>[^（）]+年度)）")
NOT_OURS = "評価シートとして読み取れません。「出力」で受け取った評価シートを直し、そのまま選んでください。"
OTHER_PLAN = "ほかの計画の評価シートです。その計画の取り込みで選んでください。"


@dataclass(frozen=True)
class SheetSource:
    """An uploaded sheet, recognised. `printed` is what it was exported with, or where `has_keys` is False, what the
    same sheet would print today.

    `is_outdated`: the plan was changed since the export; False where no one can know. `has_other_pages`: its texts are
    spread over other pages than today's.
    """

    plan: Plan
    printed: PrintedSheet
    matching: Matching
    has_keys: bool
    is_outdated: bool = False
    has_other_pages: bool = False


def sheet_book_in(name: str, content: bytes) -> XlsxBook | None:
    """The workbook of an evaluation sheet; None for any other file. NotReadable for a workbook that is none."""
    if PurePath(name).suffix.lower() != ".xlsx" or not content or len(content) > MAX_BYTES:
        return None
    book = XlsxBook(content)
    return book if _is_a_sheet(book) else None


def _is_a_sheet(book: XlsxBook) -> bool:
    """Whether a workbook is an evaluation sheet rather than a table: by its keys, its property or its title."""
    if KEY_SHEET in book.sheets or PROPERTY in book.properties:
        return True
    shown = shown_sheets(book)
    return bool(shown) and title_in(book.grid(shown[0], rows=TITLE_ROWS)) is not None


def find_source(book: XlsxBook, plans: Iterable[Plan], *, access: Access | None) -> SheetSource:
    """The sheet among those of these plans. NotReadable, with what to do, for one of another plan or none at all."""
    by_slug = {plan.slug: plan for plan in plans}
    keys = read_key_rows(key_texts(book))
    if keys:
        plan = by_slug.get(keys.stamp.plan)
        if plan is None:
            raise NotReadable(OTHER_PLAN)
        _refuse_other_years(plan, keys.stamp.year)
        matching = _recognised(match(_grid_of(book), keys.cells))
        return SheetSource(plan, keys, matching, has_keys=True, is_outdated=_is_outdated(plan, keys.stamp.total))
    return _by_labels(book, by_slug, access)


def key_texts(book: XlsxBook) -> list[list[str]]:
    """The rows of the sheet that Excel does not show; none where that was taken away."""
    return [[cell.text for cell in line] for line in book.grid(KEY_SHEET)] if KEY_SHEET in book.sheets else []


def shown_sheets(book: XlsxBook) -> list[str]:
    """The sheets that people see."""
    return [name for name in book.sheets if name not in book.hidden and name != KEY_SHEET]


def _grid_of(book: XlsxBook) -> Grid:
    """The first sheet that people see."""
    shown = shown_sheets(book)
    if not shown:
        raise NotReadable(NOT_OURS)
    return book.grid(shown[0], rows=MAX_SHEET_ROWS + 1)


def _by_labels(book: XlsxBook, by_slug: dict[str, Plan], access: Access | None) -> SheetSource:
    grid = _grid_of(book)
    name = read_name(book.properties.get(PROPERTY, ""))
    if name:
        plan, year = by_slug.get(name.plan), name.year
        if plan is None:
            raise NotReadable(OTHER_PLAN)
    else:
        plan, year = _of_title(grid, by_slug)
    _refuse_other_years(plan, year)
    printed, matching = _best(grid, plan, year, _forms(plan, name), access)
    pages_then = sum(cell.text.rstrip().endswith(CONTINUED) for line in grid for cell in line)
    pages_now = sum(cell.text.endswith(CONTINUED) for cell in printed.cells if cell.key.holds is Holds.FIXED)
    return SheetSource(
        plan,
        printed,
        _recognised(matching),
        has_keys=False,
        is_outdated=_is_outdated(plan, name.total if name else 0),
        has_other_pages=pages_then != pages_now,
    )


def _refuse_other_years(plan: Plan, year: int) -> None:
    if year not in plan.years:
        raise NotReadable(f"{year}年度は計画の期間の外です。題名の年度を確かめてください。")


def _is_outdated(plan: Plan, total: int) -> bool:
    """Whether the plan was changed more often than the sheet says; False where it does not say."""
    now = SectionYear.objects.filter(section__plan=plan).aggregate(Sum("version"))["version__sum"] or 0
    return bool(total) and now != total


def _of_title(grid: Grid, by_slug: dict[str, Plan]) -> tuple[Plan, int]:
    """The plan and 年度 of the sheet's title."""
    title = title_in(grid)
    if title is None:
        raise NotReadable(NOT_OURS)
    return plan_named(title, by_slug.values()), read_fiscal_year(title["year"])


def plan_named(title: re.Match[str], plans: Iterable[Plan]) -> Plan:
    """The one plan that a title names; NotReadable where that is none of these."""
    named = [plan for plan in plans if title["plan"] == str(plan)]
    if len(named) != 1:
        raise NotReadable(
            f"題名「{title[0][:60]}」から計画が分かりません。題名を、受け取ったときのままにしてください。"
        )
    return named[0]


def title_in(grid: Grid) -> re.Match[str] | None:
    """The title in the first rows: 「印西市 第6期障害福祉計画 評価シート（令和4年度）」."""
    texts = [cell.text.strip() for line in grid[:TITLE_ROWS] for cell in line if not cell.is_blank]
    found = next((match for text in texts if (match := _TITLE.fullmatch(text))), None)
    try:
        return found if found and read_fiscal_year(found["year"]) else None
    except ValueError:
        return None


def _forms(plan: Plan, name: SheetName | None) -> list[SheetForm]:
    """The forms to try: the one that the property names, else every one of the city."""
    if name:
        with suppress(Refused):  # removed since: another may be near enough
            return [form_of(plan, name.layout, name.edition)]
    return [SheetForm(design, edition) for design in layouts_of(plan.municipality).values() for edition in Edition]


def _best(
    grid: Grid, plan: Plan, year: int, forms: Sequence[SheetForm], access: Access | None
) -> tuple[PrintedSheet, Matching]:
    """The form whose labels are found most completely."""
    tried = [sheet_as_printed(plan, year, access=access, form=form) for form in forms]
    matched = [(printed, match(grid, printed.cells)) for printed in tried]
    return max(matched, key=lambda pair: (pair[1].share, -len(pair[1].strangers)))


def _recognised(matching: Matching) -> Matching:
    if matching.share < ENOUGH:
        raise NotReadable(NOT_OURS)
    return matching
