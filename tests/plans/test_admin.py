"""The Django admin: people are kept here, what the plans hold is only looked at."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User

from core.open_data.licences import CHOICES
from plans.history import changes_for, history_line
from plans.models import Change, Department, Membership, Municipality, Role
from tests.builders import a_draft, a_full_plan, a_measure, a_municipality, a_plan, a_section, a_user, in_state

pytestmark = pytest.mark.django_db

EDITABLE = {"municipality", "department", "membership"}
APPS = ("plans", "targets", "indicators", "evaluations")
MODELS = sorted(m._meta.label_lower for m in admin.site._registry if m._meta.app_label in APPS)


@pytest.fixture
def root(client):
    user = User.objects.create_superuser("root", password="pass-word-12")
    client.force_login(user)
    return user


def history(city: Municipality | None = None) -> list[tuple]:
    manager = a_user(Role.MANAGER, city)
    return [(line.by, line.field, line.old, line.new) for line in map(history_line, changes_for(manager))]


def post_city(client, city: Municipality, **fields):
    """The form of a 自治体, with these fields in place of what is stored."""
    stored = {name: value for name, value in Municipality.objects.filter(pk=city.pk).values().get().items() if value}
    form = {"prefecture": stored.get("prefecture_id", "")} | stored | fields
    return client.post(f"/admin/plans/municipality/{city.pk}/change/", form)


@pytest.mark.parametrize("label", MODELS)
def test_every_list_opens_and_only_people_can_be_changed(client, root, label):
    app, model = label.split(".")
    in_state(a_full_plan().sections.get(), 2021, "CONFIRMED")
    path = f"/admin/{app}/{model}/"

    listed, adding = client.get(path), client.get(f"{path}add/")

    assert listed.status_code == 200
    assert adding.status_code == (200 if model in EDITABLE else 403)


@pytest.mark.parametrize("model", ["plan", "section", "sectionyear", "measure", "yearlyvalue", "change"])
def test_a_row_of_a_plan_can_be_seen_and_not_changed_or_deleted(client, root, model):
    plan = a_full_plan()
    in_state(plan.sections.get(), 2021, "CONFIRMED")
    Change.objects.create(
        channel="screen", municipality=plan.municipality, plan=plan, subject="setting", old="い", new="ろ"
    )
    row = next(m for m in admin.site._registry if m._meta.label_lower == f"plans.{model}").objects.first()
    path = f"/admin/plans/{model}/{row.pk}/"

    assert client.get(f"{path}change/").status_code == 200
    assert client.post(f"{path}change/", {"name": "奪った"}).status_code == 403
    assert client.post(f"{path}delete/", {"post": "yes"}).status_code == 403


def test_a_manager_of_a_city_has_no_business_in_the_admin(client):
    client.force_login(a_user(Role.MANAGER))

    response = client.get("/admin/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")


def test_a_membership_given_in_the_admin_is_in_the_history(client, root):
    hanako = User.objects.create_user("hanako")

    client.post(
        "/admin/plans/membership/add/", {"user": hanako.pk, "municipality": a_municipality().pk, "role": "editor"}
    )

    assert [m.role for m in hanako.memberships.all()] == [Role.EDITOR]
    assert history() == [("root", "登録", "（空欄）", "hanako（hanako）：入力")]


def test_a_role_changed_in_the_admin_is_in_the_history_and_the_person_stays(client, root):
    hanako, taro = a_user(Role.EDITOR, username="hanako"), User.objects.create_user("taro")
    membership = Membership.objects.get(user=hanako)

    client.post(f"/admin/plans/membership/{membership.pk}/change/", {"user": taro.pk, "role": "viewer"})

    membership.refresh_from_db()
    assert (membership.user, membership.role) == (hanako, Role.VIEWER)
    assert history() == [("root", "役割・担当課", "hanako（hanako）：入力", "hanako（hanako）：閲覧")]


def test_a_membership_deleted_in_the_admin_is_in_the_history(client, root):
    membership = Membership.objects.get(user=a_user(Role.EDITOR, username="hanako"))

    client.post(f"/admin/plans/membership/{membership.pk}/delete/", {"post": "yes"})

    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert history() == [("root", "所属を外す", "hanako（hanako）：入力", "（空欄）")]


def test_a_municipality_with_a_wrong_check_digit_is_refused(client, root):
    response = client.post(
        "/admin/plans/municipality/add/",
        {
            "code": "122310",
            "name": "印西市",
            "kind": "city",
            "disability_word": "障害",
            "planned_word": "計画値",
            "place_word": "か所",
        },
    )

    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() == {"code"}


def a_city_with_a_plan():
    return a_plan().municipality


def a_city_with_a_draft():
    city = a_municipality()
    a_draft(city, by=a_user(Role.MANAGER, city))
    return city


def a_prefecture_of_a_plan():
    prefecture = a_municipality("120006", "千葉県", kind="prefecture")
    a_plan(a_municipality(prefecture=prefecture))
    return prefecture


@pytest.mark.parametrize("used", [a_city_with_a_plan, a_city_with_a_draft, a_prefecture_of_a_plan])
def test_the_code_that_addresses_and_exports_hold_stays_once_there_is_a_plan(client, root, used):
    city = used()
    before = (city.code, city.kind)

    response = post_city(client, city, code="131016", kind="prefecture", name="千代田区")

    city.refresh_from_db()
    assert (response.status_code, city.code, city.kind, city.name) == (302, *before, "千代田区")
    assert "計画ができた後は変えられません" in client.get(f"/admin/plans/municipality/{city.pk}/change/").text


def test_the_code_of_a_municipality_without_a_plan_can_be_put_right(client, root, city):
    a_user(Role.MANAGER, city)

    post_city(client, city, code="131016")

    city.refresh_from_db()
    assert city.code == "131016"
    assert history(city) == [("root", "団体コード", "122319", "131016")]


@pytest.mark.parametrize("used_by", ["people", "cities"])
def test_a_prefecture_that_is_used_does_not_become_a_city_and_joins_no_other(client, root, used_by):
    prefecture, tokyo = (a_municipality(code, code, kind="prefecture") for code in ("120006", "130001"))
    if used_by == "people":
        a_user(Role.PREFECTURE, prefecture)
    else:
        a_municipality(prefecture=prefecture)

    response = post_city(client, prefecture, kind="city", prefecture=tokyo.pk)

    prefecture.refresh_from_db()
    assert (response.status_code, prefecture.kind, prefecture.prefecture) == (302, "prefecture", None)


def test_a_municipality_made_as_the_wrong_kind_can_be_put_right(client, root):
    city = a_municipality("120006", "千葉県")

    post_city(client, city, kind="prefecture")

    city.refresh_from_db()
    assert city.kind == "prefecture"


def test_each_change_of_a_municipality_in_the_admin_is_in_the_history(client, root):
    city = a_plan().municipality
    prefecture = a_municipality("120006", "千葉県", kind="prefecture")
    fields = {
        "name": "新印西市",
        "prefecture": prefecture.pk,
        "disability_word": "障がい",
        "is_fictional": "on",
        "population": "110000",
        "population_as_of": "2026-04-01",
        "open_data_licence": "cc-by-4.0",
    }

    post_city(client, city, **fields)

    assert sorted(history()) == sorted(
        [
            ("root", "自治体名", "印西市", "新印西市"),
            ("root", "都道府県", "（空欄）", "千葉県"),
            ("root", "「障害」の表記", "障害", "障がい"),
            ("root", "架空の自治体", "いいえ", "はい"),
            ("root", "人口", "（空欄）", "110000"),
            ("root", "人口の時点", "（空欄）", "2026-04-01"),
            ("root", "オープンデータの利用条件", *licences("", "cc-by-4.0")),
        ]
    )


def licences(*values: str) -> list[str]:
    return [dict(CHOICES)[value] for value in values]


def test_a_municipality_saved_as_it_is_leaves_no_line(client, root):
    response = post_city(client, a_plan().municipality)

    assert (response.status_code, history()) == (302, [])


def test_departments_changed_in_the_admin_are_in_the_history(client, root):
    city, other = a_municipality(), a_municipality("131016", "千代田区")

    client.post("/admin/plans/department/add/", {"municipality": city.pk, "name": "障がい福祉課"})
    department = Department.objects.get()
    address = f"/admin/plans/department/{department.pk}"
    client.post(f"{address}/change/", {"municipality": other.pk, "name": "福祉課"})
    client.post(f"{address}/change/", {"name": "福祉課"})
    department.refresh_from_db()
    client.post(f"{address}/delete/", {"post": "yes"})

    assert department.municipality == city
    assert history() == [
        ("root", "担当課", "福祉課", "（空欄）"),
        ("root", "担当課", "障がい福祉課", "福祉課"),
        ("root", "担当課", "（空欄）", "障がい福祉課"),
    ]


def test_what_plans_and_the_history_refer_to_is_not_deleted(client, root, city):
    department = Department.objects.create(municipality=city, name="障がい福祉課")
    a_measure(a_section(a_plan(city)), "1-1", department=department)
    editor = a_user(Role.EDITOR, city)
    Change.objects.create(channel="screen", municipality=city, by=root, subject="setting")
    addresses = [
        f"plans/municipality/{city.pk}",
        f"plans/department/{department.pk}",
        f"auth/user/{editor.pk}",
        f"auth/user/{root.pk}",
    ]

    answers = [client.post(f"/admin/{address}/delete/", {"post": "yes"}).status_code for address in addresses]
    many = client.post(
        "/admin/auth/user/", {"action": "delete_selected", "_selected_action": [editor.pk], "post": "yes"}
    )

    assert [*answers, many.status_code] == [200] * 5
    assert Municipality.objects.filter(pk=city.pk).exists()
    assert (Department.objects.count(), set(User.objects.all())) == (1, {editor, root})


@pytest.mark.parametrize("label", sorted(EDITABLE))
def test_a_form_without_anything_is_refused_at_its_fields(client, root, label):
    answers = [client.post(f"/admin/plans/{label}/add/", fields) for fields in ({}, {"role": "prefecture"})]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all(answer.context["adminform"].form.errors for answer in answers)
