"""今年度の月別の値から: what the months that are in let one expect of their own year. Never an actual, never stored.

Source: the guideline's wish that 活動指標 are watched within the year, with an outlook on achievement. The months speak
of their year alone: nothing is said of the years after it, and no earlier actual is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from core.figures import FEW_PEOPLE, Figures, Nature
from core.fiscal_months import MONTHS
from core.monthly import YearFromMonths
from core.outlook import Span, settled_amount
from core.values import EMPTY, Value
from core.words import Accumulation, State

FEWEST_MONTHS = 3
"""Of two months one unusual one is half; a quarter is what a city looks at first."""


@dataclass(frozen=True)
class MonthsOutlook:
    """One year seen from its months. `made` has at least three of them.

    `start` is the value at the end of the year before, where a 年度末 or a 累計 goes on from; None where it is unknown.
    """

    made: YearFromMonths
    start: Decimal | None
    planned: Value
    nature: Nature

    @property
    def year(self) -> int:
        return self.made.fiscal_year

    @property
    def count(self) -> int:
        """How many months are in."""
        return self.made.count

    @property
    def accumulation(self) -> Accumulation:
        return self.made.accumulation

    @cached_property
    def to_come(self) -> int:
        """How many months may still change the figure: those missing, or those after the latest of a running value."""
        return len(MONTHS) - max(self._points) if self.made.is_of_one_month else len(self.made.missing)

    @property
    def lowest(self) -> Decimal:
        """The smallest month so far; of a 年度末 or a 累計 the smallest change from month to month."""
        return min(self._sizes)

    @property
    def highest(self) -> Decimal:
        return max(self._sizes)

    @property
    def largest_change(self) -> Decimal:
        """By how much a 年度末 moved at most from one month to the next, up or down."""
        return max(abs(change) for change in self._changes)

    @cached_property
    def pace(self) -> Decimal:
        """By how much a 累計 grew in a month so far, on average."""
        first, last = min(self._points), max(self._points)
        return (self._points[last] - self._points[first]) / (last - first)

    @cached_property
    def amount(self) -> Decimal:
        """What the year comes to if it goes on like this."""
        if self.accumulation is Accumulation.YEAR_END:
            return self._latest
        if self.accumulation is Accumulation.CUMULATIVE:
            return self._bounded(self._latest + self.pace * self.to_come)
        return self._with_each_to_come(self._total / self.count)

    @cached_property
    def span(self) -> Span:
        """幅: the months to come each like the smallest, and each like the largest so far."""
        if self.accumulation is Accumulation.YEAR_END:
            beyond = self.largest_change * self.to_come
            return Span(self._bounded(self._latest - beyond), self._latest + beyond)
        if self.accumulation is Accumulation.CUMULATIVE:
            low, high = (self._latest + change * self.to_come for change in (self.lowest, self.highest))
            return Span(self._bounded(low), self._bounded(high))
        return Span(self._with_each_to_come(self.lowest), self._with_each_to_come(self.highest))

    @property
    def judged(self) -> Figures:
        """The figures of the year if this were its actual; judged by the one rule of `core.figures`."""
        return Figures(self.planned, Value(number=self.amount), self.nature)

    @property
    def rests_on_few(self) -> bool:
        """Whether one person is a large share of the figure."""
        return abs(self.amount) < FEW_PEOPLE

    @property
    def _total(self) -> Decimal:
        return sum(self.made.numbers.values(), Decimal(0))

    def _with_each_to_come(self, month: Decimal) -> Decimal:
        """The year's sum or average where each month to come were this."""
        total = self._total + month * self.to_come
        is_average = self.accumulation is Accumulation.MONTHLY_AVERAGE
        return total / (self.count + self.to_come) if is_average else total

    @cached_property
    def _points(self) -> dict[int, Decimal]:
        """The running values by place in the year; 0 is the end of the year before."""
        own = {MONTHS.index(month) + 1: number for month, number in self.made.numbers.items()}
        return own if self.start is None else {0: self.start} | own

    @property
    def _latest(self) -> Decimal:
        return self._points[max(self._points)]

    @property
    def _changes(self) -> list[Decimal]:
        """From each known month to the next, per month where months lie between."""
        places = pairwise(sorted(self._points))
        return [(self._points[later] - self._points[earlier]) / (later - earlier) for earlier, later in places]

    @property
    def _sizes(self) -> list[Decimal]:
        return self._changes if self.made.is_of_one_month else list(self.made.numbers.values())

    def _bounded(self, amount: Decimal) -> Decimal:
        """Nothing lies below 0, unless a month did."""
        return max(amount, Decimal(0)) if min(self._points.values()) >= 0 else amount


def months_outlooks(
    planned: Mapping[int, Value],
    actual: Mapping[int, Value],
    years: tuple[int, ...],
    months: Mapping[int, YearFromMonths],
    *,
    nature: Nature,
) -> tuple[MonthsOutlook, ...]:
    """What the months let one expect of the years after the latest actual, in order.

    A year is left out with fewer than three months, and where its actual says that there will be no number (中止 …).
    An actual whose 確定度 is 見込み is itself an outlook and does not count.
    """
    known = {year: amount for year in years if (amount := settled_amount(actual.get(year, EMPTY))) is not None}
    ahead = [year for year in years if year > max(known, default=years[0] - 1)]
    return tuple(
        MonthsOutlook(months[year], _start(known, years, year, months[year]), planned.get(year, EMPTY), nature)
        for year in ahead
        if year in months
        and months[year].count >= FEWEST_MONTHS
        and actual.get(year, EMPTY).state in (None, State.PENDING)
    )


def _start(known: Mapping[int, Decimal], years: tuple[int, ...], year: int, made: YearFromMonths) -> Decimal | None:
    """Where the running value of a year begins: last year's actual; a 累計 is 0 before the plan's first year."""
    is_first = year == years[0] and made.accumulation is Accumulation.CUMULATIVE
    return Decimal(0) if is_first else known.get(year - 1)
