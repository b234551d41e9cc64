"""見込量 (参考5): what simple scenarios make of the actuals so far, with 見込量 = 利用者 × 1人当たり量.

Source: 参考5 of the reference to the guideline: 現に利用している者の数, ニーズ, 平均的な一人当たり利用量, and users who
come from or leave for other services. Where a service counts 件数 instead of users, they take the place of users.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

from core.words import Word

FEWEST_ACTUALS = 2
"""The fewest actuals: a single figure has no direction."""
MOST = Decimal(10) ** 9
"""Beyond this a trend has left everything that a city counts, and soon what a cell holds."""
_DIGITS = 60
_NOISE = Decimal("1e-9")


class Scenario(Word):
    """How the users of the years to come are found."""

    HOLD = "hold", "据置"
    ARITHMETIC = "arithmetic", "等差"
    GEOMETRIC = "geometric", "等比"
    OWN = "own", "自分で入力"


class PerUser(Word):
    """Which 1人当たり量 the users are multiplied by."""

    LAST = "last", "もとにした最後の年度"
    MEAN = "mean", "もとにした各年度の平均"
    OWN = "own", "自分で入力"


class Effect(Word):
    """What a factor does to the users."""

    NONE = "", "加減しない"
    ADD = "add", "加える"
    SUBTRACT = "subtract", "減らす"


class Spread(Word):
    """How the number of a factor falls on the years of the plan."""

    EVEN = "even", "計画期間に等分"
    EACH = "each", "毎年度この数"
    OWN = "own", "年度ごとに入力"


class Obstacle(Word):
    """Why a scenario has no figures."""

    NO_ACTUALS = "no_actuals", "実績がないため、計算しません。"
    TOO_FEW = "too_few", "実績が2年度分そろっていないため、計算しません。1年度分では増え方が分かりません。"
    ZERO = "zero", "実績に0の年度があるため、倍率を計算しません。"
    NOT_TYPED = "not_typed", "自分で入力する数がまだそろっていません。"
    TOO_LARGE = "too_large", "計算した数が大きくなりすぎるため、計算しません。"


@dataclass(frozen=True)
class Use:
    """One year of a service: its users, and their days or hours. None = not known, which is not 0."""

    year: int
    users: Decimal | None
    amount: Decimal | None = None

    @property
    def per_user(self) -> Decimal | None:
        """1人当たり量: 量 ÷ 利用者; None where either is unknown or there are no users."""
        return self.amount / self.users if self.users and self.amount is not None else None


@dataclass(frozen=True)
class UserEffect:
    """What one factor has added (below 0: taken off) by the end of each year; it is cumulative."""

    name: str
    running: Mapping[int, Decimal]


def effect_on_users(
    name: str,
    effect: Effect,
    spread: Spread,
    *,
    years: tuple[int, ...],
    plan_years: int,
    number: Decimal | None = None,
    own: Mapping[int, Decimal] | None = None,
) -> UserEffect | None:
    """The effect of one factor on the forecast years; None where it has none, or no number.

    等分 gives each year of the plan its share: what fell on years that are over is in their actuals. A year without a
    number of its own adds nothing.
    """
    if effect is Effect.NONE or (number is None and spread is not Spread.OWN):
        return None
    sign = 1 if effect is Effect.ADD else -1
    running, typed = {}, Decimal(0)
    for count, year in enumerate(years, start=1):
        typed += (own or {}).get(year, Decimal(0))
        if spread is Spread.OWN:
            running[year] = sign * typed
        else:
            whole = (number or Decimal(0)) * count
            running[year] = sign * (whole / plan_years if spread is Spread.EVEN else whole)
    return UserEffect(name, running)


@dataclass(frozen=True)
class Assumptions:
    """The input of a forecast.

    `uses` are the actuals it is based on, oldest first, each with its users; `years` those it is made for. `places` are
    the decimals that the results keep. `own_users` and `own_per_user` are by year.
    """

    uses: tuple[Use, ...]
    years: tuple[int, ...]
    effects: tuple[UserEffect, ...] = ()
    has_amount: bool = False
    per_user: PerUser = PerUser.LAST
    own_users: Mapping[int, Decimal] = field(default_factory=dict)
    own_per_user: Mapping[int, Decimal] = field(default_factory=dict)
    places: int = 0

    @property
    def known(self) -> list[Use]:
        """The years of which the 1人当たり量 is known."""
        return [use for use in self.uses if use.per_user is not None]


@dataclass(frozen=True)
class VolumeYear:
    """One year of one scenario. `users` and `amount` are rounded, the amount made of the rounded users.

    `trend` is before effects, `per_user` unrounded; it and both amounts are None where no 1人当たり量 is known.
    """

    year: int
    trend: Decimal
    effect: Decimal
    users_exact: Decimal
    users: Decimal
    per_user: Decimal | None = None
    amount_exact: Decimal | None = None
    amount: Decimal | None = None

    @property
    def is_clipped(self) -> bool:
        """Whether more users were subtracted than there were."""
        return self.trend + self.effect < 0

    @property
    def is_lost(self) -> bool:
        """Whether a number of users above 0 was rounded to 0."""
        return self.users == 0 and self.users_exact > 0


@dataclass(frozen=True)
class Projection:
    """One scenario with its years, or why there are none. `step`: users added a year (等差), or the factor (等比)."""

    scenario: Scenario
    years: tuple[VolumeYear, ...] = ()
    step: Decimal | None = None
    obstacle: Obstacle | None = None

    @property
    def by_year(self) -> dict[int, VolumeYear]:
        return {one.year: one for one in self.years}


@dataclass(frozen=True)
class _Ratio:
    """A 1人当たり量 that is not divided before it has been multiplied: 3人 × (905.5 ÷ 3) is 905.5 again."""

    over: Decimal
    under: Decimal = Decimal(1)

    def times(self, users: Decimal) -> Decimal:
        return users * self.over / self.under


def scenarios(given: Assumptions) -> tuple[Projection, ...]:
    """All scenarios side by side, in the order of `Scenario`."""
    with localcontext() as context:
        context.prec = _DIGITS
        return tuple(_projection(scenario, given) for scenario in Scenario)


def rounded(number: Decimal, places: int) -> Decimal:
    """Half away from zero. What division left behind the ninth decimal does not decide a half."""
    with localcontext() as context:
        context.prec = _DIGITS
        quiet = number.quantize(_NOISE, rounding=ROUND_HALF_UP)
        return quiet.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def shared_out(total: Decimal, weights: Mapping[str, Decimal], places: int) -> dict[str, Decimal] | None:
    """A total divided by weights into parts of that many decimals that add up to it; None where all weights are 0.

    Parts with the largest remainders receive what rounding down left over, the earlier of two equal ones first. `total`
    may have that many decimals itself.
    """
    whole = sum(weights.values(), Decimal(0))
    if whole <= 0:
        return None
    unit = Decimal(1).scaleb(-places)
    with localcontext() as context:
        context.prec = _DIGITS
        exact = {name: total * weight / whole for name, weight in weights.items()}
        parts = {name: share.quantize(unit, rounding=ROUND_FLOOR) for name, share in exact.items()}
        left = int((total - sum(parts.values(), Decimal(0))) / unit)
        neediest = sorted(exact, key=lambda name: parts[name] - exact[name])
    return {name: part + (unit if name in neediest[:left] else 0) for name, part in parts.items()}


def _projection(scenario: Scenario, given: Assumptions) -> Projection:
    found = _trend(scenario, given)
    if isinstance(found, Obstacle):
        return Projection(scenario, obstacle=found)
    trend, step = found
    if any(trend[year] >= MOST for year in given.years):
        return Projection(scenario, obstacle=Obstacle.TOO_LARGE)
    years = tuple(_year(year, trend[year], given) for year in given.years)
    if any(max(one.users_exact, one.amount_exact or Decimal(0)) >= MOST for one in years):
        return Projection(scenario, obstacle=Obstacle.TOO_LARGE)
    return Projection(scenario, years, step)


def _trend(scenario: Scenario, given: Assumptions) -> tuple[Mapping[int, Decimal], Decimal | None] | Obstacle:
    """Users by year before effects, and the step; or why there are none."""
    if scenario is Scenario.OWN:
        return Obstacle.NOT_TYPED if set(given.years) - set(given.own_users) else (given.own_users, None)
    points = [(use.year, use.users) for use in given.uses if use.users is not None]
    if not points:
        return Obstacle.NO_ACTUALS
    (first_year, first), (last_year, last) = points[0], points[-1]
    if scenario is Scenario.HOLD:
        return dict.fromkeys(given.years, last), None
    if len(points) < FEWEST_ACTUALS:
        return Obstacle.TOO_FEW
    apart = Decimal(last_year - first_year)
    if scenario is Scenario.ARITHMETIC:
        step = (last - first) / apart
        return {year: last + (last - first) * (year - last_year) / apart for year in given.years}, step
    if any(users <= 0 for _, users in points):
        return Obstacle.ZERO
    growth = last / first
    return {year: last * growth ** ((year - last_year) / apart) for year in given.years}, growth ** (1 / apart)


def _year(year: int, trend: Decimal, given: Assumptions) -> VolumeYear:
    effect = sum((one.running[year] for one in given.effects), Decimal(0))
    exact = max(trend + effect, Decimal(0))
    users = rounded(exact, given.places)
    ratio = _per_user(year, given)
    if ratio is None:
        return VolumeYear(year, trend, effect, exact, users)
    amount = ratio.times(users)
    return VolumeYear(year, trend, effect, exact, users, ratio.times(Decimal(1)), amount, rounded(amount, given.places))


def _per_user(year: int, given: Assumptions) -> _Ratio | None:
    """What the users of this year are multiplied by; None where it is not known or the service has no amount."""
    if not given.has_amount:
        return None
    if given.per_user is PerUser.OWN:
        return _Ratio(given.own_per_user[year]) if year in given.own_per_user else None
    if given.per_user is PerUser.MEAN:
        quotients = (use.per_user or Decimal(0) for use in given.known)
        return _Ratio(sum(quotients, Decimal(0)), Decimal(len(given.known))) if given.known else None
    last = given.uses[-1] if given.uses else None
    if last is None or not last.users or last.amount is None:
        return None
    return _Ratio(last.amount, last.users)
