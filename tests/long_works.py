"""Kinds of long work for tests, and runners that are real processes with their own connections.

A runner with `tests.runner_settings` knows these kinds too. Each goes on for as long as a test wants, so that no test
has to be quicker than a work.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from django.apps import AppConfig

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "tests.runner_settings"
GO_ON = "FILE_THAT_LETS_WORK_GO_ON"
PAUSE = 0.05


class KindsForTests(AppConfig):
    """`endless`, and all sheets of a plan, which wait at their first year until the file that GO_ON names is there."""

    name = "tests"

    def ready(self) -> None:
        from evaluations.long_work.kinds import KINDS, Kind
        from evaluations.reports.work import ALL_SHEETS

        KINDS["endless"] = Kind("endless", endless)
        if GO_ON in os.environ:
            KINDS[ALL_SHEETS.name] = replace(ALL_SHEETS, run=waiting(ALL_SHEETS.run, Path(os.environ[GO_ON])))


def endless(work, report):
    """Goes on until it is cancelled, stopped or killed."""
    for number in count():
        report(number, number, f"{number + 1}つ目です。")
        time.sleep(PAUSE)


def waiting(run, file):
    """The same work; whenever it says how far it is, it says so again and again until the file is there."""

    def wait(work, report):
        def told(done, total, step):
            report(done, total, step)
            while not file.exists():
                time.sleep(PAUSE)
                report(done, total, step)

        return run(work, told)

    return wait


def database_url() -> str:
    """The address of the database this test runs on, for another process."""
    from django.db import connection

    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    return f"postgres://{named['USER']}:{named['PASSWORD']}@{named['HOST']}:{named['PORT']}/{named['NAME']}"


@contextmanager
def a_runner_process() -> Iterator[subprocess.Popen]:
    """A runner that can be killed; it is at the end."""
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": SETTINGS}
    process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
