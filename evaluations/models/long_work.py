"""時間のかかる処理: work that a person requested and that a runner does outside the web server, with its result.

Temporary: rows and files are deleted some days after the end, and with the person, the plan or the 自治体.
"""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from plans.models import Municipality, Plan

STALE_AFTER = timedelta(seconds=60)
"""Without a heartbeat for so long a runner counts as dead; it writes one every few seconds."""


class WorkState(models.TextChoices):
    WAITING = "WAITING", "待機"
    RUNNING = "RUNNING", "実行中"
    DONE = "DONE", "完了"
    FAILED = "FAILED", "失敗"
    CANCELLED = "CANCELLED", "取り消し"
    INTERRUPTED = "INTERRUPTED", "中断"


UNDER_WAY = (WorkState.WAITING, WorkState.RUNNING)
ENDED = (WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED, WorkState.INTERRUPTED)
REPEATABLE = (WorkState.FAILED, WorkState.CANCELLED, WorkState.INTERRUPTED)
"""From these states a work can be started again; its input is kept until then."""


class LongWork(models.Model):
    """One work. `kind` names an entry of `evaluations.work_kinds`, `parameters` are that kind's own.

    `done` of `total` parts are finished (total 0: the number is not known), `step` says in words what is being done or
    what the result is, `report` has a line per part (`kinds.ReportLine`), `failure` says why it failed. `slot` is the
    place among those that run at the same time, `runner` the process that has it; a runner writes only while both are
    unchanged. `shows_drafts`: the result was made for a person who may see drafts, and is given only to those who may.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("種類", max_length=40)
    title = models.CharField("名前", max_length=200)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="long_works")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.CASCADE, related_name="long_works")
    parameters = models.JSONField(default=dict, blank=True)
    asked_at = models.DateTimeField("始めた日時", default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="始めた人", on_delete=models.CASCADE, related_name="long_works"
    )
    state = models.CharField("状態", max_length=12, choices=WorkState, default=WorkState.WAITING)
    slot = models.PositiveSmallIntegerField(null=True, blank=True, unique=True)
    runner = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField("実行を始めた日時", null=True, blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField("取り消しを求めた日時", null=True, blank=True)
    ended_at = models.DateTimeField("終わった日時", null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    step = models.CharField("いましていること", max_length=300, blank=True)
    report = models.JSONField("内訳", default=list, blank=True)
    failure = models.TextField("失敗の理由", blank=True)
    shows_drafts = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = "時間のかかる処理"
        ordering: ClassVar = ["-asked_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["state", "asked_at"], name="long_work_in_order")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=WorkState.values), name="long_work_state_known"),
            models.CheckConstraint(
                condition=Q(
                    state=WorkState.RUNNING, slot__isnull=False, started_at__isnull=False, heartbeat__isnull=False
                )
                & ~Q(runner="")
                | ~Q(state=WorkState.RUNNING) & Q(slot__isnull=True, runner=""),
                name="long_work_runs_with_its_runner",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | Q(state__in=UNDER_WAY, ended_at__isnull=True),
                name="long_work_end_with_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(state=WorkState.FAILED) & ~Q(failure="") | ~Q(state=WorkState.FAILED) & Q(failure=""),
                name="long_work_failure_with_its_reason",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="long_work_done_of_total"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.shown_state.label}）"

    @property
    def shown_state(self) -> WorkState:
        """The state; 中断 as soon as the runner is dead, even before that is stored."""
        if self.state == WorkState.RUNNING and self.heartbeat and self.heartbeat < timezone.now() - STALE_AFTER:
            return WorkState.INTERRUPTED
        return WorkState(self.state)

    @property
    def is_under_way(self) -> bool:
        return self.shown_state in UNDER_WAY

    @property
    def is_repeatable(self) -> bool:
        return self.shown_state in REPEATABLE

    @property
    def kept_until(self) -> datetime | None:
        """When result and report are deleted; None while it is under way."""
        return self.ended_at + timedelta(days=settings.WORK_DAYS) if self.ended_at else None


class LongWorkFile(models.Model):
    """An input file of a work, or its result; `order` counts the files of one side.

    A row and not a file of the server: so the backup of the database contains everything, every web server finds it,
    and none can serve it without checking who requests it.
    """

    class Side(models.TextChoices):
        GIVEN = "given", "渡したファイル"
        RESULT = "result", "結果"

    work = models.ForeignKey(LongWork, on_delete=models.CASCADE, related_name="files")
    side = models.CharField(max_length=6, choices=Side)
    order = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "時間のかかる処理のファイル"
        ordering: ClassVar = ["side", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "side", "order"], name="long_work_file_once"),
            models.CheckConstraint(condition=Q(side__in=["given", "result"]), name="long_work_file_side_known"),
        ]

    def __str__(self) -> str:
        return self.name
