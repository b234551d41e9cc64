"""An outlook chosen by keyboard alone, in a real browser, and found again where it belongs."""

import pytest
from django.urls import reverse

from core.words import Side
from evaluations.models import Outlook
from tests.axe import violations
from tests.builders import a_measure, a_plan, a_section, a_user, a_value
from tests.test_accessibility import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_outlook_is_chosen_by_keyboard_and_stands_on_the_evaluation_page(context, page, live_server):
    measure = a_measure(a_section(a_plan()), "1-1", title="地域移行者数")
    a_value(measure, 2023, 35, side=Side.PLANNED)
    a_value(measure, 2021, 20)
    a_value(measure, 2022, 24)
    a_user(username="editor")
    sign_in(context, "editor", live_server.url)

    page.goto(reverse("evaluations:measure", args=[measure.plan.slug, "1-1"]))
    page.get_by_text("市が採る見込みを選ぶ").focus()
    page.keyboard.press("Enter")
    problems = violations(page)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("来年度にグループホームが開くため。")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("見込みを保存しました。").wait_for()

    page.goto(reverse("evaluations:section_year", args=[measure.plan.slug, 1, 2022]))
    page.get_by_text("見込み 28人（平均の増減から）").wait_for()
    assert problems == []
    assert list(Outlook.objects.values_list("method", "reason")) == [("average", "来年度にグループホームが開くため。")]
