"""Signs that people never see and that a name, a cell or a workbook cannot hold, told apart in one place."""

import re
import unicodedata

EDGES = " \t\r\n\u00a0\u2002\u2003\u2009\u3000\ufeff\u200b"
"""Blanks and line ends around a text come from copying; the rarer separators among "whitespace" are controls."""
NONCHARACTERS = "\ufffe\uffff"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x(005[Ff]|00[01][0-9A-Fa-f])_")


def is_control(sign: str) -> bool:
    """Whether a sign may stand in no text of one line: controls, line and paragraph ends, halves of signs."""
    return unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} or sign in NONCHARACTERS


def for_workbook(text: str) -> str:
    """The text without the signs that make a workbook unreadable: what reading its cell gives."""
    return _NOT_IN_XML.sub("", text)


def escaped(text: str) -> str:
    """The text as a cell of a workbook is written, where _x000D_ stands for a carriage return."""
    return _ESCAPE.sub("_x005F_", for_workbook(text))


def unescaped(text: str) -> str:
    """What a cell of a workbook says. Excel escapes the signs that XML cannot hold (the CR of another program's line
    end is _x000D_), and the underscore of whatever looks like an escape; what else looks like one was typed so.
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
