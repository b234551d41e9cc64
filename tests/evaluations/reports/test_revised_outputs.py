"""A changed plan in what goes out: PDCA and measure page, sheet, tidy table, roll-up, publication."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from core.canonical import canonical_text
from core.sheets.design import Line, Measures
from core.words import Side, ValueKind
from evaluations.models import Publication
from evaluations.planning.revisions import correct_revision
from evaluations.publishing.publication import publish
from evaluations.publishing.publication_body import body_hash
from evaluations.reports.sheets.of_plan import sheet_book
from plans.models import Channel, Municipality, Role, YearState
from plans.rollup import Term, rollup
from tests.builders import (
    a_measure,
    a_municipality,
    a_plan,
    a_revision,
    a_section,
    a_user,
    a_value,
    changed_plan,
    in_state,
)
from tests.evaluations.publishing.test_publish_page import sections_shown
from tests.page_readers import found_words, page_tree, words
from tests.tidy_tables import exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

NOTE = "当初 12か所 → 第1回変更後 15か所（令和4年10月1日）"
REASON = "事業所が増えたため"


@pytest.fixture
def plan(confirmer):
    """第1節, 確定 in 2022 with 13 done; its plan of 12 was changed to 15. 第2節 as first adopted."""
    plan = a_plan()
    for number in (1, 2):
        measure = a_measure(
            a_section(plan, number, f"節の名{number}"), f"{number}-1", title=f"指標{number}", unit="か所"
        )
        a_value(measure, 2022, 13)
    a_revision(plan, reason=REASON)
    changed_plan(plan.measures.get(code="1-1"), 2022, 12, 15)
    a_value(plan.measures.get(code="2-1"), 2022, 12, side=Side.PLANNED)
    in_state(plan.sections.get(number=1), 2022, YearState.CONFIRMED, confirmer)
    return plan


def publish_it(plan, by):
    return publish(plan, 2022, by=by, reason="", channel=Channel.SCREEN)


def page(client, name, plan, *args):
    return client.get(reverse(f"evaluations:{name}", args=[plan.slug, *args])).text


# --- Inside ---


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_the_page_of_a_section_and_of_a_measure_say_what_was_changed_when_and_why(client, plan, role):
    client.force_login(a_user(role))

    pages = [page(client, "section_year", plan, 1, 2022), page(client, "measure", plan, "1-1")]
    unchanged = [page(client, "section_year", plan, 2, 2022), page(client, "measure", plan, "2-1")]

    assert [(NOTE in text, REASON in text, "未達" in text) for text in pages] == [(True, True, True)] * 2
    assert ["計画変更" in text for text in unchanged] == [False, False]


def test_the_note_writes_units_as_the_city_does(client, plan):
    Municipality.objects.update(place_word="カ所")
    client.force_login(a_user(Role.VIEWER))

    assert "当初 12カ所 → 第1回変更後 15カ所" in page(client, "section_year", plan, 1, 2022)


def test_the_sheet_prints_what_stands_and_says_below_what_was_changed(plan):
    book = sheet_book(plan, 2022, access=None)

    (block,) = book.parts[0][0].blocks[Measures.BLOCKS]
    printed = block.values[Line.PLANNED], block.values[Line.LEGACY_DEVIATION]
    assert printed == ((None, 15, None), (None, Decimal("86.7"), None))
    assert book.notes[3:] == (
        f"第1回計画変更（令和4年10月1日決定）：{REASON}",
        f"計画値の変更　第1節 指標1：令和4年度 {NOTE}",
    )


def test_the_sheet_of_a_plan_as_first_adopted_has_its_usual_notes(plan):
    plan.measures.get(code="1-1").values.all().delete()

    assert len(sheet_book(plan, 2022, access=None).notes) == 3


def test_the_tidy_table_holds_what_stands_in_its_usual_columns(plan):
    row = next(row for row in exported(plan.slug) if (row["指標コード"], row["年度"]) == ("1-1", "2022"))

    assert [row[name] for name in ("計画値", "実績値", "差", "達成率", "判定")] == ["15", "13", "-2", "86.7", "未達"]


def test_the_second_computation_agrees_on_a_changed_plan(plan):
    call_command("verify_figures", plan.slug, stdout=(out := StringIO()))

    assert out.getvalue() == "印西市 第6期障害福祉計画（122319-6） 6行 一致\n"


def test_the_roll_up_adds_what_stands(plan):
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    Municipality.objects.filter(pk=plan.municipality_id).update(prefecture=prefecture)

    totals = {total.kind.title: total for total in rollup(prefecture, Term("disability", 6, 2022)).totals}

    assert (totals["指標1"].planned.amount, totals["指標1"].planned.cities) == (15, 1)
    assert dict(totals["指標1"].readings) == {"未達": 1}


# --- Published ---


def test_a_body_holds_the_versions_of_each_changed_value_and_why(plan, confirmer):
    body = publish_it(plan, confirmer).body

    blank = {"計画値状態": "", "計画値原文": ""}
    assert body["format"] == 3
    assert body["revisions"] == [{"number": 1, "decided_on": "2022-10-01", "reason": REASON}]
    assert body["measures"]["1-1"]["versions"] == {
        "2022": [{"number": 0, "計画値": "12", **blank}, {"number": 1, "計画値": "15", **blank}]
    }
    assert "versions" not in body["measures"]["2-1"]


def test_the_body_of_a_plan_as_first_adopted_keeps_its_bytes(plan, confirmer):
    measure = plan.measures.get(code="1-1")
    measure.values.filter(side=Side.PLANNED).delete()
    a_value(measure, 2022, 15, side=Side.PLANNED)

    body = publish_it(plan, confirmer).body

    assert body["format"] == 1
    assert ("versions" in canonical_text(body), "revisions" in canonical_text(body)) == (False, False)


def test_opinions_and_revisions_stand_in_one_body(plan, confirmer):
    section = plan.sections.get(number=1)
    heard = {"council": "協議会", "held_on": date(2023, 7, 1), "opinion": "意見", "published": True}
    plan.opinions.create(fiscal_year=2022, number=1, section=section, **heard)

    body = publish_it(plan, confirmer).body

    assert (body["format"], len(body["revisions"]), len(body["sections"][0]["opinions"])) == (3, 1, 1)


def test_residents_read_the_note_and_the_reason_beside_the_figures(client, plan, confirmer):
    publication = publish_it(plan, confirmer)

    pages = [
        page(client, "published_section", plan, 1, 2022),
        page(client, "published_version", plan, publication.number),
    ]

    assert [(NOTE in text, f"第1回変更（令和4年10月1日決定）：{REASON}" in text) for text in pages] == [
        (True, True)
    ] * 2


def test_what_was_published_stays_as_it_was_until_the_next_publication(client, plan, confirmer):
    publication = publish_it(plan, confirmer)
    revision = plan.revisions.get(number=1)
    by = a_user(Role.MANAGER)
    correct_revision(revision, revision.decided_on, "直した理由", version=0, by=by, channel=Channel.SCREEN)

    before = page(client, "published_section", plan, 1, 2022)
    publish_it(plan, confirmer)
    after = page(client, "published_section", plan, 1, 2022)

    assert (REASON in before, "直した理由" in before) == (True, False)
    assert (REASON in after, "直した理由" in after) == (False, True)
    kept = Publication.objects.get(pk=publication.pk)
    assert body_hash(kept.body) == kept.sha256


def test_a_corrected_reason_is_news_of_the_sections_that_it_touched(client, plan, confirmer):
    in_state(plan.sections.get(number=2), 2022, YearState.CONFIRMED, confirmer)
    publish_it(plan, confirmer)
    plan.revisions.filter(number=1).update(reason="直した理由")
    client.force_login(confirmer)

    checked = client.post(reverse("evaluations:publish", args=[plan.slug]), {"do": "check", "year": 2022})

    assert [outcome for *_, outcome in sections_shown(checked)] == ["新しい内容に替えます", "変わりません"]


def test_a_published_year_is_read_back_with_its_versions(client, plan, confirmer):
    rate = a_measure(plan.sections.get(number=1), "1-2", value_kind=ValueKind.RATE, unit="%")
    changed_plan(rate, 2023, "66.7", "70.5")
    publish_it(plan, confirmer)

    answer = client.get(reverse("evaluations:published_section", args=[plan.slug, 1, 2022]))

    notes = {
        (row.get("data-measure"), cell.get("data-year")): [words(note) for note in cell.findall("p")]
        for row in page_tree(answer).findall(".//tr[@data-measure]")
        for cell in row.findall("td")
    }
    assert {place: said for place, said in notes.items() if said} == {
        ("1-1", "2022"): [f"計画変更：{NOTE}"],
        ("1-2", "2021"): ["期間途中：令和5年度の目標 70.5%"],
        ("1-2", "2022"): ["期間途中：令和5年度の目標 70.5%"],
        ("1-2", "2023"): ["計画変更：当初 66.7% → 第1回変更後 70.5%（令和4年10月1日）"],
    }
    decisions = found_words(answer, ".//div[@class='decisions']/ul/li")
    assert decisions == [f"第1回変更（令和4年10月1日決定）：{REASON}"]


def test_published_data_hold_what_stands(client, plan, confirmer):
    publish_it(plan, confirmer)

    data = json.loads(client.get(reverse("evaluations:published_data", args=[plan.slug, "json"])).content)

    assert [row["計画値"] for row in data if row["指標コード"] == "1-1"] == [None, 15, None]
