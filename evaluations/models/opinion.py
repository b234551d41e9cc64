"""協議会意見: what a council said of a year's evaluation, what the city answered and what followed from it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.fiscal_years import wareki
from plans.models import Measure, Plan, Section


class OpinionStatus(models.TextChoices):
    """How far an opinion has come. CARRIED: it goes on as a row of its own in the next 年度."""

    UNANSWERED = "UNANSWERED", "未回答"
    ANSWERED = "ANSWERED", "回答済み"
    REFLECTED = "REFLECTED", "反映済み"
    CARRIED = "CARRIED", "次年度へ持ち越し"


class CouncilOpinion(models.Model):
    """One row of the standard table 番号・該当箇所・意見者・意見・対応・反映先.

    `fiscal_year` is the 年度 that is evaluated; the council may sit in the next one. `origin` is the row of the year
    before that was carried on. `version` goes up with every save and is compared before the next one.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="opinions")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    council = models.CharField("協議会の名前", max_length=100)
    held_on = models.DateField("開催日")
    number = models.PositiveSmallIntegerField("番号")
    place = models.CharField("該当箇所", max_length=200, blank=True)
    section = models.ForeignKey(
        Section, verbose_name="節", null=True, blank=True, on_delete=models.PROTECT, related_name="opinions"
    )
    measure = models.ForeignKey(
        Measure, verbose_name="指標", null=True, blank=True, on_delete=models.PROTECT, related_name="opinions"
    )
    speaker = models.CharField("意見者", max_length=100, blank=True)
    opinion = models.TextField("意見")
    response = models.TextField("対応", blank=True)
    reflected = models.TextField("反映先", blank=True)
    reflected_section = models.ForeignKey(
        Section, verbose_name="反映した節", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reflected_measure = models.ForeignKey(
        Measure, verbose_name="反映した指標", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField("状態", max_length=10, choices=OpinionStatus, default=OpinionStatus.UNANSWERED)
    published = models.BooleanField("公表する", default=False)
    origin = models.OneToOneField(
        "self", verbose_name="持ち越し元", null=True, on_delete=models.PROTECT, related_name="carried_to"
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "協議会意見"
        ordering: ClassVar = ["fiscal_year", "held_on", "council", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "fiscal_year", "council", "held_on", "number"], name="opinion_number_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="opinion_number_from_one"),
            models.CheckConstraint(condition=~Q(opinion="") & ~Q(council=""), name="opinion_says_something"),
            models.CheckConstraint(
                condition=~Q(status__in=["ANSWERED", "REFLECTED"]) | ~Q(response=""), name="opinion_answered_in_words"
            ),
            models.CheckConstraint(
                condition=~Q(status="REFLECTED")
                | ~Q(reflected="")
                | Q(reflected_section__isnull=False)
                | Q(reflected_measure__isnull=False),
                name="opinion_reflected_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council}（{wareki(self.fiscal_year)}）意見{self.number}"

    @property
    def place_in_words(self) -> str:
        """該当箇所 as the table prints it: the typed place, else the 節 and the 指標 that were chosen."""
        return self.place or _joined(self.section, self.measure)

    @property
    def reflected_in_words(self) -> str:
        """反映先 as the table prints it: what was typed, then the 節 and the 指標 that were chosen."""
        chosen = _joined(self.reflected_section, self.reflected_measure)
        return "\n".join(part for part in (self.reflected, chosen) if part)


def _joined(section: Section | None, measure: Measure | None) -> str:
    """「第1節「指標名」」; "" where neither was chosen."""
    return f"{section.label if section else ''}{f'「{measure.title}」' if measure else ''}"
