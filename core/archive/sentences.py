"""Figures in sentences on an old sheet, each with the year that the text names for it; no year is ever assumed."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from core.archive.words import (
    NUMBER,
    UNIT,
    YEAR,
    Item,
    is_figure,
    items_of,
    named_figure,
    without_bracket,
    year_of,
)
from core.numerals import squeeze

_YEAR_SAID = re.compile(rf"[(（]\s*({YEAR})\s*[)）]|({YEAR})\s*[:：、は]?")
_LOOSE = re.compile(rf"(?<![0-9０-９.．/／])({NUMBER})\s?({UNIT})(?!目|以内)")
_BASELINE = re.compile(rf"【([^【】]*)】\s*({NUMBER}\s?{UNIT})")
_IN_BASELINE = re.compile(r"((?:[0-9]{4}|(?:令和|平成)(?:元|[0-9]+))年(?:[(（][^()（）]*[)）])?度?)末?")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a sentence: as printed, its place, and the year it is about (None where none is named).

    `unit` is "" for words alone (「検討を行った。」) and for 有.
    """

    text: str
    start: int
    end: int
    year: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What an item ① of a text says: its name and its figures. Without a figure, its words are used instead."""

    item: Item
    name: str
    figures: tuple[Figure, ...]


def statements_in(text: str) -> list[Statement]:
    """The items ①②③ of a text, with the figures behind their names."""
    return [_statement(text, item) for item in items_of(text)]


def _statement(text: str, item: Item) -> Statement:
    begin = text.index(item.text, item.start) if item.text else item.start
    marks = list(_YEAR_SAID.finditer(item.text))
    figures = []
    for mark, after in zip(marks, [*marks[1:], None], strict=False):
        end = after.start() if after else len(item.text)
        piece = item.text[mark.end() : end].strip(" \u3000、,。")
        if is_figure(piece):
            place = item.text.index(piece, mark.end())
            figures.append(_figure(piece, begin + place, year_of(mark[1] or mark[2])))
    if figures:
        return Statement(item, item.text[: marks[0].start()].strip(" :："), tuple(figures))
    name, figure = named_figure(item.text.rstrip("。"))
    if figure:
        return Statement(item, name, (_figure(figure, begin + item.text.rindex(figure), None),))
    return Statement(item, item.text, ())


def _figure(text: str, start: int, year: int | None) -> Figure:
    unit = re.search(UNIT, squeeze(without_bracket(text)))
    return Figure(text, start, start + len(text), year, unit[0] if unit else "")


def loose_figures(text: str) -> Iterator[Figure]:
    """The figures with a unit outside the items, each with the last year named before it."""
    items, marks = items_of(text), list(_YEAR_SAID.finditer(text))
    begins, ends = [item.start for item in items], [mark.end() for mark in marks]
    for match in _LOOSE.finditer(text):
        begun, said = bisect_right(begins, match.start()), bisect_right(ends, match.start())
        if begun and match.start() < items[begun - 1].end:
            continue
        year = year_of(marks[said - 1][1] or marks[said - 1][2]) if said else None
        yield Figure(match[0], match.start(), match.end(), year, match[2])


@dataclass(frozen=True, slots=True)
class BaselineFigure:
    """「【2019年度末時点 施設入所者数】 36人」: what it is called, its year and the figure."""

    name: str
    year: int
    figure: str
    start: int
    end: int


def baselines_in(text: str) -> Iterator[BaselineFigure]:
    """The figures that a text gives under a heading with a year."""
    for match in _BASELINE.finditer(text):
        said = _IN_BASELINE.search(match[1])
        year = year_of(said[1]) if said else None
        if year:
            yield BaselineFigure(match[1], year, match[2], match.start(2), match.end(2))


def years_named(text: str) -> set[int]:
    """The years that a text names anywhere."""
    found = {year_of(match[0]) for match in re.finditer(YEAR, text)}
    # 2023（令和5）年度 names one year twice.
    found |= {int(match[1]) for match in re.finditer(r"((?:19|20)[0-9]{2})(?:年)?[(（][^()（）]{2,6}[)）]年?度", text)}
    return {year for year in found if year}
