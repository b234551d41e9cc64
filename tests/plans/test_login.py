"""Login, logout, one's own password, and the lock after many wrong passwords."""

import re

import pytest
from django.test import Client, override_settings

from plans.models import Role
from tests.builders import a_user
from tests.page_readers import field_problems

pytestmark = pytest.mark.django_db

PASSWORD = "pass-word-12"  # noqa: S105


def test_login_leads_to_the_page_that_was_asked_for(client):
    user = a_user(Role.EDITOR)

    asked = client.get("/plans/")
    response = client.post("/login/", {"username": user.username, "password": PASSWORD, "next": "/plans/"})

    assert (asked.status_code, asked["Location"]) == (302, "/login/?next=/plans/")
    assert (response.status_code, response["Location"]) == (302, "/plans/")


def test_the_login_page_carries_next_in_its_form(client):
    response = client.get("/login/?next=/history/")

    assert '<input type="hidden" name="next" value="/history/">' in response.text


def test_login_does_not_lead_to_another_host(client):
    user = a_user(Role.EDITOR)

    response = client.post("/login/", {"username": user.username, "password": PASSWORD, "next": "https://example.com/"})

    assert response["Location"] == "/"


@pytest.mark.parametrize("asked", ["/login/", "/login/?next=/login/", "http://testserver/login/"])
def test_the_login_does_not_lead_back_to_itself(client, asked):
    person = a_user(username="hanako")
    typed = {"username": "hanako", "password": "pass-word-12", "next": asked}

    signing_in = client.post("/login/", typed)
    client.force_login(person)
    signed_in = client.get("/login/", {"next": asked})

    assert (signing_in["Location"], signed_in["Location"]) == ("/", "/")


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/people/?page=2", "/login/?next=/people/%3Fpage%3D2"),
        ("http://example.com/people/", "/login/?next=/password/"),
        ("http://testserver//example.com/", "/login/?next=//example.com/"),
        ("", "/login/?next=/password/"),
    ],
)
def test_what_is_sent_after_the_session_ended_is_said_to_be_lost_and_the_login_leads_back_to_its_page(
    client, referer, leads_to
):
    sent = client.post("/password/", {"old_password": "x"}, headers={"Referer": referer})
    login = client.get(sent["Location"])

    assert (sent.status_code, sent["Location"]) == (302, leads_to)
    assert "いま送った内容は保存されていません。" in login.text


def test_a_page_that_resembles_another_host_is_not_what_a_login_leads_to(client):
    user = a_user(Role.EDITOR)

    answer = client.post("/login/", {"username": user.username, "password": PASSWORD, "next": "//example.com/"})

    assert answer["Location"] == "/"


def test_who_logs_out_of_an_ended_session_and_in_again_is_not_led_to_the_logout(client):
    a_user(username="hanako")

    sent = client.post("/logout/")["Location"]
    answer = client.post(sent, {"username": "hanako", "password": "pass-word-12", "next": "/logout/"})

    assert (sent, answer["Location"]) == ("/login/?next=/logout/", "/")


def test_a_wrong_password_is_answered_with_a_sentence_and_keeps_the_name(client):
    user = a_user(Role.EDITOR, username="hanako")

    response = client.post("/login/", {"username": user.username, "password": "wrong"})

    assert response.status_code == 200
    assert "ユーザー名かパスワードが違います。" in response.text
    assert 'value="hanako"' in response.text


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_many_wrong_passwords_stop_this_name_for_a_while(client):
    user = a_user(Role.EDITOR)

    for _ in range(3):
        response = client.post("/login/", {"username": user.username, "password": "wrong"})
    right = client.post("/login/", {"username": user.username, "password": PASSWORD})

    assert (response.status_code, right.status_code) == (429, 429)
    assert "<h1>ログインを一時停止しています</h1>" in right.text


def test_a_deactivated_user_cannot_log_in(client):
    user = a_user(Role.EDITOR)
    user.is_active = False
    user.save()

    response = client.post("/login/", {"username": user.username, "password": PASSWORD})

    assert "ユーザー名かパスワードが違います。" in response.text


def test_logout_is_a_post(client):
    client.force_login(a_user(Role.EDITOR))

    asked = client.get("/logout/")
    done = client.post("/logout/")

    assert asked.status_code == 405
    assert (done.status_code, done["Location"]) == (302, "/login/")
    assert client.get("/plans/").status_code == 302


def test_a_person_changes_their_own_password_and_stays_logged_in(client):
    user = a_user(Role.EDITOR)
    client.force_login(user)

    response = client.post(
        "/password/",
        {"old_password": PASSWORD, "new_password1": "kumo-no-ue-8", "new_password2": "kumo-no-ue-8"},
    )
    user.refresh_from_db()

    assert (response.status_code, response["Location"]) == (302, "/")
    assert user.check_password("kumo-no-ue-8")
    assert "パスワードを変更しました。" in client.get("/plans/").text


def test_problems_of_a_new_password_stand_at_their_field_and_on_top(client):
    user = a_user(Role.EDITOR)
    client.force_login(user)

    response = client.post("/password/", {"old_password": "x", "new_password1": "12345", "new_password2": "12345"})

    assert '<a href="#id_old_password">いまのパスワード</a>：いまのパスワードが違います。' in response.text
    assert 'id="id_new_password2_error"' in response.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_rules_of_a_password_are_said_before_anything_is_typed(client):
    client.force_login(a_user(Role.EDITOR))

    shown = client.get("/password/").text

    assert re.findall(
        "<li>([^<]*)</li>", shown.partition('id="id_new_password1_helptext"')[2].partition("</div>")[0]
    ) == [
        "10文字以上にしてください。",
        "ユーザー名や氏名に似たものは使えません。",
        "「password123」のように、よく使われているものは使えません。",
        "数字だけのものは使えません。英字か記号も入れてください。",
    ]


@pytest.mark.parametrize(
    ("typed", "again", "said"),
    [
        ("kumo-8", "kumo-8", "短すぎます。10文字以上にしてください。"),
        ("inzai-taro", "inzai-taro", "ユーザー名か氏名に似ています。似ていないものにしてください。"),
        ("password123", "password123", "よく使われているパスワードです。ほかの人が思いつかないものにしてください。"),
        ("80217364519", "80217364519", "数字だけになっています。英字か記号も入れてください。"),
        ("kumo-no-ue-8", "kumo-no-ue-9", "上の「新しいパスワード」と違います。同じものを入力してください。"),
    ],
)
def test_a_password_that_does_not_do_is_refused_with_what_to_do(client, typed, again, said):
    client.force_login(a_user(Role.EDITOR, username="inzai-taro"))

    response = client.post("/password/", {"old_password": PASSWORD, "new_password1": typed, "new_password2": again})

    assert field_problems(response) == {"id_new_password2": [said]}


def test_the_password_page_asks_for_a_login(client):
    assert client.get("/password/")["Location"] == "/login/?next=/password/"


def test_pages_of_a_logged_in_person_are_not_kept_by_the_browser(client):
    client.force_login(a_user())

    private, public = client.get("/plans/"), Client().get("/help/")

    assert (private["Cache-Control"], public.has_header("Cache-Control")) == ("private, no-store", False)
