"""The pages of the package file: made on 出力, taken in by the prefecture, by hand and in a browser."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.packages.file import read_package
from evaluations.models import MadePackage, ReceivedPackage
from evaluations.prefecture.package_content import content_of
from evaluations.prefecture.packages import make_package
from plans.models import Channel, Plan, Role, YearState
from tests.axe import violations
from tests.browser import click, enter
from tests.builders import a_full_plan, a_municipality, a_prefecture_user, a_user, in_state
from tests.packages import a_content, a_file

pytestmark = pytest.mark.django_db
ADDRESS = "/prefectures/120006/packages/"
EXPORTS = "/plans/122319-6/exports/"


@pytest.fixture
def person(client, prefecture):
    user = a_prefecture_user(prefecture)
    client.force_login(user)
    return user


def upload(client, file: bytes, name="122319-7_package-2.json"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, file)})


def confirm(client, answer):
    """Send back what the page asks to be confirmed."""
    return client.post(ADDRESS, {"package": signed_in_page(answer)}, follow=True)


def signed_in_page(answer) -> str:
    """What the page carries from the preview to the confirmation."""
    return re.findall(r'name="package" value="([^"]+)"', answer.content.decode())[0]


# --- The city ---


@pytest.fixture
def plan(prefecture):
    plan = a_full_plan(municipality=a_municipality(prefecture=prefecture))
    in_state(plan.sections.get(), 2021, YearState.CONFIRMED)
    return plan


def test_a_writer_makes_a_file_and_every_member_receives_it(client, plan):
    client.force_login(a_user(Role.EDITOR))
    answer = client.post(EXPORTS, follow=True)

    people = [a_user(Role.VIEWER), a_prefecture_user(plan.municipality.prefecture)]
    files = []
    for someone in people:
        client.force_login(someone)
        files.append(client.get(f"{EXPORTS}package-1.json"))

    assert "県へ渡すファイルの第1版を作りました" in answer.content.decode()
    assert answer.redirect_chain == [(EXPORTS, 302)]
    assert [read_package(file.content).content for file in files] == [content_of(plan)] * 2
    assert files[0]["Content-Disposition"] == 'attachment; filename="122319-6_package-1.json"'
    assert files[0]["Content-Type"] == "application/json"


def test_the_page_says_that_nothing_changed_instead_of_making_another_file(client, plan):
    client.force_login(a_user(Role.MANAGER))
    client.post(EXPORTS)

    page = client.post(EXPORTS, follow=True).content.decode()

    assert "第1版から変わっていません。第1版をそのまま渡せます。" in page
    assert MadePackage.objects.count() == 1


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.EDITOR, 302)])
def test_who_only_reads_makes_no_file_and_sees_no_button(client, plan, role, status):
    client.force_login(a_user(role))

    page, answer = client.get(EXPORTS).content.decode(), client.post(EXPORTS)

    assert answer.status_code == status
    assert ("いまの確定した内容で作る" in page) == (status == 302)
    assert ("入力・確認・確定・管理の役割の人が作ると" in page) == (status == 403)


def test_another_citys_file_and_an_edition_that_was_never_made_are_not_found(client, plan):
    make_package(plan, by=None, channel=Channel.COMMAND)
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))
    strange = [client.get(f"{EXPORTS}package-1.json"), client.post(EXPORTS)]
    client.force_login(a_user(Role.MANAGER))

    assert [answer.status_code for answer in strange] == [404, 404]
    assert client.get(f"{EXPORTS}package-2.json").status_code == 404


def test_something_that_does_not_fit_is_told_on_the_page(client, plan):
    plan.measures.filter(code="t1").update(definition="字" * 40_000)
    client.force_login(a_user(Role.MANAGER))

    page = client.post(EXPORTS, follow=True).content.decode()

    assert "「内容 › 指標 t1 › 定義・算出方法」が32767字を超えています" in page


# --- The prefecture ---


def test_a_file_is_looked_at_then_taken_in(client, person):
    preview = upload(client, a_file())
    before = Plan.objects.count()
    done = confirm(client, preview)

    page = preview.content.decode()
    assert "「122319-7_package-2.json」で12件が変わります。" in page
    assert "第2版（2026年6月3日 10:00作成、作成者の役割：管理）。この計画の初めてのファイルです" in page
    assert "合っています（SHA-256" in page
    assert before == 0
    assert "印西市のファイル（第2版）を受け取りました。変更 12 件。" in done.content.decode()
    assert "ファイルで受領（令和8年6月3日作成・第2版）" in done.content.decode()
    assert content_of(Plan.objects.get()) == a_content()


def test_the_same_file_again_says_that_nothing_changes_and_offers_nothing_to_confirm(client, person):
    confirm(client, upload(client, a_file()))

    page = upload(client, a_file()).content.decode()

    assert "すでに受け取ったファイルです。変更 0 件。" in page
    assert 'name="package"' not in page


def test_a_newer_edition_without_changes_can_be_kept(client, person):
    confirm(client, upload(client, a_file()))

    done = confirm(client, upload(client, a_file(number=3)))

    assert "印西市のファイル（第3版）を受け取りました。変更 0 件。" in done.content.decode()
    assert [file.number for file in ReceivedPackage.objects.all()] == [3, 2]


def tampered(**changes) -> bytes:
    return json.dumps(json.loads(a_file()) | changes).encode()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (tampered(number=9), "チェックサム（SHA-256）が合いません。"),
        (a_file()[:-20], "JSONとして読み取れません。途中で切れているか"),
        (tampered(format=2), "ここで読めるのは第1版までです。"),
        (b"", "ファイルが空です。"),
        ("団体コード".encode("cp932"), "文字コードがUTF-8ではありません。"),
        (a_file(a_content() | {"publications": {}}), "「内容 › 公表」が一覧ではありません。"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_reason_and_writes_nothing(client, person, file, sentence):
    page = upload(client, file).content.decode()

    assert sentence in page
    assert "受け取れませんでした。</strong>何も書き込んでいません。" in page
    assert not Plan.objects.exists()


def test_no_file_at_all_is_told(client, person):
    assert "ファイルが選ばれていません。" in client.post(ADDRESS).content.decode()


def test_a_file_larger_than_allowed_is_refused(client, person):
    page = upload(client, b"x" * (10 * 1024 * 1024 + 5)).content.decode()

    assert "ファイルが大きすぎます。県へ渡すファイルは10MBまでです。" in page


@pytest.mark.parametrize("text", ["", "x", "a:b:c"])
def test_a_confirmation_that_was_not_signed_here_is_refused(client, person, text):
    answer = client.post(ADDRESS, {"package": text})

    assert answer.status_code == 409
    assert "確かめた内容を読み取れませんでした。" in answer.content.decode()


def test_a_confirmation_of_another_person_is_refused(client, person, prefecture):
    preview = upload(client, a_file())
    client.force_login(a_prefecture_user(prefecture))

    signed = signed_in_page(preview)

    assert client.post(ADDRESS, {"package": signed}).status_code == 409
    assert not Plan.objects.exists()


def test_a_confirmation_after_half_a_day_is_refused(client, person, time_machine):
    time_machine.move_to("2026-06-05 00:00:00+00:00", tick=False)
    client.force_login(person)
    preview = upload(client, a_file())
    time_machine.shift(13 * 60 * 60)

    signed = signed_in_page(preview)
    client.force_login(person)

    assert "時間がたちすぎました" in client.post(ADDRESS, {"package": signed}).content.decode()


def test_what_a_colleague_took_in_meanwhile_is_not_overwritten(client, person, prefecture):
    preview = upload(client, a_file())
    colleague = Client()
    colleague.force_login(a_prefecture_user(prefecture))
    confirm(colleague, upload(colleague, a_file(number=3)))

    signed = signed_in_page(preview)
    answer = client.post(ADDRESS, {"package": signed})

    assert answer.status_code == 409
    assert "受け取り済みの第3版より古い、第2版のファイルです。" in answer.content.decode()


def test_who_takes_files_in_and_who_only_reads_the_list(client, prefecture):
    people = {
        "pref": a_prefecture_user(prefecture),
        "manager": a_user(Role.MANAGER, prefecture),
        "viewer": a_user(Role.VIEWER, prefecture),
        "city": a_user(Role.MANAGER, a_municipality("122327", "白井市", prefecture=prefecture)),
        "stranger": a_user(Role.MANAGER, a_municipality("129992", "みほん市")),
    }

    answers = {}
    for name, someone in people.items():
        client.force_login(someone)
        page = client.get(ADDRESS)
        answers[name] = (page.status_code, 'type="file"' in page.content.decode(), upload(client, a_file()).status_code)

    assert answers == {
        "pref": (200, True, 200),
        "manager": (200, True, 200),
        "viewer": (200, False, 403),
        "city": (403, False, 403),
        "stranger": (404, False, 404),
    }


def test_the_pages_of_the_prefecture_name_the_cities_that_came_as_files(client, person):
    confirm(client, upload(client, a_file()))

    page = client.get("/prefectures/120006/?generation=7&year=2024&city=122319").content.decode()
    own = client.get("/plans/122319-7/exports/").content.decode()

    assert 'うち1市区町村は<a href="/prefectures/120006/packages/">ファイルで受領</a>' in page
    assert "ファイルで受領（令和8年6月3日作成・第2版）" in page
    assert "市区町村からファイルで受領したものです（令和8年6月3日作成・第2版）" in own
    assert "いまの確定した内容で作る" not in own


def test_the_list_asks_no_more_for_more_files(client, person):
    counts = []
    for number in (2, 3, 4):
        confirm(client, upload(client, a_file(number=number)))
        with CaptureQueriesContext(connection) as asked:
            client.get(ADDRESS)
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2] <= 12


def test_markup_in_a_file_stays_text(client, person):
    hostile = "<script>alert(1)</script>"
    content = a_content()
    content["municipality"]["name"] = hostile
    content["measures"][0]["title"] = hostile

    page = upload(client, a_file(content)).content.decode()

    assert hostile not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_file_too_large_for_a_form_is_left_to_the_operator(client, person, monkeypatch):
    monkeypatch.setattr("evaluations.prefecture.views.MAX_SIGNED", 100)

    assert "コマンド import_package での受け取りを頼んでください。" in upload(client, a_file()).content.decode()


@pytest.mark.browser
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
def test_a_file_is_taken_in_by_keyboard_and_axe_finds_nothing(context, page, live_server, prefecture, tmp_path, width):
    signed_in = Client()
    signed_in.force_login(a_prefecture_user(prefecture))
    context.add_cookies([{"name": "sessionid", "value": signed_in.cookies["sessionid"].value, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    file = tmp_path / "122319-7_package-2.json"
    file.write_bytes(a_file())
    found = {}

    page.goto(ADDRESS)
    found["empty"] = violations(page)
    page.set_input_files("#file", str(file))
    enter(page.get_by_role("button", name="内容を確かめる"))
    found["preview"] = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    enter(page.get_by_role("button", name="12件を受け取る"))
    page.get_by_text("ファイルで受領（令和8年6月3日作成・第2版）").first.wait_for()
    found["done"] = violations(page)
    file.write_bytes(a_file()[:-1])
    page.set_input_files("#file", str(file))
    click(page.get_by_role("button", name="内容を確かめる"))
    page.get_by_role("alert").wait_for()
    found["refused"] = violations(page)

    assert found == {"empty": [], "preview": [], "done": [], "refused": []}
    assert not wide
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
