"""Characters that are invisible and that a name, a cell or a workbook cannot hold."""

import re
import unicodedata

EDGES = " \t\r\n\u00a0\u2002\u2003\u2009\u3000\ufeff\u200b"
"""Blanks and line ends around a text come from copying; the rarer separators among "whitespace" are controls."""
NONCHARACTERS = "\ufffe\uffff"
OPENS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a text begins with that a spreadsheet would calculate, or whose first character it would drop."""
LONGEST_FOOTER = 80
"""Characters. All three parts of a footer share 255, and each character of two of them may be written as two."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x(005[Ff]|00[01][0-9A-Fa-f])_")


def is_control(character: str) -> bool:
    """Whether a character is forbidden in a text of one line: controls, line and paragraph separators, surrogates."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in NONCHARACTERS


def for_workbook(text: str) -> str:
    """The text without the characters that make a workbook unreadable, as reading its cell returns it."""
    return _NOT_IN_XML.sub("", text)


def escaped(text: str) -> str:
    """The text as a cell of a workbook is written, with _x000D_ for a carriage return."""
    return _ESCAPE.sub("_x005F_", for_workbook(text))


def for_footer(text: str) -> str:
    """The text for a part of a footer of a workbook, where & begins a code."""
    return for_workbook(text).replace("\n", " ")[:LONGEST_FOOTER].replace("&", "&&")


def unescaped(text: str) -> str:
    """The text of a cell of a workbook. Excel escapes the characters that XML cannot hold (the CR of another program's
    line end is _x000D_), and the underscore of anything that looks like an escape; other texts that look like one were
    typed so.
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
