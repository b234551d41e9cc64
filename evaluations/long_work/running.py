"""The runner: takes one waiting work after the other and does it. Any number of runners may be there; as many works
run at the same time as there are places, which the database itself holds (`slot` is unique)."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.http import Http404
from django.utils import timezone

from evaluations.long_work.asking import clean, mark_interrupted
from evaluations.long_work.kinds import KINDS, Result
from evaluations.models import LongWork, LongWorkFile, WorkState
from plans.refusals import Refused

logger = logging.getLogger(__name__)

SECONDS_BETWEEN = 0.3
"""Seconds between two writes of the progress, however small the steps are."""
SECONDS_BETWEEN_BEATS = 5
SECONDS_BETWEEN_CLEANINGS = 60 * 60
RIGHT_LOST = "この処理を行う権限がなくなったため、終えられませんでした。"
UNKNOWN = "システムが更新され、この処理は続けられません。もとのページから始め直してください。"
UNEXPECTED = (
    "思わぬ問題で終えられませんでした。もう一度始めても同じときは、"
    "この処理の名前と日時をシステム管理者に知らせてください。"
)
NO_MEMORY = "サーバーのメモリーが足りず、終えられませんでした。内容を分けて始めるか、システム管理者に知らせてください。"


class Cancelled(Exception):
    """The person who requested the work cancelled it."""


class Lost(Exception):
    """The work no longer belongs to this runner, which was taken for dead. It must write nothing about it."""


class Stopped(Exception):
    """The runner shall end; the work waits for the next one."""


class ProgressReporter:
    """The progress callback `report(done, total, step)` of one running work."""

    def __init__(self, work: LongWork) -> None:
        self.mine = LongWork.objects.filter(pk=work.pk, runner=work.runner, state=WorkState.RUNNING)
        self.reported_at = float("-inf")
        self.is_stopping = False

    def __call__(self, done: int, total: int, step: str) -> None:
        """Write the progress, at most a few times a second. Raises Cancelled, Lost or Stopped."""
        if self.is_stopping:
            raise Stopped
        if monotonic() - self.reported_at < SECONDS_BETWEEN:
            return
        self.reported_at = monotonic()
        total = max(done, total)
        # One statement both writes and checks, so that no request to cancel falls between the two.
        is_mine = self.mine.filter(cancel_asked_at=None).update(
            done=done, total=total, step=step[:300], heartbeat=timezone.now()
        )
        if not is_mine:
            raise Cancelled if self.mine.exists() else Lost


class Runner:
    """One process that does works."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self.is_stopping = False
        self.reporter: ProgressReporter | None = None
        self.cleaned_at: float | None = None

    def stop(self) -> None:
        """End soon: the running work goes back to the queue."""
        self.is_stopping = True
        if self.reporter:
            self.reporter.is_stopping = True

    def run_all(self) -> int:
        """Do works until none waits or every place is taken. Returns how many were done."""
        if self.cleaned_at is None or monotonic() - self.cleaned_at > SECONDS_BETWEEN_CLEANINGS:
            clean()
            self.cleaned_at = monotonic()
        count = 0
        while not self.is_stopping and self.run_next():
            count += 1
        return count

    def run_next(self) -> bool:
        """Take one waiting work and do it; False where there is none to take."""
        work = self._claim()
        if work is None:
            return False
        self.reporter = ProgressReporter(work)
        self.reporter.is_stopping = self.is_stopping
        with _beating(work):
            ended = self._do(work, self.reporter)
        self.reporter = None
        if not connection.in_atomic_block:  # the work may have broken it, and its end must be written
            connection.close_if_unusable_or_obsolete()
        if ended is not None:
            _write_end(work, *ended)
        return True

    def _claim(self) -> LongWork | None:
        """The work that waits longest, now this runner's; None where nothing waits or every place is taken."""
        mark_interrupted()
        taken = set(LongWork.objects.filter(state=WorkState.RUNNING).values_list("slot", flat=True))
        for slot in (slot for slot in range(settings.WORK_AT_ONCE) if slot not in taken):
            waiting = LongWork.objects.filter(state=WorkState.WAITING).order_by("asked_at", "pk")
            for pk in list(waiting.values_list("pk", flat=True)[:10]):
                try:
                    with transaction.atomic():
                        if self._take(pk, slot):
                            return LongWork.objects.select_related("by", "plan__municipality", "municipality").get(
                                pk=pk
                            )
                except IntegrityError:  # another runner has this place now
                    break
        return None

    def _take(self, pk: int, slot: int) -> int:
        now = timezone.now()
        return LongWork.objects.filter(pk=pk, state=WorkState.WAITING).update(
            state=WorkState.RUNNING, slot=slot, runner=self.name, started_at=now, heartbeat=now
        )

    def _do(self, work: LongWork, progress: ProgressReporter) -> tuple[dict[str, Any], Result | None] | None:
        """The fields of the end, and the result; None where the work is no longer this runner's."""
        try:
            kind = KINDS.get(work.kind)
            if kind is None:
                raise Refused(UNKNOWN)
            access = kind.access(work)
            result = kind.run(work, progress)
            if result.file and len(result.file.content) > settings.WORK_RESULT_BYTES:
                return _failed(_too_large(len(result.file.content)), [line.as_dict() for line in result.report]), None
        except Cancelled:
            return {"state": WorkState.CANCELLED, "ended_at": timezone.now()}, None
        except Stopped:
            again = {"state": WorkState.WAITING, "started_at": None, "heartbeat": None}
            return again | {"done": 0, "total": 0, "step": ""}, None
        except Lost:
            logger.warning("Long work %s was taken from this runner", work.key)
            return None
        except Refused as error:
            return _failed(str(error)), None
        except (PermissionDenied, Http404) as error:
            return _failed(f"{RIGHT_LOST}{error}"), None
        except MemoryError:
            logger.exception("Long work %s (%s) needs too much memory", work.key, work.kind)
            return _failed(NO_MEMORY), None
        except Exception:
            logger.exception("Long work %s (%s) failed", work.key, work.kind)
            return _failed(UNEXPECTED), None
        report = [line.as_dict() for line in result.report]
        ended = {"state": WorkState.DONE, "ended_at": timezone.now(), "step": result.sentence[:300], "report": report}
        return ended | {"shows_drafts": access.sees_drafts}, result


def _failed(sentence: str, report: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    now = timezone.now()
    return {"state": WorkState.FAILED, "ended_at": now, "failure": sentence, "report": report or []}


def _too_large(size: int) -> str:
    allowed = settings.WORK_RESULT_BYTES // 1024 // 1024
    return f"結果が大きすぎます（{size / 1024 / 1024:.1f}MB）。{allowed}MBまでになるように、分けて始めてください。"


@transaction.atomic
def _write_end(work: LongWork, ended: dict[str, Any], result: Result | None) -> None:
    """Store how the work ended, with its file, if it is still this runner's."""
    mine = LongWork.objects.filter(pk=work.pk, runner=work.runner, state=WorkState.RUNNING)
    if not mine.update(slot=None, runner="", **ended):
        logger.warning("Long work %s was taken from this runner", work.key)
        return
    if result is None:
        return
    LongWork.objects.filter(pk=work.pk, total__gt=0).update(done=F("total"))
    work.files.all().delete()  # its input is no longer needed, and may be anything
    if result.file:
        LongWorkFile.objects.create(
            work=work,
            side=LongWorkFile.Side.RESULT,
            name=result.file.name,
            content_type=result.file.content_type,
            size=len(result.file.content),
            content=result.file.content,
        )


@contextmanager
def _beating(work: LongWork) -> Iterator[None]:
    """Write heartbeats while the work is done, however long one of its steps takes."""
    ended = Event()

    def beat() -> None:
        mine = LongWork.objects.filter(pk=work.pk, runner=work.runner, state=WorkState.RUNNING)
        try:
            while not ended.wait(SECONDS_BETWEEN_BEATS):
                try:
                    mine.update(heartbeat=timezone.now())
                except OperationalError:  # SQLite has one writer, and it is busy: the next beat will do
                    logger.info("The heartbeat of long work %s had to be left out", work.key)
        finally:
            connection.close()

    thread = Thread(target=beat, daemon=True, name=f"beat-{work.key}")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
