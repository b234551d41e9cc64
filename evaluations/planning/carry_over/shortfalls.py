"""未達成分: by how much old goals were missed, and what was put on top of the new ones so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from operator import attrgetter

from core.figures import Figures
from core.fiscal_years import wareki
from core.lineage import GOES_ON, How, differences
from core.numerals import plain
from core.shortfall import raised, shortfall
from core.values import Value
from core.words import Certainty, Direction, ValueKind
from evaluations.planning.carry_over.book import Book, traits
from plans.models import Measure, MeasureLink
from plans.models.section_year import SETTLED
from plans.page_words import unit_of
from plans.queries import MeasureRow, YearCell, rows_across


@dataclass(frozen=True)
class ShortfallLine:
    """One line of the carry-over whose old goal was missed, or would be judged if it could.

    `cell` is the old measure in its last year, `planned` what the new plan has for its own last year, `amount` the
    未達成分; None where there is none, and then `why_none` says why where a person would wonder.
    """

    link: MeasureLink
    old: Measure
    new: Measure
    cell: YearCell
    planned: Value
    amount: Decimal | None
    why_none: str = ""

    @property
    def goal_year(self) -> int:
        return last_year(self.new)

    @property
    def unit(self) -> str:
        return unit_of(self.new.unit, self.new.plan.municipality)

    @property
    def key(self) -> str:
        """A name for the fields of the page."""
        return f"{self.old.code}.{self.new.code}"

    @property
    def offered(self) -> Decimal | None:
        """What the field begins with: what was put on top, else the whole 未達成分; a 分割 has to be shared out."""
        if self.link.added is not None:
            return self.link.added
        return None if self.link.how == How.SPLIT else self.amount

    @property
    def before(self) -> Decimal | None:
        """The new goal without what was put on top."""
        if self.planned.number is None or self.link.added is None:
            return self.planned.number
        return raised(self.planned.number, -self.link.added, Direction(self.new.direction))

    @property
    def mark(self) -> str:
        """What the page showed, in short."""
        shown = (self.link.version, self.amount and plain(self.amount), self.planned.as_dict())
        return sha256(repr(shown).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Shortfalls:
    """`lines` were missed, or had something put on top before; `waiting` cannot be judged yet."""

    lines: tuple[ShortfallLine, ...]
    waiting: tuple[ShortfallLine, ...]


def shortfalls(book: Book) -> Shortfalls:
    """Every line of the carry-over with a goal, in the order of the new plan. Two queries."""
    links = sorted((link for link in book.links if link.how in GOES_ON), key=_order(book))
    lines = lines_of(links)
    return Shortfalls(
        lines=tuple(line for line in lines if line.amount is not None or line.link.added is not None),
        waiting=tuple(
            sorted((one for one in lines if one.why_none and one.link.added is None), key=attrgetter("why_none"))
        ),
    )


def last_year(measure: Measure) -> int:
    """The plan's last year, or the last in which the measure exists."""
    plan = measure.plan
    return max(plan.start_year, min(plan.end_year, measure.until_year or plan.end_year))


def lines_of(links: Sequence[MeasureLink]) -> list[ShortfallLine]:
    """These lines with what stands now; they bring both measures with their plans. Two queries."""
    measures = [measure for link in links for measure in (link.old, link.new) if measure]
    rows = {row.measure.pk: row for row in rows_across(dict.fromkeys(measures), access=None)}
    return [_line(link, rows[link.old_id or 0], rows[link.new_id or 0]) for link in links]


def _line(link: MeasureLink, old: MeasureRow, new: MeasureRow) -> ShortfallLine:
    cell = old.cell(last_year(old.measure))
    planned = new.cell(last_year(new.measure)).figures.planned
    missed, why_none = _missed(old, new, cell)
    return ShortfallLine(link, old.measure, new.measure, cell, planned, missed, why_none)


def _missed(old: MeasureRow, new: MeasureRow, cell: YearCell) -> tuple[Decimal | None, str]:
    """The 未達成分, and why there is none where somebody would look for it."""
    figures: Figures = cell.figures
    direction = figures.nature.direction
    is_goal = figures.nature.kind is ValueKind.NUMBER and direction is not Direction.NEAR
    if not is_goal or figures.planned.number is None:
        return None, ""
    if new.measure.direction != direction or differences(traits(old.measure), traits(new.measure)):
        return None, ""
    if cell.state not in SETTLED:
        return None, f"{wareki(cell.year)}の実績が確定していません"
    if figures.actual.number is None:
        return None, f"{wareki(cell.year)}の実績は{figures.actual_word}です"
    if figures.actual.certainty is Certainty.EXPECTED:
        return None, f"{wareki(cell.year)}の実績は見込みの値です"
    return shortfall(figures), ""


def _order(book: Book) -> Callable[[MeasureLink], tuple[int, int]]:
    """The place of a line in the order of the new plan, then of the old one."""
    places = {measure.pk: place for place, measure in enumerate((*book.news.values(), *book.olds.values()))}
    return lambda link: (places[link.new_id or 0], places[link.old_id or 0])
