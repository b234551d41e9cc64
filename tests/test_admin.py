"""The Django admin: people are kept here, what the plans hold is only looked at."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User

from plans.history import changes_for, history_line
from plans.models import Change, Membership, Role
from tests.builders import a_full_plan, a_municipality, a_user, in_state

pytestmark = pytest.mark.django_db

EDITABLE = {"municipality", "department", "membership"}
APPS = ("plans", "targets", "indicators", "evaluations")
MODELS = sorted(m._meta.label_lower for m in admin.site._registry if m._meta.app_label in APPS)


@pytest.fixture
def root(client):
    user = User.objects.create_superuser("root", password="pass-word-12")
    client.force_login(user)
    return user


def history() -> list[tuple]:
    manager = a_user(Role.MANAGER)
    return [(line.by, line.field, line.old, line.new) for line in map(history_line, changes_for(manager))]


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
        door="screen", municipality=plan.municipality, plan=plan, subject="setting", old="い", new="ろ"
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
