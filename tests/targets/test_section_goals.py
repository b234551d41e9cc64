"""概要 and 目標 of a 節: written by managers, with history, and nobody's text lost."""

import pytest
from django.urls import reverse

from plans.models import Change, Role
from targets.models import OutcomeTarget
from tests.builders import a_measure, a_municipality, a_user
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db

ADDRESS = reverse("evaluations:section_goals", args=["122319-6", 1])


def the_form(page):
    return form_with(page.get(ADDRESS), "1-title")


def test_the_texts_stand_on_the_page_of_the_section(as_manager, section):
    a_measure(section, "1-1")

    as_manager.post(
        ADDRESS, the_form(as_manager) | {"1-overview": "地域へ移る人を増やす。\r\n二行目", "1-goal_text": "①3人以上"}
    )

    goal = OutcomeTarget.objects.get()
    assert (goal.title, goal.overview, goal.goal_text) == (section.title, "地域へ移る人を増やす。\n二行目", "①3人以上")
    shown = as_manager.get(reverse("evaluations:section_year", args=["122319-6", 1, 2021])).text
    assert ("地域へ移る人を増やす。" in shown, "①3人以上" in shown) == (True, True)
    lines = [(c.field, c.old, c.new, c.section) for c in Change.objects.order_by("id")]
    assert lines == [
        ("成果目標の概要", None, "地域へ移る人を増やす。\n二行目", section),
        ("目標", None, "①3人以上", section),
    ]


def test_a_section_without_a_goal_gets_its_first_with_the_first_text(as_manager, section):
    as_manager.post(ADDRESS, the_form(as_manager))
    assert not OutcomeTarget.objects.exists()

    as_manager.post(ADDRESS, the_form(as_manager) | {"1-overview": "概要"})
    assert OutcomeTarget.objects.get().title == section.title


def test_two_managers_on_one_text_see_both(as_manager, section):
    a_measure(section, "1-1")
    form = the_form(as_manager) | {"1-overview": "自分の文"}
    as_manager.post(ADDRESS, the_form(as_manager) | {"1-overview": "同僚の文"})

    refused = as_manager.post(ADDRESS, form)

    assert (refused.status_code, "ほかの人が「同僚の文」に変更しています。" in refused.text) == (409, True)
    as_manager.post(ADDRESS, form_with(refused, "1-title"))
    assert OutcomeTarget.objects.get().overview == "自分の文"


def test_a_goal_without_a_name_is_refused_and_what_was_typed_stays(as_manager, section):
    answer = as_manager.post(ADDRESS, the_form(as_manager) | {"1-title": "", "1-overview": "書きかけ"})

    assert "成果目標の名前を入力してください。" in answer.text
    assert form_with(answer, "1-title")["1-overview"] == "書きかけ"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.PREFECTURE)])
def test_others_of_the_city_are_told_who_may(client, section, role):
    client.force_login(a_user(role))

    answers = [client.get(ADDRESS), client.post(ADDRESS, {"1-title": "x", "1-overview": "x"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not OutcomeTarget.objects.exists()


def test_a_stranger_finds_nothing(client, section):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）")))

    assert [client.get(ADDRESS).status_code, client.post(ADDRESS, {}).status_code] == [404, 404]
