"""The actions on long work: request, cancel, start again, remove; and what ends it where its runner died.

Each compares the state in its UPDATE, so that a click and a runner at the same moment leave one of the two results and
nothing between.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from evaluations.models import LongWork, LongWorkFile, WorkState
from evaluations.models.long_work import ENDED, REPEATABLE, STALE_AFTER, UNDER_WAY
from plans.models import Municipality, Plan
from plans.refusals import Refused

logger = logging.getLogger(__name__)


@transaction.atomic
def ask(
    kind: str,
    title: str,
    *,
    by: User,
    municipality: Municipality,
    plan: Plan | None = None,
    parameters: Mapping[str, Any] | None = None,
    files: Iterable[tuple[str, bytes]] = (),
) -> LongWork:
    """Create and return a work that waits for its runner; `files` are name and content of its input.

    The same work without files, requested twice, is one work. Raises Refused where the person has too many under
    way.
    """
    mark_interrupted()
    _wait_for_each_other(by)
    given = [
        LongWorkFile(side=LongWorkFile.Side.GIVEN, order=order, name=name[:255], size=len(content), content=content)
        for order, (name, content) in enumerate(files)
    ]
    own = by.long_works.filter(state__in=UNDER_WAY)
    asked = {"kind": kind, "municipality": municipality, "plan": plan, "parameters": dict(parameters or {})}
    same = None if given else own.filter(cancel_asked_at=None, files=None, **asked).first()
    if same:
        return same
    _refuse_too_many(own.count())
    work = LongWork.objects.create(title=title[:200], by=by, **asked)
    for file in given:
        file.work = work
    LongWorkFile.objects.bulk_create(given)
    return work


def cancel(work: LongWork) -> bool:
    """End the work: at once where it waits or its runner is dead, else when the runner next reports. Returns False
    where it had already ended.
    """
    now = timezone.now()
    mark_interrupted()
    own = LongWork.objects.filter(pk=work.pk)
    ended: dict[str, Any] = {"state": WorkState.CANCELLED, "ended_at": now, "cancel_asked_at": now}
    return bool(
        own.filter(state=WorkState.WAITING).update(**ended)
        or own.filter(state=WorkState.RUNNING, cancel_asked_at=None).update(cancel_asked_at=now)
    )


@transaction.atomic
def start_again(work: LongWork) -> bool:
    """Put a work that failed, was cancelled or was interrupted back at the end of the queue. Returns False where it is
    none of these. Raises Refused as a request does.
    """
    mark_interrupted()
    _wait_for_each_other(work.by)
    _refuse_too_many(work.by.long_works.filter(state__in=UNDER_WAY).count())
    return bool(
        LongWork.objects.filter(pk=work.pk, state__in=REPEATABLE).update(
            state=WorkState.WAITING,
            asked_at=timezone.now(),
            started_at=None,
            heartbeat=None,
            cancel_asked_at=None,
            ended_at=None,
            done=0,
            total=0,
            step="",
            report=[],
            failure="",
        )
    )


def remove(work: LongWork) -> bool:
    """Delete a work that has ended, with its files. Returns False where it is under way."""
    mark_interrupted()
    deleted, _ = LongWork.objects.filter(pk=work.pk, state__in=ENDED).delete()
    return bool(deleted)


def _wait_for_each_other(by: User) -> None:
    """Make simultaneous requests of one person wait for each other until the transaction ends; each is then counted."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _refuse_too_many(count: int) -> None:
    if count >= settings.WORK_PER_PERSON:
        raise Refused(
            f"待っているか実行中の処理が{count}件あります。どれかが終わるのを待つか、取り消してから始めてください。"
        )


def mark_interrupted() -> int:
    """Mark works whose runner is dead as 中断, and free their places. Returns how many."""
    now = timezone.now()
    count = LongWork.objects.filter(state=WorkState.RUNNING, heartbeat__lt=now - STALE_AFTER).update(
        state=WorkState.INTERRUPTED, ended_at=now, slot=None, runner=""
    )
    if count:
        logger.warning("%d long work(s) lost their runner", count)
    return count


def clean() -> None:
    """Delete what is older than its time limit, and of each person the oldest results beyond the size limit."""
    oldest = timezone.now() - timedelta(days=settings.WORK_DAYS)
    LongWork.objects.filter(ended_at__lt=oldest).delete()
    kept: dict[int, int] = {}
    results = LongWorkFile.objects.filter(side=LongWorkFile.Side.RESULT).order_by("-work__ended_at", "-pk")
    for pk, person, size in results.values_list("pk", "work__by", "size"):
        kept[person] = kept.get(person, 0) + size
        if kept[person] > settings.WORK_KEPT_BYTES:
            LongWorkFile.objects.filter(pk=pk).delete()
