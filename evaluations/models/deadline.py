"""日程: what of a plan's round is due on which day, once the city has set its own dates."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.yearly_round import RoundStep
from plans.models import Plan


class Deadline(models.Model):
    """One date of a plan's calendar. A plan without any shows the usual round as a proposal.

    `key` names it within its plan and never changes: calendar programs know the date by it. `fiscal_year` is the 年度
    it is about, null for no single one. `done_at` and `done_by` say when and by whom it was ticked; what the database
    itself knows of a step (entered, 確定, 公表) needs no tick.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="deadlines")
    key = models.CharField(max_length=40, editable=False)
    due_on = models.DateField("期限")
    title = models.CharField("予定", max_length=100)
    step = models.CharField("区分", max_length=10, choices=RoundStep.choices())
    fiscal_year = models.PositiveSmallIntegerField("対象の年度", null=True, blank=True)
    note = models.TextField("備考", blank=True)
    done_at = models.DateTimeField("済にした日時", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="済にした人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField("変更した日時")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "日程"
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["plan", "due_on"], name="deadline_by_plan_and_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "key"], name="deadline_key_once_per_plan"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(key=""), name="deadline_says_something"),
            models.CheckConstraint(
                condition=Q(step__in=[step.value for step in RoundStep]), name="deadline_step_known"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="deadline_done_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d} {self.title}"
