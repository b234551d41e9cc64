"""What is stored of long work and for how long; what a dead runner has left behind."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from evaluations.models import LongWork, LongWorkFile, WorkState
from evaluations.models.long_work import STALE_AFTER

logger = logging.getLogger(__name__)


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
