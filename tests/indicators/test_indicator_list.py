"""活動指標 of a plan as a list: services side by side, their filters and search."""

import re

import pytest

from core.words import Family, Side
from indicators.models import Service
from plans.models import Role, YearState
from tests.builders import a_full_plan, a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """Users and hours of one service around another one, and meetings that belong to no service."""
    plan = a_plan()
    section = a_section(plan, 1, "訪問系サービス")
    home = Service.objects.create(code="home", name="居宅介護", category="訪問系")
    life = Service.objects.create(code="life", name="生活介護", category="日中活動系")
    for code, order, service, amount in (
        ("home-users", 1, home, "users"),
        ("life-users", 2, life, "users"),
        ("home-hours", 3, home, "hours"),
        ("meetings", 4, None, "count"),
    ):
        measure = a_measure(section, code, family=Family.INDICATOR, order=order, title=f"{code}の見込量")
        measure.activity_indicator.service, measure.activity_indicator.amount_of = service, amount
        measure.activity_indicator.save()
        a_value(measure, 2021, order, side=Side.PLANNED)
        a_value(measure, 2021, order)
    a_measure(section, "target")
    return plan


@pytest.fixture
def listed(client, plan):
    """A function: the codes in the order in which an editor sees them at ?… ."""
    client.force_login(a_user(Role.EDITOR))

    def codes(query=""):
        return codes_in(client.get(address(plan) + query))

    return codes


def address(plan):
    return f"/plans/{plan.slug}/indicators/"


def codes_in(response):
    assert response.status_code == 200
    return re.findall(r'<tr data-measure="([^"]*)"', response.text)


def test_users_and_hours_of_a_service_stand_side_by_side(listed):
    assert listed() == ["home-users", "home-hours", "life-users", "meetings"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?service=home", ["home-users", "home-hours"]),
        ("?category=日中活動系", ["life-users"]),
        ("?category=none", ["meetings"]),
        ("?category=訪問系&service=life", []),
        ("?q=居宅", ["home-users", "home-hours"]),
        ("?q=日中活動", ["life-users"]),
        ("?sort=-service", ["life-users", "home-users", "home-hours", "meetings"]),
        ("?sort=title", ["home-hours", "home-users", "life-users", "meetings"]),
    ],
)
def test_the_list_is_narrowed_and_ordered_by_service_and_figures(listed, query, found):
    assert listed(query) == found


def test_the_service_stands_in_the_row_with_what_is_counted(client, plan):
    client.force_login(a_user(Role.EDITOR))

    html = client.get(address(plan)).text
    found = re.findall(r'data-label="サービス">(.*?)</td>', html, re.DOTALL)

    assert [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in found] == [
        "居宅介護 訪問系・利用者数",
        "居宅介護 訪問系・利用時間",
        "生活介護 日中活動系・利用者数",
        "サービス以外",
    ]


def test_a_service_that_the_plan_does_not_have_is_ignored_with_a_note(client, plan):
    client.force_login(a_user(Role.EDITOR))

    response = client.get(address(plan) + "?service=nothing")

    assert len(codes_in(response)) == 4
    assert "サービスの「nothing」はこの一覧で選べないため、無視しました。" in response.text


def test_an_indicator_read_from_a_table_without_its_row_beside_is_listed_too(client, plan):
    plan.measures.get(code="meetings").activity_indicator.delete()
    client.force_login(a_user(Role.EDITOR))

    assert "meetings" in codes_in(client.get(address(plan)))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER, Role.MANAGER])
def test_the_list_does_not_ask_more_for_more(client, role, django_assert_num_queries):
    small, large = a_full_plan(1), a_full_plan(30, generation=7, start=2024, end=2026)
    client.force_login(a_user(role))

    for plan, query, rows in ((small, "", 1), (large, "", 25), (large, "?per_page=all", 30)):
        with django_assert_num_queries(7):
            response = client.get(address(plan) + query)
        assert len(codes_in(response)) == rows


def test_a_viewer_sees_actuals_from_their_confirmation_on(client, plan):
    client.force_login(a_user(Role.VIEWER))

    before = client.get(address(plan)).text
    in_state(plan.sections.get(), 2021, YearState.CONFIRMED)
    after = client.get(address(plan)).text

    assert (before.count('class="reading good"'), after.count('class="reading good"')) == (0, 4)
    assert before.count('<span class="words">確認中</span>') == 12


def test_the_list_of_another_city_does_not_exist(client, plan):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    assert client.get(address(plan)).status_code == 404


def test_anonymous_is_sent_to_the_login(client, plan):
    response = client.get(address(plan))

    assert (response.status_code, response["Location"]) == (302, f"/login/?next={address(plan)}")


def test_a_plan_without_indicators_says_what_to_do(client):
    client.force_login(a_user(Role.MANAGER))

    assert "この計画に活動指標はまだありません。" in client.get(address(a_plan())).text
