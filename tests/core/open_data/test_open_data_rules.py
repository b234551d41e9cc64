"""Each rule of machine-readable data: what is against it, where, and what keeps it."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from core.open_data.check import MOST_COUNTED, MOST_SHOWN, check_open_data
from core.open_data.checked_file import MAX_CELLS, checked_file
from core.open_data.machine_characters import EXAMPLES, plain_characters
from core.open_data.rules import RULES
from core.open_data.texts import is_live, open_text, western_year, without_layout
from core.uploads.tables import NotReadable

# What a rule says depends on no database.
pytestmark = pytest.mark.sqlite

CLEAN = (
    ("団体コード", "自治体名", "年度", "サービス", "利用者数（人）", "備考"),
    ("122319", "印西市", "2021", "居宅介護", "12", ""),
    ("122319", "印西市", "2022", "居宅介護", "-3.5", "令和4年5月に2回、計10人に聞いた。"),
    ("122319", "印西市", "2023", "Ａ型", "", "集計中"),
)


def lines_with(cells):
    """The clean table with some cells written otherwise, by address; the grid grows where they stand outside."""
    lines = [list(line) for line in CLEAN]
    for place, text in cells.items():
        letters, row = coordinate_from_string(place)
        column = column_index_from_string(letters)
        lines += [[] for _ in range(row - len(lines))]
        lines[row - 1] += [""] * (column - len(lines[row - 1]))
        lines[row - 1][column - 1] = text
    return lines


def as_csv(lines, encoding="utf-8-sig"):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode(encoding)


def as_book(lines, then=None):
    """A workbook in which what is a number is one, but for 団体コード."""
    book = Workbook()
    for row, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            is_number = row > 1 and column in (3, 5) and text.lstrip("-").replace(".", "").isdecimal()
            book.active.cell(row, column, float(text) if is_number and text.isascii() else text or None)
    if then:
        then(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def found(name, content):
    return [(one.address, one.rule) for one in check_open_data(name, content).violations]


@pytest.mark.parametrize(("name", "write"), [("a.csv", as_csv), ("a.xlsx", as_book)])
def test_a_table_that_keeps_all_rules_is_clean(name, write):
    assert found(name, write(CLEAN)) == []


OF_ONE_CELL = [
    ("E2", "300(110)", "1-2"),
    ("E2", "17人（移行13人・A型2人・B型2人）", "1-2"),
    ("E2", "12、13", "1-2"),
    ("E2", "12\n13", "1-2"),
    ("E2", "12人", "1-3"),
    ("E2", "1,234", "1-3"),
    ("E2", "１２", "1-3"),
    ("E2", "▲3", "1-3"),
    ("E2", "66.7%", "1-3"),
    ("E2", "－", "1-3"),
    ("E2", "集計中", "1-3"),
    ("E2", "約10人以上", "1-3"),
    ("E2", "十二", "1-3"),
    ("D2", "　居宅介護", "1-5"),
    ("D2", "居宅介護 ", "1-5"),
    ("D2", "合　計", "1-5"),
    ("D2", "居宅\n介護", "1-5"),
    ("D1", "サー\nビス", "1-5"),
    ("F3", "ひとつ　　ふたつ", "1-5"),
    ("D3", "同上", "1-6"),
    ("D3", "〃", "1-6"),
    ("D1", "", "1-6"),
    ("D1", "年度", "1-6"),
    ("F2", "=E2+E3", "1-7"),
    ("E1", "利用者", "1-9"),
    ("D2", "①居宅介護", "1-10"),
    ("D2", "㈱居宅", "1-10"),
    ("F2", "Ⅲ類", "1-10"),
    ("F2", "ﾎｰﾑﾍﾙﾌﾟ", "1-10"),
    ("F2", "令和4年3月末", "1-11"),
    ("F2", "Ｒ５．３．３１現在", "1-11"),
    ("F1", "令和3年度の備考", "1-11"),
    ("A2", "122310", "1-12"),
    ("A2", "", "1-12"),
    ("A1", "市", "1-12"),
    ("B1", "市", "1-12"),
]


@pytest.mark.parametrize(("name", "write"), [("a.csv", as_csv), ("a.xlsx", as_book)])
@pytest.mark.parametrize(("place", "text", "rule"), OF_ONE_CELL)
def test_one_cell_against_a_rule_is_named_with_its_address(name, write, place, text, rule):
    broken = found(name, write(lines_with({place: text})))

    at = "A1" if rule == "1-12" and place in ("A1", "B1") else place
    assert (at, rule) in broken


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("E2", "0"),
        ("E2", "0.25"),
        ("F2", "令和4年3月末（2022年）"),
        ("F2", "令和3年度"),  # 2021 stands in the same row
        ("F2", "髙橋、𠮷田、葛飾"),
        ("F2", "（1）12人、13人のうち"),
        ("F2", "-"),
        ("F2", "＝1+1"),
        ("F2", "～〜－―ー"),
        ("D2", "第1号　全部"),
        ("A2", "12231"),
        ("E1", "利用者数（人/月）"),
        ("E1", "達成率"),
    ],
)
def test_what_only_looks_like_a_violation_is_none(place, text):
    assert found("a.csv", as_csv(lines_with({place: text}))) == []


@pytest.mark.parametrize(
    ("place", "text", "remedy"),
    [
        ("E2", "１，２３４人", "「1234」とし、単位は見出しか単位の列に書いてください"),
        ("E2", "集計中", "数値がないセルは空欄にし、理由は別の列（状態など）に書いてください"),
        ("D2", "合　計", "「合計」としてください"),
        ("D2", "①㈱", "「(1)(株)」のように、どの機種にもある文字で書いてください"),
        ("F2", "令和5年度", "「2023」の列を加えるか、「令和5年度（2023年）」のように西暦を併記してください"),
    ],
)
def test_a_remedy_says_how_the_cell_should_stand(place, text, remedy):
    [violation] = check_open_data("a.csv", as_csv(lines_with({place: text}))).violations

    assert (violation.address, violation.remedy) == (place, remedy)


def test_names_left_out_are_told_from_cells_that_may_be_blank():
    lines = [("区分", "サービス", "人数"), ("訪問系", "居宅介護", "1"), ("", "重度訪問", "2"), ("", "同行援護", "3")]

    broken = found("a.csv", as_csv(lines))

    assert [one for one in broken if one[1] == "1-6"] == [("A3", "1-6"), ("A4", "1-6")]


def test_title_gap_second_table_and_note_are_told_apart():
    lines = [("令和4年度の状況",), *CLEAN, (), ("122319", "印西市", "2021", "短期入所", "4", ""), ("※ 速報です。",)]
    lines = [line if len(line) > 1 else (*line, *[""] * 5)[:6] for line in lines]

    broken = found("a.csv", as_csv(lines))

    assert broken == [("A6", "2-1"), ("A1", "table"), ("A8", "table")]


def test_a_line_of_another_length_and_another_encoding_are_told():
    lines = [*CLEAN, ("122319", "印西市", "2024", "居宅介護", "4")]

    assert found("a.csv", as_csv(lines)) == [("A5", "lines")]
    assert found("a.csv", as_csv(CLEAN, "cp932")) == [("A1", "utf-8")]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+A1", "-A1", "'=1+1"])
def test_a_csv_holds_nothing_that_a_spreadsheet_would_calculate(text):
    assert found("a.csv", as_csv(lines_with({"F2": text}))) == [("F2", "1-7")]


def test_what_only_a_workbook_has_is_looked_at_too():
    def spoil(book):
        sheet = book.active
        sheet.merge_cells("D3:D4")
        sheet["E2"] = "12"
        sheet["E2"].data_type = "s"
        sheet["F4"] = "#DIV/0!"
        sheet["F4"].data_type = "e"
        sheet["A2"].comment = Comment("内緒", "市")
        sheet.add_chart(BarChart(), "H2")
        sheet.column_dimensions["F"].hidden = True
        sheet.row_dimensions[4].hidden = True

    broken = found("a.xlsx", as_book(CLEAN, spoil))

    assert broken == [
        ("E2", "1-3"),
        ("D3", "1-4"),
        ("F4", "1-7"),
        ("A1", "1-8"),
        ("A1", "1-8"),
        ("A1", "hidden"),
        ("A1", "hidden"),
    ]


def test_several_sheets_are_named_and_hidden_ones_told():
    def add(book):
        book.active.title = "表"
        other = book.create_sheet("控え")
        other.append(["番号", "名"])
        other.append(["1", "①"])
        other.sheet_state = "hidden"

    assert found("a.xlsx", as_book(CLEAN, add)) == [("控え!B2", "1-10"), ("控え!A1", "hidden")]


def test_every_rule_names_its_source_and_is_met_by_a_case():
    met = {rule for _, _, rule in OF_ONE_CELL} | {"1-4", "1-8", "2-1", "table", "lines", "utf-8", "hidden"}

    assert {rule.key for rule in RULES} == met
    assert all(rule.title and rule.source for rule in RULES)


def test_counting_ends_where_nobody_needs_the_number():
    lines = [CLEAN[0], *[("122319", "印西市", "2021", "①", "1", "")] * (MOST_COUNTED + 9)]

    verdict = check_open_data("a.csv", as_csv(lines))

    assert (len(verdict.violations), verdict.total_in_words) == (MOST_SHOWN, "1,000件以上")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xls", b"x", "Excelブック（.xlsx）"),
        ("a.pdf", b"x", "点検できるのは"),
        ("a.json", b"[]", "点検できるのは"),
        ("a.csv", b"", "ファイルが空です"),
        ("a.csv", b'"a', "引用符"),
        ("a.csv", b"\xff\xfe\x00a", "文字コードが分かりません"),
        ("a.csv", b"\r\n\r\n", "ファイルが空です"),
        ("a.csv", b",,\r\n,,\r\n", "表がありません"),
        ("a.csv", b"a," * 101, "列が多すぎます"),
        ("a.csv", b"a\n" * 20_002, "行が多すぎます"),
        ("a.csv", (b"," * 99 + b"\n") * (MAX_CELLS // 100 + 1), "セルが多すぎます"),
        ("a.csv", b"a\n" + b"x" * 40_000, "文字が多すぎます"),
        ("a.xlsx", b"PK\x03\x04 no book", "ブックとして読み取れません"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_a_sentence(name, content, sentence):
    with pytest.raises(NotReadable, match=sentence):
        checked_file(name, content)


def test_a_sheet_made_to_keep_a_search_busy_is_answered_at_once():
    content, file = as_book(CLEAN), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            xml = old.read(part)
            if part.endswith("sheet1.xml"):
                noise = b"<!--" + b"<col <mergeCell " * 30_000 + b"-->"
                xml = xml.replace(b"</worksheet>", noise + b"</worksheet>")
            new.writestr(part, xml)

    assert found("a.xlsx", file.getvalue()) == []


def test_the_examples_of_signs_are_replaced_as_shown():
    shown = dict(EXAMPLES)

    assert shown | {"①": "(1)", "Ⅲ": "III", "㈱": "(株)", "№": "No.", "㎡": "m2", "ｶﾞ": "ガ", "☎": "〓"} == shown


@given(st.text(st.characters() | st.sampled_from("①Ⅲ㈱　 \n=+-@令和4年3月元末RHS.0123ｶﾞ合計"), max_size=15))
def test_an_open_text_is_open_and_stays_as_it_is(text):
    opened = open_text(text)

    assert open_text(opened) == opened
    assert (plain_characters(opened), without_layout(opened), is_live(opened), western_year(opened)) == (
        opened,
        opened,
        False,
        None,
    )
