"""未達成分の上乗せ: the arithmetic, worked by hand and against a second, slower way."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import Figures, Nature, hidden
from core.shortfall import raised, shortfall
from core.values import EMPTY, Value
from core.words import Direction, State, ValueKind


def figures(planned, actual, direction=Direction.MORE, kind=ValueKind.NUMBER):
    sides = [
        EMPTY if side is None else side if isinstance(side, Value) else Value(Decimal(side))
        for side in (planned, actual)
    ]
    return Figures(*sides, Nature(kind, direction))


@pytest.mark.parametrize(
    ("planned", "actual", "direction", "kind", "missing"),
    [
        ("35", "27", Direction.MORE, ValueKind.NUMBER, "8"),
        ("35", "35", Direction.MORE, ValueKind.NUMBER, None),
        ("35", "40", Direction.MORE, ValueKind.NUMBER, None),
        ("4", "0", Direction.MORE, ValueKind.NUMBER, "4"),
        ("0.5", "0.3", Direction.MORE, ValueKind.NUMBER, "0.2"),
        # A count of reduction that rose instead: two more people, four fewer were wanted.
        ("4", "-2", Direction.MORE, ValueKind.NUMBER, "6"),
        ("55", "57", Direction.LESS, ValueKind.NUMBER, "2"),
        ("55", "55", Direction.LESS, ValueKind.NUMBER, None),
        ("55", "50", Direction.LESS, ValueKind.NUMBER, None),
        ("0", "1", Direction.LESS, ValueKind.NUMBER, "1"),
        # 見込 has a range and no goal; only 数値 are added.
        ("100", "50", Direction.NEAR, ValueKind.NUMBER, None),
        ("80", "50", Direction.MORE, ValueKind.RATE, None),
        ("1", "0", Direction.MORE, ValueKind.PRESENCE, None),
        # What is not known is no shortfall.
        ("35", None, Direction.MORE, ValueKind.NUMBER, None),
        (None, "27", Direction.MORE, ValueKind.NUMBER, None),
        ("35", Value(state=State.PENDING), Direction.MORE, ValueKind.NUMBER, None),
        (Value(state=State.NOT_SET), "27", Direction.MORE, ValueKind.NUMBER, None),
    ],
)
def test_what_was_missing_to_the_goal(planned, actual, direction, kind, missing):
    found = shortfall(figures(planned, actual, direction, kind))

    assert found == (None if missing is None else Decimal(missing))


def test_a_figure_that_the_reader_may_not_see_betrays_no_shortfall():
    assert shortfall(hidden(figures("35", "27"))) is None


@pytest.mark.parametrize(
    ("goal", "added", "direction", "result"),
    [("40", "8", Direction.MORE, "48"), ("50", "2", Direction.LESS, "48"), ("48", "-8", Direction.MORE, "40")],
)
def test_what_is_put_on_top_makes_the_goal_harder(goal, added, direction, result):
    assert raised(Decimal(goal), Decimal(added), direction) == Decimal(result)


NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, places=4)


@given(NUMBERS, NUMBERS, st.sampled_from([Direction.MORE, Direction.LESS]))
def test_the_shortfall_is_what_would_have_met_the_goal_and_not_a_bit_less(planned, actual, direction):
    missing = shortfall(figures(planned, actual, direction))

    gap = Fraction(planned) - Fraction(actual)
    gap = gap if direction is Direction.MORE else -gap
    assert (None if missing is None else Fraction(missing)) == (gap if gap > 0 else None)


@given(NUMBERS, st.decimals(min_value=0, max_value=10**6, places=4), st.sampled_from(list(Direction)))
def test_taking_back_what_was_put_on_top_gives_the_goal_back(goal, added, direction):
    assert raised(raised(goal, added, direction), -added, direction) == goal
