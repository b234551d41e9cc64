"""入力様式: what is on it, what a returned one says, and what many of them say together."""

import io
import json
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from openpyxl.utils import get_column_letter as column_letter

from core.entry_forms.form import WHO
from core.sheets.keys import KEY_SHEET, PROPERTY
from core.words import State
from evaluations.exchange.entry_forms.making import Owner, form_bytes, forms_zip
from evaluations.exchange.importing.applying import apply_import
from plans.access import Access
from plans.models import Channel, Department, Role, YearlyValue, YearState
from tests.builders import a_deadline, a_link, a_measure, a_municipality, a_plan, a_section, a_value, in_state
from tests.entry_form_files import HEADINGS, a_form, filled, in_short, place_of, reading, sheet_of, together
from tests.sheet_files import a_sheet, edited, resaved, without_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments():
    city = a_municipality()
    return [Department.objects.create(municipality=city, name=name) for name in ("障がい福祉課", "こども課")]


@pytest.fixture
def plan(departments):
    """第1節 of 障がい福祉課 in every kind, 第2節 of こども課, one measure of nobody."""
    plan = a_plan()
    first, second = a_section(plan), a_section(plan, 2, "地域生活支援拠点")
    own = {"department": departments[0]}
    a_value(a_measure(first, "n", title="移行者数", definition="年度末に数える。", **own), 2021, 3)
    a_value(plan.measures.get(code="n"), 2022, 5, side="planned")
    a_measure(first, "r", title="移行の割合", value_kind="rate", unit="", **own)
    a_measure(first, "p", title="拠点の有無", value_kind="presence", unit="", **own)
    a_measure(first, "t", title="取組の内容", value_kind="text", unit="", **own)
    a_measure(first, "old", title="終わった指標", until_year=2021, **own)
    a_measure(second, "k", title="児童の利用者数", department=departments[1])
    a_measure(second, "none", title="担当のない指標")
    return plan


def applied(found) -> int:
    return apply_import(found.preview.changes, by=None, channel=Channel.COMMAND)


def actual(code: str, year: int = 2022):
    row = YearlyValue.objects.filter(measure__code=code, fiscal_year=year, side="actual").first()
    return row.value if row else None


def test_a_form_asks_for_the_measures_of_its_department_alone(plan, departments):
    a_deadline(plan, "2023-06-15", step="entry", fiscal_year=2022)

    forms = [a_form(plan, owner) for owner in (Owner(departments[1]), Owner())]

    heads = [[sheet_of(form)[f"A{row}"].value for row in (1, 2)] for form in forms]
    rows = [[row[2].value for row in sheet_of(form).iter_rows(min_row=HEADINGS + 1)] for form in forms]
    title = "印西市 第6期障害福祉計画 入力様式（令和4年度）"
    assert heads == [
        [title, "担当課：こども課　　提出期限：令和5年6月15日"],
        [title, "担当課：担当課なし　　提出期限：令和5年6月15日"],
    ]
    assert rows == [["k"], ["none"]]


def test_what_is_filled_in_is_open_and_checked_and_everything_else_is_protected(plan, departments):
    in_state(plan.sections.get(number=2), 2022, YearState.SUBMITTED)
    form = a_form(plan)
    sheet, how_to = sheet_of(form), sheet_of(form, 1)

    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    rules = {
        f"{column_letter(column)}{row}": (rule.type, rule.formula1)
        for rule in sheet.data_validations.dataValidation
        for cells in rule.sqref.ranges
        for row, column in cells.cells
    }

    fields = ("value", "state", "as_of", "certainty", "note")
    expected = {place_of(form, code, field) for code in "nrpt" for field in fields}
    expected |= {place_of(form, "r", field) for field in ("numerator", "denominator")} | {"D4"}
    assert unlocked == expected
    assert (sheet.protection.sheet, sheet.protection.password, how_to.protection.sheet) == (True, None, True)
    states = "集計中,該当なし,中止,非公表"
    asked = (("p", "value"), ("t", "state"), ("p", "state"), ("n", "certainty"), ("n", "value"), ("r", "denominator"))
    assert [rules[place_of(form, *where)] for where in asked] == [
        ("list", '"有,無"'),
        ("list", f'"{states}"'),
        ("list", f'"{states},記述のみ"'),
        ("list", '"見込み,速報,確定値"'),
        ("decimal", "-99999999999"),
        ("decimal", "0"),
    ]
    assert rules.keys() == unlocked - {"D4"}
    numbers = next(rule for rule in sheet.data_validations.dataValidation if rule.type == "decimal")
    assert (numbers.errorStyle, "数値だけを記入してください" in numbers.error) == ("stop", True)
    assert [sheet[place_of(form, code, "記入について")].value for code in ("n", "old", "k")] == [
        None,
        "終了後のため記入しません",
        "確認待ちのため記入できません",
    ]
    assert (sheet[place_of(form, "old", "value")].value, sheet.freeze_panes) == ("終了後", "E6")
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$5:$5")


def test_the_years_before_stand_beside_also_those_of_the_plan_before(plan):
    old = a_measure(a_section(a_plan(generation=5, start=2018, end=2020)), "old-n")
    a_value(old, 2020, 2)
    a_link(plan, old, plan.measures.get(code="n"))

    form = a_form(plan)

    beside = [sheet_of(form)[place_of(form, "n", f"令和{year}年度実績値")].value for year in (2, 3)]
    assert (beside, sheet_of(form)[place_of(form, "n", "令和4年度計画値")].value) == ([2, 3], 5)


def test_a_form_says_nothing_that_its_reader_may_not_see(plan):
    a_value(plan.measures.get(code="n"), 2022, 31337)

    form = form_bytes(plan, 2022, access=Access(Role.VIEWER))

    with zipfile.ZipFile(io.BytesIO(form)) as book:
        assert not [name for name in book.namelist() if b"31337" in book.read(name)]
    assert sheet_of(form)[place_of(form, "n", "value")].value == "確認中"
    assert in_short(reading(plan, form)) == []


def test_a_name_that_begins_like_a_formula_stays_a_text(plan, departments):
    plan.measures.filter(code="n").update(title="=HYPERLINK(1)", definition="+1")
    form = a_form(plan, Owner(departments[0]))

    cell = sheet_of(form)[place_of(form, "n", "指標名")]

    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", "=HYPERLINK(1)", True)


def test_the_forms_of_all_departments_come_in_one_zip_always_the_same(plan):
    first, again = (forms_zip(plan, 2022, access=None) for _ in range(2))

    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        names = archive.namelist()
    assert names == [f"122319-6_入力様式_2022年度_{name}.xlsx" for name in ("こども課", "障がい福祉課", "担当課なし")]
    assert first == again


def test_the_command_writes_one_form_or_a_zip_of_them(plan, tmp_path):
    files = {name: tmp_path / name for name in ("one.xlsx", "all.zip", "whole.xlsx")}
    year = ["--year", "2022", "--format", "entry"]

    call_command("export_plan", plan.slug, *year, "--department", "こども課", "-o", files["one.xlsx"])
    call_command("export_plan", plan.slug, *year, "-o", files["all.zip"])
    call_command("export_plan", plan.slug, *year, "-o", files["whole.xlsx"])

    rows = {name: openpyxl.load_workbook(files[name]).worksheets[0].max_row for name in ("one.xlsx", "whole.xlsx")}
    assert rows == {"one.xlsx": HEADINGS + 1, "whole.xlsx": HEADINGS + 7}
    assert zipfile.is_zipfile(files["all.zip"])
    with pytest.raises(CommandError, match="担当課「ない課」はありません"):
        call_command("export_plan", plan.slug, *year, "--department", "ない課")


def test_every_kind_of_answer_is_read_as_it_is_on_the_screen(plan):
    answers = {
        ("n", "value"): 12,
        ("n", "as_of"): "R5.3.31",
        ("n", "certainty"): "速報",
        ("n", "note"): "遅れた。",
        ("r", "numerator"): 2,
        ("r", "denominator"): 3,
        ("p", "value"): "有",
        ("t", "value"): "研修を二回行った。",
        ("k", "state"): "集計中",
    }
    form = filled(a_form(plan), answers | {("none", "value"): "約１０人"}, lambda book: _sign(book, "山田 内線123"))

    found = reading(plan, form)

    assert in_short(found) == [
        ("n", "未入力", "12（時点：R5.3.31、注記：遅れた。、確定度：速報）", False),
        ("r", "未入力", "66.7（分子：2、分母：3）", False),
        ("p", "未入力", "有", False),
        ("t", "未入力", "記述のみ（原文：研修を二回行った。）", False),
        ("k", "未入力", "集計中", False),
        ("none", "未入力", "10（原文：約１０人）", False),
    ]
    assert (found.rows, found.unchanged, found.who, found.problems, found.unknown) == (7, 1, "山田 内線123", (), ())


def _sign(book, name):
    assert book.worksheets[0]["A4"].value == WHO
    book.worksheets[0]["D4"].value = name


def test_words_alone_are_taken_from_the_note_and_printed_there_again(plan):
    form = filled(a_form(plan), {("n", "state"): "記述のみ", ("n", "note"): "一部で実施"})

    applied(together(plan, ("a.xlsx", form)))

    again = a_form(plan)
    assert (actual("n").state, actual("n").wording, actual("n").note) == (State.WORDS_ONLY, "一部で実施", "")
    assert [in_short(reading(plan, one)) for one in (form, again, without_keys(again))] == [[], [], []]
    assert sheet_of(again)[place_of(again, "n", "note")].value == "一部で実施"
    reworded = filled(again, {("n", "note"): "全域で実施"})
    assert in_short(reading(plan, reworded)) == [
        ("n", "記述のみ（原文：一部で実施）", "記述のみ（原文：全域で実施）", False)
    ]


def test_a_form_read_twice_changes_nothing_the_second_time(plan):
    form = filled(a_form(plan), {("n", "value"): 12, ("k", "state"): "該当なし"})

    counts = [applied(together(plan, ("a.xlsx", form))) for _ in range(2)]

    again = reading(plan, form)
    assert (counts, in_short(again), again.notes, actual("n").number) == ([2, 0], [], (), 12)


def test_only_what_was_filled_in_changes_and_a_blank_clears(plan):
    a_value(plan.measures.get(code="n"), 2022, 7, note="前からの注記")
    a_value(plan.measures.get(code="k"), 2022, 4)
    form = filled(a_form(plan), {("n", "value"): 8, ("k", "value"): None})

    applied(together(plan, ("a.xlsx", form)))

    assert (actual("n").number, actual("n").note, actual("k")) == (8, "前からの注記", None)


def test_what_somebody_changed_meanwhile_waits_for_a_choice_with_both_values(plan):
    row = a_value(plan.measures.get(code="n"), 2022, 7)
    form = filled(a_form(plan), {("n", "value"): 8})
    row.take(type(row.value)(number=Decimal(9)))
    row.save()

    found = together(plan, ("a.xlsx", form))

    assert in_short(found.readings[0]) == [("n", "9", "8", True)]
    assert [(one.printed, one.contested, one.rival) for one in found.preview.lines] == [("7", True, None)]
    assert found.readings[0].notes == (
        "記入された指標のうち1件は、この様式を出力したあとに、いまの実績値が変わっています。",
    )


def test_two_files_that_say_different_things_of_one_cell_are_both_shown(plan):
    blank = a_form(plan)
    files = [
        ("a.xlsx", filled(blank, {("n", "value"): 12, ("k", "value"): 1})),
        ("b.xlsx", filled(blank, {("n", "value"): 13, ("k", "value"): 1})),
        ("c.xlsx", blank),
    ]

    found = together(plan, *files)

    said = [(one.change.code, one.change.sides[1], one.source) for one in found.preview.lines]
    assert said == [("n", "12", "a.xlsx"), ("n", "13", "b.xlsx"), ("k", "1", "a.xlsx、b.xlsx")]
    assert (found.preview.contested, [one.rival for one in found.preview.lines]) == ({0, 1}, [0, 0, None])


def test_a_form_without_its_hidden_sheet_is_matched_by_codes_and_says_so(plan):
    a_value(plan.measures.get(code="k"), 2022, 4)
    form = without_keys(filled(a_form(plan), {("n", "value"): 12, ("k", "value"): 5}))

    found = reading(plan, form)

    assert in_short(found) == [("n", "未入力", "12", False), ("k", "4", "5", True)]
    assert found.notes[0].startswith("照合用の隠しシートがないため")


def test_rows_may_be_sorted_and_notes_written_below(plan):
    def shuffle(book):
        sheet = book.worksheets[0]
        sheet.data_validations.dataValidation = []
        last = sheet.max_row
        lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADINGS + 1)]
        for number, line in enumerate(reversed(lines), start=HEADINGS + 1):
            for place, value in enumerate(line, start=1):
                sheet.cell(number, place).value = value
        sheet.insert_rows(HEADINGS + 2)
        sheet.cell(last + 3, 2).value = "以上、よろしくお願いします。"
        sheet.column_dimensions["D"].width = 99

    found = reading(plan, filled(a_form(plan), {("n", "value"): 12}, shuffle))

    assert in_short(found) == [("n", "未入力", "12", False)]
    assert [(one.address, one.new, one.note) for one in found.unknown] == [
        ("C15", "以上、よろしくお願いします。", "指標コードのない行のため、取り込みません。")
    ]


def test_two_rows_of_one_measure_must_agree(plan):
    form = filled(a_form(plan), {("n", "value"): 12, ("k", "value"): 1})

    def doubled(book):
        sheet = book.worksheets[0]
        for code, value in (("n", 13), ("k", 1)):
            source = sheet[place_of(form, code, "value")].row
            sheet.append([cell.value for cell in sheet[source]])
            sheet.cell(sheet.max_row, sheet[place_of(form, code, "value")].column).value = value

    found = reading(plan, edited(form, then=doubled))

    assert in_short(found) == [("k", "未入力", "1", False)]
    assert [one.sentence for one in found.problems] == [
        "「移行者数」：同じ指標の行がC6にもあり、書かれていることが違います。"
    ]


def test_every_wrong_cell_is_told_by_its_address_and_the_rest_is_taken(plan):
    answers = {
        ("n", "value"): "十二人",
        ("r", "value"): 50,
        ("p", "value"): "たぶん",
        ("old", "value"): 3,
        ("k", "numerator"): 3,
        ("none", "certainty"): "たしか",
        ("t", "指標名"): "べつの名前",
        ("t", "令和3年度実績値"): 99,
    }
    form = filled(a_form(plan), answers)

    found = reading(plan, form)

    assert in_short(found) == [("r", "未入力", "50", False)]
    assert {one.address: one.sentence.split("：")[0] for one in found.problems} == {
        place_of(form, "n", "value"): "「移行者数」",
        place_of(form, "p", "value"): "「拠点の有無」",
        place_of(form, "old", "value"): "「終わった指標」",
        place_of(form, "k", "numerator"): "「児童の利用者数」",
        place_of(form, "none", "certainty"): "「担当のない指標」",
    }
    assert {one.address for one in found.unknown} == {
        place_of(form, "t", "指標名"),
        place_of(form, "t", "令和3年度実績値"),
    }


def test_a_locked_year_and_another_department_are_named_and_not_changed(plan, departments):
    form = filled(a_form(plan), {("n", "value"): 12, ("k", "value"): 3, ("none", "value"): 2})
    in_state(plan.sections.get(number=1), 2022, YearState.CONFIRMED)

    found = reading(plan, form, access=Access(Role.EDITOR, departments[1].pk))

    assert in_short(found) == [("k", "未入力", "3", False)]
    assert [one.sentence for one in found.problems] == [
        "「移行者数」：入力する権限がありません。担当課の人に頼んでください。",
        "「担当のない指標」：入力する権限がありません。担当課の人に頼んでください。",
    ]
    assert "確定しているため変更できません" in reading(plan, form).problems[0].sentence


def hostile(plan):
    other = a_plan(a_municipality("129992", "みほん市（架空）"))
    a_measure(a_section(other), "n")
    form = a_form(plan)
    return {
        "空のファイル.xlsx": (b"", "ファイルが空です"),
        "文書.docx": (b"PK", "Excelブック（.xlsx）かCSV（.csv）のまま"),
        "古い形式.xls": (b"\xd0\xcf\x11\xe0", ".xls は読み取れません"),
        "壊れた.xlsx": (form[:900], "ブックとして読み取れません"),
        "大きい.csv": (b"a," * 1_100_000, "2MBまで"),
        "表.json": (b"[]", "Excelブック（.xlsx）かCSV（.csv）のまま"),
        "評価シート.xlsx": (a_sheet(plan), "入力様式として読み取れません"),
        "ほかの計画.xlsx": (a_form(other), "ほかの計画の入力様式です（129992-6）"),
        "ほかの計画の題名.xlsx": (without_keys(a_form(other)), "から計画が分かりません"),
        "別の年度.xlsx": (a_form(plan, year=2023), "令和5年度の入力様式です"),
    }


def test_every_file_that_is_no_form_of_this_year_says_why(plan):
    files = hostile(plan)

    readings = {name: reading(plan, content, name) for name, (content, _) in files.items()}

    assert {name: found.failure for name, found in readings.items() if files[name][1] not in found.failure} == {}
    assert not any(found.changes for found in readings.values())


def test_keys_that_somebody_tampered_with_count_as_lost(plan):
    def tamper(book):
        keys = book[KEY_SHEET]
        keys.cell(2, 1).value = str(keys.cell(2, 1).value).replace("2022", "2023")
        book.custom_doc_props.props = [one for one in book.custom_doc_props.props if one.name != PROPERTY]

    found = reading(plan, filled(a_form(plan), {("n", "value"): 12}, tamper))

    assert (found.failure, in_short(found)) == ("", [("n", "未入力", "12", False)])
    assert found.notes[0].startswith("照合用の隠しシートがないため")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_form_saved_as_csv_is_read_too(plan, encoding):
    sheet = sheet_of(filled(a_form(plan), {("n", "value"): 12, ("n", "note"): "'=1+1"}))
    lines = [[str(cell.value if cell.value is not None else "") for cell in row] for row in sheet.iter_rows()]
    text = "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)

    found = reading(plan, text.encode(encoding), "form.csv")

    assert in_short(found) == [("n", "未入力", "12（注記：=1+1）", False)]


def test_a_percentage_and_a_date_are_read_as_what_they_mean(plan):
    form = a_form(plan)

    def formats(book):
        sheet = book.worksheets[0]
        sheet[place_of(form, "r", "value")].number_format = "0.0%"
        sheet[place_of(form, "k", "value")].number_format = "yyyy-mm-dd"

    found = reading(plan, filled(form, {("r", "value"): 0.667, ("k", "value"): 45000}, formats))

    assert in_short(found) == [("r", "未入力", "66.7", False)]
    assert "日付になっています" in found.problems[0].sentence


def test_a_missing_row_and_a_missing_column_change_nothing_and_are_told(plan):
    a_value(plan.measures.get(code="k"), 2022, state=State.PENDING)
    form = a_form(plan)
    state = sheet_of(form)[place_of(form, "n", "state")]

    def cut(book):
        book.worksheets[0].delete_cols(state.column)
        book.worksheets[0].delete_rows(state.row)

    found = reading(plan, edited(form, then=cut))

    assert (in_short(found), found.rows) == ([], 6)
    assert found.notes == (
        "配った様式にあった指標のうち、1件の行がありません。その指標は、そのままにします。",
        "「状態」の列がありません。その内容は、そのままにします。",
    )


def run(*args) -> tuple[str, str, int]:
    """What the command says, what it warns of, and how it ends."""
    said, warned = io.StringIO(), io.StringIO()
    try:
        call_command("import_entry", *map(str, args), stdout=said, stderr=warned)
    except CommandError as error:
        return said.getvalue(), warned.getvalue(), error.returncode
    return said.getvalue(), warned.getvalue(), 0


def test_the_command_takes_many_forms_in_and_says_the_same_again_without_change(plan, tmp_path):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    one.write_bytes(filled(a_form(plan), {("n", "value"): 12}))
    two.write_bytes(without_keys(filled(a_form(plan), {("k", "state"): "集計中"})))

    dry, first, again = run(one, two, "--dry-run"), run(one, two), run(one, two)

    lines = ["「移行者数」令和4年度 実績値：未入力 → 12", "「児童の利用者数」令和4年度 実績値：未入力 → 集計中"]
    assert dry[0].splitlines() == first[0].splitlines() == [*lines, "変更 2 件"]
    assert (again[0], again[2]) == ("変更 0 件\n", 0)
    assert f"注意 {two}：照合用の隠しシートがないため" in first[1]
    assert (actual("n").number, actual("k").state) == (12, State.PENDING)


def test_the_command_writes_nothing_while_files_disagree_or_a_value_is_newer(plan, tmp_path):
    one, two, bad = tmp_path / "one.xlsx", tmp_path / "two.xlsx", tmp_path / "bad.xlsx"
    one.write_bytes(filled(a_form(plan), {("n", "value"): 12}))
    two.write_bytes(filled(a_form(plan), {("n", "value"): 13}))
    bad.write_bytes(b"nothing")

    apart, broken = run(one, two, bad), json.loads(run(one, bad, "--format", "json")[0])
    a_value(plan.measures.get(code="n"), 2022, 7)
    newer, over = run(one), run(one, "--overwrite")

    place = place_of(one.read_bytes(), "n", "value")
    assert (apart[2], len(apart[0].splitlines())) == (2, 3)
    assert [(each["file"], each["address"]) for each in broken["problems"]] == [(str(bad), "A1")]
    assert [(each["指標コード"], each["new"], each["conflict"]) for each in broken["changes"]] == [("n", "12", False)]
    assert newer[0].startswith(f"{one}：{place} 「移行者数」令和4年度 実績値は、様式を出力したあとに変わっています")
    assert (newer[2], over[2], actual("n").number) == (2, 0, 12)


@pytest.mark.libreoffice
def test_what_libreoffice_saves_says_the_same_and_one_answer_is_one_change(plan, soffice, tmp_path):
    a_value(plan.measures.get(code="n"), 2022, 7, note="一行目\n二行目", as_of="令和5年3月末")
    a_value(plan.measures.get(code="r"), 2022, "66.7", numerator=Decimal(2), denominator=Decimal(3))
    a_value(plan.measures.get(code="t"), 2022, state=State.WORDS_ONLY, wording="研修を行った。")
    form = a_form(plan)
    answer = filled(form, {("k", "value"): 5})

    saved = resaved(soffice, tmp_path, {"form.xlsx": form, "filled.xlsx": answer})
    found = {name: reading(plan, content, name) for name, content in saved.items()}
    utf_8 = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    comma = resaved(soffice, tmp_path, {"filled.xlsx": answer}, utf_8)["filled.csv"]
    found["filled.csv"] = reading(plan, comma, "filled.csv")

    assert {name: (in_short(one), one.problems, one.unknown) for name, one in found.items()} == {
        "form.xlsx": ([], (), ()),
        "filled.xlsx": ([("k", "未入力", "5", False)], (), ()),
        "filled.csv": ([("k", "未入力", "5", False)], (), ()),
    }
    sheet = sheet_of(saved["form.xlsx"])
    assert (len(sheet.data_validations.dataValidation) > 5, sheet.protection.sheet) == (True, True)
    assert found["form.xlsx"].notes == ()
