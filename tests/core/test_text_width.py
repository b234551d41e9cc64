"""Widths and line breaks of Japanese text."""

import pytest

from core.text_width import split_after_lines, text_width, wrap


@pytest.mark.parametrize(("text", "ems"), [("計画", 2), ("12", 1.2), ("①", 1), ("ｶﾅ", 1.2), ("", 0)])
def test_wide_and_ambiguous_signs_fill_a_square_and_narrow_ones_a_good_half(text, ems):
    assert text_width(text, 10) == pytest.approx(ems * 10)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("一二三四五六", ["一二三四五", "六"]),
        ("一二三四五。六", ["一二三四", "五。六"]),
        ("一二三四（五", ["一二三四", "（五"]),
        ("一二三ABCDE", ["一二三", "ABCDE"]),
        ("一\n\n二", ["一\n", "\n", "二"]),
        ("A" * 12, ["A" * 8, "A" * 4]),
    ],
)
def test_text_wraps_as_spreadsheets_wrap_japanese(text, lines):
    assert wrap(text, 50, 10) == lines


def test_a_text_is_split_after_a_sentence_where_one_ends_near_the_cut():
    text = "一二三四五六七。八九十"

    assert split_after_lines(text, 50, 10, 2) == ("一二三四五六七。", "八九十")


def test_a_text_that_fits_is_not_split():
    assert split_after_lines("一二三", 50, 10, 1) == ("一二三", "")
