"""The content of a forecast as a plain value, the same for the form, the rows and the history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.fiscal_years import wareki
from core.numerals import plain
from core.volumes import Assumptions, Effect, PerUser, Scenario, Spread, UserEffect, effect_on_users
from indicators.models import ForecastFactor, VolumeForecast
from indicators.volumes.years import HistoryYear

Numbers = Mapping[int, Decimal]
"""By fiscal year."""


@dataclass(frozen=True)
class Factor:
    """One 勘案事項. `number` None is 未入力; `own` are the numbers of 年度ごとに入力."""

    name: str
    number: Decimal | None = None
    unit: str = ""
    source: str = ""
    note: str = ""
    effect: Effect = Effect.NONE
    spread: Spread = Spread.EVEN
    own: Numbers = field(default_factory=dict)

    @classmethod
    def of(cls, row: ForecastFactor) -> "Factor":
        return cls(
            row.name,
            row.number,
            row.unit,
            row.source,
            row.note,
            Effect(row.effect),
            Spread(row.spread),
            numbers_from(row.own),
        )

    @property
    def columns(self) -> dict[str, object]:
        """The fields of its row."""
        return {
            "name": self.name,
            "number": self.number,
            "unit": self.unit,
            "source": self.source,
            "note": self.note,
            "effect": self.effect,
            "spread": self.spread,
            "own": as_kept(self.own),
        }

    def on_users(self, years: tuple[int, ...], plan_years: int) -> UserEffect | None:
        return effect_on_users(
            self.name,
            self.effect,
            self.spread,
            years=years,
            plan_years=plan_years,
            number=self.number,
            own=self.own,
        )

    @property
    def in_words(self) -> str:
        """「障害者等のニーズ 3人（加える、計画期間に等分、出典：調査）」."""
        number = f" {plain(self.number)}{self.unit}" if self.number is not None else " 未入力"
        details = [self.effect.label, self.spread.label] if self.effect is not Effect.NONE else []
        if self.effect is not Effect.NONE and self.spread is Spread.OWN:
            details.append(_by_year(self.own))
        details += [f"出典：{self.source}"] if self.source else []
        details += [self.note] if self.note else []
        said = f"（{'、'.join(details)}）" if details else ""
        return f"{self.name}{number}{said}"


@dataclass(frozen=True)
class ForecastContent:
    """All that a person decides about a forecast."""

    first_year: int | None = None
    basis_year: int | None = None
    per_user: PerUser = PerUser.LAST
    places: int = 0
    own_users: Numbers = field(default_factory=dict)
    own_per_user: Numbers = field(default_factory=dict)
    factors: tuple[Factor, ...] = ()
    scenario: str = ""
    reason: str = ""

    @classmethod
    def of(cls, forecast: VolumeForecast) -> "ForecastContent":
        """The stored content."""
        return cls(
            forecast.first_year,
            forecast.basis_year,
            PerUser(forecast.per_user),
            forecast.places,
            numbers_from(forecast.own_users),
            numbers_from(forecast.own_per_user),
            tuple(Factor.of(row) for row in forecast.factors.all()),
            forecast.scenario,
            forecast.reason,
        )

    @property
    def columns(self) -> dict[str, object]:
        """The fields of the forecast's row; the factors have rows of their own."""
        return {
            "first_year": self.first_year,
            "basis_year": self.basis_year,
            "per_user": self.per_user,
            "places": self.places,
            "own_users": as_kept(self.own_users),
            "own_per_user": as_kept(self.own_per_user),
            "scenario": self.scenario,
            "reason": self.reason,
        }

    def assumptions(
        self, history: Iterable[HistoryYear], plan_years: tuple[int, ...], *, has_amount: bool
    ) -> Assumptions:
        """What the scenarios start from: the usable years of the history between the first and the last."""
        basis = self.basis_year
        years = tuple(year for year in plan_years if basis is None or year > basis)
        uses = tuple(
            one.use
            for one in history
            if basis is not None and one.is_usable and (self.first_year or one.year) <= one.year <= basis
        )
        effects = (factor.on_users(years, len(plan_years)) for factor in self.factors)
        return Assumptions(
            uses=uses,
            years=years,
            effects=tuple(effect for effect in effects if effect),
            has_amount=has_amount,
            per_user=self.per_user,
            own_users=self.own_users,
            own_per_user=self.own_per_user,
            places=self.places,
        )

    @property
    def lines(self) -> list[str]:
        """All of it in words, one decision a line."""
        first = f"{wareki(self.first_year)}から" if self.first_year else ""
        basis = f"{first}{wareki(self.basis_year)}まで" if self.basis_year else "なし"
        return [
            f"採る算出のしかた：{Scenario(self.scenario).label if self.scenario else '選んでいない'}",
            f"もとにする実績：{basis}",
            f"1人当たり量：{self.per_user.label}",
            f"端数：小数第{self.places}位まで" if self.places else "端数：整数",
            *([f"自分で入力した人数：{_by_year(self.own_users)}"] if self.own_users else []),
            *([f"自分で入力した1人当たり量：{_by_year(self.own_per_user)}"] if self.own_per_user else []),
            *(f"勘案事項：{factor.in_words}" for factor in self.factors),
            *([f"理由：{self.reason}"] if self.reason else []),
        ]


def as_kept(numbers: Numbers) -> dict[str, str]:
    """Numbers by year as JSON keeps them."""
    return {str(year): plain(number) for year, number in sorted(numbers.items())}


def numbers_from(kept: Mapping[str, str]) -> dict[int, Decimal]:
    """The numbers that `as_kept` wrote."""
    return {int(year): Decimal(text) for year, text in kept.items()}


def _by_year(numbers: Numbers) -> str:
    return "、".join(f"{wareki(year)} {plain(number)}" for year, number in sorted(numbers.items()))
