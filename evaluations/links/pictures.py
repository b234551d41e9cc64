"""Pictures of the page of links: its finished rows become chart objects; drawing is core's business."""

from dataclasses import dataclass

from core.charts.links import GoalNode, IndicatorNode, LinkChart, NodeGroup, Reading, bearing_of, readings_of
from core.charts.links_svg import link_svg
from core.figures import Tone
from core.fiscal_years import wareki
from core.goal_chain import GoalReading
from core.words import UNDER_REVIEW
from evaluations.links.goal_chains import SeenChain
from evaluations.links.matrix import LinkRow
from evaluations.links.page import LinksPage

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
