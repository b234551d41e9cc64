"""The goals ①②… that a 節 lists, and what kind of figure each is, guessed with its reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.archive.sheet import Printed
from core.archive.words import UNIT, figure_kind, items_of, named_figure, unit_of, without_bracket
from core.numerals import squeeze
from core.words import Accumulation, ValueKind

_QUANTITY_UNIT = re.compile(r"[(（]([^()（）]{1,12})[)）]\s*$")
_PRESENCE_AND_NUMBER = re.compile(r"(?:有り?|あり)[・:、]?\(?[0-9]")
_AT_YEAR_END = re.compile(r"設置|配置|確保|整備|削減|入所者数")
_SINCE_THE_PLAN_BEGAN = re.compile(r"地域(?:生活)?移行者|地域生活への移行")


@dataclass(frozen=True, slots=True)
class Goal:
    """One ① of the list: its name, and its figure as printed ("" without one). `start` and `end` are its place in the
    text.
    """

    number: int
    title: str
    figure: str
    cell: Printed
    start: int
    end: int


def goals_in(cells: Iterable[Printed]) -> list[Goal]:
    """The goals of the first list; a number that comes again belongs to another enumeration."""
    found: dict[int, Goal] = {}
    for cell in cells:
        for item in items_of(cell.text):
            title, figure = named_figure(item.text)
            if title and item.number not in found:
                found[item.number] = Goal(item.number, title, figure, cell, item.start, item.end)
    return list(found.values())


def is_presence_and_number(figure: str) -> bool:
    """Whether 有 and a number are both said: 有5人, 有 1回."""
    return _PRESENCE_AND_NUMBER.match(squeeze(figure)) is not None


def unit_of_quantity(quantity: str) -> str:
    """人/月 of 「利用者数（実人/月）」 or of a unit alone; "" where none is named."""
    if re.fullmatch(UNIT, squeeze(quantity)):
        return squeeze(quantity)
    match = _QUANTITY_UNIT.search(quantity)
    word = squeeze(match[1]) if match else ""
    return re.sub(r"^(?:実|延べ?)", "", word)


def unit(quantity: str, figure: str) -> str:
    """The unit that the block prints, else that of the goal; none for a bare 有."""
    return unit_of_quantity(quantity) or unit_of(figure)


def kind(quantity: str, figure: str) -> tuple[ValueKind, str]:
    """種類, with the reason."""
    of_unit = unit_of_quantity(quantity)
    if of_unit in ("%", "割"):
        return ValueKind.RATE, f"数値欄の単位が「{of_unit}」"
    word = without_bracket(figure)
    read = figure_kind(word) if word and not of_unit else None
    if read:
        return read, f"目標の書き方が「{figure}」"
    return ValueKind.NUMBER, f"数値欄の単位が「{of_unit}」" if of_unit else "数値の目標と見て"


def accumulation(title: str, quantity: str, figure: str, of_kind: ValueKind) -> tuple[Accumulation, str]:
    """集計, with the reason."""
    counted = unit(quantity, figure)
    if counted.endswith("/月"):
        return Accumulation.MONTHLY_AVERAGE, f"単位が「{counted}」"
    if _SINCE_THE_PLAN_BEGAN.search(title) and counted == "人" and "支援" not in title:
        return Accumulation.CUMULATIVE, "地域生活へ移行した人は、計画の初めから通して数えるのが通例"
    if of_kind is ValueKind.RATE:
        return Accumulation.YEAR_END, "割合"
    if (word := _AT_YEAR_END.search(title)) or (of_kind is ValueKind.PRESENCE and counted not in ("回", "件")):
        return Accumulation.YEAR_END, f"「{word[0]}」とある" if word else "有無"
    return Accumulation.YEAR_TOTAL, f"単位が「{counted}」" if counted else "ほかに手がかりがない"


def same_name(one: str, other: str) -> bool:
    """Whether two titles are the same apart from widths, the width of brackets and a 数 at the end."""
    return _bare(one) == _bare(other)


def _bare(title: str) -> str:
    return squeeze(title).removesuffix("数").rstrip("。")
