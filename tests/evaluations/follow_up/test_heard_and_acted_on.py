"""An opinion answered and an action carried on in a real browser, by keyboard, with axe and on a narrow screen."""

from datetime import date

import pytest
from django.urls import reverse

from evaluations.models import ActionItem, CouncilOpinion
from plans.models import Role
from tests.axe import violations
from tests.browser import enter
from tests.builders import a_measure, a_plan, a_section, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan():
    plan = a_plan()
    section = a_section(plan)
    a_measure(section)
    plan.opinions.create(
        fiscal_year=2021, council="協議会", held_on=date(2022, 7, 1), number=1, opinion="早く。", section=section
    )
    plan.action_items.create(section=section, fiscal_year=2021, action="連絡会を開く。", issue="連絡がない。")
    return plan


@pytest.fixture
def editor(page, plan):
    user = a_user(Role.EDITOR)
    page.goto("/login/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "pass-word-12")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/plans/**")
    return page


def room(name, plan):
    return reverse(f"evaluations:{name}", args=[plan.slug])


def test_an_opinion_is_answered_by_keyboard(editor, plan):
    editor.goto(room("opinions", plan))
    enter(editor.locator("[data-opinion] a", has_text="直す"))

    editor.locator("#opinion-response").fill("秋に開く。")
    editor.locator("#opinion-status").select_option("ANSWERED")
    editor.get_by_role("button", name="この意見を保存").press("Enter")
    editor.get_by_text("「協議会」の意見を保存しました。").wait_for()

    kept = CouncilOpinion.objects.get()
    assert (kept.response, kept.status) == ("秋に開く。", "ANSWERED")


def test_a_promise_is_reported_on_and_carried_into_the_next_year(editor, plan):
    editor.goto(room("actions", plan))
    enter(editor.locator("[data-action] a", has_text="結果を書く・直す"))
    editor.locator("#report-state").select_option("RUNNING")
    editor.locator("#report-outcome").fill("1回開いた。")
    enter(editor.get_by_role("button", name="結果を保存"))
    editor.get_by_text("取組の結果を保存しました。").wait_for()
    enter(editor.locator("[data-action] a", has_text="結果を書く・直す"))
    editor.get_by_role("button", name="令和4年度へ引き継ぐ").press("Enter")
    editor.get_by_text("取組を令和4年度へ引き継ぎました。").wait_for()

    editor.goto(reverse("evaluations:section_year", args=[plan.slug, 1, 2022]))

    before = editor.get_by_role("region", name="前年度に決めた取組の表")
    assert "1回開いた。" in before.inner_text()
    assert "連絡会を開く。" in editor.get_by_role("region", name="この年度に決めた取組の表").inner_text()
    assert [item.fiscal_year for item in ActionItem.objects.order_by("fiscal_year")] == [2021, 2022]


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_open_forms_and_nothing_is_wider_than_the_screen(editor, plan, width):
    editor.set_viewport_size({"width": width, "height": 800})
    opened = (
        f"{room('opinions', plan)}?opinion={CouncilOpinion.objects.get().pk}",
        f"{room('actions', plan)}?item={ActionItem.objects.get().pk}",
        reverse("evaluations:section_year", args=[plan.slug, 1, 2022]),
    )

    for address in opened:
        editor.goto(address)
        assert violations(editor) == []
        assert editor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
