"""How wide Japanese text is, where it wraps and how high a cell it needs: spreadsheets do not fit merged cells to their
text, so we must know."""

import re
from functools import lru_cache
from unicodedata import east_asian_width

# Half an em is the norm. Of the fonts that are used where the named one is missing, DejaVu Sans draws digits widest, at
# 0.64 em: what is missing here is within the 8 % by which a line is taken for higher than it is.
NARROW_EM = 0.6
# Noto Sans CJK, the tallest of the fonts that may be used, sets lines at 1.45 em; 8 % more for Excel's own rounding.
LINE_EM = 1.45 * 1.08
CELL_PADDING = 7.0
"""Points of a cell's width that are not for its text."""

_NEVER_FIRST = "、。，．・：；？！）］｝」』】〉》〕〟ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％‰℃"
_NEVER_LAST = "（［｛「『【〈《〔〝"
_PIECE = re.compile(f"[{_NEVER_LAST}]*(?:[!-~]+|.)[{_NEVER_FIRST}]*")


@lru_cache(maxsize=1024)
def text_width(text: str, size: float) -> float:
    """Width in points at the font size: East Asian wide and ambiguous characters fill a square."""
    return sum(size if east_asian_width(character) in "WFA" else size * NARROW_EM for character in text)


def wrap(text: str, width: float, size: float) -> list[str]:
    """The lines the text takes in a column of that many points. Joined, they are the text again.

    Keeps Latin words whole and closing marks off the beginning of a line, as Excel and LibreOffice do.
    """
    lines: list[str] = []
    for paragraph in text.splitlines(keepends=True) or [""]:
        line, used = "", 0.0
        for piece in _pieces(paragraph.rstrip("\n"), width, size):
            wide = text_width(piece, size)
            if line and used + wide > width:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + piece, used + wide
        lines.append(line + "\n" if paragraph.endswith("\n") else line)
    return lines


@lru_cache(maxsize=512)  # labels, years and words for states come again in every block
def text_height(text: str, width: float, size: float) -> float:
    """The height that a cell of that width needs for the text; 0 for none."""
    if not text:
        return 0.0
    return len(wrap(text, width - CELL_PADDING, size)) * size * LINE_EM + 4


def split_after_lines(text: str, width: float, size: float, count: int) -> tuple[str, str]:
    """What fits into that many lines, and the rest. Cuts after a sentence where one ends in the later part."""
    lines = wrap(text, width, size)
    if len(lines) <= count:
        return text, ""
    head, tail = "".join(lines[:count]), "".join(lines[count:])
    sentence_end = max(head.rfind("\n"), head.rfind("。")) + 1
    if sentence_end > len(head) * 0.6:
        head, tail = head[:sentence_end], head[sentence_end:] + tail
    return head.rstrip("\n"), tail.lstrip("\n")


def _pieces(paragraph: str, width: float, size: float) -> list[str]:
    """What may not be divided; a piece longer than the line is divided anywhere."""
    pieces: list[str] = []
    for piece in _PIECE.findall(paragraph):
        pieces.extend([piece] if text_width(piece, size) <= width else piece)
    return pieces
