"""Entering and importing 計画値 once a 計画変更 is open: where they go, and that the page says so."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.words import Side, ValueKind
from evaluations.exchange.importing.changes import ImportPlan
from plans.models import Role, YearlyValue
from tests.builders import a_measure, a_plan, a_revision, a_section, a_user, a_value, changed_plan
from tests.page_forms import form_with
from tests.tidy_tables import a_csv, edited, exported, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    """Measure a: 12 planned and nothing done in 2022."""
    section = a_section(a_plan())
    a_value(a_measure(section, "a", title="地域移行者数"), 2022, 12, side=Side.PLANNED)
    return section


def grid(section):
    return reverse("evaluations:entry_section", args=[section.plan.slug, 2022, section.number])


def drawn(client, section):
    return form_with(client.get(grid(section)), "seen")


def enter(client, section, **typed):
    return client.post(grid(section), drawn(client, section) | typed, follow=True)


def rows():
    kept = YearlyValue.objects.filter(side=Side.PLANNED).order_by("measure", "fiscal_year", "revision")
    return [(row.fiscal_year, row.revision, row.replaced_in, row.number) for row in kept]


# --- The grid ---


def test_the_grid_says_nothing_of_revisions_before_there_is_one(as_editor, section):
    page = as_editor.get(grid(section)).text

    assert ("計画変更" in page, 'name="corrects"' in page) == (False, False)


def test_the_grid_says_into_which_revision_plan_values_go(as_editor, section):
    a_revision(section.plan)

    page = as_editor.get(grid(section)).text
    saved = enter(as_editor, section, **{"planned-a-value": "１５人"}).text

    assert "計画値は、第1回変更（令和4年10月1日決定）の値として記録されます。" in page
    assert "第1節の1件を保存しました。計画値は、第1回変更の値として記録しました。" in saved
    assert "当初 12人 → 第1回変更後 15人（令和4年10月1日）" in saved
    assert rows() == [(2022, 0, 1, 12), (2022, 1, None, 15)]


def test_an_actual_alone_is_saved_without_a_word_of_revisions(as_editor, section):
    a_revision(section.plan)

    saved = enter(as_editor, section, **{"actual-a-value": "9"}).text

    assert "第1節の1件を保存しました。" in saved
    assert "の値として記録しました" not in saved


def test_a_plan_value_left_as_it_stands_is_no_change_of_the_plan(as_editor, section):
    a_revision(section.plan)

    enter(as_editor, section, **{"planned-a-value": "12"})

    assert rows() == [(2022, 0, None, 12)]


def test_with_the_box_ticked_a_typing_error_is_put_right_where_it_was_made(as_editor, section):
    a_revision(section.plan)

    saved = enter(as_editor, section, **{"planned-a-value": "13", "corrects": "1"}).text

    assert "計画値は、入力の誤りの訂正として記録しました。" in saved
    assert rows() == [(2022, 0, None, 13)]


@pytest.mark.parametrize(
    ("numbers", "into"),
    [((12, 15, 18), 2), ((12, 15, None), 1), ((12, None, 18), 2), ((None, None, 18), 2), ((12, None, None), 0)],
)
def test_after_two_revisions_a_correction_goes_into_the_one_that_set_the_value_last(as_editor, section, numbers, into):
    a_revision(section.plan)
    a_revision(section.plan, 2)
    YearlyValue.objects.all().delete()
    changed_plan(section.measures.get(), 2022, *numbers)
    before = rows()

    enter(as_editor, section, **{"planned-a-value": "14", "corrects": "1"})

    assert rows() == [*before[:-1], (2022, into, None, 14)]


def test_the_box_stays_ticked_beside_a_problem(as_editor, section):
    a_revision(section.plan)

    page = as_editor.post(grid(section), drawn(as_editor, section) | {"planned-a-value": "十二", "corrects": "1"})

    assert form_with(page, "seen")["corrects"] == "1"
    assert rows() == [(2022, 0, None, 12)]


def test_a_page_from_before_the_revision_asks_once_before_it_writes_into_it(as_editor, section):
    fields = drawn(as_editor, section) | {"planned-a-value": "15", "actual-a-value": "9"}
    a_revision(section.plan)

    page = as_editor.post(grid(section), fields)
    between = rows()
    again = form_with(page, "seen")
    as_editor.post(grid(section), again)

    assert "いま保存すると、計画値は第1回変更の値として記録されます。" in page.text
    assert (again["planned-a-value"], again["actual-a-value"]) == ("15", "9")
    assert (between, rows()) == ([(2022, 0, None, 12)], [(2022, 0, 1, 12), (2022, 1, None, 15)])


def test_a_page_from_before_the_revision_may_still_save_actuals(as_editor, section):
    fields = drawn(as_editor, section) | {"actual-a-value": "9"}
    a_revision(section.plan)

    assert as_editor.post(grid(section), fields).status_code == 302


def test_a_cleared_plan_value_is_gone_and_the_first_one_is_still_told(as_editor, section):
    a_revision(section.plan)

    saved = enter(as_editor, section, **{"planned-a-value": "", "planned-a-state": "未入力"}).text

    assert "当初 12人 → 第1回変更後 なし（令和4年10月1日）" in saved
    assert rows() == [(2022, 0, 1, 12)]


# --- Files ---


def confirm(client, section, content):
    """Upload and confirm: the preview's page and the page after it."""
    address = reverse("evaluations:import", args=[section.plan.slug])
    preview = client.post(address, {"file": SimpleUploadedFile("t.csv", content)})
    signed = re.search(r'name="preview" value="([^"]+)"', preview.text)[1]
    return preview, lambda: client.post(address, {"preview": signed}, follow=True)


def changed_table(section, new):
    return edited(exported(section.plan.slug), "a", 2022, 計画値=new)


def test_an_import_goes_into_the_revision_and_the_preview_says_so(as_editor, section):
    a_revision(section.plan)

    preview, go = confirm(as_editor, section, changed_table(section, "15"))
    go()

    assert "（令和4年10月1日決定）の値として取り込みます。" in preview.text
    assert rows() == [(2022, 0, 1, 12), (2022, 1, None, 15)]


def test_a_blank_plan_value_in_a_file_takes_the_plan_away_and_keeps_what_it_was(as_editor, section):
    a_revision(section.plan)

    _, go = confirm(as_editor, section, changed_table(section, ""))
    go()

    assert rows() == [(2022, 0, 1, 12)]


def test_a_preview_from_before_the_revision_is_looked_at_again(as_editor, section):
    _, go = confirm(as_editor, section, changed_table(section, "15"))
    a_revision(section.plan)

    page = go()

    assert "確かめている間に、計画変更の登録が変わりました。" in page.text
    assert rows() == [(2022, 0, None, 12)]


def test_exported_and_read_back_a_changed_plan_changes_nothing(section):
    changed_plan(section.plan.measures.get(), 2021, 5, 6)
    a_revision(section.plan)

    table = exported(section.plan.slug)

    assert [row["計画値"] for row in table] == ["6", "12", ""]
    assert planned(*table) == ImportPlan()


def test_a_kind_that_a_former_plan_value_does_not_know_is_a_problem_at_once(client, section):
    measure = section.plan.measures.get()
    YearlyValue.objects.all().delete()
    changed_plan(measure, 2022, 12, 1)
    a_revision(section.plan)
    client.force_login(a_user(Role.MANAGER))
    table = [row | {"種類": ValueKind.PRESENCE.label} for row in exported(section.plan.slug)]

    page = client.post(
        reverse("evaluations:import", args=[section.plan.slug]), {"file": SimpleUploadedFile("t.csv", a_csv(*table))}
    )

    assert "計画変更の前の計画値が「有無」に合わないため、種類を変えられません。" in page.text


def test_a_plan_is_not_shortened_over_years_that_a_revision_emptied(client, section):
    measure = section.plan.measures.get()
    a_value(measure, 2023, 5, side=Side.PLANNED)
    a_revision(section.plan)
    YearlyValue.objects.filter(fiscal_year=2023).update(replaced_in=1)
    client.force_login(a_user(Role.MANAGER))
    table = [row | {"終了年度": "2022"} for row in exported(section.plan.slug) if row["年度"] != "2023"]

    page = client.post(
        reverse("evaluations:import", args=[section.plan.slug]), {"file": SimpleUploadedFile("t.csv", a_csv(*table))}
    )

    assert "2023年度には入力があるため、計画の期間から外せません。" in page.text
