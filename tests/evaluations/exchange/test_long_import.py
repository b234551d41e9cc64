"""Large tables: read and written as long work, looked at and confirmed on the page of import as always."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from core.words import Side
from evaluations.exchange import upload
from evaluations.exchange.importing.preview import Outcome, Preview
from evaluations.exchange.importing.report import Remark, Unknown
from evaluations.exchange.long_import import as_kept, from_kept
from evaluations.exchange.upload import LONG_ROWS, takes_long
from evaluations.long_work.running import Runner
from evaluations.models import LongWork, LongWorkFile
from plans.models import Change, Membership, Role, YearlyValue
from plans.tidy import tidy_file
from tests.builders import a_measure, a_plan, a_section, a_user, a_value
from tests.tidy_tables import exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_editor")]
ADDRESS = "/plans/122319-6/import/"


@pytest.fixture
def plan(monkeypatch):
    """Five 指標 in three years; more than three rows and more than two changes are many."""
    monkeypatch.setattr(upload, "LONG_ROWS", 3)
    monkeypatch.setattr("evaluations.exchange.views.imports.LONG_CHANGES", 2)
    section = a_section(a_plan())
    for number in range(5):
        a_value(a_measure(section, f"1-{number}"), 2021, number)
    return section.plan


def edited_table(extension="xlsx", **texts) -> bytes:
    rows = [row | ({"実績値": "9"} | texts if row["年度"] == "2021" else {}) for row in exported()]
    return tidy_file(rows, extension)[0]


def upload_to(client, content, name="table.xlsx"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)})


def run(client, answer) -> str:
    """The page of a work that was begun, when it has ended."""
    assert answer.status_code == 302, answer.text
    Runner().run_all()
    return client.get(answer.url).text


def onward(text) -> str:
    return re.search(r'<a class="button primary" href="([^"]+)">', text)[1]


def signed_in(answer) -> str:
    return re.search(r'name="preview" value="([^"]+)"', answer.text)[1]


def actuals() -> list:
    return [int(one) for one in YearlyValue.objects.filter(side=Side.ACTUAL).values_list("number", flat=True)]


def test_a_large_table_is_read_looked_at_and_written_as_long_work(client, plan, editor):
    read = run(client, upload_to(client, edited_table()))
    page = client.get(onward(read))
    before = actuals()
    written = run(client, client.post(ADDRESS, {"preview": signed_in(page)}))

    assert "5件が変わります。まだ何も書き込んでいません。" in read
    assert "「table.xlsx」で5件が変わります。" in page.text
    assert (before, "変更 5 件を取り込みました。" in written, actuals()) == ([0, 1, 2, 3, 4], True, [9] * 5)
    assert onward(written) == reverse("evaluations:dashboard", args=[plan.slug])
    assert set(Change.objects.values_list("by", "channel", "reason")) == {(editor.pk, "upload", "表の取り込み")}


def test_what_others_changed_meanwhile_comes_back_to_be_chosen(client, plan, editor):
    page = client.get(onward(run(client, upload_to(client, edited_table()))))
    answer = client.post(ADDRESS, {"preview": signed_in(page)})
    YearlyValue.objects.filter(measure__code="1-0").update(number=7)
    asked = run(client, answer)
    again = client.get(onward(asked))

    assert ("ほかの人が変更したところがあります。" in asked, actuals()) == (True, [7, 1, 2, 3, 4])
    assert "ほかの人が1か所を変更しました。" in again.text
    assert "今の値に代えて取り込む" in again.text


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [({"実績値": "十二人"}, "直すところが5件あります。"), ({}, "いまの内容と違うところはありません。")],
)
def test_problems_and_a_table_without_changes_are_said_on_both_pages(client, plan, editor, texts, sentence):
    content = edited_table("csv", **texts) if texts else tidy_file(exported(), "csv")[0]

    read = run(client, upload_to(client, content, "table.csv"))
    page = client.get(onward(read)).text

    assert sentence in read
    assert ("十二人" in page) if texts else ("「table.csv」に、いまの内容と違うところはありません。" in page)


def test_what_was_found_is_for_the_page_of_its_plan_and_its_person_while_they_may(client, plan, editor):
    read = run(client, upload_to(client, edited_table()))
    address, work = onward(read), LongWork.objects.get()
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    a_plan(generation=7, start=2024, end=2026)
    elsewhere = client.get(address.replace("122319-6", "122319-7")).text
    Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    as_viewer = client.get(address).status_code, "5件が変わります" in client.get(f"/work/{work.key}/").text
    client.force_login(a_user(Role.EDITOR))
    of_another = client.get(address).text

    assert (len(asked) <= 12, as_viewer) == (True, (403, False))
    assert ["もう残っていません" in text for text in (elsewhere, of_another)] == [True, True]


def test_a_result_that_was_cleaned_away_asks_for_the_file_again(client, plan, editor):
    address = onward(run(client, upload_to(client, edited_table())))
    LongWorkFile.objects.all().delete()

    assert "もう残っていません" in client.get(address).text


@pytest.mark.parametrize("work", ["", "x", "11111111-2222-4333-8444-555555555555"])
def test_an_address_of_no_work_asks_for_the_file_again(client, plan, editor, work):
    assert "もう残っていません" in client.get(ADDRESS, {"work": work}).text


def test_more_works_than_a_person_may_have_leads_back_to_the_page(client, plan, editor, settings):
    settings.WORK_PER_PERSON = 0

    answer = client.post(ADDRESS, {"file": SimpleUploadedFile("a.xlsx", edited_table())}, follow=True)

    assert answer.redirect_chain == [(ADDRESS, 302)]
    assert "待っているか実行中の処理が0件あります。" in answer.text


def a_book(rows: int, *header: str) -> bytes:
    book, stream = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    sheet.append(header)
    for number in range(rows):
        sheet.append([str(number)] * len(header))
    book.save(stream)
    return stream.getvalue()


REQUIRED = ("団体コード", "計画期", "節番号", "種別", "指標コード", "指標名", "年度")


@pytest.mark.parametrize(
    ("rows", "header", "expected"),
    [
        (LONG_ROWS + 1, REQUIRED, True),
        (LONG_ROWS - 1, REQUIRED, False),
        (LONG_ROWS + 1, ("名前",), False),
        (20_002, REQUIRED, False),
    ],
)
def test_only_a_workbook_of_ours_with_many_rows_takes_long(rows, header, expected):
    assert takes_long("a.xlsx", a_book(rows, *header)) is expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xlsx", b"PK\x03\x04 no archive", False),
        ("a.csv", (",".join(REQUIRED) + "\n" + "1,1,1,1,1,1,1\n" * (LONG_ROWS + 1)).encode(), True),
        ("a.csv", (",".join(REQUIRED) + "\n" + "1,1,1,1,1,1,1\n" * LONG_ROWS).encode(), False),
        ("a.csv", b"a\n" * 5000, False),
        ("a.json", b"[" + b"{}," * 5000 + b"{}]", False),
        ("a.pdf", b"{" * 5000, False),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_only_a_table_of_ours_with_many_rows_takes_long_what_is_refused_is_refused_at_once(name, content, expected):
    assert takes_long(name, content) is expected


def test_an_outcome_is_the_same_after_it_was_kept(plan, editor):
    remark = Remark("B2", "直してください。")
    outcome = Outcome("a.xlsx", "", (remark,), (remark,), (Unknown("A1", "a", "b", "c"),), ("注",), Preview())

    assert from_kept(as_kept(outcome), plan, editor) == outcome
