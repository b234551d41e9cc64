"""Finds the cells of a printed evaluation sheet again in the file that came back.

Where nothing was moved, by their addresses. Otherwise rows and columns are matched by what the sheet itself printed in
them (labels, years, titles), so that an inserted row or a sheet without its keys is still read right.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from core.alignment import has_too_many_pairs, opcodes
from core.sheets.keys import MAX_SHEET_ROWS, PrintedCell
from core.sheets.placed import Holds
from core.uploads.tables import BLANK, NotReadable, TableCell, address

Grid = Sequence[Sequence[TableCell]]
Signature = tuple[str, ...]


@dataclass(frozen=True)
class FoundCell:
    """A printed cell and what is in its place now."""

    printed: PrintedCell
    address: str
    cell: TableCell

    @property
    def is_as_printed(self) -> bool:
        return same(self.cell.text, self.printed.text) and not self.cell.problem and not self.cell.is_date


@dataclass(frozen=True)
class Matching:
    """`lost` are printed cells whose row or column is gone; `strangers` what is where nothing was printed.

    `is_moved`: something is not where it was printed. `share`: how much of the sheet's own words was found, 0 to 1.
    """

    found: tuple[FoundCell, ...]
    lost: tuple[PrintedCell, ...]
    strangers: tuple[tuple[str, TableCell], ...]
    is_moved: bool
    share: float


def match(grid: Grid, printed: Sequence[PrintedCell]) -> Matching:
    """Every printed cell in the grid. NotReadable for a sheet of more rows than we look through."""
    if len(grid) > MAX_SHEET_ROWS:
        raise NotReadable(f"行が多すぎます。評価シートは{MAX_SHEET_ROWS:,}行までです。", address(0, MAX_SHEET_ROWS + 1))
    fixed = [cell for cell in printed if cell.key.holds is Holds.FIXED and cell.text.strip()]
    rows, columns = _matched(grid, printed, fixed)
    found, lost = [], []
    for cell in printed:
        row, column = rows.get(cell.row), columns.get(cell.column)
        if row is None or column is None:
            lost.append(cell)
        else:
            found.append(FoundCell(cell, address(column - 1, row), _cell(grid, row, column)))
    known = {one.address for one in found}
    strangers = [
        (place, cell)
        for row, line in enumerate(grid, start=1)
        for column, cell in enumerate(line)
        if not cell.is_blank and (place := address(column, row)) not in known
    ]
    met = sum(one.is_as_printed for one in found if one.printed.key.holds is Holds.FIXED)
    is_moved = any(row != to for row, to in rows.items()) or any(column != to for column, to in columns.items())
    return Matching(tuple(found), tuple(lost), tuple(strangers), is_moved or bool(lost), met / max(len(fixed), 1))


def same(text: str, printed: str) -> bool:
    """Whether a cell says what was printed, whatever line ends and blanks at the ends a program made of it."""
    return _plain(text) == _plain(printed)


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(line.strip() for line in lines)


def _cell(grid: Grid, row: int, column: int) -> TableCell:
    line = grid[row - 1] if row <= len(grid) else ()
    return line[column - 1] if column <= len(line) else BLANK


Mapped = dict[int, int]
"""Where each printed row, or column, is now."""
Line = list[tuple[int, str]]
"""The words of one row that the sheet itself printed, each with its column."""


def _matched(grid: Grid, printed: Sequence[PrintedCell], fixed: Sequence[PrintedCell]) -> tuple[Mapped, Mapped]:
    last_row, last_column = (max((getattr(cell, name) for cell in printed), default=0) for name in ("row", "column"))
    if all(same(_cell(grid, cell.row, cell.column).text, cell.text) for cell in fixed):
        return {row: row for row in range(1, last_row + 1)}, {one: one for one in range(1, last_column + 1)}
    names = _names(printed, fixed)
    ours: dict[int, Line] = {}
    for cell in fixed:
        ours.setdefault(cell.row, []).append((cell.column, _plain(cell.text)))
    words = {text for line in ours.values() for _, text in line}
    theirs: dict[int, Line] = {}
    for row, cells in enumerate(grid, start=1):
        line = [(column, _plain(cell.text)) for column, cell in enumerate(cells, start=1)]
        theirs[row] = [(column, text) for column, text in line if text in words]
    rows = _aligned(_in_context(ours, names), _in_context(theirs, names))
    columns = _aligned(
        _columns((column, row, text) for row, line in ours.items() if row in rows for column, text in line),
        _columns((column, row, text) for row, to in rows.items() for column, text in theirs[to]),
    )
    worded = {cell.column for cell in fixed}
    return _filled(rows, ours.keys(), last_row), _filled(columns, worded, last_column)


def _names(printed: Sequence[PrintedCell], fixed: Sequence[PrintedCell]) -> Set[str]:
    """The words that name what follows them. Those next to the figures of several measures (計画値, 実績値)
    name none of them."""
    measures: dict[int, set[str]] = {}
    for cell in printed:
        if cell.key.holds in (Holds.VALUE, Holds.DERIVED):
            measures.setdefault(cell.row, set()).add(cell.key.name)
    measures_of: dict[str, set[str]] = {}
    for cell in fixed:
        measures_of.setdefault(_plain(cell.text), set()).update(measures.get(cell.row, ()))
    return {text for text, several in measures_of.items() if len(several) < 2}


def _in_context(lines: Mapping[int, Line], names: Set[str]) -> dict[int, Signature]:
    """The words of every row that has some, after those of the last row that named something: without them the lines
    of one block would pass for those of its neighbour."""
    found: dict[int, Signature] = {}
    context: Signature = ()
    for row in sorted(lines):
        words = tuple(text for _, text in lines[row])
        context = words if names & set(words) else context
        if words:
            found[row] = (*context, "", *words)
    return found


def _columns(cells: Iterable[tuple[int, int, str]]) -> dict[int, Signature]:
    """By column what is printed there, row by row."""
    found: dict[int, list[tuple[int, str]]] = {}
    for column, row, text in cells:
        found.setdefault(column, []).append((row, text))
    return {column: tuple(f"{row} {text}" for row, text in sorted(lines)) for column, lines in found.items()}


def _aligned(printed: Mapping[int, Signature], uploaded: Mapping[int, Signature]) -> Mapped:
    """Which line of the upload is which printed line. As many lines changed between two that agree are taken in order;
    where their number differs they are not found."""
    ours, theirs = sorted(printed), sorted(uploaded)
    before, after = [printed[number] for number in ours], [uploaded[number] for number in theirs]
    if has_too_many_pairs(before, after):
        return {}
    mapped: Mapped = {}
    for _, start, end, their_start, their_end in opcodes(before, after):
        if end - start == their_end - their_start:
            mapped |= dict(zip(ours[start:end], theirs[their_start:their_end], strict=True))
    return mapped


def _filled(mapped: Mapped, worded: Set[int], last: int) -> Mapped:
    """The same with the lines that bear no word of their own: they follow the line before them."""
    filled: Mapped = {}
    taken = set(mapped.values())
    for number in range(1, last + 1):
        if number in mapped:
            filled[number] = mapped[number]
        elif number not in worded and number - 1 in filled and filled[number - 1] + 1 not in taken:
            filled[number] = filled[number - 1] + 1
    return filled
