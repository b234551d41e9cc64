"""取組記録 propose counts: what they come to, the link on the record, the offer on the grid, taking over, warnings."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.record_counts import Counted, CountedRecord, YearFromRecords, counted_by
from core.take_over_note import MOST
from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Side, ValueKind
from evaluations.records.actions import RecordContent, change_record
from evaluations.records.counts import CountOffer, take_over_counts, years_from_records
from indicators.months.readings import TakeOver
from plans.models import Change, Department, Measure, Plan, Role, Section, Subject, YearlyValue, YearState
from plans.refusals import ChangesRefused, Conflict
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.demo_city import the_demo
from tests.page_forms import form_with
from tests.page_readers import page_tree

TIMES, PEOPLE = Counted.TIMES, Counted.PEOPLE
CANCELLED = CountedRecord(is_cancelled=True)


def came(*participants):
    return tuple(CountedRecord(number) for number in participants)


# --- What records come to ---


@pytest.mark.parametrize(
    ("counted", "records", "number", "words"),
    [
        (TIMES, came(9), 1, "1件の記録から"),
        (TIMES, came(9, None, 3), 3, "3件の記録から"),
        (TIMES, (*came(9), CANCELLED), 1, "1件の記録から、中止1件"),
        (TIMES, (CANCELLED,), 0, "中止1件"),
        (TIMES, (), None, "取組記録はまだありません"),
        (PEOPLE, came(8, 9), 17, "2件の記録から"),
        (PEOPLE, came(0), 0, "1件の記録から"),
        (PEOPLE, came(8, None, 9), 17, "3件中2件の参加者数から"),
        (PEOPLE, (*came(8, None), CANCELLED), 8, "2件中1件の参加者数から、中止1件"),
        (PEOPLE, came(None), None, "1件中0件の参加者数から"),
        (PEOPLE, (CANCELLED,), 0, "中止1件"),
        (PEOPLE, (), None, "取組記録はまだありません"),
    ],
)
def test_records_come_to_a_count_or_a_sum_and_never_to_a_zero_that_nobody_wrote(counted, records, number, words):
    made = YearFromRecords(2022, counted, records)

    assert (made.number, made.words) == (number, words)


@given(
    records=st.lists(
        st.builds(CountedRecord, st.none() | st.integers(0, 500), is_cancelled=st.booleans()), max_size=12
    ),
    counted=st.sampled_from(Counted),
)
def test_a_slow_second_count_agrees(records, counted):
    held, told, people = 0, 0, 0
    for record in records:
        if record.is_cancelled:
            continue
        held += 1
        if record.participants is not None:
            told += 1
            people += record.participants
    if not records:
        expected = None
    elif counted is TIMES:
        expected = held
    else:
        expected = None if held > 0 and told == 0 else people

    assert YearFromRecords(2022, counted, tuple(records)).number == expected


@pytest.mark.parametrize(
    ("kind", "accumulation", "unit", "counted"),
    [
        (ValueKind.NUMBER, Accumulation.YEAR_TOTAL, "回", TIMES),
        (ValueKind.NUMBER, Accumulation.YEAR_TOTAL, "件", TIMES),
        (ValueKind.NUMBER, Accumulation.YEAR_TOTAL, "人", PEOPLE),
        (ValueKind.NUMBER, Accumulation.YEAR_TOTAL, " 名 ", PEOPLE),
        (ValueKind.NUMBER, Accumulation.YEAR_TOTAL, "時間", None),
        (ValueKind.NUMBER, Accumulation.YEAR_TOTAL, "人/月", None),
        (ValueKind.NUMBER, Accumulation.CUMULATIVE, "回", None),
        (ValueKind.NUMBER, Accumulation.MONTHLY_AVERAGE, "人", None),
        (ValueKind.NUMBER, Accumulation.YEAR_END, "人", None),
        (ValueKind.PRESENCE, Accumulation.YEAR_TOTAL, "回", None),
        (ValueKind.RATE, Accumulation.YEAR_TOTAL, "件", None),
    ],
)
def test_the_unit_of_a_yearly_total_says_what_is_counted(kind, accumulation, unit, counted):
    assert counted_by(kind, accumulation, unit) is counted


def test_taking_over_says_where_the_figure_comes_from_and_keeps_the_rest_of_the_note():
    current = Value(
        Decimal(3), wording="3回", as_of="5月末", note="別の注記\n月別値から：合計 3\n取組記録から：回数、3件の記録から"
    )

    whole = YearFromRecords(2022, TIMES, came(9, 8)).taken_over(current)
    part = YearFromRecords(2022, PEOPLE, came(9, None)).taken_over(EMPTY)

    assert whole == Value(
        Decimal(2), as_of="令和4年度の取組記録から", note="別の注記\n取組記録から：回数、2件の記録から"
    )
    assert part == Value(
        Decimal(9),
        as_of="令和4年度の取組記録から",
        certainty=Certainty.PRELIMINARY,
        note="取組記録から：参加者数、2件中1件の参加者数から",
    )


def test_what_cannot_be_taken_over_says_why():
    full = Value(Decimal(3), note="あ" * MOST)

    said = [
        YearFromRecords(2022, TIMES, ()).obstacle(EMPTY),
        YearFromRecords(2022, PEOPLE, came(None)).obstacle(EMPTY),
        YearFromRecords(2022, TIMES, came(1)).obstacle(full).split("、")[0],
        YearFromRecords(2022, TIMES, came(1)).obstacle(EMPTY),
    ]

    assert said == [
        "取組記録がまだありません。",
        "参加者数を書いた記録がありません。",
        "年度の実績の注記が長すぎて",
        "",
    ]


# --- The link on the record ---


pytestmark = pytest.mark.django_db


@pytest.fixture
def meetings(section):
    return a_measure(section, "5", title="開催回数", unit="回")


@pytest.fixture
def people(section):
    return a_measure(section, "6", title="参加者数", unit="人")


def a_record(section, *measures, year=2022, **fields):
    record = section.plan.records.create(fiscal_year=year, title=fields.pop("title", "協議会"), **fields)
    record.sections.set([section])
    record.counted_in.set(measures)
    return record


def texts(section, record=None):
    address = reverse("evaluations:edit_texts", args=[section.plan.slug, section.number, 2022])
    return f"{address}?record={record.pk}" if record else address


def record_fields(client, section, record=None, counted=()):
    fields = form_with(client.get(texts(section, record)), "participants") | {"do": "save_record"}
    return fields | {"counted_in": [str(measure.pk) for measure in counted]}


def grid(section, year=2022):
    return reverse("evaluations:entry_section", args=[section.plan.slug, year, section.number])


def take(client, section, measure, **more):
    fields = form_with(client.get(grid(section)), "seen")
    return client.post(grid(section), fields | {"take-counts": measure.code} | more, follow=True)


def actual(measure, year=2022):
    row = YearlyValue.objects.filter(measure=measure, fiscal_year=year, side=Side.ACTUAL).first()
    return row.value if row else EMPTY


def test_a_record_is_linked_to_the_measures_of_its_section_that_it_counts_for(as_editor, section, meetings, people):
    a_measure(section, "7", title="開催の有無", value_kind="presence")
    drawn = as_editor.get(texts(section)).text

    fields = record_fields(as_editor, section, counted=[meetings, people])
    as_editor.post(texts(section), fields | {"title": "協議会", "participants": "9"})

    record = section.plan.records.get()
    assert set(record.counted_in.all()) == {meetings, people}
    assert ("第1節 開催回数（回数）" in drawn, "第1節 参加者数（参加者数）" in drawn) == (True, True)
    assert "第1節 開催の有無" not in drawn
    assert Change.objects.get(subject=Subject.RECORD).new == (
        "協議会／令和4年度／第1節／参加者9人／数える指標：開催回数・参加者数"
    )
    assert "数える指標：開催回数、参加者数" in as_editor.get(texts(section)).text


def test_a_link_is_kept_when_something_else_of_the_record_changes_and_can_be_taken_away(as_editor, section, meetings):
    record = a_record(section, meetings)

    as_editor.post(texts(section, record), record_fields(as_editor, section, record, [meetings]) | {"title": "第2回"})
    kept = (section.plan.records.get().title, list(record.counted_in.all()))
    as_editor.post(texts(section, record), record_fields(as_editor, section, record))

    assert (kept, list(record.counted_in.all())) == (("第2回", [meetings]), [])
    assert Change.objects.order_by("id").last().old.endswith("数える指標：開催回数")


def test_a_link_that_a_colleague_set_meanwhile_is_a_conflict(as_editor, section, meetings):
    record = a_record(section)
    fields = record_fields(as_editor, section, record)
    linked = replace(RecordContent.of(record), counted_ids=frozenset({meetings.pk}))
    change_record(record, linked, version=0, by=a_user(), channel="screen")

    page = as_editor.post(texts(section, record), fields | {"title": "別の名称"})

    assert (section.plan.records.get().title, list(record.counted_in.all())) == ("協議会", [meetings])
    assert "ほかの人がこの記録を先に変更しました。" in page.text
    assert "数える指標1件" in page.text


def test_measures_of_another_section_are_offered_once_the_record_belongs_to_it(as_editor, section, meetings):
    beside = a_section(section.plan, 2)
    theirs = a_measure(beside, "2-1", title="連絡会の回数", unit="回")
    record = a_record(section, meetings)
    alone = as_editor.get(texts(section, record)).text
    record.sections.set([section, beside])

    fields = record_fields(as_editor, section, record, [meetings, theirs])
    both = {"sections": [str(section.pk), str(beside.pk)]}
    as_editor.post(texts(section, record), fields | both)
    linked = set(record.counted_in.all())
    fields = record_fields(as_editor, section, record, [meetings, theirs])
    page = as_editor.post(texts(section, record), fields | {"sections": [str(section.pk)]})

    assert ("連絡会の回数" in alone, linked) == (False, {meetings, theirs})
    assert "「連絡会の回数」は第2節の指標です。関係する節で第2節も選ぶか、この指標の印を外してください。" in page.text
    assert set(record.sections.all()) == {section, beside}


def test_both_can_be_chosen_in_one_go_by_a_forged_or_a_quick_form(as_editor, section):
    beside = a_section(section.plan, 2)
    theirs = a_measure(beside, "2-1", unit="回")
    both = {"sections": [str(section.pk), str(beside.pk)], "title": "連絡会"}

    as_editor.post(texts(section), record_fields(as_editor, section, counted=[theirs]) | both)

    assert list(section.plan.records.get().counted_in.all()) == [theirs]


def test_measures_of_another_city_or_without_a_count_are_refused(as_editor, section):
    there = a_measure(a_section(a_plan(a_municipality("129992", "みほん市"))), unit="回")
    rate = a_measure(section, value_kind="rate")

    pages = [
        as_editor.post(texts(section), record_fields(as_editor, section, counted=[one]) | {"title": "協議会"})
        for one in (there, rate)
    ]

    assert ["関係する節の指標から選んでください。" in page.text for page in pages] == [True, True]
    assert section.plan.records.count() == 0


def test_the_verb_takes_no_measure_of_another_section(section, meetings):
    beside = a_section(section.plan, 2)
    record = a_record(beside)
    wrong = RecordContent(2022, "協議会", frozenset({beside.pk}), counted_ids=frozenset({meetings.pk}))

    with pytest.raises(ValueError, match="measures of its own sections"):
        change_record(record, wrong, version=0, by=a_user(), channel="screen")


def test_records_are_counted_by_measure_and_year_in_one_query(section, meetings, people, django_assert_num_queries):
    a_record(section, meetings, people, participants=9)
    a_record(section, meetings, cancelled_reason="感染症対策")
    a_record(section, meetings, people, year=2021, participants=5)
    a_record(section, participants=100)

    with django_assert_num_queries(1):
        found = years_from_records([meetings, people], 2022)

    assert found == {
        meetings.pk: YearFromRecords(2022, TIMES, (*came(9), CANCELLED)),
        people.pk: YearFromRecords(2022, PEOPLE, came(9)),
    }


def test_a_measure_that_is_no_longer_counted_by_records_is_proposed_nothing(section, meetings):
    a_record(section, meetings)
    Measure.objects.filter(pk=meetings.pk).update(accumulation="cumulative")
    meetings.refresh_from_db()

    assert years_from_records([meetings], 2022) == {}


# --- The offer on the grid ---


def test_the_grid_shows_what_the_records_make_beside_the_actual(as_editor, section, meetings, people):
    for number in (8, None, 9):
        a_record(section, meetings, people, participants=number)
    a_value(people, 2022, 20)

    shown = as_editor.get(grid(section))

    page = shown.text
    said = re.sub(r"<[^>]+>|\s", "", page)
    assert "取組記録から：3回（3件の記録から）記録を見る" in said
    assert "取組記録から：17人（3件中2件の参加者数から）記録を見る" in said
    assert page.count("実績値と違います") == 1
    assert f'href="{texts(section)}#records"' in page
    assert [one.get("value") for one in page_tree(shown).findall(".//button[@name='take-counts']")] == ["5", "6"]


def test_nothing_is_offered_where_the_actual_says_the_same_or_nobody_wrote_how_many_came(
    as_editor, section, meetings, people
):
    a_record(section, meetings, people)
    a_value(meetings, 2022, 1)

    page = as_editor.get(grid(section)).text

    assert "参加者数を書いた記録がありません。" in page
    assert 'name="take-counts"' not in page
    assert "実績値と違います" not in page


def test_the_enter_key_saves_and_takes_nothing_over(as_editor, section, meetings):
    a_record(section, meetings)

    page = as_editor.get(grid(section)).text

    form = page[page.index('<form method="post" class="entry"') :]
    first = re.search(r"<button[^>]*>", form)[0]
    assert "name=" not in first


def test_one_click_makes_it_the_actual_with_its_origin(as_editor, section, meetings):
    a_record(section, meetings)
    a_record(section, meetings)
    a_value(meetings, 2022, 4, note="別の注記")

    page = take(as_editor, section, meetings)

    assert actual(meetings) == Value(
        Decimal(2), as_of="令和4年度の取組記録から", note="別の注記\n取組記録から：回数、2件の記録から"
    )
    line = Change.objects.get(subject=Subject.VALUE)
    numbers = (Value.from_dict(line.old).number, Value.from_dict(line.new).number)
    assert (line.by.username, line.reason, numbers) == ("hanako", "取組記録から数えた値を年度の実績に反映", (4, 2))
    assert "「開催回数」の実績を、取組記録から数えた値にしました。" in page.text
    assert 'name="take-counts"' not in page.text


def test_what_was_typed_beside_is_neither_lost_nor_saved(as_editor, section, meetings, people):
    a_record(section, meetings)

    page = take(as_editor, section, meetings, **{"actual-6-value": "12"})

    assert (actual(meetings), actual(people)) == (EMPTY, EMPTY)
    assert "先に、入力した値を保存してください。" in page.text
    assert form_with(page, "seen")["actual-6-value"] == "12"


def test_a_record_that_came_in_between_is_shown_before_it_is_counted(as_editor, section, meetings):
    a_record(section, meetings)
    fields = form_with(as_editor.get(grid(section)), "seen") | {"take-counts": "5"}
    a_record(section, meetings)

    page = as_editor.post(grid(section), fields)
    between = actual(meetings)
    as_editor.post(grid(section), form_with(page, "seen") | {"take-counts": "5"})

    assert "取組記録が変わりました。" in page.text
    assert (between, actual(meetings).number) == (EMPTY, 2)


def test_an_actual_that_a_colleague_typed_meanwhile_is_shown_before_it_is_written_over(as_editor, section, meetings):
    a_record(section, meetings)
    fields = form_with(as_editor.get(grid(section)), "seen") | {"take-counts": "5"}
    a_value(meetings, 2022, 7)

    page = as_editor.post(grid(section), fields)
    between = actual(meetings).number
    as_editor.post(grid(section), form_with(page, "seen") | {"take-counts": "5"})

    assert "ほかの人が「7」に変更しています" in page.text
    assert (between, actual(meetings).number) == (7, 1)


def test_a_click_on_what_was_never_offered_writes_nothing(as_editor, section, meetings, people):
    a_record(section, meetings)

    pages = [take(as_editor, section, one) for one in (people,)]
    pages.append(as_editor.post(grid(section), {"take-counts": "5"}, follow=True))

    assert (actual(meetings), actual(people)) == (EMPTY, EMPTY)
    assert ["取組記録から反映する値がありません。" in page.text for page in pages] == [True, True]


@pytest.mark.parametrize("state", [YearState.SUBMITTED, YearState.CONFIRMED, YearState.PUBLISHED])
def test_a_year_that_was_locked_meanwhile_takes_nothing_over(as_editor, section, meetings, state):
    a_record(section, meetings)
    fields = form_with(as_editor.get(grid(section)), "seen") | {"take-counts": "5"}
    in_state(section, 2022, state)

    page = as_editor.post(grid(section), fields)

    assert actual(meetings) == EMPTY
    assert "変更できません。" in page.text
    assert 'name="take-counts"' not in page.text


def test_a_locked_year_still_shows_the_difference(as_editor, section, meetings):
    a_record(section, meetings)
    a_value(meetings, 2022, 4)
    in_state(section, 2022, YearState.CONFIRMED)

    page = as_editor.get(grid(section)).text

    assert ("実績値と違います" in page, 'name="take-counts"' in page) == (True, False)


def test_measures_of_another_department_are_not_taken_over(client, section, meetings):
    city = section.plan.municipality
    own, other = (Department.objects.create(municipality=city, name=name) for name in ("障がい福祉課", "子育て支援課"))
    Measure.objects.filter(pk=meetings.pk).update(department=other)
    meetings.refresh_from_db()
    a_record(section, meetings)
    by = a_user(Role.EDITOR, department=own)
    client.force_login(by)
    made = years_from_records([meetings], 2022)[meetings.pk]

    page = client.get(grid(section)).text
    with pytest.raises(ChangesRefused, match="入力する権限がありません。"):
        take_over_counts(TakeOver(meetings, 2022, EMPTY, made.taken_over(EMPTY)), by=by, channel="screen")

    assert ("取組記録から" in page, 'name="take-counts"' in page) == (True, False)
    assert actual(meetings) == EMPTY


def test_a_made_up_figure_is_refused(section, meetings):
    a_record(section, meetings)

    with pytest.raises(Conflict):
        take_over_counts(TakeOver(meetings, 2022, EMPTY, Value(Decimal(99))), by=a_user(), channel="screen")

    assert actual(meetings) == EMPTY


@pytest.mark.django_db(transaction=True)
def test_a_click_and_a_new_record_in_the_same_moment_wait_for_each_other(section, meetings):
    a_record(section, meetings)
    clicking, writing = Client(), Client()
    for client in (clicking, writing):
        client.force_login(a_user())
    click = form_with(clicking.get(grid(section)), "seen") | {"take-counts": "5"}
    record = record_fields(writing, section, counted=[meetings]) | {"title": "第2回"}
    together = Barrier(2)

    def send(client, address, fields):
        try:
            together.wait()
            return client.post(address, fields)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        clicked = pool.submit(send, clicking, grid(section), click)
        written = pool.submit(send, writing, texts(section), record)
        answers = clicked.result().status_code, written.result().status_code

    # Whoever came first: the actual is what the click had shown, or the click was told that the records moved.
    assert section.plan.records.count() == 2
    assert (answers, actual(meetings).number) in [((302, 302), 1), ((200, 302), None)]


# --- The warning before 提出 ---


def test_the_page_of_the_section_warns_those_who_write_of_each_difference(client, section, meetings, people):
    a_record(section, meetings, people, participants=9)
    a_value(meetings, 2022, 4)
    a_value(people, 2022, 9)
    in_state(section, 2022, YearState.CONFIRMED)
    address = reverse("evaluations:section_year", args=[section.plan.slug, 1, 2022])

    pages = {}
    for role in (Role.EDITOR, Role.VIEWER):
        client.force_login(a_user(role))
        pages[role] = re.sub(r"\s+", " ", client.get(address).text)

    warning = "「開催回数」 実績 4回、取組記録から 1回（1件の記録から）"
    assert [warning in page for page in pages.values()] == [True, False]
    assert "「参加者数」 実績" not in pages[Role.EDITOR]


def test_what_is_not_entered_differs_from_nothing(section, meetings):
    made = YearFromRecords(2022, TIMES, came(9))

    assert not CountOffer(meetings, made, EMPTY).differs


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.EDITOR, "section_year"),
        (Role.VIEWER, "section_year"),
        (Role.EDITOR, "edit_texts"),
        (Role.EDITOR, "entry_section"),
    ],
)
def test_no_page_asks_more_for_more_links(client, section, meetings, people, role, name):
    arguments = {"slug": section.plan.slug, "number": 1, "year": 2022}
    in_state(section, 2022, YearState.DRAFT if role == Role.EDITOR else YearState.CONFIRMED)
    client.force_login(a_user(role))
    counts = []
    for more in (1, 12):
        for _ in range(more):
            record = a_record(section, meetings, people, participants=9)
        query = f"?record={record.pk}" if name == "edit_texts" else ""
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(f"evaluations:{name}", kwargs=arguments) + query).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12


def test_the_demo_city_counts_its_meeting_of_2022():
    the_demo()

    plan = Plan.objects.get(slug="122319-6")
    measures = {
        measure.code: measure for measure in plan.measures.filter(section=Section.objects.get(plan=plan, number=2))
    }
    made = {year: years_from_records(measures.values(), year) for year in (2021, 2022)}
    found = {
        (code, year): (made[year][measures[code].pk].number, made[year][measures[code].pk].words)
        for code in ("2-5", "2-6")
        for year in made
    }
    assert found == {
        ("2-5", 2021): (0, "中止1件"),
        ("2-6", 2021): (0, "中止1件"),
        ("2-5", 2022): (1, "1件の記録から"),
        ("2-6", 2022): (9, "1件の記録から"),
    }
    assert all(actual(measures[code], year).number == number for (code, year), (number, _) in found.items())
