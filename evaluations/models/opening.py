"""計画の下書き: a plan that is being put together. The managers of the city alone see it, and nothing counts it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.fiscal_years import LONGEST_PLAN
from plans.access import Access
from plans.models import Municipality, Plan, PlanKind
from plans.models.plan import EARLIEST_YEAR

OWN = "own-"
"""The prefix of the key of a 節 that is the city's own and not the catalogue's."""


class PlanDraft(models.Model):
    """The frame of a plan to come. `slug` is the one the plan will have; `version` counts the changes of the frame, of
    the order and of the titles of its 節. `access` is what the current user may do; `draft_for` sets it.
    """

    access: Access

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="plan_drafts")
    kind = models.CharField("計画種別", max_length=15, choices=PlanKind)
    generation = models.PositiveSmallIntegerField("期")
    slug = models.SlugField(max_length=20, unique=True, editable=False)
    name = models.CharField("計画名", max_length=100)
    start_year = models.PositiveSmallIntegerField("開始年度")
    end_year = models.PositiveSmallIntegerField("終了年度")
    previous = models.ForeignKey(
        Plan, verbose_name="前の期の計画", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    with_child = models.BooleanField("障害児福祉計画の内容を含める", default=False)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField("作り始めた日時", auto_now_add=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="作り始めた人", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "計画の下書き"
        ordering: ClassVar = ["municipality__code", "kind", "generation"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "kind", "generation"], name="draft_once_per_generation"),
            models.CheckConstraint(
                condition=Q(start_year__gte=EARLIEST_YEAR, end_year__gte=F("start_year"))
                & Q(end_year__lt=F("start_year") + LONGEST_PLAN),
                name="draft_years_in_order",
                violation_error_message="終了年度は開始年度以後、12年以内にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality.name} {self.name}（作成中）"

    @property
    def years(self) -> tuple[int, ...]:
        """The fiscal years of the plan to come, in order."""
        return tuple(range(self.start_year, self.end_year + 1))


class DraftSection(models.Model):
    """One 節 to come, with what was typed for its 指標, by code and field, as it was typed.

    `key` is the code of a 成果目標, the name of a kind of service, or begins with `OWN`. `is_seen`: the lines were
    looked at and saved. `version` counts the changes of the lines.
    """

    draft = models.ForeignKey(PlanDraft, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=40)
    title = models.CharField("節名", max_length=200)
    order = models.PositiveSmallIntegerField("並び順")
    lines = models.JSONField("指標", default=dict, blank=True)
    is_seen = models.BooleanField("確かめた", default=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "下書きの節"
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "key"], name="draft_section_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_own(self) -> bool:
        return self.key.startswith(OWN)
