"""期間途中: what a goal set only for the last year means in the years before it. Never a planned value, 差 or rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.values import EMPTY, Value
from core.words import Accumulation


@dataclass(frozen=True)
class Interim:
    """A year on the way to a goal set only for the last year of the plan.

    `expected` is the pace (累計, or a baseline that is the same quantity as the goal); None where a pace means nothing.
    """

    goal: Decimal
    goal_year: int
    expected: Decimal | None = None


def last_year_goal(planned: Mapping[int, Value], years: tuple[int, ...]) -> Decimal | None:
    """The goal, where the last year alone has a planned number; otherwise None."""
    *earlier, last = years
    if any(planned.get(year, EMPTY).is_entered for year in earlier):
        return None
    return planned.get(last, EMPTY).amount


def interim(
    planned: Mapping[int, Value],
    years: tuple[int, ...],
    year: int,
    *,
    accumulation: Accumulation,
    baseline: Decimal | None = None,
    baseline_is_same_quantity: bool = False,
) -> Interim | None:
    """The note to `year`, or None in the last year and where the goal is not a last-year goal.

    Elapsed years count to the end of the year judged. 累計: goal × elapsed ÷ years. Otherwise only where the
    baseline is explicitly the same quantity: 基準値 + (goal − 基準値) × elapsed ÷ years.
    Source: the design's rule of pace.
    """
    goal = last_year_goal(planned, years)
    if goal is None or year >= years[-1]:
        return None
    elapsed, length = Decimal(year - years[0] + 1), Decimal(len(years))
    if accumulation is Accumulation.CUMULATIVE:
        return Interim(goal, years[-1], goal * elapsed / length)
    if baseline_is_same_quantity and baseline is not None:
        return Interim(goal, years[-1], baseline + (goal - baseline) * elapsed / length)
    return Interim(goal, years[-1])
