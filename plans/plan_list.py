"""Queries of 計画の一覧: where a person starts, and how far the evaluation of each plan has come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from core.fiscal_years import current_fiscal_year
from plans.access import Person, visible_plans
from plans.models import Membership, Municipality, Plan, PlanKind, Role, SectionYear, YearState


@dataclass(frozen=True)
class StateCount:
    """How many 節 are in one state; `state` is its name, `label` its Japanese word."""

    state: str
    label: str
    count: int


@dataclass(frozen=True)
class PlanSummary:
    """One plan, and the states of its 節 in `year`, the year to be reported now; states without a 節 are left out."""

    plan: Plan
    year: int
    sections: int
    states: tuple[StateCount, ...]


@dataclass(frozen=True)
class PeriodPlans:
    """The plans of one 自治体 for the same years. `has_others`: another plan's years overlap, here or elsewhere."""

    plans: tuple[PlanSummary, ...]
    has_others: bool

    @property
    def first(self) -> Plan:
        return self.plans[0].plan


@dataclass(frozen=True)
class CityPlans:
    """The plans of one 自治体 by 期間, newest first."""

    municipality: Municipality
    periods: tuple[PeriodPlans, ...]

    @property
    def plans(self) -> tuple[PlanSummary, ...]:
        return tuple(summary for period in self.periods for summary in period.plans)


def current_plan(memberships: Iterable[Membership], today: date) -> Plan | None:
    """The plan in which a person of one city starts; None for several cities and the 県, who start at the list.

    It is the plan of the present 年度, else the newest that has begun; among plans of the same years 障害福祉計画.
    """
    memberships = list(memberships)
    if len(memberships) != 1 or memberships[0].role == Role.PREFECTURE:
        return None
    year = current_fiscal_year(today)
    begun = memberships[0].municipality.plans.filter(start_year__lte=year)
    return max(
        begun, key=lambda plan: (plan.end_year >= year, plan.kind == PlanKind.DISABILITY, plan.start_year), default=None
    )


CITIES_PER_PAGE = 25


def cities_page(user: Person, words: str = "", number: str = "1") -> Page:
    """One page of the 自治体 whose plans a person may open, by 団体コード; with `words`, those named or coded so. Two
    queries."""
    found = Municipality.objects.filter(plans__in=visible_plans(user)).distinct().order_by("code")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(code__startswith=words))
    return Paginator(found, CITIES_PER_PAGE).get_page(number)


def plan_list_rows(user: Person, cities: Iterable[Municipality]) -> list[CityPlans]:
    """The plans of these 自治体 that a person may open, by 自治体. Two queries."""
    shown = visible_plans(user).filter(municipality__in=[city.pk for city in cities])
    plans = list(shown.annotate(section_count=Count("sections", distinct=True)).order_by(*BY_CITY))
    states = _states(plans)
    summaries = [_summary(plan, states[plan.pk]) for plan in plans]
    by_city = groupby(summaries, key=lambda summary: summary.plan.municipality)
    return [CityPlans(municipality, _by_period(tuple(group))) for municipality, group in by_city]


BY_CITY = ("municipality__code", "-start_year", "end_year")
KINDS = list(PlanKind)


def plans_beside(plan: Plan) -> QuerySet[Plan]:
    """The plans of the same 自治体 whose years overlap, this one among them; who may open one may open all."""
    return plan.municipality.plans.filter(start_year__lte=plan.end_year, end_year__gte=plan.start_year)


def by_kind(plan: Plan) -> tuple[int, int]:
    """The order of plans of the same years: 障害福祉計画, 障害児福祉計画, 障害者計画, then the older first."""
    return KINDS.index(PlanKind(plan.kind)), plan.start_year


def _by_period(summaries: Sequence[PlanSummary]) -> tuple[PeriodPlans, ...]:
    by_years = groupby(summaries, key=lambda summary: summary.plan.years)
    periods = (tuple(sorted(group, key=lambda summary: by_kind(summary.plan))) for _, group in by_years)
    plans = [summary.plan for summary in summaries]
    return tuple(
        PeriodPlans(group, any(one != group[0].plan and {*one.years} & {*group[0].plan.years} for one in plans))
        for group in periods
    )


def _states(plans: Sequence[Plan]) -> dict[int, Counter]:
    """The states of the year due, counted by plan id; 節 without a row are not among them."""
    due = {plan.pk: plan.due_year for plan in plans}
    rows = SectionYear.objects.filter(section__plan__in=due, fiscal_year__in=set(due.values()))
    counts: dict[int, Counter] = defaultdict(Counter)
    for plan_id, year, state in rows.values_list("section__plan", "fiscal_year", "state"):
        if year == due[plan_id]:
            counts[plan_id][state] += 1
    return counts


def _summary(plan: Plan, counted: Counter) -> PlanSummary:
    """No row means 下書き."""
    sections: int = plan.section_count  # type: ignore[attr-defined]
    counts = counted + Counter({YearState.DRAFT: sections - counted.total()})
    states = tuple(StateCount(state, state.label, counts[state]) for state in YearState if counts[state])
    return PlanSummary(plan, plan.due_year, sections, states)
