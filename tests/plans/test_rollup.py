"""集計 of a prefecture: the totals equal a naive recomputation, and nobody is left out without being named."""

import csv
import io
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.figures import Figures
from core.rollup import Sum, Wording, kinds_of, median
from core.rollup_table import COLUMNS, rollup_csv
from core.words import Side, State
from evaluations.demo.sample import create_sample
from evaluations.demo.sample_measures import SECTIONS
from plans.models import YearState
from plans.rollup import Term, rollup
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_value, in_state
from tests.rollup_oracle import middle_of, naive, seen

TERM = Term("disability", 6, 2021)


@pytest.mark.django_db
@pytest.mark.parametrize("cities", [3, 60])
@pytest.mark.parametrize("year", [2024, 2026])
def test_the_rollup_equals_a_naive_recomputation(cities, year):
    prefecture, _ = create_sample(cities)
    term = Term("disability", 7, year)

    expected = naive(prefecture, term)
    found = seen(prefecture, term)

    assert found == expected
    assert len(found) == 30


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_rollup_of_the_whole_nation_equals_a_naive_recomputation():
    title, services = SECTIONS[4]
    prefecture, _ = create_sample(1741, sections=[*SECTIONS[:2], (title, services[:2])])

    expected = naive(prefecture, Term("disability", 7, 2024))
    found = seen(prefecture, Term("disability", 7, 2024))

    assert found == expected
    assert len(found) == 7


@pytest.mark.django_db
def test_the_rollup_asks_as_many_questions_for_sixty_cities_as_for_three():
    counts = []
    for cities in (3, 60):
        prefecture, _ = create_sample(cities)
        with CaptureQueriesContext(connection) as asked:
            rollup(prefecture, Term("disability", 7, 2024))
        counts.append(len(asked))

    assert counts == [3, 3]


def a_city(prefecture, number: int, *, title="移行者数", planned=10, actual=8, settled=True, **fields):
    """One city with one measure; `actual` a number, a State or None (未入力)."""
    city = a_municipality(f"1210{number:02}", f"市{number}", prefecture=prefecture, **fields.pop("city", {}))
    section = a_section(a_plan(city))
    measure = a_measure(section, "1", title=title, **fields)
    if planned is not None:
        a_value(measure, 2021, planned, side=Side.PLANNED)
    if isinstance(actual, State):
        a_value(measure, 2021, state=actual)
    elif actual is not None:
        a_value(measure, 2021, actual)
    if settled:
        in_state(section, 2021, YearState.CONFIRMED)
    return measure


def test_a_total_names_everybody_who_is_not_in_it(prefecture):
    a_municipality("121099", "計画のない市", prefecture=prefecture)
    a_city(prefecture, 1)
    a_city(prefecture, 2, settled=False)
    a_city(prefecture, 3, actual=None)
    a_city(prefecture, 4, actual=State.PENDING)
    a_city(prefecture, 5, planned=None)
    a_city(prefecture, 6, scope="area")

    total = rollup(prefecture, TERM).totals[0]

    assert (total.actual_total, total.actual.words) == (16, "未提出1・圏域で共有1・未確定1・未入力1・集計中1を除く")
    assert (total.planned_total, total.planned.words) == (40, "未提出1・圏域で共有1・目標未設定1を除く")
    assert (total.rate_of_sums, total.both.words) == (
        80,
        "未提出1・圏域で共有1・目標未設定1・未確定1・未入力1・集計中1を除く",
    )


def test_the_same_name_in_other_widths_belongs_together_and_another_accumulation_does_not(prefecture):
    a_city(prefecture, 1, title="就労継続支援A型（利用者）")
    a_city(prefecture, 2, title="就労継続支援Ａ型 (利用者)")
    a_city(prefecture, 3, title="就労継続支援A型（利用者）", accumulation="cumulative")

    result = rollup(prefecture, TERM)

    assert sorted((t.actual.cities, t.actual_total, t.kind.by_name) for t in result.totals) == [
        (1, 8, True),
        (2, 16, True),
    ]


def test_the_catalogue_joins_what_is_worded_differently(prefecture):
    a_city(prefecture, 1, title="移行した人", catalogue_code="t-1")
    a_city(prefecture, 2, title="地域生活への移行者数", catalogue_code="t-1")

    result = rollup(prefecture, TERM)

    assert [(t.actual.cities, t.actual_total, t.kind.by_name) for t in result.totals] == [(2, 16, False)]


def test_a_rate_is_added_by_its_parts_alone(prefecture):
    first = a_city(prefecture, 1, value_kind="rate", actual=None)
    a_value(first, 2021, "66.6667", numerator=Decimal(2), denominator=Decimal(3))
    second = a_city(prefecture, 2, value_kind="rate", actual=None)
    a_value(second, 2021, "50", numerator=Decimal(1), denominator=Decimal(2))
    a_city(prefecture, 3, value_kind="rate", actual=90)

    total = rollup(prefecture, TERM).totals[0]

    assert (total.actual_total, total.planned_total, total.actual.words) == (60, None, "分子・分母なし1を除く")


def test_a_sum_of_nobody_is_blank_in_the_table_and_not_0(prefecture):
    a_city(prefecture, 1, planned=None)
    a_city(prefecture, 2, title="工賃の割合", value_kind="rate", actual=90)

    table = rollup_csv(rollup(prefecture, TERM).totals, dict.fromkeys(COLUMNS, ""))

    rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    figures = {(row["指標名"], row["数字の名前"]): (row["値"], row["市区町村数"]) for row in rows}
    assert {name: said for name, said in figures.items() if "判定" not in name[1] and said[1] == "0"} == {
        ("移行者数", "計画の合計"): ("", "0"),
        ("移行者数", "そろった市区町村の計画の合計"): ("", "0"),
        ("移行者数", "そろった市区町村の実績の合計"): ("", "0"),
        ("移行者数", "合計の達成率"): ("", "0"),
        ("移行者数", "達成率の中央値"): ("", "0"),
        ("工賃の割合", "計画の合計"): ("", "0"),
        ("工賃の割合", "実績の合計"): ("", "0"),
        ("工賃の割合", "分子の合計"): ("", "0"),
        ("工賃の割合", "分母の合計"): ("", "0"),
    }


def test_a_rate_without_any_parts_cannot_be_added(prefecture):
    a_city(prefecture, 1, value_kind="rate", actual=90)

    total = rollup(prefecture, TERM).totals[0]

    assert (total.actual_total, total.cannot_add) == (None, True)


def test_two_measures_of_one_name_in_one_plan_are_named_and_not_added(prefecture):
    measure = a_city(prefecture, 1)
    twin = a_measure(measure.section, "2", title="移行者数")
    a_value(twin, 2021, 5)

    total = rollup(prefecture, TERM).totals[0]

    assert (total.actual_total, total.actual.words) == (None, "同名の指標1を除く")


def test_twins_of_which_one_is_of_the_area_are_one_city_left_out(prefecture):
    measure = a_city(prefecture, 1)
    a_measure(measure.section, "0", title="移行 者数", scope="area")
    a_city(prefecture, 2)

    total = rollup(prefecture, TERM).totals[0]

    assert (total.actual.cities, total.actual_total, total.actual.words) == (1, 8, "同名の指標1を除く")


@pytest.mark.parametrize(
    ("first", "second", "cities"),
    [
        ({}, {"unit": "件"}, [1, 1]),
        ({}, {"value_kind": "presence"}, [1, 1]),
        ({}, {"accumulation": "year_end"}, [1, 1]),
        ({"catalogue_code": "t-1"}, {"catalogue_code": "t-2"}, [1, 1]),
        ({}, {"family": "indicator"}, [1, 1]),
        ({"catalogue_code": "t-1"}, {"catalogue_code": "t-1", "family": "indicator"}, [2]),
        ({}, {"direction": "less"}, [2]),
    ],
)
def test_one_name_is_one_kind_unless_another_column_tells_them_apart(prefecture, first, second, cities):
    a_city(prefecture, 1, **first)
    a_city(prefecture, 2, **second)

    result = rollup(prefecture, TERM)

    assert [total.actual.cities for total in result.totals] == cities
    assert sum(total.actual.amount for total in result.totals) == 16


def test_a_fictional_city_is_in_no_real_total(prefecture):
    a_city(prefecture, 1)
    a_city(prefecture, 2, actual=1000, city={"is_fictional": True})

    result = rollup(prefecture, TERM)

    assert (result.cities, result.totals[0].actual_total) == (1, 8)


NUMBERS = [
    *[(0, 0), (0, 2), (100, 80), (100, 79), (100, 120), (100, 121), (1, 1), (1, 0), (3, 2), (-2, -3), (-3, 1)],
    *[("0.3", "0.36"), ("1.1", "0.88"), ("1.1", "1.32"), ("0.0001", "0.0001"), ("2.0001", "1.6")],
    # A hair below the bound: a rate rounded to nine places lies on it.
    *[(30_000_000, "23999999.9999"), (30_000_000, "36000000.0001"), (30_000_000, 24_000_000)],
    *[("99999999.9999", "99999999.9998"), ("33.3333", "26.6666"), (7, "5.6"), (7, "8.4001")],
]
"""計画値 and 実績値."""
SHARES = [
    *[("66.6667", 2, 3), ("66.6666", 2, 3), (50, 1, 2), (0, 0, 7), (0, 1, 7), (100, 7, 7), (11, "1.1", 10)],
    # SQLite calculates in binary: 1.1 × 100 ÷ 10 comes out above 11, 0.29 × 100 below 29.
    *[(29, "0.29", 1), ("83.3333", 2, 3), ("83.3334", 2, 3), ("33.3333", 100_000, 300_000), (40, 12345, 38578)],
]
"""計画値 in percent, 分子 and 分母."""


def a_kind(section, title: str, planned, actual, parts=None, **fields) -> Figures:
    """A measure of its own kind, and what core says of it."""
    measure = a_measure(section, title=title, **fields)
    a_value(measure, 2021, planned, side=Side.PLANNED)
    a_value(measure, 2021, actual, **parts or {})
    rows = {row.side: row.value for row in measure.values.all()}
    return Figures(rows[Side.PLANNED], rows[Side.ACTUAL], measure.nature(measure.plan))


@pytest.mark.parametrize("bounds", [(80, 120), ("66.6", "133.4")])
@pytest.mark.parametrize("direction", ["more", "less", "near"])
def test_the_database_judges_every_case_as_the_rule_does(prefecture, direction, bounds):
    low, high = map(Decimal, bounds)
    section = a_section(a_plan(a_municipality("121001", "市", prefecture=prefecture), near_low=low, near_high=high))
    in_state(section, 2021, YearState.CONFIRMED)
    expected = {}
    for kind in ("number", "presence"):
        for planned, actual in NUMBERS:
            title = f"{kind} {planned} {actual}"
            expected[title] = a_kind(section, title, planned, actual, value_kind=kind, direction=direction)
    for planned, numerator, denominator in SHARES:
        parts = {"numerator": Decimal(numerator), "denominator": Decimal(denominator)}
        title = f"rate {planned} {numerator}/{denominator}"
        expected[title] = a_kind(section, title, planned, 1, parts, value_kind="rate", direction=direction)

    totals = {total.kind.title: total for total in rollup(prefecture, TERM).totals}

    found = {title: (next(iter(total.readings)), total.median_rate) for title, total in totals.items()}
    assert found == {
        title: ("計画0・実績あり" if "計画0・実績" in one.reading else one.reading, one.achievement_rate)
        for title, one in expected.items()
    }


def test_kinds_are_named_by_their_most_frequent_wording():
    rare, usual = (Wording("", "target", title, "人", "number", "year_total") for title in ("移行 者数", "移行者数"))

    kinds = kinds_of([(rare, 1), (usual, 5)])

    assert [kind.title for kind in kinds.values()] == ["移行者数", "移行者数"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([3], 3), ([1, 2], Decimal("1.5")), ([9, 1, 5], 5), ([4, 1, 3, 2], Decimal("2.5"))],
)
def test_the_median_is_the_middle(values, expected):
    assert median(middle_of(map(Decimal, values))) == expected


def test_nobody_left_out_needs_no_words():
    assert Sum(excluded=Counter({"未提出": 0})).words == ""
