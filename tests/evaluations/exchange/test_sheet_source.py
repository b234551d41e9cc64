"""Which evaluation sheet a file is: by its keys, its property, its title and labels; moved, damaged or foreign."""

import io
from hashlib import sha256

import openpyxl
import pytest

from core.sheets.keys import (
    KEY_SHEET,
    MAX_SHEET_ROWS,
)
from core.uploads.tables import NotReadable
from core.words import Side
from evaluations.exchange.sheet_import.source import sheet_book_in
from evaluations.models import Evaluation
from plans.models import YearState
from tests.builders import a_full_plan, a_measure, a_municipality, a_plan, a_section, a_value, in_state
from tests.plans.test_sheet_layouts import a_layout
from tests.sheet_files import a_sheet, difference, edited, in_short, place_of, places, without_keys
from tests.tidy_tables import exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]
LONG = "".join(f"第{n}に、地域での暮らしを続けるための取組を進めた。\n" for n in range(120)).strip()


@pytest.fixture
def plan():
    """第1節 and 第2節 with three measures each, and texts in 2022."""
    plan = a_plan()
    for number, title in ((1, "地域移行"), (2, "就労")):
        section = a_section(plan, number, title)
        for order in range(3):
            measure = a_measure(section, f"m-{number}-{order}", title=f"{title}の指標{order}", order=order)
            a_value(measure, 2022, 10 + order, side=Side.PLANNED)
            a_value(measure, 2022, order)
        Evaluation.objects.create(
            section_year=in_state(section, 2022, YearState.DRAFT), do_text=f"{title}を進めた。", issues_text="続ける。"
        )
    return plan


def refusal(content, *plans, name="sheet.xlsx") -> str:
    with pytest.raises(NotReadable) as refused:
        difference(content, *plans)
    return str(refused.value)


def changed_book(content, change):
    return edited(content, then=lambda book: change(book.worksheets[0]))


# --- Moved ---


@pytest.mark.parametrize("keys", [True, False])
@pytest.mark.parametrize("layout", ["inzai", "kanri"])
def test_an_inserted_row_moves_nothing_into_another_cell(plan, layout, keys):
    content = a_sheet(plan, layout=layout)
    row = int(place_of(content, "m-1-1", "actual", 2022)[1:])
    value = place_of(content, "m-2-0", "actual", 2022)

    def insert(sheet):
        sheet[value].value = 77
        # openpyxl leaves merges where they are; unmerged, every text keeps its cell.
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(row, 2)

    moved = changed_book(content, insert)
    found = difference(moved if keys else without_keys(moved), plan)

    assert in_short(found) == [(f"{value[0]}{int(value[1:]) + 2}", "0", "77")]
    assert (found.problems, found.unknown) == ((), ())


def test_an_inserted_column_moves_nothing_into_another_cell(plan):
    content = a_sheet(plan)
    value = place_of(content, "m-2-0", "actual", 2022)

    def insert(sheet):
        sheet[value].value = 77
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(4)

    found = difference(changed_book(content, insert), plan)

    assert in_short(found) == [(f"{chr(ord(value[0]) + 1)}{value[1:]}", "0", "77")]
    assert found.notes == ("行か列が動いているため、欄を見出しで探しました。",)


def test_deleted_rows_leave_their_cells_alone(plan):
    content = a_sheet(plan, layout="kanri")
    row = int(place_of(content, "m-1-1", "planned", 2022)[1:])

    def delete(sheet):
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.delete_rows(row, 2)

    found = difference(changed_book(content, delete), plan)

    assert (found.changes, found.problems) == ((), ())
    assert "値や文章の欄のうち6か所が見つかりません。" in found.notes[1]


def test_a_text_that_vanished_when_rows_moved_is_not_taken_for_cleared(plan):
    content = a_sheet(plan, layout="kanri")
    text = place_of(content, "1", "do_text")

    def move(sheet):
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet[text].value = None
        sheet.insert_rows(2)

    found = difference(changed_book(content, move), plan)

    assert found.changes == ()
    assert "文章を消したのかどうか分かりません" in found.problems[0].sentence


def test_a_label_that_was_rewritten_moves_nothing(plan):
    content = a_sheet(plan)
    value = place_of(content, "m-1-0", "actual", 2022)
    label = f"E{value[1:]}"

    found = difference(edited(content, {label: "実績（速報）", value: 5}), plan)

    assert in_short(found) == [(value, "0", "5")]
    assert [(one.address, one.old) for one in found.unknown] == [(label, "実績値")]


# --- Without keys, or with damaged ones ---


def test_a_damaged_key_sheet_is_not_believed(plan):
    content = a_sheet(plan)
    value = place_of(content, "m-1-0", "actual", 2022)

    def damage(book):
        for (cell,) in book[KEY_SHEET].iter_rows(min_row=2, max_col=1):
            cell.value = cell.value.replace("m-1-0", "m-1-1")

    found = difference(edited(content, {value: 5}, damage), plan)

    assert in_short(found) == [(value, "0", "5")]
    assert found.changes[0].change.code == "m-1-0"
    assert "取り込み用の隠しシートがないため" in found.notes[0]


def test_without_keys_the_layout_is_found_among_all_of_the_city(plan, settings, tmp_path):
    settings.SHEET_LAYOUTS = tmp_path
    (tmp_path / "122319-own.json").write_bytes(a_layout(title="評価票"))
    content = a_sheet(plan, layout="122319-own", edition="new")
    value = place_of(content, "m-1-0", "actual", 2022)

    found = difference(without_keys(edited(content, {value: 5})), plan)

    assert in_short(found) == [(value, "0", "5")]


def test_without_keys_a_text_on_other_pages_than_todays_is_a_problem_and_not_cut(plan):
    Evaluation.objects.filter(section_year__section__number=1).update(issues_text=LONG)
    content = a_sheet(plan)
    Evaluation.objects.filter(section_year__section__number=1).update(issues_text="短い。")

    found = difference(without_keys(content), plan)

    assert [one.change for one in found.changes] == []
    assert any("ページの分かれ方がいまと違う" in one.sentence for one in found.problems)


def test_without_keys_figures_that_follow_an_edit_elsewhere_are_not_told_twice(plan):
    content = a_sheet(plan)
    plan.measures.get(code="m-1-1").values.filter(side="actual").update(number=9)

    found = difference(without_keys(content), plan)

    assert [one.change.sides for one in found.changes] == [("9", "1")]
    assert found.unknown == ()


def test_a_plan_is_found_by_the_title_among_many(plan):
    others = [a_plan(a_municipality("129992", "みほん市（架空）")), a_plan(generation=5, start=2018, end=2020)]
    content = a_sheet(plan)

    found = difference(without_keys(content), *others, plan)

    assert (found.changes, found.problems, found.unknown) == ((), (), ())


# --- What is none of ours ---


def test_a_sheet_of_another_plan_is_refused_with_its_reason(plan):
    other = a_full_plan(generation=5, start=2018, end=2020)
    content = a_sheet(plan)

    assert refusal(content, other) == "ほかの計画の評価シートです。その計画の取り込みで選んでください。"
    assert refusal(without_keys(content, keep_property=True), other).startswith("ほかの計画の")
    assert "から計画が分かりません。" in refusal(without_keys(content), other)


def test_a_year_that_the_plan_does_not_have_is_refused(plan):
    content = without_keys(edited(a_sheet(plan), {"A1": "印西市 第6期障害福祉計画 評価シート（令和12年度）"}))

    assert refusal(content, plan) == "2030年度は計画の期間の外です。題名の年度を確かめてください。"


def test_a_title_over_something_else_is_no_sheet(plan):
    book = openpyxl.Workbook()
    book.active["A1"] = "印西市 第6期障害福祉計画 評価シート（令和4年度）"
    file = io.BytesIO()
    book.save(file)

    assert refusal(file.getvalue(), plan).startswith("評価シートとして読み取れません。")


def test_a_sheet_of_too_many_rows_is_refused_early(plan):
    content = edited(a_sheet(plan), {f"A{MAX_SHEET_ROWS + 5}": "x"})

    assert refusal(content, plan) == "行が多すぎます。評価シートは3,000行までです。"


def test_a_table_is_no_sheet(plan):
    book = openpyxl.Workbook()
    rows = exported(plan.slug)
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    file = io.BytesIO()
    book.save(file)

    assert sheet_book_in("table.xlsx", file.getvalue()) is None
    assert sheet_book_in("table.csv", b"a,b") is None
    assert sheet_book_in("sheet.xlsx", a_sheet(plan)) is not None


def test_a_workbook_whose_sheets_are_all_hidden_is_refused(plan):
    def hide(book):
        book.create_sheet("表").sheet_state = "visible"
        book.worksheets[0].sheet_state = "hidden"
        book["表"].sheet_state = "hidden"
        book[KEY_SHEET].sheet_state = "visible"

    assert refusal(edited(a_sheet(plan), then=hide), plan).startswith("評価シートとして読み取れません。")


def test_a_forged_year_is_refused(plan):
    def forge(book):
        keys = book[KEY_SHEET]
        lines = ["".join(c.value or "" for c in row) for row in keys.iter_rows(min_row=2)]
        lines[0] = lines[0].replace('"year": 2022', '"year": 1950')
        keys["A2"].value = lines[0]
        keys["C1"].value = sha256("\n".join(lines).encode()).hexdigest()

    assert "1950年度は計画の期間の外です。" in refusal(edited(a_sheet(plan), then=forge), plan)


def test_the_places_of_a_text_are_told_page_by_page(plan):
    Evaluation.objects.filter(section_year__section__number=1).update(issues_text=LONG)

    assert len(places(a_sheet(plan), "1", "issues_text")) > 1
