"""変更履歴: who, when, from, to, by which channel. Append only; actions write it in their own transaction."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.words import Side
from plans.models.measure import Measure
from plans.models.municipality import Municipality
from plans.models.plan import Plan, Section


class Channel(models.TextChoices):
    """The channel by which a change came in."""

    SCREEN = "screen", "画面"
    UPLOAD = "upload", "取り込み"
    COMMAND = "command", "システム管理"


class Subject(models.TextChoices):
    """What was changed."""

    VALUE = "value", "値"
    MONTHLY = "monthly", "月別の値"
    TEXT = "text", "評価の文章"
    STATE = "state", "状態"
    MASTER = "master", "節・指標"
    RECORD = "record", "取組記録"
    OPINION = "opinion", "協議会意見"
    ACTION = "action", "取組"
    OUTLOOK = "outlook", "見込み"
    VOLUME = "volume", "見込量の算出"
    REVISION = "revision", "計画変更"
    SETTING = "setting", "計画の設定"
    PEOPLE = "people", "利用者"
    PUBLICATION = "publication", "公表"
    PACKAGE = "package", "県へ渡すファイル"


class Change(models.Model):
    """One change. `old` and `new` are the value of a cell (as `core.values` writes it), or a text; null = nothing.

    `field` names what of the subject changed, in words a person reads.
    """

    at = models.DateTimeField("日時", auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="変更した人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    channel = models.CharField("経路", max_length=10, choices=Channel)
    reason = models.TextField("理由", blank=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="changes", db_index=False)
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="changes", db_index=False)
    section = models.ForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="changes")
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="changes", db_index=False)
    fiscal_year = models.PositiveSmallIntegerField("年度", null=True)
    side = models.CharField(max_length=10, choices=Side.choices(), blank=True)
    subject = models.CharField("対象", max_length=15, choices=Subject)
    field = models.CharField("項目", max_length=60, blank=True)
    old = models.JSONField("変更前", null=True)
    new = models.JSONField("変更後", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "変更履歴"
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "-at", "-id"], name="change_by_municipality"),
            models.Index(fields=["by", "municipality"], name="change_by_person"),
            models.Index(fields=["plan", "-at", "-id"], name="change_by_plan"),
            models.Index(fields=["measure", "-at", "-id"], name="change_by_measure"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_subject_display()} {self.field}"
