"""Queries of 目標と活動指標の関係: the matrix of one plan (services by 区分, 成果目標 as columns), how both read in one
year, and the pictures of it; drawing is `core.charts`' business.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.charts.links import GoalNode, IndicatorNode, LinkChart, NodeGroup, Reading, bearing_of, readings_of
from core.charts.links_svg import link_svg
from core.figures import Tone
from core.fiscal_years import wareki
from core.goal_chain import GoalReading
from core.words import UNDER_REVIEW, Family
from evaluations.links.goal_chains import GoalColumn, LinkedRow, SeenChain, chains_of, goal_columns, linked_row
from indicators.queries import service_of, together, with_goals
from plans.models import Measure, Plan
from plans.queries import MeasureRow, latest_year_with_actuals, measure_rows, measures_of
from targets.models import OutcomeTarget

CHARACTERS = {"place": "節", "linked": "●", "partly": "◐", "offered": "○", "none": ""}


@dataclass(frozen=True)
class LinkCell:
    """Where one row of the matrix meets one 成果目標. `kind` is a key of CHARACTERS; `mark` is 参, 参4, 市 or ""."""

    kind: str
    mark: str
    words: str

    @property
    def sign(self) -> str:
        return CHARACTERS[self.kind]

    @property
    def is_tied(self) -> bool:
        return self.kind in ("place", "linked", "partly")


@dataclass(frozen=True)
class LinkRow:
    """One service of one 節 with its quantities, or one 活動指標 without a service, as they read in one year."""

    title: str
    indicators: tuple[LinkedRow, ...]
    cells: tuple[LinkCell, ...]

    @property
    def quantities(self) -> list[tuple[str, LinkedRow]]:
        """利用者数, 利用日数 …, or the name itself where the row is about one."""
        is_one = len(self.indicators) == 1
        return [(one.measure.title if is_one else _quantity(one.measure), one) for one in self.indicators]


@dataclass(frozen=True)
class LinkGroup:
    """The rows of one 区分."""

    title: str
    rows: tuple[LinkRow, ...]


def link_groups(indicators: Iterable[MeasureRow], columns: tuple[GoalColumn, ...], year: int) -> tuple[LinkGroup, ...]:
    """By 区分 of the service, else by 節; in each, users and amount of one service as one row."""
    services: dict[tuple[int, str], list[MeasureRow]] = defaultdict(list)
    for row in indicators:
        services[_row_key(row.measure)].append(row)
    groups: dict[str, list[LinkRow]] = defaultdict(list)
    for rows in services.values():
        measure, service = rows[0].measure, service_of(rows[0].measure)
        title = service.name if service and len(rows) > 1 else measure.title
        cells = tuple(_cell(column, rows) for column in columns)
        read = tuple(linked_row(row, year) for row in rows)
        groups[service.category if service else measure.section.title].append(LinkRow(title, read, cells))
    return tuple(LinkGroup(title, tuple(rows)) for title, rows in groups.items())


def _row_key(measure: Measure) -> tuple[int, str]:
    """A part of a whole (うち精神障害者) may belong to another goal than the whole: it has a row of its own."""
    service = service_of(measure)
    if service is None or measure.parent_id is not None:
        return measure.section_id, f"measure {measure.code}"
    return measure.section_id, service.code


def _cell(column: GoalColumn, rows: list[MeasureRow]) -> LinkCell:
    ids = [row.measure.pk for row in rows]
    linked = [row for row in rows if row.measure.pk in column.linked]
    named = next((column.named[pk] for pk in ids if pk in column.named), None)
    if column.in_place & set(ids):
        return LinkCell("place", "", "同じ節の指標")
    if not linked:
        words = f"結んでいない（{named.words}）" if named else "結んでいない"
        return LinkCell("offered" if named else "none", named.mark if named else "", words)
    mark, source = (named.mark, named.words) if named else ("市", "市が加えた")
    if len(linked) == len(rows):
        return LinkCell("linked", mark, f"結んでいる（{source}）")
    some = "・".join(_quantity(row.measure) for row in linked)
    return LinkCell("partly", mark, f"{some}だけ結んでいる（{source}）")


def _quantity(measure: Measure) -> str:
    """利用者数, 利用日数 …; the name where it is not stated what is counted."""
    return measure.activity_indicator.get_amount_of_display() or measure.title


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


TONES = {GoalReading.MET: Tone.GOOD, GoalReading.MISSED: Tone.BEHIND, GoalReading.OPEN: Tone.QUIET}


@dataclass(frozen=True)
class LinkPicture:
    """One picture, finished: every text in the markup is escaped already."""

    key: str
    title: str
    svg: str


def link_pictures(page: LinksPage) -> list[LinkPicture]:
    """The picture of the page's year, divided where it would be too long; none where nothing is linked."""
    return [LinkPicture(part.key, part.title, link_svg(part)) for part in link_chart(page).divided()]


def link_chart(page: LinksPage) -> LinkChart:
    """Goals and the indicators linked to them; those without a link are in the table alone."""
    groups = ((group.title, tuple(_node(row) for row in group.rows)) for group in page.groups)
    tied = ((title, tuple(node for node in nodes if node.goals)) for title, nodes in groups)
    return LinkChart(
        key="goals",
        title=f"成果目標と活動指標の関係（{wareki(page.year)}）",
        goals=tuple(GoalNode(str(column.section), _goal_reading(column.chain)) for column in page.columns),
        groups=tuple(NodeGroup(title, nodes) for title, nodes in tied if nodes),
    )


def _node(row: LinkRow) -> IndicatorNode:
    goals = tuple(place for place, cell in enumerate(row.cells) if cell.is_tied)
    readings = readings_of((quantity, one.word, one.figures.tone) for quantity, one in row.quantities)
    return IndicatorNode(row.title, readings, bearing_of(one.link.bearing for one in row.indicators), goals)


def _goal_reading(chain: SeenChain) -> Reading:
    reading = chain.chain.reading
    return Reading(UNDER_REVIEW if chain.chain.hides_goals else reading.label, TONES[reading])
