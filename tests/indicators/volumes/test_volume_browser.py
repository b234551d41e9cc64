"""The workbench in a real browser: axe, narrow screens, the keyboard alone, and no JavaScript."""

import pytest
from playwright.sync_api import expect

from plans.models import Measure
from tests.axe import violations
from tests.test_accessibility import demo, sign_in  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

ROOM = "/plans/129992-7/volumes/"
PAGES = (
    ROOM,
    f"{ROOM}shuro_b/",
    f"{ROOM}shuro_b/?edit=1",
    f"{ROOM}homon_kei/",
    f"{ROOM}homon_kei/?edit=1",
    f"{ROOM}jiritsu_enjo/?edit=1",
    "/plans/129992-7/measures/shuro_b-days/",
)


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(context, page, live_server, demo, width):  # noqa: F811
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(context, "other", live_server.url)

    found = {}
    for address in PAGES:
        answer = page.goto(address)
        problems = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            problems.append("wider than the screen")
        if problems or answer.status != 200:
            found[address] = [answer.status, *problems]

    assert found == {}


def test_by_keyboard_alone_a_factor_is_added_and_enter_works_it_out(context, page, live_server, demo):  # noqa: F811
    sign_in(context, "other", live_server.url)
    page.goto(f"{ROOM}shuro_iko/?edit=1")

    number = page.get_by_label("数：障害者等のニーズ", exact=True)
    number.focus()
    page.keyboard.type("２人")
    page.keyboard.press("Tab")  # the unit
    page.keyboard.press("Tab")  # what it does to the users
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    row = page.locator("[data-scenario=hold] [data-year='2026']")
    # 13 and two thirds: two people over the three years of the plan, of which one year is left.
    expect(row).to_contain_text("丸める前 13.67人/月")
    expect(number).to_have_value("２人")


def test_a_volume_goes_into_the_plan_without_javascript(plain_page, live_server, demo):  # noqa: F811
    page = plain_page
    sign_in(page.context, "other", live_server.url)
    page.goto(f"{ROOM}shuro_b/?edit=1")

    page.get_by_role("button", name="印を付けた年度の計画値に入れる").click()

    expect(page.get_by_role("status")).to_contain_text("令和8年度の計画値に見込量を入れ")
    planned = Measure.objects.get(code="shuro_b-days").values.get(fiscal_year=2026, side="planned", replaced_in=None)
    assert planned.number == 3026
