"""The totals of a prefecture a second time: city by city, slowly, so that nobody can doubt them. Used by the tests and,
for the whole nation, by `make bench`.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from core.figures import Figures
from core.rollup import median
from core.values import EMPTY
from core.words import Side, ValueKind
from plans.models import Measure, Municipality, SectionYear, YearlyValue, YearState
from plans.rollup import Term, cities_of, rollup


def middle_of(values: Iterable[Decimal]) -> list[Decimal]:
    """The one or two values in the middle of all."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]


def naive(prefecture: Municipality, term: Term) -> dict:
    """The same totals city by city and measure by measure, slowly, with `core.figures` as the only rule."""
    rows = YearlyValue.objects.filter(fiscal_year=term.year, replaced_in=None)
    values = {(v.measure_id, v.fiscal_year, v.side): v.value for v in rows}
    settled = {
        (s.section_id, s.fiscal_year)
        for s in SectionYear.objects.filter(state__in=[YearState.CONFIRMED, YearState.PUBLISHED])
    }
    found: dict = {}
    for city in cities_of(prefecture):
        for measure in Measure.objects.filter(
            plan__municipality=city, plan__kind=term.kind, plan__generation=term.generation
        ).select_related("plan"):
            title = "".join(measure.title.split()).replace("(", "（").replace(")", "）").replace("Ａ", "A")
            total = found.setdefault((measure.family, title), new_total())
            total["plans"] += 1
            planned = values.get((measure.pk, term.year, Side.PLANNED), EMPTY)
            actual = values.get((measure.pk, term.year, Side.ACTUAL), EMPTY)
            if measure.value_kind != ValueKind.RATE and planned.number is not None:
                total["planned"] += planned.number
            if (measure.section_id, term.year) not in settled:
                total["excluded"]["未確定"] += 1
                continue
            if actual.number is None:
                total["excluded"][actual.missing_word] += 1
                continue
            if measure.value_kind == ValueKind.RATE:
                if actual.denominator is None:
                    total["excluded"]["分子・分母なし"] += 1
                else:
                    total["parts"][0] += actual.numerator
                    total["parts"][1] += actual.denominator
                    total["cities"] += 1
            else:
                total["actual"] += actual.number
                total["cities"] += 1
            if planned.number is None:
                continue
            figures = Figures(planned, actual, measure.nature(measure.plan))
            reading = figures.reading
            total["readings"]["計画0・実績あり" if reading.startswith("計画0・実績") else reading] += 1
            if figures.achievement_rate is not None:
                total["rates"].append(figures.achievement_rate)
    for total in found.values():
        total["rates"] = (len(total["rates"]), median(middle_of(total["rates"])))
    return found


def new_total() -> dict:
    return {
        "plans": 0,
        "planned": Decimal(0),
        "actual": Decimal(0),
        "parts": [Decimal(0), Decimal(0)],
        "cities": 0,
        "excluded": Counter(),
        "readings": Counter(),
        "rates": [],
    }


def seen(prefecture: Municipality, term: Term) -> dict:
    """The roll-up in the shape of `naive`."""
    result = rollup(prefecture, term)
    by_kind = {}
    for total in result.totals:
        is_rate = total.kind.value_kind is ValueKind.RATE
        excluded = Counter({k: n for k, n in total.actual.excluded.items() if n and k not in ("未提出", "指標なし")})
        title = "".join(total.kind.title.split()).replace("(", "（").replace(")", "）").replace("Ａ", "A")
        by_kind[(total.kind.family, title)] = {
            "plans": result.with_plan - total.actual.excluded["指標なし"],
            "planned": total.planned.amount,
            "actual": Decimal(0) if is_rate else total.actual.amount,
            "parts": [total.actual.numerator, total.actual.denominator],
            "cities": total.actual.cities,
            "excluded": excluded,
            "readings": total.readings,
            "rates": (total.rated.cities, total.median_rate),
        }
    return by_kind
