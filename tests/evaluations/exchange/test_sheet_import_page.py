"""The page of import with an evaluation sheet: accepted row by row, both values shown, written with its history."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.words import Side
from evaluations.exchange import upload as reading_upload
from evaluations.models import Evaluation
from plans.models import Change, Channel, Department, Role, YearlyValue, YearState
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.page_readers import page_tree
from tests.sheet_files import a_sheet, edited, place_of, without_keys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock", "as_editor")]


@pytest.fixture
def plan():
    section = a_section(a_plan())
    for code, number in (("a", 3), ("b", 8)):
        measure = a_measure(section, code, title=f"指標{code}")
        a_value(measure, 2022, 4, side=Side.PLANNED)
        a_value(measure, 2022, number)
    row = in_state(section, 2022, YearState.DRAFT)
    Evaluation.objects.create(section_year=row, issues_text="続ける。二つ目の文。", version=1)
    return section.plan


def address(plan):
    return reverse("evaluations:import", args=[plan.slug])


def upload(client, plan, content, name="sheet.xlsx"):
    return client.post(address(plan), {"file": SimpleUploadedFile(name, content)})


def signed_in(response):
    return html.unescape(re.search(r'name="preview" value="([^"]+)"', response.text)[1])


PLACES = {"a": "「指標a」令和4年度 実績値", "b": "「指標b」令和4年度 実績値", "text": "第1節 令和4年度「課題"}


def boxes(response) -> dict[str, tuple[str, str, bool]]:
    """Name, value and mark of the box of each of the three edits."""
    return {
        key: (box.attrib["name"], box.attrib["value"], "checked" in box.attrib)
        for key, place in PLACES.items()
        for box in page_tree(response).findall(".//input[@type='checkbox']")
        if place in box.get("aria-label", "")
    }


def marks(response, *keys: str) -> dict[str, list[str]]:
    """These boxes as a form sends them."""
    sent: dict[str, list[str]] = {}
    for name, value, _ in (boxes(response)[key] for key in keys):
        sent.setdefault(name, []).append(value)
    return sent


def confirm(client, plan, response, **chosen):
    return client.post(address(plan), {"preview": signed_in(response), **chosen}, follow=True)


def number(code, year=2022) -> int | None:
    row = YearlyValue.objects.filter(measure__code=code, fiscal_year=year, side="actual").first()
    return int(row.number) if row else None


def issues() -> str:
    return Evaluation.objects.get().issues_text


def three_edits(plan, **more) -> bytes:
    content = a_sheet(plan)
    places = [place_of(content, "a", "actual", 2022), place_of(content, "b", "actual", 2022)]
    text = place_of(content, "1", "issues_text")
    return edited(content, {places[0]: 5, places[1]: 9, text: "やめる。二つ目の文。", **more})


def test_each_change_is_shown_from_old_to_new_with_its_box(client, plan, editor):
    response = upload(client, plan, three_edits(plan))

    assert "「sheet.xlsx」で3件が変わります。" in response.text
    assert {key: (name, marked) for key, (name, _, marked) in boxes(response).items()} == {
        "a": ("accept", True),
        "b": ("accept", True),
        "text": ("accept", True),
    }
    assert (number("a"), number("b"), issues()) == (3, 8, "続ける。二つ目の文。")


def test_of_a_text_the_sentences_that_differ_are_shown(client, plan, editor):
    response = upload(client, plan, three_edits(plan))

    assert "続ける。…" in response.text
    assert "<strong>やめる。…</strong>" in response.text


def test_what_is_marked_is_written_and_nothing_else(client, plan, editor):
    response = upload(client, plan, three_edits(plan))

    done = confirm(client, plan, response, **marks(response, "b", "text"))

    assert "変更 2 件を取り込みました。" in done.text
    assert (number("a"), number("b"), issues()) == (3, 9, "やめる。二つ目の文。")
    lines = set(Change.objects.values_list("by", "channel", "reason", "field"))
    who = (editor.pk, Channel.UPLOAD, "評価シートの取り込み")
    assert lines == {(*who, "実績値"), (*who, "課題と今後の実施について")}


def test_the_same_file_a_second_time_changes_nothing(client, plan, editor):
    content = three_edits(plan)
    first = upload(client, plan, content)
    confirm(client, plan, first, **marks(first, *PLACES))

    again = upload(client, plan, content)

    assert (number("a"), number("b"), issues()) == (5, 9, "やめる。二つ目の文。")
    assert "に、取り込む変更はありません。" in again.text
    assert Change.objects.count() == 3


def test_nothing_marked_writes_nothing_and_says_so(client, plan, editor):
    response = upload(client, plan, three_edits(plan))

    done = confirm(client, plan, response)

    assert "取り込む変更に印が付いていません。" in done.text
    assert boxes(done).keys() == PLACES.keys()
    assert Change.objects.count() == 0


def test_an_unedited_sheet_has_nothing_to_take_in(client, plan, editor):
    response = upload(client, plan, a_sheet(plan))

    assert "「sheet.xlsx」に、取り込む変更はありません。" in response.text
    assert boxes(response) == {}


def test_a_value_changed_since_the_export_waits_unmarked_with_all_three(client, plan, editor):
    content = three_edits(plan)
    YearlyValue.objects.filter(measure__code="a", fiscal_year=2022, side="actual").update(number=7)

    response = upload(client, plan, content)
    kept = confirm(client, plan, response, **marks(response, "b", "text"))

    assert (boxes(response)["a"][0], boxes(response)["a"][2]) == ("overwrite", False)
    assert "シートを出力したとき：3" in response.text
    assert "変更 2 件を取り込みました。" in kept.text
    assert (number("a"), number("b")) == (7, 9)


def test_the_person_may_put_the_sheets_value_over_the_newer_one(client, plan, editor):
    content = three_edits(plan)
    YearlyValue.objects.filter(measure__code="a", fiscal_year=2022, side="actual").update(number=7)

    response = upload(client, plan, content)
    confirm(client, plan, response, **marks(response, "a"))

    assert (number("a"), number("b")) == (5, 8)


def test_what_others_do_between_preview_and_confirmation_comes_back_with_both(client, plan, editor):
    response = upload(client, plan, three_edits(plan))
    YearlyValue.objects.filter(measure__code="b", fiscal_year=2022, side="actual").update(number=6)
    Evaluation.objects.update(issues_text="考え直す。", version=2)

    first = confirm(client, plan, response, **marks(response, *PLACES))
    second = confirm(client, plan, first, **marks(first, *PLACES))
    written_then = (number("a"), number("b"), issues())
    done = confirm(client, plan, second, **marks(second, *PLACES))

    assert "考え直す。" in first.text
    assert [key for key, (name, _, _) in boxes(first).items() if name == "overwrite"] == ["text"]
    assert [key for key, (name, _, _) in boxes(second).items() if name == "overwrite"] == ["b"]
    assert written_then == (3, 6, "考え直す。")
    assert "変更 3 件を取り込みました。" in done.text
    assert (number("a"), number("b"), issues()) == (5, 9, "やめる。二つ目の文。")


def test_a_year_confirmed_between_preview_and_confirmation_keeps_everything_as_it_is(client, plan, editor):
    response = upload(client, plan, three_edits(plan))
    in_state(plan.sections.get(), 2022, YearState.CONFIRMED)

    done = confirm(client, plan, response, **marks(response, *PLACES))

    assert "確定しているため変更できません。" in done.text
    assert (number("a"), issues(), Change.objects.count()) == (3, "続ける。二つ目の文。", 0)


def test_problems_and_unknown_cells_stand_beside_what_may_be_taken_in(client, plan, editor):
    content = a_sheet(plan)
    bad, good = place_of(content, "a", "actual", 2022), place_of(content, "b", "actual", 2022)
    derived = place_of(content, "b", "legacy_deviation", 2022)

    response = upload(client, plan, edited(content, {bad: "十二人", good: 9, derived: 1, "Z40": "メモ"}))
    confirm(client, plan, response, **marks(response, "b"))

    assert f'<th scope="row" class="nowrap">{bad}</th>' in response.text
    assert "「指標a」令和4年度 実績値：数値で入力してください（入力：十二人）。" in response.text
    assert "取り込まない欄（2件）" in response.text
    assert "計算で出る値のため、取り込みません。" in response.text
    assert (number("a"), number("b")) == (3, 9)


def test_a_sheet_without_its_hidden_sheet_says_so_and_works(client, plan, editor):
    response = upload(client, plan, without_keys(three_edits(plan)))
    confirm(client, plan, response, **marks(response, *PLACES))

    assert "取り込み用の隠しシートがないため" in response.text
    assert (number("a"), number("b"), issues()) == (5, 9, "やめる。二つ目の文。")


def test_a_sheet_of_another_plan_is_refused_in_a_sentence(client, plan, editor):
    other = a_plan(a_municipality(), generation=7, start=2024, end=2026)
    a_section(other)

    response = upload(client, plan, a_sheet(other, 2024))

    assert "ほかの計画の評価シートです。" in response.text


def test_the_columns_of_another_department_are_problems_and_the_texts_are_not(client, plan):
    other = Department.objects.create(municipality=plan.municipality, name="子育て課")
    client.force_login(a_user(Role.EDITOR, plan.municipality, department=other))

    response = upload(client, plan, three_edits(plan))

    assert response.text.count("入力する権限がありません。") == 2
    assert boxes(response).keys() == {"text"}


def test_a_forged_index_is_passed_over(client, plan, editor):
    response = upload(client, plan, three_edits(plan))

    confirm(client, plan, response, accept=["9", "-1", "x", "0"], overwrite=["1"])

    assert Change.objects.count() == 1


def test_too_many_changes_for_a_form_are_refused_in_a_sentence(client, plan, editor, monkeypatch):
    monkeypatch.setattr(reading_upload, "MAX_SHEET_CHANGES", 2)

    response = upload(client, plan, three_edits(plan))

    assert "変更が3件あり、一度に扱えません。一覧表で取り込んでください。" in response.text


def test_a_formula_in_a_cell_is_read_as_its_result_or_named(client, plan, editor):
    content = a_sheet(plan)
    place = place_of(content, "a", "actual", 2022)

    response = upload(client, plan, edited(content, {place: "=2+3"}))

    assert f'<th scope="row" class="nowrap">{place}</th>' in response.text
    assert "数式の計算結果が保存されていません。" in response.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PREFECTURE])
def test_readers_do_not_import_sheets(client, plan, role):
    city = a_municipality("120006", "千葉県", kind="prefecture") if role == Role.PREFECTURE else None
    if city:
        plan.municipality.prefecture = city
        plan.municipality.save()
    client.force_login(a_user(role, city))

    assert upload(client, plan, three_edits(plan)).status_code == 403
