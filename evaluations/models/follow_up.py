"""What follows an evaluation: 協議会意見, 取組 and the 日程 of a plan's round."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.fiscal_years import wareki
from core.yearly_round import RoundStep
from plans.models import Measure, Plan, Section


class OpinionStatus(models.TextChoices):
    """How far an opinion has come. CARRIED: it goes on as a row of its own in the next 年度."""

    UNANSWERED = "UNANSWERED", "未回答"
    ANSWERED = "ANSWERED", "回答済み"
    REFLECTED = "REFLECTED", "反映済み"
    CARRIED = "CARRIED", "次年度へ持ち越し"


class CouncilOpinion(models.Model):
    """One row of the standard table 番号・該当箇所・意見者・意見・対応・反映先.

    `fiscal_year` is the 年度 that is evaluated; the council may sit in the next one. `origin` is the row of the year
    before that was carried on. `version` goes up with every save and is compared before the next one.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="opinions")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    council = models.CharField("協議会の名前", max_length=100)
    held_on = models.DateField("開催日")
    number = models.PositiveSmallIntegerField("番号")
    place = models.CharField("該当箇所", max_length=200, blank=True)
    section = models.ForeignKey(
        Section, verbose_name="節", null=True, blank=True, on_delete=models.PROTECT, related_name="opinions"
    )
    measure = models.ForeignKey(
        Measure, verbose_name="指標", null=True, blank=True, on_delete=models.PROTECT, related_name="opinions"
    )
    speaker = models.CharField("意見者", max_length=100, blank=True)
    opinion = models.TextField("意見")
    response = models.TextField("対応", blank=True)
    reflected = models.TextField("反映先", blank=True)
    reflected_section = models.ForeignKey(
        Section, verbose_name="反映した節", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reflected_measure = models.ForeignKey(
        Measure, verbose_name="反映した指標", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField("状態", max_length=10, choices=OpinionStatus, default=OpinionStatus.UNANSWERED)
    published = models.BooleanField("公表する", default=False)
    origin = models.OneToOneField(
        "self", verbose_name="持ち越し元", null=True, on_delete=models.PROTECT, related_name="carried_to"
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "協議会意見"
        ordering: ClassVar = ["fiscal_year", "held_on", "council", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "fiscal_year", "council", "held_on", "number"], name="opinion_number_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="opinion_number_from_one"),
            models.CheckConstraint(condition=~Q(opinion="") & ~Q(council=""), name="opinion_says_something"),
            models.CheckConstraint(
                condition=~Q(status__in=["ANSWERED", "REFLECTED"]) | ~Q(response=""), name="opinion_answered_in_words"
            ),
            models.CheckConstraint(
                condition=~Q(status="REFLECTED")
                | ~Q(reflected="")
                | Q(reflected_section__isnull=False)
                | Q(reflected_measure__isnull=False),
                name="opinion_reflected_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council}（{wareki(self.fiscal_year)}）意見{self.number}"

    @property
    def place_in_words(self) -> str:
        """該当箇所 as the table prints it: the typed place, else the 節 and the 指標 that were chosen."""
        return self.place or _joined(self.section, self.measure)

    @property
    def reflected_in_words(self) -> str:
        """反映先 as the table prints it: what was typed, then the 節 and the 指標 that were chosen."""
        chosen = _joined(self.reflected_section, self.reflected_measure)
        return "\n".join(part for part in (self.reflected, chosen) if part)


def _joined(section: Section | None, measure: Measure | None) -> str:
    """「第1節「指標名」」; "" where neither was chosen."""
    return f"{section.label if section else ''}{f'「{measure.title}」' if measure else ''}"


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
