"""Months and take-overs in the same moment: exactly one wins, the other is told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from core.values import EMPTY, Value
from core.words import Family, Side
from indicators.months.readings import (
    ReadingChange,
    TakeOver,
    record_readings,
    stored_readings,
    take_over,
    year_from_months,
)
from plans.models import Change, Channel, YearlyValue
from plans.refusals import ChangesRefused, Conflict
from tests.builders import a_measure, a_plan, a_section, a_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def measure():
    return a_measure(a_section(a_plan()), "home", family=Family.INDICATOR)


def number(text):
    return Value(Decimal(text))


def at_once(*works):
    """Each piece of work in its own thread, all started together; what each came to."""
    together = Barrier(len(works))

    def run(work):
        try:
            together.wait()
            work()
            return "written"
        except (ChangesRefused, Conflict) as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def kept(measure):
    return {month: value for (_, month), value in stored_readings([measure], 2022).items()}


def writing(measure, month, text, by, old=EMPTY):
    change = ReadingChange(measure, 2022, month, old, number(text))
    return lambda: record_readings([change], by=by, channel=Channel.SCREEN)


def test_of_two_writers_of_one_month_one_wins_and_the_other_is_told(measure):
    people = [a_user(), a_user()]

    came = at_once(writing(measure, 4, "11", people[0]), writing(measure, 4, "22", people[1]))

    winner = ("11", "22")[came.index("written")]
    assert sorted(came) == ["ChangesRefused", "written"]
    assert kept(measure) == {4: number(winner)}
    assert Change.objects.count() == 1


def test_writers_of_different_months_lose_nothing(measure):
    people = [a_user() for _ in range(6)]

    came = at_once(*(writing(measure, month + 4, str(month), person) for month, person in enumerate(people)))

    assert came == ["written"] * 6
    assert kept(measure) == {month + 4: number(month) for month in range(6)}


def test_a_take_over_beside_a_new_month_never_takes_what_nobody_saw(measure):
    people = [a_user(), a_user()]
    record_readings([ReadingChange(measure, 2022, 4, EMPTY, number(10))], by=None, channel=Channel.COMMAND)
    made = year_from_months(measure, 2022, stored_readings([measure], 2022))
    seen = TakeOver(measure, 2022, EMPTY, made.taken_over(EMPTY))

    came = at_once(lambda: take_over([seen], by=people[0], channel=Channel.SCREEN), writing(measure, 5, "7", people[1]))

    actual = [row.value for row in YearlyValue.objects.filter(measure=measure, side=Side.ACTUAL)]
    assert came in (["written", "written"], ["Conflict", "written"])
    assert actual == ([seen.new] if came[0] == "written" else [])
    assert kept(measure) == {4: number(10), 5: number(7)}
