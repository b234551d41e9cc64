"""What is put into a cell is what a spreadsheet reads back, and the same workbook makes the same file."""

from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.characters import escaped
from core.workbooks.cells import put
from core.workbooks.file import new_workbook, saved

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**11), max_value=10**11, places=4)
EDGY = [
    "=1+1",
    "+1",
    "-1",
    "@A1",
    " 前後の空白 ",
    "<b>&amp;\"'",
    "1行目\n2行目",
    "]]>",
    "３人",
    "_x000D_",
    "1e3",
    "\x0b",
]
TEXTS = st.text(max_size=30) | st.sampled_from(EDGY)


def read_back(values: list) -> list:
    workbook = new_workbook("試し")
    for row, value in enumerate(values, start=1):
        put(workbook.active.cell(row, 1), value)
    sheet = load_workbook(BytesIO(saved(workbook))).active
    return [(sheet.cell(row, 1).value, sheet.cell(row, 1).data_type) for row in range(1, len(values) + 1)]


@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_a_number_stays_the_same_number(numbers):
    assert [(Decimal(str(value)), kind) for value, kind in read_back(numbers)] == [(n, "n") for n in numbers]


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_a_text_stays_text_whatever_it_begins_with(texts):
    """With line ends as a workbook has them, without what XML forbids; a text of that alone is nothing."""
    expected = [escaped(text).replace("\r\n", "\n").replace("\r", "\n") for text in texts]

    assert read_back(texts) == [(text, "s") if text else (None, "n") for text in expected]


@pytest.mark.parametrize("value", [None, "", "\x1f"])
def test_nothing_is_no_cell(value):
    assert read_back([value]) == [(None, "n")]


def test_the_same_workbook_makes_the_same_bytes_on_another_day(time_machine):
    def made() -> bytes:
        workbook = new_workbook("題名")
        put(workbook.active["A1"], "あ")
        return saved(workbook)

    time_machine.move_to("2026-04-01 00:00:00+00:00")
    first = made()
    time_machine.move_to("2027-05-02 12:00:00+00:00")

    assert made() == first


def test_widths_are_counted_in_digits_of_a_font_that_every_machine_draws_alike():
    workbook = load_workbook(BytesIO(saved(new_workbook("題名"))))

    assert (workbook.active["A1"].font.name, workbook.active["A1"].font.sz) == ("Courier New", 10)
