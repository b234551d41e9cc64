"""Every page asks the database at most twelve questions, and as many for thirty measures as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.words import Side
from evaluations.prefecture.packages import make_package
from evaluations.publishing.publication import publish
from plans.models import Channel, Municipality, Role, YearState
from tests.builders import (
    a_draft,
    a_full_plan,
    a_link,
    a_measure,
    a_municipality,
    a_prefecture_user,
    a_section,
    a_user,
    a_value,
    a_volume,
    a_work,
    an_indicator,
    in_state,
    linked,
)
from tests.test_access_rights import GET_PAGES, WORK

pytestmark = pytest.mark.django_db

BAR = 12


@pytest.fixture
def people():
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    city = a_municipality(prefecture=prefecture)
    return {
        "manager": a_user(Role.MANAGER, city),
        "viewer": a_user(Role.VIEWER, city),
        "pref": a_prefecture_user(prefecture),
    }


@pytest.fixture
def plan(people):
    plan = a_full_plan(1, municipality=a_municipality())
    section = plan.sections.get()
    measure = a_measure(section, "1-1")
    a_value(measure, 2023, 4, side=Side.PLANNED)
    for counted in a_volume(section):
        a_value(counted, 2021, 4)
    in_state(section, 2021, YearState.CONFIRMED, people["manager"])
    publish(plan, 2021, by=people["manager"], reason="", channel=Channel.SCREEN)
    plan.sections.update(title="改めた名前")
    publish(plan, 2021, by=people["manager"], reason="", channel=Channel.SCREEN)
    a_draft(by=people["manager"])
    make_package(plan, by=people["manager"], channel=Channel.SCREEN)
    a_work(plan, people["manager"], key=WORK)
    before = a_full_plan(0, municipality=a_municipality(), generation=5, start=2018, end=2020)
    a_link(plan, an_old_goal(before, 1), measure)
    in_state(before.sections.get(), 2020, YearState.CONFIRMED, people["manager"])
    return plan


def an_old_goal(plan, number: int):
    """A measure of the plan before that was missed."""
    measure = a_measure(plan.sections.get(), f"old-{number}")
    a_value(measure, plan.end_year, number + 5, side=Side.PLANNED)
    a_value(measure, plan.end_year, number)
    return measure


def questions(client, person, address: str) -> list[str]:
    client.force_login(person)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
        assert answer.status_code == 200
        if answer.streaming:
            b"".join(answer.streaming_content)
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("role", ["manager", "viewer", "pref"])
def test_a_page_asks_no_more_for_more_measures(client, people, plan, role):
    client.get("/help/")
    few = questions_of_all(client, people[role], role)

    section = plan.sections.get()
    for number in range(2, 31):
        for family in ("target", "indicator"):
            measure = a_measure(section, f"{family}-{number}", family=family)
            a_value(measure, 2021, number, side=Side.PLANNED)
            a_value(measure, 2021, number)
            if family == "target":
                a_value(measure, 2023, number, side=Side.PLANNED)
                a_link(plan, an_old_goal(plan.previous, number), measure)
    in_state(section, 2021, YearState.CONFIRMED, people["manager"])
    publish(plan, 2021, by=people["manager"], reason="", channel=Channel.SCREEN)
    many = questions_of_all(client, people[role], role)

    more = {name: "\n".join(asked) for name, asked in many.items() if len(asked) != len(few[name])}
    assert more == {}
    assert {name: "\n".join(asked) for name, asked in many.items() if len(asked) > BAR} == {}


def questions_of_all(client, person, role: str) -> dict[str, list[str]]:
    """What every page asks that this role may open."""
    pages = {name: kwargs for name, (kwargs, admitted) in GET_PAGES.items() if role in admitted}
    return {name: questions(client, person, reverse(name, kwargs=kwargs)) for name, kwargs in pages.items()}


@pytest.mark.parametrize("role", ["manager", "viewer", "pref"])
@pytest.mark.parametrize("name", ["evaluations:links", "evaluations:section_year", "evaluations:dashboard"])
def test_a_goal_with_forty_services_asks_as_much_as_with_one(client, people, plan, name, role):
    goal, services = plan.sections.get(), a_section(plan, 5, "サービス")
    tie_a_service(goal, services, 1)
    address = reverse(name, kwargs=GET_PAGES[name][0])
    few = questions(client, people[role], address)

    for number in range(2, 41):
        tie_a_service(goal, services, number)
    many = questions(client, people[role], address)

    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= BAR, "\n".join(many)


def tie_a_service(goal, services, number):
    """Users and days of one more service, tied to the goal, with figures of 2021."""
    for amount in ("users", "days"):
        measure = linked(an_indicator(services, f"s{number}-{amount}", f"service-{number}", amount), goal)
        a_value(measure, 2021, number, side=Side.PLANNED)
        a_value(measure, 2021, number)
