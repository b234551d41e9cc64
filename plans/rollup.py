"""The cities of a prefecture rolled up, per kind of measure, for one 期 and one 年度. Three queries for any number of
cities. Source: the guideline's 参考4, roles of cities and prefectures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.figures import Figures
from core.rollup import MeasureKind, Total, Wording, kinds_of
from core.values import STORED_PLACES, Value
from core.words import Family, Side
from plans import rollup_sql
from plans.models import Measure, Municipality, Plan, YearlyValue
from plans.rollup_sql import Answer, Middle

WORDING = ("catalogue_code", "family", "title", "unit", "value_kind", "accumulation")


@dataclass(frozen=True)
class Term:
    """計画種別, 期 and 年度: what one roll-up is about."""

    kind: str
    generation: int
    year: int


@dataclass(frozen=True)
class Rollup:
    """The totals of a prefecture. `cities` of it count, `with_plan` of them have a plan of this 期 here, of which
    `received` came as files.
    """

    cities: int
    with_plan: int
    received: int
    totals: tuple[Total, ...]

    @property
    def by_name(self) -> int:
        """How many kinds of measures were matched by name."""
        return sum(total.kind.by_name for total in self.totals)


@dataclass(frozen=True)
class Rates:
    """How many 達成率 there are of one kind, and the one or two in the middle."""

    count: int
    middle: tuple[Decimal, ...]


NO_RATES = Rates(0, ())


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
    found = rollup_sql.ask(numbered, **scope)
    totals = _totals(kinds, found, _in_the_middle(found.middles, term.year))
    return Rollup(found.cities, found.with_plan, found.received, totals)


def _totals(kinds: list[MeasureKind], found: Answer, middles: Mapping[int, Rates]) -> tuple[Total, ...]:
    totals = [Total(kind) for kind in kinds]
    measured: Counter[int] = Counter()
    for same in found.alike:
        measured[same.kind] += same.count
        planned, actual, numerator, denominator = map(_decimal, same.amounts)
        totals[same.kind].add(
            (planned, actual, numerator, denominator),
            count=same.count,
            why_no_plan=same.why_no_plan,
            why_no_actual=same.why_no_actual,
            reading=same.reading,
        )
    for number, total in enumerate(totals):
        rates = middles.get(number, NO_RATES)
        total.close(
            cities=found.cities,
            with_plan=found.with_plan,
            measured=measured[number],
            rates=rates.count,
            middle=rates.middle,
        )
    return tuple(sorted(totals, key=lambda total: (total.kind.family is not Family.TARGET, total.kind.title)))


def _in_the_middle(middles: Iterable[Middle], year: int) -> dict[int, Rates]:
    """The rates in the middle by kind, calculated where all rates are. One query."""
    by_kind: dict[int, list[Middle]] = defaultdict(list)
    for middle in middles:
        by_kind[middle.kind].append(middle)
    measures = {middle.measure for found in by_kind.values() for middle in found}
    rows = YearlyValue.objects.filter(measure__in=measures, fiscal_year=year, replaced_in__isnull=True)
    values = {(row.measure_id, row.side): row.value for row in rows}
    return {
        kind: Rates(found[0].rates, tuple(_rate(values, middle.measure) for middle in found))
        for kind, found in by_kind.items()
    }


def _rate(values: Mapping[tuple[int, str], Value], measure: int) -> Decimal:
    rate = Figures(values[measure, Side.PLANNED], values[measure, Side.ACTUAL]).achievement_rate
    if rate is None:
        raise ValueError("a rate in the middle that cannot be calculated")
    return rate


def _decimal(number: Any) -> Decimal:
    """SQLite adds up as floats; what is stored has four places, and so has a sum of it."""
    return Decimal(0) if number is None else Decimal(str(number)).quantize(STORED_PLACES)
