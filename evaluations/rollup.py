"""The cities of a prefecture rolled up, per kind of measure, for one 期 and one 年度. Three queries for any number of
cities. Source: the guideline's 参考4, roles of cities and prefectures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.figures import Figures
from core.rollup import (
    MeasureKind,
    Total,
    Wording,
    kinds_of,
)
from core.values import STORED_PLACES, Value
from core.words import Family
from evaluations import rollup_sql
from plans.models import Measure, Municipality, Plan

WORDING = ("catalogue_code", "family", "title", "unit", "value_kind", "accumulation")


@dataclass(frozen=True)
class Term:
    """計画種別, 期 and 年度: what one roll-up is about."""

    kind: str
    generation: int
    year: int


@dataclass(frozen=True)
class Rollup:
    """The totals of a prefecture. `cities` of it count, `with_plan` of them have a plan of this 期 here."""

    cities: int
    with_plan: int
    totals: tuple[Total, ...]

    @property
    def by_name(self) -> int:
        """How many kinds of measures were matched by name."""
        return sum(total.kind.by_name for total in self.totals)


def cities_of(prefecture: Municipality) -> QuerySet[Municipality]:
    """The cities that count: a fictional one never enters a real total."""
    real = Q() if prefecture.is_fictional else Q(is_fictional=False)
    return Municipality.objects.filter(real, prefecture=prefecture)


def plans_of(prefecture: Municipality, term: Term) -> QuerySet[Plan]:
    """The plans of those cities in this 期."""
    return Plan.objects.filter(municipality__in=cities_of(prefecture), kind=term.kind, generation=term.generation)


def wordings_of(prefecture: Municipality, term: Term) -> dict[Wording, MeasureKind]:
    """Every wording in these plans, with the kind of measure it belongs to. One query."""
    found = Measure.objects.filter(plan__in=plans_of(prefecture, term)).values_list(*WORDING)
    return kinds_of((Wording(*row[:-1]), row[-1]) for row in found.annotate(Count("id")).order_by())


def rollup(prefecture: Municipality, term: Term) -> Rollup:
    """Sums, medians and readings of every kind of measure. Three queries."""
    counts = cities_of(prefecture).aggregate(
        cities=Count("id", distinct=True),
        with_plan=Count("plans", distinct=True, filter=Q(plans__kind=term.kind, plans__generation=term.generation)),
    )
    wordings = wordings_of(prefecture, term)
    kinds = list(dict.fromkeys(wordings.values()))
    numbers = {kind: number for number, kind in enumerate(kinds)}
    numbered = [(numbers[kind], wording) for wording, kind in wordings.items()]
    scope = {
        "prefecture": prefecture.pk,
        "fictional": prefecture.is_fictional,
        "plan_kind": term.kind,
        "generation": term.generation,
        "year": term.year,
    }
    sums, middles = rollup_sql.sums_and_middles(numbered, **scope)
    totals = _totals(kinds, sums, middles, **counts)
    return Rollup(counts["cities"], counts["with_plan"], totals)


def _totals(
    kinds: list[MeasureKind], sums: Iterable, middles: Iterable, *, cities: int, with_plan: int
) -> tuple[Total, ...]:
    totals = [Total(kind) for kind in kinds]
    measured: Counter[int] = Counter()
    for number, why_no_plan, why_no_actual, reading, count, *amounts in sums:
        measured[number] += count
        planned, actual, numerator, denominator = map(_decimal, amounts)
        totals[number].add(
            (planned, actual, numerator, denominator),
            count=count,
            why_no_plan=why_no_plan,
            why_no_actual=why_no_actual,
            reading=reading,
        )
    rates: dict[int, int] = {}
    in_the_middle: dict[int, list[Decimal]] = defaultdict(list)
    for number, planned, actual, numerator, denominator, count in middles:
        rates[number] = count
        in_the_middle[number].append(_rate(planned, actual, numerator, denominator))
    for number, total in enumerate(totals):
        total.close(
            cities=cities,
            with_plan=with_plan,
            measured=measured[number],
            rates=rates.get(number, 0),
            middle=in_the_middle[number],
        )
    return tuple(sorted(totals, key=lambda total: (total.kind.family is not Family.TARGET, total.kind.title)))


def _rate(planned: Any, actual: Any, numerator: Any, denominator: Any) -> Decimal:
    parts = (None, None) if denominator is None else (_decimal(numerator), _decimal(denominator))
    value = Value(number=_decimal(actual), numerator=parts[0], denominator=parts[1])
    rate = Figures(Value(number=_decimal(planned)), value).achievement_rate
    if rate is None:
        raise ValueError("a rate in the middle that cannot be calculated")
    return rate


def _decimal(number: Any) -> Decimal:
    """SQLite adds up as floats; what is stored has four places, and so has a sum of it."""
    return Decimal(0) if number is None else Decimal(str(number)).quantize(STORED_PLACES)
