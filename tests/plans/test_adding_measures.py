"""指標を加える: what the catalogue has and a plan has not, and a city's own, on the page."""

import pytest
from django.urls import reverse

from plans.models import Measure
from tests.builders import a_measure, a_plan, a_section, in_state
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db

OWN = {
    "own-title": "体験利用をした人の数",
    "own-family": "indicator",
    "own-unit": "人",
    "own-value_kind": "number",
    "own-direction": "near",
    "own-accumulation": "year_total",
    "own-parent": "",
    "own-parent_role": "",
}


def the_form(page, address, field):
    return form_with(page.get(address), field)


@pytest.fixture
def plan():
    return a_plan(generation=7, start=2024, end=2026)


def add(plan, group=""):
    return reverse("evaluations:add_measure", args=[plan.slug]) + (f"?group={group}" if group else "")


def test_an_entry_of_the_catalogue_is_added_with_its_value_and_the_others_stay_out(as_manager, plan, section):
    form = the_form(as_manager, add(plan, "7-1"), "7-1-1-use")
    assert (form["7-1-1-use"], form["section"]) == ("no", "new")

    answer = as_manager.post(
        add(plan, "7-1"), form | {"7-1-1-use": "yes", "7-1-1-baseline": "36", "7-1-1-y2026": "3", "section": "1"}
    )

    assert answer["Location"] == reverse("evaluations:plan_measures", args=[plan.slug])
    measure = Measure.objects.get()
    assert (measure.code, measure.section, measure.baseline, measure.values.get().number) == ("7-1-1", section, 36, 3)


def test_what_the_plan_has_is_not_offered_again(as_manager, plan, section):
    a_measure(section, "7-1-1")
    a_measure(section, "anders", catalogue_code="7-1-2")

    shown = as_manager.get(add(plan)).text

    assert ("?group=7-1" in shown, "?group=7-3" in shown) == (False, True)
    assert as_manager.get(add(plan, "7-1")).status_code == 404


@pytest.mark.parametrize("title", ["地域生活への移行者", "地域生活 への移行者数"])
def test_what_a_table_brought_under_its_name_is_not_offered_again(as_manager, plan, section, title):
    a_measure(section, "1-1", title=title)
    a_measure(section, "1-2", title="施設入所者数")

    assert "?group=7-1" not in as_manager.get(add(plan)).text


def test_the_level_is_calculated_before_anything_is_added(as_manager, plan, section):
    form = the_form(as_manager, add(plan, "7-1"), "7-1-1-use") | {"7-1-1-use": "yes", "7-1-1-baseline": "36"}

    answer = as_manager.post(add(plan, "7-1"), form | {"do": "calculate"})

    assert "基準値36人 × 6％ ＝ 2.16人 → 3人以上" in answer.text
    assert form_with(answer, "7-1-1-use")["7-1-1-use"] == "yes"
    assert not Measure.objects.exists()


def test_entries_go_where_the_others_of_their_goal_stand_or_into_a_new_section(as_manager, plan, section):
    second = a_section(plan, 2, "市が名付けた節")
    a_measure(second, "x", catalogue_code="7-4-1")
    assert the_form(as_manager, add(plan, "7-4"), "section")["section"] == "2"
    assert the_form(as_manager, add(plan, "homon"), "section")["section"] == "new"

    form = the_form(as_manager, add(plan, "homon"), "section") | {"kyotaku_kaigo-users-use": "yes"}
    as_manager.post(add(plan, "homon"), form)

    assert list(plan.sections.values_list("number", "title"))[2] == (3, "訪問系サービス")
    assert plan.measures.get(code="kyotaku_kaigo-users").section.number == 3


def test_an_indicator_in_another_section_than_its_goal_is_related_to_it(as_manager, plan, section):
    goal = a_section(plan, 2, "相談支援")
    a_measure(goal, "x", catalogue_code="7-6-1")
    form = the_form(as_manager, add(plan, "7-6"), "section") | {"7-6-a1-use": "yes", "section": "1"}

    as_manager.post(add(plan, "7-6"), form)

    indicator = plan.measures.get(code="7-6-a1").activity_indicator
    assert list(indicator.related_sections.all()) == [goal]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "加える指標を選んでください。"),
        ({"7-1-1-use": "yes", "7-1-1-y2026": "三人"}, "読み取れない入力があります。"),
        ({"7-1-1-use": "not_set"}, "設定しない理由を書いてください。"),
        ({"7-1-1-use": "yes", "section": "9"}, "加える節を選ぶか、新しい節の名前を入力してください。"),
        (
            {"7-1-1-use": "yes", "section": "new", "section_title": " "},
            "加える節を選ぶか、新しい節の名前を入力してください。",
        ),
    ],
)
def test_what_cannot_be_added_is_named_and_kept(as_manager, plan, section, typed, sentence):
    form = the_form(as_manager, add(plan, "7-1"), "7-1-1-use") | {"7-1-1-rationale": "書きかけ"} | typed

    answer = as_manager.post(add(plan, "7-1"), form)

    assert sentence in answer.text
    assert form_with(answer, "7-1-1-use")["7-1-1-rationale"] == "書きかけ"
    assert not Measure.objects.exists()


def test_a_locked_year_keeps_a_value_from_being_added(as_manager, plan, section):
    in_state(section, 2026, "CONFIRMED")
    form = the_form(as_manager, add(plan, "7-1"), "7-1-1-use") | {
        "7-1-1-use": "yes",
        "7-1-1-y2026": "3",
        "section": "1",
    }

    answer = as_manager.post(add(plan, "7-1"), form)

    assert "確定しているため変更できません。" in answer.text
    assert not Measure.objects.exists()


def test_a_measure_of_the_citys_own_is_added_to_a_plan(as_manager, plan, section):
    form = the_form(as_manager, add(plan, "own"), "own-title") | OWN

    as_manager.post(add(plan, "own"), form)

    measure = Measure.objects.get()
    assert (measure.code, measure.title, measure.catalogue_code) == ("city-1", "体験利用をした人の数", "")


def test_two_who_add_the_same_entry_do_not_get_it_twice(as_manager, plan, section):
    form = the_form(as_manager, add(plan, "7-1"), "7-1-1-use") | {"7-1-1-use": "yes", "section": "1"}
    as_manager.post(add(plan, "7-1"), form)

    as_manager.post(add(plan, "7-1"), form)

    assert Measure.objects.count() == 1


@pytest.mark.parametrize("place", [{"section": "1"}, {"section": "new", "section_title": "市独自の取組"}])
def test_an_own_measure_that_is_sent_twice_is_kept_once(stopped_clock, as_manager, plan, section, place):
    answers = [as_manager.post(add(plan, "own"), OWN | place).status_code for _ in range(2)]

    made = Measure.objects.get()
    assert (answers, made.code, made.section) == ([302, 302], "city-1", plan.sections.order_by("number").last())
    assert plan.sections.count() == (1 if place["section"] == "1" else 2)


def test_an_own_measure_that_is_called_the_same_and_is_another_is_added(as_manager, plan, section):
    for unit in ("人", "回"):
        as_manager.post(add(plan, "own"), OWN | {"own-unit": unit, "section": "1"})

    assert list(Measure.objects.order_by("code").values_list("code", "unit")) == [("city-1", "人"), ("city-2", "回")]
