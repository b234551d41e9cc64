"""One band of one 節: what it needs, and what of it fits on a page. Texts are cut between sentences, figures between
rows of blocks, because a cell cut by the edge of the page loses half a line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.sheets.book import SheetBlock, SheetSection
from core.sheets.design import Box, Content, Edition, FigureBox, Line, Role, SheetDesign
from core.sheets.grid import ROW_LIMIT, BlockSpans, Grid, Span
from core.sheets.placed import FIXED, CellKey, Holds
from core.text_width import CELL_PADDING, LINE_EM, split_after_lines, text_height
from core.workbooks.cells import Shown

CONTINUED = "（続き）"
LONGEST_YEAR = "令和10年度"


@dataclass(frozen=True)
class Cut:
    """A piece of a text, and the line ends cut away before it."""

    text: str = ""
    joint: str = ""


@dataclass(frozen=True)
class BlockRow:
    """The blocks that are side by side, and the heights of their lines, which stay together."""

    blocks: tuple[SheetBlock, ...]
    heights: tuple[float, ...]


@dataclass(frozen=True)
class Piece:
    """As much of a band as is on one page: the texts of its boxes, and `heading` and `narrative` over its rows."""

    texts: tuple[Cut, ...]
    is_first: bool = True
    heading: str = ""
    narrative: Cut = Cut()
    rows: tuple[BlockRow, ...] = ()


class RunningBand:
    """A band of a 節 while it is being laid out: what is left of its texts and rows."""

    def __init__(self, design: SheetDesign, edition: Edition, grid: Grid, number: int, section: SheetSection) -> None:
        self.design, self.edition, self.grid, self.section = design, edition, grid, section
        self.band, self.spans = design.bands[number], grid.bands[number]
        self.is_continued = False
        self.texts = [Cut(text_of(box, section)) for box in self.band.boxes]
        place = next((place for place, box in enumerate(self.band.boxes) if box.figures), None)
        self.figures: FigureBox | None = self.band.boxes[place].figures if place is not None else None
        self.span = self.spans[place] if place is not None else Span(0.0, 0.0)
        self.narrative, self.heading = Cut(), ""
        self.rows: list[BlockRow] = []
        if self.figures:
            self._begin_figures(self.figures)

    def _begin_figures(self, figures: FigureBox) -> None:
        section = self.section
        blocks = section.blocks.get(figures.measures, ())
        self.block_spans = self.grid.blocks(figures, self.span)
        if figures.narrative:
            self.narrative = Cut(section.texts.get(figures.narrative, ""))
            # The block that is named like the results takes the place of their heading, where nothing else needs it.
            borne = not self.narrative.text and any(block.bears_heading for block in blocks)
            self.heading = "" if borne else section.result_title
            title = section.result_title or section.texts.get(Content.TARGET_TITLE, "")
            blocks = tuple(replace(block, title=title) if block.bears_heading else block for block in blocks)
        starts = range(0, len(blocks), figures.across)
        self.rows = [self._block_row(figures, blocks[start : start + figures.across]) for start in starts]

    @property
    def is_empty(self) -> bool:
        """Whether the band has nothing to say: its figures are of measures that the 節 does not have."""
        if self.figures is None or self.figures.narrative or self.rows:
            return False
        return all(box.label or box.figures for box in self.band.boxes)

    @property
    def is_done(self) -> bool:
        """Whether everything that flows has found its page."""
        return not self._flows(self.texts, self.narrative, self.rows)

    @property
    def heading_height(self) -> float:
        """The row of headings over the band; 0 where there are none or they are on every page instead."""
        if self.design.headings_on_page or not any(box.headings for box in self.band.boxes):
            return 0.0
        return headings_height(self.design, self.band.boxes, self.spans)

    @property
    def years_height(self) -> float:
        """The row of years over the blocks, where they bear none themselves."""
        if not self.figures or not self.figures.years_once:
            return 0.0
        spans, size = self.block_spans[0], self.design.looks[Role.YEAR].size
        texts = [(self.figures.title_heading, spans.title), (self.figures.unit_heading, spans.unit or spans.title)]
        texts.append((LONGEST_YEAR, spans.years[0]))
        return max(self.design.row_height, *(text_height(text, span.width, size) for text, span in texts))

    @property
    def needed(self) -> float:
        """The height of all that is left, in one piece."""
        whole = Piece(tuple(self.texts), not self.is_continued, self.heading, self.narrative)
        rows = self.years_height + sum(sum(row.heights) for row in self.rows) if self.rows else 0.0
        return self.heading_height + max(self.side_height(whole), self.results_height(whole) + rows)

    def side_height(self, piece: Piece) -> float:
        """What the boxes next to the figures need, and never less than a row."""
        heights = [self.design.row_height]
        for box, span, cut in zip(self.band.boxes, self.spans, piece.texts, strict=True):
            heights.append(text_height(cut.text, span.width, self.design.looks[box.role].size))
            # A place to write in is kept once, not on every page that the text goes on to.
            heights.append(box.min_height if piece.is_first else 0.0)
        return max(heights)

    def results_height(self, piece: Piece) -> float:
        """The heading of the results and the narrative: side by side, or the heading alone over the blocks."""
        heading_size, size = self.design.looks[Role.BLOCK_TITLE].size, self.design.looks[Role.TEXT].size
        if not piece.narrative.text:
            return text_height(piece.heading, self.span.width, heading_size)
        heading = text_height(piece.heading, self.heading_span.width, heading_size)
        return max(heading, text_height(piece.narrative.text, self.narrative_span(piece.heading).width, size))

    @property
    def narrative_key(self) -> CellKey:
        """What an edit of the narrative would mean."""
        field = self.figures.narrative.value if self.figures and self.figures.narrative else ""
        return CellKey(Holds.TEXT, str(self.section.number), field=field)

    @property
    def heading_span(self) -> Span:
        """Where the heading of the results is next to a narrative."""
        return self.block_spans[0].title

    def narrative_span(self, heading: str) -> Span:
        """Next to its heading, or over all blocks where there is none."""
        return Span(self.heading_span.right if heading else self.span.left, self.span.right)

    def take(self, room: float, *, is_fresh: bool) -> Piece | None:
        """What fits into the room, taken off what is left; None where only figures are left and none of them fits.

        `is_fresh`: a whole page is free, so that what is taller than it has to be here nevertheless.
        """
        room -= self.heading_height
        texts, left = [], []
        for box, span, cut in zip(self.band.boxes, self.spans, self.texts, strict=True):
            here, rest = (cut, cut) if box.is_repeated else self._divided(cut, span, room)
            texts.append(self._continued(box, here))
            left.append(rest)
        narrative, rest = self.narrative, Cut()
        if self.figures and self.figures.narrative:
            narrative, rest = self._divided(self.narrative, self.narrative_span(self.heading), room)
        piece = Piece(tuple(texts), not self.is_continued, self._heading_over(narrative), narrative)
        if not rest.text:
            fitting = _fitting(self.rows, room - self.results_height(piece) - self.years_height)
            if self.rows and not fitting and not narrative.text and is_fresh:
                fitting = 1  # taller than any page: it has to be somewhere
            piece = replace(piece, rows=tuple(self.rows[:fitting]))
        if not self.is_done and not self._flows(piece.texts, piece.narrative, piece.rows):
            return None
        self.texts, self.narrative, self.rows = left, rest, self.rows[len(piece.rows) :]
        self.is_continued = True
        return piece

    def _heading_over(self, narrative: Cut) -> str:
        """The heading of the results; on further pages only where the narrative goes on."""
        if not self.is_continued:
            return self.heading
        return f"{self.heading}{CONTINUED}" if self.heading and narrative.text else ""

    def _flows(self, texts: Sequence[Cut], narrative: Cut, rows: Sequence[BlockRow]) -> bool:
        """Whether these are anything but names and labels."""
        flowing = (cut.text for box, cut in zip(self.band.boxes, texts, strict=True) if not box.is_repeated)
        return bool(rows or narrative.text or any(flowing))

    def _continued(self, box: Box, cut: Cut) -> Cut:
        named = box.is_repeated and self.is_continued and Content.TARGET_TITLE in box.contents
        return Cut(f"{cut.text}{CONTINUED}") if named else cut

    def _divided(self, cut: Cut, span: Span, room: float) -> tuple[Cut, Cut]:
        """What of the text fits, one line at least, and the rest with the line ends between the two."""
        size = self.design.looks[Role.TEXT].size
        lines = max(1, int((room - 4) / (size * LINE_EM)))
        head, tail = split_after_lines(cut.text, span.width - CELL_PADDING, size, lines)
        return Cut(head, cut.joint), Cut(tail, cut.text[len(head) : len(cut.text) - len(tail)])

    def _block_row(self, figures: FigureBox, blocks: Sequence[SheetBlock]) -> BlockRow:
        """The heights that labels, the words among the values, and the titles over all lines need."""
        looks, least = self.design.looks, self.design.row_height
        heights = []
        for line in self.lines_of(figures):
            spans = zip(blocks, self.block_spans, strict=False)
            heights.append(max(least, *(_line_height(self, block, line, span) for block, span in spans)))
        titles = [
            text_height(block.title, span.title.width, looks[Role.BLOCK_TITLE].size)
            for block, span in zip(blocks, self.block_spans, strict=False)
        ]
        if figures.unit:
            size = looks[Role.VALUE].size
            titles += [text_height(block.unit, figures.unit, size) for block in blocks]
        missing = max(0.0, max(titles) - sum(heights))
        return BlockRow(tuple(blocks), tuple(height + missing / len(heights) for height in heights))

    def lines_of(self, figures: FigureBox) -> tuple[Line | None, ...]:
        """The lines of a block; None is the row of its own years and its 数え方."""
        lines = tuple(line.line for line in figures.lines[self.edition])
        return lines if figures.years_once else (None, *lines)


def _line_height(band: RunningBand, block: SheetBlock, line: Line | None, spans: BlockSpans) -> float:
    looks = band.design.looks
    if line is None:
        return text_height(block.quantity, spans.label.width, looks[Role.LABEL].size)
    values: tuple[Shown, ...] = block.values.get(line, ())
    words = [value for value in values if isinstance(value, str)]
    heights = [text_height(word, spans.years[0].width, looks[Role.VALUE].size) for word in words]
    labels = {each.line: each.label for each in band.figures.lines[band.edition]} if band.figures else {}
    return max([text_height(labels.get(line, ""), spans.label.width, looks[Role.LABEL].size), *heights])


def _fitting(rows: Sequence[BlockRow], room: float) -> int:
    """How many of the rows fit."""
    for count, row in enumerate(rows):
        room -= sum(row.heights)
        if room < 0:
            return count
    return len(rows)


def headings_height(design: SheetDesign, boxes: Sequence[Box], spans: Sequence[Span]) -> float:
    """The row of headings: as tall as the design says, or as its longest heading needs."""
    size = design.looks[Role.HEADING].size
    needed = [
        text_height(heading, span.width / len(box.headings), size)
        for box, span in zip(boxes, spans, strict=True)
        for heading in box.headings
    ]
    return min(ROW_LIMIT, max([design.heading_height, *needed]))


def text_of(box: Box, section: SheetSection) -> str:
    """The words of a box: its label, or its contents one below the other."""
    if box.label:
        return box.label
    texts = [section.texts.get(content, "") for content in box.contents]
    joined = "　".join if box.is_repeated else "\n\n".join
    text = joined(text for text in texts if text)
    return f"{box.prefix}{text}" if text else ""


def key_of(box: Box, section: SheetSection) -> CellKey:
    """What an edit of the box would mean."""
    if box.is_repeated:
        return FIXED
    if box.writable:
        return CellKey(Holds.TEXT, str(section.number), field=box.writable.value)
    return CellKey(Holds.SHOWN, str(section.number), field=box.contents[0].value)
