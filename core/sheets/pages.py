"""Where everything of an evaluation sheet is: cells, row heights, page breaks, by the design of its layout.

No merged cell crosses a page: a 節 taller than a page is continued on the next, under its name.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.fiscal_years import wareki
from core.sheets.bands import Piece, RunningBand, headings_height, key_of
from core.sheets.book import SheetBlock, SheetBook, SheetSection
from core.sheets.design import ENTERED, Box, Edition, FigureBox, Line, Role, SheetDesign
from core.sheets.grid import ROW_LIMIT, BlockSpans, Grid, Span, rows_of
from core.sheets.placed import FIXED, MARK, CellKey, Holds, NumberFormat, PlacedCell, PlacedSheet
from core.text_width import text_height
from core.workbooks.cells import Shown

ROW_COMFORT = 40.0  # figure rows stretched beyond this look torn apart: the rest becomes an empty cell below them


def lay_out(book: SheetBook, design: SheetDesign, edition: Edition) -> PlacedSheet:
    """The sheet on its pages."""
    pages = _Pages(book, design, edition)
    pages.head()
    for number, part in enumerate(book.parts, start=1):
        for section in part:
            is_first, is_last = section is part[0], number == len(book.parts) and section is part[-1]
            if (number > 1 and is_first) or (design.section_per_page and not (number == 1 and is_first)):
                pages.turn()
            pages.section(section, below=pages.notes_height if is_last else 0.0)
    pages.notes()
    return pages.sheet


class _Pages:
    """Writes downward, knowing how much room the page has left.

    `is_fresh`: nothing is on the page but what every page repeats; `is_blank`: no 節 is anywhere yet.
    """

    def __init__(self, book: SheetBook, design: SheetDesign, edition: Edition) -> None:
        self.book, self.design, self.edition = book, design, edition
        self.grid = Grid(design, len(book.years))
        self.sheet = PlacedSheet(self.grid.widths, self.grid.scale)
        self.room = self.full_room = self.grid.page_height
        self.is_fresh, self.is_blank = False, True
        self.open_labels: dict[Span, int] = {}

    def head(self) -> None:
        """The title, and the row that every further page repeats: the headings, else the title itself."""
        self._line(self.book.title, Role.TITLE)
        self.sheet.repeated_row, repeated = 1, self.sheet.heights[0]
        for line in self.book.subtitle:
            self._line(line, Role.SUBTITLE)
        if self.design.headings_on_page:
            boxes, spans = self.design.bands[0].boxes, self.grid.bands[0]
            repeated = headings_height(self.design, boxes, spans)
            self.sheet.repeated_row = self._rows([repeated])
            self._headings(self.sheet.repeated_row, boxes, spans)
        self.full_room = self.grid.page_height - repeated

    def notes(self) -> None:
        """The lines under the last part, which stay together."""
        if self.notes_height > self.room:
            self.turn()
        for note in self.book.notes:
            self._line(note, Role.NOTE)
        if self.book.mark:
            self._line(self.book.mark.words, Role.NOTE, key=MARK)

    @property
    def notes_height(self) -> float:
        """What the notes need under the table."""
        size = self.design.looks[Role.NOTE].size
        marks = (self.book.mark.words,) if self.book.mark else ()
        return sum(text_height(note, self.grid.total, size) for note in (*self.book.notes, *marks))

    def turn(self) -> None:
        """Begin a new page."""
        self.sheet.breaks.append(len(self.sheet.heights))
        self.room, self.is_fresh = self.full_room, True
        self.open_labels.clear()

    def section(self, section: SheetSection, below: float = 0.0) -> None:
        """One 節, on one page where a page can hold it together with what must be below it."""
        numbers = range(len(self.design.bands))
        bands = [RunningBand(self.design, self.edition, self.grid, number, section) for number in numbers]
        bands = [band for band in bands if not band.is_empty]
        heads = [band for band in bands if band.band.is_head]
        self._turn_unless(sum(band.needed for band in bands) + below, self.full_room)
        for place, band in enumerate(bands):
            needed = band.needed + (below if band is bands[-1] else 0.0)
            # What follows the name of the 節 begins under it, so that no name is alone at the foot of a page.
            if place > len(heads) and self._turn_unless(needed, self.full_room - sum(head.needed for head in heads)):
                self._name_again(heads)
            self._band(band, heads)

    def _turn_unless(self, needed: float, whole: float) -> bool:
        """Turn where this much does not fit here but on a page of its own, or too little is left here to begin."""
        begins_here = self.is_fresh or self.is_blank or needed <= self.room
        if begins_here or (needed > whole and self.room >= self.full_room / 3):
            return False
        self.turn()
        return True

    def _band(self, band: RunningBand, heads: list[RunningBand]) -> None:
        while True:
            piece = band.take(self.room, is_fresh=self.is_fresh)
            if piece:
                self._place(band, piece)
                self.is_fresh = self.is_blank = False
            if band.is_done:
                return
            self.turn()
            self._name_again(heads)

    def _name_again(self, heads: list[RunningBand]) -> None:
        for head in heads:
            name = head.take(self.room, is_fresh=True)
            if name:
                self._place(head, name)

    def _place(self, band: RunningBand, piece: Piece) -> None:
        """Write the rows of a piece; the height its side texts need beyond its results is shared out."""
        headings = [band.heading_height] if band.heading_height else []
        years = [band.years_height] if piece.rows and band.years_height else []
        blocks = [height for row in piece.rows for height in row.heights]
        results = band.results_height(piece)
        spare = max(0.0, band.side_height(piece) - results - sum(years) - sum(blocks))
        if blocks:
            stretch = min(spare / len(blocks), max(0.0, ROW_COMFORT - sum(blocks) / len(blocks)))
            blocks = [height + stretch for height in blocks]
            spare -= stretch * len(blocks)
        elif results:
            results, spare = results + spare, 0.0
        result_rows, spare_rows = rows_of(results), rows_of(spare)
        first = self._rows([*headings, *result_rows, *years, *blocks, *spare_rows])
        last = len(self.sheet.heights)
        if headings:
            self._headings(first, band.band.boxes, band.spans)
        self._boxes(band, piece, first, first + len(headings), last)
        if band.figures:
            row = first + len(headings)
            if result_rows:
                self._results(band, piece, row, len(result_rows))
            row += len(result_rows)
            self._figures(band, piece, row)
            if spare_rows:
                row += len(years) + len(blocks)
                self._put(row, band.span, None, Role.EMPTY, rows=len(spare_rows))

    def _boxes(self, band: RunningBand, piece: Piece, first: int, body: int, last: int) -> None:
        """The boxes next to the figures. One without a heading has the row of headings too."""
        for box, span, cut in zip(band.band.boxes, band.spans, piece.texts, strict=True):
            if box.figures:
                continue
            row = body if box.headings and body > first else first
            if box.joined and self._join(box.label, span, row, last):
                continue
            key = key_of(box, band.section)
            self._put(row, span, cut.text, box.role, rows=last - row + 1, key=key, joint=cut.joint)
            if box.joined:
                self.open_labels[span] = len(self.sheet.cells) - 1

    def _join(self, label: str, span: Span, row: int, last: int) -> bool:
        """Make the same label right above one cell with this one, on the same page."""
        place = self.open_labels.get(span)
        above = self.sheet.cells[place] if place is not None else None
        if place is None or above is None or above.value != label or above.row + above.rows != row:
            return False
        self.sheet.cells[place] = replace(above, rows=last - above.row + 1)
        return True

    def _headings(self, row: int, boxes: Sequence[Box], spans: Sequence[Span]) -> None:
        for box, span in zip(boxes, spans, strict=True):
            if box.figures and len(box.headings) > 1:
                parts = [block.whole for block in self.grid.blocks(box.figures, span)]
            else:
                parts = [span] * len(box.headings)
            for heading, part in zip(box.headings, parts, strict=True):
                self._put(row, part, heading, Role.HEADING)
            if not box.headings and self.design.headings_on_page:
                self._put(row, span, None, Role.HEADING)

    def _results(self, band: RunningBand, piece: Piece, row: int, rows: int) -> None:
        heading, narrative = piece.heading, piece.narrative
        if not narrative.text:
            self._put(row, band.span, heading, Role.BLOCK_TITLE, rows=rows)
            return
        if heading:
            self._put(row, band.heading_span, heading, Role.BLOCK_TITLE, rows=rows)
        span = band.narrative_span(heading)
        self._put(row, span, narrative.text, Role.TEXT, rows=rows, key=band.narrative_key, joint=narrative.joint)

    def _figures(self, band: RunningBand, piece: Piece, row: int) -> None:
        """The blocks, under their years where these are once; the place next to a last block without company is
        left empty line by line, as the city prints it."""
        if not band.figures or not piece.rows:
            return
        lines = band.lines_of(band.figures)
        if band.figures.years_once:
            for spans in band.block_spans:
                self._years(row, spans, band.figures)
            row += 1
        for block_row in piece.rows:
            for place, spans in enumerate(band.block_spans):
                if place < len(block_row.blocks):
                    self._block(row, spans, block_row.blocks[place], band.figures)
                else:
                    self._no_block(row, spans, len(lines))
            row += len(lines)

    def _years(self, row: int, spans: BlockSpans, figures: FigureBox) -> None:
        self._put(row, spans.title, figures.title_heading, Role.YEAR)
        if spans.unit:
            self._put(row, spans.unit, figures.unit_heading, Role.YEAR)
        self._put(row, spans.label, None, Role.YEAR)
        for span, year in zip(spans.years, self.book.years, strict=True):
            self._put(row, span, self._year(year), Role.YEAR)

    def _year(self, year: int) -> str:
        return wareki(year) if self.design.wareki_years else f"{year}年度"

    def _block(self, row: int, spans: BlockSpans, block: SheetBlock, figures: FigureBox) -> None:
        lines = figures.lines[self.edition]
        rows = len(lines) + (not figures.years_once)
        self._put(row, spans.title, block.title, Role.BLOCK_TITLE, rows=rows)
        if spans.unit:
            self._put(row, spans.unit, block.unit, Role.VALUE, rows=rows)
        if not figures.years_once:
            self._put(row, spans.label, block.quantity, Role.LABEL)
            for span, year in zip(spans.years, self.book.years, strict=True):
                self._put(row, span, self._year(year), Role.YEAR)
            row += 1
        for number, line in enumerate(lines):
            self._put(row + number, spans.label, line.label, Role.LABEL)
            for span, year, value in zip(spans.years, self.book.years, block.values[line.line], strict=True):
                self._value(row + number, span, year, line.line, block, value)

    def _value(self, row: int, span: Span, year: int, line: Line, block: SheetBlock, value: Shown) -> None:
        is_entered = line in ENTERED
        key = CellKey(Holds.VALUE if is_entered else Holds.DERIVED, block.code, year, line.value)
        role = Role.VALUE if is_entered else Role.DERIVED
        self._put(row, span, value, role, key=key, number_format=_number_format(line, block.is_percent))

    def _no_block(self, row: int, spans: BlockSpans, lines: int) -> None:
        columns = [spans.title, *([spans.unit] if spans.unit else []), spans.label, *spans.years]
        for empty_row in range(row, row + lines):
            for span in columns:
                self._put(empty_row, span, None, Role.EMPTY)

    def _line(self, text: str, role: Role, key: CellKey = FIXED) -> None:
        height = text_height(text, self.grid.total, self.design.looks[role].size)
        self._put(self._rows([min(height, ROW_LIMIT)]), self.grid.whole, text, role, key=key)

    def _rows(self, heights: list[float]) -> int:
        """Add rows; the number of the first."""
        first = len(self.sheet.heights) + 1
        self.sheet.heights.extend(heights)
        self.room -= sum(heights)
        return first

    def _put(
        self,
        row: int,
        span: Span,
        value: Shown,
        role: Role,
        *,
        rows: int = 1,
        key: CellKey = FIXED,
        number_format: NumberFormat = NumberFormat.PLAIN,
        joint: str = "",
    ) -> None:
        column, columns = self.grid.columns(span)
        self.sheet.cells.append(PlacedCell(row, column, rows, columns, value, role, key, number_format, joint))


def _number_format(line: Line, is_percent: bool) -> NumberFormat:
    """Rates to one decimal with their %; a 割合 with the decimals it has, its 差 in points to one decimal."""
    if line in ENTERED:
        return NumberFormat.PERCENT if is_percent else NumberFormat.PLAIN
    if line is Line.DIFFERENCE:
        return NumberFormat.TENTH if is_percent else NumberFormat.PLAIN
    return NumberFormat.TENTH_PERCENT
