"""成果目標: what the guideline requires, and the items (①②…) that measure it."""

from typing import ClassVar

from django.db import models

from plans.models import Measure, Section


class OutcomeTarget(models.Model):
    """成果目標 of one 節. `overview` is the 概要, `goal_text` the 【目標】 passage, both as the city printed them.

    `result_title` heads the column 実績 of the evaluation sheet; blank means the title itself.
    """

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="outcome_targets")
    order = models.PositiveSmallIntegerField("並び順", default=1)
    title = models.CharField("成果目標", max_length=200)
    result_title = models.CharField("実績欄の見出し", max_length=200, blank=True)
    overview = models.TextField("成果目標の概要", blank=True)
    goal_text = models.TextField("目標", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "成果目標"
        ordering: ClassVar = ["section__number", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["section", "order"], name="target_order_once")]

    def __str__(self) -> str:
        return self.title


class TargetItem(models.Model):
    """目標項目: what a measure has because it belongs to a 成果目標."""

    measure = models.OneToOneField(Measure, primary_key=True, on_delete=models.CASCADE, related_name="target_item")
    outcome_target = models.ForeignKey(OutcomeTarget, on_delete=models.PROTECT, related_name="items")
    rationale = models.TextField("目標値設定の考え方", blank=True)
    national_level = models.CharField("国の基本指針の水準", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目標項目"

    def __str__(self) -> str:
        return str(self.measure)
