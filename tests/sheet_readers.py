"""What an evaluation sheet says, read back from its cells alone: by its printed headings, not by its hidden keys."""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import openpyxl

from tests.output_readers import (
    LINES,
    NEVER_COUNTED,
    NOTHING,
    TEXTS,
    Facts,
    Figures,
    Key,
    Sentences,
    Shown,
    name_of,
    squeezed,
    words_of,
)

Grid = list[list[Any]]


def inzai_figures(files: Iterable[bytes]) -> Figures:
    """旧来の形: each block has its years in its first line, its title and its labels to the left of them."""
    found: dict[Key, dict[str, Shown]] = defaultdict(dict)
    number, blocks = 0, []
    for line in _grid(files):
        number = _section_number(line[1], number)
        starts = [at for at, cell in enumerate(line) if _is_year(cell) and not _is_year(line[at - 1])]
        if starts:
            blocks = [(at, name_of(line[at - 2]), _years(line[at:])) for at in starts]
            continue
        for at, title, years in blocks:
            if line[at - 1] in LINES:
                for place, year in enumerate(years, start=at):
                    found[number, title, year][LINES[line[at - 1]]] = _cell(line[place])
    return {key: _printed(facts) for key, facts in found.items()}


def kanri_figures(files: Iterable[bytes]) -> Figures:
    """管理シート: the years stand once over all measures of a 節, with a line for plan and one for actual."""
    found: dict[Key, dict[str, Shown]] = defaultdict(dict)
    number, title, years = 0, "", {}
    for line in _grid(files):
        number = _section_number(line[1], number) if line[0] == "成果目標" else number
        if any(map(_is_year, line)):
            years = {place: _year(cell) for place, cell in enumerate(line) if _is_year(cell)}
        elif years and line[min(years) - 1] in LINES:
            title = name_of(line[1]) if line[1] else title
            for place, year in years.items():
                found[number, title, year][LINES[line[min(years) - 1]]] = _cell(line[place])
        else:
            years = {}
    return {key: _printed(facts) for key, facts in found.items()}


def kanri_sentences(files: Iterable[bytes]) -> Sentences:
    """管理シート: each text stands below its heading, and goes on below the same heading on the next page."""
    names = {"目標値設定の考え方": "outline", "内容": "do_text", "評価": "check_text"} | TEXTS
    names["次年度における取組等"] = names["次年度における取組"]
    others = ("目標値", "主な活動指標", "取組（担当・期限・予算）", "協議会等意見")
    found: Sentences = defaultdict(str)
    number, below = 0, {}
    for line in _grid(files):
        if line[0] == "成果目標":
            number, below = _section_number(line[1], number), {}
            continue
        headings = {place: cell for place, cell in enumerate(line) if place and cell in (*names, *others)}
        if headings or line[0] in others:
            below = {place: names[cell] for place, cell in headings.items() if cell in names}
            continue
        for place, name in below.items():
            found[number, name] += squeezed(str(line[place] or ""))
    return {key: text for key, text in found.items() if text}


def _grid(files: Iterable[bytes]) -> Grid:
    (content,) = files
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(line) for line in sheet.iter_rows(values_only=True)]


def _section_number(cell: object, before: int) -> int:
    found = re.fullmatch(r"第(\d+)節", str(cell or ""))
    return int(found[1]) if found else before


def _is_year(cell: object) -> bool:
    return re.fullmatch(r"\d{4}年度|令和\S+年度", str(cell or "")) is not None


def _year(cell: str) -> int:
    western = re.match(r"\d{4}", cell)
    count = re.search(r"令和(元|\d+)", cell)
    return int(western[0]) if western else 2018 + (1 if count[1] == "元" else int(count[1]))


def _years(cells: Iterable[object]) -> list[int]:
    years = []
    for cell in cells:
        if not _is_year(cell):
            break
        years.append(_year(str(cell)))
    return years


def _cell(cell: object) -> Shown:
    if cell is None:
        return None
    if isinstance(cell, int | float):
        return Decimal(str(cell))
    word = words_of(str(cell))
    return NEVER_COUNTED.get(word, word)


def _printed(facts: Mapping[str, Shown]) -> Facts:
    """A plan that is not set is an empty cell on a sheet."""
    return Facts(**{**facts, "planned": NOTHING if facts["planned"] is None else facts["planned"]})
