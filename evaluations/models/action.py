"""取組: what the evaluation of a year promised, and its outcome."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from plans.models import Plan, Section


class ActionState(models.TextChoices):
    """The outcome of a promise."""

    PLANNED = "PLANNED", "予定"
    RUNNING = "RUNNING", "実施中"
    DONE = "DONE", "実施済み"
    DROPPED = "DROPPED", "見送り"


OPEN = (ActionState.PLANNED, ActionState.RUNNING)
"""Neither done nor dropped: may continue in the next 年度."""


class ActionItem(models.Model):
    """課題 → 取組 of one 節, with who does it, until when, and its place in the budget.

    `fiscal_year` is the 年度 whose evaluation promised it. `reported_at` and `reported_by` say when and by whom state
    and outcome were reported; both are empty before. `origin` is the promise of the year before that continues here.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="action_items")
    section = models.ForeignKey(Section, verbose_name="節", on_delete=models.PROTECT, related_name="action_items")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    issue = models.TextField("課題", blank=True)
    action = models.TextField("取組")
    owner = models.CharField("担当", max_length=100, blank=True)
    due_year = models.PositiveSmallIntegerField("期限", null=True, blank=True)
    budget = models.TextField("次年度予算・事業への反映", blank=True)
    state = models.CharField("状況", max_length=10, choices=ActionState, default=ActionState.PLANNED)
    outcome = models.TextField("結果", blank=True)
    reported_at = models.DateTimeField("報告日時", null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="報告者", null=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.OneToOneField(
        "self", verbose_name="引き継ぎ元", null=True, on_delete=models.PROTECT, related_name="carried_to"
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "取組"
        ordering: ClassVar = ["fiscal_year", "section", "id"]
        indexes: ClassVar = [models.Index(fields=["section", "fiscal_year"], name="action_by_section_year")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(action=""), name="action_says_something"),
            models.CheckConstraint(
                condition=Q(due_year__isnull=True) | Q(due_year__gte=F("fiscal_year")), name="action_due_not_before"
            ),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True, reported_by__isnull=True)
                | Q(reported_at__isnull=False, reported_by__isnull=False),
                name="action_reported_pair",
            ),
            models.CheckConstraint(
                condition=Q(state="PLANNED", outcome="") | Q(reported_at__isnull=False), name="action_report_signed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["DONE", "DROPPED"]) | ~Q(outcome=""), name="action_ended_in_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section.label} {self.action[:30]}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
