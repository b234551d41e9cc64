"""What is kept of long work and for how long; what a runner that died has left behind."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from evaluations.models import LongWork, LongWorkFile, WorkState
from evaluations.models.long_work import STALE_AFTER

logger = logging.getLogger(__name__)


def mark_interrupted() -> int:
    """Works whose runner is dead are 中断, and their places free. Returns how many."""
    now = timezone.now()
    count = LongWork.objects.filter(state=WorkState.RUNNING, heartbeat__lt=now - STALE_AFTER).update(
        state=WorkState.INTERRUPTED, ended_at=now, slot=None, runner=""
    )
    if count:
        logger.warning("%d long work(s) lost their runner", count)
    return count


def clean() -> None:
    """Take away what is older than it is kept, and of each person the oldest results beyond what is kept of them."""
    oldest = timezone.now() - timedelta(days=settings.WORK_DAYS)
    LongWork.objects.filter(ended_at__lt=oldest).delete()
    kept: dict[int, int] = {}
    results = LongWorkFile.objects.filter(side=LongWorkFile.Side.RESULT).order_by("-work__ended_at", "-pk")
    for pk, person, size in results.values_list("pk", "work__by", "size"):
        kept[person] = kept.get(person, 0) + size
        if kept[person] > settings.WORK_KEPT_BYTES:
            LongWorkFile.objects.filter(pk=pk).delete()
