"""What a chart of planned and actual values says: years, words for what is missing, the axis. Not its drawing."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property

from core.numerals import one_decimal, plain
from core.words import NOT_ENTERED

NO_PLAN = "計画値なし"

PLANNED_COLOUR = "#0066be"
ACTUAL_COLOUR = "#f29500"
# The orange alone has 2.3:1 against white; its outline and the hatch carry the bar in grey print and for low vision.
ACTUAL_OUTLINE = "#8a4b00"
INK = "#1a1a1a"
GOAL_COLOUR = "#333333"
GRID_COLOUR = "#d9d9d9"
FONTS = "'BIZ UDPGothic','Yu Gothic UI','Hiragino Sans','Noto Sans JP','Noto Sans CJK JP',sans-serif"

INTERVALS = 5
"""At most so many steps on the axis."""
FEW_YEARS = 4
"""So many names of years fit side by side, each in one line."""
LONG = 5
"""So many years fit into the width of a telephone."""
YEAR_LINE = 3.3
"""Em in one line of a year's name where it is divided: 令和10 fits, 年度 follows below."""
BREAK = Decimal("0.4")
"""The gap before a year from which a series is another one, the distance of two years being 1."""
SIGNS_SIDE_BY_SIDE = 14
"""Digits that fit over the bars of one series, three years or more, at the width of a telephone."""
SIGNS_OF_A_LONG_ONE = 3
"""The same for a long chart, whose years have the room they need."""


@dataclass(frozen=True)
class YearPoint:
    """One fiscal year. None means there is no number; the matching word is then printed in the bar's place.

    A missing word is read as 計画値なし or 未入力, so that no year is without a mark. `remark` is a character under the
    label. `broken` says why the series is another one from this year on, "" where it continues (定義を見直し).
    """

    year: int
    label: str
    planned: Decimal | None
    actual: Decimal | None
    planned_word: str = ""
    actual_word: str = ""
    remark: str = ""
    broken: str = ""

    @property
    def name(self) -> str:
        """The label with its remark, in one line."""
        return self.label + self.remark

    @property
    def planned_mark(self) -> str:
        """The word in the place of the planned bar, or "" where there is a bar."""
        return "" if self.planned is not None else self.planned_word or NO_PLAN

    @property
    def actual_mark(self) -> str:
        """The word in the place of the actual bar, or "" where there is a bar."""
        return "" if self.actual is not None else self.actual_word or NOT_ENTERED


@dataclass(frozen=True)
class Axis:
    """The value axis: its ends and the distance of its ticks. Zero is always on it."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> tuple[Decimal, ...]:
        """Every tick from the lowest to the highest."""
        return tuple(self.low + self.step * index for index in range(int((self.high - self.low) / self.step) + 1))


@dataclass(frozen=True)
class PlannedActualChart:
    """計画 and 実績 of one measure by year. `key` is the measure's code: ids on the page are made from it.

    `goal`: a goal set only for the last year, drawn as a line across all years; None where every year has its plan.
    A chart of months has no planned bars: its line is the plan of the whole year, and says so by its name.
    """

    key: str
    title: str
    unit: str
    points: tuple[YearPoint, ...]
    goal: Decimal | None = None
    is_percent: bool = False
    goal_name: str = "目標"
    goal_sentence: str = "最終年度の目標は"
    has_planned_bars: bool = True

    def written(self, number: Decimal) -> str:
        """A number as printed on the chart: a 割合 to one decimal at most, everything else as stored."""
        return plain(Decimal(one_decimal(number))) if self.is_percent else plain(number)

    def with_unit(self, number: Decimal) -> str:
        """The number and its unit: 27人, 66.7%."""
        return self.written(number) + self.shown_unit

    @property
    def shown_unit(self) -> str:
        """The unit; a 割合 has one even where none was entered."""
        return self.unit or ("%" if self.is_percent else "")

    @cached_property
    def numbers(self) -> tuple[Decimal, ...]:
        """Every number on the chart, the goal among them."""
        found = [number for point in self.points for number in (point.planned, point.actual)] + [self.goal]
        return tuple(number for number in found if number is not None)

    @cached_property
    def axis(self) -> Axis:
        """Ticks 1, 2 or 5 times a power of ten apart; whole ones where every number is whole."""
        low, high = min(self.numbers, default=Decimal(0)), max(self.numbers, default=Decimal(0))
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
        if low == high:
            high = Decimal(1)
        step = _nice_step((high - low) / INTERVALS)
        if all(number == number.to_integral_value() for number in self.numbers):
            step = max(step, Decimal(1))
        return Axis(
            (low / step).to_integral_value(ROUND_FLOOR) * step,
            (high / step).to_integral_value(ROUND_CEILING) * step,
            step,
        )

    @cached_property
    def places(self) -> tuple[Decimal, ...]:
        """The position of each year, the first one at 0: 1 further each year, and more where the series is broken."""
        found, place = [], Decimal(-1)
        for point in self.points:
            place += 1 + (BREAK if point.broken else 0)
            found.append(place)
        return tuple(found)

    @property
    def is_broken(self) -> bool:
        """Whether the series is another one from some year on."""
        return any(point.broken for point in self.points)

    @property
    def is_long(self) -> bool:
        """Whether there are years of more than one plan: too many for the width of a telephone."""
        return self.has_planned_bars and len(self.points) > LONG

    @property
    def has_remarks(self) -> bool:
        """Whether there is a remark under the label of any year."""
        return any(point.remark for point in self.points)

    @property
    def has_many_years(self) -> bool:
        """Whether the names of the years need two lines; those of months are short."""
        return self.has_planned_bars and len(self.points) > FEW_YEARS

    @property
    def stacks_values(self) -> bool:
        """Whether the two values of a year are too long to fit side by side on a telephone."""
        if self.is_long:
            return self.longest > SIGNS_OF_A_LONG_ONE
        return self.has_planned_bars and self.longest * max(len(self.points), 3) > SIGNS_SIDE_BY_SIDE

    @cached_property
    def longest(self) -> int:
        """Characters in the longest number."""
        return max((len(self.written(number)) for number in self.numbers), default=0)

    @property
    def summary(self) -> str:
        """The chart in words for a screen reader: a sentence a year, then the goal."""
        sentences = [f"{_from(point)}{point.name}：{self._said(point)}。" for point in self.points]
        if self.goal is not None:
            sentences.append(f"{self.goal_sentence}{self.with_unit(self.goal)}。")
        return "".join(sentences)

    def _said(self, point: YearPoint) -> str:
        return f"{self._planned(point)}、{self._actual(point)}" if self.has_planned_bars else self._actual(point)

    def _planned(self, point: YearPoint) -> str:
        if point.planned is not None:
            return f"計画{self.with_unit(point.planned)}"
        return point.planned_mark if point.planned_mark == NO_PLAN else f"計画は{point.planned_mark}"

    def _actual(self, point: YearPoint) -> str:
        return f"実績{self.with_unit(point.actual)}" if point.actual is not None else f"実績は{point.actual_mark}"


def _from(point: YearPoint) -> str:
    return f"{point.label}から{point.broken}。" if point.broken else ""


def _nice_step(wanted: Decimal) -> Decimal:
    """The smallest of 1, 2, 5, 10 × a power of ten that is not below `wanted`, which is above zero."""
    power = Decimal(10) ** wanted.adjusted()
    return next(step for factor in (1, 2, 5, 10) if (step := factor * power) >= wanted)
