"""The page of 入力様式: handing out, many files at once, what they disagree on, writing with history."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaluations.exchange.entry_forms.work import as_json, readings_in
from evaluations.exchange.views import entry_forms
from evaluations.long_work.running import Runner
from evaluations.models import LongWorkFile
from plans.models import Change, Channel, Department, Role, YearState
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.entry_form_files import a_form, filled, reading
from tests.evaluations.exchange.test_entry_forms import actual
from tests.page_readers import page_tree
from tests.sheet_files import without_keys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_editor")]


@pytest.fixture
def plan():
    plan = a_plan()
    section = a_section(plan)
    department = Department.objects.create(municipality=a_municipality(), name="障がい福祉課")
    for code in ("a", "b", "c"):
        a_measure(section, code, title=f"指標{code}", department=department)
    return plan


def address(plan):
    return reverse("evaluations:entry_forms", args=[plan.slug, 2022])


def upload(client, plan, *contents):
    files = [SimpleUploadedFile(f"{number}.xlsx", content) for number, content in enumerate(contents, start=1)]
    return client.post(address(plan), {"files": files})


def confirm(client, plan, response, **chosen):
    preview = html.unescape(re.search(r'name="preview" value="([^"]+)"', response.text)[1])
    return client.post(address(plan), {"preview": preview, **chosen}, follow=True)


def place(response, label: str) -> str:
    """The value of the box about one measure."""
    boxes = page_tree(response).findall(".//input[@aria-label]")
    return next(box.attrib["value"] for box in boxes if box.attrib["aria-label"].startswith(f"「{label}」"))


def test_many_files_become_one_preview_and_only_what_was_chosen_is_written(client, plan, editor):
    form = a_form(plan)
    one = filled(form, {("a", "value"): 1, ("b", "value"): 2, ("c", "value"): 3})
    two = filled(form, {("a", "value"): 9, ("b", "value"): 2})

    page = upload(client, plan, one, two)
    choices = [(one.get("name"), one.get("value")) for one in page_tree(page).findall(".//input[@type='radio']")]
    nothing_yet = actual("a")
    done = confirm(client, plan, page, **{choices[2][0]: choices[2][1], "leave": place(page, "指標c")})

    assert "<strong>3件が変わります。</strong>" in page.text
    assert nothing_yet is None
    assert "変更 2 件を取り込みました。" in done.text
    assert [actual(code) and int(actual(code).number) for code in "abc"] == [9, 2, None]
    line = Change.objects.filter(measure__code="a").get()
    assert (line.channel, line.reason, line.by) == (Channel.UPLOAD, "入力様式の取り込み", editor)
    assert "取り込む変更はありません" in upload(client, plan, filled(form, {("a", "value"): 9})).text


def test_without_a_choice_what_stands_stays(client, plan, editor):
    form = a_form(plan)
    page = upload(client, plan, filled(form, {("a", "value"): 1}), filled(form, {("a", "value"): 9}))

    done = confirm(client, plan, page, **{"which-0": ""})

    assert ("取り込むものが選ばれていません" in done.text, actual("a")) == (True, None)


def test_what_changes_between_preview_and_confirmation_comes_back_with_both_values(client, plan, editor):
    page = upload(client, plan, filled(a_form(plan), {("a", "value"): 1, ("b", "value"): 2}))
    a_value(plan.measures.get(code="a"), 2022, 7)

    again = confirm(client, plan, page)
    done = confirm(client, plan, again, overwrite=place(again, "指標a"))

    assert "いまの内容が、様式を配ったときと違うもの（1件）" in again.text
    assert "変更 2 件を取り込みました。" in done.text
    assert int(actual("a").number) == 1


def test_a_year_that_is_locked_meanwhile_writes_nothing_and_says_why(client, plan, editor):
    page = upload(client, plan, filled(a_form(plan), {("a", "value"): 1}))
    in_state(plan.sections.get(), 2022, YearState.CONFIRMED)

    done = confirm(client, plan, page)

    assert ("確定しているため変更できません" in done.text, actual("a")) == (True, None)


def test_every_file_has_its_line_whatever_it_is(client, plan, editor):
    page = upload(client, plan, a_form(plan), b"no workbook", a_form(plan, year=2023))

    assert page.text.count("<strong>読み取れません。</strong>") == 2
    assert "令和5年度の入力様式です。" in page.text


def test_too_many_files_and_none_are_refused_in_a_sentence(client, plan, editor, monkeypatch):
    monkeypatch.setattr(entry_forms, "MAX_FILES", 1)

    answers = [upload(client, plan, b"1", b"2").text, upload(client, plan).text]

    assert ["一度に選べるのは1個までです（2個）" in answers[0], "ファイルが選ばれていません" in answers[1]] == [
        True,
        True,
    ]


def test_what_is_more_than_a_request_reads_becomes_long_work_that_leads_back_to_the_preview(
    client, plan, editor, monkeypatch
):
    monkeypatch.setattr(entry_forms, "AT_ONCE", 1000)
    form = a_form(plan)

    begun = upload(client, plan, filled(form, {("a", "value"): 1}), filled(form, {("a", "value"): 9}), b"no workbook")
    Runner().run_all()
    shown = client.get(begun["Location"]).text
    onward = html.unescape(re.search(r'href="([^"]+\?work=[^"]+)"', shown)[1])
    page = client.get(onward)
    done = confirm(client, plan, page, **{"which-0": "1"})
    others = []
    for person, address in ((editor, onward.replace("2022", "2023")), (a_user(Role.MANAGER), onward)):
        client.force_login(person)
        others.append(client.get(address).text)
    LongWorkFile.objects.all().delete()
    client.force_login(editor)
    others.append(client.get(onward).text)

    assert "3個のファイルを読み取り、変わるところが1件ありました。" in shown
    assert ("結果を受け取る" in shown, "ブックとして読み取れません" in shown) == (False, True)
    assert page.text.count("<strong>読み取れません。</strong>") == 1
    assert ("変更 1 件を取り込みました。" in done.text, int(actual("a").number)) == (True, 9)
    assert ["もう残っていません" in text for text in others] == [True, True, True]
    assert ["<strong>読み取れません。</strong>" in text for text in others] == [False, False, False]


def test_readings_that_are_kept_say_the_same_as_before(plan):
    a_value(plan.measures.get(code="b"), 2022, 7)
    form = filled(a_form(plan), {("a", "value"): 1, ("b", "note"): "注記", ("c", "value"): "十", ("c", "指標名"): "別"})
    readings = [reading(plan, content) for content in (form, without_keys(form), b"no workbook")]

    assert readings_in(as_json(readings), plan) == readings


def test_one_form_may_also_be_brought_to_the_page_of_import(client, plan, editor):
    file = SimpleUploadedFile("form.xlsx", filled(a_form(plan), {("a", "value"): 1}))
    imports = reverse("evaluations:import", args=[plan.slug])

    page = client.post(imports, {"file": file})
    preview = html.unescape(re.search(r'name="preview" value="([^"]+)"', page.text)[1])
    client.post(imports, {"preview": preview, "accept": "0"})

    assert (int(actual("a").number), Change.objects.get(measure__code="a").reason) == (1, "入力様式の取り込み")


def test_who_may_only_look_is_refused_with_a_sentence(client, plan):
    client.force_login(a_user(Role.VIEWER))

    answer = upload(client, plan, a_form(plan))

    assert (answer.status_code, "入力様式を配り、取り込めるのは" in answer.text) == (403, True)


def test_a_department_of_another_city_is_none_of_ours(client, plan, editor):
    other = Department.objects.create(municipality=a_municipality("129992", "みほん市（架空）"), name="よその課")
    download = reverse("evaluations:entry_form_download", args=[plan.slug, 2022])

    answers = [client.get(f"{download}?department={asked}").status_code for asked in (other.pk, "x", "none", "")]

    assert answers == [404, 404, 200, 200]
