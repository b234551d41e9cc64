"""Goals and indicators in a real browser: by keyboard alone, with axe, on a telephone, with seventy services."""

import pytest
from django.urls import reverse

from core.words import Side
from plans.models import Role
from tests.axe import violations
from tests.builders import a_measure, a_plan, a_section, a_user, a_value, an_indicator, linked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan():
    """第7期 with eight goals and seventy indicators, some tied; 第1節 is missed although its services are on plan."""
    plan = a_plan(generation=7, start=2024, end=2026)
    titles = [
        "福祉施設の入所者の地域生活への移行",
        "福祉施設から一般就労への移行等",
        *(f"成果目標{n}" for n in range(3, 9)),
    ]
    goals = [a_section(plan, number, title) for number, title in enumerate(titles, 1)]
    for section in goals:
        a_measure(section, f"{section.number}-1", title="目標項目")
    services = a_section(plan, 9, "サービス")
    for number in range(34):
        for amount in ("users", "days"):
            measure = an_indicator(services, f"s{number}-{amount}", f"service-{number}", amount)
            linked(measure, *goals[number % 3 : number % 3 + 1])
    for code, service in (("gh", "kyodo_enjo"), ("tr", "shuro_iko")):
        an_indicator(services, code, service, title=f"{service}の利用者数")
    linked(plan.measures.get(code="gh"), goals[3])
    for code, planned, actual in (("1-1", 40, 30), ("s0-users", 20, 20)):
        a_value(plan.measures.get(code=code), 2024, planned, side=Side.PLANNED)
        a_value(plan.measures.get(code=code), 2024, actual)
    return plan


@pytest.fixture
def manager(page, plan):
    user = a_user(Role.MANAGER)
    page.goto("/login/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "pass-word-12")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/plans/**")
    return page


def kept(plan, number):
    section = plan.sections.get(number=number)
    return set(section.related_indicators.values_list("measure__code", flat=True))


def test_a_goal_is_edited_by_keyboard(manager, plan):
    manager.goto(reverse("evaluations:links", args=[plan.slug]))
    manager.locator("#goal-4 ~ .actions a").focus()
    manager.keyboard.press("Enter")
    manager.wait_for_url("**goal=4**")

    manager.locator("input[value='s1-users']").focus()
    manager.keyboard.press("Space")
    manager.get_by_role("button", name="保存する").focus()
    manager.keyboard.press("Enter")
    manager.get_by_text("第4節の関係を保存しました（変更1件）。").wait_for()

    assert kept(plan, 4) == {"gh", "s1-users"}


def test_the_guidelines_ties_are_taken_over_by_one_press(manager, plan):
    manager.goto(reverse("evaluations:links", args=[plan.slug]))
    before = kept(plan, 1)

    manager.get_by_role("button", name="すべての成果目標に反映する").press("Enter")
    manager.get_by_text("参考資料にある関係を反映しました（活動指標2件）。").wait_for()

    assert kept(plan, 1) - before == {"gh", "tr"}
    assert "tr" in kept(plan, 2)


def test_the_matrix_keeps_its_heads_in_sight_and_the_page_never_grows_wider(manager, plan):
    manager.set_viewport_size({"width": 900, "height": 700})
    manager.goto(reverse("evaluations:links", args=[plan.slug]))

    moved = manager.evaluate(
        """() => {
            const box = document.querySelector(".links-matrix"), head = box.querySelector("thead th:nth-child(2)");
            const corner = box.querySelector("thead th");
            box.scrollTop = 900; box.scrollLeft = 300;
            const edge = box.getBoundingClientRect();
            return [Math.round(head.getBoundingClientRect().top - edge.top),
                    Math.round(corner.getBoundingClientRect().left - edge.left), box.scrollTop > 0];
        }"""
    )

    assert moved == [1, 1, True]
    assert manager.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.sqlite
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(manager, plan, width):
    manager.set_viewport_size({"width": width, "height": 800})
    room = reverse("evaluations:links", args=[plan.slug])

    for address in (room, f"{room}?goal=1", reverse("evaluations:section_year", args=[plan.slug, 1, 2024])):
        manager.goto(address)
        assert violations(manager) == []
        assert manager.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_on_a_telephone_the_list_of_each_goal_stands_for_the_matrix(manager, plan):
    manager.set_viewport_size({"width": 360, "height": 800})

    manager.goto(reverse("evaluations:links", args=[plan.slug]))

    assert not manager.locator(".links-matrix").is_visible()
    assert manager.locator("#goal-1 ~ .links-held a").count() == len(kept(plan, 1))
