"""How a running work reports its progress, and learns that it must end."""

from time import monotonic

from django.utils import timezone

from evaluations.models import LongWork, WorkState

SECONDS_BETWEEN = 0.3
"""Seconds between two writes of the progress, however small the steps are."""


class Cancelled(Exception):
    """The person who requested the work cancelled it."""


class Lost(Exception):
    """The work no longer belongs to this runner, which was taken for dead. It must write nothing about it."""


class Stopped(Exception):
    """The runner shall end; the work waits for the next one."""


class Teller:
    """The progress callback `tell(done, total, step)` of one running work."""

    def __init__(self, work: LongWork) -> None:
        self.mine = LongWork.objects.filter(pk=work.pk, runner=work.runner, state=WorkState.RUNNING)
        self.told_at = float("-inf")
        self.is_stopping = False

    def __call__(self, done: int, total: int, step: str) -> None:
        """Write the progress, at most a few times a second. Raises Cancelled, Lost or Stopped."""
        if self.is_stopping:
            raise Stopped
        if monotonic() - self.told_at < SECONDS_BETWEEN:
            return
        self.told_at = monotonic()
        total = max(done, total)
        # One statement both writes and checks, so that no request to cancel falls between the two.
        told = self.mine.filter(cancel_asked_at=None).update(
            done=done, total=total, step=step[:300], heartbeat=timezone.now()
        )
        if not told:
            raise Cancelled if self.mine.exists() else Lost
