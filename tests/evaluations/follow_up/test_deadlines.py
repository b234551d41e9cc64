"""日程: taking the usual round over, adding, changing, ticking and deleting dates, with rights, conflicts, history."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.yearly_round import RoundStep, yearly_round
from evaluations.follow_up.deadlines import (
    add_deadline,
    change_deadline,
    delete_deadline,
    take_over_round,
    tick_deadline,
)
from evaluations.models import Deadline
from plans.models import Change, Role, Subject
from plans.refusals import Conflict, Refused
from tests.builders import a_deadline, a_municipality, a_plan, a_user
from tests.page_forms import form_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("section")]
NOON = "2022-11-22 12:00:00+09:00"


@pytest.fixture(autouse=True)
def _in_november_2022(time_machine):
    time_machine.move_to(NOON)


@pytest.fixture
def manager(client, plan):
    client.force_login(a_user(Role.MANAGER, username="hanako"))
    return client


def place(plan, deadline=None):
    address = reverse("evaluations:calendar", args=[plan.slug])
    return f"{address}?deadline={deadline.pk}" if deadline else address


def drawn(client, plan, deadline=None):
    return form_with(client.get(place(plan, deadline)), "due_on") | {"do": "save"}


def kept():
    return list(Deadline.objects.order_by("id").values("due_on", "title", "step", "fiscal_year", "note"))


def due(due_on, title, step, fiscal_year=None, note=""):
    return {"due_on": due_on, "title": title, "step": step, "fiscal_year": fiscal_year, "note": note}


DATE = due(date(2022, 12, 15), "全体会へ素案を出す", RoundStep.COUNCIL, 2021, "会場は市役所")


# --- Taking the round over ---


def test_the_usual_round_is_taken_over_in_one_click_without_what_nobody_can_tell_any_more(manager, plan):
    page = manager.post(place(plan), {"do": "take_over"}, follow=True)

    rows = [(one.due_on.isoformat(), one.title, one.step, one.fiscal_year) for one in Deadline.objects.all()]
    assert rows == [
        # 2021 was neither entered nor confirmed nor published: the database knows. The council of 2021 it does not.
        ("2022-06-15", "実績の入力", "entry", 2021),
        ("2022-06-30", "確認・確定", "confirm", 2021),
        ("2022-09-30", "公表", "publish", 2021),
        ("2023-06-15", "実績の入力", "entry", 2022),
        ("2023-06-30", "確認・確定", "confirm", 2022),
        ("2023-07-31", "協議会への提出", "council", 2022),
        ("2023-08-31", "次期計画の骨子をまとめる", "next_plan", None),
        ("2023-09-29", "公表", "publish", 2022),
        ("2023-10-31", "令和6年度予算への反映", "budget", 2022),
        ("2023-11-30", "次期計画の素案を協議会へ出す", "next_plan", None),
        ("2024-01-31", "次期計画の素案への意見公募を終える", "next_plan", None),
        ("2024-03-29", "次期計画を決定し、公表する", "next_plan", None),
        ("2024-06-14", "実績の入力", "entry", 2023),
        ("2024-06-28", "確認・確定", "confirm", 2023),
        ("2024-07-31", "協議会への提出", "council", 2023),
        ("2024-09-30", "公表", "publish", 2023),
        ("2024-10-31", "令和7年度予算への反映", "budget", 2023),
    ]
    assert "標準の日程から17件を取り込みました。" in page.text
    line = Change.objects.get()
    assert (line.subject, line.field, line.old, line.new) == (
        Subject.SETTING,
        "日程",
        None,
        "標準の日程から17件を取り込み",
    )


def test_the_round_is_taken_over_once(plan):
    proposed, by = yearly_round(2021, 2023)[:2], a_user(Role.MANAGER)
    take_over_round(plan, proposed, by=by, channel="screen")

    with pytest.raises(Refused, match="この計画の日程は、すでに決めてあります。"):
        take_over_round(plan, proposed, by=by, channel="screen")

    assert Deadline.objects.count() == 2


def test_nothing_to_take_over_is_said(plan):
    with pytest.raises(Refused, match="取り込む日程がありません。"):
        take_over_round(plan, [], by=a_user(Role.MANAGER), channel="screen")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_over_in_the_same_moment_one_does(plan):
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(a_user(Role.MANAGER))
    together = Barrier(2)

    def press(client):
        try:
            together.wait()
            return client.post(place(plan), {"do": "take_over"}, follow=True).text
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(press, clients))

    assert Deadline.objects.count() == 17
    assert sorted("すでに決めてあります" in page for page in pages) == [False, True]


# --- One date ---


def test_a_date_is_kept_as_it_was_typed(manager, plan):
    typed = {
        "due_on": "2022-12-15",
        "title": "全体会へ素案を出す",
        "step": "council",
        "fiscal_year": "2021",
        "note": "会場は\r\n市役所",
    }

    page = manager.post(place(plan), drawn(manager, plan) | typed, follow=True)

    [(address, _)] = page.redirect_chain
    assert address == f"{place(plan)}#date-{Deadline.objects.get().key}"
    assert kept() == [due(date(2022, 12, 15), "全体会へ素案を出す", "council", 2021, "会場は\n市役所")]
    assert "「全体会へ素案を出す」を保存しました。" in page.text


def test_each_change_has_its_line_of_history(plan):
    by = a_user(Role.MANAGER)

    deadline = add_deadline(plan, DATE, by=by, channel="screen")
    moved = DATE | {"due_on": date(2022, 12, 22), "note": ""}
    change_deadline(deadline, moved, version=0, by=by, channel="screen")
    tick_deadline(deadline, True, version=1, by=by, channel="screen")
    tick_deadline(deadline, False, version=2, by=by, channel="screen")
    delete_deadline(deadline, version=3, by=by, channel="screen")

    first = "2022-12-15 全体会へ素案を出す／協議会への提出／令和3年度／備考：会場は市役所"
    second = "2022-12-22 全体会へ素案を出す／協議会への提出／令和3年度"
    assert list(Change.objects.order_by("id").values_list("old", "new")) == [
        (None, first),
        (first, second),
        (second, f"{second}／済"),
        (f"{second}／済", second),
        (second, None),
    ]


def test_a_date_is_changed_from_the_page(manager, plan):
    deadline = a_deadline(plan, "2022-12-15", fiscal_year=2021)

    manager.post(place(plan, deadline), drawn(manager, plan, deadline) | {"due_on": "2022-12-22", "fiscal_year": ""})

    assert kept() == [due(date(2022, 12, 22), "予定", "other", None)]


def test_saving_a_date_as_it_was_drawn_changes_nothing(manager, plan):
    deadline = a_deadline(plan, "2022-12-15", fiscal_year=2021, note="一行目\n二行目")

    manager.post(place(plan, deadline), drawn(manager, plan, deadline))

    deadline.refresh_from_db()
    assert (deadline.version, Change.objects.count()) == (0, 0)


def test_a_date_is_ticked_with_name_and_day_and_taken_back(manager, plan):
    deadline = a_deadline(plan, "2022-11-30")

    ticked = manager.post(place(plan, deadline), {"do": "tick", "version": "0"}, follow=True).text
    deadline.refresh_from_db()
    signed = (deadline.done_by.username, timezone.localdate(deadline.done_at).isoformat())
    manager.post(place(plan, deadline), {"do": "untick", "version": "1"})

    deadline.refresh_from_db()
    assert signed == ("hanako", "2022-11-22")
    assert "2022年11月22日　hanakoが済にしました" in ticked
    assert (deadline.done_at, deadline.done_by) == (None, None)


def test_ticking_twice_is_harmless(manager, plan):
    deadline = a_deadline(plan, "2022-11-30")

    for _ in range(2):
        manager.post(place(plan, deadline), {"do": "tick", "version": "0"})

    assert Change.objects.count() == 1


def test_a_date_is_deleted(manager, plan):
    deadline = a_deadline(plan, "2022-11-30")

    page = manager.post(place(plan, deadline), drawn(manager, plan, deadline) | {"do": "delete"}, follow=True)

    assert kept() == []
    assert "「予定」を日程から消しました。" in page.text


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"due_on": ""}, "期限を入力してください。"),
        ({"due_on": "年末"}, "期限は「2026-06-15」のように入力してください。"),
        ({"due_on": "1022-12-15"}, "2019年4月1日から2026年3月31日までの日を入力してください。"),
        ({"due_on": "2026-04-01"}, "2019年4月1日から2026年3月31日までの日を入力してください。"),
        ({"title": ""}, "予定を入力してください。"),
        ({"title": "素\x0b案"}, "目に見えない制御文字が含まれています。"),
        ({"step": "party"}, "一覧の区分から選んでください。"),
        ({"fiscal_year": "2030"}, "一覧の年度から選んでください。"),
    ],
)
def test_a_problem_is_named_and_what_was_typed_stays(manager, plan, texts, sentence):
    typed = {"due_on": "2022-12-15", "title": "予定", "note": "残る備考", **texts}

    page = manager.post(place(plan), drawn(manager, plan) | typed)

    assert kept() == []
    assert sentence in page.text
    assert form_with(page, "due_on")["note"] == "残る備考"


# --- Two people ---


def test_a_colleagues_change_is_shown_before_it_is_written_over(manager, plan):
    deadline = a_deadline(plan, "2022-12-15")
    fields = drawn(manager, plan, deadline)
    other = due(date(2022, 12, 20), "別の予定", "other")
    change_deadline(deadline, other, version=0, by=a_user(Role.MANAGER), channel="screen")

    page = manager.post(place(plan, deadline), fields | {"title": "わたしの予定"})
    between = kept()
    manager.post(place(plan, deadline), form_with(page, "due_on") | {"do": "save"})

    assert "ほかの人が先に変更しました。" in page.text
    assert "2022年12月20日　別の予定" in page.text
    assert between == [other]
    assert kept() == [due(date(2022, 12, 15), "わたしの予定", "other")]


@pytest.mark.parametrize("act", ["tick", "delete"])
def test_a_date_that_was_changed_meanwhile_is_neither_ticked_nor_deleted(manager, plan, act):
    deadline = a_deadline(plan, "2022-12-15")
    fields = drawn(manager, plan, deadline)
    moved = due(date(2022, 12, 20), "予定", "other")
    change_deadline(deadline, moved, version=0, by=a_user(Role.MANAGER), channel="screen")

    page = manager.post(place(plan, deadline), fields | {"do": act})

    deadline.refresh_from_db()
    assert (kept(), deadline.done_at) == ([moved], None)
    assert "ほかの人が先に変更しました。" in page.text


def test_a_date_that_was_deleted_meanwhile_is_not_written_again(plan):
    deadline = a_deadline(plan, "2022-12-15")
    Deadline.objects.all().delete()

    with pytest.raises(Conflict, match="ほかの人が先に削除しました。"):
        change_deadline(deadline, DATE, version=0, by=a_user(Role.MANAGER), channel="screen")


# --- Who may ---


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_only_managers_set_dates(client, plan, role):
    deadline, by = a_deadline(plan, "2022-12-15"), a_user(role)
    client.force_login(by)

    answers = [
        client.post(place(plan), {"do": "take_over"}),
        client.post(place(plan), {"due_on": "2022-12-01", "title": "x", "step": "other"}),
        *(client.post(place(plan, deadline), {"do": act, "version": "0"}) for act in ("save", "tick", "delete")),
    ]
    opened = client.get(place(plan, deadline)).status_code
    for write in (
        lambda: take_over_round(plan, yearly_round(2021, 2023), by=by, channel="screen"),
        lambda: add_deadline(plan, DATE, by=by, channel="screen"),
        lambda: change_deadline(deadline, DATE, version=0, by=by, channel="screen"),
        lambda: tick_deadline(deadline, True, version=0, by=by, channel="screen"),
        lambda: delete_deadline(deadline, version=0, by=by, channel="screen"),
    ):
        with pytest.raises(PermissionDenied, match="管理の役割の人だけです。"):
            write()

    assert [answer.status_code for answer in answers] == [403] * 5
    assert "日程を決められるのは、管理の役割の人だけです。" in answers[0].text
    assert opened == 404
    assert (len(kept()), Change.objects.count()) == (1, 0)


def test_dates_of_another_citys_plan_are_out_of_reach(manager, plan):
    there = a_plan(a_municipality("129992", "みほん市"))
    theirs = a_deadline(there, "2022-12-15")

    answers = [
        manager.get(place(there)),
        manager.post(place(there), {"do": "take_over"}),
        manager.get(f"{place(plan)}?deadline={theirs.pk}"),
        manager.post(f"{place(plan)}?deadline={theirs.pk}", {"do": "tick", "version": "0"}),
        manager.get(f"{place(plan)}?deadline=x"),
        manager.get(reverse("evaluations:calendar_download", args=[there.slug])),
    ]

    theirs.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404] * 6
    assert theirs.done_at is None


# --- The row ---


@pytest.mark.parametrize(
    "fields",
    [{"title": ""}, {"key": ""}, {"step": "party"}, {"done_at": "2022-11-22T00:00:00Z"}, {"key": "same"}],
)
def test_the_database_keeps_a_row_honest(plan, fields):
    a_deadline(plan, "2022-12-15", key="same")

    with pytest.raises(IntegrityError), transaction.atomic():
        a_deadline(plan, "2022-12-15", **fields)
