"""Texts as cities print them: enumerations ①②③ run on in one line and are meant as a list."""

import re
from itertools import accumulate

from core.alignment import opcodes

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_SENTENCE_END = re.compile(r"(?<=[。\n])")
_BEFORE_A_CIRCLE = re.compile(rf"(?<=\S)[ 　]+(?=[{CIRCLED}])")


def printed_lines(text: str) -> list[str]:
    """The lines of a typed text, with a new line before each ①②… that follows a blank."""
    return [line.strip() for line in _BEFORE_A_CIRCLE.sub("\n", text).splitlines()]


def printed(text: str) -> str:
    """A typed text as sheets print it."""
    return "\n".join(printed_lines(text))


def unprinted(typed: str, edited: str) -> str:
    """The edit of a printed text as an edit of what was typed.

    Lines that print as before stay as they were typed, indents and run-on enumerations included; the others become what
    was edited. A typed line that prints as several stays whole only where all of them do.
    """
    lines = typed.split("\n")
    groups = [printed_lines(line) or [""] for line in lines]
    ends = list(accumulate(len(group) for group in groups))
    starts = dict(zip([0, *ends], range(len(lines)), strict=False))
    before, after = [line for group in groups for line in group], edited.split("\n")
    result: list[str] = []
    for kind, start, end, new_start, new_end in opcodes(before, after):
        if kind != "equal":
            result += after[new_start:new_end]
            continue
        place = start
        while place < end:
            number = starts.get(place)
            if number is not None and ends[number] <= end:
                result.append(lines[number])
                place = ends[number]
            else:
                result.append(before[place])
                place += 1
    return "\n".join(result)


def differing(old: str, new: str) -> tuple[str, str]:
    """The sentences in which two texts differ, with … for what they share: what a person has to look at."""
    ours, theirs = ([piece for piece in _SENTENCE_END.split(text) if piece] for text in (old, new))
    shown: tuple[list[str], list[str]] = ([], [])
    for kind, start, end, new_start, new_end in opcodes(ours, theirs):
        for part, pieces in zip(shown, (ours[start:end], theirs[new_start:new_end]), strict=True):
            piece = "".join(pieces) if kind != "equal" else "…"
            part += [piece] if piece and part[-1:] != [piece] else []
    return "".join(shown[0]).strip(), "".join(shown[1]).strip()


def full_stop(sentence: str) -> str:
    """The sentence with one 。 at its end."""
    return sentence if sentence.endswith("。") else f"{sentence}。"


def circled(label: str) -> str:
    """The label 1 as ①, as the sheets print it; other numbering stays as it is. Exports keep the plain digit."""
    return CIRCLED[int(label) - 1] if re.fullmatch(r"[1-9]|1\d|20", label) else label
