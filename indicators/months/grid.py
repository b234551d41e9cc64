"""The twelve-month grid of one 節 and year as one plain form: months, the figure that follows from them, and the year
itself.

What the person saw travels with the page, signed: the months, the year's actuals, and what was proposed for them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404

from core.fiscal_months import MONTHS
from core.monthly import YearFromMonths
from core.values import EMPTY, Value
from core.words import Family, ValueKind
from indicators.months.cells import MonthCell
from indicators.months.readings import ReadingChange, TakeOver, is_outside, stored_readings, year_from_months
from indicators.queries import services_together
from plans.access import WithState, require_year, state_of
from plans.actions import CellChange
from plans.history import NO_PLAN, side_in_words
from plans.models import Measure, Plan, Section, SectionYear
from plans.posted_grid import PostedGrid, page_token
from plans.queries import MeasureRow, YearCell, measure_rows, measures_of, section_years
from plans.refusals import Cause, ChangesRefused, Conflict

PAGE_SIZE = 25
"""活動指標 per page: 24 fields each, 12 more where every month is in conflict; Django takes at most 1,000 in a form."""
SALT = "indicators.monthly"
_FIELD = re.compile(r"m-(?P<code>.+)-[0-9]{1,2}")


@dataclass(frozen=True)
class MonthRow:
    """One 活動指標 with its months. `reason` says why this person may not enter it; "" where they may.

    `seen` is what was offered for the year when the page was drawn, as (the year's actual, its successor).
    """

    row: MeasureRow
    year: int
    cells: tuple[MonthCell, ...]
    made: YearFromMonths
    reason: str
    seen: tuple[Value, Value] | None = None
    is_chosen: bool = False
    problem: str = ""

    @property
    def measure(self) -> Measure:
        return self.row.measure

    @property
    def year_cell(self) -> YearCell:
        return self.row.cell(self.year)

    @property
    def planned_words(self) -> str:
        """The year's plan: its number, why there is none, or 計画値なし."""
        planned = self.year_cell.figures.planned
        return side_in_words(planned.as_dict()) if planned.is_entered else NO_PLAN

    @property
    def actual(self) -> Value:
        """The stored actual of the year."""
        return self.year_cell.figures.actual

    @property
    def actual_words(self) -> str:
        """The year's actual with its circumstances."""
        return side_in_words(replace(self.actual, note="").as_dict() or None)

    @cached_property
    def proposal(self) -> Value | None:
        """The year's actual that follows from the months."""
        return None if self.obstacle else self.made.taken_over(self.actual)

    @property
    def obstacle(self) -> str:
        return self.made.obstacle(self.actual)

    @property
    def is_taken_over(self) -> bool:
        """Whether the year's actual is already the one that follows from the months."""
        return self.proposal is not None and self.proposal == self.actual

    @property
    def differs(self) -> bool:
        """Whether the year's number differs from the one that follows from the months."""
        return self.proposal is not None and self.actual.number != self.proposal.number

    @property
    def can_be_taken_over(self) -> bool:
        return not self.reason and self.proposal is not None and not self.is_taken_over

    @property
    def take_over(self) -> TakeOver | None:
        """What the person saw and requested; None where the page offered nothing."""
        return TakeOver(self.measure, self.year, *self.seen) if self.seen else None


@dataclass(frozen=True)
class MonthGrid(WithState):
    """The grid as it is drawn, or as it was posted. `is_visible` False: the reader sees neither months nor actuals.

    `orphaned` is input without a field: cells typed for measures that are no longer on the page (moved to another 節 or
    page, or removed).
    """

    sections: tuple[Section, ...]
    section: Section
    year: int
    page: Page
    section_year: SectionYear | None
    lock_reason: str
    is_visible: bool
    rows: tuple[MonthRow, ...]
    orphaned: tuple[MonthCell, ...] = ()

    @cached_property
    def open_cells(self) -> list[MonthCell]:
        """The cells with a field in them."""
        if self.lock_reason:
            return []
        return [cell for row in self.rows if not row.reason for cell in row.cells if not cell.outside]

    @property
    def has_fields(self) -> bool:
        return bool(self.open_cells)

    @property
    def problems(self) -> list[MonthCell]:
        return [cell for cell in self.open_cells if cell.problem]

    @property
    def row_problems(self) -> list[MonthRow]:
        return [row for row in self.rows if row.problem]

    @property
    def unsaved(self) -> list[MonthCell]:
        """What was typed where it can no longer be saved; it is shown so that no one has to remember it."""
        closed = [c for row in self.rows for c in row.cells if self.lock_reason or row.reason or c.outside]
        return [cell for cell in (*closed, *self.orphaned) if cell.is_touched]

    @property
    def has_unsaved(self) -> bool:
        """Whether leaving this page would lose something."""
        return any(cell.is_touched for cell in self.open_cells)

    @property
    def changes(self) -> list[ReadingChange]:
        return [cell.change for cell in self.open_cells if cell.change]

    @property
    def echoes(self) -> list[str]:
        return [cell.echo for cell in self.open_cells if cell.echo]

    @property
    def can_take_over(self) -> bool:
        return not self.lock_reason and any(row.can_be_taken_over for row in self.rows)

    @property
    def seen_token(self) -> str:
        """What the drawn page shows, which cells offer a choice, and what it offers for the year; signed."""
        body = {
            "seen": {cell.name: cell.next_seen.as_dict() for cell in self.open_cells if cell.next_seen.is_entered},
            "asked": [cell.name for cell in self.open_cells if cell.is_conflict],
            "offers": {
                row.measure.code: [row.actual.as_dict(), row.proposal.as_dict()]
                for row in self.rows
                if row.can_be_taken_over and row.proposal
            },
        }
        return page_token(body, _salt(self.section, self.year))

    def refused(self, error: ChangesRefused[ReadingChange]) -> "MonthGrid":
        """The same grid with the refusals at their months."""
        by_key = {refusal.change.key: refusal for refusal in error.refusals}
        return self._with_cells(lambda cell: cell.refused(by_key[cell.key]) if cell.key in by_key else cell)

    def not_taken_over(self, error: ChangesRefused[CellChange] | Conflict) -> "MonthGrid":
        """The same grid with the result of the take-over at each row; it must have been read again."""
        if isinstance(error, Conflict):
            return self._with_rows(lambda row: str(error) if row.measure in error.current else "")
        said = {refusal.change.measure.pk: refusal for refusal in error.refusals}

        def sentence_of(row: MonthRow) -> str:
            refusal = said.get(row.measure.pk)
            if refusal is None:
                return ""
            again = "それでも反映するときは、もう一度押してください。" if refusal.cause is Cause.CONFLICT else ""
            return refusal.sentence + again

        return self._with_rows(sentence_of)

    def with_problem(self, sentence: str, chosen: Iterable[str]) -> "MonthGrid":
        """The same grid with one sentence at the rows that were chosen."""
        codes = set(chosen)
        return self._with_rows(lambda row: sentence if row.measure.code in codes else "")

    def choosing(self, codes: Iterable[str]) -> "MonthGrid":
        """The same grid with these rows ticked."""
        wanted = set(codes)
        return replace(self, rows=tuple(replace(row, is_chosen=row.measure.code in wanted) for row in self.rows))

    def _with_cells(self, changed: Callable[[MonthCell], MonthCell]) -> "MonthGrid":
        rows = (replace(row, cells=tuple(changed(cell) for cell in row.cells)) for row in self.rows)
        return replace(self, rows=tuple(rows))

    def _with_rows(self, sentence: Callable[[MonthRow], str]) -> "MonthGrid":
        return replace(self, rows=tuple(replace(row, problem=sentence(row)) for row in self.rows))


def monthly_measures(plan: Plan, year: int) -> QuerySet[Measure]:
    """The 活動指標 that are counted by month in that year: those whose values are numbers."""
    begun = Q(since_year__isnull=True) | Q(since_year__lte=year)
    not_ended = Q(until_year__isnull=True) | Q(until_year__gte=year)
    return (
        measures_of(plan)
        .filter(begun, not_ended, family=Family.INDICATOR, value_kind=ValueKind.NUMBER)
        .select_related("activity_indicator__service")
    )


def monthly_grid(
    plan: Plan, year: int, *, section: str | None, page: str | None = None, data: Mapping[str, str] | None = None
) -> MonthGrid | None:
    """The grid for the person of `plan.access`, with `data` as they posted it; None for a plan without such 活動指標.

    `section` is the number of a 節, None the first one. Raises Http404 for a year or a 節 that has no months. Four
    queries, and one for orphaned input.
    """
    require_year(plan, year)
    everything = list(monthly_measures(plan, year))
    sections = tuple({measure.section_id: measure.section for measure in everything}.values())
    if not sections:
        return None
    chosen = next((one for one in sections if section in (None, "", str(one.number))), None)
    if chosen is None:
        raise Http404("その番号の節に、月別に入力する活動指標はありません。")
    own = services_together(measure for measure in everything if measure.section_id == chosen.pk)
    part = Paginator(own, PAGE_SIZE).get_page(page)
    states = section_years(plan, [chosen])
    section_year = states.get((chosen.pk, year))
    is_visible = plan.access.sees_actuals(state_of(section_year))
    stored = stored_readings(part.object_list, year) if is_visible else {}
    posted = PostedGrid.read(data, _salt(chosen, year)) if data is not None else None
    return MonthGrid(
        sections=sections,
        section=chosen,
        year=year,
        page=part,
        section_year=section_year,
        lock_reason=_lock_reason(plan, state_of(section_year)),
        is_visible=is_visible,
        rows=tuple(
            _row(plan, row, year, stored, posted)
            for row in measure_rows(plan, part.object_list, access=plan.access, states=states)
        ),
        orphaned=_orphaned(chosen, part.object_list, year, posted) if posted else (),
    )


def _lock_reason(plan: Plan, state: str) -> str:
    if not plan.access.may_write:
        return "月別の値は、入力・確認・確定・管理の役割の人が入力します。"
    return plan.access.lock_reason(state)


def _salt(section: Section, year: int) -> str:
    return f"{SALT}.{section.pk}.{year}"


def _orphaned(section: Section, drawn: Iterable[Measure], year: int, posted: PostedGrid) -> tuple[MonthCell, ...]:
    """The months that were posted for measures that are not on the page. One query where there are any."""
    gone = posted.orphaned(_FIELD, section, drawn)
    return tuple(_filled(MonthCell(measure, year, month, EMPTY, EMPTY), posted) for measure in gone for month in MONTHS)


def _filled(cell: MonthCell, posted: PostedGrid) -> MonthCell:
    """The cell with what was posted for it."""
    ticked = cell.tick_name in posted.data
    return replace(cell, typed=posted.data.get(cell.name), ticked=ticked, **posted.about(cell.name))


def _row(
    plan: Plan, row: MeasureRow, year: int, stored: Mapping[tuple[int, int], Value], posted: PostedGrid | None
) -> MonthRow:
    measure = row.measure

    def cell(month: int) -> MonthCell:
        current = stored.get((measure.pk, month), EMPTY)
        drawn = MonthCell(measure, year, month, current, current, is_outside(measure, year, month))
        return _filled(drawn, posted) if posted else drawn

    return MonthRow(
        row=row,
        year=year,
        cells=tuple(cell(month) for month in MONTHS),
        made=year_from_months(measure, year, stored),
        reason=plan.access.why_not_enter(measure) if plan.access.may_write else "",
        seen=posted.offered(measure.code) if posted else None,
    )
