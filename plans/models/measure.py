"""指標: what has a planned and an actual value each year, and what became of it from one 期 to the next.

成果目標 and 活動指標 share this one value table.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core import tidy
from core.figures import Nature
from core.lineage import How
from core.values import Value
from core.words import (
    ENDED,
    NOT_BEGUN,
    Accumulation,
    Certainty,
    Direction,
    Family,
    ParentRole,
    Scope,
    Side,
    State,
    ValueKind,
)
from plans.models.municipality import Department
from plans.models.plan import Plan, Section

CODE_PATTERN = f"^{tidy.CODE_PATTERN}$"
KIND_COLUMNS = ("family", "title", "unit", "value_kind", "direction", "accumulation")
"""The columns that say what a measure is; an entry of the catalogue has the same."""
BASELINE_COLUMNS = ("baseline", "baseline_year", "baseline_text", "baseline_is_same_quantity")


def _number(name: str) -> models.DecimalField:
    return models.DecimalField(name, max_digits=15, decimal_places=4, null=True, blank=True)


class Measure(models.Model):
    """指標. What is particular to 成果目標 or 活動指標 is stored in a one-to-one row.

    `label` is the printed number without its circle ("1" for ①). `quantity` is what the sheet prints above the years
    （利用者数（実人））. `baseline_is_same_quantity` allows a pace from 基準値 to goal. `sheet_block` says whether the
    evaluation sheet gives the measure a block of figures; without one it is in the prose alone.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="measures")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="measures")
    family = models.CharField("種別", max_length=10, choices=Family.choices())
    code = models.CharField("指標コード", max_length=40)
    order = models.PositiveSmallIntegerField("並び順", default=0)
    label = models.CharField("指標番号", max_length=20, blank=True)
    title = models.CharField("指標名", max_length=200)
    quantity = models.CharField("数え方の見出し", max_length=60, blank=True)
    unit = models.CharField("単位", max_length=20, blank=True)
    value_kind = models.CharField("種類", max_length=10, choices=ValueKind.choices(), default=ValueKind.NUMBER)
    direction = models.CharField("方向", max_length=10, choices=Direction.choices(), default=Direction.MORE)
    accumulation = models.CharField(
        "集計", max_length=20, choices=Accumulation.choices(), default=Accumulation.YEAR_TOTAL
    )
    baseline = _number("基準値")
    baseline_year = models.PositiveSmallIntegerField("基準年度", null=True, blank=True)
    baseline_text = models.CharField("基準値の説明", max_length=200, blank=True)
    baseline_is_same_quantity = models.BooleanField("基準値は目標と同じ量", default=False)
    definition = models.TextField("定義・算出方法", blank=True)
    data_source = models.CharField("出典", max_length=200, blank=True)
    scope = models.CharField("範囲", max_length=10, choices=Scope.choices(), default=Scope.CITY)
    department = models.ForeignKey(
        Department, verbose_name="担当課", null=True, blank=True, on_delete=models.PROTECT, related_name="measures"
    )
    parent = models.ForeignKey(
        "self", verbose_name="親指標", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    parent_role = models.CharField("親との関係", max_length=10, choices=ParentRole.choices(), blank=True)
    catalogue_code = models.CharField(max_length=40, blank=True)
    since_year = models.PositiveSmallIntegerField("開始年度", null=True, blank=True)
    until_year = models.PositiveSmallIntegerField("終了年度", null=True, blank=True)
    sheet_block = models.BooleanField("評価シートに表を載せる", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "指標"
        ordering: ClassVar = ["section__number", "order", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "code"], name="measure_code_once_per_plan"),
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="measure_code_form"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, parent_role="") | (Q(parent__isnull=False) & ~Q(parent_role="")),
                name="measure_parent_with_role",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="measure_not_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(since_year__isnull=True)
                | Q(until_year__isnull=True)
                | Q(until_year__gte=models.F("since_year")),
                name="measure_years_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def parent_title(self) -> str:
        """指標名 of the whole that this is a part of, or ""; `measures_of` loads it with the measure."""
        return self.parent.title if self.parent else ""

    def outside(self, year: int) -> str:
        """開始前 or 終了後 for a year in which the measure is not counted at all; "" for every other."""
        if self.since_year is not None and year < self.since_year:
            return NOT_BEGUN
        return ENDED if self.until_year is not None and year > self.until_year else ""

    def nature(self, plan: Plan) -> Nature:
        """What `core.figures` needs to know; the bounds of 見込みどおり are the plan's."""
        return Nature(ValueKind(self.value_kind), Direction(self.direction), plan.near_low, plan.near_high)


class YearlyValue(models.Model):
    """One side of one measure in one year: number xor state. No row = 未入力 (actual), or no plan for that year.

    `revision` is the number of the 計画変更 that set a 計画値, `replaced_in` of the one that replaced or took it away;
    null: the row is current. A cell has at most one current row, and none where the plan sets nothing.
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="values")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    side = models.CharField(max_length=10, choices=Side.choices())
    revision = models.PositiveSmallIntegerField("計画変更", default=0)
    replaced_in = models.PositiveSmallIntegerField("置き換えた計画変更", null=True, blank=True)
    number = _number("値")
    state = models.CharField("状態", max_length=20, choices=State.choices(), blank=True)
    wording = models.TextField("原文", blank=True)
    numerator = _number("分子")
    denominator = _number("分母")
    as_of = models.CharField("時点", max_length=100, blank=True)
    certainty = models.CharField("確定度", max_length=15, choices=Certainty.choices(), blank=True)
    note = models.TextField("注記", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度の値"
        ordering: ClassVar = ["measure", "fiscal_year", "side"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "fiscal_year", "side", "revision"], name="yearly_value_once"),
            models.UniqueConstraint(
                fields=["measure", "fiscal_year", "side"],
                condition=Q(replaced_in__isnull=True),
                name="yearly_value_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(replaced_in__isnull=True) | Q(side="planned", replaced_in__gt=models.F("revision")),
                name="yearly_value_replaced_later",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False, state="") | (Q(number__isnull=True) & ~Q(state="")),
                name="yearly_value_number_xor_state",
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(side="actual", number__isnull=False, numerator__gte=0, denominator__gt=0),
                name="yearly_value_parts_of_an_actual",
            ),
            models.CheckConstraint(
                condition=Q(side="actual", revision=0) | Q(side="planned", as_of="", certainty="", note=""),
                name="yearly_value_circumstances_of_an_actual",
            ),
            models.CheckConstraint(
                condition=~Q(state="not_set") | Q(side="planned"), name="yearly_value_only_plans_are_not_set"
            ),
            models.CheckConstraint(
                condition=~Q(state="words_only") | ~Q(wording=""), name="yearly_value_words_only_has_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.fiscal_year}年度 {self.get_side_display()}"

    @property
    def value(self) -> Value:
        """The row as the plain value that everything else reads."""
        return Value(
            number=self.number,
            state=State(self.state) if self.state else None,
            wording=self.wording,
            numerator=self.numerator,
            denominator=self.denominator,
            as_of=self.as_of,
            certainty=Certainty(self.certainty) if self.certainty else None,
            note=self.note,
        )

    def take(self, value: Value) -> None:
        """Set the fields of this row from a plain value; the action saves it."""
        self.number, self.state, self.wording = value.number, value.state or "", value.wording
        self.numerator, self.denominator = value.numerator, value.denominator
        self.as_of, self.certainty, self.note = value.as_of, value.certainty or "", value.note


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
    shortfall = _number("前の期の未達成分")
    added = _number("上乗せ")
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
