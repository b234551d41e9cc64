"""Publishing freezes what is 確定 of a year, and nothing else; withdrawing says why."""

import hashlib
import json
import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from core.canonical import canonical_text
from core.tidy import COLUMNS
from core.words import Side, State
from evaluations.models import ActivityRecord, Evaluation, Publication
from evaluations.publishing.publication import publish, withdraw_publication
from plans.models import Change, Channel, Role, SectionYear, Subject, YearState
from plans.refusals import Refused
from plans.workflow import MOVE_BY_NAME, move_section_year
from tests.builders import a_measure, a_plan, a_section, a_user, a_value, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(confirmer):
    """Two 節 with one measure each, planned and entered in both years; 第1節 is 確定 in both, 第2節 in none."""
    plan = a_plan()
    for number in (1, 2):
        section = a_section(plan, number, f"節の名{number}")
        measure = a_measure(section, f"{number}-1", title=f"指標{number}")
        for year in (2021, 2022):
            a_value(measure, year, 10 * number, side=Side.PLANNED)
            a_value(measure, year, year * number, note=f"注記{year}の{number}")
    for year in (2021, 2022):
        in_state(plan.sections.get(number=1), year, YearState.CONFIRMED, confirmer)
    return plan


def publish_it(plan, by, year=2022, reason="", **seen):
    return publish(plan, year, by=by, reason=reason, channel=Channel.SCREEN, **seen)


def withdraw_it(publication, by, reason="数値に誤りがありました。"):
    return withdraw_publication(publication, by=by, reason=reason, channel=Channel.SCREEN)


def state(plan, number, year):
    row = SectionYear.objects.filter(section__plan=plan, section__number=number, fiscal_year=year).first()
    return row.state if row else YearState.DRAFT


def row_of(publication, code, year):
    return next(row for row in publication.body["rows"] if (row["指標コード"], row["年度"]) == (code, str(year)))


def actual_of(publication, code, year):
    row = row_of(publication, code, year)
    return row["計画値"], row["実績値"], row["実績値状態"], row["注記"], row["判定"]


def test_confirmed_sections_are_published_and_signed(plan, confirmer):
    publication = publish_it(plan, confirmer)

    first = SectionYear.objects.get(section__number=1, fiscal_year=2022)
    assert (publication.number, publication.fiscal_year, publication.by) == (1, 2022, confirmer)
    assert (first.state, first.published_at, first.published_by) == (YearState.PUBLISHED, publication.at, confirmer)
    assert (state(plan, 2, 2022), state(plan, 1, 2021)) == (YearState.DRAFT, YearState.CONFIRMED)


def test_the_body_holds_actuals_only_where_they_are_confirmed(plan, confirmer):
    a_value(plan.measures.get(code="1-1"), 2023, 999, note="翌年度")

    publication = publish_it(plan, confirmer)

    assert [actual_of(publication, "1-1", year) for year in (2021, 2022, 2023)] == [
        ("10", "2021", "", "注記2021の1", "達成"),
        ("10", "2022", "", "注記2022の1", "達成"),
        ("", "", "未公表", "", ""),
    ]
    assert [actual_of(publication, "2-1", year) for year in (2021, 2022, 2023)] == [
        ("20", "", "未公表", "", ""),
        ("20", "", "未公表", "", ""),
        ("", "", "未公表", "", ""),
    ]


def test_a_draft_appears_nowhere_in_the_body(plan, confirmer):
    for number, year in ((1, 2023), (2, 2021), (2, 2022)):
        section = plan.sections.get(number=number)
        row = in_state(section, year, YearState.SUBMITTED, confirmer)
        Evaluation.objects.create(section_year=row, do_text="下書きの文章", budget_text="下書きの予算")
        record = ActivityRecord.objects.create(plan=plan, fiscal_year=year, title="下書きの会議")
        record.sections.add(section)
        a_value(plan.measures.get(code="2-1"), 2023, 777777) if number == 1 else None

    text = canonical_text(publish_it(plan, confirmer).body)

    assert [word for word in ("下書き", "777777", "4042", "4044", "注記2022の2") if word in text] == []


def test_a_body_tells_the_plan_its_sections_and_no_person(plan, confirmer):
    section = plan.sections.get(number=1)
    row = SectionYear.objects.get(section=section, fiscal_year=2022)
    Evaluation.objects.create(section_year=row, do_text="実施した。", issues_text="続ける。")
    section.outcome_targets.update(overview="概要", goal_text="目標の文")
    record = ActivityRecord.objects.create(
        plan=plan, fiscal_year=2020, held_on=date(2020, 9, 1), title="会議", participants=9
    )
    record.sections.add(section)

    body = publish_it(plan, confirmer).body

    assert list(body) == ["format", "municipality", "plan", "fiscal_year", "sections", "measures", "rows"]
    assert body["plan"] == {
        "slug": "122319-6",
        "name": "第6期障害福祉計画",
        "kind": "disability",
        "generation": 6,
        "start_year": 2021,
        "end_year": 2023,
        "near_low": "80",
        "near_high": "120",
    }
    assert body["sections"] == [
        {
            "number": 1,
            "title": "節の名1",
            "measures": ["1-1"],
            "published": True,
            "targets": [{"title": "節の名1", "overview": "概要", "goal_text": "目標の文"}],
            "texts": {
                "do_text": "実施した。",
                "check_text": "",
                "proposal": "",
                "issues_text": "続ける。",
                "act_text": "",
                "budget_text": "",
            },
            "records": [
                {
                    "held_on": "2020-09-01",
                    "fiscal_year": 2020,
                    "title": "会議",
                    "participants": 9,
                    "organisations": None,
                    "content": "",
                    "cancelled_reason": "",
                }
            ],
        },
        {"number": 2, "title": "節の名2", "measures": ["2-1"], "published": False},
    ]
    assert confirmer.username not in canonical_text(body)


def test_a_record_without_a_day_stands_before_the_dated_ones_whatever_the_database(plan, confirmer):
    section = plan.sections.get(number=1)
    for title, day in (("日付のある会議", date(2020, 9, 1)), ("日付のない会議", None)):
        ActivityRecord.objects.create(plan=plan, fiscal_year=2020, held_on=day, title=title).sections.add(section)

    records = publish_it(plan, confirmer).body["sections"][0]["records"]

    assert [record["title"] for record in records] == ["日付のない会議", "日付のある会議"]


def test_rows_are_every_measure_and_year_with_the_columns_of_the_tidy_table(plan, confirmer):
    rows = publish_it(plan, confirmer).body["rows"]

    assert [(row["指標コード"], row["年度"]) for row in rows] == [
        (code, year) for code in ("1-1", "2-1") for year in ("2021", "2022", "2023")
    ]
    assert {tuple(sorted(row)) for row in rows} == {tuple(sorted(COLUMNS))}


def test_a_value_that_the_city_withholds_stays_a_word(plan, confirmer):
    row = plan.measures.get(code="1-1").values.get(fiscal_year=2022, side=Side.ACTUAL)
    row.number, row.state = None, State.WITHHELD
    row.save()

    assert actual_of(publish_it(plan, confirmer), "1-1", 2022)[1:3] == ("", "非公表")


def test_a_body_is_ordered_by_code_and_not_as_the_database_sorts(plan, confirmer):
    section = plan.sections.get(number=1)
    for code in ("b-1", "C-1", "1-10", "1-2"):
        a_measure(section, code, order=30000)
    for council in ("b会", "C会"):
        plan.opinions.create(
            fiscal_year=2022, council=council, held_on=date(2023, 2, 1), number=1, opinion="意見", published=True
        )

    body = publish_it(plan, confirmer).body

    assert body["sections"][0]["measures"] == ["1-1", "1-10", "1-2", "C-1", "b-1"]
    assert [one["council"] for one in body["opinions"]] == ["C会", "b会"]


def test_anybody_can_compute_the_hash_again(plan, confirmer):
    publication = Publication.objects.get(pk=publish_it(plan, confirmer).pk)

    text = json.dumps(publication.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert publication.sha256 == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_numbers_count_per_plan_over_all_years(plan, confirmer):
    numbers = [publish_it(plan, confirmer, year).number for year in (2021, 2022)]

    other = a_plan(generation=5, start=2018, end=2020)
    in_state(a_section(other), 2018, YearState.CONFIRMED, confirmer)
    assert [*numbers, publish_it(other, confirmer, 2018).number] == [1, 2, 1]


def test_nothing_confirmed_means_nothing_published(plan, confirmer):
    with pytest.raises(Refused) as refused:
        publish_it(plan, confirmer, 2023)

    assert str(refused.value) == "令和5年度に確定している節がありません。先に節を確定してください。"
    assert not Publication.objects.exists()


def test_the_same_content_is_not_published_twice(plan, confirmer):
    publish_it(plan, confirmer)

    with pytest.raises(Refused) as refused:
        publish_it(plan, confirmer)

    assert str(refused.value) == "第1号と同じ内容です。新しく公表するものはありません。"


def test_the_same_content_may_be_published_again_after_a_withdrawal(plan, confirmer):
    withdraw_it(publish_it(plan, confirmer), confirmer)

    assert publish_it(plan, confirmer).number == 2
    assert state(plan, 1, 2022) == YearState.PUBLISHED


def test_a_second_publication_takes_in_what_was_confirmed_since(plan, confirmer):
    first = publish_it(plan, confirmer)
    in_state(plan.sections.get(number=2), 2022, YearState.CONFIRMED, confirmer)

    second = publish_it(plan, confirmer)

    assert actual_of(second, "2-1", 2022)[1] == "4044"
    assert actual_of(first, "2-1", 2022)[1] == ""
    assert SectionYear.objects.get(section__number=1, fiscal_year=2022).published_at == first.at


def test_publishing_writes_the_history(plan, confirmer):
    publish_it(plan, confirmer, reason="年次の公表")

    found = [
        (c.subject, c.section and c.section.number, c.field, c.old, c.new, c.reason, c.by)
        for c in Change.objects.order_by("id")
    ]
    assert found == [
        (Subject.STATE, 1, "公表する", "確定", "公表", "", confirmer),
        (Subject.PUBLICATION, None, "公表第1号", None, "第1号：第1節", "年次の公表", confirmer),
    ]


def test_who_looked_at_an_older_number_is_refused(plan, confirmer):
    publish_it(plan, confirmer, 2021)

    with pytest.raises(Refused) as refused:
        publish_it(plan, confirmer, 2022, seen_number=0)

    assert str(refused.value) == "ほかの人が先に第1号を公表しました。いまの内容を確かめてください。"


def test_who_looked_at_other_content_is_refused(plan, confirmer):
    with pytest.raises(Refused) as refused:
        publish_it(plan, confirmer, 2022, seen_number=0, seen_sha256="0" * 64)

    assert str(refused.value) == "ページを開いた後に、公表する内容が変わりました。いまの内容を確かめてください。"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, None])
def test_only_who_may_confirm_publishes_and_withdraws(plan, confirmer, role):
    publication = publish_it(plan, confirmer, 2021)
    somebody = a_user(role)

    with pytest.raises(PermissionDenied):
        publish_it(plan, somebody)
    with pytest.raises(PermissionDenied):
        withdraw_it(publication, somebody)

    assert Publication.objects.filter(withdrawn_at=None).count() == 1


def test_withdrawing_takes_its_sections_back_to_confirmed(plan, confirmer):
    publication = withdraw_it(publish_it(plan, confirmer), confirmer, " 誤りがありました。 ")

    row = SectionYear.objects.get(section__number=1, fiscal_year=2022)
    assert (row.state, row.published_at, row.published_by) == (YearState.CONFIRMED, None, None)
    assert (publication.withdrawn_by, publication.withdrawn_reason) == (confirmer, "誤りがありました。")
    assert list(Change.objects.order_by("id").values_list("field", "old", "new", "reason"))[-2:] == [
        ("公表を取り下げる", "公表", "確定", ""),
        ("公表第1号", "第1号", "取り下げ", "誤りがありました。"),
    ]


def test_withdrawing_wants_a_reason(plan, confirmer):
    publication = publish_it(plan, confirmer)

    with pytest.raises(Refused) as refused:
        withdraw_it(publication, confirmer, "  ")

    assert str(refused.value) == "取り下げの理由を書いてください。"


def test_a_publication_is_withdrawn_once(plan, confirmer):
    publication = withdraw_it(publish_it(plan, confirmer), confirmer)

    with pytest.raises(Refused) as refused:
        withdraw_it(publication, confirmer)

    assert str(refused.value) == "第1号は、すでに取り下げています。"


def test_withdrawing_an_older_one_leaves_what_its_successor_published(plan, confirmer):
    first = publish_it(plan, confirmer)
    in_state(plan.sections.get(number=2), 2022, YearState.CONFIRMED, confirmer)
    publish_it(plan, confirmer)

    withdraw_it(first, confirmer)

    assert (state(plan, 1, 2022), state(plan, 2, 2022)) == (YearState.PUBLISHED, YearState.PUBLISHED)


def test_a_reopened_section_stays_a_draft_when_the_publication_is_withdrawn(plan, confirmer):
    publication = publish_it(plan, confirmer)
    section = plan.sections.get(number=1)
    move_section_year(section, 2022, MOVE_BY_NAME["reopen"], by=confirmer, channel=Channel.SCREEN, text="直します。")

    withdraw_it(publication, confirmer)

    assert state(plan, 1, 2022) == YearState.DRAFT


def at_once(*acts):
    """What each act returned, or the sentence it was refused with; all start together."""
    start, said = threading.Barrier(len(acts)), []

    def go(act):
        start.wait()
        try:
            said.append(act())
        except Refused as refused:
            said.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said, key=str)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins(plan, confirmer, manager):
    said = at_once(*(lambda by=by: publish_it(plan, by, seen_number=0).number for by in (confirmer, manager)))

    assert said == [1, "ほかの人が先に第1号を公表しました。いまの内容を確かめてください。"]
    assert list(Publication.objects.values_list("number", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
def test_two_years_published_at_once_get_two_numbers(plan, confirmer):
    said = at_once(*(lambda year=year: publish_it(plan, confirmer, year).number for year in (2021, 2022)))

    assert said == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_reopening_at_the_same_moment_leaves_a_whole_state(plan, confirmer):
    section = plan.sections.get(number=1)
    reopen = MOVE_BY_NAME["reopen"]

    said = at_once(
        lambda: publish_it(plan, confirmer).number,
        lambda: move_section_year(section, 2022, reopen, by=confirmer, channel=Channel.SCREEN, text="直します。").state,
    )

    # Whoever came first: either it was published and then reopened, or there was nothing left to publish.
    assert state(plan, 1, 2022) == YearState.DRAFT
    assert said in ([1, "DRAFT"], ["DRAFT", "令和4年度に確定している節がありません。先に節を確定してください。"])
