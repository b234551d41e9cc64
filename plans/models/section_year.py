"""節 × 年度: the state of one year's evaluation, which locks its values and texts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from plans.models.plan import Section


class YearState(models.TextChoices):
    """状態 of one 節 in one 年度. No row means 下書き."""

    DRAFT = "DRAFT", "下書き"
    SUBMITTED = "SUBMITTED", "確認待ち"
    RETURNED = "RETURNED", "差し戻し"
    CONFIRMED = "CONFIRMED", "確定"
    PUBLISHED = "PUBLISHED", "公表"


SETTLED = (YearState.CONFIRMED, YearState.PUBLISHED)
"""From 確定 on, actuals and texts are seen by everyone of the city, and locked for everyone."""

MOVES: dict[str, tuple[str, ...]] = {
    YearState.DRAFT: (YearState.SUBMITTED,),
    YearState.SUBMITTED: (YearState.CONFIRMED, YearState.RETURNED, YearState.DRAFT),
    YearState.RETURNED: (YearState.SUBMITTED,),
    YearState.CONFIRMED: (YearState.PUBLISHED, YearState.DRAFT),
    YearState.PUBLISHED: (YearState.DRAFT, YearState.CONFIRMED),
}
"""Which state may follow which. Source: the design's table of moves."""


def _together(*pair: str) -> Q:
    """Both set or both empty."""
    return Q(**{f"{name}__isnull": True for name in pair}) | Q(**{f"{name}__isnull": False for name in pair})


def _who(step: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=step,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


class SectionYear(models.Model):
    """State of one 節 in one 年度, with who and when for each step that applies.

    `version` counts every change of values, texts and state, so that no one confirms what they have not seen.
    """

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="section_years")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状態", max_length=10, choices=YearState, default=YearState.DRAFT)
    version = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True)
    submitted_by = _who("提出者")
    checked_at = models.DateTimeField("確認日時", null=True, blank=True)
    checked_by = _who("確認者")
    returned_at = models.DateTimeField("差し戻し日時", null=True, blank=True)
    returned_by = _who("差し戻した人")
    return_note = models.TextField("差し戻しの理由", blank=True)
    confirmed_at = models.DateTimeField("確定日時", null=True, blank=True)
    confirmed_by = _who("確定者")
    published_at = models.DateTimeField("公表日時", null=True, blank=True)
    published_by = _who("公表者")

    class Meta:
        verbose_name = verbose_name_plural = "節の年度"
        ordering: ClassVar = ["section", "fiscal_year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["section", "fiscal_year"], name="section_year_once"),
            *(
                models.CheckConstraint(
                    condition=_together(f"{step}_at", f"{step}_by"), name=f"section_year_{step}_pair"
                )
                for step in ("submitted", "checked", "returned", "confirmed", "published")
            ),
            models.CheckConstraint(
                condition=~Q(state="SUBMITTED") | Q(submitted_at__isnull=False),
                name="section_year_submitted_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="RETURNED") | (Q(returned_at__isnull=False) & ~Q(return_note="")),
                name="section_year_returned_with_note",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["CONFIRMED", "PUBLISHED"]) | Q(confirmed_at__isnull=False),
                name="section_year_confirmed_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="PUBLISHED") | Q(published_at__isnull=False),
                name="section_year_published_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.fiscal_year}年度（{self.get_state_display()}）"
