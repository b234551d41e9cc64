"""達成見込み: cases worked by hand, the words that go with them, and a slow second computation beside the first."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import Nature
from core.numerals import plain
from core.outlook import Need, OutlookMethod, Span, YearlyChange, prospect
from core.outlook_words import few_in_words, method_in_words, need_in_words, span_in_words, span_rule_in_words
from core.values import Value
from core.words import Accumulation, Certainty, Direction, State, ValueKind

KEPT = "最終年度までこの水準を保つ必要があります。"
HOLD, AVERAGE, LINE = OutlookMethod.HOLD, OutlookMethod.AVERAGE, OutlookMethod.LINE
SIX = (2021, 2022, 2023, 2024, 2025, 2026)
THREE = SIX[:3]
MORE, LESS, NEAR = Direction.MORE, Direction.LESS, Direction.NEAR


def numbers(series):
    return {
        year: item if isinstance(item, Value) else Value(number=Decimal(str(item))) for year, item in series.items()
    }


def expected(
    series, years=SIX, goal=None, *, kind=ValueKind.NUMBER, direction=MORE, accumulation=Accumulation.YEAR_TOTAL
):
    """The prospect of this series with this goal in the last of the years."""
    planned = {} if goal is None else numbers({years[-1]: goal})
    return prospect(planned, numbers(series), years, nature=Nature(kind, direction), accumulation=accumulation)


def values(found):
    return {
        one.method: {year: plain(round(value, 4)) for year, value in one.values.items()} for one in found.projections
    }


# --- By hand ---


def test_three_years_go_on_by_each_method():
    # 20, 24, 31: on average (31 − 20) ÷ 2 = 5.5; least squares: mean 25 at 2022, slope (−1×20 + 1×31) ÷ 2 = 5.5.
    found = expected({2021: 20, 2022: 24, 2023: 31})

    assert values(found) == {
        HOLD: {2024: "31", 2025: "31", 2026: "31"},
        AVERAGE: {2024: "36.5", 2025: "42", 2026: "47.5"},
        LINE: {2024: "36", 2025: "41.5", 2026: "47"},
    }


def test_the_range_goes_beyond_the_methods_by_the_largest_miss_of_holding():
    # 据置 would have missed by 4 and by 7: 31 − 7 to 36.5 + 7, then 31 − 14 to 42 + 14.
    found = expected({2021: 20, 2022: 24, 2023: 31}, years=SIX[:5])

    assert found.spans == {2024: Span(Decimal(24), Decimal("43.5")), 2025: Span(Decimal(17), Decimal(56))}


def test_a_missing_year_shares_its_change():
    found = expected({2021: 10, 2024: 16}, years=SIX)

    assert found.changes == (YearlyChange(2024, Decimal(2)),)
    assert values(found)[AVERAGE] == {2025: "18", 2026: "20"}


def test_a_running_total_counts_from_nothing_and_runs_on():
    # 累計 3, 4: it grew by 3, then by 1; on average by 2 a year.
    found = expected({2021: 3, 2022: 4}, years=THREE, goal=9, accumulation=Accumulation.CUMULATIVE)

    assert [str(change.amount) for change in found.changes] == ["3", "1"]
    assert values(found) == {HOLD: {2023: "5"}, AVERAGE: {2023: "6"}, LINE: {2023: "5"}}
    assert found.spans == {2023: Span(Decimal(4), Decimal(8))}
    assert found.need == Need(Decimal(9), Decimal(5), YearlyChange(2021, Decimal(3)))


def test_nothing_falls_below_zero_and_a_share_ends_at_a_hundred():
    falling = expected({2021: 9, 2022: 4}, years=SIX[:4])
    share = expected({2021: 80, 2022: 95}, years=SIX[:4], kind=ValueKind.RATE)

    assert values(falling)[AVERAGE] == {2023: "0", 2024: "0"}
    assert falling.spans[2024] == Span(Decimal(0), Decimal(14))
    assert values(share)[AVERAGE] == {2023: "100", 2024: "100"}
    assert share.spans[2024] == Span(Decimal(65), Decimal(100))


def test_bounds_give_way_to_what_was_seen():
    reduction = expected({2021: 1, 2022: -2}, years=THREE)
    growth = expected({2021: 110, 2022: 120}, years=THREE, kind=ValueKind.RATE)

    assert (values(reduction)[AVERAGE], values(growth)[AVERAGE]) == ({2023: "-5"}, {2023: "130"})


@pytest.mark.parametrize(
    ("series", "years", "kind"),
    [
        ({2021: 5}, THREE, ValueKind.NUMBER),
        ({2021: 5, 2022: Value(state=State.PENDING)}, THREE, ValueKind.NUMBER),
        ({2021: 5, 2022: Value(number=Decimal(6), certainty=Certainty.EXPECTED)}, THREE, ValueKind.NUMBER),
        ({2021: 5, 2023: 6}, THREE, ValueKind.NUMBER),
        ({2021: 5, 2022: 6, 2023: Value(state=State.CANCELLED)}, THREE, ValueKind.NUMBER),
        ({2021: 1, 2022: 1}, THREE, ValueKind.PRESENCE),
        ({2021: Value(state=State.WORDS_ONLY, wording="検討")}, THREE, ValueKind.TEXT),
    ],
)
def test_nothing_is_said_where_nothing_may_be_said(series, years, kind):
    assert expected(series, years, kind=kind) is None


def test_a_pending_last_year_is_still_to_come():
    assert expected({2021: 5, 2022: 6, 2023: Value(state=State.PENDING)}, THREE).remaining == (2023,)


# --- In words ---


@pytest.mark.parametrize(
    ("series", "goal", "direction", "sentence"),
    [
        (
            {2021: 20, 2022: 24},
            32,
            MORE,
            "令和5年度の目標32人まで、あと年8人の増加が必要、過去最大は年4人（令和4年度）です。",
        ),
        (
            {2021: 24, 2022: 20},
            32,
            MORE,
            "令和5年度の目標32人まで、あと年12人の増加が必要ですが、これまでに増えた年度はありません。",
        ),
        (
            {2021: 24, 2022: 20},
            15,
            LESS,
            "令和5年度の目標15人まで、あと年5人の減少が必要、過去最大は年4人（令和4年度）です。",
        ),
        ({2021: 20, 2022: 24}, 24, MORE, "いまの実績は、令和5年度の目標24人に届いています。" + KEPT),
        ({2021: 20, 2022: 24}, 0, MORE, "いまの実績は、令和5年度の目標0人に届いています。" + KEPT),
        ({2021: 20, 2022: 14}, 15, LESS, "いまの実績は、令和5年度の目標15人以内です。" + KEPT),
        (
            {2021: 90, 2022: 110},
            100,
            NEAR,
            "いまの実績は、令和5年度の目標100人に対して見込みどおりの範囲にあります。" + KEPT,
        ),
        (
            {2021: 90, 2022: 130},
            100,
            NEAR,
            "令和5年度の目標100人まで、あと年30人の減少が必要ですが、これまでに減った年度はありません。",
        ),
        ({2021: 20, 2022: 24}, None, MORE, ""),
    ],
)
def test_what_the_goal_asks_of_each_year_stands_beside_the_largest_change_so_far(series, goal, direction, sentence):
    found = expected(series, THREE, goal, direction=direction)

    assert need_in_words(found, "人") == sentence


def test_what_is_needed_is_rounded_up():
    found = expected({2021: 20, 2022: 24, 2023: 30}, SIX, 37)

    assert need_in_words(found, "人").startswith("令和8年度の目標37人まで、あと年2.4人の増加が必要")


def test_a_share_changes_by_points():
    found = expected({2021: 50, 2022: 60}, THREE, 80, kind=ValueKind.RATE)

    assert need_in_words(found, "%") == (
        "令和5年度の目標80.0%まで、あと年20ポイントの増加が必要、過去最大は年10ポイント（令和4年度）です。"
    )


def test_each_method_says_its_formula_with_its_figures():
    found = expected({2021: 20, 2022: 24}, THREE)

    assert [method_in_words(found, one, "人") for one in found.projections] == [
        "令和4年度の24人がそのまま続く",
        "令和4年度の24人に、令和3年度から令和4年度までの増減の平均（年+4人）を足していく",
        "2年度分の実績にいちばん近い直線（最小二乗法、年+4人）を延ばす",
    ]


def test_the_range_says_its_rule():
    found = expected({2021: 20, 2022: 24}, THREE)

    assert span_rule_in_words(found, "人") == (
        "幅は、3つの方法のいちばん低い値といちばん高い値を、これまで「据置」で見込んでいたら外れていた最大の大きさ（年4人）"
        "に先の年数をかけた分だけ、下と上に広げたものです。0人より小さくはなりません。"
        "実績が2年度分なので、直線は平均の増減と同じ値になります。"
    )


def test_actuals_that_never_moved_promise_nothing():
    found = expected({2021: 27, 2022: 27}, THREE)

    assert span_rule_in_words(found, "人") == (
        "これまで「据置」から外れたことがないため、広げません。これからも動かないという意味ではありません。"
    )


def test_the_range_of_a_year_is_one_figure_where_both_ends_print_alike():
    apart, alike = expected({2021: 20, 2022: 24}, THREE), expected({2021: 27, 2022: 27}, THREE)

    assert [span_in_words(one.nature.kind, one.spans[2023], "人") for one in (apart, alike)] == ["20〜32人", "27人"]


@pytest.mark.parametrize(
    ("series", "kind", "sentence"),
    [
        (
            {2021: 9, 2022: 30},
            ValueKind.NUMBER,
            "10人に満たない実績から出した見込みです。1人の違いで大きく変わるため、傾向とは言えません。",
        ),
        ({2021: 10, 2022: 30}, ValueKind.NUMBER, ""),
        ({2021: 5, 2022: 6}, ValueKind.RATE, ""),
        (
            {2021: 50, 2022: Value(Decimal("66.7"), numerator=Decimal(2), denominator=Decimal(3))},
            ValueKind.RATE,
            "分母が10に満たない実績から出した見込みです。1人の違いで割合が大きく動くため、傾向とは言えません。",
        ),
    ],
)
def test_under_ten_people_it_says_how_little_a_trend_means(series, kind, sentence):
    assert few_in_words(expected(series, THREE, kind=kind), "人") == sentence


# --- The second computation: fractions, normal equations, every change walked year by year ---


def slow_line(points: dict[int, Fraction], year: int) -> Fraction:
    """Cramer's rule on the normal equations of value = a + b × year."""
    n, x, y = len(points), sum(points), sum(points.values())
    xx, xy = sum(at * at for at in points), sum(at * value for at, value in points.items())
    a, b = Fraction(y * xx - x * xy, 1) / (n * xx - x * x), Fraction(n * xy - x * y, 1) / (n * xx - x * x)
    return a + b * year


def slow_years(points: dict[int, Fraction]) -> dict[int, Fraction]:
    """The change of every year, a missing year sharing that of the next known one."""
    known, changes = sorted(points), {}
    for before, after in zip(known, known[1:], strict=False):
        for year in range(before + 1, after + 1):
            changes[year] = (points[after] - points[before]) / (after - before)
    return changes


def slow_outlook(points, last, *, cumulative, share, goal):
    """{method: {year: value}} and {year: (low, high)} by the plain words of the manual."""
    start = {SIX[0] - 1: Fraction(0)} | points if cumulative else points
    changes, latest = slow_years(start), max(points)
    sizes = [changes[year] for year in sorted(changes)]
    held = sizes[-1] if cumulative else Fraction(0)
    mean = sum(sizes) / len(sizes)
    misses = [abs(b - a) for a, b in zip(sizes, sizes[1:], strict=False)] if cumulative else [abs(s) for s in sizes]
    all_seen = [*points.values(), goal]
    low = None if min(all_seen) < 0 else Fraction(0)
    if cumulative and min(sizes) >= 0:
        low = points[latest]
    high = Fraction(100) if share and max(all_seen) <= 100 else None

    def bound(value):
        value = value if low is None else max(value, low)
        return value if high is None else min(value, high)

    methods, spans = {HOLD: {}, AVERAGE: {}, LINE: {}}, {}
    for ahead, year in enumerate(range(latest + 1, last + 1), start=1):
        methods[HOLD][year] = bound(points[latest] + held * ahead)
        methods[AVERAGE][year] = bound(points[latest] + mean * ahead)
        methods[LINE][year] = bound(slow_line(points, year))
        around = [values[year] for values in methods.values()]
        spans[year] = (bound(min(around) - max(misses) * ahead), bound(max(around) + max(misses) * ahead))
    return methods, spans


amounts = st.decimals(min_value=-50, max_value=400, places=1)


@given(
    series=st.dictionaries(st.sampled_from(SIX[:5]), amounts, min_size=2),
    goal=amounts,
    cumulative=st.booleans(),
    share=st.booleans(),
)
def test_a_slow_second_computation_agrees(series, goal, cumulative, share):
    found = expected(
        series,
        goal=goal,
        kind=ValueKind.RATE if share else ValueKind.NUMBER,
        accumulation=Accumulation.CUMULATIVE if cumulative else Accumulation.YEAR_TOTAL,
    )

    points = {year: Fraction(value) for year, value in series.items()}
    methods, spans = slow_outlook(points, SIX[-1], cumulative=cumulative, share=share, goal=Fraction(goal))
    differences = [
        abs(Fraction(one.values[year]) - methods[one.method][year]) for one in found.projections for year in one.values
    ]
    differences += [abs(Fraction(span.low) - spans[year][0]) for year, span in found.spans.items()]
    differences += [abs(Fraction(span.high) - spans[year][1]) for year, span in found.spans.items()]
    assert {one.method: set(one.values) for one in found.projections} == {m: set(v) for m, v in methods.items()}
    assert max(differences) < Fraction(1, 10**18)
