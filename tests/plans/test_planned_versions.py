"""計画値 in mid-period: what is written into which 計画変更, what stands, and what it was before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fiscal_months import last_day, wareki_day
from core.values import EMPTY, Value
from core.words import Side, State, ValueKind
from plans.actions import CellChange, record_values
from plans.models import Change, Channel, Role, YearlyValue, YearState
from plans.planned_versions import PlannedVersion, planned_in_words, versions_in_words
from plans.queries import measure_rows, stored_values
from plans.refusals import Cause, ChangesRefused
from tests.builders import a_measure, a_plan, a_revision, a_section, a_user, changed_plan, in_state

pytestmark = pytest.mark.django_db

YEAR = 2022
DAY = date(2022, 10, 1)
NOT_SET = Value(state=State.NOT_SET)


@pytest.fixture
def measure():
    return a_measure(a_section(a_plan()), "a", title="地域移行者数")


def number(value):
    return Value(number=Decimal(value))


def plan_value(measure, new, *, old=None, year=YEAR, side=Side.PLANNED, corrects=False, by=None):
    """Write this 計画値 over what stands, as the operator unless somebody is named."""
    current = stored_values([measure]).get((measure.pk, year, side), EMPTY) if old is None else old
    return record_values(
        [CellChange(measure, year, side, current, new)], by=by, channel=Channel.SCREEN, corrects=corrects
    )


def cell(measure, year=YEAR):
    [row] = measure_rows(measure.plan, [measure], access=None)
    return row.cell(year)


def told(measure, year=YEAR):
    """What the cell says of itself: (number of the 計画変更, value) from 当初 on."""
    return [(version.number, version.value) for version in cell(measure, year).versions]


def rows(measure):
    """(計画変更, replaced in, number) of every row of the cell."""
    kept = YearlyValue.objects.filter(measure=measure, fiscal_year=YEAR, side=Side.PLANNED).order_by("revision")
    return [(row.revision, row.replaced_in, row.number) for row in kept]


# --- Where a 計画値 goes ---


def test_before_any_revision_a_plan_value_is_changed_in_its_place(measure):
    plan_value(measure, number(12))
    plan_value(measure, number(13))

    assert rows(measure) == [(0, None, 13)]
    assert (cell(measure).figures.planned, cell(measure).versions) == (number(13), ())


def test_after_a_revision_was_opened_the_first_value_is_kept_beside_the_new_one(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan, reason="事業所が増えたため")

    plan_value(measure, number(15))

    assert rows(measure) == [(0, 1, 12), (1, None, 15)]
    assert cell(measure).figures.planned == number(15)
    assert cell(measure).versions == (
        PlannedVersion(0, number(12)),
        PlannedVersion(1, number(15), DAY, "事業所が増えたため"),
    )


def test_a_correction_inside_the_newest_revision_changes_its_own_row(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan)
    plan_value(measure, number(51))

    plan_value(measure, number(15))

    assert rows(measure) == [(0, 1, 12), (1, None, 15)]


def test_the_value_from_before_the_revision_takes_the_change_back(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan)
    plan_value(measure, number(15))

    plan_value(measure, number(12))

    assert rows(measure) == [(0, None, 12)]
    assert told(measure) == []


def test_a_value_cleared_in_a_revision_is_no_plan_and_never_the_first_one_again(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan)

    plan_value(measure, number(15))
    plan_value(measure, EMPTY)

    assert rows(measure) == [(0, 1, 12)]
    assert cell(measure).figures.planned == EMPTY
    assert told(measure) == [(0, number(12)), (1, EMPTY)]


def test_a_goal_given_up_is_a_state_of_the_revision(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan)

    plan_value(measure, NOT_SET)

    assert told(measure) == [(0, number(12)), (1, NOT_SET)]


def test_a_year_without_a_plan_at_first_may_get_one_and_lose_it_again(measure):
    a_revision(measure.plan)

    plan_value(measure, number(15))
    with_plan = told(measure)
    plan_value(measure, EMPTY)

    assert (with_plan, told(measure), rows(measure)) == ([(0, EMPTY), (1, number(15))], [], [])


def test_three_revisions_are_told_in_order_and_those_that_left_the_cell_alone_are_not(measure):
    plan_value(measure, number(12))
    for revision, new in enumerate([number(15), None, number(20)], start=1):
        a_revision(measure.plan, revision)
        if new:
            plan_value(measure, new)

    assert told(measure) == [(0, number(12)), (1, number(15)), (3, number(20))]


def test_a_plan_taken_away_and_set_again_tells_of_the_gap(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan, 1)
    plan_value(measure, EMPTY)
    a_revision(measure.plan, 2)

    plan_value(measure, number(20))

    assert told(measure) == [(0, number(12)), (1, EMPTY), (2, number(20))]


def test_actuals_know_no_revision(measure):
    plan_value(measure, number(3), side=Side.ACTUAL)
    a_revision(measure.plan)

    plan_value(measure, number(4), side=Side.ACTUAL)

    kept = YearlyValue.objects.get(side=Side.ACTUAL)
    assert (kept.revision, kept.replaced_in, kept.value) == (0, None, number(4))


def test_what_is_read_is_judged_against_the_current_plan(measure):
    changed_plan(measure, YEAR, 12, 15)
    plan_value(measure, number(13), side=Side.ACTUAL)

    figures = cell(measure).figures

    assert (figures.reading, figures.difference) == ("未達", Decimal(-2))


# --- Typing errors of the plan as first adopted ---


def test_a_typing_error_of_the_first_plan_is_put_right_without_a_change_of_the_plan(measure):
    plan_value(measure, number(21))
    a_revision(measure.plan)

    plan_value(measure, number(12), corrects=True)

    assert (rows(measure), told(measure)) == ([(0, None, 12)], [])


def test_a_typing_error_of_a_revision_is_put_right_in_that_revision(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan, 1)
    plan_value(measure, number(51))
    a_revision(measure.plan, 2)

    plan_value(measure, number(15), corrects=True)

    assert told(measure) == [(0, number(12)), (1, number(15))]


def test_the_history_says_which_revision_and_what_was_a_correction(measure):
    plan_value(measure, number(21))
    a_revision(measure.plan)
    plan_value(measure, number(12), corrects=True)
    plan_value(measure, number(15))

    lines = [(line.field, line.reason) for line in Change.objects.order_by("id")]

    assert lines == [("計画値", ""), ("計画値（当初）", "計画値の入力の誤りの訂正"), ("計画値（第1回変更）", "")]


# --- What is refused ---


def test_a_conflict_is_seen_against_what_stands_not_against_the_first_plan(measure):
    changed_plan(measure, YEAR, 12, 15)
    a_revision(measure.plan)

    with pytest.raises(ChangesRefused) as refused:
        plan_value(measure, number(20), old=number(12))

    [refusal] = refused.value.refusals
    assert (refusal.cause, refusal.current) == (Cause.CONFLICT, number(15))
    assert rows(measure) == [(0, 1, 12), (1, None, 15)]


@pytest.mark.parametrize("state", [YearState.CONFIRMED, YearState.PUBLISHED])
def test_a_revision_changes_no_year_that_is_settled(measure, state):
    plan_value(measure, number(12))
    in_state(measure.section, YEAR, state)
    a_revision(measure.plan)

    with pytest.raises(ChangesRefused) as refused:
        plan_value(measure, number(15), by=a_user(Role.MANAGER))

    assert refused.value.refusals[0].cause is Cause.LOCKED
    assert rows(measure) == [(0, None, 12)]


@pytest.mark.parametrize(
    "fields",
    [
        {"revision": 1, "replaced_in": None, "number": 15},
        {"revision": 2, "replaced_in": 1, "number": 15},
        {"revision": 0, "replaced_in": 1, "number": 15, "side": Side.ACTUAL},
    ],
)
def test_the_database_keeps_one_row_that_stands_and_no_row_replaced_before_its_time(measure, fields):
    plan_value(measure, number(12))

    with pytest.raises(IntegrityError), transaction.atomic():
        YearlyValue.objects.create(measure=measure, fiscal_year=YEAR, **({"side": Side.PLANNED} | fields))


# --- In words ---


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (number(12), ValueKind.NUMBER, "12人"),
        (number("66.7"), ValueKind.RATE, "66.7人"),
        (Value(number=Decimal(1), wording="有5人"), ValueKind.PRESENCE, "有（原文：有5人）"),
        (Value(number=Decimal(1), wording="有"), ValueKind.PRESENCE, "有"),
        (number(0), ValueKind.PRESENCE, "無"),
        (NOT_SET, ValueKind.NUMBER, "設定しない"),
        (Value(state=State.WORDS_ONLY, wording="検討する"), ValueKind.TEXT, "検討する"),
        (EMPTY, ValueKind.NUMBER, "なし"),
    ],
)
def test_a_plan_value_in_words(value, kind, words):
    assert planned_in_words(value, kind, "人") == words


def test_versions_in_words_say_when():
    versions = (PlannedVersion(0, number(12)), PlannedVersion(1, number(15), DAY, "理由"))

    assert versions_in_words(versions, ValueKind.NUMBER, "人") == "当初 12人 → 第1回変更後 15人（令和4年10月1日）"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2022, 10, 1), "令和4年10月1日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2021, 3, 31), "令和3年3月31日"),
    ],
)
def test_a_day_in_the_calendar_of_eras(day, words):
    assert wareki_day(day) == words


def test_a_fiscal_year_ends_in_march():
    assert last_day(2022) == date(2023, 3, 31)


# --- Any sequence ---

acts = st.lists(
    st.just("open") | st.tuples(st.sampled_from([2021, 2022]), st.none() | st.integers(0, 3), st.booleans()).map(tuple),
    max_size=14,
)


@settings(max_examples=60)
@given(acts)
def test_whatever_is_done_the_last_word_stands_and_every_former_plan_can_be_read(done):
    """Against one whole copy of the plan for each revision, which is what nobody keeps."""
    with transaction.atomic():
        measure = a_measure(a_section(a_plan(generation=9)), "a")
        copies = [{}]
        for act in done:
            if act == "open":
                copies.append(dict(copies[-1]))
                a_revision(measure.plan, len(copies) - 1)
                continue
            year, typed, corrects = act
            value = EMPTY if typed is None else number(typed)
            plan_value(measure, value, year=year, corrects=corrects)
            first = last_change(copies, year) if corrects else len(copies) - 1
            for copy in copies[first:]:
                copy[year] = value

        for year in (2021, 2022):
            assert cell(measure, year).figures.planned == copies[-1].get(year, EMPTY)
            assert [read_at(measure, year, revision) for revision in range(len(copies))] == [
                copy.get(year, EMPTY) for copy in copies
            ]
        transaction.set_rollback(True)


def last_change(copies, year):
    """The newest revision in which the year's value differs from the one before; 0 for 当初."""
    stood = [copy.get(year, EMPTY) for copy in copies]
    return max((n for n in range(1, len(stood)) if stood[n] != stood[n - 1]), default=0)


def read_at(measure, year, revision):
    """The 計画値 as it stood in a revision, read from what the cell tells."""
    seen = cell(measure, year)
    return next((v.value for v in reversed(seen.versions) if v.number <= revision), seen.figures.planned)


# --- At the same moment ---


@pytest.mark.django_db(transaction=True)
def test_two_who_change_one_plan_value_at_once_leave_one_row_that_stands(measure):
    plan_value(measure, number(12))
    a_revision(measure.plan)
    people, together = {15: a_user(), 16: a_user()}, Barrier(2)

    def write(new):
        try:
            together.wait()
            plan_value(measure, number(new), old=number(12), by=people[new])
        except ChangesRefused as refused:
            return refused.refusals[0].cause
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(write, people))

    assert sorted(map(str, outcomes)) == ["None", "conflict"]
    winner = 15 if outcomes[0] is None else 16
    assert rows(measure) == [(0, 1, 12), (1, None, winner)]
