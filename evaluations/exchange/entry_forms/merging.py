"""Many returned forms as one preview: what agrees is one change, what does not waits for a choice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evaluations.exchange.entry_forms.reading import FormChange, FormReading
from evaluations.exchange.importing.preview import Preview

FILES_NAMED = 3
FORM_REASON = "入力様式の取り込み"
"""What the history says of such a change."""


@dataclass(frozen=True)
class ReturnedForms:
    """The files of one upload with what came of each, and their changes together; `wishes` are these with what was
    printed, place by place."""

    readings: tuple[FormReading, ...]
    preview: Preview
    wishes: tuple[FormChange, ...] = ()


def merged(readings: Iterable[FormReading]) -> ReturnedForms:
    """One preview of all of them, in the order of the files."""
    readings = tuple(readings)
    by_cell: dict[object, list[tuple[str, FormChange]]] = defaultdict(list)
    for reading in readings:
        for one in reading.changes:
            by_cell[one.change.key, one.change.code, one.change.year].append((reading.name, one))
    wishes: list[FormChange] = []
    sources, rivals = {}, {}
    for number, said in enumerate(by_cell.values()):
        told = list(_told(said))
        for one, names in told:
            sources[len(wishes)] = _in_words(names)
            if len(told) > 1:
                rivals[len(wishes)] = number
            wishes.append(one)
    contested = {place: one for place, one in enumerate(wishes) if one.is_contested}
    preview = Preview(
        changes=tuple(one.change for one in wishes),
        contested=frozenset(contested | rivals),
        is_sheet=True,
        printed={place: one.printed for place, one in contested.items() if one.printed is not None},
        sources=sources,
        rivals=rivals,
    )
    return ReturnedForms(readings, preview, tuple(wishes))


def _told(said: Iterable[tuple[str, FormChange]]) -> Iterator[tuple[FormChange, tuple[str, ...]]]:
    """What is said of a cell, each thing once with the files that say it; contested where any of these did not know
    what stands now."""
    found: dict[object, list[tuple[str, FormChange]]] = defaultdict(list)
    for name, one in said:
        found[one.change.new].append((name, one))
    for agreeing in found.values():
        first = next((one for _, one in agreeing if one.is_contested), agreeing[0][1])
        yield first, tuple(dict.fromkeys(name for name, _ in agreeing))


def _in_words(names: Sequence[str]) -> str:
    """「a.xlsx、b.xlsx、c.xlsx ほか2個」."""
    more = f" ほか{len(names) - FILES_NAMED}個" if len(names) > FILES_NAMED else ""
    return "、".join(names[:FILES_NAMED]) + more
