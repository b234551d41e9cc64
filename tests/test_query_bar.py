"""Every page asks the database at most twelve questions, and as many for thirty measures as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.words import Side
from evaluations.publication import publish
from plans.models import Door, Municipality, Role, YearState
from tests.builders import a_full_plan, a_measure, a_municipality, a_prefecture_user, a_user, a_value, in_state
from tests.test_doors import GET_PAGES

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
    in_state(section, 2021, YearState.CONFIRMED, people["manager"])
    publish(plan, 2021, by=people["manager"], reason="", door=Door.SCREEN)
    return plan


def questions(client, person, address: str) -> list[str]:
    client.force_login(person)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
        assert answer.status_code == 200
        if answer.streaming:
            b"".join(answer.streaming_content)
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (name, role)
        for name, (_, admitted) in GET_PAGES.items()
        for role in ("manager", "viewer", "pref")
        if role in admitted
    ],
)
def test_a_page_asks_no_more_for_more_measures(client, people, plan, name, role):
    address = reverse(name, kwargs=GET_PAGES[name][0])
    few = questions(client, people[role], address)

    section = plan.sections.get()
    for number in range(2, 31):
        for family in ("target", "indicator"):
            measure = a_measure(section, f"{family}-{number}", family=family)
            a_value(measure, 2021, number, side=Side.PLANNED)
            a_value(measure, 2021, number)
    in_state(section, 2021, YearState.CONFIRMED, people["manager"])
    publish(plan, 2021, by=people["manager"], reason="", door=Door.SCREEN)
    many = questions(client, people[role], address)

    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= BAR, "\n".join(many)
