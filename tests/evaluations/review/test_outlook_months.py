"""今年度の月別の値から: cases by hand, a slow second computation, the words, and the page that shows and adopts it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.figures import Nature
from core.fiscal_months import MONTHS
from core.monthly import YearFromMonths
from core.numerals import plain
from core.outlook_months import months_outlooks
from core.outlook_words import months_few_in_words, months_in_words, months_span_rule_in_words
from core.values import Value
from core.words import Accumulation, Certainty, Direction, Side, State, ValueKind
from evaluations.models import Outlook
from indicators.models import MonthlyReading
from plans.models import Change, Role, YearState
from tests.builders import a_measure, a_user, a_value, in_state
from tests.page_forms import form_with
from tests.page_readers import found_words

YEARS = (2021, 2022, 2023)
AVERAGE, TOTAL = Accumulation.MONTHLY_AVERAGE, Accumulation.YEAR_TOTAL
END, RUNNING = Accumulation.YEAR_END, Accumulation.CUMULATIVE
NEAR = Nature(ValueKind.NUMBER, Direction.NEAR)


def number(amount):
    return amount if isinstance(amount, Value) else Value(number=Decimal(str(amount)))


def april_on(*amounts):
    """Months from April on; None is a month without a value."""
    pairs = zip(MONTHS, amounts, strict=False)
    return {month: number(amount) for month, amount in pairs if amount is not None}


def seen(months, accumulation=AVERAGE, *, year=2023, actual=None, planned=None):
    """The outlooks of the years after the latest actual, from the months of one year."""
    made = {year: YearFromMonths(year, accumulation, months)}
    return months_outlooks(
        {at: number(amount) for at, amount in (planned or {}).items()},
        {at: number(amount) for at, amount in (actual or {}).items()},
        YEARS,
        made,
        nature=NEAR,
    )


def only(*arguments, **more):
    [found] = seen(*arguments, **more)
    return found


def figures(found):
    amount, span = found.amount, found.span
    return tuple(plain(round(value, 4)) for value in (amount, span.low, span.high))


# --- By hand ---


def test_the_average_of_the_months_goes_on():
    # 60 + 62 + 64 = 186 over 3; nine months more of 60, and of 64: (186 + 540) ÷ 12 and (186 + 576) ÷ 12.
    assert figures(only(april_on(60, 62, 64))) == ("62", "60.5", "63.5")


def test_a_yearly_total_is_stretched_over_the_year():
    # 10 + 0 + 5 + 9 = 24 in four months: 24 ÷ 4 × 12; eight more of 0, and of 10.
    assert figures(only(april_on(10, 0, 5, 9), TOTAL)) == ("72", "24", "104")


def test_months_that_will_never_have_a_number_are_not_to_come():
    cancelled = Value(state=State.CANCELLED)
    # Three months of 6 and two that were cancelled: seven are still to come, of ten.
    found = only(april_on(6, cancelled, 6, cancelled, 6), TOTAL)

    assert (found.to_come, figures(found)) == (7, ("60", "60", "60"))


def test_the_latest_stock_holds_and_may_move_as_it_moved():
    # From 50 at the end of last year to 53 in April: 3 a month at most; seven months after August.
    found = only(april_on(53, 52, None, None, 52), END, actual={2022: 50})

    assert (found.to_come, found.largest_change, figures(found)) == (7, 3, ("52", "31", "73"))


def test_a_stock_does_not_fall_below_nothing():
    assert figures(only(april_on(6, 3, 2), END)) == ("2", "0", "29")


def test_a_running_total_goes_on_at_its_pace_from_where_last_year_ended():
    # 4 at the end of last year, 7 in September: half a person a month, six months to come.
    found = only(april_on(None, None, None, 5, 5, 7), RUNNING, actual={2022: 4})

    assert (found.pace, found.to_come) == (Decimal("0.5"), 6)
    # From March to July a quarter a month, then nothing, then two.
    assert figures(found) == ("10", "7", "19")


def test_a_running_total_begins_with_nothing_in_the_plans_first_year():
    assert figures(only(april_on(1, 1, 3), RUNNING, year=2021)) == ("12", "3", "21")


def test_a_running_total_without_last_years_end_goes_by_its_own_months():
    assert only(april_on(4, None, 6, 8), RUNNING).pace == Decimal(4) / 3


def test_a_full_year_leaves_nothing_open():
    found = [only(april_on(*range(1, 13)), accumulation) for accumulation in (AVERAGE, TOTAL, END, RUNNING)]

    assert [(one.to_come, figures(one)) for one in found] == [
        (0, ("6.5", "6.5", "6.5")),
        (0, ("78", "78", "78")),
        (0, ("12", "12", "12")),
        (0, ("12", "12", "12")),
    ]


def test_reductions_may_lie_below_nothing():
    assert only(april_on(-1, -2, -4), RUNNING, year=2021).amount == -16


@pytest.mark.parametrize(
    ("months", "more"),
    [
        (april_on(1, 2), {}),
        (april_on(1, 2, Value(state=State.PENDING)), {}),
        (april_on(1, 2, 3), {"year": 2022, "actual": {2022: 5}}),
        (april_on(1, 2, 3), {"year": 2021, "actual": {2022: 5}}),
        (april_on(1, 2, 3), {"actual": {2023: Value(state=State.CANCELLED)}}),
        (april_on(1, 2, 3), {"year": 2024}),
    ],
)
def test_nothing_is_said_of_two_months_nor_of_a_year_that_is_told(months, more):
    assert seen(months, **more) == ()


def test_no_earlier_actual_is_needed_and_an_expected_one_is_none():
    alone = seen(april_on(1, 2, 3), year=2021)
    expected = seen(april_on(1, 2, 3), actual={2023: Value(Decimal(9), certainty=Certainty.EXPECTED)})
    pending = seen(april_on(1, 2, 3), actual={2023: Value(state=State.PENDING)})

    assert [[one.year for one in found] for found in (alone, expected, pending)] == [[2021], [2023], [2023]]


def test_the_year_is_read_against_its_own_plan():
    assert only(april_on(60, 62, 64), planned={2023: 100}).judged.reading == "見込みを下回る"


# --- A slow second computation ---


def slow(months, accumulation, start):
    """Amount, low and high by walking the twelve months, each one to come filled in by hand."""
    known = {place: Fraction(months[month].number) for place, month in enumerate(MONTHS, start=1) if month in months}
    if accumulation in (AVERAGE, TOTAL):
        fillings = [sum(known.values()) / len(known), min(known.values()), max(known.values())]
        years = [[known.get(place, filling) for place in range(1, 13)] for filling in fillings]
        return [sum(year) / (12 if accumulation is AVERAGE else 1) for year in years]
    if start is not None:
        known[0] = Fraction(start)
    places = sorted(known)
    steps = [(known[b] - known[a]) / (b - a) for a, b in zip(places, places[1:], strict=False)]
    latest, rest = known[places[-1]], 12 - places[-1]
    if accumulation is END:
        wide = max(abs(step) for step in steps)
        found = [latest, latest - wide * rest, latest + wide * rest]
    else:
        pace = (latest - known[places[0]]) / (places[-1] - places[0])
        found = [latest + pace * rest, latest + min(steps) * rest, latest + max(steps) * rest]
    low = 0 if min(known.values()) >= 0 else None
    return [value if low is None else max(value, low) for value in found]


@given(
    months=st.dictionaries(st.sampled_from(MONTHS), st.decimals(-20, 400, places=1), min_size=3),
    accumulation=st.sampled_from(Accumulation),
    start=st.none() | st.decimals(0, 400, places=1),
)
def test_a_slow_second_computation_agrees(months, accumulation, start):
    kept = {month: number(amount) for month, amount in months.items()}

    found = only(kept, accumulation, actual={} if start is None else {2022: start})

    expected = slow(kept, accumulation, start)
    ours = [found.amount, found.span.low, found.span.high]
    assert max(abs(Fraction(a) - b) for a, b in zip(ours, expected, strict=True)) < Fraction(1, 10**18)
    assert found.span.low <= found.amount <= found.span.high


# --- In words ---


@pytest.mark.parametrize(
    ("accumulation", "formula", "rule"),
    [
        (
            AVERAGE,
            "4月から6月までの3か月分の合計 186 ÷ 3。この平均がそのまま続く",
            "残り9か月が、これまででいちばん少ない月（60人）と、いちばん多い月（64人）のままだった場合",
        ),
        (
            TOTAL,
            "4月から6月までの3か月分の合計 186 ÷ 3 × 12か月",
            "残り9か月が、これまででいちばん少ない月（60人）と、いちばん多い月（64人）のままだった場合",
        ),
        (
            END,
            "6月の64人がそのまま続く（入力済み 3か月分）",
            "残り9か月に、これまででいちばん大きい月ごとの動き（2人）が続いた場合",
        ),
        (
            RUNNING,
            "6月までの累計64人に、ひと月+2人を残り9か月分足す（入力済み 3か月分）",
            "残り9か月の増え方が、これまででいちばん小さい月（+2人）と、いちばん大きい月（+2人）のままだった場合",
        ),
    ],
)
def test_each_way_of_adding_up_says_its_formula_and_its_range(accumulation, formula, rule):
    found = only(april_on(60, 62, 64), accumulation)

    assert (months_in_words(found, "人"), months_span_rule_in_words(found, "人")) == (formula, rule)


@pytest.mark.parametrize(
    ("accumulation", "formula"),
    [
        (AVERAGE, "4月から3月までの12か月分の合計 60 ÷ 12"),
        (TOTAL, "4月から3月までの12か月分の合計 60"),
        (END, "3月の5人（入力済み 12か月分）"),
        (RUNNING, "3月までの累計5人（入力済み 12か月分）"),
    ],
)
def test_a_full_year_says_that_it_is_full(accumulation, formula):
    found = only(april_on(*[5] * 12), accumulation)

    assert months_in_words(found, "人") == formula
    assert months_span_rule_in_words(found, "人").startswith("すべての月の値が入っています。")


def test_under_ten_it_says_how_little_months_mean():
    few, many = only(april_on(9, 9, 9)), only(april_on(10, 10, 10))

    assert months_few_in_words(few, "人") == (
        "10人に満たない見込みです。1人の違いで大きく変わるため、傾向とは言えません。"
    )
    assert months_few_in_words(many, "人") == ""


# --- The page ---

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(section):
    """A 月平均 with a plan of 66 in 2023 and two actuals so far."""
    measure = a_measure(
        section, "i-1", family="indicator", title="利用者数", accumulation="monthly_average", direction="near"
    )
    a_value(measure, 2023, 66, side=Side.PLANNED)
    a_value(measure, 2021, 60)
    a_value(measure, 2022, 63)
    return measure


def months_in(measure, year, *amounts, provisional=()):
    for month, amount in zip(MONTHS, amounts, strict=False):
        MonthlyReading.objects.create(
            indicator=measure.activity_indicator,
            fiscal_year=year,
            month=month,
            number=amount,
            provisional=month in provisional,
        )


def address(measure, query=""):
    return reverse("evaluations:measure", args=[measure.plan.slug, measure.code]) + query


def page_of(client, role, measure, query=""):
    client.force_login(a_user(role))
    return client.get(address(measure, query))


def test_the_page_shows_the_year_with_how_many_months_are_in(client, users):
    months_in(users, 2023, 64, 65, 65, 66, 66, 67, provisional=(8, 9))

    [line] = found_words(page_of(client, Role.EDITOR, users), ".//tr[@data-months='2023']")

    for words in (
        "令和5年度",
        "6か月分、うち速報 8月・9月",
        "4月から9月までの6か月分の合計 393 ÷ 6。この平均がそのまま続く",
        "見込み 65.5人",
        "64.8〜66.3人",
        "66人",
        "見込みどおり",
    ):
        assert words in line


def test_one_actual_or_none_does_not_keep_the_months_from_speaking(client, section):
    new = a_measure(section, "i-2", family="indicator", accumulation="monthly_average")
    months_in(new, 2021, 5, 6, 7)

    text = page_of(client, Role.EDITOR, new).text

    assert "見込み <strong>6人</strong>" in text
    assert "実績から計算する見込みは、見られる実績が2年度分以上そろい" in text
    assert "?take=months" not in text


@pytest.mark.parametrize("amounts", [(), (64, 65)])
def test_nothing_is_shown_without_three_months(client, users, amounts):
    months_in(users, 2023, *amounts)

    assert "月別の値からの見込み" not in page_of(client, Role.EDITOR, users).text


def test_months_before_the_end_of_the_year_is_settled_are_not_told_to_readers(client, section, users):
    months_in(users, 2023, 31337, 31337, 31337)
    for year in (2021, 2022):
        in_state(section, year, YearState.CONFIRMED)
    hidden = page_of(client, Role.VIEWER, users).text
    in_state(section, 2023, YearState.CONFIRMED)

    shown = page_of(client, Role.VIEWER, users).text

    assert ["31337" in text for text in (hidden, shown)] == [False, True]


def test_the_figure_of_the_months_becomes_the_citys_own_by_two_clicks_with_its_reason(client, users):
    months_in(users, 2023, 64, 65, 65, 66, 66, 67)
    offered = "?take=months#choose-outlook" in page_of(client, Role.EDITOR, users).text

    form = form_with(page_of(client, Role.EDITOR, users, "?take=months"), "own")
    before = Outlook.objects.count()
    answer = client.post(address(users), form)

    choice = Outlook.objects.get()
    assert (offered, before, answer.status_code) == (True, 0, 302)
    assert (choice.method, choice.own, choice.basis_year) == ("own", Decimal("65.5"), 2023)
    assert choice.reason == "令和5年度の月別の値から（4月から9月までの6か月分の合計 393 ÷ 6。この平均がそのまま続く）。"
    assert "令和5年度までの実績と月別の値を見て選びました。" in client.get(address(users)).text


def test_an_own_figure_made_while_months_were_in_is_kept_from_who_may_not_see_them(client, section, users):
    months_in(users, 2023, 64, 65, 65)
    for year in (2021, 2022):
        in_state(section, year, YearState.CONFIRMED)
    form = form_with(page_of(client, Role.EDITOR, users, "?take=months"), "own")
    client.post(address(users), form | {"reason": "月別の値64.7人から"})

    texts = {role: page_of(client, role, users).text for role in (Role.EDITOR, Role.VIEWER)}

    assert ["月別の値64.7人から" in text for text in texts.values()] == [True, False]
    assert [Change.objects.filter(subject="outlook").count(), "確認中" in texts[Role.VIEWER]] == [1, True]


def test_who_may_not_choose_is_offered_nothing(client, section, users):
    months_in(users, 2023, 64, 65, 65)
    for year in YEARS[:2]:
        in_state(section, year, YearState.CONFIRMED)

    text = page_of(client, Role.VIEWER, users, "?take=months").text

    assert "take=months" not in text
    assert "市が見込む値」になります" not in text


def test_targets_and_shares_have_no_months(client, section):
    for number_, fields in enumerate([{"family": "target"}, {"family": "indicator", "value_kind": "rate"}]):
        measure = a_measure(section, f"x-{number_}", **fields)

        assert "月別の値からの見込み" not in page_of(client, Role.EDITOR, measure).text


def test_no_export_and_no_other_page_carries_it(client, section, users):
    months_in(users, 2023, 31337, 31337, 31337)
    in_state(section, 2021, YearState.CONFIRMED)
    client.force_login(a_user(Role.EDITOR))
    slug = section.plan.slug

    pages = [
        reverse("evaluations:tidy_download", args=[slug, "csv"]),
        reverse("evaluations:dashboard", args=[slug]),
        reverse("evaluations:section_year", args=[slug, 1, 2023]),
        reverse("indicators:indicator_list", args=[slug]),
    ]

    assert ["31337" in client.get(page).content.decode() for page in pages] == [False] * 4


def test_the_page_asks_no_more_for_more_months(client, users):
    client.force_login(a_user(Role.EDITOR))
    counts = []
    for year, amounts in ((2023, (64, 65, 66)), (2022, (60,) * 12)):
        months_in(users, year, *amounts)
        with CaptureQueriesContext(connection) as asked:
            client.get(address(users))
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12
