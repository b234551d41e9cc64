"""Two runners in the same moment, and a runner that is killed: real connections, real processes, both databases."""

import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from evaluations.long_work import asking
from evaluations.long_work.asking import ask, cancel, start_again
from evaluations.long_work.kinds import KINDS, Kind, Result
from evaluations.long_work.running import Runner
from evaluations.models import LongWork, WorkState
from plans.models import Role
from plans.refusals import Refused
from tests.builders import a_full_plan, a_municipality, a_user
from tests.long_works import a_runner_process
from tests.patience import PATIENCE, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan():
    return a_full_plan(1, municipality=a_municipality())


def asked(plan, person, kind, number=0) -> LongWork:
    return ask(kind, "名前", by=person, municipality=plan.municipality, plan=plan, parameters={"number": number})


def state() -> str:
    return LongWork.objects.get().state


@pytest.mark.parametrize("at_once", [1, 3])
def test_each_work_is_taken_by_one_runner_and_no_more_run_at_once_than_may(plan, monkeypatch, settings, at_once):
    settings.WORK_AT_ONCE = at_once
    ran, counted, start, together = Counter(), set(), Barrier(4), Barrier(at_once, timeout=PATIENCE)

    def run(work, report):
        together.wait()  # as many as may are running
        counted.add(LongWork.objects.filter(state=WorkState.RUNNING).count())
        together.wait()
        ran[work.parameters["number"]] += 1
        return Result("")

    monkeypatch.setitem(KINDS, "counted", Kind("counted", run))
    people = [a_user(Role.EDITOR) for _ in range(4)]
    for number in range(12):
        asked(plan, people[number % 4], "counted", number)

    def runner(_):
        try:
            start.wait()
            while LongWork.objects.filter(state=WorkState.WAITING).exists():
                Runner().run_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(runner, range(4)))

    assert ran == dict.fromkeys(range(12), 1)
    assert counted == {at_once}
    assert set(LongWork.objects.values_list("state", "slot", "runner")) == {("DONE", None, "")}


@pytest.mark.parametrize(("same", "kept"), [(True, 1), (False, 3)])
def test_clicks_in_the_same_moment_are_counted_one_after_the_other(plan, same, kept):
    person, start = a_user(Role.EDITOR), Barrier(6)

    def click(number):
        try:
            start.wait()
            asked(plan, person, "endless", 0 if same else number)
        except Refused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(click, range(6)))

    assert LongWork.objects.count() == kept


def test_a_click_and_a_runner_in_the_same_moment_leave_one_of_the_two_answers(plan, monkeypatch):
    monkeypatch.setitem(KINDS, "short", Kind("short", lambda work, report: Result("")))
    person, start, ends = a_user(Role.EDITOR), Barrier(2), set()

    def at_the_same_moment(act):
        try:
            start.wait()
            return act()
        finally:
            connection.close()

    for number in range(8):
        work = asked(plan, person, "short", number)
        with ThreadPoolExecutor(2) as threads:
            taken = threads.submit(at_the_same_moment, Runner().run_next)
            list(threads.map(at_the_same_moment, [lambda work=work: cancel(work)]))
        end = LongWork.objects.get(pk=work.pk)
        ends.add((end.state, taken.result()))

    assert ends <= {("CANCELLED", False), ("DONE", True)}


def test_a_runner_that_is_killed_leaves_an_interrupted_work_that_the_next_one_can_do(plan, monkeypatch):
    work = asked(plan, a_user(Role.EDITOR), "endless")

    with a_runner_process() as process:
        until(lambda: LongWork.objects.filter(state="RUNNING", done__gt=0).exists())
        process.send_signal(signal.SIGKILL)
        process.wait()
    left = LongWork.objects.get()
    monkeypatch.setattr(asking, "STALE_AFTER", timedelta(0))
    none = Runner().run_next()

    assert (left.state, left.done > 0, none, state()) == ("RUNNING", True, False, "INTERRUPTED")
    monkeypatch.undo()
    monkeypatch.setitem(KINDS, "endless", Kind("endless", lambda work, report: Result("できました。")))
    start_again(work)
    Runner().run_all()
    assert LongWork.objects.values_list("state", "step").get() == ("DONE", "できました。")


def test_a_work_in_another_process_is_cancelled_while_it_runs_and_survives_the_end_of_its_service(plan):
    work = asked(plan, a_user(Role.EDITOR), "endless")

    with a_runner_process() as process:
        until(lambda: state() == "RUNNING")
        process.terminate()
        stopped = process.wait(timeout=PATIENCE)
    after_end = state()
    with a_runner_process() as process:
        until(lambda: state() == "RUNNING")
        cancel(work)
        ended = process.wait(timeout=PATIENCE)

    assert (stopped, after_end, ended, state()) == (0, "WAITING", 0, "CANCELLED")
