"""Ties in the same moment: exactly one of two managers wins, the other is told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from evaluations.links.actions import LinksOfGoal, change_links
from plans.models import Change, Channel, Role
from plans.refusals import Conflict
from tests.builders import a_measure, a_plan, a_section, a_user, an_indicator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan():
    plan = a_plan()
    for number in (1, 2):
        a_measure(a_section(plan, number), f"{number}-1")
    services = a_section(plan, 5)
    for code in ("a", "b"):
        an_indicator(services, code)
    return plan


def at_once(*works):
    """Each piece of work in its own thread, all started together; what each came to."""
    together = Barrier(len(works))

    def run(work):
        try:
            together.wait()
            work()
            return "written"
        except Conflict:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def tying(plan, number, code):
    """One manager who saw nothing tied ties this indicator."""
    by, section = a_user(Role.MANAGER), plan.sections.get(number=number)
    wanted = LinksOfGoal(section, frozenset(), frozenset({plan.measures.get(code=code).pk}))
    return lambda: change_links(plan, [wanted], by=by, channel=Channel.SCREEN)


def kept(plan):
    return {
        section.number: sorted(section.related_indicators.values_list("measure__code", flat=True))
        for section in plan.sections.filter(number__lt=5)
    }


def test_of_two_who_tie_the_same_goal_otherwise_one_wins_and_the_other_is_told(plan):
    came = at_once(tying(plan, 1, "a"), tying(plan, 1, "b"))

    winner = "ab"[came.index("written")]
    assert sorted(came) == ["told", "written"]
    assert kept(plan) == {1: [winner], 2: []}
    assert Change.objects.count() == 1


def test_two_who_want_the_same_both_have_it_once(plan):
    came = at_once(tying(plan, 1, "a"), tying(plan, 1, "a"))

    assert came == ["written", "written"]
    assert kept(plan) == {1: ["a"], 2: []}
    assert Change.objects.count() == 1


def test_two_goals_do_not_stand_in_each_others_way(plan):
    came = at_once(tying(plan, 1, "a"), tying(plan, 2, "a"))

    assert came == ["written", "written"]
    assert kept(plan) == {1: ["a"], 2: ["a"]}
    labels = sorted((c.old or "", c.new) for c in Change.objects.all())
    assert [new.count("第") for _, new in labels] == [1, 2]
