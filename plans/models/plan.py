"""計画, its revisions and its 節."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from core.fiscal_years import LONGEST_PLAN, current_fiscal_year
from core.sheets.design import Edition
from plans.models.municipality import Municipality

if TYPE_CHECKING:
    from plans.access import Access


class PlanKind(models.TextChoices):
    """計画種別. The slug of a plan and its first year follow from kind and 期."""

    DISABILITY = "disability", "障害福祉計画"
    CHILD = "child", "障害児福祉計画"
    COMPREHENSIVE = "comprehensive", "障害者計画"


SLUG_LETTER = {PlanKind.DISABILITY: "", PlanKind.CHILD: "c", PlanKind.COMPREHENSIVE: "p"}
FIRST_YEAR = {PlanKind.DISABILITY: 2006, PlanKind.CHILD: 2018}
USUAL_LENGTH = 3
EARLIEST_YEAR = 1990
"""The first 年度 that a plan may begin with."""


def usual_years(kind: str, generation: int) -> tuple[int, int] | None:
    """First and last fiscal year of the n-th 期 by the law's rhythm; None for 障害者計画, whose years a city sets."""
    if kind not in FIRST_YEAR:
        return None
    start = FIRST_YEAR[PlanKind(kind)] + USUAL_LENGTH * (generation - 1)
    return start, start + USUAL_LENGTH - 1


def plan_slug(code: str, kind: str, generation: int) -> str:
    """The address of a plan, e.g. 122319-6, 122319-c2."""
    return f"{code}-{SLUG_LETTER[PlanKind(kind)]}{generation}"


class Plan(models.Model):
    """計画（第N期） of one 自治体. `near_low` and `near_high` bound 見込みどおり, in percent.

    `sheet_layout` is the key of the layout that the evaluation sheet has where no other is requested.

    `access` is what the current user may do; `plans.access.plan_for` sets it on the plan it returns.
    """

    access: "Access"

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField("計画種別", max_length=15, choices=PlanKind, default=PlanKind.DISABILITY)
    generation = models.PositiveSmallIntegerField("期")
    name = models.CharField("計画名", max_length=100)
    start_year = models.PositiveSmallIntegerField("開始年度")
    end_year = models.PositiveSmallIntegerField("終了年度")
    slug = models.SlugField(max_length=20, unique=True, editable=False)
    previous = models.ForeignKey(
        "self", verbose_name="前の計画", null=True, blank=True, on_delete=models.PROTECT, related_name="following"
    )
    near_low = models.DecimalField(
        "見込みどおりの下限（%）", max_digits=5, decimal_places=1, default=Decimal(80), help_text="達成率がこの値以上"
    )
    near_high = models.DecimalField(
        "見込みどおりの上限（%）", max_digits=5, decimal_places=1, default=Decimal(120), help_text="達成率がこの値以下"
    )
    sheet_layout = models.CharField("評価シートの様式", max_length=40, default="inzai")
    sheet_edition = models.CharField("様式の新旧", max_length=3, choices=Edition.choices(), default=Edition.OLD)

    class Meta:
        verbose_name = verbose_name_plural = "計画"
        ordering: ClassVar = ["municipality__code", "kind", "-generation"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "kind", "generation"], name="plan_once_per_generation"),
            models.CheckConstraint(condition=Q(generation__gte=1), name="plan_generation_from_one"),
            models.CheckConstraint(
                condition=Q(start_year__gte=EARLIEST_YEAR, end_year__gte=F("start_year"))
                & Q(end_year__lt=F("start_year") + LONGEST_PLAN),
                name="plan_years_in_order",
                violation_error_message="終了年度は開始年度以後、12年以内にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(near_low__gte=0, near_high__gte=F("near_low")),
                name="plan_near_bounds_in_order",
                violation_error_message="「見込みどおり」の上限は下限以上にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality.name} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("evaluations:dashboard", args=[self.slug])

    @property
    def years(self) -> tuple[int, ...]:
        """The fiscal years of the plan, in order."""
        return tuple(range(self.start_year, self.end_year + 1))

    @property
    def due_year(self) -> int:
        """The year whose actuals are to be entered today: the last one that has ended, within the plan."""
        last_ended = current_fiscal_year(timezone.localdate()) - 1
        return min(max(last_ended, self.start_year), self.end_year)

    @property
    def is_ahead(self) -> bool:
        """Whether no year of the plan has begun: there are 計画値 to enter, and no actuals yet."""
        return self.year_lies_ahead(self.start_year)

    def year_lies_ahead(self, year: int) -> bool:
        """Whether this year has not begun: none of its actuals can be missing yet."""
        return year > current_fiscal_year(timezone.localdate())

    @property
    def current_year(self) -> int:
        """The year whose months are counted today, within the plan."""
        return min(max(current_fiscal_year(timezone.localdate()), self.start_year), self.end_year)


class PlanRevision(models.Model):
    """計画変更: number 0 is the plan as first adopted, whose day may be unknown; the others have a day and a reason.

    `opened_at` and `opened_by` say who entered it; both are empty for number 0. `version` goes up with every
    correction.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField("変更番号", default=0)
    decided_on = models.DateField("決定日", null=True, blank=True)
    reason = models.TextField("理由", blank=True)
    opened_at = models.DateTimeField("登録日時", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登録した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "計画変更"
        ordering: ClassVar = ["plan", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="revision_once_per_plan"),
            models.CheckConstraint(
                condition=Q(number=0) | (Q(decided_on__isnull=False) & ~Q(reason="")),
                name="revision_with_day_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="revision_opened_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.label}"

    @property
    def label(self) -> str:
        """「当初」, 「第1回変更」."""
        return f"第{self.number}回変更" if self.number else "当初"


class Section(models.Model):
    """節: one evaluation page and one entry page. Its number is no identity across 期.

    `sheet_part` says on which part of the city's evaluation sheet it is printed.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sections")
    number = models.PositiveSmallIntegerField("節番号")
    title = models.CharField("節名", max_length=200)
    sheet_part = models.PositiveSmallIntegerField("評価シートの部", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "節"
        ordering: ClassVar = ["plan", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="section_once_per_plan"),
            models.CheckConstraint(condition=Q(number__gte=1), name="section_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}" if self.title != self.label else self.title

    @property
    def label(self) -> str:
        """「第3節」."""
        return f"第{self.number}節"
