"""The cells of one sheet of an .xlsx, row by row as they are read; cells of a row too wide or too long are skipped."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import IO, Any, NamedTuple

from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel, from_ISO8601

from core.characters import unescaped
from core.numerals import plain
from core.uploads.tables import (
    BLANK,
    MAX_CELL,
    MAX_CHARACTERS,
    MAX_ROWS,
    Kept,
    NotReadable,
    TableCell,
    number_text,
    refuse_long,
    refuse_wide,
    too_many_rows,
)
from core.uploads.xlsx_parts import Format, text_stream
from core.uploads.xml_stream import Attributes, TooMuch

Row = list[Kept]
MAX_MERGED = 20_000
"""The most cells under one merge: as many as a table has rows. A larger merge hides values."""
_NOT_CALCULATED = TableCell(
    problem="数式の計算結果が保存されていません。表計算ソフトで開いて保存し直すか、値にして貼り付けてください。"
)


class SheetCells:
    """Reads a sheet. Shared texts are named by their number, formats by the style of a cell."""

    def __init__(self, texts: Sequence[str], formats: Sequence[Format], epoch: datetime) -> None:
        self.texts, self.formats, self.epoch = texts, formats, epoch
        self.number, self.row = 0, Row()
        self.ready: list[tuple[int, Row]] = []
        self.column, self.kind, self.style = 0, "n", 0
        self.has_formula, self.formula, self.value = False, "", ""
        self.characters = 0
        self.stream = text_stream(
            {
                "row": self._row,
                "c": self._cell,
                "mergeCell": self._merge,
                "f": self._formula,
                "v": lambda _: self.stream.collect(),
            },
            {"row": self._row_ends, "c": self._cell_ends, "f": self._formula_ends, "v": self._value_ends},
        )

    def rows(self, source: IO[bytes]) -> Iterator[tuple[int, Row]]:
        """Each row that holds something, by its number, without the blank cells at its end."""
        for _ in self.stream.run(source):
            yield from self.ready
            self.ready.clear()

    def _row(self, attributes: Attributes) -> None:
        number = int(float(attributes["r"])) if "r" in attributes else self.number + 1
        if number <= self.number:
            raise ValueError(number)
        self.number, self.row, self.column = number, Row(), 0

    def _row_ends(self) -> None:
        if self.row:
            if self.number > MAX_ROWS + 1:
                raise too_many_rows(self.number)
            self.ready.append((self.number, self.row))

    def _cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        column = _column(place.rstrip("0123456789")) if place else self.column + 1
        if column <= self.column:
            raise ValueError(place)
        self.column = column
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", 0))
        self.has_formula, self.value = False, ""

    def _formula(self, _: Attributes) -> None:
        self.has_formula = True
        self.stream.collect()

    def _formula_ends(self) -> None:
        self.formula = self.stream.collected()

    def _value_ends(self) -> None:
        self.value = self.stream.collected()

    def _cell_ends(self) -> None:
        kept = self._kept()
        if kept is BLANK:
            return
        row = self.row
        refuse_wide(self.number, self.column)
        if len(row) < self.column - 1:
            row.extend([BLANK] * (self.column - 1 - len(row)))
        row.append(kept)

    def _kept(self) -> Kept:
        """What the cell says; BLANK for nothing."""
        kind, value = self.kind, self.value
        if kind == "s":
            return self._text(self.texts[int(value)]) if value else BLANK
        if kind == "inlineStr":
            value = self.stream.collected()
        if not value:
            return _NOT_CALCULATED if self.has_formula and kind != "str" else BLANK
        if kind in ("str", "inlineStr"):
            return self._counted(unescaped(value))
        if kind == "b":
            return "TRUE" if int(value) else "FALSE"
        if kind == "e":
            return _error(value)
        if kind == "d":
            return _moment(from_ISO8601(value))
        return self._number(value)

    def _text(self, text: str) -> Kept:
        if len(text) > MAX_CELL:
            refuse_long(self.number, self.column)
        return text or BLANK

    def _counted(self, text: str) -> Kept:
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise TooMuch
        return self._text(text)

    def _number(self, text: str) -> Kept:
        number = _number(text)
        form = self.formats[self.style] if self.formats else Format.NUMBER
        if form is Format.NUMBER:
            return number_text(number)
        if form is Format.PERCENT:
            return TableCell(plain(Decimal(number_text(number)) * 100), is_percent=True)
        try:
            return _moment(from_excel(number, self.epoch, timedelta=form is Format.DURATION))
        except (OverflowError, ValueError):
            return _error("#VALUE!")

    def _merge(self, attributes: Attributes) -> None:
        place = attributes["ref"]
        first_column, first_row, last_column, last_row = range_boundaries(place[:40])
        if (last_column - first_column + 1) * (last_row - first_row + 1) > MAX_MERGED:
            sentence = f"結合したセルが広すぎます（{place[:40]}）。結合を解除し、保存し直してください。"
            raise NotReadable(sentence, place.partition(":")[0])


class WrittenCell(NamedTuple):
    """A cell as the file holds it. `kind`: "f" for a formula, "e" for an error, "n" for a number, else a text."""

    text: str
    kind: str


NOTHING_WRITTEN = WrittenCell("", "")


class WrittenCells(SheetCells):
    """Reads a sheet without looking for what people mean: formulas, not their results; merges as they come."""

    def _kept(self) -> Any:
        if self.has_formula:
            return WrittenCell(f"={self.formula}", "f")
        kept = super()._kept()
        if kept is BLANK or self.kind == "e":
            return kept if kept is BLANK else WrittenCell(self.value, "e")
        if isinstance(kept, TableCell) and kept.is_percent:
            return WrittenCell(number_text(_number(self.value)), "n")
        if isinstance(kept, TableCell):
            return WrittenCell(kept.text or kept.problem, "")
        return WrittenCell(kept or "", "n" if self.kind == "n" else "")

    def _merge(self, attributes: Attributes) -> None:
        """Accept any number of merges."""


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    """The number of a column, A is 1; ValueError for what no spreadsheet has."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or number > 16_384:
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= 16_384:
        raise ValueError(letters)
    return number


def _number(text: str) -> int | float:
    """ValueError for one that is none, or that no spreadsheet can hold."""
    number = float(text) if "." in text or "E" in text or "e" in text else int(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _moment(value: date | time | timedelta) -> TableCell:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return TableCell(str(value), is_date=True)


def _error(word: str) -> TableCell:
    return TableCell(problem=f"数式の結果がエラー（{word[:20]}）です。値を入力してください。")
