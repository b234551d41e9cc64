"""The equal items of two sequences, found in bounded time whatever the input.

difflib takes a time that grows with the cube of the items where many of them are alike: a thousand short sentences took
four seconds, two thousand thirty.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

MAX_PAIRS = 50_000
"""Pairs of equal items. In a real text nearly every sentence is one of its kind, in a real sheet nearly every row."""

Opcode = tuple[str, int, int, int, int]


def has_too_many_pairs(before: Sequence[Hashable], after: Sequence[Hashable]) -> bool:
    """Whether so many items are alike that comparing the sequences could take very long."""
    counted = Counter(after)
    return sum(counted[item] for item in before) > MAX_PAIRS


def opcodes(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Opcode]:
    """The steps that turn one sequence into the other, as difflib reports them.

    Where too many items are alike, only the beginning and the end that both share count as equal.
    """
    if not has_too_many_pairs(before, after):
        return list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
    shorter = min(len(before), len(after))
    first = _shared(before, after)
    last = min(_shared(before[::-1], after[::-1]), shorter - first)
    end, new_end = len(before) - last, len(after) - last
    parts = [
        ("equal", 0, first, 0, first),
        ("replace", first, end, first, new_end),
        ("equal", end, len(before), new_end, len(after)),
    ]
    return [part for part in parts if part[1] < part[2] or part[3] < part[4]]


def _shared(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """The length of the common beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
