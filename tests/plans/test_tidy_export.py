"""The tidy table out: its columns, its rows, and the three files."""

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from core.tidy import COLUMNS, REQUIRED
from core.tidy_files import as_csv, as_json, as_xlsx
from core.uploads.table_files import read_table
from core.words import Direction, Family, ParentRole, Side, State, ValueKind
from plans.access import Access
from plans.models import Plan, Role, YearState
from plans.tidy import tidy_file, tidy_rows
from tests.builders import a_full_plan, a_measure, a_plan, a_section, a_value, in_state
from tests.demo_city import the_demo
from tests.evaluations.demo.test_demo_fixture import PRINTED_DEVIATIONS, PRINTED_FIGURES
from tests.sqlite_copies import copy_database

# The contract's words for the header, in its order; * marks what a file must have to be read.
CONTRACT = (
    "団体コード* 自治体名 計画種別 計画期* 計画名 開始年度 終了年度 節番号* 節名 種別* 指標コード* 指標番号 指標名* "
    "親指標 親との関係 単位 種類 方向 集計 基準値 基準年度 年度* 年度和暦 計画値 計画値状態 計画値原文 "
    "実績値 実績値状態 実績値原文 分子 分母 時点 確定度 差 達成率 乖離率 乖離値旧様式 判定 注記"
)


def a_row(**texts):
    return dict.fromkeys(COLUMNS, "") | texts


def lines_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_columns_are_those_of_the_contract():
    assert " ".join(f"{column}*" if column in REQUIRED else column for column in COLUMNS) == CONTRACT


@pytest.mark.django_db
def test_a_row_says_everything_of_one_measure_in_one_year():
    section = a_section(a_plan(), 3)
    whole = a_measure(section, "3-1", order=1)
    part = a_measure(
        section,
        "3-1a",
        order=2,
        label="1",
        title="うち精神障害者",
        parent=whole,
        parent_role=ParentRole.SUBSET,
        baseline=Decimal("36.5000"),
        baseline_year=2019,
    )
    a_value(part, 2022, "16", side=Side.PLANNED, wording="16人")
    a_value(part, 2022, "18.5", as_of="9月末", certainty="preliminary", note="速報による")

    found = next(r for r in tidy_rows(section.plan, access=None) if (r["指標コード"], r["年度"]) == ("3-1a", "2022"))

    assert found == {
        "団体コード": "122319",
        "自治体名": "印西市",
        "計画種別": "障害福祉計画",
        "計画期": "6",
        "計画名": "第6期障害福祉計画",
        "開始年度": "2021",
        "終了年度": "2023",
        "節番号": "3",
        "節名": "施設入所者の地域生活への移行",
        "種別": "成果目標",
        "指標コード": "3-1a",
        "指標番号": "1",
        "指標名": "うち精神障害者",
        "親指標": "3-1",
        "親との関係": "内数",
        "単位": "人",
        "種類": "数値",
        "方向": "増",
        "集計": "年度計",
        "基準値": "36.5",
        "基準年度": "2019",
        "年度": "2022",
        "年度和暦": "令和4年度",
        "計画値": "16",
        "計画値状態": "",
        "計画値原文": "16人",
        "実績値": "18.5",
        "実績値状態": "",
        "実績値原文": "",
        "分子": "",
        "分母": "",
        "時点": "9月末",
        "確定度": "速報",
        "差": "2.5",
        "達成率": "115.6",
        "乖離率": "15.6",
        "乖離値旧様式": "115.6",
        "判定": "達成",
        "注記": "速報による",
    }


@pytest.mark.django_db
def test_a_percentage_from_its_parts_is_written_to_one_decimal():
    measure = a_measure(a_section(a_plan()), value_kind=ValueKind.RATE)
    a_value(measure, 2021, "100", side=Side.PLANNED)
    a_value(measure, 2021, "66.6667", numerator=Decimal(2), denominator=Decimal(3))

    row = tidy_rows(measure.plan, access=None)[0]

    kept = ("計画値", "実績値", "分子", "分母", "差", "達成率", "乖離率", "乖離値旧様式")
    assert {column: row[column] for column in kept} == {
        "計画値": "100",
        "実績値": "66.7",
        "分子": "2",
        "分母": "3",
        "差": "-33.3",
        "達成率": "66.7",
        "乖離率": "-33.3",
        "乖離値旧様式": "66.7",
    }


@pytest.mark.django_db
def test_a_missing_figure_says_why():
    measure = a_measure(a_section(a_plan()))
    a_value(measure, 2021, state=State.NOT_SET, side=Side.PLANNED)
    a_value(measure, 2022, state=State.PENDING)
    a_value(measure, 2023, 4, side=Side.PLANNED)

    found = [
        (r["計画値"], r["計画値状態"], r["実績値"], r["実績値状態"], r["判定"])
        for r in tidy_rows(measure.plan, access=None)
    ]

    assert found == [
        ("", "設定しない", "", "未入力", "計画値なし"),
        ("", "", "", "集計中", "計画値なし"),
        ("4", "", "", "未入力", "未入力"),
    ]


@pytest.mark.django_db
def test_what_a_reader_may_not_see_is_blank_and_says_under_review():
    measure = a_measure(a_section(a_plan()))
    for year in (2021, 2022):
        a_value(measure, year, 5, side=Side.PLANNED)
        a_value(measure, year, 4, wording="4人", as_of="3月末", note="注")
    in_state(measure.section, 2021, YearState.CONFIRMED)

    shown, hidden, _ = tidy_rows(measure.plan, access=Access(Role.VIEWER))

    assert (shown["実績値"], shown["判定"]) == ("4", "未達")
    changed = {column for column in COLUMNS if shown[column] != hidden[column]}
    assert {column: hidden[column] for column in changed} == {
        "年度": "2022",
        "年度和暦": "令和4年度",
        "実績値": "",
        "実績値状態": "確認中",
        "実績値原文": "",
        "時点": "",
        "注記": "",
        "差": "",
        "達成率": "",
        "乖離率": "",
        "乖離値旧様式": "",
        "判定": "",
    }


@pytest.mark.django_db
def test_rows_follow_section_order_and_year():
    plan = a_plan(start=2021, end=2022)
    second, first = a_section(plan, 10), a_section(plan, 2)
    for section, code, order in ((second, "a", 1), (first, "z", 1), (first, "b", 2), (first, "y", 1)):
        a_measure(section, code, order=order)

    found = [(row["節番号"], row["指標コード"], row["年度"]) for row in tidy_rows(plan, access=None)]

    assert found == [
        (number, code, year)
        for number, code in (("2", "y"), ("2", "z"), ("2", "b"), ("10", "a"))
        for year in ("2021", "2022")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("measures", [1, 30])
def test_the_table_does_not_ask_more_for_more(measures, django_assert_num_queries):
    plan = Plan.objects.select_related("municipality").get(pk=a_full_plan(measures).pk)

    with django_assert_num_queries(3):
        rows = tidy_rows(plan, access=None)

    assert len(rows) == measures * 2 * 3


def test_csv_begins_with_a_mark_and_ends_its_lines_as_excel_does():
    content = as_csv([a_row(団体コード="012025", 指標名="「1,2」\n二行目")])

    assert content.startswith(b"\xef\xbb\xbf" + "団体コード,自治体名".encode())
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == 2
    assert lines_of(content)[1][COLUMNS.index("指標名")] == "「1,2」\n二行目"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "'"])
def test_csv_guards_texts_that_a_spreadsheet_would_calculate_and_no_number(sign):
    content = as_csv([a_row(注記=f"{sign}1+1", 実績値="-2", 差="-42", 指標名="a=b")])

    row = dict(zip(COLUMNS, lines_of(content)[1], strict=True))

    assert {column: row[column] for column in ("注記", "実績値", "差", "指標名")} == {
        "注記": f"'{sign}1+1",
        "実績値": "-2",
        "差": "-42",
        "指標名": "a=b",
    }


def test_json_has_numbers_as_numbers_and_blanks_as_null():
    content = as_json([a_row(団体コード="012025", 指標番号="1", 計画値="99999999999.9999", 達成率="66.0", 節番号="2")])

    assert json.loads(content, parse_float=Decimal) == [
        dict.fromkeys(COLUMNS)
        | {
            "団体コード": "012025",
            "指標番号": "1",
            "計画値": Decimal("99999999999.9999"),
            "達成率": Decimal("66.0"),
            "節番号": 2,
        }
    ]
    assert b'"\xe9\x81\x94\xe6\x88\x90\xe7\x8e\x87": 66.0,' in content


def test_xlsx_has_numbers_as_numbers_and_no_text_that_is_calculated():
    content = as_xlsx([a_row(団体コード="012025", 注記="=1+1", 実績値="-2.5", 指標番号="1")])

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]

    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    assert header == list(COLUMNS)
    assert sheet.freeze_panes == "A2"
    assert {name: (cell.value, cell.data_type, cell.quotePrefix) for name, cell in row.items() if cell.value} == {
        "団体コード": ("012025", "s", False),
        "指標番号": ("1", "s", False),
        "実績値": (-2.5, "n", False),
        "注記": ("=1+1", "s", True),
    }


@pytest.mark.parametrize("typed", ["_x000D_", "_x005F_x000D_", "_x0041_行", "x005F_", "二行\n二行目"])
def test_a_text_of_the_book_is_read_back_as_it_was_typed(typed):
    content = as_xlsx([a_row(団体コード="012025", 注記=typed)])

    table = read_table("表.xlsx", content)

    assert table.rows[0].cell(COLUMNS.index("注記")).text == typed


def test_an_empty_table_is_a_header():
    found = [tidy_file([], extension)[0] for extension in ("csv", "json")]

    assert found == [("﻿" + ",".join(COLUMNS) + "\r\n").encode(), b"[\n\n]\n"]
    assert load_workbook(io.BytesIO(tidy_file([], "xlsx")[0])).active.max_row == 1


# --- The city's own sheet ---


@pytest.fixture
def inzai(db):
    the_demo()
    return Plan.objects.select_related("municipality").get(slug="122319-6")


def test_the_city_s_sheet_is_24_goals_by_three_years(inzai):
    rows = tidy_rows(inzai, access=None)

    assert len(rows) == 72
    assert {row["種別"] for row in rows} == {Family.TARGET.label}
    assert {row["方向"] for row in rows} == {Direction.MORE.label}


def test_the_old_deviation_is_the_printed_one_in_all_36_cells(inzai):
    rows = {(row["指標コード"], row["年度"]): row for row in tidy_rows(inzai, access=None)}

    found = {
        code: tuple(rows[code, year]["乖離値旧様式"] for year in ("2021", "2022", "2023"))
        for code in PRINTED_DEVIATIONS
    }

    assert found == {code: tuple(p.removesuffix("%") for p in printed) for code, printed in PRINTED_DEVIATIONS.items()}


def test_planned_and_actual_are_the_printed_ones(inzai):
    rows = {(row["指標コード"], row["年度"]): row for row in tidy_rows(inzai, access=None)}

    found = {
        code: tuple(
            tuple(rows[code, year][column] for year in ("2021", "2022", "2023")) for column in ("計画値", "実績値")
        )
        for code in PRINTED_FIGURES
    }

    assert found == {
        code: tuple(tuple("" if n is None else str(n) for n in side) for side in sides)
        for code, sides in PRINTED_FIGURES.items()
    }


def test_figures_outside_the_blocks_keep_the_printed_words(inzai):
    rows = {(row["指標コード"], row["年度"]): row for row in tidy_rows(inzai, access=None)}

    found = [
        (rows["5-4", "2023"]["計画値"], rows["5-4", "2023"]["計画値原文"]),
        (rows["5-1", "2022"]["実績値"], rows["5-1", "2022"]["実績値状態"]),
        (rows["7-1", "2022"]["実績値"], rows["7-1", "2022"]["実績値原文"]),
        (rows["6-1", "2022"]["実績値"], rows["6-1", "2022"]["実績値原文"], rows["6-1", "2022"]["時点"]),
    ]

    assert found == [
        ("5", "有5人"),
        ("", "記述のみ"),
        ("4", "4人(子ども発達センター1人、障がい福祉課支援係3人)"),
        ("1", "有", "資料に年度の記載なし"),
    ]


# --- The command ---


def test_the_command_writes_a_file_or_its_output(inzai, tmp_path):
    out = io.StringIO()

    call_command("export_plan", "122319-6", format="tidy-csv", stdout=out)
    call_command("export_plan", "122319-6", format="tidy-json", output=tmp_path / "plan.json")
    call_command("export_plan", "122319-6", format="tidy-xlsx", output=tmp_path / "plan.xlsx")

    assert len(out.getvalue().splitlines()) == 73
    assert len(json.loads((tmp_path / "plan.json").read_bytes())) == 72
    assert load_workbook(tmp_path / "plan.xlsx").active.max_row == 73


def test_one_year_alone_may_be_asked_for(inzai):
    out = io.StringIO()

    call_command("export_plan", "122319-6", format="tidy-csv", year=2022, stdout=out)

    assert {line[COLUMNS.index("年度")] for line in lines_of(out.getvalue().encode())[1:]} == {"2022"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "options", "sentence"),
    [
        ("999999-1", {}, "計画「999999-1」はありません。"),
        ("122319-6", {"year": 2030}, "2030年度は計画の期間（2021から2023まで）の外です。"),
    ],
)
def test_what_is_not_there_is_said(slug, options, sentence):
    a_plan()

    with pytest.raises(CommandError) as refused:
        call_command("export_plan", slug, format="tidy-csv", **options)

    assert (refused.value.returncode, str(refused.value)) == (2, sentence)


# The bytes are written by a process of its own, which only finds a database that is a file.
@pytest.mark.sqlite
def test_without_o_bytes_go_to_standard_output(inzai, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", copy_database(tmp_path / "db.sqlite3"))
    run = [sys.executable, "manage.py", "export_plan"]

    done = subprocess.run([*run, "122319-6", "--format", "tidy-csv"], check=False, capture_output=True)
    gone = subprocess.run([*run, "122319-9", "--format", "tidy-csv"], check=False, capture_output=True)

    assert (done.returncode, done.stdout[:3], len(lines_of(done.stdout))) == (0, b"\xef\xbb\xbf", 73)
    assert (gone.returncode, gone.stdout) == (2, b"")
    assert "計画「122319-9」はありません。" in gone.stderr.decode()
