"""活動指標: volumes of the services, often users and days or hours of one service side by side."""

from typing import ClassVar

from django.db import models

from plans.models import Measure, Section


class ServiceManager(models.Manager["Service"]):
    """Lets fixtures name a service by its code."""

    def get_by_natural_key(self, code: str) -> "Service":
        return self.get(code=code)


class Service(models.Model):
    """障害福祉サービス等. `since` and `until` are the days between which the law knows it; empty = no such limit."""

    code = models.CharField("コード", max_length=40, unique=True)
    name = models.CharField("サービス名", max_length=100)
    category = models.CharField("区分", max_length=40)
    since = models.DateField("開始日", null=True, blank=True)
    until = models.DateField("終了日", null=True, blank=True)

    objects = ServiceManager()

    class Meta:
        verbose_name = verbose_name_plural = "サービス"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class ActivityIndicator(models.Model):
    """What a measure has because it is a 活動指標. `amount_of` pairs users with days or hours of one service."""

    class AmountOf(models.TextChoices):
        USERS = "users", "利用者数"
        DAYS = "days", "利用日数"
        HOURS = "hours", "利用時間"
        COUNT = "count", "回数・件数"

    measure = models.OneToOneField(
        Measure, primary_key=True, on_delete=models.CASCADE, related_name="activity_indicator"
    )
    service = models.ForeignKey(
        Service, verbose_name="サービス", null=True, blank=True, on_delete=models.PROTECT, related_name="indicators"
    )
    amount_of = models.CharField("量の種類", max_length=10, choices=AmountOf, blank=True)
    related_sections = models.ManyToManyField(
        Section, verbose_name="関連する節", blank=True, related_name="related_indicators"
    )

    class Meta:
        verbose_name = verbose_name_plural = "活動指標"

    def __str__(self) -> str:
        return str(self.measure)
