"""Texts as cities print them: enumerations ①②③ run on in one line and are meant as a list."""

import re

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_BEFORE_A_CIRCLE = re.compile(rf"(?<=\S)[ 　]+(?=[{CIRCLED}])")


def printed_lines(text: str) -> list[str]:
    """The lines of a typed text, with a new line before each ①②… that follows a blank."""
    return [line.strip() for line in _BEFORE_A_CIRCLE.sub("\n", text).splitlines()]


def circled(label: str) -> str:
    """ "1" → ①, as the sheets print it; other numbering stays as it is. Exports keep the plain digit."""
    return CIRCLED[int(label) - 1] if re.fullmatch(r"[1-9]|1\d|20", label) else label
