"""第8期 of みほん市（架空） is opened in a browser by the keyboard alone, from the demo's 第7期."""

import pytest

from plans.models import Plan, YearlyValue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TABS = 250


def tab_to(page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def fill(page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page, selector: str, address: str) -> None:
    """Reach a button or a link, press Enter, and wait for where it leads."""
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def test_a_plan_is_opened_from_its_catalogue_by_keyboard_alone(page, demo):
    page.goto("/login/")
    fill(page, "[name=username]", "other")
    fill(page, "[name=password]", "demo-pass-12")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/129992-7/")

    press(page, "a[href='/plans/']", "**/plans/")
    press(page, "a[href='/plans/new/']", "**/plans/new/")
    fill(page, "[name=generation]", "8")
    press(page, "button.primary", "**/plans/new/129992-8/")
    press(page, "a[href$='/sections/8-1/']", "**/sections/8-1/")
    fill(page, "[name='8-1-1-baseline']", "36")
    fill(page, "[name='8-1-1-y2029']", "3")
    fill(page, "[name='8-1-2-y2029']", "54")
    tab_to(page, "button.primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("基準値36人 × 6％ ＝ 2.16人 → 3人以上").wait_for()
    page.get_by_text("基準値57人 × （100％ − 5％） ＝ 54.15人 → 54人以下").wait_for()
    press(page, "a[href='/plans/new/129992-8/']", "**/plans/new/129992-8/")
    press(page, "button[value=create]", "**/plans/129992-8/")

    page.get_by_text("「第8期障害福祉計画」を作りました").wait_for()
    plan = Plan.objects.get(slug="129992-8")
    goals = YearlyValue.objects.filter(measure__plan=plan).values_list("measure__code", "fiscal_year", "number")
    assert (plan.years, plan.previous.slug) == ((2027, 2028, 2029), "129992-7")
    assert sorted(goals) == [("8-1-1", 2029, 3), ("8-1-2", 2029, 54)]
    assert plan.measures.get(code="8-1-2").baseline == 57
