"""One sheet as it is written, with what its columns hold: what the rules of open data look at."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from core.numerals import read_numeral, squeeze
from core.uploads.tables import address

FORMULA = "formula"
LONGEST_FIGURES = 60
"""Characters: what is longer is a sentence."""
_LOOKED_AT = 1000
"""How many cells of a column are read to decide what it holds."""
_NOTE = re.compile(r"[※*＊]|[（(]?注|資料[:：]|出典[:：]|備考[:：]")
_NAMES = re.compile(
    "コード|番号|原文|注記|備考|説明|意味|内容|書式|根拠|名$|名称|単位|状態|区分|種別|種類|電話|郵便|URL|ID$|^No|例$|指標$"
    "|時点|期間|和暦|西暦|(?<![0-9元])(?:年度?|日|期)$|年月|日付|ハッシュ",
    re.IGNORECASE,
)
_UNIT_IN_HEADING = re.compile(
    r"[(\[〔【][^)\]〕】]+[)\]〕】]|%|率$|割合$|構成比|指数$|(?:人|件|回|日|世帯|戸|か所|箇所|事業所|施設)数$|人口$"
)
_OF_UNITS = re.compile(r"(?:[人名件回所日月年円床点割分数%A-Za-z型]|時間|か所|箇所|移行|うち|内|約|計|延べ?|有|男|女)*")


class CheckedCell(NamedTuple):
    """`is_number`: a program that reads the file gets a number. `fault` is FORMULA, or the error that the cell
    contains.
    """

    text: str = ""
    is_number: bool = False
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.text.strip() and not self.fault


BLANK = CheckedCell()
Line = tuple[CheckedCell, ...]
Row = tuple[int, Line]
"""A line with its number."""


class Placed(NamedTuple):
    """One cell with its place. Columns count from 0, rows from 1."""

    column: int
    row: int
    cell: CheckedCell

    @property
    def address(self) -> str:
        return address(self.column, self.row)


@dataclass(frozen=True)
class CheckedSheet:
    """One table as written: every line from the first on, in their own length.

    `title` is the name of the sheet where a workbook has more than one, "" otherwise.
    """

    lines: tuple[Line, ...]
    title: str = ""
    is_csv: bool = False
    is_utf8: bool = True
    merged: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def named(self, place: str) -> str:
        """The address with the name of the sheet before it where there are several."""
        return f"{self.title}!{place}" if self.title else place

    @cached_property
    def width(self) -> int:
        return max((len(line) for line in self.lines), default=0)

    @cached_property
    def header_row(self) -> int:
        """The row of headings: the first that fills at least half of what the fullest row fills."""
        counts = [sum(not cell.is_blank for cell in line) for line in self.lines]
        fullest = max(counts, default=0)
        return next((row for row, count in enumerate(counts, start=1) if count * 2 >= fullest > 0), 1)

    @cached_property
    def columns(self) -> tuple["Column", ...]:
        """The columns, also those that hold nothing."""
        line = self.lines[self.header_row - 1] if self.lines else ()
        headings = line + (BLANK,) * (self.width - len(line))
        return tuple(Column(self, place, cell.text.strip()) for place, cell in enumerate(headings))

    @cached_property
    def filled_rows(self) -> tuple[Row, ...]:
        """The rows under the headings that are not blank, with their numbers."""
        below = enumerate(self.lines[self.header_row :], start=self.header_row + 1)
        return tuple((number, line) for number, line in below if any(not cell.is_blank for cell in line))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of data: those filled rows that are no note."""
        return tuple(row for row in self.filled_rows if not self._note(row))

    @property
    def notes(self) -> tuple[tuple[int, str], ...]:
        """The rows under the headings that hold a note and nothing else, with their texts."""
        return tuple((row[0], note) for row in self.filled_rows if (note := self._note(row)))

    def cells(self) -> Iterator[Placed]:
        """Every cell that is not blank, headings and the rows above them included."""
        for number, line in enumerate(self.lines, start=1):
            for place, cell in enumerate(line):
                if not cell.is_blank:
                    yield Placed(place, number, cell)

    def _note(self, row: Row) -> str:
        texts = [cell.text.strip() for cell in row[1] if not cell.is_blank]
        return texts[0] if len(texts) == 1 < self.width and _NOTE.match(texts[0]) else ""


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its heading, its cells under it, and what it holds."""

    sheet: CheckedSheet
    place: int
    heading: str

    @property
    def address(self) -> str:
        """The address of its heading."""
        return address(self.place, self.sheet.header_row)

    def cells(self) -> Iterator[Placed]:
        """Its cells in the rows of data, blank ones too."""
        for number, line in self.sheet.rows:
            yield Placed(self.place, number, line[self.place] if self.place < len(line) else BLANK)

    def filled(self) -> Iterator[Placed]:
        return (placed for placed in self.cells() if not placed.cell.is_blank)

    @cached_property
    def is_empty(self) -> bool:
        return next(self.filled(), None) is None

    @cached_property
    def is_complete(self) -> bool:
        """Whether the column has a value in every row."""
        return not self.is_empty and all(not placed.cell.is_blank for placed in self.cells())

    @cached_property
    def is_of_figures(self) -> bool:
        """Whether at least half of its values are figures, however they are written."""
        if self.says(_NAMES):  # its digits are no figures: names, times, texts kept as they were printed
            return False
        looked_at = [is_like_figure(placed.cell) for placed in islice(self.filled(), _LOOKED_AT)]
        return bool(looked_at) and sum(looked_at) * 2 >= len(looked_at)

    @property
    def states_unit(self) -> bool:
        return self.says(_UNIT_IN_HEADING)

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the heading, in one width and without blanks, holds this."""
        return pattern.search(squeeze(self.heading)) is not None


def is_like_figure(cell: CheckedCell) -> bool:
    """Whether a cell is a number, or what a person types for one or for several (12人, ▲3, 300(110))."""
    return cell.is_number or has_one_number(cell.text) or has_several_numbers(cell.text)


@lru_cache(maxsize=8192)
def has_one_number(text: str) -> bool:
    """Whether a text is one number with its unit, in any width and writing."""
    try:
        read_numeral(text[:LONGEST_FIGURES])
    except ValueError:
        return False
    return len(text) <= LONGEST_FIGURES


@lru_cache(maxsize=8192)
def has_several_numbers(text: str) -> bool:
    """Whether a text is made of numbers, their units and what parts them, and of nothing else."""
    normal = unicodedata.normalize("NFKC", text[: LONGEST_FIGURES + 1]).strip()
    if len(text) > LONGEST_FIGURES or len(re.findall(r"[0-9][0-9,.]*", normal)) < 2 or has_one_number(text):
        return False
    return all(_OF_UNITS.fullmatch(part) for part in re.split(r"[0-9,.()/、・~〜\s-]+", normal))
