"""国の水準 in words: the arithmetic of a level as a city would work it out by hand."""

from decimal import Decimal

import pytest

from core.level_words import arithmetic, bounded, keeps_level, rule
from plans.catalogue import national_catalogue


def entry(code):
    return national_catalogue().by_code()[code]


@pytest.mark.parametrize(
    ("code", "baseline", "words"),
    [
        ("8-1-1", "36", "基準値36人 × 6％ ＝ 2.16人 → 3人以上"),
        ("8-1-1", "50", "基準値50人 × 6％ ＝ 3人 → 3人以上"),
        ("8-1-1", None, "基準値 × 6％ 以上"),
        ("8-1-2", "36", "基準値36人 × （100％ − 5％） ＝ 34.2人 → 34人以下"),
        ("7-4-1", "7", "基準値7人/年 × 1.28 ＝ 8.96人/年 → 9人/年以上"),
        ("7-2-1", "5", "325.3日以上"),
        ("8-2-2", None, "10.3%以下"),
        ("8-6-2", None, "0件"),
        ("8-8-1", None, "有"),
        ("8-5-2", "3", ""),
    ],
)
def test_a_level_is_worked_out_in_words(code, baseline, words):
    assert arithmetic(entry(code), None if baseline is None else Decimal(baseline)) == words


def test_a_reduction_is_a_stock_that_falls_or_a_count_that_grows():
    reduction = entry("8-1-2")
    forms = (reduction.as_stock(), reduction.as_count())

    words = [
        (one.title, one.direction.label, one.accumulation.label, arithmetic(one, Decimal(36)), rule(one))
        for one in forms
    ]

    assert words == [
        (
            "施設入所者数",
            "減",
            "年度末",
            "基準値36人 × （100％ − 5％） ＝ 34.2人 → 34人以下",
            "基準値 × （100％ − 5％） 以下",
        ),
        ("施設入所者数の削減", "増", "累計", "基準値36人 × 5％ ＝ 1.8人 → 2人以上", "基準値 × 5％ 以上"),
    ]


@pytest.mark.parametrize(
    ("code", "baseline", "goal", "kept"),
    [
        ("8-1-1", "36", "3", True),
        ("8-1-1", "36", "2.16", True),
        ("8-1-1", "36", "2", False),
        ("8-1-1", None, "2", None),
        ("8-1-2", "36", "34", True),
        ("8-1-2", "36", "35", False),
        ("8-8-1", None, "0", False),
        ("8-5-2", "3", "0", None),
    ],
)
def test_a_goal_keeps_the_level_or_falls_short_of_it(code, baseline, goal, kept):
    assert keeps_level(entry(code), None if baseline is None else Decimal(baseline), Decimal(goal)) is kept


def test_only_a_reduction_may_be_counted_either_way():
    codes = [one.code for one in national_catalogue().entries if one.may_be_counted]

    assert codes == ["4-1-2", "4-2-3", "5-1-2", "6-1-2", "7-1-2", "8-1-2"]


def test_a_floor_of_zero_keeps_its_bound():
    assert bounded(entry("8-1-1"), Decimal(0)) == "0人以上"
