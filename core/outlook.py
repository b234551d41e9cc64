"""達成見込み: what simple methods make of the actuals so far, for the years that remain. Never an actual, never stored.

Source: the guideline's PDCA (watch the indicators, with an outlook on achievement). Two or three yearly figures allow
no finer method than these: a line that a person can draw again with a ruler.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from core.figures import FEW_PEOPLE, Figures, Nature, Tone
from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Direction, State, ValueKind, Word

FEWEST_ACTUALS = 2
"""The fewest actuals: a single figure has no direction."""
WHOLE = Decimal(100)


class OutlookMethod(Word):
    """How an outlook comes about. OWN is the city's own figure for the plan's last year."""

    HOLD = "hold", "据置"
    AVERAGE = "average", "平均の増減"
    LINE = "line", "直線"
    OWN = "own", "市が見込む値"


@dataclass(frozen=True)
class YearlyChange:
    """The change from one actual to the next, per year where years lie between. `year` is the later one."""

    year: int
    amount: Decimal


@dataclass(frozen=True)
class Projection:
    """One method. `step` is its change per year; `values` are by remaining year and stay within the bounds."""

    method: OutlookMethod
    step: Decimal
    values: Mapping[int, Decimal]


@dataclass(frozen=True)
class Span:
    """低い見込み and 高い見込み of one year, over all methods."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Need:
    """The yearly change that is needed to reach the goal. `per_year` is signed, 0 where the latest figure already meets
    it.

    `largest` is the largest yearly change so far in that direction; None where it never went that way.
    """

    goal: Decimal
    per_year: Decimal
    largest: YearlyChange | None


@dataclass(frozen=True)
class Prospect:
    """What the actuals so far let one expect. `actuals` are at least two; `remaining` years at least one.

    `first_year` is the plan's first, from which a 累計 counts; `rests_on_few`: one person is a large share of the
    figure.
    """

    actuals: Mapping[int, Decimal]
    remaining: tuple[int, ...]
    goal: Value
    nature: Nature
    accumulation: Accumulation
    first_year: int
    rests_on_few: bool

    @property
    def latest_year(self) -> int:
        return max(self.actuals)

    @property
    def latest(self) -> Decimal:
        return self.actuals[self.latest_year]

    @property
    def last_year(self) -> int:
        """The plan's last year, or the last in which the measure exists."""
        return self.remaining[-1]

    @property
    def runs_on(self) -> bool:
        """累計: the value is the running total."""
        return self.accumulation is Accumulation.CUMULATIVE

    @cached_property
    def changes(self) -> tuple[YearlyChange, ...]:
        """Between each actual and the next; a 累計 starts from 0 before the plan's first year."""
        points = self._points
        return tuple(
            YearlyChange(later, (points[later] - points[earlier]) / (later - earlier))
            for earlier, later in pairwise(sorted(points))
        )

    @cached_property
    def miss(self) -> Decimal:
        """外れの大きさ: by how much a year the plainest outlook, 据置, would have missed at worst so far."""
        amounts = [change.amount for change in self.changes]
        missed = [later - earlier for earlier, later in pairwise(amounts)] if self.runs_on else amounts
        return max(abs(amount) for amount in missed)

    @cached_property
    def floor(self) -> Decimal | None:
        """Nothing lies below 0, nor a 累計 below its latest total; None where actuals or the goal show otherwise."""
        if self.runs_on and all(change.amount >= 0 for change in self.changes):
            return self.latest
        return Decimal(0) if all(amount >= 0 for amount in self._amounts) else None

    @cached_property
    def ceiling(self) -> Decimal | None:
        """A 割合 ends at 100; None for other kinds and where actuals or the goal show otherwise (127 % of a year)."""
        is_share = self.nature.kind is ValueKind.RATE and all(amount <= WHOLE for amount in self._amounts)
        return WHOLE if is_share else None

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """据置, 平均の増減, 直線. A 累計 holds its latest yearly increase, everything else its latest value."""
        first, last = min(self._points), self.latest_year
        average = (self.latest - self._points[first]) / (last - first)
        held = self.changes[-1].amount if self.runs_on else Decimal(0)
        slope, centre_year, centre = _least_squares(self.actuals)
        return (
            self._projection(OutlookMethod.HOLD, held, Decimal(last), self.latest),
            self._projection(OutlookMethod.AVERAGE, average, Decimal(last), self.latest),
            self._projection(OutlookMethod.LINE, slope, centre_year, centre),
        )

    @cached_property
    def spans(self) -> dict[int, Span]:
        """幅: lowest to highest of the methods, and beyond both by `miss` for each year ahead, within the bounds."""
        found = {}
        for year in self.remaining:
            values = [projection.values[year] for projection in self.projections]
            beyond = self.miss * (year - self.latest_year)
            found[year] = Span(self._bounded(min(values) - beyond), self._bounded(max(values) + beyond))
        return found

    @cached_property
    def need(self) -> Need | None:
        """あと年◯人; None where the last year has no goal as a number."""
        goal = self.goal.amount
        if goal is None:
            return None
        per_year = Decimal(0) if self.is_met else (goal - self.latest) / (self.last_year - self.latest_year)
        same_way = [change for change in self.changes if change.amount * per_year > 0]
        return Need(goal, per_year, max(same_way, key=lambda change: abs(change.amount), default=None))

    @property
    def is_met(self) -> bool:
        """Whether the latest figure would meet the goal of the last year."""
        figures = self.judged(self.latest)
        if figures.difference is None:
            return False
        more_is_better = self.nature.direction is Direction.MORE
        return figures.tone is Tone.GOOD or figures.difference == 0 or (more_is_better and figures.difference > 0)

    def projection(self, method: OutlookMethod) -> Projection:
        """The projection by this method; KeyError for OWN, which nothing computes."""
        return {projection.method: projection for projection in self.projections}[method]

    def judged(self, amount: Decimal) -> Figures:
        """The figures of the last year if this were its actual; judged by the one rule of `core.figures`."""
        return Figures(self.goal, Value(number=amount), self.nature)

    def admits(self, amount: Decimal) -> bool:
        """Whether a figure lies within the bounds."""
        return amount == self._bounded(amount)

    @cached_property
    def _points(self) -> dict[int, Decimal]:
        points = dict(self.actuals)
        return {self.first_year - 1: Decimal(0)} | points if self.runs_on else points

    @property
    def _amounts(self) -> list[Decimal]:
        goal = self.goal.amount
        return [*self.actuals.values(), *([] if goal is None else [goal])]

    def _projection(self, method: OutlookMethod, step: Decimal, from_year: Decimal, start: Decimal) -> Projection:
        values = {year: self._bounded(start + step * (year - from_year)) for year in self.remaining}
        return Projection(method, step, values)

    def _bounded(self, amount: Decimal) -> Decimal:
        if self.floor is not None:
            amount = max(amount, self.floor)
        return amount if self.ceiling is None else min(amount, self.ceiling)


def prospect(
    planned: Mapping[int, Value],
    actual: Mapping[int, Value],
    years: tuple[int, ...],
    *,
    nature: Nature,
    accumulation: Accumulation,
) -> Prospect | None:
    """What the actuals let one expect of the years after the latest of them; None where nothing may be said.

    That is: a 有無 or a 文章, fewer than two actuals, no year left, or a last year whose actual says that there will be
    no number (中止, 該当なし …). An actual whose 確定度 is 見込み is itself an outlook and does not count.
    """
    known = {year: amount for year in years if (amount := settled_amount(actual.get(year, EMPTY))) is not None}
    if not nature.has_rates or len(known) < FEWEST_ACTUALS:
        return None
    remaining = tuple(year for year in years if year > max(known))
    if not remaining or actual.get(years[-1], EMPTY).state not in (None, State.PENDING):
        return None
    is_share = nature.kind is ValueKind.RATE
    people = [actual[year].denominator if is_share else abs(amount) for year, amount in known.items()]
    return Prospect(
        actuals=known,
        remaining=remaining,
        goal=planned.get(years[-1], EMPTY),
        nature=nature,
        accumulation=accumulation,
        first_year=years[0],
        rests_on_few=any(count is not None and count < FEW_PEOPLE for count in people),
    )


def settled_amount(value: Value) -> Decimal | None:
    """The number of an actual; None where there is none, or one that is itself an outlook."""
    return None if value.certainty is Certainty.EXPECTED else value.amount


def _least_squares(points: Mapping[int, Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Slope of the line with the smallest squared distances, and the point (year, value) that it goes through."""
    count = len(points)
    centre_year, centre = Decimal(sum(points)) / count, sum(points.values(), Decimal(0)) / count
    together = sum(((year - centre_year) * (value - centre) for year, value in points.items()), Decimal(0))
    apart = sum(((year - centre_year) ** 2 for year in points), Decimal(0))
    return together / apart, centre_year, centre
