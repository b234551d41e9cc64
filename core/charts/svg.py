"""The chart as SVG: in the page at once, in print, and where no script runs.

Presentation attributes and no style attribute, so that the strict content security policy holds. The drawing is laid
out for a telephone (360 units wide for three years) and grows from there; all lengths below are in those units.
"""

from dataclasses import dataclass
from decimal import Decimal
from html import escape

from core.charts.figure import (
    ACTUAL_COLOUR,
    ACTUAL_OUTLINE,
    BREAK,
    FONTS,
    GOAL_COLOUR,
    GRID_COLOUR,
    INK,
    PLANNED_COLOUR,
    YEAR_LINE,
    PlannedActualChart,
    YearPoint,
)
from core.charts.markup import tag, text, units
from core.text_width import text_width, wrap

TEXT = 13
TICK_TEXT = 12
WIDTH = 360
SLOT = 54
"""The least room for one year: its label must fit."""
MONTH_SLOT = 33
"""The least room for one month, which has one bar."""
HEAD = 30
PLOT = 170
FOOT = 28
LINE = 16
AIR = 20
"""Above the highest bar and below the lowest one, for the value written there."""
ZERO_BAR = 2.5
"""How thick a bar of zero is drawn: it is a value, not a gap."""


def to_svg(chart: PlannedActualChart, *, for_paper: bool = False) -> str:
    """A complete inline `<svg>`. Its name and description, for screen readers, are the title and the summary.

    `for_paper`: for a renderer that paints the stroke of a text over its fill, and so cannot draw a halo.
    """
    return _Drawing(chart, for_paper).markup()


@dataclass(frozen=True)
class _Side:
    """One of the two bars of a year."""

    name: str
    number: Decimal | None
    mark: str
    fill: str
    stroke: str
    left: float
    width: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class _Year:
    """The position of a year and of its two bars; a month has no planned one."""

    lines: list[str]
    middle: float
    planned: _Side | None
    actual: _Side

    @property
    def sides(self) -> tuple[_Side, ...]:
        return (self.actual,) if self.planned is None else (self.planned, self.actual)


class _Drawing:
    def __init__(self, chart: PlannedActualChart, for_paper: bool):
        self.chart = chart
        self.for_paper = for_paper
        self.hatch = f"chart-{chart.key}-hatch"
        self.left = max(text_width(chart.written(tick), TICK_TEXT) for tick in chart.axis.ticks) + 10
        goal = "" if chart.goal is None else chart.with_unit(chart.goal)
        self.right = max(text_width(line, TEXT) for line in (chart.goal_name, goal)) + 8 if goal else 6
        room = WIDTH - self.left - self.right
        widest = max((text_width(chart.written(number), TEXT) for number in chart.numbers), default=0)
        self.slot = max(room / max(len(chart.points), 1), SLOT if chart.has_planned_bars else MONTH_SLOT)
        if not chart.has_planned_bars:
            self.slot = max(self.slot, widest + 4)
        # Long values are written one above the other, with their names.
        self.stacked = chart.stacks_values
        if self.stacked:
            self.slot = max(self.slot, widest + 2 * TEXT + 12)
        self.width = self.left + self.slot * float((chart.places or (-1,))[-1] + 1) + self.right
        self.air = AIR * 2 if self.stacked else AIR
        self.top = HEAD + self.air
        self.bottom = HEAD + PLOT - (AIR if chart.axis.low < 0 else 0)
        self.foot = HEAD + PLOT + FOOT + (LINE if chart.has_many_years or chart.has_remarks else 0)
        self.height = self.foot + (LINE if chart.is_broken else 0)

    def markup(self) -> str:
        """The whole element."""
        chart, named = self.chart, f"chart-{self.chart.key}-title"
        described = f"chart-{chart.key}-desc"
        years = [self._placed(index, point) for index, point in enumerate(chart.points)]
        return tag(
            "svg",
            tag("title", escape(chart.title), id=named),
            tag("desc", escape(chart.summary), id=described),
            self._definitions(),
            self._legend(),
            self._axis(),
            *map(self._bars, years),
            *map(self._break, years, chart.points),
            self._goal(),
            # Last, with their halo, so that the goal line does not strike a number through.
            *map(self._values, years),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {units(self.width)} {units(self.height)}",
            width=units(self.width),
            height=units(self.height),
            role="img",
            aria_labelledby=f"{named} {described}",
            class_="chart-svg",
            font_family=FONTS,
            font_size=TEXT,
            fill=INK,
        )

    def y(self, number: Decimal) -> float:
        """Where a value lies. The axis without its air: a bar that ends at the top still has its number above it."""
        axis = self.chart.axis
        return self.top + float((axis.high - number) / (axis.high - axis.low)) * (self.bottom - self.top)

    def _definitions(self) -> str:
        stripes = tag("rect", width=7, height=7, fill="#ffffff") + tag("rect", width=4, height=7, fill=ACTUAL_COLOUR)
        pattern = tag(
            "pattern",
            stripes,
            id=self.hatch,
            width=7,
            height=7,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )
        return tag("defs", pattern)

    def _legend(self) -> str:
        """計画 and 実績 with their samples, and at the left the unit of the axis."""
        unit = f"（{self.chart.shown_unit}）" if self.chart.shown_unit else ""
        parts = [text(0, 16, unit, size=TICK_TEXT)]
        right = self.width - 4
        samples = (("実績", f"url(#{self.hatch})", ACTUAL_OUTLINE), ("計画", PLANNED_COLOUR, PLANNED_COLOUR))
        for name, fill, stroke in samples if self.chart.has_planned_bars else samples[:1]:
            parts.append(text(right, 16, name, anchor="end"))
            parts.append(
                tag("rect", x=units(right - 2 * TEXT - 20), y=5.5, width=14, height=12, fill=fill, stroke=stroke)
            )
            right -= 2 * TEXT + 36
        return "".join(parts)

    def _axis(self) -> str:
        parts = []
        for tick in self.chart.axis.ticks if self.chart.numbers else (Decimal(0),):
            height = self.y(tick)
            ends = {
                "x1": units(self.left),
                "x2": units(self.width - self.right),
                "y1": units(height),
                "y2": units(height),
            }
            parts.append(tag("line", **ends, stroke=INK if tick == 0 else GRID_COLOUR))
            if self.chart.numbers:
                parts.append(text(self.left - 6, height + 4, self.chart.written(tick), size=TICK_TEXT, anchor="end"))
        return "".join(parts)

    def _placed(self, index: int, point: YearPoint) -> _Year:
        middle = self.left + self.slot * float(self.chart.places[index] + Decimal("0.5"))
        width = min(self.slot * 0.4, 46)
        if not self.chart.has_planned_bars:
            width = self.slot * 0.6
            hatched = f"url(#{self.hatch})"
            bar = _Side("実績", point.actual, point.actual_mark, hatched, ACTUAL_OUTLINE, middle - width / 2, width)
            return _Year(self._lines(point), middle, None, bar)
        return _Year(
            self._lines(point),
            middle,
            _Side("計画", point.planned, point.planned_mark, PLANNED_COLOUR, PLANNED_COLOUR, middle - width - 2, width),
            _Side("実績", point.actual, point.actual_mark, f"url(#{self.hatch})", ACTUAL_OUTLINE, middle + 2, width),
        )

    def _bars(self, year: _Year) -> str:
        """Bars, the words in place of bars, and the year below."""
        drawn = (self._missing(side) if side.number is None else self._bar(side, side.number) for side in year.sides)
        return tag("g", *drawn, self._year_name(year), class_="chart-year")

    def _break(self, year: _Year, point: YearPoint) -> str:
        """A dashed line in the gap before the year, and under it in what way the series is another one."""
        if not point.broken:
            return ""
        place = year.middle - self.slot * (0.5 + float(BREAK) / 2)
        line = {"x1": units(place), "x2": units(place), "y1": units(HEAD), "y2": units(self.foot - 4)}
        return tag(
            "g",
            tag("line", **line, stroke=GOAL_COLOUR, stroke_width=1.5, stroke_dasharray="2 3"),
            text(place, self.foot + LINE - 6, point.broken, anchor="middle"),
            class_="chart-break",
        )

    def _values(self, year: _Year) -> str:
        if self.stacked:
            return self._stacked_values(year)
        return "".join(self._value(side, side.number) for side in year.sides if side.number is not None)

    def _year_name(self, year: _Year) -> str:
        return "".join(
            text(year.middle, HEAD + PLOT + 20 + LINE * place, line, anchor="middle")
            for place, line in enumerate(year.lines)
        )

    def _lines(self, point: YearPoint) -> list[str]:
        """The label of a year as it is written under its bars, with its remark below."""
        name = wrap(point.label, TEXT * YEAR_LINE, TEXT) if self.chart.has_many_years else [point.label]
        return [*name, point.remark] if point.remark else name

    def _bar(self, side: _Side, number: Decimal) -> str:
        end, zero = self.y(number), self.y(Decimal(0))
        top, height = min(end, zero), abs(end - zero)
        if height < ZERO_BAR:
            top, height = (zero if number < 0 else zero - ZERO_BAR), ZERO_BAR
        return tag(
            "rect",
            x=units(side.left),
            y=units(top),
            width=units(side.width),
            height=units(height),
            fill=side.fill,
            stroke=side.stroke,
        )

    def _value(self, side: _Side, number: Decimal) -> str:
        end, zero = self.y(number), self.y(Decimal(0))
        place = end + TEXT + 2 if number < 0 else min(end, zero - ZERO_BAR) - 5
        return self._number(side.middle, place, self.chart.written(number))

    def _stacked_values(self, year: _Year) -> str:
        """Long numbers one above the other over both bars and over a word in the place of one, each with its name."""
        known = [(side.name, side.number) for side in year.sides if side.number is not None]
        words = [self._word_top(side) for side in year.sides if side.number is None]
        lowest = min([self.y(number) for _, number in known] + [self.y(Decimal(0)), *words]) - 5
        return "".join(
            self._number(year.middle, lowest - rise * LINE, f"{name} {self.chart.written(number)}")
            for rise, (name, number) in enumerate(reversed(known))
        )

    def _number(self, middle: float, place: float, words: str) -> str:
        """A number that is readable also over a line: with a halo on screen, with a white background in print."""
        if not self.for_paper:
            return text(middle, place, words, anchor="middle", halo=True)
        width = text_width(words, TEXT)
        ground = tag(
            "rect",
            x=units(middle - width / 2),
            y=units(place - TEXT + 2),
            width=units(width),
            height=TEXT - 1,
            fill="#ffffff",
        )
        return ground + text(middle, place, words, anchor="middle")

    def _missing(self, side: _Side) -> str:
        """The word in the bar's place, written downwards. Its characters are placed one by one: not every renderer for
        print knows the writing direction.
        """
        start = self._word_top(side)
        signs = [
            tag("tspan", escape(sign), x=units(side.middle), y=units(start + TEXT * (place + 0.88)))
            for place, sign in enumerate(side.mark)
        ]
        return tag("text", *signs, text_anchor="middle", class_="chart-missing", fill="#4d4d4d")

    def _word_top(self, side: _Side) -> float:
        """Where a word in the bar's place begins: above zero where there is room."""
        zero = self.y(Decimal(0))
        top = zero - len(side.mark) * TEXT - 4
        return top if top >= HEAD else zero + 6

    def _goal(self) -> str:
        """A dashed line over all years; its label is at the right, where no bar can reach it."""
        if self.chart.goal is None:
            return ""
        height = self.y(self.chart.goal)
        end = self.width - self.right
        line = {"x1": units(self.left), "x2": units(end + 2), "y1": units(height), "y2": units(height)}
        return tag(
            "g",
            tag("line", **line, stroke=GOAL_COLOUR, stroke_width=1.5, stroke_dasharray="6 4"),
            text(end + 5, height - 2, self.chart.goal_name, weight="bold"),
            text(end + 5, height + TEXT - 1, self.chart.with_unit(self.chart.goal), weight="bold"),
            class_="chart-goal",
        )
