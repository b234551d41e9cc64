"""The verb that ties 活動指標 to 成果目標: who may, what it refuses, what it keeps of itself."""

import pytest
from django.core.exceptions import PermissionDenied

from evaluations.links.actions import LinksOfGoal, change_links
from plans.models import Change, Channel, Role, Subject, YearState
from plans.refusals import Conflict, Refused
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, an_indicator, in_state, linked

pytestmark = pytest.mark.django_db


@pytest.fixture
def goal(plan):
    section = a_section(plan, 1, "施設入所者の地域生活への移行")
    a_measure(section, "1-1")
    return section


@pytest.fixture
def second(plan):
    section = a_section(plan, 2, "福祉施設から一般就労への移行")
    a_measure(section, "2-1")
    return section


@pytest.fixture
def services(plan):
    return a_section(plan, 5, "日中活動系サービス")


@pytest.fixture
def group_home(services):
    return an_indicator(services, "gh", "kyodo_enjo", title="共同生活援助の利用者数")


@pytest.fixture
def training(services):
    return an_indicator(services, "tr", "shuro_iko", title="就労移行支援の利用者数")


def wanting(section, old, new):
    return LinksOfGoal(section, frozenset(m.pk for m in old), frozenset(m.pk for m in new))


def tie(plan, *wanted, by):
    return change_links(plan, wanted, by=by, channel=Channel.SCREEN)


def kept(section):
    return sorted(section.related_indicators.values_list("measure__code", flat=True))


def test_a_manager_ties_and_unties_and_every_indicator_has_its_line(plan, goal, group_home, training, manager):
    tie(plan, wanting(goal, [], [group_home, training]), by=manager)
    tie(plan, wanting(goal, [group_home, training], [training]), by=manager)

    changes = list(Change.objects.order_by("id"))
    lines = [(c.measure.code, c.section.number, c.subject, c.field, c.old, c.new) for c in changes]
    first = "第1節 施設入所者の地域生活への移行"
    assert kept(goal) == ["tr"]
    assert lines == [
        ("gh", 5, Subject.MASTER, "関連する成果目標", None, first),
        ("tr", 5, Subject.MASTER, "関連する成果目標", None, first),
        ("gh", 5, Subject.MASTER, "関連する成果目標", first, None),
    ]
    assert {(c.by, c.channel, c.plan, c.municipality) for c in changes} == {
        (manager, Channel.SCREEN, plan, plan.municipality)
    }


def test_an_indicator_tied_to_two_goals_at_once_has_one_line_with_both(plan, goal, second, training, manager):
    lines = tie(plan, wanting(goal, [], [training]), wanting(second, [], [training]), by=manager)

    assert [(line.old, line.new) for line in lines] == [
        (None, "第1節 施設入所者の地域生活への移行、第2節 福祉施設から一般就労への移行")
    ]


def test_what_stands_already_is_no_change(plan, goal, group_home, manager):
    linked(group_home, goal)

    again = tie(plan, wanting(goal, [], [group_home]), by=manager)
    same = tie(plan, wanting(goal, [group_home], [group_home]), by=manager)

    assert (again, same, Change.objects.count()) == ([], [], 0)


def test_who_saw_other_links_is_refused_with_what_stands(plan, goal, group_home, training, manager):
    linked(group_home, goal)

    with pytest.raises(Conflict) as refused:
        tie(plan, wanting(goal, [], [training]), by=manager)

    assert refused.value.current == {goal.pk: frozenset({group_home.pk})}
    assert (kept(goal), Change.objects.count()) == (["gh"], 0)


def test_one_goal_that_moved_holds_back_all(plan, goal, second, group_home, training, manager):
    linked(group_home, goal)

    with pytest.raises(Conflict):
        tie(plan, wanting(second, [], [training]), wanting(goal, [], [training]), by=manager)

    assert (kept(goal), kept(second)) == (["gh"], [])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_the_frame_of_a_plan_is_the_managers(plan, goal, group_home, role):
    with pytest.raises(PermissionDenied, match="管理の役割"):
        tie(plan, wanting(goal, [], [group_home]), by=a_user(role))

    assert kept(goal) == []


def test_a_stranger_is_refused(plan, goal, group_home, stranger):
    with pytest.raises(PermissionDenied):
        tie(plan, wanting(goal, [], [group_home]), by=stranger)


def test_only_indicators_of_other_sections_of_the_plan_can_be_tied(plan, goal, services, manager):
    elsewhere = a_section(a_plan(a_municipality("129992", "みほん市")), 5)
    wrong = [goal.measures.get(), an_indicator(goal, "own"), an_indicator(elsewhere, "theirs")]

    for measure in wrong:
        with pytest.raises(Refused, match="ほかの節にある活動指標だけ"):
            tie(plan, wanting(goal, [], [measure]), by=manager)

    assert kept(goal) == []


def test_a_section_of_another_plan_is_never_written(plan, group_home, manager):
    theirs = a_section(a_plan(a_municipality("129992", "みほん市")), 1)

    with pytest.raises(Refused):
        tie(plan, wanting(theirs, [], [group_home]), by=manager)

    assert kept(theirs) == []


@pytest.mark.parametrize("state", [YearState.CONFIRMED, YearState.PUBLISHED])
def test_no_state_of_a_year_locks_a_tie(plan, goal, services, group_home, manager, state):
    for section in (goal, services):
        in_state(section, 2021, state)

    tie(plan, wanting(goal, [], [group_home]), by=manager)

    assert kept(goal) == ["gh"]
