"""The rules of figures: the design's case table, and the independent second computation as oracle."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import Figures, Nature, hidden, shown_number
from core.numerals import one_decimal, plain
from core.second_opinion import derived_columns
from core.values import EMPTY, Value
from core.words import Direction, State, ValueKind

PENDING = Value(state=State.PENDING)
WAYS = {"増": Direction.MORE, "減": Direction.LESS, "見込": Direction.NEAR}


def number(text) -> Value:
    return Value(number=Decimal(text))


def printed(figures: Figures) -> tuple[str, str, str, str]:
    """差, 達成率, 旧様式 and 判定 as the design's table prints them."""
    difference_form = one_decimal if figures.nature.kind is ValueKind.RATE else plain
    return (
        "" if figures.difference is None else difference_form(figures.difference),
        "" if figures.achievement_rate is None else one_decimal(figures.achievement_rate),
        "" if figures.legacy_deviation is None else one_decimal(figures.legacy_deviation),
        figures.reading,
    )


@pytest.mark.parametrize(
    ("planned", "actual", "way", "expected"),
    [
        (number(1), number(1), "増", ("0", "100.0", "100.0", "達成")),
        (number(1), number(0), "増", ("-1", "0.0", "0.0", "未達")),
        (number(1), EMPTY, "増", ("", "", "0.0", "未入力")),
        (number(4), PENDING, "増", ("", "", "0.0", "集計中")),
        (EMPTY, number(15), "増", ("", "", "", "計画値なし")),
        (number(0), number(2), "見込", ("2", "", "", "計画0・実績2")),
        (number(0), number(0), "見込", ("0", "", "", "計画・実績とも0")),
        (number(0), number(0), "減", ("0", "", "", "達成")),
        (number(16), number(18), "増", ("2", "112.5", "112.5", "達成")),
        (number(40), number(-2), "増", ("-42", "-5.0", "-5.0", "未達")),
        (number(30), number(31), "減", ("1", "103.3", "103.3", "未達")),
        (number(30), number(29), "減", ("-1", "96.7", "96.7", "達成")),
        (number(100), number(100), "見込", ("0", "100.0", "100.0", "見込みどおり")),
        (number(100), number(160), "見込", ("60", "160.0", "160.0", "見込みを上回る")),
        (number(100), number(79), "見込", ("-21", "79.0", "79.0", "見込みを下回る")),
        (number(0), number(3), "増", ("3", "", "", "計画0・実績3")),
        (number(0), EMPTY, "増", ("", "", "", "未入力")),
        (EMPTY, EMPTY, "増", ("", "", "", "計画値なし")),
        (Value(state=State.NOT_SET), EMPTY, "増", ("", "", "", "計画値なし")),
        (Value(state=State.NOT_SET), number(3), "見込", ("", "", "", "計画値なし")),
        (number(100), number(80), "見込", ("-20", "80.0", "80.0", "見込みどおり")),
        (number(100), number(120), "見込", ("20", "120.0", "120.0", "見込みどおり")),
        (number(100), number("79.99"), "見込", ("-20.01", "80.0", "80.0", "見込みを下回る")),
        (number(100), number("120.01"), "見込", ("20.01", "120.0", "120.0", "見込みを上回る")),
        (number(0), number(1), "減", ("1", "", "", "未達")),
    ],
)
def test_numbers_read_as_the_case_table_says(planned, actual, way, expected):
    figures = Figures(planned, actual, Nature(ValueKind.NUMBER, WAYS[way]))

    assert printed(figures) == expected


def test_a_share_is_computed_from_its_parts_and_its_difference_is_in_points():
    actual = Value(number=Decimal("66.6667"), numerator=Decimal(2), denominator=Decimal(3))

    figures = Figures(number(100), actual, Nature(ValueKind.RATE))

    assert printed(figures) == ("-33.3", "66.7", "66.7", "未達")
    assert shown_number(actual, ValueKind.RATE) == "66.7"


@pytest.mark.parametrize(("actual", "reading"), [(1, "達成"), (0, "未達")])
@pytest.mark.parametrize("way", ["増", "見込"])
def test_presence_reads_met_or_not_and_has_no_rates(actual, reading, way):
    figures = Figures(number(1), number(actual), Nature(ValueKind.PRESENCE, WAYS[way]))

    assert printed(figures) == ("", "", "", reading)


def test_a_text_derives_nothing():
    said = Value(state=State.WORDS_ONLY, wording="検討を行った")

    figures = Figures(number(1), said, Nature(ValueKind.TEXT))

    assert printed(figures) == ("", "", "", "")


def test_what_the_reader_may_not_see_takes_everything_that_hangs_on_it_along():
    figures = hidden(Figures(number(4), number(2), Nature()))

    assert printed(figures) == ("", "", "", "")
    assert (figures.planned, figures.actual, figures.actual_word) == (number(4), EMPTY, "確認中")


@pytest.mark.parametrize(
    ("baseline", "planned", "actual", "expected"),
    [
        ("36", 30, 33, Decimal(50)),
        ("36", 36, 33, None),
        (None, 30, 33, None),
        ("36", 30, None, None),
    ],
)
def test_reduction_is_measured_from_the_baseline_where_less_is_better(baseline, planned, actual, expected):
    start = None if baseline is None else Decimal(baseline)
    current = EMPTY if actual is None else number(actual)

    figures = Figures(number(planned), current, Nature(direction=Direction.LESS), start)

    assert figures.reduction_rate == expected


def test_reduction_means_nothing_where_more_is_better():
    assert Figures(number(30), number(33), Nature(), Decimal(36)).reduction_rate is None


def test_the_bounds_of_near_the_plan_are_a_setting():
    strict = Nature(direction=Direction.NEAR, near_low=Decimal(95), near_high=Decimal(105))

    assert Figures(number(100), number(94), strict).reading == "見込みを下回る"


def test_a_rate_over_few_people_stands_beside_its_difference():
    assert Figures(number(4), number(2), Nature()).shows_few_people
    assert not Figures(number(40), number(20), Nature()).shows_few_people


NUMBERS = st.decimals(-9999, 99999, places=4, allow_nan=False).map(lambda n: Value(number=n))
WHOLE = st.integers(-3, 30).map(number)
SHARES = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(
    lambda parts: Value(
        number=(Decimal(parts[0]) * 100 / parts[1]).quantize(Decimal("0.0001")),
        numerator=Decimal(parts[0]),
        denominator=Decimal(parts[1]),
    )
)
STATES = st.sampled_from([s for s in State if s is not State.NOT_SET]).map(lambda s: Value(state=s, wording="…"))


@given(
    kind=st.sampled_from(ValueKind),
    direction=st.sampled_from(Direction),
    planned=st.one_of(st.just(EMPTY), NUMBERS, WHOLE, STATES),
    actual=st.one_of(st.just(EMPTY), NUMBERS, WHOLE, SHARES, STATES),
)
def test_the_second_computation_agrees(kind, direction, planned, actual):
    if kind is not ValueKind.RATE and actual.numerator is not None:
        actual = number(actual.numerator)
    figures = Figures(planned, actual, Nature(kind, direction))
    row = {
        "種類": kind.label,
        "方向": direction.label,
        "計画値": shown_number(planned, kind),
        "実績値": shown_number(actual, kind),
        "実績値状態": figures.actual_word,
        "分子": "" if actual.numerator is None else plain(actual.numerator),
        "分母": "" if actual.denominator is None else plain(actual.denominator),
    }
    difference, rate, legacy, reading = printed(figures)
    deviation = "" if figures.deviation_rate is None else one_decimal(figures.deviation_rate)

    assert derived_columns(row) == {
        "差": difference,
        "達成率": rate,
        "乖離率": deviation,
        "乖離値旧様式": legacy,
        "判定": reading,
    }
