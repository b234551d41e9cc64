"""Many returned forms as one preview: what agrees is one change, what does not waits for a choice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evaluations.exchange.entry_forms.reading import FormReading
from evaluations.exchange.importing.preview import Preview, PreviewLine

FILES_NAMED = 3
FORM_REASON = "入力様式の取り込み"
"""What the history says of such a change."""


@dataclass(frozen=True)
class ReturnedForms:
    """The files of one upload with what came of each, and their changes together."""

    readings: tuple[FormReading, ...]
    preview: Preview


def merged(readings: Iterable[FormReading]) -> ReturnedForms:
    """One preview of all of them, in the order of the files."""
    readings = tuple(readings)
    by_cell: dict[object, list[PreviewLine]] = defaultdict(list)
    for reading in readings:
        for one in reading.changes:
            by_cell[one.change.key, one.change.code, one.change.year].append(replace(one, source=reading.name))
    lines: list[PreviewLine] = []
    for number, said in enumerate(by_cell.values()):
        different = list(_different(said))
        lines += different if len(different) == 1 else [replace(one, rival=number) for one in different]
    return ReturnedForms(readings, Preview.of_sheet(lines))


def _different(said: Iterable[PreviewLine]) -> Iterator[PreviewLine]:
    """What is said of a cell, each thing once with the files that say it; contested where any of these did not know
    what is stored now."""
    found: dict[object, list[PreviewLine]] = defaultdict(list)
    for one in said:
        found[one.change.new].append(one)
    for agreeing in found.values():
        first = next((one for one in agreeing if one.contested), agreeing[0])
        yield replace(first, source=_in_words(list(dict.fromkeys(one.source for one in agreeing))))


def _in_words(names: Sequence[str]) -> str:
    """「a.xlsx、b.xlsx、c.xlsx ほか2個」."""
    more = f" ほか{len(names) - FILES_NAMED}個" if len(names) > FILES_NAMED else ""
    return "、".join(names[:FILES_NAMED]) + more
