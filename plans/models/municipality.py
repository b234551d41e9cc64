"""自治体, its 担当課 and the people who work for it."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from core.municipality_codes import read_code
from core.open_data.licences import CHOICES as LICENCE_CHOICES

if TYPE_CHECKING:
    from plans.access import Access


class Municipality(models.Model):
    """自治体: a city, or a prefecture. `code` is the six-digit 全国地方公共団体コード with its check digit.

    `access` is what the current user may do in a prefecture; `plans.access.prefecture_for` sets it.
    """

    access: "Access"

    class Kind(models.TextChoices):
        CITY = "city", "市区町村"
        PREFECTURE = "prefecture", "都道府県"

    code = models.CharField("団体コード", max_length=6, unique=True)
    name = models.CharField("自治体名", max_length=60)
    kind = models.CharField("種別", max_length=10, choices=Kind, default=Kind.CITY)
    prefecture = models.ForeignKey(
        "self",
        verbose_name="都道府県",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cities",
        limit_choices_to={"kind": Kind.PREFECTURE},
    )
    disability_word = models.CharField(
        "「障害」の表記", max_length=4, default="障害", choices=[("障害", "障害"), ("障がい", "障がい")]
    )
    planned_word = models.CharField(
        "「計画値」の表記",
        max_length=4,
        default="計画値",
        choices=[("計画値", "計画値"), ("見込量", "見込量"), ("目標値", "目標値")],
    )
    place_word = models.CharField(
        "「か所」の表記",
        max_length=4,
        default="か所",
        choices=[("か所", "か所"), ("カ所", "カ所"), ("箇所", "箇所")],
    )
    is_fictional = models.BooleanField(
        "架空の自治体", default=False, help_text="見本用の自治体です。すべてのページに「架空」と表示します。"
    )
    population = models.PositiveIntegerField(
        "人口", null=True, blank=True, help_text="県のページで、人口の近い市区町村を比べるときに使います。"
    )
    population_as_of = models.DateField("人口の時点", null=True, blank=True)

    open_data_licence = models.CharField(
        "オープンデータの利用条件", max_length=20, blank=True, default="", choices=LICENCE_CHOICES[1:]
    )
    open_data_contact = models.CharField("オープンデータの連絡先", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "自治体"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="municipality_code_six_digits"),
            models.CheckConstraint(
                condition=Q(kind="city") | Q(prefecture__isnull=True), name="municipality_prefecture_has_no_prefecture"
            ),
            models.CheckConstraint(
                condition=Q(prefecture__isnull=True) | ~Q(prefecture=F("id")), name="municipality_not_own_prefecture"
            ),
            models.CheckConstraint(
                condition=Q(population__isnull=True, population_as_of__isnull=True)
                | Q(population__isnull=False, population__gte=1, population_as_of__isnull=False),
                name="municipality_population_with_its_day",
                violation_error_message="人口は1以上の数で、時点とともに入力してください。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def unit(self, unit: str) -> str:
        """A unit with the city's own way of writing か所."""
        return unit.replace("か所", self.place_word)

    def clean(self) -> None:
        """The check digit must fit."""
        try:
            self.code = read_code(self.code)
        except ValueError as error:
            raise ValidationError({"code": str(error)}) from error


class Department(models.Model):
    """担当課: the section of the city hall that enters a measure."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField("担当課", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "担当課"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="department_once_per_municipality",
                violation_error_message="同じ名前の担当課がすでにあります。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may do in one 自治体. The rights of each are in `plans.access`."""

    VIEWER = "viewer", "閲覧"
    EDITOR = "editor", "入力"
    CHECKER = "checker", "確認"
    CONFIRMER = "confirmer", "確定"
    MANAGER = "manager", "管理"
    PREFECTURE = "prefecture", "県"


class Membership(models.Model):
    """One person's role in one 自治体. With a 担当課 they enter its measures only; without one, all."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("役割", max_length=10, choices=Role)
    department = models.ForeignKey(
        Department, verbose_name="担当課", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )

    class Meta:
        verbose_name = verbose_name_plural = "所属と役割"
        ordering: ClassVar = ["municipality", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "municipality"],
                name="membership_once_per_municipality",
                violation_error_message="この人はすでにこの自治体に登録されています。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}（{self.get_role_display()}）"

    def clean(self) -> None:
        """A 担当課 of the same 自治体; the role 県 in a prefecture only."""
        if self.municipality_id is None:
            return  # said at its own field
        if self.department and self.department.municipality_id != self.municipality_id:
            raise ValidationError({"department": "ほかの自治体の担当課は選べません。"})
        if self.role == Role.PREFECTURE and self.municipality.kind != Municipality.Kind.PREFECTURE:
            raise ValidationError({"role": "「県」の役割は都道府県にだけ付けられます。"})
