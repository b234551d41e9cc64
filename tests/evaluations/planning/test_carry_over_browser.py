"""The carry-over in a real browser: axe on pages with every kind of line, wide and narrow, and the work by keyboard."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.words import Side
from plans.models import Plan
from tests.axe import violations
from tests.browser import click, enter
from tests.builders import a_link, a_value
from tests.carry_over_plans import a_goal, confirmed, lines, measures
from tests.evaluations.planning.test_carry_over_paper import everything
from tests.test_accessibility import sign_in

# What a browser makes of a page does not depend on the database.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

NAMES = ("carry_over", "carry_over_baselines", "carry_over_shortfalls", "carry_over_paper")


def address(plan: Plan, name: str = "carry_over", query: str = "") -> str:
    return reverse(f"evaluations:{name}", args=[plan.slug]) + query


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    context, page: Page, live_server, plans, manager, width
):
    everything(plans)
    [before], [after] = measures(plans[0], "left", "k")[1:], measures(plans[1], "k2", title="指標k")
    confirmed(before, y2023=3)
    a_value(after, 2024, 5, side=Side.PLANNED)
    alone = measures(plans[0], "alone")[0]
    sign_in(context, manager.username, live_server.url)
    page.set_viewport_size({"width": width, "height": 900})
    measure = reverse("evaluations:measure", args=[plans[1].slug, "r"])
    old = address(plans[1], query=f"?old={alone.code}#decide")

    found = {}
    for place in (*(address(plans[1], name) for name in NAMES), old, measure):
        page.goto(place)
        problems = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            problems.append("wider than the screen")
        found[place] = problems

    assert found == dict.fromkeys(found, [])


def test_an_empty_plan_is_filled_and_one_measure_redefined_by_keyboard_alone(
    context, page: Page, live_server, plans, manager
):
    measures(plans[0], "a", "b")
    sign_in(context, manager.username, live_server.url)
    page.goto(address(plans[1]))

    enter(page.get_by_role("button", name="前の計画の指標をすべて引き継ぐ（2件）"))
    enter(page.get_by_role("link", name=re.compile("直す.*指標b")))
    page.get_by_role("radio", name="継続").press("ArrowRight")
    expect(page.get_by_role("radio", name="見直し")).to_be_checked()
    page.get_by_role("textbox", name="理由・説明").fill("定義を変えた。")
    page.get_by_role("button", name="引き継ぎ方を保存").press("Enter")

    expect(page.get_by_text("引き継ぎ方を保存しました。")).to_be_visible()
    assert lines(plans[1]) == [("a", "a", "same", ""), ("b", "b", "redefined", "定義を変えた。")]


def test_everything_works_without_scripts(plain_page, live_server, plans, manager):
    [old], [new] = measures(plans[0], "a"), measures(plans[1], "a")
    a_goal(old, 2023, 10)
    confirmed(old, y2023=7)
    a_goal(new, 2026, 20)
    page = plain_page
    sign_in(page.context, manager.username, live_server.url)

    page.goto(address(plans[1]))
    click(page.get_by_role("button", name="選んだ案のとおりに決める"))
    page.goto(address(plans[1], "carry_over_baselines"))
    click(page.get_by_role("button", name="案をすべて取り入れる"))
    page.goto(address(plans[1], "carry_over_shortfalls"))
    page.get_by_label("理由").fill("取り戻すため。")
    click(page.get_by_role("button", name="上乗せする"))

    new.refresh_from_db()
    link = new.earlier_links.get()
    planned = new.values.get(side=Side.PLANNED).number
    assert (link.how, link.added, new.baseline, new.baseline_is_same_quantity, planned) == ("same", 3, 7, False, 23)


def test_the_chart_of_a_broken_series_can_be_explored(context, page: Page, live_server, plans, manager):
    [old], [new] = measures(plans[0], "a"), measures(plans[1], "a")
    a_link(plans[1], old, new, "redefined")
    confirmed(old, y2021=6)
    sign_in(context, manager.username, live_server.url)

    page.goto(reverse("evaluations:measure", args=[plans[1].slug, "a"]))
    series = page.locator(".chart-long")
    series.scroll_into_view_if_needed()

    expect(series.locator(".modebar")).to_be_visible()
    expect(series.locator(".annotation-text", has_text="定義を見直し")).to_be_visible()
