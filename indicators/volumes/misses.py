"""Plan against actual of an amount, year by year, split into users and use per user; for one service or several, and
for the page of one 活動指標, with the origin of its planned values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery

from core.figures import Figures
from core.values import EMPTY, Value
from core.volume_miss import NoSplit, Split, split_of
from core.volumes import Use
from indicators.models import ActivityIndicator
from indicators.volumes.ground import SeenTaking, seen_takings, taken_rows
from indicators.volumes.services import FORECAST, ServiceMeasures, Volume
from indicators.volumes.years import total
from plans.access import States
from plans.models import Measure, Plan
from plans.queries import MeasureRow


@dataclass(frozen=True)
class MissYear:
    """Plan against actual of one year, split; `why_not` where it is not. `excluded` are in no sum."""

    year: int
    planned: Use
    actual: Use
    split: Split | None
    why_not: str = ""
    excluded: tuple[str, ...] = ()


def misses_of(volume: Volume, rows: Mapping[int, MeasureRow], *, until: int) -> tuple[MissYear, ...]:
    """Each year of the plan with an actual of the amount, or up to `until` one withheld; rows by measure id.

    Of several services those are added of which all four figures are numbers.
    """
    if not volume.has_amount:
        return ()
    first = rows[volume.members[0].users.pk]
    return tuple(miss for year in first.by_year if (miss := _miss(volume, rows, year, until)))


def _miss(volume: Volume, rows: Mapping[int, MeasureRow], year: int, until: int) -> MissYear | None:
    figures = {member.service.code: _figures(member, rows, year) for member in volume.members}
    amounts = [amount for _, amount in figures.values()]
    if not any(one.actual.is_entered or (one.withheld and year <= until) for one in amounts):
        return None
    if volume.is_group:
        kept = {code: pair for code, pair in figures.items() if _is_numeric(*pair)}
        excluded = tuple(m.service.name for m in volume.members if m.service.code not in kept)
        is_hidden = any(one.withheld for pair in figures.values() for one in pair)
        users, amount = (_summed([pair[side] for pair in kept.values()]) for side in (0, 1))
    else:
        [(users, amount)] = figures.values()
        excluded, is_hidden = (), False
    found = NoSplit.HIDDEN if is_hidden else split_of(users, amount)
    return MissYear(
        year=year,
        planned=Use(year, users.planned.amount, amount.planned.amount),
        actual=Use(year, users.actual.amount, amount.actual.amount),
        split=found if isinstance(found, Split) else None,
        why_not=found.label if isinstance(found, NoSplit) else "",
        excluded=excluded,
    )


def _figures(member: ServiceMeasures, rows: Mapping[int, MeasureRow], year: int) -> tuple[Figures, Figures]:
    if member.amount is None:
        raise ValueError("a service without an amount has nothing to split")
    return rows[member.users.pk].cell(year).figures, rows[member.amount.pk].cell(year).figures


def _is_numeric(users: Figures, amount: Figures) -> bool:
    four = (users.planned, users.actual, amount.planned, amount.actual)
    return all(value.amount is not None for value in four)


def _summed(figures: list[Figures]) -> Figures:
    """Their sums as figures; without any of them nothing is known."""
    if not figures:
        return Figures()
    planned = total(one.planned.amount for one in figures)
    actual = total(one.actual.amount for one in figures)
    return Figures(_value(planned), _value(actual), figures[0].nature)


def _value(number: Decimal | None) -> Value:
    return EMPTY if number is None else Value(number=number)


@dataclass(frozen=True)
class MeasureVolume:
    """`misses` are those of the amount; empty on the page of the users."""

    volume: Volume
    misses: tuple[MissYear, ...]
    takings: tuple[SeenTaking, ...]


def counts_the_same(code: str) -> Q:
    """The measures of a plan that are forecast together with the one of this code, itself among them."""
    service = ActivityIndicator.objects.filter(measure__plan=OuterRef("plan"), measure__code=code).values("service")
    return FORECAST & Q(activity_indicator__service=Subquery(service[:1]))


def seen_volume(
    plan: Plan, measure: Measure, volume: Volume | None, rows: Sequence[MeasureRow], states: States
) -> MeasureVolume | None:
    """What the person of `plan.access` may see; `rows` are of the measure and of the others of its volume. One
    query."""
    if volume is None:
        return None
    by_measure = {row.measure.pk: row for row in rows}
    is_amount = measure == volume.members[0].amount
    return MeasureVolume(
        volume,
        misses_of(volume, by_measure, until=plan.due_year) if is_amount else (),
        seen_takings(taken_rows([measure]), rows, states, plan.access),
    )
