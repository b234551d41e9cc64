"""What stands in the evaluation sheet (評価シート) a city lays before its council: plain data, finished figures."""

from dataclasses import dataclass
from decimal import Decimal

Shown = str | Decimal | None
"""A number, the words that stand for one (集計中, 有5人), or a blank cell."""


@dataclass(frozen=True)
class SheetBlock:
    """One measure: 計画値, 実績値 and 乖離値 under its years. The tuples run along `years`.

    An empty title takes the heading of the section's results, as the city prints it for 第1節. `deviation` is the
    乖離値（旧様式） as a percent number rounded to one decimal; None prints blank.
    """

    title: str
    quantity: str
    years: tuple[str, ...]
    planned: tuple[Shown, ...]
    actual: tuple[Shown, ...]
    deviation: tuple[Decimal | None, ...]
    is_percent: bool = False


@dataclass(frozen=True)
class SheetSection:
    """One 節. `outline` is 成果目標の概要 with 【目標】; goals without a block live in it and in `narrative`."""

    target_title: str
    number_label: str
    outline: str = ""
    result_title: str = ""
    narrative: str = ""
    blocks: tuple[SheetBlock, ...] = ()
    issues: str = ""


@dataclass(frozen=True)
class SheetBook:
    """A whole sheet. Each part starts on a new page; the notes stand under the last one."""

    title: str
    year_label: str
    parts: tuple[tuple[SheetSection, ...], ...]
    subtitle: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
