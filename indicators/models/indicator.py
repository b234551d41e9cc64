"""活動指標: volumes of the services, often users and days or hours of one service side by side."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.values import Value
from core.words import Certainty, State
from plans.models import Measure, Municipality, Section


class Service(models.Model):
    """障害福祉サービス等. `since` and `until` are the days between which the law knows it; empty = no such limit."""

    code = models.CharField("コード", max_length=40, unique=True)
    name = models.CharField("サービス名", max_length=100)
    category = models.CharField("区分", max_length=40)
    since = models.DateField("開始日", null=True, blank=True)
    until = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "サービス"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    def exists_on(self, day: date) -> bool:
        """Whether the law knows the service on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


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


class MonthlyReading(models.Model):
    """One month of a 活動指標: number xor state; no row = 未入力. `provisional` marks a number as 速報."""

    indicator = models.ForeignKey(ActivityIndicator, on_delete=models.CASCADE, related_name="monthly_readings")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月")
    number = models.DecimalField("値", max_digits=15, decimal_places=4, null=True, blank=True)
    state = models.CharField("状態", max_length=20, choices=State.choices(), blank=True)
    provisional = models.BooleanField("速報", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "月別の値"
        ordering: ClassVar = ["indicator", "fiscal_year", "month"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "fiscal_year", "month"], name="monthly_reading_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="monthly_reading_month"),
            models.CheckConstraint(
                condition=Q(number__isnull=False, state="") | (Q(number__isnull=True) & ~Q(state="")),
                name="monthly_reading_number_xor_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["not_set", "words_only"]), name="monthly_reading_states_of_a_month"
            ),
            models.CheckConstraint(
                condition=Q(provisional=False) | Q(number__isnull=False), name="monthly_reading_provisional_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.fiscal_year}年度 {self.month}月"

    @property
    def value(self) -> Value:
        """The row as the plain value that everything else reads; 速報 is its 確定度."""
        return Value(
            number=self.number,
            state=State(self.state) if self.state else None,
            certainty=Certainty.PRELIMINARY if self.provisional else None,
        )

    def take(self, value: Value) -> None:
        """Set the fields of this row from a plain value; the action saves it."""
        self.number, self.state = value.number, value.state or ""
        self.provisional = value.certainty is Certainty.PRELIMINARY


class MonthlyMapping(models.Model):
    """How one kind of monthly file of a city is read: its header row, its columns, and which codes mean which measure.

    `codes`: by 指標コード the column that is read ("users" or "amount") and the codes of the file's rows. It may
    contain measures of every plan of the city. `version` counts the changes, so that no one overwrites what they have
    not seen.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="monthly_mappings")
    name = models.CharField("読み方の名前", max_length=60)
    header_row = models.PositiveSmallIntegerField("見出しの行", default=1)
    service_column = models.CharField("サービスの列", max_length=60)
    month_column = models.CharField("月の列", max_length=60)
    users_column = models.CharField("利用者数の列", max_length=60, blank=True)
    amount_column = models.CharField("量の列", max_length=60, blank=True)
    codes = models.JSONField("コードの対応", default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "月別ファイルの読み方"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="monthly_mapping_once_per_name"),
            models.CheckConstraint(
                condition=Q(header_row__gte=1, header_row__lte=100), name="monthly_mapping_header_row"
            ),
            models.CheckConstraint(
                condition=~Q(users_column="", amount_column=""), name="monthly_mapping_reads_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name
