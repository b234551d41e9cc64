"""The page of a prefecture: which 期 and 年度, its own plans, and one city compared with cities of similar size."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404
from django.utils import timezone

from core.figures import Figures, hidden
from core.fiscal_years import current_fiscal_year
from core.rollup import NO_MEASURE, NO_PLAN, NOT_SETTLED, SAME_NAME, MeasureKind, Wording
from core.values import EMPTY
from core.words import Side
from evaluations.models import ReceivedPackage
from evaluations.models.package import edition_in_words
from plans.models import Measure, Municipality, Plan, PlanKind, SectionYear
from plans.models.section_year import SETTLED
from plans.queries import stored_values
from plans.rollup import WORDING, Rollup, Term, cities_of, plans_of

SIMILAR = 2
"""Half to double the population counts as similar."""
MOST_PEERS = 10


@dataclass(frozen=True)
class TermChoice:
    """One 期 of one 計画種別 that any city of the prefecture has, with its years."""

    kind: str
    generation: int
    years: tuple[int, ...]

    @property
    def label(self) -> str:
        return f"第{self.generation}期{PlanKind(self.kind).label}"


@dataclass(frozen=True)
class Peer:
    """One city of the comparison. `figures` None: `word` says why there are none. `received`: the edition of the file
    that its plan was imported from, "" for a plan that is maintained here.
    """

    city: Municipality
    is_chosen: bool
    figures: Figures | None
    word: str = ""
    received: str = ""


@dataclass(frozen=True)
class Comparison:
    """Cities to choose from, and those of similar size as the chosen one, nearest first."""

    cities: tuple[Municipality, ...]
    without_population: int
    kind: MeasureKind | None
    city: Municipality | None
    peers: tuple[Peer, ...] = ()


def term_choices(prefecture: Municipality) -> list[TermChoice]:
    """The 期 of the cities, newest first. One query."""
    found = (
        Plan.objects.filter(municipality__in=cities_of(prefecture))
        .order_by("-start_year", "kind", "-generation")
        .values_list("kind", "generation", "start_year", "end_year")
        .distinct()
    )
    by_term: dict[tuple[str, int], set[int]] = {}
    for kind, generation, start, end in found:
        by_term.setdefault((kind, generation), set()).update(range(start, end + 1))
    ordered = sorted(by_term.items(), key=lambda item: (-min(item[1]), item[0][0] != PlanKind.DISABILITY, item[0]))
    return [TermChoice(kind, generation, tuple(sorted(years))) for (kind, generation), years in ordered]


def chosen_term(choices: list[TermChoice], asked: Mapping[str, str]) -> tuple[TermChoice, Term] | None:
    """What `?kind=&generation=&year=` selects: by default 障害福祉計画, the 期 of the last 年度 that has ended, and
    that 年度. None where no city has a plan. Raises Http404 for a 期 or 年度 that none has.
    """
    if not choices:
        return None
    ended = current_fiscal_year(timezone.localdate()) - 1
    kind = asked.get("kind") or (PlanKind.DISABILITY if "generation" in asked else "")
    wanted = [
        choice
        for choice in choices
        if kind in ("", choice.kind) and asked.get("generation", "") in ("", str(choice.generation))
    ]
    if not wanted:
        raise Http404("この期の計画がある市区町村はありません。")
    choice = max(wanted, key=lambda c: (c.years[0] <= ended, c.kind == PlanKind.DISABILITY, c.years[0]))
    year = asked.get("year") or str(min(max(ended, choice.years[0]), choice.years[-1]))
    if year not in map(str, choice.years):
        raise Http404("この期にない年度です。")
    return choice, Term(choice.kind, choice.generation, int(year))


def own_plans(prefecture: Municipality) -> list[Plan]:
    """The plans of the prefecture itself."""
    return list(prefecture.plans.order_by("-start_year", "kind"))


def comparison(prefecture: Municipality, term: Term, seen: Rollup, asked: Mapping[str, str]) -> Comparison:
    """Cities of half to double the population of `?city=`, with one kind of measure (`?measure=`). Four queries."""
    cities = list(cities_of(prefecture).order_by("code"))
    sized = tuple(city for city in cities if city.population)
    kinds = [total.kind for total in seen.totals]
    kind = next((k for k in kinds if k.code == asked.get("measure")), kinds[0] if kinds else None)
    chosen = next((city for city in sized if city.code == asked.get("city")), None)
    without = len(cities) - len(sized)
    if chosen is None or kind is None:
        return Comparison(sized, without, kind, None)
    return Comparison(sized, without, kind, chosen, _peers(prefecture, term, kind, chosen, sized))


def _peers(
    prefecture: Municipality, term: Term, kind: MeasureKind, chosen: Municipality, sized: tuple[Municipality, ...]
) -> tuple[Peer, ...]:
    similar = sorted((city for city in sized if _ratio(city, chosen) <= SIMILAR), key=lambda c: _ratio(c, chosen))
    near = [chosen, *(city for city in similar if city != chosen)][: MOST_PEERS + 1]
    files = ReceivedPackage.objects.filter(plan=OuterRef("pk")).order_by("-number")
    edition = {name: Subquery(files.values(name)[:1]) for name in ("number", "made_at")}
    found_plans = (
        plans_of(prefecture, term)
        .filter(municipality__in=near)
        .annotate(file_number=edition["number"], file_made_at=edition["made_at"])
    )
    plans = {plan.municipality_id: plan for plan in found_plans}
    settled = SectionYear.objects.filter(section=OuterRef("section"), fiscal_year=term.year, state__in=SETTLED)
    found_in = Measure.objects.filter(plan__in=plans.values()).annotate(settled=Exists(settled)).order_by("plan")
    measures = [
        measure for measure in found_in if Wording(*(getattr(measure, name) for name in WORDING)).key == kind.key
    ]
    by_plan = {plan: list(group) for plan, group in groupby(measures, key=lambda measure: measure.plan_id)}
    values = stored_values(measures)

    def peer(city: Municipality) -> Peer:
        is_chosen = city == chosen
        plan = plans.get(city.pk)
        found = by_plan.get(plan.pk, []) if plan else []
        received = edition_in_words(plan.file_made_at, plan.file_number) if plan and plan.file_number else ""
        if plan is None or len(found) != 1:
            why = NO_PLAN if plan is None else NO_MEASURE if not found else SAME_NAME
            return Peer(city, is_chosen, None, why, received)
        measure = found[0]
        planned, actual = (values.get((measure.pk, term.year, side), EMPTY) for side in (Side.PLANNED, Side.ACTUAL))
        outside = measure.outside(term.year)
        figures = Figures(planned, actual, measure.nature(plan), measure.baseline, outside=outside)
        figures = figures if measure.settled else hidden(figures, NOT_SETTLED)
        return Peer(city, is_chosen, figures, received=received)

    return tuple(peer(city) for city in near)


def _ratio(one: Municipality, other: Municipality) -> float:
    """How many times the larger of two populations is the smaller: 1 where they are equal."""
    small, large = sorted((one.population or 1, other.population or 1))
    return large / small
