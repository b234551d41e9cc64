"""The form of one forecast: what it is based on, its factors, the own figures, the choice and its reason."""

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.forms import BoundField

from core.fiscal_years import wareki
from core.volumes import PerUser, Scenario
from indicators.models import VolumeForecast
from indicators.volumes.content import ForecastContent
from indicators.volumes.factor_rows import UNKNOWN, FactorRow, FactorRows, NumberField, field_with
from indicators.volumes.ground import Ground
from plans.kept_rows import VersionedForm
from plans.prose_field import ProseField

PLACES = ((0, "整数にする"), (1, "小数第1位まで残す"))


def _chosen(
    name: str, *, coerce: Callable[[Any], Any] = int, empty_value: Any = None, **more: Any
) -> forms.TypedChoiceField:
    """The choice for this column of the forecast, required where the column is; years and 端数 are whole numbers."""
    column: Any = VolumeForecast._meta.get_field(name)
    messages = {"required": UNKNOWN, "invalid_choice": UNKNOWN}
    return forms.TypedChoiceField(
        label=column.verbose_name,
        required=not column.blank,
        coerce=coerce,
        empty_value=empty_value,
        error_messages=messages,
        **more,
    )


class VolumeForm(VersionedForm):
    """Everything that a person decides about one forecast."""

    first_year = _chosen("first_year", help_text="増え方を調べる期間の初めです。特別な事情のあった古い年度を外せます。")
    basis_year = _chosen("basis_year", help_text="この年度の翌年度からを見込みます。")
    per_user = _chosen("per_user", choices=PerUser.choices(), coerce=str)
    places = _chosen(
        "places",
        choices=PLACES,
        help_text="四捨五入します。0.3人のように1人に満たないときは、小数を残します。",
    )
    scenario = _chosen("scenario", choices=[("", "まだ選ばない"), *Scenario.choices()], coerce=str, empty_value="")
    reason = ProseField(
        label="理由",
        rows=4,
        help_text="例：特別支援学校の卒業予定者が毎年2人いるため、平均の増え方に2人を加えた。計画値のそばに表示します。",
    )

    def __init__(self, data: Any = None, *, ground: Ground) -> None:
        self.ground, kept = ground, ground.content
        forecast = ground.seen_forecast
        decided = {name: getattr(kept, name) for name in self.base_fields if name != "version"}
        version = {"version": forecast.version if forecast else 0}
        super().__init__(data, initial=decided | version, auto_id="volume-%s")
        offered = {one.year for one in ground.usable_years} | ({kept.first_year, kept.basis_year} - {None})
        years = [(year, wareki(year)) for year in sorted(year for year in offered if year)]
        self.fields["first_year"].choices = [("", "いちばん古い実績から"), *years]  # type: ignore[attr-defined]
        self.fields["basis_year"].choices = [*reversed(years), ("", "もとにしない")]  # type: ignore[attr-defined]
        for year in ground.plan_years:
            label = f"{wareki(year)}の{ground.volume.users_word}"
            self.fields[f"own_users-{year}"] = field_with(NumberField(label=label), kept.own_users.get(year))
            if ground.volume.has_amount:
                field = NumberField(label=f"{wareki(year)}の1人当たり量")
                self.fields[f"own_per_user-{year}"] = field_with(field, kept.own_per_user.get(year))
        if not ground.volume.has_amount:
            del self.fields["per_user"]
        # Where the reference names none, its usual factors are a proposal: rows that the city may rename or empty.
        fixed = ground.reference.factors if ground.reference.is_known else ()
        self.factor_rows = FactorRows(self, fixed, kept.factors, ground.plan_years)
        if self.is_bound:
            # What was typed is computed wherever it is drawn, also where some of it was not understood.
            self.full_clean()

    @property
    def rows(self) -> list[FactorRow]:
        """The rows of the factors, with proposals based on the chosen year."""
        return self.factor_rows.drawn(self.ground.proposed(self._basis))

    @property
    def own_years(self) -> list[tuple[int, bool, BoundField, BoundField | None]]:
        """The own figures: (year, whether it is forecast, users, use per user). Years that are over keep theirs."""
        basis, has_amount = self._basis, self.ground.volume.has_amount
        return [
            (
                year,
                basis is None or year > basis,
                self[f"own_users-{year}"],
                self[f"own_per_user-{year}"] if has_amount else None,
            )
            for year in self.ground.plan_years
        ]

    @property
    def opens_own(self) -> bool:
        """Whether the own figures are used, or have errors."""
        chosen = [self["scenario"].value(), self["per_user"].value() if "per_user" in self.fields else ""]
        is_typed = any(self[name].value() or self[name].errors for name in self.fields if name.startswith("own_"))
        return Scenario.OWN in chosen or PerUser.OWN in chosen or is_typed

    @cached_property
    def content(self) -> ForecastContent:
        """What was typed, as far as it was understood; of a form that was not sent, the stored content."""
        if not self.is_bound:
            return self.ground.content
        said = self.cleaned_data
        return ForecastContent(
            first_year=said.get("first_year"),
            basis_year=said.get("basis_year"),
            per_user=PerUser(said.get("per_user") or PerUser.LAST),
            places=said.get("places") or 0,
            own_users=self._numbers("own_users-"),
            own_per_user=self._numbers("own_per_user-"),
            factors=self.factor_rows.factors(),
            scenario=said.get("scenario", ""),
            reason=said.get("reason", ""),
        )

    def clean(self) -> dict[str, Any]:
        """Check the order of the years, and what each factor needs."""
        said = super().clean() or {}
        first, basis = said.get("first_year"), said.get("basis_year")
        if first and "basis_year" not in self.errors:
            if basis is None:
                self.add_error("first_year", "最後の実績を選ばないときは、「いちばん古い実績から」にしてください。")
            elif first > basis:
                self.add_error("first_year", "最後の実績と同じか、それより前の年度を選んでください。")
        self.factor_rows.judge()
        return said

    def ask_for_reason(self) -> None:
        """Check what is needed only to save a choice."""
        if self.cleaned_data.get("scenario") and not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "採る算出のしかたを選んだときは、理由を書いてください。")

    @property
    def _basis(self) -> int | None:
        """The last actual as chosen; as stored where the choice could not be read."""
        kept = self.ground.content.basis_year
        return self.cleaned_data.get("basis_year", kept) if self.is_bound else kept

    def _numbers(self, prefix: str) -> dict[int, Decimal]:
        found = {year: self.cleaned_data.get(f"{prefix}{year}") for year in self.ground.plan_years}
        return {year: number for year, number in found.items() if number is not None}
