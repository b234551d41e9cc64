"""利用者: what the manager of a city may do with its people and 担当課, and with nobody else's."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User

from plans.models import Change, Department, Membership, Role, Subject
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user
from tests.page_forms import form_with
from tests.page_readers import found_words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_manager")]


@pytest.fixture
def other_city():
    return a_municipality("129992", "みほん市")


def send(client, action, path="/people/", **fields):
    return client.post(path, {"do": action} | fields)


def membership_of(user) -> Membership:
    return Membership.objects.get(user=user, municipality=a_municipality())


def history() -> list[tuple]:
    return list(Change.objects.filter(subject=Subject.PEOPLE).order_by("id").values_list("field", "old", "new"))


def everything() -> list:
    """All that a form of this page could change."""
    return [
        list(User.objects.order_by("id").values_list("username", "last_name", "password", "is_active")),
        list(Membership.objects.order_by("id").values_list("user", "municipality", "role", "department")),
        list(Department.objects.order_by("id").values_list("municipality", "name")),
        Change.objects.count(),
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_the_page_is_for_managers(client, role):
    client.force_login(a_user(role))

    for response in (client.get("/people/"), send(client, "add_department", name="福祉課")):
        assert response.status_code == 403
        assert "利用者のページは、管理の役割の人だけが開けます。" in response.text
    assert Department.objects.count() == 0


def test_somebody_without_a_city_is_told_what_to_do(client):
    client.force_login(User.objects.create_superuser("root"))

    assert client.get("/people/").status_code == 403


def test_the_list_shows_the_people_of_this_city_alone(client, manager, other_city):
    a_user(Role.EDITOR, username="hanako")
    a_user(Role.EDITOR, other_city, username="taro")

    text = client.get("/people/").text

    assert [name in text for name in ("kanri", "hanako", "taro")] == [True, True, False]


def test_a_new_person_gets_a_password_that_is_shown_once(client, manager):
    response = send(client, "add_person", username="hanako", name="印西 花子", role="editor", department="")

    [secret] = found_words(response, ".//code[@data-secret]")
    user = User.objects.get(username="hanako")
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert response.text.count(secret) == 1
    assert user.check_password(secret)
    assert (user.get_full_name(), user.is_staff, membership_of(user).role) == ("印西 花子", False, Role.EDITOR)
    assert history() == [("登録", None, "印西 花子（hanako）：入力")]
    assert secret not in client.get("/people/").text


def test_a_typed_password_is_not_shown(client, manager):
    response = send(
        client, "add_person", username="hanako", name="花子", role="viewer", department="", password="kumo-no-ue-8"
    )

    assert (response.status_code, response["Location"]) == (302, "/people/")
    assert User.objects.get(username="hanako").check_password("kumo-no-ue-8")
    assert "花子さん（hanako）を登録しました。" in client.get("/people/").text


def test_a_weak_password_is_a_problem_and_what_was_typed_is_kept(client, manager):
    response = send(client, "add_person", username="hanako", name="花子", role="viewer", department="", password="123")

    assert not User.objects.filter(username="hanako").exists()
    assert "短すぎます。10文字以上にしてください。" in response.text
    assert 'value="花子"' in response.text


def test_a_username_with_other_signs_is_told_which_signs_will_do(client, manager):
    response = send(client, "add_person", username="hana ko", name="花子", role="viewer", department="")

    assert "使えない文字があります。英字・数字と @ . + - _ だけで、空白を入れずに入力してください。" in response.text


@pytest.mark.parametrize("username", ["taro", "TARO", "kanri"])
def test_a_username_that_exists_is_refused_in_the_same_words_wherever_it_exists(client, manager, other_city, username):
    a_user(Role.EDITOR, other_city, username="taro")

    response = send(client, "add_person", username=username, name="太郎", role="viewer", department="")

    assert '<a href="#id_username">ユーザー名</a>：このユーザー名は使えません。' in response.text
    assert User.objects.count() == 2


def test_the_role_of_the_prefecture_cannot_be_given_in_a_city(client, manager):
    send(client, "add_person", username="hanako", name="花子", role="prefecture", department="")

    assert not User.objects.filter(username="hanako").exists()


def test_role_department_and_name_change_and_leave_a_history(client, manager):
    hanako = a_user(Role.VIEWER, username="hanako")
    department = Department.objects.create(municipality=a_municipality(), name="障がい福祉課")

    response = send(
        client,
        "change_person",
        membership=membership_of(hanako).pk,
        name="印西 花子",
        role="editor",
        department=department.pk,
    )

    hanako.refresh_from_db()
    assert response.status_code == 302
    assert (membership_of(hanako).role, membership_of(hanako).department) == (Role.EDITOR, department)
    assert hanako.get_full_name() == "印西 花子"
    assert history() == [
        ("役割・担当課", "hanako（hanako）：閲覧", "hanako（hanako）：入力（障がい福祉課）"),
        ("氏名", "印西 花子（hanako）：hanako", "印西 花子（hanako）：印西 花子"),
    ]


@pytest.fixture
def hanako():
    """A second manager."""
    return a_user(Role.MANAGER, username="hanako")


def drawn_for(client, person) -> dict[str, str]:
    """The fields of this person's form, as a browser would send them."""
    page = client.get("/people/").text.split(f'data-member="{person.username}"')[1].split("</form>")[0]
    return form_with(SimpleNamespace(text=f"<form>{page.split('<form')[1].split('>', 1)[1]}</form>"), "seen")


def test_a_role_that_a_colleague_took_away_is_not_given_back_by_an_older_page(client, manager, hanako):
    fields = drawn_for(client, hanako)
    Membership.objects.filter(user=hanako).update(role=Role.VIEWER)

    answer = client.post("/people/", fields | {"name": "印西 花子"})

    hanako.refresh_from_db()
    assert (membership_of(hanako).role, hanako.get_full_name(), history()) == (Role.VIEWER, "", [])
    assert "ほかの人が先に、この人の登録を変更しました（いまの役割：閲覧）。" in answer.text
    assert 'value="印西 花子"' in answer.text


def test_saving_again_what_a_colleague_changed_is_a_decision(client, manager, hanako):
    fields = drawn_for(client, hanako)
    Membership.objects.filter(user=hanako).update(role=Role.VIEWER)
    client.post("/people/", fields | {"name": "印西 花子"})

    client.post("/people/", fields | drawn_for(client, hanako) | {"role": "manager", "name": "印西 花子"})

    hanako.refresh_from_db()
    assert (membership_of(hanako).role, hanako.get_full_name()) == (Role.MANAGER, "印西 花子")


def test_the_same_form_sent_twice_changes_nothing_the_second_time(client, manager, hanako):
    fields = drawn_for(client, hanako) | {"role": "viewer"}

    answers = [client.post("/people/", fields).status_code for _ in range(2)]

    assert (answers, len(history())) == ([302, 302], 1)


def test_a_password_is_reset_and_the_old_one_and_the_sessions_end(client, manager):
    hanako = a_user(Role.EDITOR)
    hers = type(client)()
    hers.force_login(hanako)

    response = send(client, "reset_password", membership=membership_of(hanako).pk)

    [secret] = found_words(response, ".//code[@data-secret]")
    hanako.refresh_from_db()
    assert hanako.check_password(secret)
    assert hers.get("/plans/").status_code == 302
    assert [(field, new.split("：")[1]) for field, _, new in history()] == [("パスワード", "再設定した")]


def test_a_login_is_stopped_and_resumed(client, manager):
    hanako = a_user(Role.EDITOR)

    send(client, "stop_login", membership=membership_of(hanako).pk)
    hanako.refresh_from_db()
    stopped = hanako.is_active
    send(client, "resume_login", membership=membership_of(hanako).pk)
    hanako.refresh_from_db()

    assert (stopped, hanako.is_active) == (False, True)
    assert [field for field, _, _ in history()] == ["ログイン", "ログイン"]


def test_removing_a_person_keeps_the_user_and_the_other_city(client, manager, other_city):
    hanako = a_user(Role.EDITOR, username="hanako")
    Membership.objects.create(user=hanako, municipality=other_city, role=Role.VIEWER)

    send(client, "remove_person", membership=membership_of(hanako).pk)

    hanako.refresh_from_db()
    assert hanako.is_active
    assert [m.municipality for m in hanako.memberships.all()] == [other_city]
    assert history() == [("所属を外す", "hanako（hanako）：入力", None)]


@pytest.mark.parametrize("action", ["reset_password", "stop_login"])
@pytest.mark.parametrize("who", ["of two cities", "staff"])
def test_the_keys_of_people_who_are_not_only_ours_stay_untouched(client, manager, other_city, action, who):
    hanako = a_user(Role.EDITOR)
    if who == "staff":
        User.objects.filter(pk=hanako.pk).update(is_staff=True)
    else:
        Membership.objects.create(user=hanako, municipality=other_city, role=Role.VIEWER)
    before = everything()

    response = send(client, action, membership=membership_of(hanako).pk)

    assert "システム管理者に頼んでください。" in response.text
    assert everything() == before


@pytest.mark.parametrize(
    ("action", "fields"),
    [("change_person", {"role": "editor", "department": ""}), ("remove_person", {}), ("stop_login", {})],
)
def test_the_last_manager_stays(client, manager, action, fields):
    stopped = a_user(Role.MANAGER)
    User.objects.filter(pk=stopped.pk).update(is_active=False)
    before = everything()

    response = send(client, action, membership=membership_of(manager).pk, **fields)

    assert "管理の役割の人がいなくなるため、この操作はできません。" in response.text
    assert everything() == before


def test_one_of_two_managers_may_go(client, manager):
    a_user(Role.MANAGER)

    send(client, "change_person", membership=membership_of(manager).pk, role="viewer", department="")

    assert membership_of(manager).role == Role.VIEWER


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("change_person", {"role": "viewer", "department": ""}),
        ("remove_person", {}),
        ("stop_login", {}),
        ("resume_login", {}),
        ("reset_password", {}),
    ],
)
def test_another_citys_people_are_out_of_reach(client, manager, other_city, action, fields):
    theirs = Membership.objects.get(user=a_user(Role.EDITOR, other_city))
    before = everything()

    response = send(client, action, membership=theirs.pk, **fields)

    assert "この自治体の利用者ではありません。" in response.text
    assert everything() == before


def test_another_citys_departments_are_out_of_reach(client, manager, other_city):
    theirs = Department.objects.create(municipality=other_city, name="福祉課")
    hanako = membership_of(a_user(Role.EDITOR))
    before = everything()

    for response in (
        send(client, "change_person", membership=hanako.pk, role="editor", department=theirs.pk),
        send(client, "rename_department", existing=theirs.pk, name="奪った課"),
        send(client, "delete_department", existing=theirs.pk),
    ):
        assert response.status_code == 200
        assert "福祉課" not in response.text
    assert everything() == before


def test_another_city_cannot_be_picked(client, manager, other_city):
    assert client.get("/people/?city=129992").status_code == 404
    assert send(client, "add_department", "/people/?city=129992", name="福祉課").status_code == 404
    assert Department.objects.count() == 0


def test_a_manager_of_two_cities_picks_one(client, manager, other_city):
    Membership.objects.create(user=manager, municipality=other_city, role=Role.MANAGER)

    response = send(client, "add_department", "/people/?city=129992", name="福祉課")

    assert response["Location"] == "/people/?city=129992"
    assert [(d.municipality, d.name) for d in Department.objects.all()] == [(other_city, "福祉課")]
    assert "<h1>みほん市の利用者</h1>" in client.get("/people/?city=129992").text


def test_departments_are_added_renamed_and_deleted(client, manager):
    send(client, "add_department", name="福祉課")
    department = Department.objects.get()
    send(client, "rename_department", existing=department.pk, name="障がい福祉課")
    send(client, "delete_department", existing=department.pk)

    assert Department.objects.count() == 0
    assert history() == [
        ("担当課", None, "福祉課"),
        ("担当課", "福祉課", "障がい福祉課"),
        ("担当課", "障がい福祉課", None),
    ]


def test_a_name_that_a_colleague_gave_a_department_is_shown_before_it_is_replaced(client, manager):
    department = Department.objects.create(municipality=a_municipality(), name="福祉課")
    fields = form_with(client.get("/people/"), "existing")
    Department.objects.update(name="障がい福祉課")

    refused = client.post("/people/", fields | {"name": "社会福祉課"})
    kept = Department.objects.get(pk=department.pk).name
    again = {"seen": "障がい福祉課", "name": "社会福祉課"}
    client.post("/people/", fields | again)

    assert kept == "障がい福祉課"
    assert "ほかの人が先に、名前を「障がい福祉課」に変えました。" in refused.text
    assert 'name="seen" value="障がい福祉課"' in refused.text
    assert Department.objects.get(pk=department.pk).name == "社会福祉課"


def test_two_departments_do_not_share_a_name(client, manager):
    send(client, "add_department", name="福祉課")

    response = send(client, "add_department", name="福祉課")

    assert "担当課「福祉課」はすでにあります。" in response.text
    assert Department.objects.count() == 1


def test_a_department_in_use_is_not_deleted(client, manager):
    department = Department.objects.create(municipality=a_municipality(), name="福祉課")
    a_user(Role.EDITOR, department=department)
    a_measure(a_section(a_plan()), department=department)

    response = send(client, "delete_department", existing=department.pk)

    assert "担当課「福祉課」には利用者1人と指標1件が割り当てられています。" in response.text
    assert Department.objects.count() == 1


@pytest.mark.parametrize("fields", [{}, {"do": "drop_everything"}])
def test_an_unknown_action_is_refused(client, manager, fields):
    client.raise_request_exception = False

    assert client.post("/people/", fields).status_code == 400


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_does_not_ask_more_for_more_people(client, manager, people, django_assert_num_queries):
    for number in range(people):
        department = Department.objects.create(municipality=a_municipality(), name=f"第{number}課")
        a_user(Role.EDITOR, department=department)

    with django_assert_num_queries(5):
        response = client.get("/people/")

    assert response.text.count("<tr data-member") == people + 1
