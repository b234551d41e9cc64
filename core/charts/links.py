"""What a picture of 成果目標 and their 活動指標 says: which are linked, and how each reads. Not its drawing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.figures import Tone
from core.goal_chain import Bearing

LINES_IN_ONE = 20
"""More rows than these would neither fit on A4 landscape nor be followed by eye: another picture goes on."""
SIGNS = {Tone.GOOD: "●", Tone.BEHIND: "▲", Tone.FINDING: "◆", Tone.MISSING: "○", Tone.QUIET: "－"}


@dataclass(frozen=True)
class Reading:
    """How something reads. `of` names the quantity where several of one row read differently, else ""."""

    word: str
    tone: Tone
    of: str = ""

    @property
    def said(self) -> str:
        return f"{self.of}は{self.word}" if self.of else self.word


@dataclass(frozen=True)
class GoalNode:
    """One 成果目標, at the right."""

    name: str
    reading: Reading


@dataclass(frozen=True)
class IndicatorNode:
    """One service or 活動指標, at the left, with the places of its goals in `LinkChart.goals`. `bearing` is what its
    lines show.
    """

    name: str
    readings: tuple[Reading, ...]
    bearing: Bearing
    goals: tuple[int, ...]

    @property
    def said(self) -> str:
        return f"{self.name}（{'、'.join(reading.said for reading in self.readings)}。{self.bearing.label}）"


@dataclass(frozen=True)
class NodeGroup:
    """Indicators of one 区分."""

    title: str
    nodes: tuple[IndicatorNode, ...]


@dataclass(frozen=True)
class LinkChart:
    """Goals and the indicators linked to them. `key` makes the ids on the page."""

    key: str
    title: str
    goals: tuple[GoalNode, ...]
    groups: tuple[NodeGroup, ...]

    @property
    def summary(self) -> str:
        """The picture in words for a screen reader: a sentence for each goal."""
        tied: list[list[str]] = [[] for _ in self.goals]
        for node in (node for group in self.groups for node in group.nodes):
            for goal in node.goals:
                tied[goal].append(node.said)
        said = zip(self.goals, tied, strict=True)
        return "".join(f"{goal.name}（{goal.reading.said}）：{'、'.join(names) or 'なし'}。" for goal, names in said)

    def divided(self) -> list["LinkChart"]:
        """Pictures of at most LINES_IN_ONE rows each, 区分 kept whole where they fit; goals without a line left out."""
        parts: list[list[NodeGroup]] = [[]]
        for group in _short(self.groups):
            if parts[-1] and sum(len(g.nodes) for g in (*parts[-1], group)) > LINES_IN_ONE:
                parts.append([])
            parts[-1].append(group)
        return [self._part(groups, place, len(parts)) for place, groups in enumerate(parts, 1) if groups]

    def _part(self, groups: list[NodeGroup], place: int, count: int) -> "LinkChart":
        tied = sorted({goal for group in groups for node in group.nodes for goal in node.goals})
        moved = {goal: place for place, goal in enumerate(tied)}
        names = "・".join(dict.fromkeys(group.title for group in groups))
        return LinkChart(
            f"{self.key}-{place}",
            f"{self.title}（{place}／{count}：{names}）" if count > 1 else self.title,
            tuple(self.goals[goal] for goal in tied),
            tuple(
                NodeGroup(group.title, tuple(replace(n, goals=tuple(moved[g] for g in n.goals)) for n in group.nodes))
                for group in groups
            ),
        )


def bearing_of(bearings: Iterable[Bearing]) -> Bearing:
    """The reading of several quantities of one row together: too little comes first, and silence last."""
    said = set(bearings)
    return next((one for one in (Bearing.LACKS, Bearing.BACKS) if one in said), Bearing.SILENT)


def readings_of(read: Iterable[tuple[str, str, Tone]]) -> tuple[Reading, ...]:
    """Readings of the quantities of one row, given as (quantity, word, tone): one where all read the same."""
    found = list(read)
    if len({word for _, word, _ in found}) == 1:
        _, word, tone = found[0]
        return (Reading(word, tone),)
    return tuple(Reading(word, tone, of) for of, word, tone in found)


def _short(groups: Iterable[NodeGroup]) -> list[NodeGroup]:
    """No group longer than one picture."""
    return [
        NodeGroup(group.title, group.nodes[start : start + LINES_IN_ONE])
        for group in groups
        for start in range(0, len(group.nodes), LINES_IN_ONE)
    ]
