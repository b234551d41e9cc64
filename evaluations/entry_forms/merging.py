"""Many returned forms as one preview: what agrees is one change, what does not waits for a choice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evaluations.entry_forms.reading import FormChange, FormReading
from evaluations.importing.changes import ValueChange
from evaluations.importing.preview import Preview

FORM_REASON = "入力様式の取り込み"
"""What the history says of such a change."""


@dataclass(frozen=True)
class ReturnedForms:
    """The files of one upload with what came of each, and their changes together."""

    readings: tuple[FormReading, ...]
    preview: Preview

    @property
    def disagreements(self) -> int:
        """Cells of which two files say different things."""
        return len(set(self.preview.rivals.values()))

    @property
    def conflicts(self) -> int:
        """Cells that were changed since the forms were handed out, and of which the files agree."""
        return len(self.preview.contested - self.preview.rivals.keys())


@dataclass(frozen=True)
class _Wish:
    """One thing that is said of a cell, and by which files."""

    change: FormChange
    names: tuple[str, ...]


def merged(readings: Iterable[FormReading]) -> ReturnedForms:
    """One preview of all of them, in the order of the files."""
    readings = tuple(readings)
    by_cell: dict[tuple[str, int], list[tuple[str, FormChange]]] = defaultdict(list)
    for reading in readings:
        for one in reading.changes:
            by_cell[one.change.code, one.change.year].append((reading.name, one))
    changes: list[ValueChange] = []
    contested, printed, sources, rivals = set(), {}, {}, {}
    for number, said in enumerate(by_cell.values()):
        wishes = list(_wishes(said))
        for wish in wishes:
            place = len(changes)
            changes.append(wish.change.change)
            sources[place] = "、".join(wish.names)
            if len(wishes) > 1:
                rivals[place] = number
            if wish.change.is_contested or len(wishes) > 1:
                contested.add(place)
                if wish.change.is_contested and wish.change.printed is not None:
                    printed[place] = wish.change.printed
    preview = Preview(tuple(changes), frozenset(contested), True, printed, sources, rivals)
    return ReturnedForms(readings, preview)


def _wishes(said: Iterable[tuple[str, FormChange]]) -> Iterator[_Wish]:
    """What is said, each thing once; contested where any of those who say it did not know what stands now."""
    found: dict[object, list[tuple[str, FormChange]]] = defaultdict(list)
    for name, one in said:
        found[tuple(sorted(one.change.new.as_dict().items()))].append((name, one))
    for agreeing in found.values():
        first = next((one for _, one in agreeing if one.is_contested), agreeing[0][1])
        yield _Wish(first, tuple(dict.fromkeys(name for name, _ in agreeing)))
