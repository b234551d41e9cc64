"""A runner next to the web server, for installations without a service of its own."""

import subprocess
import sys
from datetime import timedelta
from threading import Thread
from time import monotonic

from django.conf import settings
from django.utils import timezone

from evaluations.models import LongWork, WorkState
from evaluations.models.long_work import STALE_AFTER

GENTLE = 3
"""The niceness of the runner: pages come first."""
SECONDS_BETWEEN_STARTS = 10
UNHEEDED = timedelta(seconds=10)

_started_at = -float(SECONDS_BETWEEN_STARTS)


def start_runner() -> None:
    """Start `manage.py work` as a process of its own session, where the settings say so, and return at once.

    One that finds nothing to do, or every place taken, ends by itself. A thread waits for its end, so that no zombie
    stays; should the web server end first, the system takes that over.
    """
    global _started_at
    if not settings.WORK_RUNNER:
        return
    _started_at = monotonic()
    process = subprocess.Popen(  # noqa: S603 - nothing of this comes from a person
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "work", "--nice", str(GENTLE)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    Thread(target=process.wait, daemon=True, name="wait-for-runner").start()


def start_runner_if_unheeded(work: LongWork) -> None:
    """Start a runner for a work that waits although nothing runs: the one that was started has died, or the machine.

    For pages that look at the work; from one web process at most every ten seconds. One query where the work waits.
    """
    now = timezone.now()
    if work.state != WorkState.WAITING or work.asked_at > now - UNHEEDED or not settings.WORK_RUNNER:
        return
    if monotonic() - _started_at < SECONDS_BETWEEN_STARTS:
        return
    if not LongWork.objects.filter(state=WorkState.RUNNING, heartbeat__gte=now - STALE_AFTER).exists():
        start_runner()
