"""The usual dates of a plan's years, and which months can be expected when."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fiscal_years import current_fiscal_year
from core.yearly_round import RoundStep, months_due, yearly_round


def dates(found):
    return [(one.due_on.isoformat(), one.key, one.title, one.fiscal_year) for one in found]


def test_a_plan_of_one_year_has_its_dates_by_hand_and_none_on_a_weekend():
    found = yearly_round(2024, 2024)

    assert dates(found) == [
        ("2024-08-30", "months-2024-1", "4〜6月の月別の値", 2024),
        ("2024-08-30", "next_plan-1", "次期計画の骨子をまとめる", None),
        ("2024-09-30", "review-2023", "前期計画の評価", 2023),
        ("2024-11-29", "months-2024-2", "7〜9月の月別の値", 2024),
        ("2024-11-29", "next_plan-2", "次期計画の素案を協議会へ出す", None),
        ("2025-01-31", "next_plan-3", "次期計画の素案への意見公募を終える", None),
        ("2025-02-28", "months-2024-3", "10〜12月の月別の値", 2024),
        ("2025-03-31", "next_plan-4", "次期計画を決定し、公表する", None),
        ("2025-05-30", "months-2024-4", "1〜3月の月別の値", 2024),
        ("2025-06-13", "entry-2024", "実績の入力", 2024),
        ("2025-06-30", "confirm-2024", "確認・確定", 2024),
        ("2025-07-31", "council-2024", "協議会への提出", 2024),
        ("2025-09-30", "publish-2024", "公表", 2024),
        ("2025-10-31", "budget-2024", "令和8年度予算への反映", 2024),
    ]


def test_february_ends_later_in_a_leap_year():
    due = {one.key: one.due_on for one in yearly_round(2027, 2027)}

    assert due["months-2027-3"] == date(2028, 2, 29)


def test_a_plan_without_monthly_indicators_is_asked_for_no_months():
    found = yearly_round(2021, 2023, with_months=False)

    assert [one for one in found if one.step is RoundStep.MONTHS] == []
    assert len(found) == 3 * 5 + 1 + 4


@given(start=st.integers(1990, 2190), length=st.integers(1, 12))
def test_every_year_is_evaluated_once_in_the_year_after_it(start, length):
    found = yearly_round(start, start + length - 1)

    steps = (RoundStep.ENTRY, RoundStep.CONFIRM, RoundStep.COUNCIL, RoundStep.PUBLISH, RoundStep.BUDGET)
    for step in steps:
        ours = [one for one in found if one.step is step]
        assert [one.fiscal_year for one in ours] == list(range(start, start + length))
        assert [current_fiscal_year(one.due_on) - 1 for one in ours] == [one.fiscal_year for one in ours]
    assert len({one.key for one in found}) == len(found)
    assert list(found) == sorted(found, key=lambda one: (one.due_on, one.key))
    assert {current_fiscal_year(one.due_on) for one in found} == set(range(start, start + length + 1))
    assert all(one.title and one.due_on.weekday() < 5 for one in found)


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2024, 4, 1), ()),
        (date(2024, 5, 31), ()),
        (date(2024, 6, 1), (4,)),
        (date(2024, 8, 31), (4, 5, 6)),
        (date(2024, 11, 30), (4, 5, 6, 7, 8, 9)),
        (date(2025, 2, 28), (4, 5, 6, 7, 8, 9, 10, 11, 12)),
        (date(2025, 4, 30), (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2)),
        (date(2025, 5, 1), (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)),
        (date(2026, 1, 1), (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)),
    ],
)
def test_the_claims_of_a_month_come_two_months_later(day, months):
    assert months_due(2024, day) == months


@given(year=st.integers(2000, 2100), days=st.integers(0, 800))
def test_the_months_that_can_be_expected_are_counted_the_slow_way(year, days):
    day = date(year, 4, 1) + timedelta(days=days)

    ended = []
    walk = date(year, 4, 1)
    while walk < date(year + 1, 4, 1):
        end = walk.replace(day=monthrange(walk.year, walk.month)[1])
        following = end + timedelta(days=1)
        claims = (following.replace(day=monthrange(following.year, following.month)[1])) + timedelta(days=1)
        if claims <= day:
            ended.append(walk.month)
        walk = following
    assert months_due(year, day) == tuple(ended)
