"""The paper and the grid of an evaluation sheet: A3 landscape, the columns, and what a placed cell is.

Lengths are points at full size; the sheet is printed reduced to the width of one page.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from core.evaluation_sheet import Shown
from core.text_width import wrap

PAPER_WIDTH, PAPER_HEIGHT = 1190.55, 841.89
MARGIN_SIDE, MARGIN_TOP, MARGIN_BOTTOM = 28.8, 36.0, 43.2

BODY_SIZE, TITLE_SIZE = 10.5, 16.0
# Noto Sans CJK, the tallest of the fonts that may stand in, sets lines at 1.45 em; 8 % more for Excel's own rounding.
LINE_EM = 1.45 * 1.08
CELL_PADDING = 7.0

TARGET_WIDTH, NUMBER_WIDTH, OUTLINE_WIDTH, ISSUES_WIDTH = 93.0, 48.0, 300.0, 150.0
TITLE_WIDTH, LABEL_WIDTH = 99.0, 108.0
YEAR_WIDTHS = {3: 54.0, 4: 54.0}
NARROW_YEAR_WIDTH = 52.5


class Role(Enum):
    """What a cell is, from which its look follows."""

    TITLE = auto()
    SUBTITLE = auto()
    HEADING = auto()
    TARGET = auto()
    NUMBER = auto()
    TEXT = auto()
    RESULT_TITLE = auto()
    LABEL = auto()
    YEAR = auto()
    VALUE = auto()
    PERCENT = auto()
    DEVIATION = auto()
    EMPTY = auto()
    NOTE = auto()


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell and the rectangle it fills; rows and columns count from 1."""

    row: int
    column: int
    rows: int
    columns: int
    value: Shown
    role: Role


@dataclass
class SheetLayout:
    """The finished sheet. `breaks` are the rows after which a page ends; `heading_row` repeats on every page."""

    widths: list[float]
    heading_row: int = 0
    heights: list[float] = field(default_factory=list)
    cells: list[PlacedCell] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Columns:
    """The columns for blocks of that many years, counted from 1: three, a block, a block, one."""

    years: int

    @property
    def widths(self) -> list[float]:
        """Every column's width."""
        block = [TITLE_WIDTH, LABEL_WIDTH] + [self.year_width] * self.years
        return [TARGET_WIDTH, NUMBER_WIDTH, OUTLINE_WIDTH, *block, *block, ISSUES_WIDTH]

    @property
    def year_width(self) -> float:
        """The width of one year; many years stand closer."""
        return YEAR_WIDTHS.get(self.years, NARROW_YEAR_WIDTH)

    @property
    def block(self) -> int:
        """How many columns a block takes."""
        return 2 + self.years

    @property
    def left(self) -> int:
        """Where the left block begins."""
        return 4

    @property
    def right(self) -> int:
        """Where the right block begins."""
        return self.left + self.block

    @property
    def issues(self) -> int:
        """The last column, 課題と今後の実施について."""
        return self.right + self.block

    @property
    def total_width(self) -> float:
        """The whole table."""
        return sum(self.widths)

    @property
    def results_width(self) -> float:
        """Both blocks together."""
        return sum(self.widths[self.left - 1 : self.issues - 1])

    @property
    def page_height(self) -> float:
        """The height of the rows that one page holds once the sheet is reduced to its width.

        3 % is kept back: programs round row heights, and the reduction, each in their own way.
        """
        scale = min(1.0, (PAPER_WIDTH - 2 * MARGIN_SIDE) / self.total_width)
        return (PAPER_HEIGHT - MARGIN_TOP - MARGIN_BOTTOM) / scale * 0.97


def text_height(text: str, width: float, size: float = BODY_SIZE) -> float:
    """The height that a cell of that width needs for the text; 0 for none."""
    if not text:
        return 0.0
    return len(wrap(text, width - CELL_PADDING, size)) * size * LINE_EM + 4
