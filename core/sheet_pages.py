"""Where everything of an evaluation sheet stands: cells, row heights, page breaks.

No merged cell crosses a page: a 節 taller than a page is continued on the next, its texts cut between sentences and
its figures between rows of blocks, because a cell cut by the edge of the paper loses half a line.
"""

from dataclasses import dataclass, replace
from math import ceil

from core.evaluation_sheet import SheetBlock, SheetBook, SheetSection, Shown
from core.sheet_layout import (
    BODY_SIZE,
    CELL_PADDING,
    ISSUES_WIDTH,
    LABEL_WIDTH,
    LINE_EM,
    NUMBER_WIDTH,
    OUTLINE_WIDTH,
    TARGET_WIDTH,
    TITLE_SIZE,
    TITLE_WIDTH,
    Columns,
    PlacedCell,
    Role,
    SheetLayout,
    text_height,
)
from core.text_width import split_after_lines

HEADINGS = ("成果目標", "節別", "成果目標の概要", "実績", "実績", "課題と今後の実施について")
HEADING_HEIGHT, FIGURE_HEIGHT = 27.0, 21.0
ROW_LIMIT = 400.0  # Excel draws no row taller than 409 points
ROW_COMFORT = 40.0  # figure rows stretched beyond this look torn apart: the rest becomes an empty cell below them
CONTINUED = "（続き）"


@dataclass(frozen=True)
class _Band:
    """Up to two blocks side by side, and the heights of their four rows, which stay together."""

    blocks: tuple[SheetBlock, ...]
    heights: tuple[float, ...]


@dataclass(frozen=True)
class _Piece:
    """As much of a section as stands on one page. The section carries only the texts of this page."""

    section: SheetSection
    bands: list[_Band]


def lay_out(book: SheetBook) -> SheetLayout:
    """The book on its pages."""
    years = [len(block.years) for part in book.parts for section in part for block in section.blocks]
    pages = _Pages(Columns(max(years, default=3)))
    pages.head(book)
    for number, part in enumerate(book.parts, start=1):
        if number > 1:
            pages.turn()
        for section in part:
            is_last = number == len(book.parts) and section is part[-1]
            pages.section(section, below=pages.notes_height(book.notes) if is_last else 0.0)
    pages.notes(book.notes)
    return pages.layout


class _Pages:
    """Writes downward, knowing how much room the page has left."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.layout = SheetLayout(columns.widths)
        self.room = columns.page_height
        self.full_room = columns.page_height - HEADING_HEIGHT

    def head(self, book: SheetBook) -> None:
        """The title and the row of headings, which every further page repeats."""
        self._line(book.title, Role.TITLE, TITLE_SIZE)
        for line in book.subtitle:
            self._line(line, Role.SUBTITLE)
        row = self.layout.heading_row = self._rows([HEADING_HEIGHT])
        block = self.columns.block
        places = [(1, 1), (2, 1), (3, 1), (self.columns.left, block), (self.columns.right, block)]
        for heading, (column, columns) in zip(HEADINGS, [*places, (self.columns.issues, 1)], strict=True):
            self._put(row, column, heading, Role.HEADING, columns=columns)

    def notes(self, notes: tuple[str, ...]) -> None:
        """The lines under the last part, which stay together."""
        if self.notes_height(notes) > self.room:
            self.turn()
        for note in notes:
            self._line(note, Role.NOTE)

    def notes_height(self, notes: tuple[str, ...]) -> float:
        """What the notes need under the table."""
        return sum(text_height(note, self.columns.total_width) for note in notes)

    def turn(self) -> None:
        """Begin a new page."""
        self.layout.breaks.append(len(self.layout.heights))
        self.room = self.full_room

    def section(self, section: SheetSection, below: float = 0.0) -> None:
        """One 節, on one page where a page can hold it together with what must stand below it."""
        bands = _bands(section, self.columns)
        rest = replace(section, target_title=f"■{section.target_title}", result_title=_heading(section))
        results = self._results_height(rest) + sum(sum(band.heights) for band in bands)
        needed = max(_side_height(rest), results) + below
        if needed > self.room and (needed <= self.full_room or self.room < self.full_room / 3):
            self.turn()
        piece, rest, bands = self._divide(rest, bands)
        self._place(piece)
        while rest.outline or rest.narrative or rest.issues or bands:
            self.turn()
            title = f"■{section.target_title}{CONTINUED}"
            heading = f"{section.result_title}{CONTINUED}" if rest.narrative and section.result_title else ""
            piece, rest, bands = self._divide(replace(rest, target_title=title, result_title=heading), bands)
            self._place(piece)

    def _divide(self, section: SheetSection, bands: list[_Band]) -> tuple[_Piece, SheetSection, list[_Band]]:
        """What fits on this page, and what remains of the texts and of the bands. Figures follow the narrative."""
        outline, more_outline = _take(section.outline, OUTLINE_WIDTH, self.room)
        issues, more_issues = _take(section.issues, ISSUES_WIDTH, self.room)
        narrative, more_narrative = _take(section.narrative, self._narrative_width(section), self.room)
        here = replace(section, outline=outline, issues=issues, narrative=narrative)
        rest = replace(section, outline=more_outline, issues=more_issues, narrative=more_narrative)
        if more_narrative:
            return _Piece(here, []), rest, bands
        fitting = _fitting(bands, self.room - self._results_height(here))
        if bands and not fitting and not narrative and self.room == self.full_room:
            fitting = 1  # taller than any page: it has to stand somewhere
        return _Piece(here, bands[:fitting]), rest, bands[fitting:]

    def _results_height(self, section: SheetSection) -> float:
        """The heading of the results and the narrative: side by side, or the heading alone over both blocks."""
        if not section.narrative:
            return text_height(section.result_title, self.columns.results_width)
        heading = text_height(section.result_title, TITLE_WIDTH)
        return max(heading, text_height(section.narrative, self._narrative_width(section)))

    def _narrative_width(self, section: SheetSection) -> float:
        """Beside its heading, or over both blocks where there is none."""
        return self.columns.results_width - (TITLE_WIDTH if section.result_title else 0.0)

    def _place(self, piece: _Piece) -> None:
        """Write the rows of a piece; the height its side texts need beyond its results is shared out."""
        results = self._results_height(piece.section)
        figures = [height for band in piece.bands for height in band.heights]
        spare = max(0.0, _side_height(piece.section) - results - sum(figures))
        if figures:
            stretch = min(spare / len(figures), max(0.0, ROW_COMFORT - sum(figures) / len(figures)))
            figures = [height + stretch for height in figures]
            spare -= stretch * len(figures)
        elif results:
            results, spare = results + spare, 0.0
        result_rows, empty_rows = _divided(results), _divided(spare)
        row = self._rows(result_rows + figures + empty_rows)
        self._sides(row, len(self.layout.heights) - row + 1, piece.section)
        if result_rows:
            self._results(row, len(result_rows), piece.section)
        for band in range(len(piece.bands)):
            self._band(row + len(result_rows) + 4 * band, piece.bands[band])
        if empty_rows:
            below = row + len(result_rows) + len(figures)
            self._put(below, self.columns.left, None, Role.EMPTY, rows=len(empty_rows), columns=2 * self.columns.block)

    def _sides(self, row: int, rows: int, section: SheetSection) -> None:
        self._put(row, 1, section.target_title, Role.TARGET, rows=rows)
        self._put(row, 2, section.number_label, Role.NUMBER, rows=rows)
        self._put(row, 3, section.outline, Role.TEXT, rows=rows)
        self._put(row, self.columns.issues, section.issues, Role.TEXT, rows=rows)

    def _results(self, row: int, rows: int, section: SheetSection) -> None:
        left, both = self.columns.left, 2 * self.columns.block
        if section.narrative and section.result_title:
            self._put(row, left, section.result_title, Role.RESULT_TITLE, rows=rows)
            self._put(row, left + 1, section.narrative, Role.TEXT, rows=rows, columns=both - 1)
        elif section.narrative:
            self._put(row, left, section.narrative, Role.TEXT, rows=rows, columns=both)
        else:
            self._put(row, left, section.result_title, Role.RESULT_TITLE, rows=rows, columns=both)

    def _band(self, row: int, band: _Band) -> None:
        self._block(row, self.columns.left, band.blocks[0])
        if len(band.blocks) == 2:
            self._block(row, self.columns.right, band.blocks[1])
            return
        for empty_row in range(row, row + 4):
            for column in range(self.columns.right, self.columns.issues):
                self._put(empty_row, column, None, Role.EMPTY)

    def _block(self, row: int, column: int, block: SheetBlock) -> None:
        self._put(row, column, block.title, Role.RESULT_TITLE, rows=4)
        value_role = Role.PERCENT if block.is_percent else Role.VALUE
        lines: list[tuple[str, tuple[Shown, ...], Role]] = [
            (block.quantity, block.years, Role.YEAR),
            ("計画値", block.planned, value_role),
            ("実績値", block.actual, value_role),
            ("乖離値", block.deviation, Role.DEVIATION),
        ]
        for offset, (label, values, role) in enumerate(lines):
            self._put(row + offset, column + 1, label, Role.LABEL)
            for year in range(self.columns.years):
                self._put(row + offset, column + 2 + year, values[year] if year < len(values) else None, role)

    def _line(self, text: str, role: Role, size: float = BODY_SIZE) -> None:
        row = self._rows([text_height(text, self.columns.total_width, size)])
        self._put(row, 1, text, role, columns=len(self.columns.widths))

    def _rows(self, heights: list[float]) -> int:
        """Add rows; the number of the first."""
        first = len(self.layout.heights) + 1
        self.layout.heights.extend(heights)
        self.room -= sum(heights)
        return first

    def _put(self, row: int, column: int, value: Shown, role: Role, *, rows: int = 1, columns: int = 1) -> None:
        self.layout.cells.append(PlacedCell(row, column, rows, columns, value, role))


def _heading(section: SheetSection) -> str:
    """The heading over the results; blank where the first block bears it."""
    bears_it = not section.narrative and any(not block.title for block in section.blocks)
    return "" if bears_it else section.result_title


def _bands(section: SheetSection, columns: Columns) -> list[_Band]:
    title = section.result_title or section.target_title
    blocks = [block if block.title else replace(block, title=title) for block in section.blocks]
    return [_band(tuple(blocks[first : first + 2]), columns) for first in range(0, len(blocks), 2)]


def _band(blocks: tuple[SheetBlock, ...], columns: Columns) -> _Band:
    """The heights that the labels, the words among the values, and the titles over all four rows need."""
    heights = [
        max(text_height(block.quantity, LABEL_WIDTH) for block in blocks),
        max(_words_height(block.planned, columns) for block in blocks),
        max(_words_height(block.actual, columns) for block in blocks),
        FIGURE_HEIGHT,
    ]
    heights = [max(height, FIGURE_HEIGHT) for height in heights]
    missing = max(text_height(block.title, TITLE_WIDTH) for block in blocks) - sum(heights)
    return _Band(blocks, tuple(height + max(0.0, missing) / 4 for height in heights))


def _words_height(values: tuple[Shown, ...], columns: Columns) -> float:
    return max((text_height(str(value or ""), columns.year_width) for value in values), default=0.0)


def _fitting(bands: list[_Band], room: float) -> int:
    """How many of the bands fit."""
    for count, band in enumerate(bands):
        room -= sum(band.heights)
        if room < 0:
            return count
    return len(bands)


def _side_height(section: SheetSection) -> float:
    """What the columns beside the results need, and never less than a row."""
    return max(
        text_height(section.target_title, TARGET_WIDTH),
        text_height(section.number_label, NUMBER_WIDTH),
        text_height(section.outline, OUTLINE_WIDTH),
        text_height(section.issues, ISSUES_WIDTH),
        FIGURE_HEIGHT,
    )


def _take(text: str, width: float, room: float) -> tuple[str, str]:
    """What of the text fits into the room, one line at least, and the rest."""
    lines = max(1, int((room - 4) / (BODY_SIZE * LINE_EM)))
    return split_after_lines(text, width - CELL_PADDING, BODY_SIZE, lines)


def _divided(height: float) -> list[float]:
    """Rows of equal height, none too tall for Excel, that make up that height."""
    count = ceil(height / ROW_LIMIT)
    return [height / count for _ in range(count)]
