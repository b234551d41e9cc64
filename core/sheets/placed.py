"""A laid-out evaluation sheet: every cell in its place, row heights and page breaks, ready to be written."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.sheets.design import Role
from core.words import Word
from core.workbooks.cells import Shown


class Holds(Word):
    """What a cell holds, which decides whether an edit of it can be taken in."""

    VALUE = "value", "値"
    TEXT = "text", "文章"
    DERIVED = "derived", "計算で出る値"
    SHOWN = "shown", "ほかのページの内容"
    FIXED = "fixed", "様式の文字"
    MARK = "mark", "公表の番号"


@dataclass(frozen=True, slots=True)
class CellKey:
    """What a cell is, in words that outlive its address.

    A VALUE and a DERIVED name 指標コード, 年度 and line; a TEXT its 節番号 and field. The rest name nothing. A
    MARK says which publication the sheet is, or on which day it was made: another day's is no edit.
    """

    holds: Holds = Holds.FIXED
    name: str = ""
    year: int = 0
    field: str = ""


FIXED = CellKey()
MARK = CellKey(Holds.MARK)


class NumberFormat(StrEnum):
    """How a number is printed: as it is, with a % behind all its decimals, or with one decimal."""

    PLAIN = "plain"
    PERCENT = "percent"
    TENTH = "tenth"
    TENTH_PERCENT = "tenth_percent"


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell and the rectangle it fills; rows and columns count from 1.

    `joint`: the line ends that were cut away between the piece of the text on the page before and this one.
    """

    row: int
    column: int
    rows: int
    columns: int
    value: Shown
    role: Role
    key: CellKey = FIXED
    number_format: NumberFormat = NumberFormat.PLAIN
    joint: str = ""


@dataclass
class PlacedSheet:
    """The finished sheet. `breaks` are the rows after which a page ends; `repeated_row` is on every page; `scale`
    is the percentage at which its width fits the page."""

    widths: list[float]
    scale: int
    repeated_row: int = 0
    heights: list[float] = field(default_factory=list)
    cells: list[PlacedCell] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
