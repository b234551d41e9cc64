"""The layout (様式) of an evaluation sheet as data: what is where, how wide, in which look, on which page size.

A design comes from a file (`core.sheets.design_file`); `core.sheets.pages` lays a sheet out by it. Lengths are points
at full size: the sheet is printed reduced to the width of its page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.words import Word


class Edition(Word):
    """様式の新旧: 旧様式 leaves 未入力 blank and prints 乖離値; 新様式 prints true figures and says 未入力."""

    OLD = "old", "旧様式"
    NEW = "new", "新様式"


class Line(Word):
    """One line of a block of figures, with the word it bears where a design gives none."""

    PLANNED = "planned", "計画値"
    ACTUAL = "actual", "実績値"
    LEGACY_DEVIATION = "legacy_deviation", "乖離値"
    DIFFERENCE = "difference", "差"
    ACHIEVEMENT_RATE = "achievement_rate", "達成率"
    DEVIATION_RATE = "deviation_rate", "乖離率"
    READING = "reading", "判定"


ENTERED = (Line.PLANNED, Line.ACTUAL)
"""The lines that people enter; the others follow from them."""


class Content(Word):
    """What a box of text may hold."""

    TARGET_TITLE = "target_title", "成果目標の名前"
    SECTION_LABEL = "section_label", "節の番号（第1節）"
    SECTION_TITLE = "section_title", "節の名前"
    OVERVIEW = "overview", "成果目標の概要"
    GOAL_TEXT = "goal_text", "目標の文章"
    OUTLINE = "outline", "成果目標の概要と目標の文章"
    RATIONALE = "rationale", "目標値設定の考え方"
    DO_TEXT = "do_text", "実績・取組の内容"
    CHECK_TEXT = "check_text", "評価（達成状況の分析）"
    PROPOSAL = "proposal", "改善方策（案）"
    OPINIONS = "opinions", "協議会等意見"
    ISSUES_TEXT = "issues_text", "課題と今後の実施について"
    ACT_TEXT = "act_text", "次年度における取組"
    ACTIONS = "actions", "取組の一覧（担当・期限・予算）"
    BUDGET_TEXT = "budget_text", "予算・事業への反映"


WRITABLE = (
    Content.DO_TEXT,
    Content.CHECK_TEXT,
    Content.PROPOSAL,
    Content.ISSUES_TEXT,
    Content.ACT_TEXT,
    Content.BUDGET_TEXT,
)
"""The texts of an evaluation: what an edited sheet may bring back."""
REPEATED = (Content.TARGET_TITLE, Content.SECTION_LABEL, Content.SECTION_TITLE)
"""Names, which are repeated wherever their 節 is continued."""


class Measures(Word):
    """Which measures of a 節 a box of figures shows."""

    BLOCKS = "blocks", "評価シートに表を載せる指標"
    TARGETS = "targets", "成果目標の指標"
    INDICATORS = "indicators", "活動指標（関連する節のものを含む）"


class Role(StrEnum):
    """What a cell is, from which its look follows."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    HEADING = "heading"
    TARGET = "target"
    NUMBER = "number"
    TEXT = "text"
    BLOCK_TITLE = "block_title"
    LABEL = "label"
    YEAR = "year"
    VALUE = "value"
    DERIVED = "derived"
    EMPTY = "empty"
    NOTE = "note"


@dataclass(frozen=True)
class Look:
    """How a cell looks. `fill` is a colour as RRGGBB, "" for none."""

    size: float
    bold: bool = False
    fill: str = ""
    horizontal: str = "left"
    vertical: str = "top"
    border: bool = True


@dataclass(frozen=True)
class Paper:
    """The page size and its margins. `code` is the number that workbooks know the size by."""

    name: str
    code: int
    width: float
    height: float
    landscape: bool
    left: float
    right: float
    top: float
    bottom: float

    @property
    def room(self) -> tuple[float, float]:
        """Width and height between the margins."""
        width, height = (self.height, self.width) if self.landscape else (self.width, self.height)
        return width - self.left - self.right, height - self.top - self.bottom


@dataclass(frozen=True)
class LabelledLine:
    """A line of a block and the word before it."""

    line: Line
    label: str


@dataclass(frozen=True)
class FigureBox:
    """Blocks of figures, `across` of them side by side.

    A block's title is left of its lines; `unit` is the width of a column for the unit, 0 where the unit is
    over the labels instead. `years_once`: the years are once over all blocks and not in each. `narrative` is a text
    printed over the blocks, next to the heading of the results.
    """

    measures: Measures
    lines: Mapping[Edition, tuple[LabelledLine, ...]]
    across: int
    title: float
    unit: float
    label: float
    year: float
    narrow_year: float
    years_once: bool = False
    title_heading: str = "指標"
    unit_heading: str = "単位"
    narrative: Content | None = None

    def year_width(self, years: int) -> float:
        """Many years are closer."""
        return self.year if years <= 4 else self.narrow_year

    def block_width(self, years: int) -> float:
        """One block at its narrowest."""
        return self.title + self.unit + self.label + years * self.year_width(years)


@dataclass(frozen=True)
class Box:
    """One box of a band: a fixed `label`, contents, or figures. `width` None takes what the others leave.

    `headings`: one over the box, or one over each of its blocks side by side. `joined`: the label is one with the same
    label above it. `prefix` comes before a name.
    """

    width: float | None = None
    headings: tuple[str, ...] = ()
    label: str = ""
    contents: tuple[Content, ...] = ()
    figures: FigureBox | None = None
    joined: bool = False
    prefix: str = ""
    min_height: float = 0.0

    @property
    def is_repeated(self) -> bool:
        """Labels and names are repeated where a band goes on over the page; everything else is used up."""
        return not self.figures and all(content in REPEATED for content in self.contents)

    @property
    def writable(self) -> Content | None:
        """The one text that an edit of this box changes; None where it holds several, or something else."""
        return self.contents[0] if len(self.contents) == 1 and self.contents[0] in WRITABLE else None

    @property
    def role(self) -> Role:
        if self.label:
            return Role.LABEL
        if self.contents[:1] == (Content.SECTION_LABEL,) and len(self.contents) == 1:
            return Role.NUMBER
        return Role.TARGET if self.is_repeated else Role.TEXT


@dataclass(frozen=True)
class Band:
    """Boxes side by side. `is_head`: names the 節 and is repeated on every page it goes on to."""

    boxes: tuple[Box, ...]
    is_head: bool = False


@dataclass(frozen=True)
class SheetDesign:
    """A whole layout. `headings_on_page`: the one band's headings are written once and repeated on every page, instead
    of over each band. `section_per_page`: each 節 begins on a page of its own."""

    key: str
    name: str
    purpose: str
    sheet_name: str
    title: str
    paper: Paper
    width: float
    font: str
    border_style: str
    border_colour: str
    looks: Mapping[Role, Look]
    bands: tuple[Band, ...]
    headings_on_page: bool
    section_per_page: bool
    wareki_years: bool
    heading_height: float
    row_height: float
    notes: Mapping[Edition, tuple[str, ...]]

    @property
    def boxes(self) -> Iterator[Box]:
        """Every box, band by band."""
        for band in self.bands:
            yield from band.boxes

    @property
    def contents(self) -> frozenset[Content]:
        """Every text that the layout prints."""
        narratives = {box.figures.narrative for box in self.boxes if box.figures and box.figures.narrative}
        return frozenset(content for box in self.boxes for content in box.contents) | frozenset(narratives)

    @property
    def measures(self) -> frozenset[Measures]:
        """Which measures the layout prints."""
        return frozenset(box.figures.measures for box in self.boxes if box.figures)

    def lines(self, edition: Edition) -> tuple[Line, ...]:
        """Every kind of line that one edition prints, each once, in the order of `Line`."""
        printed = {line.line for box in self.boxes if box.figures for line in box.figures.lines[edition]}
        return tuple(line for line in Line if line in printed)
