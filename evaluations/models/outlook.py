"""達成見込み: the one that the city chose for a measure, and why. What the methods compute is never stored."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.outlook import OutlookMethod
from plans.models import Measure


class Outlook(models.Model):
    """The choice of one measure of a plan. `method` "" is a choice taken back; `own` is of the plan's last year.

    `basis_year` is the latest year with an actual when it was chosen, for an own value also one with months: reason and
    own value may speak of every year up to it. `chosen_at` and `chosen_by` say when and by whom it was last chosen or
    taken back; `reason` says why.
    """

    measure = models.OneToOneField(Measure, verbose_name="指標", on_delete=models.CASCADE, related_name="outlook")
    method = models.CharField("見込みの出し方", max_length=10, choices=OutlookMethod.choices(), blank=True)
    own = models.DecimalField("市が見込む値", max_digits=15, decimal_places=4, null=True, blank=True)
    reason = models.TextField("理由")
    basis_year = models.PositiveSmallIntegerField("選んだときにあった最後の実績の年度")
    chosen_at = models.DateTimeField("選んだ日時")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="選んだ人", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "達成見込み"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(method__in=["", *(method.value for method in OutlookMethod)]), name="outlook_method_known"
            ),
            models.CheckConstraint(
                condition=Q(method="own", own__isnull=False) | (~Q(method="own") & Q(own__isnull=True)),
                name="outlook_own_value_with_its_method",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="outlook_has_a_reason"),
            models.CheckConstraint(condition=Q(version__gte=1), name="outlook_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.get_method_display() or '選択なし'}"
