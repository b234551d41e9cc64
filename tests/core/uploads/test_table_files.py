"""Uploaded tables: what is read from them, and what is refused in a plain sentence."""

import io
import re
import tracemalloc
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS

from core.uploads.table_files import MAX_BYTES, read_table
from core.uploads.tables import MAX_COLUMNS, MAX_ROWS, NotReadable, TableCell, address
from core.uploads.xlsx_archive import MAX_ELEMENTS, MAX_OTHER_ELEMENTS, MAX_TEXT_ELEMENTS
from tests import hostile_files
from tests.hostile_files import SHEET, TEXTS


def texts(table):
    return [[cell and cell.text for cell in row.cells] for row in table.rows]


def a_book(*lines, formats=(), then=None):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    for place, number_format in formats:
        book.active[place].number_format = number_format
    if then:
        then(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content, name, change):
    """The same archive with one part rewritten."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return file.getvalue()


def refusal(name, content):
    with pytest.raises(NotReadable) as refused:
        read_table(name, content)
    return refused.value.address, str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        "団体コード,値\r\n012025,１２人\r\n".encode("utf-8-sig"),
        "団体コード,値\n012025,１２人\n".encode(),
        "団体コード,値\r\n012025,１２人\r\n".encode("cp932"),
        '"団体コード","値"\r\n"012025","１２人"'.encode(),
    ],
)
def test_csv_is_read_in_the_encodings_of_a_city(content):
    table = read_table("表.CSV", content)

    assert (table.header, texts(table), table.is_csv) == (("団体コード", "値"), [["012025", "１２人"]], True)


def test_rows_keep_the_number_a_spreadsheet_shows():
    table = read_table("a.csv", b'a,b\n"1\n2",x\n\n , \n3,y\n')

    assert [row.number for row in table.rows] == [2, 5]
    assert texts(table) == [["1\n2", "x"], ["3", "y"]]


@pytest.mark.parametrize(("column", "row", "name"), [(0, 1, "A1"), (2, 12, "C12"), (26, 3, "AA3")])
def test_addresses_are_those_of_a_spreadsheet(column, row, name):
    assert address(column, row) == name


def test_numbers_of_a_book_are_what_people_see():
    content = a_book(
        ["a", "b", "c", "d", "e", "f", "g"],
        [66.7, 0.1 + 0.2, 12, 99999999999.9999, -3.0, "0012", 1e-4],
    )

    assert texts(read_table("a.xlsx", content)) == [["66.7", "0.3", "12", "99999999999.9999", "-3", "0012", "0.0001"]]


def test_a_percentage_of_a_book_is_read_times_100():
    content = a_book(
        ["a", "b", "c", "d"],
        [0.667, 1, 66.7, "66.7%"],
        formats=[("A2", "0.0%"), ("B2", "0%"), ("C2", '0.0"%"'), ("D2", "0%")],
    )

    found = [(cell.text, cell.is_percent) for cell in read_table("a.xlsx", content).rows[0].cells]

    assert found == [("66.7", True), ("100", True), ("66.7", False), ("66.7%", False)]


def test_dates_of_a_book_say_that_they_are_dates():
    content = a_book(["a"], [date(2022, 5, 9)])

    assert read_table("a.xlsx", content).rows[0].cells == (TableCell("2022-05-09", is_date=True),)


def test_a_formula_is_its_saved_result():
    content = with_part(
        a_book(["a", "b", "c"], ["=1+1", '=""', 5]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
            b'<c r="B2">', b'<c r="B2" t="str">'
        ),
    )

    assert read_table("a.xlsx", content).rows[0].cells == (TableCell("2"), TableCell(""), TableCell("5"))


def test_a_formula_never_calculated_and_an_error_are_problems_of_their_cells():
    content = a_book(["a", "b"], ["=1+1", "#DIV/0!"])

    found = [cell.problem for cell in read_table("a.xlsx", content).rows[0].cells]

    assert found == [
        "数式の計算結果が保存されていません。表計算ソフトで開いて保存し直すか、値にして貼り付けてください。",
        "数式の結果がエラー（#DIV/0!）です。値を入力してください。",
    ]


def test_a_text_that_looks_like_a_formula_is_a_text():
    def as_text(book):
        book.active["A2"].value = "=1+1"
        book.active["A2"].data_type = "s"

    assert texts(read_table("a.xlsx", a_book(["a"], [None], then=as_text))) == [["=1+1"]]


RELATIONS = "xl/_rels/workbook.xml.rels"


def a_cell_as(kind, written):
    """A book whose one cell says this: among the shared texts, as Excel writes it, in place, or as a result."""
    cells = {
        "shared": '<c r="A2" t="s"><v>0</v></c>',
        "inline": f'<c r="A2" t="inlineStr"><is><t>{written}</t></is></c>',
        "formula": f'<c r="A2" t="str"><f>B2</f><v>{written}</v></c>',
    }
    relation = f'<Relationship Type="{REL_NS}/sharedStrings" Target="sharedStrings.xml" Id="rId9" /></Relationships>'
    content = with_part(
        a_book(["注記"], ["原文"]), RELATIONS, lambda part: part.replace(b"</Relationships>", relation.encode())
    )
    content = with_part(content, SHEET, lambda part: re.sub(rb'<c r="A2".*?</c>', lambda _: cells[kind].encode(), part))
    return hostile_files.with_part(
        content, TEXTS, f'<sst xmlns="{SHEET_MAIN_NS}"><si><t>{written}</t></si></sst>'.encode()
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("一行目_x000D_\n二行目", "一行目\r\n二行目"),
        ("縦タブ_x000B_", "縦タブ\x0b"),
        ("_x005F_x000D_ と打った", "_x000D_ と打った"),
        ("_x0041_ と x005F_ と _xZZZZ_ と _xD83D_", "_x0041_ と x005F_ と _xZZZZ_ と _xD83D_"),
    ],
)
@pytest.mark.parametrize("kind", ["shared", "inline", "formula"])
def test_what_a_spreadsheet_escapes_is_read_as_what_was_typed(kind, written, read):
    assert texts(read_table("表.xlsx", a_cell_as(kind, written))) == [[read]]


def test_the_table_of_a_book_is_the_first_sheet_that_people_see():
    def hide(book):
        book.active.sheet_state = "hidden"
        book.active = book.create_sheet("今年")
        book.active.append(["値"])
        book.active.append([2])

    table = read_table("表.xlsx", a_book(["値"], [1], then=hide))

    assert texts(table) == [["2"]]


def test_json_keeps_every_digit_and_knows_a_key_that_is_not_there():
    table = read_table("a.json", '[{"a": 66.70, "b": null}, {"a": "１２", "c": 99999999999.9999}]'.encode())

    assert table.header == ("a", "b", "c")
    assert texts(table) == [["66.70", "", None], ["１２", None, "99999999999.9999"]]


@pytest.mark.parametrize(
    ("name", "content", "beginning"),
    [
        ("a.pdf", b"%PDF", "取り込めるのは"),
        ("a", b"a,b", "取り込めるのは"),
        ("a.xls", b"\xd0\xcf\x11\xe0", ".xls は読み取れません"),
        ("a.csv", b" \r\n", "ファイルが空です"),
        ("a.csv", b"x" * (MAX_BYTES + 1), "ファイルが大きすぎます"),
        ("a.csv", b"\xff\xfea\x00,\x00b\x00", "文字コードが分かりません"),
        ("a.csv", b'a,b\n"1,2', "CSVとして読み取れません"),
        ("a.csv", b",\n1,2", "1行目に見出しがありません"),
        ("a.xlsx", b"a,b\n1,2", "ブックとして読み取れません"),
        ("a.xlsx", b"PK\x03\x04 not a zip", "ブックとして読み取れません"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0 encrypted", "パスワード付きか、古い形式"),
        ("a.json", b"{", "JSONとして読み取れません"),
        ("a.json", b'[{"a": NaN}]', "JSONとして読み取れません"),
        ("a.json", b"[" * 100_000, "JSONとして読み取れません"),
        ("a.json", b'{"a": 1}', "一覧表のJSONではありません"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(name, content, beginning):
    place, sentence = refusal(name, content)

    assert (place, sentence[: len(beginning)]) == ("A1", beginning)


@pytest.mark.parametrize(
    ("content", "place", "beginning"),
    [
        (b"a\n" + b"1\n" * (MAX_ROWS + 1), f"A{MAX_ROWS + 2}", "行が多すぎます"),
        (b"a," * (MAX_COLUMNS + 1), "CW1", "列が多すぎます"),
        (b"a,b\n1," + b"x" * 40_000, "B2", "文字が多すぎます"),
    ],
)
def test_limits_name_the_cell(content, place, beginning):
    found = refusal("a.csv", content)

    assert (found[0], found[1][: len(beginning)]) == (place, beginning)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", b"a\n" + b"1," * 2_000_000, ("A2", "1行が長すぎます")),
        ("a.csv", b"a\n" + b"1," * 400_000, ("CW2", "列が多すぎます")),
        ("a.json", b"[" + b",".join(b'{"k%d":1}' % key for key in range(10_000)) + b"]", ("CW1", "列が多すぎます")),
        ("a.json", b"[" + b"{}," * MAX_ROWS + b"{}]", (f"A{MAX_ROWS + 2}", "行が多すぎます")),
    ],
)
def test_a_table_that_would_multiply_is_refused_before_its_cells_are_made(name, content, found):
    tracemalloc.start()
    place, sentence = refusal(name, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (place, sentence.split("。")[0]) == found
    assert peak < 60_000_000  # bytes; the cells of the first would take 140 MB, those of the second 800 MB


def test_a_cell_longer_than_any_reader_takes_is_refused():
    assert refusal("a.csv", b"a\n" + b"x" * 200_000)[1].startswith("CSVとして読み取れません")


def test_a_book_within_a_small_file_that_unpacks_to_much_is_refused_before_it_is_opened():
    bomb = with_part(a_book(["a"]), "xl/worksheets/sheet1.xml", lambda xml: b"<x>" + b"a" * 80_000_000)

    assert len(bomb) < 200_000
    assert refusal("a.xlsx", bomb)[1].startswith("ブックを開くと大きくなりすぎます")


@pytest.mark.parametrize(
    ("part", "around", "element", "count"),
    [
        ("xl/styles.xml", "<styleSheet>{}</styleSheet>", "<xf/>", MAX_OTHER_ELEMENTS),
        ("xl/workbook.xml", "<workbook>{}</workbook>", "<definedName/>", MAX_OTHER_ELEMENTS),
        ("xl/worksheets/sheet1.xml", "<worksheet><row>{}</row></worksheet>", "<c/>", MAX_ELEMENTS),
    ],
)
def test_a_book_of_very_many_elements_is_refused_before_it_is_opened(part, around, element, count):
    bomb = with_part(a_book(["a"]), part, lambda xml: around.format(element * (count + 1)))

    assert refusal("a.xlsx", bomb)[1].startswith("ブックを開くと大きくなりすぎます")


@pytest.mark.parametrize(("count", "refused"), [(MAX_TEXT_ELEMENTS // 10, False), (MAX_TEXT_ELEMENTS, True)])
def test_a_book_may_have_more_elements_in_its_shared_texts_but_not_any_number(count, refused):
    file = io.BytesIO(a_book(["a"]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst><si>{'<r><t>a</t></r>' * (count // 2)}</si></sst>")

    if refused:
        assert refusal("a.xlsx", file.getvalue())[1].startswith("ブックを開くと大きくなりすぎます")
    else:
        assert read_table("a.xlsx", file.getvalue()).header == ("a",)


def test_a_book_of_very_many_parts_is_refused():
    file = io.BytesIO(a_book(["a"]))
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(1001):
            archive.writestr(f"part{number}", b"")

    assert refusal("a.xlsx", file.getvalue())[1].startswith("ブックの部品が多すぎます")


def test_a_book_whose_size_is_a_lie_is_read_by_its_rows():
    lying = with_part(
        a_book(["a"], ["1"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'ref="A1:A2"', b'ref="A1:CZ1048576"'),
    )

    assert texts(read_table("a.xlsx", lying)) == [["1"]]


@pytest.mark.parametrize(("merged", "refused"), [("A3:CZ20000", True), ("A1:XFD1", False), ("B2:C900", False)])
def test_a_merge_over_more_cells_than_a_table_has_is_refused_by_its_place(merged, refused):
    content = with_part(
        a_book(["a"], ["1"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            b"</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{merged}"/></mergeCells>'.encode()
        ),
    )

    if refused:
        sentence = f"結合したセルが広すぎます（{merged}）。結合を解除し、保存し直してください。"
        assert refusal("a.xlsx", content) == ("A3", sentence)
    else:
        assert texts(read_table("a.xlsx", content)) == [["1"]]


def test_a_row_behind_a_gap_is_not_lost_without_a_word():
    def far_below(book):
        book.active.cell(MAX_ROWS + 100, 1).value = "x"

    assert refusal("a.xlsx", a_book(["a"], then=far_below))[0] == f"A{MAX_ROWS + 100}"


def test_a_row_that_no_spreadsheet_has_is_not_followed():
    endless = with_part(
        a_book(["a"], ["1"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", b'<row r="99999999999"/></sheetData>'),
    )

    assert texts(read_table("a.xlsx", endless)) == [["1"]]


def test_entities_are_not_expanded():
    nasty = with_part(
        a_book(["a"], ["1"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: b'<!DOCTYPE x [<!ENTITY e "boom">]>' + xml.replace(b"<v>1</v>", b"<v>&e;</v>"),
    )

    assert refusal("a.xlsx", nasty)[1].startswith("ブックとして読み取れません")


def test_a_book_with_too_many_rows_or_columns_names_where():
    rows = a_book(*[["a"]] * (MAX_ROWS + 2))
    columns = a_book(["a"] * (MAX_COLUMNS + 1))

    assert [refusal("a.xlsx", content)[0] for content in (rows, columns)] == [f"A{MAX_ROWS + 2}", "CW1"]
