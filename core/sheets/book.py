"""The content of the evaluation sheet (評価シート) a city lays before its council: plain data, finished figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.citation import Mark
from core.sheets.design import Content, Line, Measures
from core.workbooks.cells import Shown


@dataclass(frozen=True)
class SheetBlock:
    """One measure under the years of its sheet. Each tuple of `values` runs along them.

    `bears_heading`: the measure is named like the results of its 節, as the city prints it for 第1節; where a layout
    prints that heading, the block takes its place. Rates are percent numbers rounded to one decimal; None prints blank.
    """

    code: str
    title: str
    quantity: str
    values: Mapping[Line, tuple[Shown, ...]]
    unit: str = ""
    is_percent: bool = False
    bears_heading: bool = False


@dataclass(frozen=True)
class SheetSection:
    """One 節: its texts, and the blocks of each kind that the layout requests. What is absent is blank.

    `result_title` heads its results. Goals without a block live in the texts.
    """

    number: int
    texts: Mapping[Content, str] = field(default_factory=dict)
    blocks: Mapping[Measures, tuple[SheetBlock, ...]] = field(default_factory=dict)
    result_title: str = ""


@dataclass(frozen=True)
class Stamp:
    """Which sheet it is: slug of the plan, 年度, and by 節番号 how often its values and texts had been changed.

    For those who do not see drafts `versions` is empty.
    """

    plan: str
    year: int
    versions: Mapping[str, int]

    @property
    def total(self) -> int:
        """How often anything of the plan had been changed."""
        return sum(self.versions.values())


@dataclass(frozen=True)
class SheetBook:
    """A whole sheet. Each part starts on a new page; the notes are under the last one, and below them the mark: the
    publication that the sheet prints, or that it prints none."""

    title: str
    year_label: str
    years: tuple[int, ...]
    parts: tuple[tuple[SheetSection, ...], ...]
    subtitle: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stamp: Stamp = Stamp("", 0, {})
    mark: Mark | None = None
