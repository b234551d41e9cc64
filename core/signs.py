"""Signs that people never see and that a name, a cell or a workbook cannot hold, told apart in one place."""

import re
import unicodedata

EDGES = " \t\r\n\u00a0\u2002\u2003\u2009\u3000\ufeff\u200b"
"""Blanks and line ends around a text come from copying; the rarer separators among "whitespace" are controls."""
NONCHARACTERS = "\ufffe\uffff"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_control(sign: str) -> bool:
    """Whether a sign may stand in no text of one line: controls, line and paragraph ends, halves of signs."""
    return unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} or sign in NONCHARACTERS


def for_workbook(text: str) -> str:
    """The text without the signs that make a workbook unreadable."""
    return _NOT_IN_XML.sub("", text)
