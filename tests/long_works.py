"""Kinds of long work for tests, and runners that are real processes with their own connections.

`python -m tests.long_works` is `manage.py work` that knows these kinds too.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = 200


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
    environment = os.environ | {"DATABASE_URL": database_url(), "WORK_RUNNER": "0"}
    process = subprocess.Popen([sys.executable, "-m", "tests.long_works"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def slow(work, tell):
    """Ten seconds in steps of a twentieth of one."""
    from evaluations.long_work.kinds import Result

    for number in range(STEPS):
        tell(number, STEPS, f"{number + 1}つ目です。")
        time.sleep(0.05)
    return Result("終わりました。")


def slow_kind():
    """The kind `slow`, for whoever may see the plan."""
    from evaluations.long_work.kinds import Kind

    return Kind("slow", slow)


def until(true, *, seconds: float = 30):
    """Wait until this is so."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    from evaluations.long_work.kinds import KINDS

    KINDS["slow"] = slow_kind()
    call_command("work")
