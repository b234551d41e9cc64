"""The cast of the tests: a city, its plan, the people who work on it and one from elsewhere.

A file that needs another city or plan defines a fixture of that name; the others here then belong to it.
"""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from plans.models import Municipality, Plan, Role, Section
from tests.builders import a_municipality, a_plan, a_section, a_user
from tests.demo_city import the_demo


@pytest.fixture
def demo(db) -> None:
    """The cities, plans and people of the demo."""
    the_demo()


@pytest.fixture
def prefecture(db) -> Municipality:
    """千葉県; no city belongs to it unless the test says so."""
    return a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)


@pytest.fixture
def city(db) -> Municipality:
    """印西市, in no prefecture."""
    return a_municipality()


@pytest.fixture
def plan(city: Municipality) -> Plan:
    """The 第6期障害福祉計画 of `city`, 2021–2023, without 節 unless `section` is requested too."""
    return a_plan(city)


@pytest.fixture
def section(plan: Plan) -> Section:
    """第1節 of `plan`, without measures."""
    return a_section(plan)


# --- People, who are not logged in ---


@pytest.fixture
def viewer(city: Municipality) -> User:
    """A person of `city` in the role 閲覧."""
    return a_user(Role.VIEWER, city)


@pytest.fixture
def editor(city: Municipality) -> User:
    """`hanako` of `city` in the role 入力."""
    return a_user(Role.EDITOR, city, username="hanako")


@pytest.fixture
def checker(city: Municipality) -> User:
    """A person of `city` in the role 確認."""
    return a_user(Role.CHECKER, city)


@pytest.fixture
def confirmer(city: Municipality) -> User:
    """`kakutei` of `city` in the role 確定."""
    return a_user(Role.CONFIRMER, city, username="kakutei")


@pytest.fixture
def manager(city: Municipality) -> User:
    """`kanri` of `city` in the role 管理."""
    return a_user(Role.MANAGER, city, username="kanri")


@pytest.fixture
def stranger(db) -> User:
    """A manager of another city."""
    return a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）"))


# --- The client, logged in as one of them ---


@pytest.fixture
def as_editor(client: Client, editor: User) -> Client:
    """`client`, logged in as `editor`."""
    client.force_login(editor)
    return client


@pytest.fixture
def as_confirmer(client: Client, confirmer: User) -> Client:
    """`client`, logged in as `confirmer`."""
    client.force_login(confirmer)
    return client


@pytest.fixture
def as_manager(client: Client, manager: User) -> Client:
    """`client`, logged in as `manager`."""
    client.force_login(manager)
    return client
