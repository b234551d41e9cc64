"""評価 (PDCA) of one 節 and 年度, the records it rests on, and what was published of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from plans.model_fields import label_of
from plans.models import Measure, Plan, Section, SectionYear


class Evaluation(models.Model):
    """The texts of one 節 in one 年度. `version` goes up with every save and is compared in the UPDATE."""

    section_year = models.OneToOneField(SectionYear, on_delete=models.CASCADE, related_name="evaluation")
    do_text = models.TextField("実績・取組の内容", blank=True)
    check_text = models.TextField("評価（達成状況の分析）", blank=True)
    proposal = models.TextField("改善方策（案）", blank=True)
    issues_text = models.TextField("課題と今後の実施について", blank=True)
    act_text = models.TextField("次年度における取組", blank=True)
    budget_text = models.TextField("予算・事業への反映", blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "評価"

    def __str__(self) -> str:
        return f"{self.section_year} 評価"


TEXT_FIELDS = ("do_text", "check_text", "proposal", "issues_text", "act_text", "budget_text")
TEXT_LABELS = {name: label_of(Evaluation, name) for name in TEXT_FIELDS}


class ActivityRecord(models.Model):
    """取組記録: a meeting or an activity. One record may belong to several 節, and to a year before the plan.

    `counted_in` are 指標 of its 節 whose actual it counts for; whether as 回数 or by its 参加者数 follows from their
    unit (`core.record_counts`). `counted_ids` are their ids on records that `records.counts.with_links` returned.
    `version` goes up with every save.
    """

    counted_ids: frozenset[int]

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="records")
    sections = models.ManyToManyField(Section, related_name="records")
    counted_in = models.ManyToManyField(
        Measure, verbose_name="この記録を数える指標", blank=True, related_name="counted_records"
    )
    held_on = models.DateField("開催日", null=True, blank=True)
    fiscal_year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=200)
    participants = models.PositiveIntegerField("参加者数", null=True, blank=True)
    organisations = models.PositiveIntegerField("事業所・機関数", null=True, blank=True)
    content = models.TextField("内容", blank=True)
    cancelled_reason = models.CharField("中止の理由", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "取組記録"
        ordering: ClassVar = ["fiscal_year", "held_on", "id"]

    def __str__(self) -> str:
        return self.title


class Publication(models.Model):
    """公表: what was published of one plan and 年度, frozen. `number` counts per plan; `sha256` is the body's hash.

    `reason` is the city's own note; `correction_reason` is printed in the 正誤表, for everyone.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="publications")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("公表番号")
    at = models.DateTimeField("公表日時")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="公表者", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField("公表の理由", blank=True)
    correction_reason = models.TextField("訂正の理由", blank=True)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField("取り下げ日時", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.TextField("取り下げの理由", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公表"
        ordering: ClassVar = ["plan", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="publication_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="publication_number_from_one"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="publication_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} 公表第{self.number}号"


class PublicationPdf(models.Model):
    """The 評価書 of a publication (`section` 0) or one of its 節. It can be made again from the publication's body."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="pdfs")
    section = models.PositiveSmallIntegerField("節番号", default=0)
    made_at = models.DateTimeField("作成日時", default=timezone.now)
    content = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "公表資料のPDF"
        ordering: ClassVar = ["publication", "section"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "section"], name="publication_pdf_once"),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {f'第{self.section}節' if self.section else '評価書'}"
