"""取組記録: adding, changing and deleting them on the page of the texts, with rights, locks, conflicts and history."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from evaluations.models import ActivityRecord
from evaluations.records.actions import RecordContent, add_record, change_record
from plans.models import Change, Role, SectionYear, Subject, YearState
from plans.refusals import Locked
from tests.builders import a_municipality, a_plan, a_section, a_user, in_state
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db


def place(section, record=None, year=2022):
    address = reverse("evaluations:edit_texts", args=[section.plan.slug, section.number, year])
    return f"{address}?record={record.pk}" if record else address


def a_record(section, year=2022, **fields):
    record = section.plan.records.create(fiscal_year=year, title=fields.pop("title", "協議会"), **fields)
    record.sections.set([section])
    return record


def drawn(client, section, record=None):
    """The form of the record. The checked 節 stand as a list."""
    fields = form_with(client.get(place(section, record)), "participants")
    return fields | {"do": "save_record"}


def contents():
    return [RecordContent.of(record) for record in ActivityRecord.objects.order_by("id")]


def test_a_record_is_added_as_people_type_it(as_editor, section):
    beside = a_section(section.plan, 2)

    page = as_editor.post(
        place(section),
        drawn(as_editor, section)
        | {
            "title": "第1回 自立支援協議会",
            "held_on": "2022-05-20",
            "participants": "１２人",
            "organisations": "8",
            "content": "地域移行を話し合った。\r\n次回は9月。",
            "sections": [str(section.pk), str(beside.pk)],
        },
        follow=True,
    )

    assert contents() == [
        RecordContent(
            fiscal_year=2022,
            title="第1回 自立支援協議会",
            section_ids=frozenset({section.pk, beside.pk}),
            held_on=date(2022, 5, 20),
            participants=12,
            organisations=8,
            content="地域移行を話し合った。\n次回は9月。",
        )
    ]
    assert "取組記録「第1回 自立支援協議会」を保存しました。" in page.text


def test_each_section_of_a_record_has_its_line_of_history(as_editor, section):
    beside = a_section(section.plan, 2)
    fields = {"title": "協議会", "participants": "12", "sections": [str(section.pk), str(beside.pk)]}

    as_editor.post(place(section), drawn(as_editor, section) | fields)

    lines = [(c.section, c.fiscal_year, c.by.username, c.old, c.new) for c in Change.objects.order_by("id")]
    words = "協議会／令和4年度／第1節・第2節／参加者12人"
    assert lines == [(section, 2022, "hanako", None, words), (beside, 2022, "hanako", None, words)]


def test_a_record_is_changed_from_what_was_seen(as_editor, section):
    record = a_record(section, participants=12)

    as_editor.post(
        place(section, record), drawn(as_editor, section, record) | {"participants": "", "title": "第2回 協議会"}
    )

    kept = contents()[0]
    assert (kept.title, kept.participants) == ("第2回 協議会", None)
    assert Change.objects.get(subject=Subject.RECORD).old == "協議会／令和4年度／第1節／参加者12人"


def test_a_record_is_deleted(as_editor, section):
    record = a_record(section)

    as_editor.post(place(section, record), drawn(as_editor, section, record) | {"do": "delete_record"})

    assert contents() == []
    assert Change.objects.get(subject=Subject.RECORD).new is None


def test_saving_a_record_as_it_was_drawn_changes_nothing(as_editor, section):
    record = a_record(section, held_on=date(2022, 5, 20), participants=12, content="一行目\n二行目")

    as_editor.post(place(section, record), drawn(as_editor, section, record))

    assert Change.objects.count() == 0


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"title": ""}, "名称を入力してください。"),
        ({"participants": "十二人"}, "数値で入力してください（入力：十二人）"),
        ({"participants": "1.5"}, "0 以上の整数で入力してください（入力：1.5）"),
        (
            {"held_on": "2023-05-20"},
            "令和4年度（2022年4月1日から2023年3月31日まで）の日を入力してください。",
        ),
        ({"held_on": "五月"}, "開催日は「2022-05-01」のように入力してください。"),
        ({"title": "協議\x0b会"}, "目に見えない制御文字が含まれています。取り除いてください。"),
        ({"sections": []}, "関係する節を一つ以上選んでください。"),
    ],
)
def test_a_problem_is_named_and_what_was_typed_stays(as_editor, section, texts, sentence):
    fields = {"title": "協議会", "content": "話し合った内容", **texts}

    page = as_editor.post(place(section), drawn(as_editor, section) | fields)

    assert contents() == []
    assert sentence in page.text
    assert form_with(page, "participants")["content"] == "話し合った内容"


def test_a_colleagues_change_is_shown_before_it_is_written_over(as_editor, section):
    record = a_record(section, participants=12)
    fields = drawn(as_editor, section, record)
    ActivityRecord.objects.filter(pk=record.pk).update(participants=15, version=1)

    page = as_editor.post(place(section, record), fields | {"participants": "13"})
    between = contents()[0].participants
    as_editor.post(place(section, record), form_with(page, "participants") | {"do": "save_record"})

    assert "いまの内容：協議会／参加者15人" in page.text
    assert (between, contents()[0].participants) == (15, 13)


@pytest.mark.parametrize("action", ["save_record", "delete_record"])
def test_a_record_that_was_changed_meanwhile_is_neither_changed_nor_deleted(as_editor, section, action):
    record = a_record(section)
    fields = drawn(as_editor, section, record)
    ActivityRecord.objects.filter(pk=record.pk).update(participants=15, version=1)

    page = as_editor.post(place(section, record), fields | {"title": "別の名称", "do": action})

    assert [(one.title, one.participants) for one in contents()] == [("協議会", 15)]
    assert "ほかの人がこの記録を先に変更しました。" in page.text


@pytest.mark.parametrize("state", [YearState.SUBMITTED, YearState.CONFIRMED, YearState.PUBLISHED])
def test_a_locked_year_takes_no_record_and_keeps_the_ones_it_has(as_editor, section, state):
    record = a_record(section)
    new, old = drawn(as_editor, section), drawn(as_editor, section, record)
    in_state(section, 2022, state)

    page = as_editor.post(place(section), new | {"title": "遅れた記録"}).text
    as_editor.post(place(section, record), old | {"title": "別の名称"})
    as_editor.post(place(section, record), old | {"do": "delete_record"})

    assert [one.title for one in contents()] == ["協議会"]
    assert "変更できません。" in page
    assert "遅れた記録" in page


def test_the_lock_of_every_section_of_a_record_counts(section):
    beside = a_section(section.plan, 2)
    in_state(beside, 2022, YearState.CONFIRMED)
    record = a_record(section)
    seen = RecordContent.of(record)
    both = RecordContent(fiscal_year=2022, title="協議会", section_ids=frozenset({section.pk, beside.pk}))

    with pytest.raises(Locked, match="第2節 令和4年度は確定しているため変更できません。"):
        change_record(record, both, version=0, by=a_user(), channel="screen")

    assert contents() == [seen]


def test_a_record_of_a_year_before_the_plan_has_no_lock(section):
    before = RecordContent(fiscal_year=2020, title="準備会", section_ids=frozenset({section.pk}))

    add_record(section.plan, before, by=a_user(), channel="screen")

    assert contents() == [before]
    assert SectionYear.objects.count() == 0


def test_a_viewer_writes_no_record(client, section):
    client.force_login(a_user(Role.VIEWER))

    response = client.post(place(section), {"do": "save_record", "title": "x", "sections": [str(section.pk)]})

    assert (response.status_code, contents()) == (403, [])


def test_ids_of_another_citys_records_and_sections_change_nothing(as_editor, section):
    there = a_section(a_plan(a_municipality("129992", "みほん市")))
    theirs = a_record(there)
    forged = {"do": "save_record", "title": "書き換え", "sections": [str(there.pk)]}

    answers = [
        as_editor.get(place(section, theirs)),
        as_editor.post(place(section, theirs), forged),
        as_editor.post(place(section, theirs), {"do": "delete_record"}),
        as_editor.post(place(section), forged),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 200]
    assert "この計画の節から選んでください。" in answers[3].text
    assert [one.title for one in contents()] == ["協議会"]


def test_a_record_of_another_year_is_not_found_on_this_page(as_editor, section):
    record = a_record(section, year=2021)

    assert as_editor.get(place(section, record)).status_code == 404
    assert as_editor.get(f"{place(section)}?record=x").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_in_the_same_moment_one_wins_and_the_other_is_told(section):
    record = a_record(section)
    clients = {"11": Client(), "22": Client()}
    for client in clients.values():
        client.force_login(a_user())
    pages = {text: drawn(client, section, record) for text, client in clients.items()}
    together = Barrier(2)

    def save(text):
        try:
            together.wait()
            return clients[text].post(place(section, record), pages[text] | {"participants": text})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(clients, pool.map(save, clients), strict=True))

    winner = str(contents()[0].participants)
    loser = "22" if winner == "11" else "11"
    assert (answers[winner].status_code, answers[loser].status_code) == (302, 200)
    assert f"参加者{winner}人" in answers[loser].text
