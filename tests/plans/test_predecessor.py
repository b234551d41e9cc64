"""Which plan a plan follows: who says so, which ones it can be, and where the two lead to each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from plans.lineage import possible_previous
from plans.models import Change, Plan, PlanKind, Role, Subject
from plans.predecessor import follow
from plans.refusals import Refused
from tests.builders import a_link, a_measure, a_municipality, a_plan, a_section, a_user
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans():
    """第5期 to 第7期 of 印西市, none of them following another."""
    return {n: a_plan(generation=n, start=2018 + 3 * (n - 5), end=2020 + 3 * (n - 5)) for n in (5, 6, 7)}


@pytest.fixture
def manager(client, plans):
    person = a_user(Role.MANAGER, username="hanako")
    client.force_login(person)
    return person


def say(plan, previous, by, seen=None):
    follow(plan, previous.pk if previous else None, seen=seen, by=by, channel="screen")


def kept(plan):
    return Plan.objects.values_list("previous__generation", flat=True).get(pk=plan.pk)


def test_a_manager_says_which_plan_comes_before(plans, manager):
    say(plans[7], plans[6], manager)

    history = Change.objects.values_list("plan__slug", "subject", "field", "old", "new", "by__username")
    assert kept(plans[7]) == 6
    assert list(history) == [("122319-7", Subject.SETTING, "前の計画", None, "第6期障害福祉計画", "hanako")]


def test_it_can_be_changed_and_taken_back_while_nothing_is_carried_over(plans, manager):
    say(plans[7], plans[6], manager)
    say(plans[7], plans[5], manager, seen=plans[6].pk)
    say(plans[7], None, manager, seen=plans[5].pk)

    assert kept(plans[7]) is None


def test_once_measures_are_carried_over_it_stays(plans, manager):
    a_link(plans[7], a_measure(a_section(plans[6])), a_measure(a_section(plans[7])))

    with pytest.raises(Refused, match="引き継ぎ方を決めた指標があるため、前の計画は変えられません。"):
        say(plans[7], plans[5], manager, seen=plans[6].pk)


def test_what_somebody_else_said_first_is_not_overwritten(plans, manager):
    say(plans[7], plans[6], manager)

    with pytest.raises(Refused, match="ほかの人が先に前の計画を決めました。"):
        say(plans[7], plans[5], manager)

    assert kept(plans[7]) == 6


def test_only_earlier_plans_of_the_city_of_a_fitting_kind_can_come_before(plans):
    child = {
        n: a_plan(kind=PlanKind.CHILD, generation=n, start=2018 + 3 * (n - 1), end=2020 + 3 * (n - 1))
        for n in (1, 2, 3)
    }
    a_plan(kind=PlanKind.COMPREHENSIVE, generation=1, start=2012, end=2017)
    a_plan(a_municipality("129992", "みほん市"), generation=5, start=2018, end=2020)

    possible = {
        plan.slug: [one.slug for one in possible_previous(plan)] for plan in (plans[5], plans[7], child[1], child[3])
    }

    assert possible == {
        "122319-5": [],
        "122319-7": ["122319-6", "122319-5"],
        "122319-c1": [],
        # Its own kind first, then the plan that had contained the part on children.
        "122319-c3": ["122319-c2", "122319-6", "122319-c1", "122319-5"],
    }


@pytest.mark.parametrize("wanted", ["later", "itself", "of another city"])
def test_another_plan_is_refused(plans, manager, wanted):
    other = {
        "later": plans[7],
        "itself": plans[6],
        "of another city": a_plan(a_municipality("129992", "みほん市"), generation=5, start=2018, end=2020),
    }[wanted]

    with pytest.raises(Refused, match="前の計画は、この計画より前に終わる同じ自治体の計画から選んでください。"):
        say(plans[6], other, manager)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CONFIRMER])
def test_only_managers_say_so(plans, role):
    with pytest.raises(PermissionDenied):
        say(plans[7], plans[6], a_user(role))


@pytest.mark.django_db(transaction=True)
def test_of_two_in_the_same_moment_one_is_kept_and_one_told(plans, manager):
    together = Barrier(2)

    def save(generation):
        try:
            together.wait()
            say(plans[7], plans[generation], manager)
            return generation
        except Refused:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, (5, 6)))

    assert [one for one in answers if one] == [kept(plans[7])]


# --- Pages ---


def address(plan):
    return reverse("evaluations:carry_over", args=[plan.slug])


def test_the_page_asks_for_the_plan_before_and_keeps_it(client, plans, manager):
    drawn = client.get(address(plans[7])).text

    page = client.post(address(plans[7]), {"do": "follow", "previous": plans[6].pk}, follow=True).text

    assert drawn.index("第6期障害福祉計画</option>") < drawn.index("第5期障害福祉計画</option>")
    assert ("前の計画を決めました。" in page, kept(plans[7])) == (True, 6)


@pytest.mark.parametrize("typed", ["", "x", "0"])
def test_a_plan_that_is_not_offered_is_a_problem_on_the_page(client, plans, manager, typed):
    page = client.post(address(plans[7]), {"do": "follow", "previous": typed})

    assert "入力を直してください。" in page.text
    assert kept(plans[7]) is None


def test_what_somebody_said_meanwhile_is_told_on_the_page(client, plans, manager):
    drawn = form_with(client.get(address(plans[7])), "previous")
    say(plans[7], plans[6], manager)

    page = client.post(address(plans[7]), drawn | {"do": "follow", "previous": plans[5].pk})

    assert "ほかの人が先に前の計画を決めました。" in page.text
    assert kept(plans[7]) == 6


def test_the_page_changes_it_and_takes_it_back(client, plans, manager):
    say(plans[7], plans[6], manager)

    for chosen in (plans[5].pk, ""):
        drawn = form_with(client.get(address(plans[7])), "previous")
        client.post(address(plans[7]), drawn | {"do": "follow", "previous": chosen})

    changes = Change.objects.order_by("id").values_list("old", "new")
    assert list(changes)[1:] == [("第6期障害福祉計画", "第5期障害福祉計画"), ("第5期障害福祉計画", None)]


def test_once_something_is_decided_the_page_offers_no_other_plan(client, plans, manager):
    a_link(plans[7], a_measure(a_section(plans[6])), a_measure(a_section(plans[7])))

    assert "前の計画を変える" not in client.get(address(plans[7])).text


def test_without_an_earlier_plan_the_page_says_why(client, plans, manager):
    page = client.get(address(plans[5])).text

    assert "この計画より前に終わる同じ種類の計画がまだ登録されていないためです。" in page
    assert f'<a href="{reverse("evaluations:new_plan")}">' in page


def test_a_reader_is_told_who_decides(client, plans):
    client.force_login(a_user(Role.VIEWER))

    assert "前の計画は、管理の役割の人が決めます。" in client.get(address(plans[7])).text


def test_the_settings_of_the_newest_plan_lead_to_where_the_next_one_is_made(client, plans, manager):
    say(plans[7], plans[6], manager)
    channel = f'次の期の計画は、<a href="{reverse("evaluations:new_plan")}">'

    pages = [client.get(reverse("plans:plan_settings", args=[plans[n].slug])).text for n in (6, 7)]

    assert [channel in page for page in pages] == [False, True]


def test_both_plans_lead_to_each_other(client, plans, manager):
    say(plans[7], plans[6], manager)

    pages = {
        (name, generation): client.get(reverse(name, args=[plans[generation].slug])).text
        for name in ("evaluations:dashboard", "plans:plan_settings")
        for generation in (6, 7)
    }

    before = '前の計画：<a href="/plans/122319-6/">第6期障害福祉計画</a>'
    after = '次の計画：<a href="/plans/122319-7/">第7期障害福祉計画</a>'
    assert {place: (before in text, after in text) for place, text in pages.items()} == {
        ("evaluations:dashboard", 6): (False, True),
        ("evaluations:dashboard", 7): (True, False),
        ("plans:plan_settings", 6): (False, True),
        ("plans:plan_settings", 7): (True, False),
    }
