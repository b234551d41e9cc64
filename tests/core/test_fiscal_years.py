"""Fiscal years in the forms that cities print."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fiscal_years import both_eras, current_fiscal_year, read_fiscal_year, wareki


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2021年度", 2021),
        ("令和3年度", 2021),
        ("R3年度", 2021),
        ("R3", 2021),
        ("Ｒ３", 2021),
        ("r3", 2021),
        ("R03", 2021),
        ("R.3", 2021),
        ("2019年（令和元）年度", 2019),
        ("2023（令和5）年度", 2023),
        ("2023(令和5年度)", 2023),
        ("令和3年度（2021年度）", 2021),
        ("H30", 2018),
        ("平成31年度/令和元年度", 2019),
        ("平成31年度・令和元年度", 2019),
        ("平成31（令和元）年度", 2019),
        ("R元", 2019),
        ("R1", 2019),
        ("令和元年度", 2019),
        ("㋿元年度", 2019),
        ("平成32年度", 2020),
        ("平成27", 2015),
        ("平成元年度", 1989),
        ("昭和63", 1988),
        ("昭和64年度", 1989),
        ("S63", 1988),
        ("2021", 2021),
        ("２０２１", 2021),
        ("西暦2021年度", 2021),
        (" 令和 ３ 年度　", 2021),
        ("令和３年", 2021),
    ],
)
def test_a_printed_form_names_its_fiscal_year(text, year):
    assert read_fiscal_year(text) == year


@pytest.mark.parametrize("text", ["2021（令和4）年度", "平成31年度/令和2年度", "令和3年度（2022年度）"])
def test_two_eras_that_disagree_are_a_problem(text):
    with pytest.raises(ValueError, match="西暦と和暦が同じ年度になっていません"):
        read_fiscal_year(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "20年度",
        "令和",
        "令和三年度",
        "令和0年度",
        "1850",
        "9999",
        "2021（令和3",
        "2021令和3",
        "大正5年",
        "2021.5",
        "①",
        "٢٠٢١",
    ],
)
def test_what_is_no_fiscal_year_is_a_problem(text):
    with pytest.raises(ValueError, match="年度は.+入力"):
        read_fiscal_year(text)


def test_years_are_printed_in_both_eras():
    printed = {year: (wareki(year), both_eras(year)) for year in (1988, 1989, 2018, 2019, 2021)}

    assert printed == {
        1988: ("昭和63年度", "昭和63年度（1988年度）"),
        1989: ("平成元年度", "平成元年度（1989年度）"),
        2018: ("平成30年度", "平成30年度（2018年度）"),
        2019: ("令和元年度", "令和元年度（2019年度）"),
        2021: ("令和3年度", "令和3年度（2021年度）"),
    }


def test_a_year_before_showa_has_no_japanese_name_here():
    with pytest.raises(ValueError, match="1925年度は和暦で表せません"):
        wareki(1925)


@given(st.integers(1926, 2100))
def test_every_printed_year_is_read_back(year):
    assert [read_fiscal_year(print_year(year)) for print_year in (str, wareki, both_eras)] == [year] * 3


@given(st.text())
def test_any_text_is_a_year_or_a_problem_and_nothing_else(text):
    with suppress(ValueError):
        assert 1926 <= read_fiscal_year(text) <= 2199


@pytest.mark.parametrize(
    ("day", "year"), [(date(2024, 3, 31), 2023), (date(2024, 4, 1), 2024), (date(2024, 12, 31), 2024)]
)
def test_the_fiscal_year_turns_in_april(day, year):
    assert current_fiscal_year(day) == year
