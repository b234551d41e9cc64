"""Scenarios of a forecast volume, worked by hand; and what must hold of any of them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.volumes import (
    Assumptions,
    Effect,
    Obstacle,
    PerUser,
    Scenario,
    Spread,
    Use,
    effect_on_users,
    rounded,
    scenarios,
    shared_out,
)

D = Decimal
YEARS = (2027, 2028, 2029)


def uses(*rows):
    return tuple(Use(year, D(users), None if amount is None else D(amount)) for year, users, amount in rows)


def assumed(*rows, years=YEARS, **more):
    more.setdefault("has_amount", any(amount is not None for _, _, amount in rows))
    return Assumptions(uses=uses(*rows), years=years, **more)


def found(given_, scenario):
    return next(one for one in scenarios(given_) if one.scenario is scenario)


def users_and_amounts(projection):
    return [(year.users, year.amount) for year in projection.years]


# --- Cases worked by hand: 100 users with 1,000 hours, then 110 with 1,210, then 121 with 1,452 ---

GROWING = ((2024, 100, 1000), (2025, 110, 1210), (2026, 121, 1452))


@pytest.mark.parametrize(
    ("scenario", "step", "expected"),
    [
        # 121 stays; 1,452 ÷ 121 = 12 hours each.
        (Scenario.HOLD, None, [(121, 1452), (121, 1452), (121, 1452)]),
        # (121 − 100) ÷ 2 = 10.5 a year: 131.5 → 132, 142, 152.5 → 153.
        (Scenario.ARITHMETIC, D("10.5"), [(132, 1584), (142, 1704), (153, 1836)]),
        # √(121 ÷ 100) = 1.1: 133.1 → 133, 146.41 → 146, 161.051 → 161.
        (Scenario.GEOMETRIC, D("1.1"), [(133, 1596), (146, 1752), (161, 1932)]),
    ],
)
def test_each_scenario_as_worked_by_hand(scenario, step, expected):
    projection = found(assumed(*GROWING), scenario)

    assert users_and_amounts(projection) == [(D(users), D(amount)) for users, amount in expected]
    assert projection.step == step


def test_the_unrounded_users_stand_beside_the_rounded():
    projection = found(assumed(*GROWING), Scenario.GEOMETRIC)

    assert [rounded(year.users_exact, 4) for year in projection.years] == [D("133.1"), D("146.41"), D("161.051")]


def test_own_figures_are_taken_as_typed():
    own = {2027: D(130), 2028: D(140), 2029: D(150)}
    use = {2027: D(12), 2028: D("12.5"), 2029: D(13)}

    projection = found(
        assumed(*GROWING, per_user=PerUser.OWN, own_users=own, own_per_user=use),
        Scenario.OWN,
    )

    assert users_and_amounts(projection) == [(D(130), D(1560)), (D(140), D(1750)), (D(150), D(1950))]


@pytest.mark.parametrize(
    ("per_user", "expected"),
    [
        (PerUser.LAST, "12"),
        # 10, 11 and 12 hours.
        (PerUser.MEAN, "11"),
    ],
)
def test_the_use_per_user_is_the_last_or_the_mean_of_the_years(per_user, expected):
    projection = found(assumed(*GROWING, per_user=per_user), Scenario.HOLD)

    assert [year.per_user for year in projection.years] == [D(expected)] * 3


def test_an_amount_is_not_lost_by_dividing_before_multiplying():
    # 905.5 ÷ 3 has no end; 3 × it must still be 905.5, which rounds to 906.
    projection = found(assumed((2026, 3, "905.5")), Scenario.HOLD)

    assert projection.years[0].amount == D(906)


def test_one_decimal_is_kept_where_a_city_wants_it():
    # 0.3 users with 0.6 days: whole figures would plan for nobody.
    whole = found(assumed((2026, "0.3", "0.6")), Scenario.HOLD).years[0]
    tenths = found(assumed((2026, "0.3", "0.6"), places=1), Scenario.HOLD).years[0]

    assert (whole.users, whole.is_lost, tenths.users, tenths.amount, tenths.is_lost) == (
        D(0),
        True,
        D("0.3"),
        D("0.6"),
        False,
    )


def test_a_gap_of_a_year_counts_as_two():
    # 100 → 120 over two years, without 2025: 10 a year.
    projection = found(assumed((2024, 100, None), (2026, 120, None)), Scenario.ARITHMETIC)

    assert [year.users for year in projection.years] == [D(130), D(140), D(150)]


# --- What is not calculated, and why ---


@pytest.mark.parametrize(
    ("rows", "obstacles"),
    [
        ((), (Obstacle.NO_ACTUALS, Obstacle.NO_ACTUALS, Obstacle.NO_ACTUALS, Obstacle.NOT_TYPED)),
        (((2026, 5, None),), (None, Obstacle.TOO_FEW, Obstacle.TOO_FEW, Obstacle.NOT_TYPED)),
        (((2025, 0, None), (2026, 5, None)), (None, None, Obstacle.ZERO, Obstacle.NOT_TYPED)),
        (((2025, 5, None), (2026, 0, None)), (None, None, Obstacle.ZERO, Obstacle.NOT_TYPED)),
        (((2025, 1, None), (2026, 100000, None)), (None, None, Obstacle.TOO_LARGE, Obstacle.NOT_TYPED)),
    ],
)
def test_a_scenario_says_why_it_says_nothing(rows, obstacles):
    assert tuple(one.obstacle for one in scenarios(assumed(*rows))) == obstacles


@pytest.mark.parametrize(
    ("rows", "per_user"),
    [
        # Nobody used it: nothing to divide by.
        (((2026, 0, 0),), PerUser.LAST),
        # Hours that are not entered are not 0 hours.
        (((2025, 10, 100), (2026, 10, None)), PerUser.LAST),
        (((2026, 10, None),), PerUser.MEAN),
        # Own figures, of which 2028 is missing.
        (((2026, 10, 100),), PerUser.OWN),
    ],
)
def test_without_a_use_per_user_there_are_users_and_no_amount(rows, per_user):
    own = {2027: D(1), 2029: D(1)}

    years = found(assumed(*rows, has_amount=True, per_user=per_user, own_per_user=own), Scenario.HOLD).years

    assert (years[1].users, years[1].per_user, years[1].amount) == (uses(*rows)[-1].users, None, None)


def test_own_users_must_be_there_for_every_year():
    some = found(assumed((2026, 5, None), own_users={2027: D(5), 2028: D(6)}), Scenario.OWN)

    assert (some.obstacle, some.years) == (Obstacle.NOT_TYPED, ())


# --- Effects of 成果目標 and other factors ---


@pytest.mark.parametrize(
    ("effect", "spread", "number", "own", "expected"),
    [
        # Four leave within three years: 1.33…, 2.66…, 4.
        (Effect.SUBTRACT, Spread.EVEN, 4, {}, [(D(56), "55.67"), (D(54), "54.33"), (D(53), "53")]),
        (Effect.ADD, Spread.EACH, 2, {}, [(D(59), "59"), (D(61), "61"), (D(63), "63")]),
        # One in 2027 and two in 2029: who came stays.
        (Effect.ADD, Spread.OWN, None, {2027: 1, 2029: 2}, [(D(58), "58"), (D(58), "58"), (D(60), "60")]),
        (Effect.NONE, Spread.EVEN, 4, {}, [(D(57), "57"), (D(57), "57"), (D(57), "57")]),
        (Effect.ADD, Spread.EVEN, None, {}, [(D(57), "57"), (D(57), "57"), (D(57), "57")]),
    ],
)
def test_an_effect_as_worked_by_hand(effect, spread, number, own, expected):
    one = effect_on_users(
        "移行",
        effect,
        spread,
        years=YEARS,
        plan_years=3,
        number=None if number is None else D(number),
        own={year: D(each) for year, each in own.items()},
    )

    years = found(assumed((2026, 57, None), effects=(one,) if one else ()), Scenario.HOLD).years

    assert [(year.users, year.users_exact.quantize(D("0.01"))) for year in years] == [
        (users, D(exact).quantize(D("0.01"))) for users, exact in expected
    ]


def test_what_fell_on_years_that_are_over_is_in_their_actuals():
    # A plan of 2024–2026, forecast for 2026 alone: of six leavers a third leaves in it.
    one = effect_on_users("移行", Effect.SUBTRACT, Spread.EVEN, years=(2026,), plan_years=3, number=D(6))

    [year] = found(assumed((2025, 57, None), years=(2026,), effects=(one,)), Scenario.HOLD).years

    assert (year.effect, year.users) == (D(-2), D(55))


def test_nobody_is_taken_off_below_zero():
    one = effect_on_users("移行", Effect.SUBTRACT, Spread.EACH, years=YEARS, plan_years=3, number=D(2))

    years = found(assumed((2026, 3, None), effects=(one,)), Scenario.HOLD).years

    assert [(year.users, year.is_clipped) for year in years] == [(D(1), False), (D(0), True), (D(0), True)]


# --- Sharing a total out ---


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        # 63 by 60 : 7 : 6 is 51.78, 6.04, 5.18: the largest remainder takes the one left over.
        (63, {"a": 60, "b": 7, "c": 6}, {"a": 52, "b": 6, "c": 5}),
        (1, {"a": 1, "b": 1}, {"a": 1, "b": 0}),
        (0, {"a": 1, "b": 1}, {"a": 0, "b": 0}),
        (10, {"a": 0, "b": 5}, {"a": 0, "b": 10}),
        (10, {"a": 0, "b": 0}, None),
        (10, {}, None),
    ],
)
def test_a_total_is_shared_out_by_the_largest_remainder(total, weights, expected):
    parts = shared_out(D(total), {name: D(weight) for name, weight in weights.items()}, 0)

    assert parts == (expected and {name: D(part) for name, part in expected.items()})


# --- What must hold of any figures ---

counts = st.decimals(min_value=0, max_value=5000, places=1)
amounts = st.decimals(min_value=0, max_value=90000, places=1)
histories = st.lists(st.tuples(counts, amounts), min_size=1, max_size=6).map(
    lambda rows: tuple(Use(2020 + place, users, amount) for place, (users, amount) in enumerate(rows))
)
effects = st.lists(
    st.tuples(st.sampled_from([Effect.ADD, Effect.SUBTRACT]), st.sampled_from([Spread.EVEN, Spread.EACH]), counts),
    max_size=4,
)


@given(histories, st.sampled_from(PerUser), st.integers(0, 1))
def test_users_times_use_per_user_is_the_amount_before_rounding(history, per_user, places):
    own = dict.fromkeys(YEARS, D("7.5"))

    made = scenarios(Assumptions(history, YEARS, (), True, per_user, own, own, places))

    for year in (year for one in made for year in one.years if year.per_user is not None):
        assert abs(year.users * year.per_user - year.amount_exact) < D("1e-12")
        assert abs(year.amount - year.amount_exact) <= D("0.5") / 10**places + D("1e-9")
        assert abs(year.users - year.users_exact) <= D("0.5") / 10**places + D("1e-9")


@given(st.integers(1, 5000), st.integers(2, 6), st.integers(0, 90000))
def test_a_constant_series_stays_constant(users, count, amount):
    history = tuple(Use(2020 + place, D(users), D(amount)) for place in range(count))

    made = scenarios(Assumptions(history, YEARS, has_amount=True))

    for one in made[:3]:
        assert users_and_amounts(one) == [(D(users), D(amount))] * 3


@given(st.integers(100, 5000), effects, st.integers(1, 6))
def test_effects_add_up_and_even_ones_come_to_their_number(users, factors, length):
    years = tuple(range(2027, 2027 + length))
    made = [effect_on_users("", e, s, years=years, plan_years=length, number=n) for e, s, n in factors]

    last = scenarios(Assumptions((Use(2026, D(users)),), years, tuple(made)))[0].years[-1]

    signed = [(1 if e is Effect.ADD else -1) * n * (1 if s is Spread.EVEN else length) for e, s, n in factors]
    assert abs(last.effect - sum(signed, D(0))) < D("1e-20")
    assert last.users == rounded(max(D(users) + sum(signed, D(0)), D(0)), 0)


@given(histories)
def test_a_straight_line_and_a_constant_growth_meet_the_last_actual_one_step_back(history):
    """The slow second way, with fractions: each step taken one by one."""
    made = scenarios(Assumptions(history, YEARS))

    arithmetic = made[1]
    if arithmetic.obstacle is None:
        step = (Fraction(history[-1].users) - Fraction(history[0].users)) / (len(history) - 1)
        users = Fraction(history[-1].users) + step * (YEARS[0] - history[-1].year)
        for year in arithmetic.years:
            assert abs(Fraction(year.trend) - users) < Fraction(1, 10**20)
            users += step
    geometric = made[2]
    if geometric.obstacle is None and len(geometric.years) > 1:
        one, two, three = (year.trend for year in geometric.years)
        assert abs(two * two - one * three) <= abs(two * two) * D("1e-20")


@given(st.integers(0, 100000), st.dictionaries(st.sampled_from("abcde"), st.integers(0, 500)), st.integers(0, 1))
def test_parts_come_to_their_total_and_lie_within_one_of_their_share(total, weights, places):
    whole = D(total) / 10**places

    parts = shared_out(whole, {name: D(weight) for name, weight in weights.items()}, places)

    if parts is None:
        assert sum(weights.values()) == 0
        return
    assert sum(parts.values()) == whole
    for name, part in parts.items():
        share = Fraction(total, 10**places) * weights[name] / sum(weights.values())
        assert abs(Fraction(part) - share) < Fraction(1, 10**places)
