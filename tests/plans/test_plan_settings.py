"""計画の設定: four small forms, a history, and nobody's newer value overwritten silently."""

import re
from decimal import Decimal

import pytest

from plans.models import Change, Department, Measure, Role, Section, Subject
from tests.builders import a_full_plan, a_measure, a_municipality, a_section, a_user
from tests.page_forms import form_with
from tests.page_readers import field_problems

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_manager")]


def send(client, plan, action, **fields):
    """Post one of the forms as the page shows it, with these answers changed."""
    path = f"/plans/{plan.slug}/settings/"
    return client.post(path, form_with(client.get(path), "do", action) | fields)


def departments_form(response) -> dict[str, str]:
    """The fields of 指標の担当課 as a browser would send them back."""
    first = re.search(r'name="(department-[^"]+)"', response.text)
    assert first
    return form_with(response, first[1])


def history() -> list[tuple]:
    return list(Change.objects.order_by("id").values_list("subject", "field", "old", "new"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_settings_are_for_managers(client, plan, role):
    client.force_login(a_user(role))
    path = f"/plans/{plan.slug}/settings/"

    for response in (client.get(path), client.post(path, {"do": "plan", "name": "奪った計画"})):
        assert response.status_code == 403
        assert "計画の設定を変えられるのは、管理の役割の人だけです。" in response.text
    plan.refresh_from_db()
    assert plan.name == "第6期障害福祉計画"


def test_another_citys_settings_are_not_there(client, plan):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    assert client.get(f"/plans/{plan.slug}/settings/").status_code == 404
    assert client.post(f"/plans/{plan.slug}/settings/", {"do": "plan"}).status_code == 404


def test_name_and_bounds_change_and_leave_a_history(client, plan, manager):
    response = send(client, plan, "plan", name="第6期計画", near_low="７５", near_high="125.5")

    plan.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, f"/plans/{plan.slug}/settings/")
    assert (plan.name, plan.near_low, plan.near_high) == ("第6期計画", Decimal(75), Decimal("125.5"))
    assert history() == [
        (Subject.SETTING, "計画名", "第6期障害福祉計画", "第6期計画"),
        (Subject.SETTING, "見込みどおりの下限（%）", "80", "75"),
        (Subject.SETTING, "見込みどおりの上限（%）", "120", "125.5"),
    ]
    assert "設定を3件変更しました。" in client.get(f"/plans/{plan.slug}/settings/").text


def test_nothing_changed_leaves_no_history(client, plan, manager):
    send(client, plan, "plan")

    assert history() == []
    assert "変更はありませんでした。" in client.get(f"/plans/{plan.slug}/settings/").text


def test_bounds_stand_in_order(client, plan, manager):
    response = send(client, plan, "plan", near_low="130")

    plan.refresh_from_db()
    assert "「見込みどおり」の上限は下限以上にしてください。" in response.text
    assert (plan.near_low, history()) == (80, [])


@pytest.mark.parametrize("typed", ["", "abc", "-1", "NaN", "100000"])
def test_a_bound_that_is_no_percentage_is_a_problem_at_its_field(client, plan, manager, typed):
    response = send(client, plan, "plan", near_low=typed)

    assert 'id="plan_near_low_error"' in response.text
    assert f'value="{typed}"' in response.text or typed == ""
    assert history() == []


def test_the_words_of_the_city_are_chosen(client, plan, manager):
    send(client, plan, "words", disability_word="障がい", planned_word="見込量", place_word="箇所")

    city = plan.municipality
    city.refresh_from_db()
    assert (city.disability_word, city.planned_word, city.place_word) == ("障がい", "見込量", "箇所")
    assert [(line.plan, line.subject) for line in Change.objects.all()] == [(None, Subject.SETTING)] * 3


def test_titles_and_parts_of_the_sections_change(client, plan, manager):
    first, second = a_section(plan, 1, "一"), a_section(plan, 2, "二")

    send(client, plan, "sections", **{"title-1": "地域移行", "part-2": "3"})

    assert list(plan.sections.values_list("title", "sheet_part")) == [("地域移行", 1), ("二", 3)]
    assert list(Change.objects.order_by("id").values_list("section", "subject", "field", "old", "new")) == [
        (first.pk, Subject.MASTER, "節名", "一", "地域移行"),
        (second.pk, Subject.MASTER, "評価シートの部", "1", "3"),
    ]


@pytest.mark.parametrize("typed", ["a\x01b", "a\nb", "a\u2028b", "a\uffffb"])
def test_a_name_that_could_not_be_read_back_from_a_table_is_refused(client, plan, manager, typed):
    a_section(plan)

    for action, name in (("plan", "name"), ("sections", "title-1")):
        problems = field_problems(send(client, plan, action, **{name: typed}))
        assert problems == {f"{action}_{name}": ["改行や制御文字は使えません。取り除いてください。"]}
    assert history() == []


def test_signs_that_nobody_sees_around_a_name_are_dropped(client, plan, manager):
    send(client, plan, "plan", name="\ufeff第6期計画\u200b")

    plan.refresh_from_db()
    assert plan.name == "第6期計画"


def test_departments_of_all_measures_are_given_in_one_post(client, plan, manager):
    welfare = Department.objects.create(municipality=plan.municipality, name="福祉課")
    children = Department.objects.create(municipality=plan.municipality, name="子ども課")
    section = a_section(plan)
    one, two, three = (a_measure(section, code, department=welfare) for code in ("1-1", "1-2", "1-3"))

    send(client, plan, "departments", **{"department-1-1": children.pk, "department-1-2": ""})

    assert list(plan.measures.order_by("code").values_list("department", flat=True)) == [children.pk, None, welfare.pk]
    assert list(Change.objects.order_by("id").values_list("measure", "field", "old", "new")) == [
        (one.pk, "担当課", "福祉課", "子ども課"),
        (two.pk, "担当課", "福祉課", None),
    ]


def test_a_city_without_departments_is_told_where_to_make_them_instead_of_choosing_from_none(client, plan, manager):
    a_measure(a_section(plan), "1-1", title="一般就労への移行者")

    page = client.get(f"/plans/{plan.slug}/settings/").text

    assert "担当課を加えると、ここで指標ごとに選べます" in page
    assert 'name="department-1-1"' not in page


def test_another_citys_departments_measures_and_sections_are_out_of_reach(client, plan, manager):
    other = a_full_plan(municipality=a_municipality("129992", "みほん市"))
    theirs = Department.objects.create(municipality=other.municipality, name="福祉課")
    Department.objects.create(municipality=plan.municipality, name="子ども課")
    a_measure(a_section(plan), "mine")
    before = [list(model.objects.order_by("id").values()) for model in (Measure, Section)]

    refused = send(client, plan, "departments", **{"department-mine": theirs.pk})
    ignored = send(client, plan, "departments", **{"department-t1": "", "title-9": "奪った節"})

    assert (refused.status_code, ignored.status_code) == (200, 302)
    assert [list(model.objects.order_by("id").values()) for model in (Measure, Section)] == before
    assert history() == []


def test_a_colleagues_newer_value_is_shown_and_not_overwritten(client, plan, manager):
    page = {"do": "plan", "near_low": "80.0", "near_high": "120.0"}
    page |= {f"initial-{name}": value for name, value in page.items() if name != "do"}
    page |= {"initial-name": "第6期障害福祉計画"}
    plan.name = "同僚の名前"
    plan.save()

    response = client.post(f"/plans/{plan.slug}/settings/", page | {"name": "わたしの名前"})

    plan.refresh_from_db()
    assert (response.status_code, plan.name, history()) == (409, "同僚の名前", [])
    assert "ほかの人が「同僚の名前」に変更しています（入力：「わたしの名前」）。" in response.text
    assert '<input type="hidden" name="initial-name" value="同僚の名前"' in response.text
    assert 'value="わたしの名前"' in response.text


def test_after_seeing_the_colleagues_value_a_second_save_counts(client, plan, manager):
    page = {
        "do": "plan",
        "name": "わたしの名前",
        "near_low": "80",
        "near_high": "120",
        "initial-name": "同僚の名前",
    }
    plan.name = "同僚の名前"
    plan.save()

    client.post(f"/plans/{plan.slug}/settings/", page)

    plan.refresh_from_db()
    assert plan.name == "わたしの名前"


def test_what_a_colleague_changed_elsewhere_in_the_form_stays(client, plan, manager):
    page = {"do": "plan", "name": "第6期障害福祉計画", "near_low": "80", "near_high": "130"}
    page |= {"initial-name": "第6期障害福祉計画", "initial-near_low": "80", "initial-near_high": "120"}
    plan.name = "同僚の名前"
    plan.save()

    client.post(f"/plans/{plan.slug}/settings/", page)

    plan.refresh_from_db()
    assert (plan.name, plan.near_high) == ("同僚の名前", 130)


def test_an_unknown_action_is_refused(client, plan, manager):
    client.raise_request_exception = False

    assert client.post(f"/plans/{plan.slug}/settings/", {"do": "drop"}).status_code == 400


def test_departments_of_a_thousand_measures_are_given_page_by_page(client, manager):
    plan = a_full_plan(500)
    welfare = Department.objects.create(municipality=plan.municipality, name="福祉課")
    path = f"/plans/{plan.slug}/settings/"
    codes = []

    for number in range(1, 11):
        form = departments_form(client.get(f"{path}?page={number}"))
        codes.append([name.removeprefix("department-") for name in form if name.startswith("department-")])
        answer = dict.fromkeys((f"department-{code}" for code in codes[-1]), welfare.pk)
        response = client.post(f"{path}?page={number}", form | answer)
        assert (response.status_code, response["Location"]) == (302, f"{path}?page={number}")

    assert [len(page) for page in codes] == [100] * 10
    assert plan.measures.filter(department=welfare).count() == Change.objects.count() == 1000


def test_a_measure_that_moved_to_another_page_meanwhile_still_gets_its_department(client, plan, manager, monkeypatch):
    monkeypatch.setattr("plans.plan_settings_forms.MEASURES_ON_A_PAGE", 1)
    welfare = Department.objects.create(municipality=plan.municipality, name="福祉課")
    section = a_section(plan)
    wanted, other = a_measure(section, "1-2"), a_measure(section, "1-3", department=welfare)
    path = f"/plans/{plan.slug}/settings/"
    form = departments_form(client.get(path))
    a_measure(section, "1-1", order=0)

    response = client.post(path, form | {"department-1-2": welfare.pk})

    wanted.refresh_from_db()
    other.refresh_from_db()
    assert (response.status_code, wanted.department, other.department) == (302, welfare, welfare)


def test_a_conflict_on_a_later_page_shows_both_values_there(client, plan, manager, monkeypatch):
    monkeypatch.setattr("plans.plan_settings_forms.MEASURES_ON_A_PAGE", 1)
    welfare, children = (
        Department.objects.create(municipality=plan.municipality, name=n) for n in ("福祉課", "子ども課")
    )
    section = a_section(plan)
    a_measure(section, "1-1")
    late = a_measure(section, "1-2")
    path = f"/plans/{plan.slug}/settings/?page=2"
    form = departments_form(client.get(path))
    Measure.objects.filter(pk=late.pk).update(department=welfare)

    response = client.post(path, form | {"department-1-2": children.pk})
    again = client.post(path, departments_form(response))

    late.refresh_from_db()
    assert (response.status_code, again.status_code, late.department) == (409, 302, children)
    assert "ほかの人が「福祉課」に変更しています（入力：「子ども課」）。" in response.text


@pytest.mark.parametrize("measures", [1, 30])
def test_the_page_does_not_ask_more_for_more_measures(client, manager, measures, django_assert_num_queries):
    plan = a_full_plan(measures)
    Department.objects.create(municipality=plan.municipality, name="福祉課")

    with django_assert_num_queries(8):
        response = client.get(f"/plans/{plan.slug}/settings/")

    assert response.text.count("<tr data-measure") == measures * 2


def test_saving_does_not_ask_more_for_more_measures(client, manager, django_assert_max_num_queries):
    plan = a_full_plan(15)
    welfare = Department.objects.create(municipality=plan.municipality, name="福祉課")
    codes = [f"department-{code}" for code in plan.measures.values_list("code", flat=True)]

    with django_assert_max_num_queries(25):
        client.post(f"/plans/{plan.slug}/settings/", {"do": "departments"} | dict.fromkeys(codes, welfare.pk))

    assert plan.measures.filter(department=welfare).count() == 30
