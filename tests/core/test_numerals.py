"""Number texts as typed, and numbers as printed."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numerals import one_decimal, plain, read_numeral

STORED_NUMBERS = st.decimals(min_value=-(10**11) + 1, max_value=10**11 - 1, places=4)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("１２", "12"),
        ("0.3", "0.3"),
        ("007", "7"),
        ("+3", "3"),
        ("1,234", "1234"),
        ("１２，３４５．５", "12345.5"),
        ("1,234,567", "1234567"),
        ("99999999999.9999", "99999999999.9999"),
        ("1.50000", "1.5"),
        *((f"{minus}3", "-3") for minus in "-▲△−‐‑‒–—―ー－"),
        ("▲ 3", "-3"),
        ("▲1,234人", "-1234"),
        ("-0", "0"),
        *(
            (f"12{unit}", "12")
            for unit in ("人", "名", "件", "回", "日", "時間", "円", "床", "棟", "部会", "人日", "％", "%")
        ),
        *((f"1{unit}", "1") for unit in ("か所", "カ所", "ｶ所", "ヵ所", "ヶ所", "ケ所", "箇所", "個所")),
        *(
            (f"8{unit}", "8")
            for unit in ("人/月", "人／月", "人日/月", "時間/月", "回/年", "件/年", "人/回", "単位/月")
        ),
        ("１，２３４ 人", "1234"),
        ("有5人", "5"),
        ("有 1回", "1"),
        ("年1回", "1"),
        ("月2回", "2"),
        ("延べ30人", "30"),
        ("約10人", "10"),
        ("概ね10", "10"),
        ("10人以上", "10"),
        ("10人以下", "10"),
        ("10未満", "10"),
        ("10回程度", "10"),
        ("約年10回程度", "10"),
        ("10割", "100"),
        ("8割", "80"),
        ("2割5分", "25"),
        ("２割５分３厘", "25.3"),
        ("約8割以上", "80"),
    ],
)
def test_a_number_is_read_as_it_is_typed(text, number):
    assert read_numeral(text).number == Decimal(number)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *(
            (text, "数値で入力してください")
            for text in ("十二人", "八割", "一", "人", "12人くらい", "NaN", "Infinity", "-", "5.", ".5")
        ),
        *(
            (text, "数値で入力してください")
            for text in ("3千円", "1万人", "(3)", "±3", "--3", "5分", "12月", "❶", "٣", "3人減")
        ),
        *(
            (text, "1つの欄に入る数値は1つです。内数（うち数）は別の指標として入力してください")
            for text in (
                "3人(2人)",
                "300(110)",
                "300（110）",
                "300 110",
                "1 000",
                "10～20人",
                "2/3",
                "1, 234",
                "令和4年度3人",
            )
        ),
        *(
            (text, "桁区切りのコンマの位置を確かめ、数値で入力してください")
            for text in ("1,23", "1,2345人", "12,34,567", "1234,567")
        ),
        *((text, "指数を使わない数値で入力してください") for text in ("1e5", "1E+5", "１ｅ５", "1.5e-3")),
        *(
            (text, "数値は整数部11桁、小数部4桁までで入力してください")
            for text in ("123456789012", "1.23456", "100,000,000,000人")
        ),
        *(
            (text, "丸数字などの記号は数値として読めません。数字で入力してください")
            for text in ("①", "⑫人", "⑴", "3²", "½", "㋀", "𝟏")
        ),
    ],
)
def test_what_is_not_one_number_is_a_sentence_with_what_was_typed(text, sentence):
    with pytest.raises(ValueError, match="入力") as problem:
        read_numeral(text)

    assert str(problem.value) == f"{sentence}（入力：{text}）"


def test_a_long_text_is_shortened_in_the_sentence():
    with pytest.raises(ValueError, match="入力") as problem:
        read_numeral("あ" * 5000)

    assert str(problem.value) == f"数値で入力してください（入力：{'あ' * 40}…）"


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        ("12", "12"),
        ("12.5000", "12.5"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0.0001", "0.0001"),
    ],
)
def test_exports_print_numbers_plainly(number, printed):
    assert plain(Decimal(number)) == printed


@pytest.mark.parametrize(
    ("number", "printed"),
    [("66.66667", "66.7"), ("0.05", "0.1"), ("-0.05", "-0.1"), ("-0.04", "0.0"), ("100", "100.0"), ("112.25", "112.3")],
)
def test_rates_are_rounded_half_away_from_zero(number, printed):
    assert one_decimal(Decimal(number)) == printed


@given(STORED_NUMBERS)
def test_a_plain_number_is_read_back(number):
    assert (read_numeral(plain(number)).number, plain(read_numeral(plain(number)).number)) == (number, plain(number))


@given(st.integers(-(10**11) + 1, 10**11 - 1))
def test_well_placed_commas_change_nothing(number):
    assert read_numeral(f"{number:,}").number == number


@given(st.one_of(st.text(), st.text(alphabet="0123456789,.-▲ 人年約有割分%/()（）①１e")))
def test_any_text_is_a_number_within_limits_or_a_problem(text):
    with suppress(ValueError):
        assert abs(read_numeral(text).number) < 10**11
