"""What became of a measure from one 期 to the next."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.lineage import How
from plans.models.measure import Measure
from plans.models.plan import Plan


class MeasureLink(models.Model):
    """One line of a carry-over into `plan`: which old measure a new one continues, and how.

    継続 continues the series; 見直し, 分割 and 統合 break it visibly. 終了 has no new measure, 新規 no old one. Several
    lines of one old measure are a 分割, several of one new measure a 統合; they share their `note`.

    `shortfall` is the 未達成分 of the last 期 as it was proposed, `added` what the city added to the new goal, and
    `added_reason` why; the three are set together. `version` counts the changes of these three.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="measure_links")
    old = models.ForeignKey(Measure, null=True, blank=True, on_delete=models.CASCADE, related_name="later_links")
    new = models.ForeignKey(Measure, null=True, blank=True, on_delete=models.CASCADE, related_name="earlier_links")
    how = models.CharField("引き継ぎ方", max_length=10, choices=How.choices())
    note = models.TextField("理由・説明", blank=True)
    shortfall = models.DecimalField("前の期の未達成分", max_digits=15, decimal_places=4, null=True, blank=True)
    added = models.DecimalField("上乗せ", max_digits=15, decimal_places=4, null=True, blank=True)
    added_reason = models.TextField("上乗せの理由", blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "指標の引き継ぎ"
        ordering: ClassVar = ["plan", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new"], name="measure_link_once"),
            models.UniqueConstraint(fields=["plan", "old"], condition=Q(how="ended"), name="measure_link_ends_once"),
            models.UniqueConstraint(fields=["new"], condition=Q(how="new"), name="measure_link_new_once"),
            models.CheckConstraint(
                condition=Q(how="ended", old__isnull=False, new__isnull=True)
                | Q(how="new", old__isnull=True, new__isnull=False)
                | Q(how__in=["same", "redefined", "split", "merged"], old__isnull=False, new__isnull=False),
                name="measure_link_sides",
            ),
            models.CheckConstraint(condition=~Q(how="ended") | ~Q(note=""), name="measure_link_ended_with_a_reason"),
            models.CheckConstraint(
                condition=Q(added__isnull=True, shortfall__isnull=True, added_reason="")
                | Q(added__gt=0, shortfall__gt=0, old__isnull=False, new__isnull=False) & ~Q(added_reason=""),
                name="measure_link_added_with_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old or '－'} → {self.new or '－'}（{self.get_how_display()}）"
