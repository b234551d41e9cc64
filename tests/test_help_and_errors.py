"""The manual, made by the rules themselves, and the pages that say in Japanese what went wrong."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from core.tidy import COLUMNS
from plans import manual
from plans.models import Role
from tests.builders import a_user


def test_everyone_reads_the_manual_and_it_asks_the_database_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/help/")

    assert response.status_code == 200
    assert "<h1>使い方</h1>" in response.text


def test_every_entry_of_the_contents_leads_somewhere(client, db):
    text = client.get("/help/").text

    entries = re.findall(r'href="#([\w-]+)"', text)

    assert len(entries) > 10
    assert [entry for entry in entries if f'id="{entry}"' not in text] == []


def test_the_manual_knows_every_column():
    assert [column.name for column in manual.columns()] == list(COLUMNS)
    assert manual.MEANINGS.keys() == set(COLUMNS)


def test_the_manual_shows_that_two_zero_percents_are_not_the_same():
    shown = [
        (e.label, str(e.figures.legacy_deviation), e.figures.actual_word, e.figures.reading)
        for e in manual.zero_examples()
    ]

    assert shown == [
        ("令和3年度", "0", "", "未達"),
        ("令和4年度", "100", "", "達成"),
        ("令和5年度", "0", "未入力", "未入力"),
    ]


def test_the_manual_works_a_volume_and_a_miss_through():
    volumes = [(one.label, one.users, one.per_user, one.amount) for one in manual.volume_examples()]

    assert volumes == [("据置", "121", "12", "1452"), ("等差", "132", "12", "1584"), ("等比", "133", "12", "1596")]
    assert manual.split_example() == ("人数の差で-40時間、1人当たりの差で-2時間、あわせて計画との差は-42時間です。")


def test_the_manual_types_what_the_reader_understands():
    understood = {example.typed: example.understood for example in manual.typed_examples()}

    assert understood == {
        "１２人": "12",
        "１，２３４": "1234",
        "▲3": "-3",
        "約10人": "10",
        "0": "0",
        "集計中": "集計中",
        "該当なし": "該当なし",
        "中止": "中止",
        "検討中": "記述のみ",
        "有5人": "有",
        "10割": "100",
        "66.7%": "66.7",
        "十二人": "",
        "○": "",
    }


def test_the_manual_gives_each_role_its_rights():
    rights = {role.label: "".join("○" if right else "－" for right in role.rights) for role in manual.role_rights()}

    assert rights == {
        "閲覧": "○－－－－－",
        "入力": "○○○－－－",
        "確認": "○○○○－－",
        "確定": "○○○○○－",
        "管理": "○○○○○○",
        "県": "○－－－－－",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("logged_in", [False, True])
def test_an_unknown_address_is_answered_in_japanese(client, logged_in):
    if logged_in:
        client.force_login(a_user(Role.EDITOR))

    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "<h1>ページが見つかりません</h1>" in response.text
    assert ("計画の一覧" in response.text) is logged_in


@pytest.mark.parametrize("code", ["%00", "1%0A", "無い"])
def test_what_is_no_code_of_a_measure_is_not_found(client, db, code, plan):
    client.force_login(a_user(Role.VIEWER))

    assert client.get(f"/plans/{plan.slug}/measures/{code}/").status_code == 404


@pytest.mark.django_db
def test_another_citys_plan_is_not_found_without_a_word_about_it(client, plan):
    client.force_login(User.objects.create_user("dareka"))

    response = client.get(f"/plans/{plan.slug}/settings/")

    assert response.status_code == 404
    assert plan.name not in response.text


@pytest.mark.django_db
def test_a_missing_right_is_answered_with_its_sentence(client):
    client.force_login(a_user(Role.VIEWER))

    response = client.get("/people/")

    assert response.status_code == 403
    assert "<p>利用者のページは、管理の役割の人だけが開けます。</p>" in response.text


@pytest.mark.django_db
def test_a_form_without_its_token_is_answered_in_japanese():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(a_user(Role.MANAGER))

    response = strict.post("/people/", {"do": "add_department", "name": "福祉課"})

    assert response.status_code == 403
    assert "<h1>送信を受け付けられませんでした</h1>" in response.text


@pytest.mark.django_db
def test_a_form_with_too_many_fields_is_answered_in_japanese(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    visitor = Client(raise_request_exception=False)

    response = visitor.post("/login/", {str(number): "x" for number in range(5)})

    assert response.status_code == 400
    assert "<h1>送信を読み取れませんでした</h1>" in response.text


@pytest.mark.django_db
def test_a_text_too_long_to_be_sent_is_answered_with_what_to_do():
    visitor = Client(raise_request_exception=False)

    response = visitor.post("/login/", {"text": "1" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})

    assert response.status_code == 400
    assert "一度に送れる大きさ（約2.5MB）を超えたのかもしれません。いくつかに分けるか、" in response.text
    assert "ブラウザーの「戻る」で、前のページに戻ってください。" in response.text
    assert f"一度に送れる数（約{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,}）" in response.text


@pytest.mark.django_db
def test_a_failure_is_answered_in_japanese_and_tells_nothing(monkeypatch):
    def fails():
        raise RuntimeError("secret detail")

    monkeypatch.setattr(manual, "columns", fails)
    visitor = Client(raise_request_exception=False)

    response = visitor.get("/help/")

    assert response.status_code == 500
    assert "<h1>うまく動きませんでした</h1>" in response.text
    assert "secret detail" not in response.text
