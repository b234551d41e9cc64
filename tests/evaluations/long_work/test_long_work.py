"""Long work: asked for, done, watched, cancelled, fetched; by its verbs and pages, with a runner in this process."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from evaluations.long_work import running
from evaluations.long_work.asking import ask, cancel, clean, mark_interrupted, remove, start_again
from evaluations.long_work.kinds import KINDS, Kind, ReportLine, Result, ResultFile, writers
from evaluations.long_work.running import (
    RIGHT_LOST,
    UNEXPECTED,
    UNKNOWN,
    Cancelled,
    Lost,
    ProgressReporter,
    Runner,
    Stopped,
)
from evaluations.models import LongWork, LongWorkFile, WorkState
from evaluations.reports.sheets.of_plan import sheet_bytes
from plans.access import Access
from plans.models import Membership, Role
from plans.refusals import Refused
from plans.sheet_layouts import form_of
from tests.builders import a_full_plan, a_municipality, a_user, a_value, a_work
from tests.page_readers import page_tree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_editor")]


@pytest.fixture
def plan():
    return a_full_plan(1, municipality=a_municipality())


@pytest.fixture
def kinds(monkeypatch):
    """Kinds of this test: `kinds(name, run)` registers one."""

    def register(name, run, **fields):
        monkeypatch.setitem(KINDS, name, Kind(name, run, **fields))

    return register


def asked(plan, person, kind="all_sheets", **fields) -> LongWork:
    given = {"parameters": {"layout": "", "edition": ""}} | fields
    return ask(kind, "名前", by=person, municipality=plan.municipality, plan=plan, **given)


def now(work) -> LongWork:
    return LongWork.objects.get(pk=work.pk)


def page(client, work, **query):
    return client.get(reverse("evaluations:work", args=[work.key]), query)


# --- From the button to the file ---


def test_all_sheets_of_a_plan_are_asked_for_made_and_fetched(stopped_clock, client, plan, editor):
    answer = client.post(reverse("evaluations:all_sheets", args=[plan.slug]), {"layout": "kanri", "edition": "new"})
    waiting = client.get(answer.url)
    call_command("work")
    done = client.get(answer.url)
    file = client.get(f"{answer.url}result/")

    assert ("順番を待っています。" in waiting.text, "取り消す" in waiting.text) == (True, True)
    assert "3年度分の管理シートを一つのファイルにまとめました。" in done.text
    assert "filename*=utf-8''122319-6_%E7%AE%A1%E7%90%86" in file["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    form = form_of(plan, "kanri", "new")
    assert {name: archive.read(name) for name in archive.namelist()} == {
        f"122319-6_管理シート_{year}年度.xlsx": sheet_bytes(plan, year, access=Access(Role.EDITOR), form=form)
        for year in (2021, 2022, 2023)
    }


@pytest.mark.parametrize(
    ("role", "status"),
    [("anonymous", 302), ("stranger", 404), ("nobody", 404), (Role.VIEWER, 302), (Role.MANAGER, 302)],
)
def test_all_sheets_are_asked_for_by_whoever_may_see_the_plan(client, plan, role, status):
    client.logout()
    if role == "stranger":
        client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）")))
    elif role != "anonymous":
        client.force_login(a_user(None if role == "nobody" else role))
    address = reverse("evaluations:all_sheets", args=[plan.slug])

    answers = [client.get(address).status_code, client.post(address, {"layout": "", "edition": ""}).status_code]

    assert answers == [302 if role == "anonymous" else 405, status]
    assert LongWork.objects.count() == (role in Role)


def test_a_layout_that_is_not_there_is_said_on_the_page_of_outputs(client, plan, editor):
    answer = client.post(reverse("evaluations:all_sheets", args=[plan.slug]), {"layout": "x"}, follow=True)

    assert "評価シートの様式「x」はありません。" in answer.text
    assert LongWork.objects.count() == 0


def test_the_same_work_asked_for_twice_is_one(client, plan, editor):
    first, second = asked(plan, editor), asked(plan, editor)
    other = asked(plan, editor, parameters={"layout": "kanri", "edition": ""})

    assert (first.pk == second.pk, first.pk == other.pk) == (True, False)


def test_one_person_may_have_three_works_under_way(client, plan, editor):
    for number in range(3):
        asked(plan, editor, files=[("a.csv", b"x" * (number + 1))])

    with pytest.raises(Refused, match="3件あります"):
        asked(plan, editor)
    answer = client.post(reverse("evaluations:all_sheets", args=[plan.slug]), {"layout": "", "edition": ""})
    assert answer.url == reverse("evaluations:exports", args=[plan.slug])


# --- What a kind may do ---


def test_the_result_the_report_and_the_progress_are_kept_and_what_was_given_goes(plan, editor, kinds):
    def run(work, report):
        report(1, 4, "一つ目です。")
        given = [(file.name, bytes(file.content)) for file in work.files.all()]
        return Result(f"{given}", ResultFile("a.txt", "text/plain", b"abc"), (ReportLine("a", "b", is_problem=True),))

    kinds("given", run)
    work = asked(plan, editor, "given", files=[("a.csv", b"1"), ("b.csv", b"2")])

    Runner().run_all()

    done, files = now(work), LongWorkFile.objects.values_list("side", "name", "size")
    assert (done.state, done.step, done.done, done.total) == ("DONE", "[('a.csv', b'1'), ('b.csv', b'2')]", 4, 4)
    assert (done.slot, done.runner, done.report) == (
        None,
        "",
        [{"name": "a", "sentence": "b", "is_problem": True}],
    )
    assert list(files) == [("result", "a.txt", 3)]


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (Refused("3枚目が読めません。"), "3枚目が読めません。"),
        (ZeroDivisionError("secret"), UNEXPECTED),
        (MemoryError(), "サーバーのメモリーが足りず"),
    ],
)
def test_a_failure_is_a_plain_sentence_and_the_work_can_be_started_again(client, plan, editor, kinds, error, failure):
    def run(work, report):
        raise error

    kinds("failing", run)
    work = asked(plan, editor, "failing", files=[("a.csv", b"1")])

    Runner().run_all()

    shown = page(client, work).text
    assert (now(work).state, failure in shown, "secret" in shown, "もう一度始める" in shown) == (
        "FAILED",
        True,
        False,
        True,
    )
    assert [file.name for file in work.files.all()] == ["a.csv"]


def test_a_result_larger_than_is_kept_fails_with_its_size(plan, editor, kinds, settings):
    settings.WORK_RESULT_BYTES = 1024 * 1024
    kinds("large", lambda work, report: Result("", ResultFile("a", "text/plain", b"x" * 2 * 1024 * 1024)))
    work = asked(plan, editor, "large")

    Runner().run_all()

    assert now(work).failure.startswith("結果が大きすぎます（2.0MB）。1MBまで")


def test_a_kind_that_a_new_release_does_not_know_fails_in_words(plan, editor):
    work = asked(plan, editor, "of-yesterday")

    Runner().run_all()

    assert (now(work).state, now(work).failure) == ("FAILED", UNKNOWN)


# --- Rights are asked again ---


@pytest.mark.parametrize("loss", ["role", "membership", "login"])
def test_a_right_lost_meanwhile_stops_the_work(plan, editor, kinds, loss):
    ran = []
    kinds("writing", lambda work, report: ran.append(1) or Result(""), access=writers("書く人だけです。"))
    work = asked(plan, editor, "writing")
    if loss == "role":
        Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    elif loss == "membership":
        Membership.objects.filter(user=editor).delete()
    else:
        editor.is_active = False
        editor.save()

    Runner().run_all()

    assert (now(work).state, now(work).failure.startswith(RIGHT_LOST), ran) == ("FAILED", True, [])


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.VIEWER, 403), (None, 403)])
def test_a_result_with_drafts_is_given_only_while_the_person_may_see_them(client, plan, editor, role, status):
    a_value(plan.measures.first(), 2023, 31337)
    work = asked(plan, editor)
    Runner().run_all()
    if role:
        Membership.objects.filter(user=editor).update(role=role)
    else:
        Membership.objects.filter(user=editor).delete()

    shown, file = page(client, work), client.get(reverse("evaluations:work_result", args=[work.key]))

    assert (file.status_code, "結果を受け取る" in shown.text, "評価シート_2022年度" in shown.text) == (
        status,
        status == 200,
        status == 200,
    )
    assert ("権限がなくなったため" in shown.text) == (status != 200)


def test_the_work_of_another_person_is_not_there(client, plan, editor):
    work = a_work(plan, a_user(Role.EDITOR, username="taro"))

    found = [client.get(reverse(f"evaluations:{name}", args=[work.key])).status_code for name in NAMES]
    acts = [client.post(reverse("evaluations:work", args=[work.key]), {"do": act}).status_code for act in ACTS]

    assert (found, acts) == ([404] * 3, [404] * 3)
    assert (now(work).state, "評価シート" in client.get("/work/").text) == ("DONE", False)


NAMES, ACTS = ("work", "work_state", "work_result"), ("cancel", "again", "remove")


# --- Cancelling, starting again, taking away ---


def test_a_waiting_work_is_cancelled_at_once_and_started_again(client, plan, editor):
    work = asked(plan, editor)

    cancelled = client.post(reverse("evaluations:work", args=[work.key]), {"do": "cancel"}, follow=True)
    ran = Runner().run_next()
    again = client.post(reverse("evaluations:work", args=[work.key]), {"do": "again"}, follow=True)

    assert ("取り消しました。" in cancelled.text, ran, "順番を待っています。" in again.text) == (True, False, True)
    Runner().run_all()
    assert now(work).state == "DONE"


def test_a_running_work_hears_of_its_cancelling_at_its_next_word(client, plan, editor, kinds):
    def run(work, report):
        report(1, 2, "一つ目です。")
        page_then.append(client.post(reverse("evaluations:work", args=[work.key]), {"do": "cancel"}, follow=True))
        report.reported_at -= 1  # a second later
        report(2, 2, "二つ目です。")
        raise AssertionError

    page_then: list = []
    kinds("steps", run)
    work = asked(plan, editor, "steps", files=[("a.csv", b"1")])

    Runner().run_all()

    assert "取り消しています。" in page_then[0].text
    assert (now(work).state, now(work).done, now(work).total) == ("CANCELLED", 1, 2)
    assert (cancel(work), work.files.count()) == (False, 1)


def test_a_work_that_ended_is_taken_away_with_its_files(client, plan, editor):
    done, running = a_work(plan, editor), a_work(plan, editor, state="RUNNING")

    removed = [remove(running), remove(done)]

    assert (removed, list(LongWork.objects.all()), LongWorkFile.objects.count()) == ([False, True], [running], 0)


def test_a_finished_work_is_not_started_again(plan, editor):
    work = a_work(plan, editor)

    assert (start_again(work), now(work).state) == (False, "DONE")


def test_progress_is_written_once_in_a_while_however_often_it_is_said(
    plan, editor, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(running, "SECONDS_BETWEEN", 60 * 60)
    report = ProgressReporter(a_work(plan, editor, state="RUNNING"))

    with django_assert_num_queries(1):
        for number in range(100):
            report(number, 50, "多すぎても壊れません。" * 100)


def test_a_runner_that_shall_end_puts_its_work_back(plan, editor, kinds):
    runner = Runner()

    def run(work, report):
        runner.stop()
        report(1, 2, "")

    kinds("stopping", run)
    work = asked(plan, editor, "stopping")

    count = runner.run_all()

    assert (count, now(work).state, now(work).slot) == (1, "WAITING", None)


# --- A runner that died ---


def test_a_work_whose_runner_gives_no_sign_of_life_is_interrupted_and_can_be_started_again(client, plan, editor):
    old = timezone.now() - timedelta(seconds=61)
    work = a_work(plan, editor, state="RUNNING", heartbeat=old, done=1, total=3)

    shown = page(client, work)
    state = client.get(reverse("evaluations:work_state", args=[work.key])).json()
    client.post(reverse("evaluations:work", args=[work.key]), {"do": "again"})

    assert ("途中で止まりました" in shown.text, state["state"], state["is_under_way"]) == (True, "INTERRUPTED", False)
    assert (now(work).state, now(work).done, now(work).slot) == ("WAITING", 0, None)


def test_a_runner_that_was_taken_for_dead_writes_nothing_any_more(plan, editor, kinds):
    def run(work, report):
        LongWork.objects.update(heartbeat=timezone.now() - timedelta(hours=1))
        mark_interrupted()
        return Result("遅すぎました。", ResultFile("a", "text/plain", b"x"))

    kinds("sleeping", run)
    work = asked(plan, editor, "sleeping")

    Runner().run_all()

    assert (now(work).state, now(work).step, LongWorkFile.objects.count()) == ("INTERRUPTED", "", 0)


@pytest.mark.parametrize(
    ("change", "error"), [({"cancel_asked_at": timezone.now()}, Cancelled), ({"runner": "x"}, Lost)]
)
def test_what_ends_a_work_is_told_apart(plan, editor, change, error):
    work = a_work(plan, editor, state="RUNNING")
    report = ProgressReporter(work)
    LongWork.objects.update(**change)

    with pytest.raises(error):
        report(1, 1, "")
    report.is_stopping = True
    with pytest.raises(Stopped):
        report(1, 1, "")


# --- What is kept ---


def test_after_seven_days_a_work_is_found_no_more_and_the_next_runner_takes_it_away(client, plan, editor):
    work = a_work(plan, editor)

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        client.force_login(editor)
        before = page(client, work).status_code
        call_command("work")
    kept = LongWork.objects.count()
    with time_machine.travel(timezone.now() + timedelta(days=7, hours=1), tick=False):
        client.force_login(editor)
        found = [client.get(reverse(f"evaluations:{name}", args=[work.key])).status_code for name in NAMES]
        call_command("work")

    assert (before, kept, found, LongWork.objects.count()) == (200, 1, [404] * 3, 0)


def test_of_many_results_of_one_person_the_oldest_files_go_first(plan, editor, settings):
    settings.WORK_KEPT_BYTES = len("結果".encode()) * 2
    hour = timedelta(hours=1)
    works = [a_work(plan, editor, ended_at=timezone.now() - hour * number) for number in range(3)]
    a_work(plan, a_user(Role.EDITOR, username="taro"), ended_at=timezone.now() - hour * 9)

    clean()

    assert [work.files.count() for work in works] == [1, 1, 0]
    assert (LongWork.objects.count(), LongWorkFile.objects.count()) == (4, 3)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "RUNNING", "slot": None},
        {"state": "RUNNING", "runner": ""},
        {"state": "WAITING", "slot": 0},
        {"state": "DONE", "ended_at": None},
        {"state": "WAITING", "ended_at": timezone.now()},
        {"state": "FAILED", "failure": ""},
        {"state": "WAITING", "done": 2, "total": 1},
        {"state": "ASLEEP"},
    ],
)
def test_a_work_that_contradicts_itself_cannot_be_kept(plan, editor, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_work(plan, editor, **fields)


# --- The pages ---


def test_without_a_script_the_page_asks_for_itself_again_until_the_person_stops_that(client, plan, editor):
    work = a_work(plan, editor, state="RUNNING", done=1, total=3, step="令和4年度の評価シートを作っています。")

    bar = page_tree(page(client, work)).find(".//progress[@aria-labelledby='progress']")
    shown, stopped = page(client, work).text, page(client, work, refresh="no").text
    listed = client.get("/work/").text

    assert (bar.get("max"), bar.get("value")) == ("3", "1")
    assert ("令和4年度の評価シートを作っています。" in shown, "3のうち1が終わりました。" in listed) == (True, True)
    assert ['http-equiv="refresh"' in text for text in (shown, stopped, listed)] == [True, False, True]
    LongWork.objects.update(state=WorkState.CANCELLED, slot=None, runner="", ended_at=timezone.now())
    assert 'http-equiv="refresh"' not in page(client, work).text


def test_looking_at_a_waiting_work_changes_nothing(plan, editor, client):
    work = asked(plan, editor)

    states = [client.get(reverse("evaluations:work_state", args=[work.key])).json() for _ in range(2)]

    told = {"state": "WAITING", "label": "待機", "is_under_way": True, "done": 0, "total": 0}
    assert states == [told | {"words": "順番を待っています。"}] * 2
    assert now(work).state == "WAITING"
