"""Where the parts of an old sheet begin: headings of columns, which repeat on every printed page, and 節."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.archive.sheet import ArchiveSheet, Printed
from core.archive.words import Column, column_of, section_heading, section_number

LONGEST_HEADING = 80


@dataclass(frozen=True)
class Heading:
    """One row that names columns, by what they are for."""

    row: int
    cells: tuple[Printed, ...]

    def column(self, kind: Column) -> int | None:
        """The first column of this kind."""
        return next((cell.column for cell in self.cells if column_of(cell.text) is kind), None)


@dataclass(frozen=True)
class SectionLines:
    """One 節: its lines, and the cells that name it. `heading` is the row above that names its columns."""

    number: int
    title: str
    cells: tuple[Printed, ...]
    first: int
    end: int
    heading: Heading | None

    @property
    def address(self) -> str:
        return self.cells[0].address if self.cells else f"A{self.first + 1}"


@dataclass(frozen=True)
class Outline:
    """The rows of headings, the 節, and the cells before the first of them."""

    headings: tuple[Heading, ...]
    sections: tuple[SectionLines, ...]
    before: tuple[Printed, ...]


def outline_of(sheet: ArchiveSheet) -> Outline:
    """The outline of a sheet. One that names no 節 is one 節 without a title, numbered 1."""
    headings = {heading.row: heading for heading in _headings(sheet)}
    starts = [start for number in sheet.rows if number not in headings and (start := _start(sheet.row(number)))]
    # The same number is printed again next to another goal.
    sections = [
        start
        for start, last in zip(starts, [None, *starts], strict=False)
        if start.title or last is None or start.number != last.number
    ]
    stops = sorted({start.first for start in sections} | set(headings))
    lines = tuple(
        replace(
            start,
            end=next((row for row in stops if row > start.first), sheet.lines),
            heading=next((headings[row] for row in sorted(headings, reverse=True) if row < start.first), None),
        )
        for start in sections
    )
    if not lines:
        above = next(iter(headings.values()), None)
        begin = min(sheet.rows) if above is None else above.row
        lines = (SectionLines(1, "", (), begin, sheet.lines, above),)
    before = tuple(cell for cell in sheet.span(0, lines[0].first) if cell.row not in headings)
    return Outline(tuple(headings.values()), lines, before)


def _headings(sheet: ArchiveSheet) -> Iterator[Heading]:
    for number, cells in sheet.rows.items():
        kinds = {kind for cell in cells if (kind := column_of(cell.text))}
        if len(kinds) < 2 or any(section_number(cell.text) for cell in cells):
            continue
        yield Heading(number, cells)


def _start(cells: tuple[Printed, ...]) -> SectionLines | None:
    """The 節 that begins in a row: 「■…｜第3節」, or a cell 「第3節 …」 at its beginning."""
    for place, cell in enumerate(cells[:4]):
        number = section_number(cell.text)
        if number is None:
            continue
        named = cells[place - 1 : place] or cells[place + 1 : place + 2]
        title = named[0].text.lstrip("■□●○◆・ ").replace("\n", "") if named else ""
        if len(title) > LONGEST_HEADING:
            return _lines(number, "", cell)
        return _lines(number, title, cell, *named)
    first = cells[0]
    heading = section_heading(first.text) if len(first.text) <= LONGEST_HEADING and "。" not in first.text else None
    if heading is None or "\n" in first.text:
        return None
    return _lines(*heading, first)


def _lines(number: int, title: str, *cells: Printed) -> SectionLines:
    """A 節 of which nothing is known but its beginning."""
    return SectionLines(number, title, cells, cells[0].row, cells[0].row, None)
