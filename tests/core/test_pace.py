"""期間途中: a goal set only for the last year, seen from the years before."""

from decimal import Decimal

import pytest

from core.pace import Interim, interim
from core.values import EMPTY, Value
from core.words import Accumulation, State

YEARS = (2021, 2022, 2023)
GOAL = {2021: EMPTY, 2022: EMPTY, 2023: Value(number=Decimal(6))}


def on_the_way(year, planned=GOAL, accumulation=Accumulation.YEAR_END, **more):
    return interim(planned, YEARS, year, accumulation=accumulation, **more)


@pytest.mark.parametrize(("year", "expected"), [(2021, Decimal(2)), (2022, Decimal(4))])
def test_a_running_total_is_expected_to_grow_evenly_whether_or_not_a_baseline_stands_beside_it(year, expected):
    found = on_the_way(year, accumulation=Accumulation.CUMULATIVE, baseline=Decimal(36))

    assert found == Interim(Decimal(6), 2023, expected)


def test_a_baseline_gives_a_pace_only_where_it_is_the_same_quantity():
    same = on_the_way(2021, baseline=Decimal(3), baseline_is_same_quantity=True)
    context = on_the_way(2021, baseline=Decimal(36))

    assert same == Interim(Decimal(6), 2023, Decimal(4))
    assert context == Interim(Decimal(6), 2023, None)


def test_the_last_year_is_not_on_the_way():
    assert on_the_way(2023) is None


def test_a_goal_planned_every_year_is_not_a_last_year_goal():
    yearly = dict.fromkeys(YEARS, Value(number=Decimal(1)))

    assert on_the_way(2021, yearly) is None


def test_a_year_that_says_not_set_is_planned_in_words():
    worded = {**GOAL, 2021: Value(state=State.NOT_SET)}

    assert on_the_way(2022, worded) is None
