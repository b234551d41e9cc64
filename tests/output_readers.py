"""What each output says, read back from its bytes alone: figures by (節, 指標, 年度), sentences by (節, what they are).

Nothing here calls a printer or a reader of ours. Numbers come back as Decimal, everything else as the printed word.
"""

import csv
import html
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import openpyxl

Shown = Decimal | str | None


class Facts(NamedTuple):
    """One measure in one year; None where the output prints nothing."""

    planned: Shown
    actual: Shown
    difference: Shown = None
    rate: Shown = None
    reading: Shown = None


Key = tuple[int, str, int]
"""節番号, 指標名 without its circled number, 年度."""
Figures = dict[Key, Facts]
Sentences = dict[tuple[int, str], str]

NOTHING, WORDS_ONLY = "なし", "記述のみ"
WORDED = ("有", "無", WORDS_ONLY)
"""An actual beside which the city's own words are the fact."""
NEVER_COUNTED = {"開始前": "該当なし", "終了後": "該当なし"}
TEXTS = {
    "取組の内容": "do_text",
    "評価（達成状況の分析）": "check_text",
    "改善方策（案）": "proposal",
    "課題と今後の実施について": "issues_text",
    "次年度における取組": "act_text",
    "予算・事業への反映": "budget_text",
}
EMPTY = ("記載はありません。", "まだ書かれていません。")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def squeezed(text: str) -> str:
    """Without blanks and line ends, which each output sets in its own way."""
    return "".join(text.split())


def words_of(wording: str) -> str:
    """What a city printed instead of a figure; whether it ends in a full stop is the sentence's affair around it."""
    return squeezed(wording).removesuffix("。")


def name_of(title: str) -> str:
    """指標名 without the number before it."""
    return re.sub(r"^(?:[①-⑳]|【まる\d+】)", "", squeezed(title))


def read(shown: str) -> Shown:
    """A number without its sign of plus and its unit, or the word; None for nothing."""
    shown = NEVER_COUNTED.get(shown.strip(), shown.strip())
    number = _NUMBER.match(shown)
    return Decimal(number[0]) if number else shown or None


LINES = {"計画値": "planned", "目標": "planned", "見込": "planned", "実績値": "actual", "実績": "actual"} | {
    "差": "difference",
    "達成率": "rate",
    "判定": "reading",
}
"""The names that papers and sheets give to a line of figures."""


# --- The tidy table ---


def tidy_csv(files: Iterable[bytes]) -> Figures:
    (content,) = files
    assert content.startswith(b"\xef\xbb\xbf")
    return _tidy(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def tidy_json(files: Iterable[bytes]) -> Figures:
    (content,) = files
    table = json.loads(content)
    return _tidy({name: "" if value is None else str(value) for name, value in row.items()} for row in table)


def tidy_xlsx(files: Iterable[bytes]) -> Figures:
    (content,) = files
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    names, *lines = sheet.iter_rows(values_only=True)
    table = [["" if cell is None else str(cell) for cell in line] for line in lines]
    return _tidy(dict(zip(names, line, strict=True)) for line in table)


def _tidy(rows: Iterable[Mapping[str, str]]) -> Figures:
    return {
        (int(row["節番号"]), name_of(row["指標名"]), int(row["年度"])): Facts(
            _side(row, "計画値"),
            _side(row, "実績値"),
            read(row["差"]),
            read(row["達成率"]),
            row["判定"] or None,
        )
        for row in rows
    }


def _side(row: Mapping[str, str], side: str) -> Shown:
    state, wording, number = row[f"{side}状態"], row[f"{side}原文"], row[side]
    if number and row["種類"] == "有無":
        return words_of(wording) or ("有" if Decimal(number) else "無")
    if number:
        return Decimal(number)
    is_worded = state == WORDS_ONLY or (side == "計画値" and wording)
    return words_of(wording) if is_worded else state or NOTHING


# --- Pages ---


def page_figures(pages: Iterable[bytes]) -> Figures:
    """The PDCA page, inside or published: one page for each 節."""
    found: Figures = {}
    for number, page in enumerate(pages, start=1):
        text = page.decode()
        for row in re.findall(r'<tr data-measure="[^"]+">(.*?)</tr>', text, re.DOTALL):
            title = name_of(_words(re.search(r'class="measure-title">(.*?)</span>', row, re.DOTALL)[1]))
            for year, cell in re.findall(r'<td data-year="(\d{4})"[^>]*>(.*?)</td>', row, re.DOTALL):
                found[number, title, int(year)] = _page_cell(cell)
    return found


def _page_cell(cell: str) -> Facts:
    cell = re.sub(r'<span class="(?:formula|badge)">.*?</span>', "", cell, flags=re.DOTALL)
    terms = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", cell, re.DOTALL)
    said = {_words(name): _words(value) for name, value in terms}
    notes = dict(
        note.split("：", 1)
        for note in map(_words, re.findall(r'<p class="cell-note[^"]*">(.*?)</p>', cell, re.DOTALL))
        if "の原文：" in note
    )
    actual = said["実績値"]
    return Facts(
        worded(said["計画値"], notes.get("計画の原文")),
        worded(actual, notes.get("実績の原文")) if actual in WORDED else read(actual),
        read(said.get("差", "")),
        read(said.get("達成率", "")),
        said.get("判定"),
    )


def worded(shown: str, wording: str | None) -> Shown:
    """The city's own words where the figure is none."""
    value = read(shown)
    return words_of(wording) if wording and not isinstance(value, Decimal) else value


def page_sentences(pages: Iterable[bytes]) -> Sentences:
    found: Sentences = {}
    for number, page in enumerate(pages, start=1):
        text = page.decode()
        heads = {"概要": "成果目標の概要", "目標": "目標"} | {name: heading for heading, name in TEXTS.items()}
        for name, heading in heads.items():
            said = re.search(rf"<h\d[^>]*>{re.escape(heading)}</h\d>\s*<p[^>]*>(.*?)</p>", text, re.DOTALL)
            words = squeezed(_words(said[1])) if said else ""
            found[number, name] = "" if words in EMPTY else words
    return outlined(found)


def outlined(found: Sentences) -> Sentences:
    """概要 and 目標 as one text, as the sheet prints them."""
    outlines: Sentences = defaultdict(str)
    for part in ("概要", "目標"):
        for number in {number for number, name in found if name == part}:
            outlines[number, "outline"] += found.pop((number, part))
    return {key: text for key, text in (found | outlines).items() if text}


def _words(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup)).strip()


# --- The text version ---

_YEAR_LINE = re.compile(
    r"令和(?P<year>元|\d+)年度、計画値 (?P<planned>[^、]+)、実績値 (?P<actual>[^、]+?)"
    r"(?:、差 (?P<difference>[^、]+))?(?:、達成率 (?P<rate>[^、]+))?(?:、判定 (?P<reading>[^。]+))?。(?P<rest>.*)"
)


def text_figures(files: Iterable[bytes]) -> Figures:
    found: Figures = {}
    for number, heading, lines in _text_blocks(files):
        if re.match("(?:成果目標|活動指標)の指標、", heading):
            title = name_of(heading.split("、", 1)[1])
            for said in filter(None, map(_YEAR_LINE.fullmatch, lines)):
                year = 2018 + (1 if said["year"] == "元" else int(said["year"]))
                found[number, title, year] = _text_year(said)
    return found


def _text_year(said: re.Match[str]) -> Facts:
    notes = dict(re.findall(r"(計画の原文|実績の原文)：(.*?)。(?=\w+：|$)", said["rest"]))
    actual, reading = said["actual"], said["reading"]
    return Facts(
        worded(_signed(said["planned"]), notes.get("計画の原文")),
        worded(actual, notes.get("実績の原文")) if actual in WORDED else read(_signed(actual)),
        read(_signed(said["difference"] or "")),
        read(_signed(said["rate"] or "")),
        reading and reading.replace("マイナス", "-"),
    )


def _signed(said: str) -> str:
    return re.sub("^マイナス", "-", re.sub("^プラス", "", said))


def text_sentences(files: Iterable[bytes]) -> Sentences:
    found: Sentences = {}
    names = {"成果目標の概要": "概要", "目標": "目標"} | TEXTS
    for number, heading, lines in _text_blocks(files):
        name = names.get(heading.partition("、")[2])
        if name and heading.startswith(f"第{number}節、"):
            words = squeezed("".join(lines))
            found[number, name] = "" if words in EMPTY else words
    return outlined(found)


def _text_blocks(files: Iterable[bytes]) -> Iterator[tuple[int, str, list[str]]]:
    """節番号, first line and other lines of each block."""
    for content in files:
        number = 0
        for block in content.decode("utf-8").replace("\r\n", "\n").split("\n\n"):
            heading, *lines = block.splitlines()
            if lines and "の評価の状態は、" in lines[0]:
                number = int(re.match(r"第(\d+)節", heading)[1])
            if number:
                yield number, heading, lines
