"""The picture of 成果目標 and 活動指標 as SVG: indicators at the left by 区分, goals at the right, a line for each
link.

The strokes of a line say what the indicator means for the goal, and every reading is written in words next to its mark:
no meaning depends on colour. All lengths are in the units of the drawing.
"""

from dataclasses import dataclass
from html import escape

from core.charts.figure import FONTS, INK
from core.charts.links import SIGNS, GoalNode, IndicatorNode, LinkChart, Reading
from core.charts.markup import tag, text, units
from core.figures import Tone
from core.goal_chain import Bearing
from core.text_width import text_width, wrap

TEXT, SMALL = 13, 12
WIDTH = 720
NAMES, GOALS = 292, 208
"""How wide the names at the left and the boxes at the right are."""
LINE, SMALL_LINE, GAP, PAD = 17, 16, 8, 8
HEAD = 30
GROUP_LINE = 24

INKS = {
    Tone.GOOD: "#115a36",
    Tone.BEHIND: "#a40000",
    Tone.FINDING: "#6d4c00",
    Tone.MISSING: "#4d4d4d",
    Tone.QUIET: "#4d4d4d",
}
STROKES: dict[Bearing, tuple[str, float, str | None]] = {
    Bearing.BACKS: ("#115a36", 1.5, None),
    Bearing.LACKS: ("#a40000", 2.25, "9 5"),
    Bearing.SILENT: ("#4d4d4d", 1.25, "2 4"),
}
"""Ink, width and dashes of a line."""


def link_svg(chart: LinkChart) -> str:
    """A complete inline `<svg>`. Its name and description, for screen readers, are the title and the summary."""
    return _Drawing(chart).markup()


@dataclass(frozen=True)
class _Placed:
    """A node with its upper edge and height."""

    top: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


class _Drawing:
    def __init__(self, chart: LinkChart) -> None:
        self.chart = chart
        self.nodes = [node for group in chart.groups for node in group.nodes]
        self.left: list[_Placed] = []
        self.heads: list[float] = []
        self.foot = float(HEAD)
        self._place_indicators()
        self.right = self._placed_goals()
        self.height = max([self.foot, *(place.top + place.height + GAP for place in self.right)])

    def markup(self) -> str:
        """The whole element. Lines come first, so that no name is struck through."""
        chart = self.chart
        named, described = f"links-{chart.key}-title", f"links-{chart.key}-desc"
        return tag(
            "svg",
            tag("title", escape(chart.title), id=named),
            tag("desc", escape(chart.summary), id=described),
            self._legend(),
            *self._ties(),
            *self._groups(),
            *(self._indicator(node, place) for node, place in zip(self.nodes, self.left, strict=True)),
            *(self._goal(goal, place) for goal, place in zip(chart.goals, self.right, strict=True)),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH} {units(self.height)}",
            width=WIDTH,
            height=units(self.height),
            role="img",
            aria_labelledby=f"{named} {described}",
            class_="link-svg",
            font_family=FONTS,
            font_size=TEXT,
            fill=INK,
        )

    def _place_indicators(self) -> None:
        for group in self.chart.groups:
            self.heads.append(self.foot + LINE)
            self.foot += GROUP_LINE
            for node in group.nodes:
                height = len(_name_lines(node.name, NAMES)) * LINE + len(node.readings) * SMALL_LINE
                self.left.append(_Placed(self.foot, height))
                self.foot += height + GAP

    def _placed_goals(self) -> list[_Placed]:
        """The goals in the order of the plan, spread evenly along the indicators, so that few lines cross."""
        inner = GOALS - 2 * PAD
        heights = [len(_name_lines(goal.name, inner)) * LINE + SMALL_LINE + 2 * PAD for goal in self.chart.goals]
        room = max((self.foot - HEAD) / max(len(heights), 1), max(heights, default=0) + GAP)
        return [_Placed(HEAD + room * at + (room - height) / 2, height) for at, height in enumerate(heights)]

    def _legend(self) -> str:
        parts, x = [], 0.0
        for bearing in STROKES:
            parts.append(tag("path", d=f"M{units(x)} 12H{units(x + 34)}", **_stroke(bearing)))
            parts.append(text(x + 40, 16, bearing.label, size=SMALL))
            x += 40 + SMALL * (len(bearing.label) + 2)
        return tag("g", *parts, class_="links-legend")

    def _ties(self) -> list[str]:
        """The lines of one goal arrive one under the other, in the order of their indicators."""
        arriving: dict[int, list[int]] = {}
        for number, node in enumerate(self.nodes):
            for goal in node.goals:
                arriving.setdefault(goal, []).append(number)
        return [
            self._tie(number, self.right[goal], (order + 1) / (len(numbers) + 1))
            for goal, numbers in arriving.items()
            for order, number in enumerate(numbers)
        ]

    def _tie(self, number: int, goal: _Placed, share: float) -> str:
        """From the end of the name straight to the edge of the names, then over to the goal."""
        node, edge, to = self.nodes[number], NAMES + PAD, WIDTH - GOALS
        bend, y, into = (edge + to) // 2, units(self.left[number].middle), units(goal.top + goal.height * share)
        path = f"M{units(_widest(node) + PAD)} {y}H{edge}C{bend} {y} {bend} {into} {to} {into}"
        return tag("path", d=path, **_stroke(node.bearing))

    def _groups(self) -> list[str]:
        return [
            text(0, y, group.title, size=SMALL, weight="bold")
            for group, y in zip(self.chart.groups, self.heads, strict=True)
        ]

    def _indicator(self, node: IndicatorNode, place: _Placed) -> str:
        lines = _name_lines(node.name, NAMES)
        names = [text(0, place.top + TEXT + LINE * row, line, halo=True) for row, line in enumerate(lines)]
        below = place.top + LINE * len(lines) + SMALL
        said = [_reading(0, below + SMALL_LINE * row, each) for row, each in enumerate(node.readings)]
        return tag("g", *names, *said)

    def _goal(self, goal: GoalNode, place: _Placed) -> str:
        left = WIDTH - GOALS
        box = tag(
            "rect",
            x=left,
            y=units(place.top),
            width=GOALS - 1,
            height=units(place.height),
            rx=4,
            fill="#ffffff",
            stroke=INK,
        )
        lines = _name_lines(goal.name, GOALS - 2 * PAD)
        first = place.top + PAD + TEXT
        names = [text(left + PAD, first + LINE * row, line, weight="bold") for row, line in enumerate(lines)]
        return tag("g", box, *names, _reading(left + PAD, first + LINE * len(lines), goal.reading))


def _widest(node: IndicatorNode) -> float:
    """Where the longest line of an indicator ends."""
    names = (text_width(line, TEXT) for line in _name_lines(node.name, NAMES))
    return min(max(*names, *(text_width(_said(reading), SMALL) for reading in node.readings)), NAMES)


def _reading(x: float, y: float, reading: Reading) -> str:
    words = text(x, y, _said(reading), size=SMALL, halo=True)
    return tag("g", words, fill=INKS[reading.tone])


def _said(reading: Reading) -> str:
    """Mark and words: 「▲ 利用者数：見込みを下回る」."""
    of = f"{reading.of}：" if reading.of else ""
    return f"{SIGNS[reading.tone]} {of}{reading.word}"


def _stroke(bearing: Bearing) -> dict[str, str | float | None]:
    ink, width, dashes = STROKES[bearing]
    return {"fill": "none", "stroke": ink, "stroke_width": width, "stroke_dasharray": dashes}


def _name_lines(name: str, width: float) -> list[str]:
    return wrap(name, width, TEXT)
