"""What a file from elsewhere may hold, said as data. Each shape has its caps; what it does not name is refused.

A shape judges plain JSON values. It changes nothing: what fits can be stored unchanged.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.numerals import MAX_PLACES, MAX_WHOLE_DIGITS, typed

Place = tuple[str, ...]
LONGEST_NAME = 40

_NUMBER = re.compile(rf"-?(?:0|[1-9][0-9]{{0,{MAX_WHOLE_DIGITS - 1}}})(?:\.[0-9]{{0,{MAX_PLACES - 1}}}[1-9])?")


class NotFitting(ValueError):
    """Something does not fit. The text begins with its place: 「指標の3番目 › 単位」は20字までです。"""

    def __init__(self, place: Place, why: str) -> None:
        self.place = place
        super().__init__(f"「{' › '.join(place)}」{why}")


Shape = Callable[[Any, Place], None]
"""What a value may be; raises NotFitting for any other."""


@dataclass(frozen=True)
class Text:
    """A text of so many characters at most."""

    longest: int
    blank: bool = True
    pattern: str = ""

    def __call__(self, value: Any, place: Place) -> None:
        if not isinstance(value, str):
            raise NotFitting(place, f"が文字ではありません{_shown(value)}。")
        if len(value) > self.longest:
            raise NotFitting(place, f"が{self.longest}字を超えています（{len(value)}字）。")
        if not value and not self.blank:
            raise NotFitting(place, "が空です。")
        # Neither database keeps these.
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise NotFitting(place, "に、文字として扱えない符号があります。")
        if self.pattern and re.fullmatch(self.pattern, value) is None:
            raise NotFitting(place, f"の書き方が違います{_shown(value)}。")


@dataclass(frozen=True)
class Whole:
    """A whole number between two, both included."""

    low: int
    high: int

    def __call__(self, value: Any, place: Place) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise NotFitting(place, f"が整数ではありません{_shown(value)}。")
        if not self.low <= value <= self.high:
            raise NotFitting(place, f"は{self.low}から{self.high}までです{_shown(value)}。")


@dataclass(frozen=True)
class Number:
    """A decimal number as a text, in the one way in which `core.numerals.plain` writes it."""

    places: int = MAX_PLACES

    def __call__(self, value: Any, place: Place) -> None:
        fits = isinstance(value, str) and _NUMBER.fullmatch(value) is not None and value != "-0"
        if not fits or len(value.partition(".")[2]) > self.places:
            limits = f"整数部{MAX_WHOLE_DIGITS}桁、小数部{self.places}桁まで"
            raise NotFitting(place, f"が数値（{limits}）ではありません{_shown(value)}。")


@dataclass(frozen=True)
class OneOf:
    """One of these words."""

    words: Collection[str]

    def __call__(self, value: Any, place: Place) -> None:
        if not isinstance(value, str) or value not in self.words:
            raise NotFitting(place, f"に、知らないことばがあります{_shown(value)}。")


def flag(value: Any, place: Place) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise NotFitting(place, f"がはい・いいえの値ではありません{_shown(value)}。")


def day(value: Any, place: Place) -> None:
    """A day as 2024-04-01."""
    try:
        read = date.fromisoformat(value)
    except (TypeError, ValueError):
        read = None
    if read is None or read.isoformat() != value:
        raise NotFitting(place, f"が日付（2024-04-01 の形）ではありません{_shown(value)}。")


def moment(value: Any, place: Place) -> None:
    """A moment in universal time, as 2024-04-01T00:00:00+00:00: one way to write each."""
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        read = None
    if read is None or read.utcoffset() != timedelta(0) or read.isoformat() != value or not 2000 <= read.year <= 2100:
        raise NotFitting(place, f"が日時（2024-04-01T00:00:00+00:00 の形）ではありません{_shown(value)}。")


@dataclass(frozen=True)
class Maybe:
    """This, or nothing (null)."""

    shape: Shape

    def __call__(self, value: Any, place: Place) -> None:
        if value is not None:
            self.shape(value, place)


@dataclass(frozen=True)
class Items:
    """A list of so many at most. `key` names the part by which an object in it is called: 「指標 1-1」."""

    shape: Shape
    most: int
    key: str = ""

    def __call__(self, value: Any, place: Place) -> None:
        if not isinstance(value, list):
            raise NotFitting(place, "が一覧ではありません。")
        if len(value) > self.most:
            raise NotFitting(place, f"が{self.most}件を超えています（{len(value)}件）。")
        *before, name = place
        for number, item in enumerate(value, start=1):
            called = item.get(self.key) if isinstance(item, dict) else None
            is_name = isinstance(called, str | int) and 0 < len(str(called)) <= LONGEST_NAME
            self.shape(item, (*before, f"{name} {called}" if is_name else f"{name}の{number}番目"))


@dataclass(frozen=True)
class Record:
    """An object with these keys, each with the word that people call it. Only `optional` ones may be absent."""

    fields: Mapping[str, tuple[str, Shape]]
    optional: bool = False

    def __call__(self, value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            raise NotFitting(place, "の形が違います。")
        if unknown := [key for key in value if key not in self.fields]:
            raise NotFitting(place, f"に、知らない項目があります{_shown(unknown[0])}。")
        for name, (word, shape) in self.fields.items():
            if name in value:
                shape(value[name], (*place, word))
            elif not self.optional:
                raise NotFitting(place, f"に「{word}」がありません。")


@dataclass(frozen=True)
class ByYear:
    """An object whose keys are fiscal years, as texts of four digits."""

    shape: Shape

    def __call__(self, value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            raise NotFitting(place, "の形が違います。")
        for year, item in value.items():
            if re.fullmatch("[0-9]{4}", year) is None:
                raise NotFitting(place, f"に、年度ではない項目があります{_shown(year)}。")
            self.shape(item, (*place, f"{year}年度"))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return typed(value)
    return typed(type(value).__name__ if isinstance(value, dict | list) else repr(value))
