"""The content of a forecast as a plain value, the same for the form, the rows and the history; and its 勘案事項: what
参考5 names for a service, and which of its numbers the plan itself can propose.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

from core.catalogue import Entry
from core.fiscal_years import wareki
from core.numerals import plain, squeeze
from core.volumes import Assumptions, Effect, PerUser, Scenario, Spread, UserEffect, effect_on_users, rounded
from core.words import Accumulation
from indicators.models import ForecastFactor, VolumeForecast
from indicators.volumes.services import CHILDREN, Volume
from indicators.volumes.years import HistoryYear
from plans.catalogue import national_catalogue
from plans.models import Measure, Plan
from plans.queries import MeasureRow

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
        said = {field.name: getattr(row, field.name) for field in fields(cls)}
        return cls(**(said | {"effect": Effect(row.effect), "spread": Spread(row.spread), "own": _numbers(row.own)}))

    @property
    def columns(self) -> dict[str, object]:
        """The fields of its row."""
        return _columns(self)

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
        said = {field.name: getattr(forecast, field.name) for field in fields(cls)}
        own = {name: _numbers(said[name]) for name in ("own_users", "own_per_user")}
        factors = tuple(Factor.of(row) for row in forecast.factors.all())
        return cls(**(said | own | {"per_user": PerUser(forecast.per_user), "factors": factors}))

    @property
    def columns(self) -> dict[str, object]:
        """The fields of the forecast's row; the factors have rows of their own."""
        return {name: value for name, value in _columns(self).items() if name != "factors"}

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


def _columns(content: Factor | ForecastContent) -> dict[str, object]:
    """The fields by name; numbers by year as JSON stores them."""
    found = {field.name: getattr(content, field.name) for field in fields(content)}
    for name, said in found.items():
        if name.startswith("own"):
            found[name] = {str(year): plain(number) for year, number in sorted(said.items())}
    return found


def _numbers(stored: Mapping[str, str]) -> dict[int, Decimal]:
    """The numbers by year that `_columns` wrote."""
    return {int(year): Decimal(text) for year, text in stored.items()}


def _by_year(numbers: Numbers) -> str:
    return "、".join(f"{wareki(year)} {plain(number)}" for year, number in sorted(numbers.items()))


USING_NOW = ("現に利用している者の数", "現に利用している障害児の数")
USE_EACH = "平均的な一人当たり利用量"
COMMON = (USING_NOW[0], "障害者等のニーズ", USE_EACH)
COMMON_OF_CHILDREN = (USING_NOW[1], "障害児等のニーズ", USE_EACH)
LEAVERS = "施設入所者の地域生活への移行者数(成果目標)"
EMPLOYED = "福祉施設利用者の一般就労への移行者数(成果目標)"
GOALS = {LEAVERS: "4-1-1", EMPLOYED: "4-4-1"}
"""Factors that are 成果目標, with the entry of 第4期 that they meant; the plan may have its successor instead."""
RESIDENCE = "shisetsu_nyusho"
KEPT_PLACES = 4
"""Decimals of a number as the database keeps it."""


@dataclass(frozen=True)
class Reference:
    """参考5 of one service, under the `title` it has there. Not `is_known`: `factors` are only a proposal."""

    factors: tuple[str, ...]
    notes: tuple[str, ...] = ()
    title: str = ""
    source: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.source)


def reference_of(volume: Volume) -> Reference:
    """The factors in the order of the reference; for a service it does not know, the three that nearly all share."""
    code = volume.members[0].service.code
    for group in national_catalogue().factors:
        if code in group.services:
            return Reference(group.factors, group.notes, group.title, group.source)
    common = COMMON_OF_CHILDREN if volume.category == CHILDREN else COMMON
    return Reference(common)


def goals_in(measures: Iterable[Measure], reference: Reference) -> dict[str, Measure]:
    """The 成果目標 of this plan that factors of the reference mean: by catalogue code, else by the same name."""
    measures = list(measures)
    found = {}
    for factor in reference.factors:
        if factor in GOALS:
            goal = _matching(measures, national_catalogue().line_of(GOALS[factor]))
            if goal:
                found[factor] = goal
    return found


def proposals(
    volume: Volume, plan: Plan, history: Iterable[HistoryYear], basis_year: int | None, goals: Mapping[str, MeasureRow]
) -> dict[str, Factor]:
    """The numbers that the plan itself knows, each with its source; a factor that is absent has none."""
    last = next((one for one in history if one.year == basis_year and one.is_usable), None)
    found = {}
    if last:
        remark = f"（{last.certainty}）" if last.certainty else ""
        source = f"{wareki(last.year)}の実績{remark}"
        for name in USING_NOW:
            found[name] = Factor(name, last.users, volume.unit, source)
        if last.per_user is not None:
            found[USE_EACH] = Factor(USE_EACH, rounded(last.per_user, KEPT_PLACES), f"{volume.use_unit}/人", source)
    for name, row in goals.items():
        found[name] = _of_goal(name, row, plan, volume)
    return found


def _matching(measures: list[Measure], line: list[Entry]) -> Measure | None:
    codes, titles = {entry.code for entry in line}, {squeeze(entry.title) for entry in line}
    by_code = [one for one in measures if one.catalogue_code in codes]
    by_title = [one for one in measures if not one.catalogue_code and squeeze(one.title) in titles]
    return next(iter([*by_code, *by_title]), None)


def _of_goal(name: str, row: MeasureRow, plan: Plan, volume: Volume) -> Factor:
    """The goal of the plan's last year. A 累計 is spread over the plan; anything else is what happens every year."""
    measure = row.measure
    is_total = measure.accumulation == Accumulation.CUMULATIVE
    # 参考5: 施設入所者の地域生活への移行者数(成果目標)は減として見込む.
    leaves = name == LEAVERS and RESIDENCE in {member.service.code for member in volume.members}
    number = row.planned[plan.end_year].amount
    return Factor(
        name,
        number,
        measure.unit,
        f"成果目標 {measure.code}「{measure.title}」{wareki(plan.end_year)}の目標"[:200],
        effect=Effect.SUBTRACT if leaves and number is not None else Effect.NONE,
        spread=Spread.EVEN if is_total else Spread.EACH,
    )
