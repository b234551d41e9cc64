"""機種依存文字: which characters every machine has, and what replaces the others.

Source: 総務省「統計表における機械判読可能なデータの表記方法の統一ルール」チェック項目1-10. What every machine has is
taken to be ASCII and JIS X 0208; ordinary letters of Unicode stay too, so that no name is rewritten.
"""

import re
import unicodedata
from functools import lru_cache

UNKNOWN = "〓"
"""For a character that has no replacement: what Japanese printers set where they lack a type."""

TABLE = {
    "№": "No.",
    "℡": "TEL",
    "㏍": "K.K.",
    "∑": "Σ",
    "∟": "∠",
    "⊿": "△",
    "〝": "“",
    "〟": "”",
    "¥": "￥",
    "©": "(C)",
    "®": "(R)",
    "–": "-",
    "—": "―",
    "⁄": "/",
    "•": "・",
    "·": "・",
    "✓": "○",
    "✔": "○",
    "☑": "○",
}
"""What Unicode itself gives no everyday form for. All others follow its compatibility forms: ㈱ (株), Ⅲ III, ㎡ m2."""

_HALF_KANA = re.compile("[｡-ﾟ]+")
_ENCLOSED = ("CIRCLED", "NEGATIVE CIRCLED", "DOUBLE CIRCLED", "DINGBAT")


def plain_characters(text: str) -> str:
    """The text with everyday characters alone: ①地域㈱ becomes (1)地域(株). A text without others is returned
    unchanged.
    """
    if _all_everywhere(text):
        return text
    while (again := _once(text)) != text:
        text = again
    return text


def strange_characters(text: str) -> str:
    """The characters of a text that are not on every machine, each once, in their order."""
    if _all_everywhere(text):
        return ""
    return "".join(dict.fromkeys(one for one in text if _plain(one) != one or _HALF_KANA.match(one)))


def _all_everywhere(text: str) -> bool:
    """A quick check that settles most texts; this encoding knows ASCII, JIS X 0208 and two more characters."""
    try:
        text.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return "¥" not in text and "‾" not in text


def _once(text: str) -> str:
    text = _HALF_KANA.sub(lambda run: unicodedata.normalize("NFKC", run[0]), unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", "".join(map(_plain, text)))


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    """What replaces one character: itself where every machine has it, "" where it only modifies the one before it."""
    if _is_everywhere(character):
        return character
    if character in TABLE:
        return TABLE[character]
    category, normal = unicodedata.category(character), unicodedata.normalize("NFKC", character)
    if category == "Cf" or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return ""
    if category == "Zs":
        return " "
    if unicodedata.name(character, "").startswith(_ENCLOSED):
        return _enclosed(character, normal)
    if normal != character:
        return "".join(map(_plain, normal))
    if category[0] in "LMN" or category in ("Cc", "Zl", "Zp"):
        return character  # a letter of some language; controls and line ends are layout, not characters
    return UNKNOWN


def _enclosed(character: str, normal: str) -> str:
    """(1) for ① and ❶: what is inside, in brackets."""
    number = unicodedata.numeric(character, None)
    if number is not None and number == int(number):
        return f"({int(number)})"
    return UNKNOWN if normal == character else f"({''.join(map(_plain, normal))})"


def _is_everywhere(character: str) -> bool:
    """Whether a character is in ASCII or JIS X 0208: rows 1–8 and 16–84 of its table of 94 × 94.

    Looked up in both mappings of Shift_JIS: 〜 and ～ are one character of that table and two of Unicode.
    """
    if character.isascii():
        return True
    for encoding in ("cp932", "shift_jis"):
        try:
            code = character.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(code) == 2:
            row = (code[0] - (0x81 if code[0] < 0xE0 else 0xC1)) * 2 + (2 if code[1] >= 0x9F else 1)
            return row <= 8 or 16 <= row <= 84
    return False


EXAMPLES = tuple((character, plain_characters(character)) for character in (*"①❷⑶Ⅲⅳ㈱㊤№℡㌔㎡㍻½²", "ｶﾞ", *"–✓☎"))
"""Characters and their replacements, as pages show it."""
