"""What the PDF says, read back by poppler: words by their place on the page, sentences in their order."""

import html
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from tests.output_readers import (
    EMPTY,
    LINES,
    TEXTS,
    WORDED,
    Facts,
    Figures,
    Sentences,
    name_of,
    outlined,
    read,
    squeezed,
    worded,
)

YEAR = re.compile(r"令和(元|\d+)年度")
FACTS = re.compile(r"単位：|(?:増|減|見込)・(?:年度計|月平均|年度末|累計)")
WORDING = re.compile(r"(計画|実績)の原文：(.*?)(?:。(?=。|令和|計画の原文|実績の原文|時点|注記|期間途中)|。$)")
HEADINGS = {"成果目標の概要": "概要", "目標": "目標", "目標値設定の考え方": "", "計画と実績": ""} | {
    heading: TEXTS.get(heading, "")
    for heading in ("グラフ", "取組の内容", "取組記録", "評価と今後の取組", *TEXTS, "課題ごとの取組", "数値の読み方")
}
"""In the order of the paper; what has a name is a text of its own."""
LABELS = ("計画値", "実績値", "内訳", "差", "達成率", "乖離率", "削減率", "判定")
AFTER_FIGURES = re.compile("計画変更$|指標の定義と出典|グラフ|取組の内容|取組記録|評価と今後の取組")
HEAD, FOOT = 50, 800
"""Above and below, in points, stand the running head and the page number."""


class Word(NamedTuple):
    left: float
    top: float
    right: float
    text: str


class Block(NamedTuple):
    """One measure as its lines are met on the page."""

    title: list[str]
    cells: dict[tuple[str, int], str]
    remarks: dict[int, str]


def pdf_figures(files: Iterable[bytes]) -> Figures:
    """The running head of a page says which 節 it is of, the head of a table where the years stand."""
    return {
        (number, name_of("".join(block.title)), year): _facts(block, year)
        for content in files
        for number, page in _pages(content)
        for block in _blocks(page)
        for year in {year for _, year in block.cells}
    }


def _facts(block: Block, year: int) -> Facts:
    said = {name: block.cells.get((label, year), "") for label, name in LINES.items() if (label, year) in block.cells}
    notes = dict(WORDING.findall(block.remarks.get(year, "")))
    actual = said["actual"]
    return Facts(
        worded(said["planned"], notes.get("計画")),
        worded(actual, notes.get("実績")) if actual in WORDED else read(actual),
        read(said.get("difference", "")),
        read(said.get("rate", "")),
        said.get("reading") or None,
    )


def _blocks(words: list[Word]) -> Iterator[Block]:
    """A measure begins with its 計画値; its name ends where its unit and 方向 are told; remarks begin with a year."""
    label_at, years = 0.0, {}
    block, label, is_title, remarked = Block([], {}, {}), "", False, 0
    for line in _lines(words):
        texts = [word.text for word in line]
        if texts[:2] == ["指標", "区分"]:
            label_at = line[1].left
            years = {(word.left + word.right) / 2: _year(word.text) for word in line[2:]}
        elif AFTER_FIGURES.match(texts[0]):
            years = {}
        if not years or texts[:2] == ["指標", "区分"]:
            continue
        left = [word.text for word in line if word.right < label_at]
        named = next((word.text for word in line if abs(word.left - label_at) < 1 and word.text in LABELS), "")
        if named == LABELS[0]:
            if block.title:
                yield block
            block, is_title, remarked = Block([], {}, defaultdict(str)), True, 0
        if named:
            label = named
            block.cells.update({(label, year): "" for year in years.values()})
        elif not is_title and YEAR.fullmatch(texts[0]):
            remarked = _year(texts[0])
        is_title = is_title and not (left and FACTS.match(left[0]))
        if is_title:
            block.title.extend(left)
        if remarked:
            block.remarks[remarked] += "".join(texts).removeprefix(texts[0] if YEAR.fullmatch(texts[0]) else "")
            continue
        for word in line:
            if word.left > label_at and word.text != named:
                year = years[min(years, key=lambda at: abs(at - (word.left + word.right) / 2))]
                block.cells[label, year] = block.cells.get((label, year), "") + word.text.strip("●▲◆■")
    if block.title:
        yield block


def pdf_sentences(files: Iterable[bytes]) -> Sentences:
    """Each text stands below its heading, and goes on to the next one, over pages too."""
    found: Sentences = defaultdict(str)
    order, place, before = list(HEADINGS), -1, 0
    for number, page in (one for content in files for one in _pages(content)):
        if number != before:
            place, before = -1, number
        for line in (squeezed("".join(word.text for word in line)) for line in _lines(page)):
            if line in order[place + 1 :]:
                place = order.index(line)
            elif number and place >= 0 and HEADINGS[order[place]] and line not in EMPTY:
                found[number, HEADINGS[order[place]]] += line
    return outlined(found)


def _pages(content: bytes) -> Iterator[tuple[int, list[Word]]]:
    """節番号 (0: of none) and words of each page of the book, without its head and foot."""
    for page in re.findall(r"<page .*?</page>", _poppler(content), re.DOTALL):
        found = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', page)
        words = [Word(float(x), float(y), float(end), html.unescape(text)) for x, y, end, text in found]
        heads = (re.fullmatch(r"第(\d+)節", word.text) for word in words if word.top <= HEAD)
        yield next((int(head[1]) for head in heads if head), 0), [word for word in words if HEAD < word.top < FOOT]


def _lines(words: list[Word]) -> Iterator[list[Word]]:
    """Words of about one height, from left to right."""
    for _, line in groupby(sorted(words, key=lambda word: (round(word.top), word.left)), key=lambda w: round(w.top)):
        yield sorted(line)


def _poppler(content: bytes) -> str:
    made = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)  # noqa: S607
    return made.stdout.decode()


def _year(text: str) -> int:
    count = YEAR.match(text)[1]
    return 2018 + (1 if count == "元" else int(count))
