"""What one value text means for a kind of measure: a number, a state, nothing, or a problem with its remedy.

Source of the words: the exchange contract and the ways cities write missing figures (－, 無し, 集計中, 検討中, ○ …).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.numerals import Numeral, is_bare_number, read_numeral, squeeze, typed
from core.words import NOT_ENTERED, Side, State, ValueKind

_STATE_WORDS = {state.label: state for state in State} | {
    "調査中": State.PENDING,
    "未定": State.WORDS_ONLY,
    "検討中": State.WORDS_ONLY,
    "該当無し": State.NOT_APPLICABLE,
    "目標値を設定しない": State.NOT_SET,
}
_BLANK_WORDS = {NOT_ENTERED, "記載なし", "記載無し"}
_ABSENT_WORDS = {"無", "無し", "なし"}
_PRESENT_WORDS = {"有", "有り", "あり"}
PRESENCE_WORDS = _PRESENT_WORDS | _ABSENT_WORDS
_CIRCLES = set("○◯〇⭕O")  # one mark in practice; full-width Ｏ is squeezed to O
_DASHES = re.compile(r"[-‐‑‒–—―−ー─━/⁄∕╱]+")  # alone in a cell they all say 該当なし
_PRESENT_WITH_NUMBER = re.compile(r"(?:有り|有|あり)[・:、]?(\(?)(?P<count>[^()]+)(\)?)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A value text understood: number xor state, neither for 未入力. `typing`: what was typed, if worth keeping."""

    number: Decimal | None = None
    state: State | None = None
    typing: str = ""
    free: bool = False  # the typing is a sentence of its own, not another spelling of number or state
    warnings: tuple[str, ...] = ()


def read_value(text: str, *, kind: ValueKind, side: Side) -> Reading:
    """What a non-blank value text means; ValueError with a sentence where it means nothing."""
    word = squeeze(text)
    if word.startswith("(") and word.endswith(")"):
        word = word[1:-1]
    if word in _BLANK_WORDS:
        return Reading()
    if word in _STATE_WORDS:
        return _state(text, word, side)
    if _DASHES.fullmatch(word):
        return Reading(state=State.NOT_APPLICABLE, typing=text)
    if kind is ValueKind.PRESENCE:
        return _presence(text, word)
    if word in _ABSENT_WORDS:
        warning = f"「該当なし」と読みました。0 のときは 0 と入力してください{typed(text)}"
        return Reading(state=State.NOT_APPLICABLE, typing=text, warnings=(warning,))
    if kind is ValueKind.TEXT:
        return Reading(state=State.WORDS_ONLY, typing=text, free=True)
    if word in _CIRCLES:
        raise ValueError(f"○は数値として読めません。数値を入力するか、状態を選んでください{typed(text)}")
    numeral = _rate(text) if kind is ValueKind.RATE else _number(text)
    return Reading(number=numeral.number, typing="" if is_bare_number(text) else text)


def _state(text: str, word: str, side: Side) -> Reading:
    state = _STATE_WORDS[word]
    refuse_planned_only(state, side, text)
    # The state's own word says nothing that the state does not; any other is what the city printed.
    return Reading(state=state, typing="" if word == state.label else text)


def refuse_planned_only(state: State, side: Side, text: str) -> None:
    """設定しない is said of a plan only; ValueError for an actual."""
    if state is State.NOT_SET and side is Side.ACTUAL:
        raise ValueError(
            f"「設定しない」は計画値だけに使えます。実績値は数値か「該当なし」などで入力してください{typed(text)}"
        )


def _presence(text: str, word: str) -> Reading:
    """1 for 有 in its spellings (also 有5人, 有 1回), 0 for 無."""
    if word in _PRESENT_WORDS | _CIRCLES:
        return Reading(number=Decimal(1), typing=text)
    if word in _ABSENT_WORDS:
        return Reading(number=Decimal(0), typing=text)
    try:
        numeral = read_numeral(text)
    except ValueError:
        numeral = None
    if is_bare_number(text) and numeral is not None and numeral.number in (0, 1):
        return Reading(number=numeral.number)
    if _counts_something(text):
        return Reading(number=Decimal(1), typing=text)
    raise ValueError(f"「有」か「無」（または 1 か 0）で入力してください{typed(text)}")


def _counts_something(text: str) -> bool:
    """Whether a text is 有 with a number above zero (有5人, 有（5人）)."""
    match = _PRESENT_WITH_NUMBER.fullmatch(squeeze(text))
    if match is None or bool(match[1]) != bool(match[3]):
        return False
    try:
        return read_numeral(match["count"]).number > 0
    except ValueError:
        return False


def _number(text: str) -> Numeral:
    numeral = read_numeral(text)
    if numeral.tenths:
        raise ValueError(f"割・分は割合の指標でだけ使えます。数値で入力してください{typed(text)}")
    return numeral


def _rate(text: str) -> Numeral:
    numeral = read_numeral(text)
    if numeral.unit not in ("", "%", "パーセント", "ポイント"):
        raise ValueError(f"割合は％の数値で入力してください。例：66.7{typed(text)}")
    return numeral
