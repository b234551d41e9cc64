"""Processor time, counted in evaluation sheets read: what is soon done is soon done on every machine."""

from functools import cache
from time import thread_time

from core.archive.reading import read_archive
from core.archive.sheet import read_file
from tests.archive_sheets import INZAI

SOON = 300
"""So many sheets are read in two to three seconds where one takes eight milliseconds."""
TRIES = 9


def in_sheets(seconds: float) -> float:
    """How many times a city's sheet is read in this time."""
    return seconds / seconds_of_a_sheet()


@cache
def seconds_of_a_sheet() -> float:
    """The processor time in which it is read here; the median, measured once a process."""
    taken = []
    for _ in range(TRIES):
        begun = thread_time()
        read_archive(read_file("a.txt", INZAI.read_bytes()), range(2021, 2024))
        taken.append(thread_time() - begun)
    return sorted(taken)[TRIES // 2]
