"""The words by which old sheets name their rows and columns, and the figures and years in their texts."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from core.fiscal_years import read_fiscal_year
from core.numerals import squeeze
from core.prose import CIRCLED
from core.typed_values import read_value
from core.words import Side, ValueKind


class RowKind(StrEnum):
    """What a row of figures says."""

    PLANNED = "planned"
    ACTUAL = "actual"
    DEVIATION = "deviation"

    @property
    def side(self) -> Side | None:
        return None if self is RowKind.DEVIATION else Side(self.value)


class Column(StrEnum):
    """What a column of a table is for."""

    GOAL = "goal"
    SECTION = "section"
    OVERVIEW = "overview"
    RESULT = "result"
    ISSUES = "issues"
    LABEL = "label"
    TITLE = "title"
    UNIT = "unit"
    ROW = "row"


_ROW_WORDS = {
    RowKind.PLANNED: "計画値 計画 計画数 計画量 見込量 見込み量 見込値 見込 見込み 見込数 目標値 目標 目標数",
    RowKind.ACTUAL: "実績値 実績 実績数 実績量",
    RowKind.DEVIATION: "乖離値 乖離率 乖離 達成率 達成度 達成状況 進捗率 進捗 差 差引 差異 増減 計画比 対計画比",
}
_ROW_KINDS = {word: kind for kind, words in _ROW_WORDS.items() for word in words.split()}
_COLUMN_WORDS = {
    Column.SECTION: "節別 節 節番号 章節",
    Column.GOAL: "成果目標 成果目標名",
    Column.OVERVIEW: "成果目標の概要 概要 目標の概要 成果目標の内容",
    Column.ISSUES: "課題と今後の実施について 課題 課題と今後の方向性 今後の課題 課題・今後の取組 評価と課題 今後の取組",
    Column.RESULT: "実績 実績・取組の内容 取組実績 取組内容 実施状況",
    Column.LABEL: "番号 No No. 項番",
    Column.TITLE: "指標 指標名 項目 項目名 活動指標 サービス サービス名 サービス種別 事業 事業名 内容 目標項目 区分名",
    Column.UNIT: "単位",
    Column.ROW: "区分 種別 計画・実績",
}
_COLUMNS = {word: column for column, words in _COLUMN_WORDS.items() for word in words.split()}
_KANJI = {digit: number for number, digit in enumerate("一二三四五六七八九十", start=1)}
_SECTION = re.compile(r"第([0-9０-９]{1,2}|[一二三四五六七八九十])[節章]")
_FILLERS = set("/／-－―‐–—ー・…※")
YEAR = r"(?:(?:令和|平成)(?:元|[0-9０-９]{1,2})|(?:19|20)[0-9]{2}|[２][０-９]{3}|[RHＲＨ][0-9０-９]{1,2})年度"
UNIT = r"(?:人日/月|人/月|人日|人|名|回|件|[かカヵヶケ]所|箇所|事業所|施設|床|棟|時間|割|[%％]|ケース)"
NUMBER = r"[▲△−-]?[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?"
_SIDE_ENDS = sorted((word for word, kind in _ROW_KINDS.items() if kind is not RowKind.DEVIATION), key=len, reverse=True)
_YEAR_MARK = re.compile(r"年|[RHＲＨ]")
_BRACKETS = re.compile(r"[(（\[［][^()（）]*[)）\]］]")
_AFTER_A_NAME = re.compile(r"[ \u3000:：]")
LONGEST_FIGURE = 80
"""Characters; what is longer is a sentence."""
_T = TypeVar("_T")


def _of_short(longest: int) -> Callable[[Callable[[str], _T | None]], Callable[[str], _T | None]]:
    """What is read of a text, remembered; None for one of more characters, which is none of these words."""

    def remembering(read: Callable[[str], _T | None]) -> Callable[[str], _T | None]:
        remembered = lru_cache(maxsize=4096)(read)
        return lambda text: remembered(text) if len(text) <= longest else None

    return remembering


@_of_short(longest=20)
def row_kind(text: str) -> RowKind | None:
    """計画値, 見込量, 実績, 乖離値 …, also with a bracket behind; None for any other text."""
    word = squeeze(text)
    return _ROW_KINDS.get(word) or _ROW_KINDS.get(_BRACKETS.sub("", word))


@_of_short(longest=20)
def column_of(text: str) -> Column | None:
    """What a column with this heading is for; None for any other text."""
    return _COLUMNS.get(squeeze(text))


def is_filler(text: str) -> bool:
    """Whether a cell is only struck through or dotted."""
    return len(text) <= 4 and set(text) <= _FILLERS


def section_number(text: str) -> int | None:
    """3 for a cell that says 第3節 and nothing else."""
    match = _SECTION.fullmatch(squeeze(text)) if len(text) <= 8 else None
    return _counted(match[1]) if match else None


def section_heading(text: str) -> tuple[int, str] | None:
    """(3, 「拠点等の整備」) for a cell that says 「第3節 拠点等の整備」; None for any other."""
    match = _SECTION.match(text.strip()) if len(text) <= 200 else None
    if match is None:
        return None
    title = text.strip()[match.end() :].strip(" \u3000\n:：")
    return _counted(match[1]), title


def _counted(word: str) -> int:
    """A number in digits of either width, or in 漢数字 up to ten."""
    return _KANJI[word] if word in _KANJI else int(word)


@_of_short(longest=30)
def year_of(text: str) -> int | None:
    """The 年度 that a cell names and nothing else; None for any other text. A bare 2021 names none."""
    if not _YEAR_MARK.search(text):
        return None
    try:
        return read_fiscal_year(text)
    except ValueError:
        return None


@_of_short(longest=8)
def bare_year(text: str) -> int | None:
    """2021 as a number alone, which counts as a year only next to other years."""
    word = squeeze(text)
    return int(word) if len(text) >= 4 and re.fullmatch(r"20[0-9]{2}", word) else None


@_of_short(longest=30)
def year_and_side(text: str) -> tuple[int, Side] | None:
    """(2021, 計画) for a heading 「令和3年度見込量」 or 「R3（実績）」."""
    if not _YEAR_MARK.search(text):
        return None
    word = squeeze(text).rstrip(")]")
    for end in _SIDE_ENDS:
        if word.endswith(end):
            year = year_of(word.removesuffix(end).rstrip("([・ "))
            side = _ROW_KINDS[end].side
            return (year, side) if year and side else None
    return None


@dataclass(frozen=True, slots=True)
class Item:
    """One ①… of a text. `text` is what follows the number; `start` and `end` include the number."""

    number: int
    text: str
    start: int
    end: int


def items_of(text: str) -> list[Item]:
    """The items ①②③ of a text, each up to the next number, heading 【…】 or line end."""
    places = [place for place, character in enumerate(text) if character in CIRCLED]
    found = []
    for place, after in zip(places, [*places[1:], len(text)], strict=False):
        stops = [text.find(stop, place, after) for stop in ("\n", "【", "■")]
        end = min([after, *(stop for stop in stops if stop >= 0)])
        found.append(Item(CIRCLED.index(text[place]) + 1, text[place + 1 : end].strip(), place, end))
    return found


def circled_number(text: str) -> int | None:
    """3 for a text that begins with ③."""
    return CIRCLED.index(text[0]) + 1 if text and text[0] in CIRCLED else None


def named_figure(text: str) -> tuple[str, str]:
    """A name and the figure behind it: (「指導・助言」, 「3件」), (「共有」, 「有 1回」); "" without."""
    # Only so far from the end can a figure begin: a text of a hundred thousand words is not tried word by word.
    first = max(0, len(text.rstrip(" :：")) - LONGEST_FIGURE - 1)
    for mark in _AFTER_A_NAME.finditer(text, first):
        name, figure = text[: mark.start()].strip(" :："), text[mark.end() :].strip(" :：")
        if name and is_figure(figure):
            return name, figure
    return text.strip(), ""


def is_figure(text: str) -> bool:
    """Whether a text is one figure as cities write it: 4人, 年1回, 10割, 有5人, 有, 17人（移行13人…）."""
    word = without_bracket(text) if len(text) <= LONGEST_FIGURE else ""
    return bool(word) and figure_kind(word) is not None


def without_bracket(text: str) -> str:
    """The text without a bracket at its end: 17人 of 「17人（移行13人・A型2人）」."""
    return re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", text).strip()


def figure_kind(text: str) -> ValueKind | None:
    """割合 for % and 割, 有無 for 有 and 無, else 数値 (also 有5人); None for what is no figure."""
    word = squeeze(text)
    if re.fullmatch(r"有り?|無し?|あり|なし", word):
        return ValueKind.PRESENCE
    is_rate = bool(re.search(r"[%割]", word))
    kind = ValueKind.RATE if is_rate else ValueKind.NUMBER
    try:
        return kind if read_value(text, kind=kind, side=Side.PLANNED).number is not None else None
    except ValueError:
        return None


def unit_of(figure: str) -> str:
    """人 of 「有5人」, % of 「10割」; "" where none is written."""
    word = squeeze(without_bracket(figure))
    match = re.search(rf"{UNIT}(?=以上|以下|程度|$)", word)
    unit = match[0] if match else ""
    return {"割": "%", "名": "人"}.get(unit, unit)
