"""Files and texts that are no old sheet: refused in a plain sentence, and soon."""

import io
from contextlib import suppress
from itertools import count
from time import thread_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from core.archive.reading import NOTHING_FOUND, read_archive
from core.archive.sheet import NO_TEXT, TOO_LONG, read_file, read_text
from core.uploads.tables import NotReadable
from tests.archive_sheets import INZAI
from tests.hostile_tables import SHEET_TRAPS, trap_sheet
from tests.processor_time import SOON, in_sheets

YEARS = range(2021, 2024)
ENCODING = "文字コードが分かりません。「CSV UTF-8（コンマ区切り）」で保存し直してください。"
CONTROLS = "文字でないものが入っています。評価シートの範囲を写し、文字として貼り付けてください。"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"x" * 10_000_000, TOO_LONG),
        ("a.txt", b"\n" * 150_000, "ファイルが空です。"),
        ("a.txt", b"a\n" * 90_000, TOO_LONG),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00", ENCODING),
        ("a.txt", b"PK\x03\x04\x01\x02", CONTROLS),
        ("a.txt", bytes(range(128, 160)) * 40, ENCODING),
        ("a.csv", b"a," * 90_000, "列が多すぎます。100列までにしてください。"),
        ("a.csv", b'"' + b"a," * 49, NOTHING_FOUND),
        ("a.txt", b"<script " * 20_000, NOTHING_FOUND),
        ("a.txt", b"<td" + b"<" * 190_000, NOTHING_FOUND),
        ("a.txt", "①（１（".encode() * 40_000, NOTHING_FOUND),
        ("a.txt", "(令和3年度)".encode() * 20_000, NOTHING_FOUND),
        ("a.txt", b"\t".join([b"1"] * 99) + b"\n", NOTHING_FOUND),
        ("a.txt", b"\n".join([b"\t".join([b"1"] * 99)] * 900), TOO_LONG),
        ("a.pdf", b"%PDF", None),
        ("a.xlsx", b"PK", None),
    ],
    ids=count(),
)
def test_what_is_no_sheet_is_refused_soon(name, content, sentence):
    begun = thread_time()

    with pytest.raises(NotReadable) as refused:
        read_archive(read_file(name, content), YEARS)

    assert in_sheets(thread_time() - begun) < SOON
    assert sentence is None or str(refused.value) == sentence


@pytest.mark.parametrize("body", SHEET_TRAPS.values(), ids=SHEET_TRAPS)
def test_a_sheet_of_nothing_but_traps_is_answered_soon(body):
    begun = thread_time()

    with suppress(NotReadable):
        read_archive(read_file("a.txt", trap_sheet(body)), YEARS)

    assert in_sheets(thread_time() - begun) < SOON


GOALS = "成果目標です。①移行者数 4人②相談 3件"


@pytest.mark.parametrize(
    ("overview", "results"),
    [
        (GOALS + "【" + "年" * 190_000, "①行った。"),
        ("①移行" + " a" * 95_000, "①行った。"),
        (f"①移行 4{chr(0x2003) * 190_000}x", "①行った。"),
        (GOALS, "①移行" + " a" * 95_000),
        (GOALS, "令和3年度は1回、" * 20_000),
        (GOALS, "令和3年度は1人、" * 20_000),
        (GOALS, "①移行" + "令和3年度 1人、" * 20_000),
        (GOALS + "【2019年度】 1人" * 17_000, "①行った。"),
    ],
    ids=count(),
)
def test_a_section_with_an_endless_text_is_answered_soon(overview, results):
    sheet = f"成果目標\t節別\t概要\t実績\t課題\n■移行\t第1節\t{overview}\t{results}\t課題です。"
    begun = thread_time()

    with suppress(NotReadable):
        read_archive(read_file("a.txt", sheet.encode()), YEARS)

    assert in_sheets(thread_time() - begun) < SOON


TAGS = st.sampled_from(["br", "p", "div", "span", "table", "tbody", "tr", "td", "th", "b", "o:p"]).flatmap(
    lambda name: st.sampled_from(
        [f"<{name}>", f"</{name}>", f"<{name}/>", f'<{name} class="x" rowspan="2">', f"<{name}>".upper(), "<!-- x -->"]
    )
)
BLANKS = st.sampled_from(
    [*" \t\n\r\x0b\x0c\u00a0\u2028\u3000\ufeff\u200b", "\r\n", "&nbsp;", "&#160;", "&#x3000;", "&#8203;", "&#xFEFF;"]
)
MARKUP_ALONE = st.lists(TAGS | BLANKS, max_size=20).map("".join)


@given(MARKUP_ALONE)
@example("<br>")
@example("<table></table>")
@example("<p>&nbsp;</p>")
@example("\ufeff")
@example("\t\t\t")
def test_a_paste_without_any_text_is_refused_with_what_to_do(typed):
    with pytest.raises(NotReadable) as refused:
        read_archive(read_text(typed), YEARS)

    assert str(refused.value) == NO_TEXT


@given(
    st.lists(TAGS | BLANKS | st.sampled_from(["第1節", "①", "計画値", "2021年度", "1", ",", '"']), max_size=30).map(
        "".join
    )
)
def test_whatever_is_pasted_is_read_or_refused_in_a_sentence(typed):
    with suppress(NotReadable):
        read_archive(read_text(typed), YEARS)


def a_blank_book(*lines: list[str]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    book.save(saved := io.BytesIO())
    return saved.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"<br>"),
        ("a.txt", "\ufeff".encode()),
        ("a.tsv", b"\t\xc2\xa0\t\n\t"),
        ("a.csv", b',,"",\n""'),
        ("a.xlsx", a_blank_book()),
        ("a.xlsx", a_blank_book([" ", "\u3000"], ["\u200b"])),
    ],
    ids=count(),
)
def test_a_file_without_any_text_is_refused_with_what_to_do(name, content):
    with pytest.raises(NotReadable) as refused:
        read_file(name, content)

    assert str(refused.value) == NO_TEXT


def test_the_older_encoding_and_a_workbook_read_as_the_text_does():
    text = INZAI.read_text()
    book = Workbook()
    for line in text.split("\n"):
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in line.split("\t")])
    book.save(saved := io.BytesIO())

    found = [
        read_archive(read_file(name, content), YEARS)
        for name, content in (
            ("a.txt", text.encode()),
            ("a.txt", text.encode("cp932")),
            ("a.xlsx", saved.getvalue()),
        )
    ]

    assert found[0].sections == found[1].sections == found[2].sections
    assert found[0].questions == found[1].questions == found[2].questions
