"""What a city changed of the national catalogue."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.catalogue import LevelKind
from core.words import Accumulation, Direction, Family, ValueKind
from plans.models.measure import CODE_PATTERN
from plans.models.municipality import Municipality


class CatalogueAmendment(models.Model):
    """One entry of the catalogue as a city wants it: a national one changed or left out, or one of its own.

    `code` is that of the national entry, or a new one. `generation` 0 is a service volume, which recurs in each 期.
    `version` counts the changes, so that no one overwrites what they have not seen.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="catalogue_amendments")
    generation = models.PositiveSmallIntegerField("期", default=0)
    code = models.CharField("コード", max_length=40)
    left_out = models.BooleanField("使わない", default=False)
    family = models.CharField("種別", max_length=10, choices=Family.choices(), default=Family.INDICATOR)
    goal = models.CharField("成果目標のコード", max_length=20, blank=True)
    title = models.CharField("指標名", max_length=200)
    unit = models.CharField("単位", max_length=20, blank=True)
    value_kind = models.CharField("種類", max_length=10, choices=ValueKind.choices(), default=ValueKind.NUMBER)
    direction = models.CharField("方向", max_length=10, choices=Direction.choices(), default=Direction.MORE)
    accumulation = models.CharField(
        "集計", max_length=20, choices=Accumulation.choices(), default=Accumulation.YEAR_TOTAL
    )
    level_text = models.CharField("国の基本指針の水準", max_length=200, blank=True)
    level_kind = models.CharField("水準の計算", max_length=10, choices=LevelKind.choices(), blank=True)
    level_number = models.DecimalField("水準の数", max_digits=12, decimal_places=4, null=True, blank=True)
    service_code = models.CharField("サービスのコード", max_length=40, blank=True)
    note = models.TextField("注記", blank=True)
    source = models.CharField("出典", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "カタログの変更"
        ordering: ClassVar = ["generation", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "code"], name="catalogue_amendment_once_per_code"),
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="catalogue_amendment_code_form"),
            models.CheckConstraint(
                condition=Q(level_kind="", level_number__isnull=True)
                | (~Q(level_kind="") & Q(level_number__isnull=False)),
                name="catalogue_amendment_level_with_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
