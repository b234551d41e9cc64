"""Queries of 目標と活動指標の関係: the matrix of one plan, what the guideline says of it, how both read in one year."""

from collections import defaultdict
from dataclasses import dataclass

from core.words import Family
from evaluations.links.goal_chains import chains_of
from evaluations.links.goal_columns import GoalColumn, goal_columns
from evaluations.links.matrix import LinkGroup, link_groups
from indicators.queries import together, with_goals
from plans.models import Plan
from plans.queries import latest_year_with_actuals, measure_rows, measures_of
from targets.models import OutcomeTarget


@dataclass(frozen=True)
class LinksPage:
    """What the page prints for one year."""

    plan: Plan
    year: int
    columns: tuple[GoalColumn, ...]
    groups: tuple[LinkGroup, ...]

    @property
    def offered(self) -> int:
        """How many links the guideline names that the city has not taken over."""
        return sum(len(column.offered) for column in self.columns)

    @property
    def asked(self) -> tuple[GoalColumn, ...]:
        """The 成果目標 that contradict their indicators in this year."""
        return tuple(column for column in self.columns if column.chain.chain.contradiction)

    def column(self, number: str) -> GoalColumn | None:
        """The 成果目標 of the 節 with this number; None where it has none."""
        return next((column for column in self.columns if str(column.section.number) == number), None)

    def after(self, column: GoalColumn) -> GoalColumn | None:
        """The next 成果目標; None after the last."""
        later = (each for each in self.columns if each.section.number > column.section.number)
        return next(later, None)


def links_page(plan: Plan, year: int | None = None) -> LinksPage:
    """The page for the person of `plan.access`; without a year, the latest with actuals. Six queries."""
    sections = list(plan.sections.order_by("number"))
    measures, goals_of = with_goals(measures_of(plan))
    rows = measure_rows(plan, measures, access=plan.access)
    year = year if year is not None and year in plan.years else latest_year_with_actuals(plan, rows)
    indicators = tuple(together(row for row in rows if row.measure.family == Family.INDICATOR))
    goals = [row for row in rows if row.measure.family == Family.TARGET]
    titles = _titles(plan)
    chains = chains_of(sections, [*goals, *indicators], goals_of, year, with_target=titles)
    columns = goal_columns(plan, chains, indicators, goals_of, titles)
    return LinksPage(plan, year, columns, link_groups(indicators, columns, year))


def _titles(plan: Plan) -> dict[int, list[str]]:
    """The titles of the 成果目標 by 節 id. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    for section, title in OutcomeTarget.objects.filter(section__plan=plan).values_list("section_id", "title"):
        found[section].append(title)
    return dict(found)
