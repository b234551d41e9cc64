"""The miss of an amount, split into users and use per user: worked by hand, and always adding up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import Figures, hidden
from core.values import EMPTY, Value
from core.volume_miss import NoSplit, split_of
from core.volume_words import split_in_words
from core.words import State

D = Decimal


def figures(planned, actual):
    return Figures(_value(planned), _value(actual))


def _value(given_):
    if given_ is None:
        return EMPTY
    return Value(state=given_) if isinstance(given_, State) else Value(number=D(given_))


@pytest.mark.parametrize(
    ("users", "amount", "by_users", "by_use"),
    [
        # 9 planned with 20 hours each, 7 came with 138: −2 × 20 = −40, and (19.714… − 20) × 7 = −2.
        ((9, 7), (180, 138), -40, -2),
        # 4 with 18, 6 came with 113.5: 2 × 18 = 36, and (18.916… − 18) × 6 = 5.5.
        ((4, 6), (72, "113.5"), 36, "5.5"),
        # As many as planned: all of it is the use.
        ((10, 10), (100, 130), 0, 30),
        # The use as planned: all of it is the users.
        ((10, 13), (100, 130), 30, 0),
        # Fewer, who used more: the two terms point apart and the difference is 0.
        ((10, 5), (100, 100), -50, 50),
        # Nobody came: the users account for all of it.
        ((10, 0), (100, 0), -100, 0),
        # 10 ÷ 3 has no end: 3.3 and what is left.
        ((3, 4), (10, 14), "3.3", "0.7"),
    ],
)
def test_a_miss_as_worked_by_hand(users, amount, by_users, by_use):
    split = split_of(figures(*users), figures(*amount))

    assert (split.by_users, split.by_use) == (D(by_users), D(by_use))
    assert split.by_users + split.by_use == split.total


@pytest.mark.parametrize(
    ("users", "amount", "why"),
    [
        ((None, 7), (180, 138), NoSplit.MISSING),
        ((9, None), (180, 138), NoSplit.MISSING),
        ((9, 7), (None, 138), NoSplit.MISSING),
        ((9, 7), (180, None), NoSplit.MISSING),
        ((9, 7), (180, State.PENDING), NoSplit.MISSING),
        ((0, 7), (0, 138), NoSplit.NOBODY_PLANNED),
        ((9, 0), (180, 5), NoSplit.NOBODY_CAME),
    ],
)
def test_a_miss_is_not_split_where_one_of_the_four_says_nothing(users, amount, why):
    assert split_of(figures(*users), figures(*amount)) is why


def test_a_reader_who_may_not_see_the_actual_is_told_nothing_of_it():
    assert split_of(figures(9, 7), hidden(figures(180, 138))) is NoSplit.HIDDEN


def test_the_sentence_names_both_terms_and_their_sum():
    split = split_of(figures(9, 7), figures(180, 138))

    assert split_in_words(split, "時間") == (
        "人数の差で-40時間、1人当たりの差で-2時間、あわせて計画との差は-42時間です。"
    )


numbers = st.decimals(min_value=0, max_value=100000, places=2)


@given(numbers, numbers, numbers, numbers)
def test_the_terms_always_come_to_the_miss_and_follow_the_formula(planned_users, users, planned, actual):
    split = split_of(figures(planned_users, users), figures(planned, actual))

    if isinstance(split, NoSplit):
        assert planned_users == 0 or (users == 0 and actual != 0)
        return
    assert split.by_users + split.by_use == split.total == actual - planned
    assert abs(split.by_users - (users - planned_users) * planned / planned_users) <= D("0.0500001")
    per_user = actual / users if users else D(0)
    assert abs(split.by_use - (per_user - planned / planned_users) * users) <= D("0.0500001")
