"""Numbers as people type them into a cell, and as exports and pages print them."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MAX_WHOLE_DIGITS, MAX_PLACES = 11, 4
KEY_DIGITS = 18
"""Digits of the longest key that a database gives a row."""
SHOWN_CHARACTERS = 40  # of what was typed, inside a sentence

# ▲ and △ are the minus of Japanese bookkeeping; the rest are what keyboards and PDF copies give for a hyphen.
_MINUS = "▲△−‐‑‒–—―ー-"  # the hyphen last: it is used inside a character class
_BEFORE = "約|概ね|おおむね|およそ|延べ|のべ|延|計|年間|年|月平均|月間|月|有り|有|あり"
_AFTER = "以上|以下|未満|程度|前後|ほど"
_UNIT = (
    "人日|人回|人|名|件|回|[かカヵヶケ]所|箇所|個所|[かカヵヶケ]月|箇月|日間|日|時間|%|パーセント|ポイント|円|床|棟|部会"
    "|単位|事業所|施設|法人|団体|市町村|圏域|世帯|ケース|組|校|園|室|台|冊|点|年間|年"
)
_PER = f"(?:{_UNIT}|月|週)"
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+"
_NUMERAL = re.compile(
    rf"(?P<before>(?:{_BEFORE})*)(?P<sign>[+{_MINUS}]?)(?P<whole>[0-9]+|{_GROUPED})(?:\.(?P<part>[0-9]+))?"
    rf"(?P<unit>(?:{_UNIT})(?:/{_PER})*)?(?P<after>(?:{_AFTER})*)"
)
_TENTHS = re.compile(
    rf"(?:{_BEFORE})*(?P<wari>[0-9]{{1,4}}(?:\.[0-9]{{1,3}})?)割(?:(?P<bu>[0-9])分(?:(?P<rin>[0-9])厘)?)?(?:{_AFTER})*"
)
_BARE = re.compile(rf"[+-]?(?:[0-9]+|{_GROUPED})(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number read from a text. `tenths`: written in 割 (10割 is the number 100)."""

    number: Decimal
    unit: str = ""
    hedged: bool = False  # 約, 以上, 年, 有 … before or after it
    tenths: bool = False


def squeeze(text: str) -> str:
    """One width for all letters and no blanks: how texts are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def typed(text: str) -> str:
    """The end of a sentence about a text: （入力：十二人）, shortened, what cannot be printed replaced."""
    shown = "".join("�" if unicodedata.category(one)[0] == "C" else one for one in text[:SHOWN_CHARACTERS])
    return f"（入力：{shown}{'…' if len(text) > SHOWN_CHARACTERS else ''}）"


def is_bare_number(text: str) -> bool:
    """Whether a text is nothing but digits with plus or minus, point and well placed commas, in any width."""
    return _BARE.fullmatch(squeeze(text)) is not None


def plain(number: Decimal) -> str:
    """For exports and fields: no exponent, no separators, no trailing zeros, never -0."""
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def one_decimal(number: Decimal) -> str:
    """For rates: always one decimal, halves away from zero, never -0.0."""
    rounded = format(number.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP), "f")
    return "0.0" if rounded == "-0.0" else rounded


def read_digits(text: str, most: int = 9) -> int | None:
    """A number as our own pages send one: digits alone, `most` of them; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None


def read_numeral(text: str) -> Numeral:
    """The one number in a text (１，２３４人, ▲3, 年1回, 約10人以上, 2割5分); ValueError with a sentence otherwise."""
    if any(_hides_a_digit(character) for character in text):
        raise ValueError(f"丸数字などの記号は数値として読めません。数字で入力してください{typed(text)}")
    normal = unicodedata.normalize("NFKC", text).strip()
    squeezed = squeeze(text)
    # Blanks between digits are not closed up: 「300 110」 is two numbers.
    if re.search(r"[0-9,.]\s+[0-9,.]", normal) is None:
        if tenths := _TENTHS.fullmatch(squeezed):
            number = Decimal(tenths["wari"]) * 10 + Decimal(tenths["bu"] or 0) + Decimal(tenths["rin"] or 0) / 10
            return Numeral(number, hedged=True, tenths=True)
        if match := _NUMERAL.fullmatch(squeezed):
            return _numeral(match, text)
    raise ValueError(_why_not(normal, text))


def _hides_a_digit(character: str) -> bool:
    """①, ², ㍘ and the like turn into digits when widths are unified; only the full-width digits may."""
    if character in "0123456789０１２３４５６７８９":
        return False
    return any(letter in "0123456789" for letter in unicodedata.normalize("NFKC", character))


def _numeral(match: re.Match[str], text: str) -> Numeral:
    whole = match["whole"].replace(",", "")
    part = (match["part"] or "").rstrip("0")
    if len(whole.lstrip("0")) > MAX_WHOLE_DIGITS or len(part) > MAX_PLACES:
        limits = f"整数部{MAX_WHOLE_DIGITS}桁、小数部{MAX_PLACES}桁"
        raise ValueError(f"数値は{limits}までで入力してください{typed(text)}")
    number = Decimal(f"{whole}.{part}")
    if match["sign"] not in ("", "+") and number:
        number = -number
    return Numeral(number, unit=match["unit"] or "", hedged=bool(match["before"] or match["after"]))


def _why_not(normal: str, text: str) -> str:
    """The sentence for a text without exactly one number."""
    runs = re.findall(r"[0-9]+(?:[.,][0-9]+)*", normal)
    if re.search(r"[0-9.]e[+-]?[0-9]", normal, re.IGNORECASE):
        return f"指数を使わない数値で入力してください{typed(text)}"
    if len(runs) > 1:
        return f"1つの欄に入る数値は1つです。内数（うち数）は別の指標として入力してください{typed(text)}"
    if runs and "," in runs[0] and re.fullmatch(rf"{_GROUPED}(?:\.[0-9]+)?", runs[0]) is None:
        return f"桁区切りのコンマの位置を確かめ、数値で入力してください{typed(text)}"
    return f"数値で入力してください{typed(text)}"
