"""The columns behind a layout: where every box of every band begins and ends, and how far the page reduces it."""

from dataclasses import dataclass
from functools import cached_property

from core.sheets.design import Band, Box, FigureBox, SheetDesign

PIXEL = 0.75
"""Points. Spreadsheets keep column widths in whole pixels; edges that lie between them would drift apart."""
ROW_LIMIT = 400.0
"""Excel draws no row taller than 409 points."""
# Every program rounds column widths its own way; a sheet wider than its page would print a strip on another page.
WIDTH_KEPT_BACK, HEIGHT_KEPT_BACK = 0.98, 0.97
SMALLEST_SCALE = 10


@dataclass(frozen=True)
class Span:
    """From left to right, in points from the left edge of the table."""

    left: float
    right: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class BlockSpans:
    """Where the parts of one block are; `unit` None where its unit has no column."""

    title: Span
    unit: Span | None
    label: Span
    years: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        return Span(self.title.left, self.years[-1].right)


class Grid:
    """The columns for so many years. A box without a width takes what the others of its band leave."""

    def __init__(self, design: SheetDesign, years: int) -> None:
        self.design, self.years = design, max(years, 1)
        natural = [sum(self._least(box) for box in band.boxes) for band in design.bands]
        self.total = _pixels(max(design.width, *natural))
        self.bands = [self._spans(band) for band in design.bands]
        """The span of each box, band by band."""

    def blocks(self, figures: FigureBox, within: Span) -> tuple[BlockSpans, ...]:
        """The spans of the blocks that are side by side; what the box has to spare widens their titles."""
        year = _pixels(figures.year_width(self.years))
        rest = _pixels(figures.unit) + _pixels(figures.label) + self.years * year
        spans, left = [], within.left
        for number in range(1, figures.across + 1):
            right = within.left + _pixels(within.width * number / figures.across)
            if number == figures.across:
                right = within.right
            title = Span(left, right - rest)
            unit = Span(title.right, title.right + _pixels(figures.unit)) if figures.unit else None
            label = Span((unit or title).right, right - self.years * year)
            edges = [label.right + place * year for place in range(self.years + 1)]
            years = tuple(Span(a, b) for a, b in zip(edges, edges[1:], strict=False))
            spans.append(BlockSpans(title, unit, label, years))
            left = right
        return tuple(spans)

    @cached_property
    def edges(self) -> list[float]:
        """Every place where a column begins or ends."""
        edges = {0.0, self.total}
        for band, spans in zip(self.design.bands, self.bands, strict=True):
            for box, span in zip(band.boxes, spans, strict=True):
                edges |= {span.left, span.right}
                for block in self.blocks(box.figures, span) if box.figures else ():
                    edges |= {block.title.right, block.label.left, block.label.right, block.whole.right}
                    edges |= {year.right for year in block.years}
        return sorted(edges)

    @property
    def widths(self) -> list[float]:
        """The width of every column."""
        return [right - left for left, right in zip(self.edges, self.edges[1:], strict=False)]

    def columns(self, span: Span) -> tuple[int, int]:
        """The first column of a span, counted from 1, and how many it takes."""
        first = self.edges.index(span.left)
        return first + 1, self.edges.index(span.right) - first

    @property
    def whole(self) -> Span:
        return Span(0.0, self.total)

    @property
    def scale(self) -> int:
        """The percentage at which the table fits the width of its page."""
        width, _ = self.design.paper.room
        return max(SMALLEST_SCALE, min(100, int(100 * WIDTH_KEPT_BACK * width / self.total)))

    @property
    def page_height(self) -> float:
        """The height of the rows that one page holds at this scale."""
        _, height = self.design.paper.room
        return height * 100 / self.scale * HEIGHT_KEPT_BACK

    def _least(self, box: Box) -> float:
        """The least that a box needs: its own width, that of its figures, or enough for a short word."""
        figures = _pixels(box.figures.block_width(self.years)) * box.figures.across if box.figures else 0.0
        return max(_pixels(box.width or 0.0), figures, 60.0 if box.width is None and not box.figures else 0.0)

    def _spans(self, band: Band) -> tuple[Span, ...]:
        widths = [self._least(box) for box in band.boxes]
        spare = self.total - sum(widths)
        flexible = [place for place, box in enumerate(band.boxes) if box.width is None] or [len(band.boxes) - 1]
        for place in flexible:
            widths[place] += _pixels(spare / len(flexible))
        widths[flexible[-1]] += self.total - sum(widths)
        edges = [sum(widths[:place]) for place in range(len(widths) + 1)]
        return tuple(Span(left, right) for left, right in zip(edges, edges[1:], strict=False))


def _pixels(points: float) -> float:
    return round(points / PIXEL) * PIXEL


def rows_of(height: float) -> list[float]:
    """Rows of equal height, none too tall for Excel, that make up that height."""
    count = int(-(-height // ROW_LIMIT))
    return [height / count for _ in range(count)]
