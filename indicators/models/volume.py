"""見込量の算出: what a city stored of a forecast, and which of its figures went into the plan.

The results of the scenarios are computed when they are shown; stored are the inputs, the choice and its reason.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.volumes import Effect, PerUser, Scenario, Spread
from plans.models import Measure, Plan


def _who(step: str) -> models.ForeignKey:
    """A field for the user who did it; null where the operator did."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=step, null=True, on_delete=models.PROTECT, related_name="+"
    )


class VolumeForecast(models.Model):
    """One forecast of a plan: of a service, or of the services of a `group` together.

    `first_year` and `basis_year` bound the actuals it is based on; `first_year` None: from the first there is,
    `basis_year` None: on none. `own_users` and `own_per_user` are texts of numbers by year, {"2027": "63"}. `scenario`
    "" is none chosen yet. `version` counts the changes, so that no one overwrites what they have not seen.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="volume_forecasts")
    service = models.ForeignKey(
        "indicators.Service",
        verbose_name="サービス",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="volume_forecasts",
    )
    group = models.CharField("まとめて見込むサービス", max_length=20, blank=True)
    first_year = models.PositiveSmallIntegerField("もとにする最初の実績", null=True, blank=True)
    basis_year = models.PositiveSmallIntegerField("もとにする最後の実績", null=True, blank=True)
    per_user = models.CharField("1人当たり量", max_length=10, choices=PerUser.choices(), default=PerUser.LAST)
    places = models.PositiveSmallIntegerField("端数", default=0)
    own_users = models.JSONField("自分で入力した人数", default=dict, blank=True)
    own_per_user = models.JSONField("自分で入力した1人当たり量", default=dict, blank=True)
    scenario = models.CharField("採る算出のしかた", max_length=12, choices=Scenario.choices(), blank=True)
    reason = models.TextField("理由", blank=True)
    saved_at = models.DateTimeField("保存した日時")
    saved_by = _who("保存した人")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "見込量の算出"
        ordering: ClassVar = ["plan", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "service"], name="volume_forecast_once_per_service"),
            models.UniqueConstraint(
                fields=["plan", "group"], condition=~Q(group=""), name="volume_forecast_once_per_group"
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=False, group="") | (Q(service__isnull=True) & ~Q(group="")),
                name="volume_forecast_service_xor_group",
            ),
            models.CheckConstraint(
                condition=Q(first_year__isnull=True) | Q(basis_year__isnull=False, basis_year__gte=F("first_year")),
                name="volume_forecast_years_in_order",
            ),
            models.CheckConstraint(condition=Q(scenario="") | ~Q(reason=""), name="volume_forecast_has_a_reason"),
            models.CheckConstraint(condition=Q(places__lte=1), name="volume_forecast_places"),
            models.CheckConstraint(condition=Q(version__gte=1), name="volume_forecast_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.service or self.group}の見込量"


class ForecastFactor(models.Model):
    """勘案事項: one factor. `number` None is 未入力. `own` holds texts of numbers by year, for 年度ごとに入力."""

    forecast = models.ForeignKey(VolumeForecast, on_delete=models.CASCADE, related_name="factors")
    order = models.PositiveSmallIntegerField("並び順")
    name = models.CharField("勘案事項", max_length=200)
    number = models.DecimalField("数", max_digits=15, decimal_places=4, null=True, blank=True)
    unit = models.CharField("単位", max_length=20, blank=True)
    source = models.CharField("出典", max_length=200, blank=True)
    note = models.CharField("説明", max_length=500, blank=True)
    effect = models.CharField("利用者数に", max_length=10, choices=Effect.choices(), blank=True)
    spread = models.CharField("年度への分け方", max_length=10, choices=Spread.choices(), default=Spread.EVEN)
    own = models.JSONField("年度ごとの数", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "勘案事項"
        ordering: ClassVar = ["forecast", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forecast", "name"], name="forecast_factor_once_per_name"),
            models.CheckConstraint(condition=~Q(name=""), name="forecast_factor_has_a_name"),
            models.CheckConstraint(
                condition=Q(effect="") | Q(spread="own") | Q(number__isnull=False),
                name="forecast_factor_effect_with_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VolumeTaking(models.Model):
    """One time that figures of a forecast were put into the plan: how they had come about, as it was then.

    `stands_on` lists (節 id, 年度) of the actuals behind it: who may not see one of them, sees nothing of this row.
    """

    forecast = models.ForeignKey(VolumeForecast, on_delete=models.CASCADE, related_name="takings")
    scenario = models.CharField("算出のしかた", max_length=12, choices=Scenario.choices())
    formula = models.TextField("計算")
    reason = models.TextField("理由")
    stands_on = models.JSONField("もとにした実績", default=list)
    forecast_version = models.PositiveIntegerField()
    taken_at = models.DateTimeField("計画値に入れた日時")
    taken_by = _who("計画値に入れた人")

    class Meta:
        verbose_name = verbose_name_plural = "計画値に入れた見込量"
        ordering: ClassVar = ["forecast", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(formula=""), name="volume_taking_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.forecast}（{self.taken_at:%Y-%m-%d}）"


class TakenVolume(models.Model):
    """One planned value with the taking that it came from. The latest is current; the value may have changed since."""

    taking = models.ForeignKey(VolumeTaking, on_delete=models.CASCADE, related_name="values")
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="taken_volumes")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    number = models.DecimalField("計画値に入れた数", max_digits=15, decimal_places=4)
    exact = models.DecimalField("四捨五入する前の数", max_digits=15, decimal_places=4)

    class Meta:
        verbose_name = verbose_name_plural = "見込量から入れた計画値"
        ordering: ClassVar = ["measure", "fiscal_year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "fiscal_year"], name="taken_volume_once_per_value"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.fiscal_year}年度"
