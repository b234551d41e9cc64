"""Queries that compare the plans of one 自治体 for the same years: 障害福祉計画, 障害児福祉計画, 障害者計画."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery

from evaluations.models import OpinionStatus
from evaluations.review.overview import HeatRow, heat_rows, missing_by_section
from plans.access import States, state_of
from plans.models import Plan, PlanRevision, Section, SectionYear, YearState
from plans.plan_list import by_kind, plans_beside
from plans.queries import MeasureRow, by_section, rows_of_plans
from plans.tally import tally
from plans.value_rows import changes_of_plans

Tally = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class PlanInYear:
    """One plan in one 年度: (tone, words, count) of its readings, its entry, and the states of its 節."""

    year: int
    tally: Tally
    entered: int
    measures: int
    states: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class PlanCompared:
    """One plan of the page. `years` has None where the plan has no such 年度; `missing` is of its `due_year`."""

    plan: Plan
    is_here: bool
    years: tuple[PlanInYear | None, ...]
    heat: tuple[HeatRow, ...]
    missing: tuple[tuple[Section, int], ...]


@dataclass(frozen=True)
class ComparisonPage:
    """`years` are the fiscal years of this plan; further years of the others are in their own tables."""

    years: tuple[int, ...]
    plans: tuple[PlanCompared, ...]

    @property
    def by_year(self) -> tuple[tuple[int, tuple[tuple[Plan, PlanInYear | None], ...]], ...]:
        """Each year with the plans and what they are in it."""
        return tuple(
            (year, tuple((one.plan, one.years[at]) for one in self.plans)) for at, year in enumerate(self.years)
        )


@dataclass(frozen=True)
class PlanSwitch:
    """What the dashboard says of the city's other plans: those to switch to, this one among them (none where it is the
    only one); and of this one, how many opinions wait for an answer, and number and day of its newest 計画変更.
    """

    plans: tuple[Plan, ...]
    unanswered: int
    revision: PlanRevision | None


def plan_switch(plan: Plan) -> PlanSwitch:
    """The plans of the same 自治体 with overlapping years; of this one, its unanswered opinions for those who may
    answer, and its newest 計画変更.

    One query for all of it.
    """
    newest = changes_of_plans().filter(plan=OuterRef("pk"))
    found = plans_beside(plan).annotate(
        waiting=Count("opinions", filter=Q(opinions__status=OpinionStatus.UNANSWERED)),
        newest_number=Subquery(newest.values("number")[:1]),
        newest_day=Subquery(newest.values("decided_on")[:1]),
    )
    plans = sorted(found, key=by_kind)
    [own] = [one for one in plans if one == plan]
    number = own.newest_number
    return PlanSwitch(
        plans=tuple(plans) if len(plans) > 1 else (),
        unanswered=own.waiting if plan.access.may_write else 0,
        revision=PlanRevision(plan=plan, number=number, decided_on=own.newest_day) if number else None,
    )


def comparison_page(plan: Plan) -> ComparisonPage:
    """The page for the person of `plan.access`, whose rights are those of the 自治体 and so of each of its plans.

    Five queries, however many plans and measures.
    """
    plans = sorted(plans_beside(plan).select_related("municipality"), key=by_kind)
    for one in plans:
        one.access = plan.access
    states = {(row.section_id, row.fiscal_year): row for row in SectionYear.objects.filter(section__plan__in=plans)}
    sections: dict[int, list[Section]] = defaultdict(list)
    for section in Section.objects.filter(plan__in=plans).order_by("number"):
        sections[section.plan_id].append(section)
    rows = rows_of_plans(plans, access=plan.access, states=states)
    found = (_beside(one, one == plan, plan.years, sections[one.pk], rows[one.pk], states) for one in plans)
    return ComparisonPage(plan.years, tuple(found))


def _beside(
    plan: Plan,
    is_here: bool,
    years: Iterable[int],
    sections: Sequence[Section],
    rows: Sequence[MeasureRow],
    states: States,
) -> PlanCompared:
    grouped = by_section(rows)
    return PlanCompared(
        plan=plan,
        is_here=is_here,
        years=tuple(_in_year(year, sections, rows, states) if year in plan.years else None for year in years),
        heat=heat_rows(plan, sections, grouped, states),
        missing=missing_by_section(plan, sections, grouped, plan.due_year),
    )


def _in_year(year: int, sections: Sequence[Section], rows: Sequence[MeasureRow], states: States) -> PlanInYear:
    counts = Counter(state_of(states.get((section.pk, year))) for section in sections)
    cells = [cell for row in rows if not (cell := row.cell(year)).figures.is_outside]
    return PlanInYear(
        year=year,
        tally=tally(rows, year),
        entered=sum(cell.figures.actual.is_entered for cell in cells),
        measures=len(cells),
        states=tuple((state.value, state.label, counts[state]) for state in YearState if counts[state]),
    )
