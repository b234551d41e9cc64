"""Package files by which a city reports its plan to a prefecture: those made here, and those from elsewhere."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.fiscal_months import wareki_day
from plans.models import Plan


def edition_in_words(made_at: datetime, number: int) -> str:
    """「令和8年6月3日作成・第2版」."""
    return f"{wareki_day(timezone.localdate(made_at))}作成・第{number}版"


class PlanPackage(models.Model):
    """What a file says of itself. `number` counts the editions of one plan; `role` is that of its maker.

    `content_sha256` is the hash of the content alone: two editions with the same one say the same.
    """

    plan: models.ForeignKey
    number = models.PositiveSmallIntegerField("版")
    made_at = models.DateTimeField("作成日時")
    role = models.CharField("作成者の役割", max_length=20)
    software = models.CharField("ソフトウェアの版", max_length=40)
    format = models.PositiveSmallIntegerField("形式")
    sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.plan.slug} 第{self.number}版"

    @property
    def label(self) -> str:
        """「令和8年6月3日作成・第2版」."""
        return edition_in_words(self.made_at, self.number)


class MadePackage(PlanPackage):
    """県へ渡すファイル made here. `body` is the file, so that what was sent can be sent again."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="made_packages")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="作成者", null=True, on_delete=models.PROTECT, related_name="+"
    )
    body = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "県へ渡すファイル"
        ordering: ClassVar = ["plan", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="made_package_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="made_package_number_from_one"),
        ]


class ReceivedPackage(PlanPackage):
    """A package file that was imported. A plan with one of these is a received plan: only the next file changes it.

    `publications` are the city's 公表番号, which are stored nowhere else here; `changes` counts what the file changed.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="received_packages")
    received_at = models.DateTimeField("受領日時")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="受領者", null=True, on_delete=models.PROTECT, related_name="+"
    )
    publications = models.JSONField("公表", default=list, blank=True)
    changes = models.PositiveIntegerField("変更の件数")

    class Meta:
        verbose_name = verbose_name_plural = "受領したファイル"
        ordering: ClassVar = ["plan", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="received_package_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="received_package_number_from_one"),
        ]
