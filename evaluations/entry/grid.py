"""The entry grid as one plain form: a 節 in a year, both sides of each measure, one POST.

Not a Django formset: thirty measures would validate and save in hundreds of queries. What the person saw travels with
the page, signed, so that an own change can be distinguished from an old page.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator

from core.cell_texts import LABELS
from core.fiscal_years import wareki
from core.record_counts import YearFromRecords
from core.values import EMPTY, Value
from core.words import Side
from evaluations.entry.cells import EntryCell
from evaluations.records.counts import CountOffer, years_from_records
from plans.access import WithState, state_of
from plans.actions import CellChange, CellKey
from plans.models import Change, Measure, Plan, PlanRevision, Section, SectionYear, Subject
from plans.planned_versions import Versions
from plans.posted_grid import PostedGrid, page_token
from plans.queries import MeasureRow, YearCell, measure_rows, measures_of, section_years
from plans.refusals import ChangesRefused
from plans.value_rows import newest_revision

PAGE_SIZE = 60
"""Measures per page: at most 15 fields each, and Django takes at most 1,000 in a form."""
SALT = "evaluations.entry"
_FIELD = re.compile(rf"(?:{'|'.join(Side)})-(?P<code>.+)-(?:{'|'.join(LABELS)})")
CORRECTS = "corrects"
"""The check box that marks 計画値 as corrections of typing errors and not as a change of the plan."""


@dataclass(frozen=True)
class EntryRow:
    """One measure of the grid. `before` is the stored year before, None in the first year of the plan.

    `reason` says why the person may not enter it; "" where they may. `offer` is the actual that follows from 取組記録,
    None where none is linked to the measure.
    """

    row: MeasureRow
    before: YearCell | None
    planned: EntryCell
    actual: EntryCell
    reason: str
    offer: CountOffer | None = None

    @property
    def measure(self) -> Measure:
        return self.row.measure

    @property
    def versions(self) -> Versions:
        """The 計画値 from 当初 on, where a 計画変更 touched it."""
        return self.row.cell(self.planned.year).versions

    @property
    def cells(self) -> tuple[EntryCell, EntryCell]:
        return self.planned, self.actual

    @property
    def outside(self) -> str:
        """開始前 or 終了後 where there is nothing to enter in this year; else ""."""
        figures = self.row.cell(self.actual.year).figures
        return figures.outside if figures.is_outside else ""


@dataclass(frozen=True)
class EntryGrid(WithState):
    """The grid as it is drawn, or as it was posted. `lock_reason` is set where no one of this role may change it.

    `orphaned` is input without a field: cells typed for measures that are no longer on the page (moved to another 節 or
    page, or removed). 計画値 go into `revision`, None while the plan is as first adopted; `corrects`: the person
    corrects typing errors. `seen_revision` is the number that the page was drawn with.
    """

    section: Section
    year: int
    page: Page
    section_year: SectionYear | None
    lock_reason: str
    rows: tuple[EntryRow, ...]
    orphaned: tuple[EntryCell, ...] = ()
    revision: PlanRevision | None = None
    seen_revision: int = 0
    corrects: bool = False

    @cached_property
    def open_cells(self) -> list[EntryCell]:
        """The cells with fields in them."""
        return [] if self.lock_reason else [cell for row in self.rows if not row.reason for cell in row.cells]

    @property
    def problems(self) -> list[EntryCell]:
        """The cells that must be put right before anything is saved."""
        return [cell for cell in self.open_cells if cell.problem]

    @property
    def unsaved(self) -> list[EntryCell]:
        """What was typed where it can no longer be saved; it is shown so that no one has to remember it."""
        locked = [c for row in self.rows for c in row.cells if c.is_touched and (self.lock_reason or row.reason)]
        return [*locked, *(cell for cell in self.orphaned if cell.is_touched)]

    @property
    def changes(self) -> list[CellChange]:
        """What the person changed, as input for `record_values`."""
        return [cell.change for cell in self.open_cells if cell.change]

    @property
    def revision_number(self) -> int:
        """0 while the plan is as first adopted."""
        return self.revision.number if self.revision else 0

    @property
    def is_of_another_revision(self) -> bool:
        """Whether a 計画変更 was opened or removed since the page was drawn, and 計画値 would go into another one."""
        changes_plan = any(change.side is Side.PLANNED for change in self.changes)
        return changes_plan and self.seen_revision != self.revision_number

    @property
    def echoes(self) -> dict[str, str]:
        """「１２人 → 12」 by cell, where what was typed differs from what was understood."""
        return {cell.prefix: cell.echo for cell in self.open_cells if cell.echo}

    @property
    def warnings(self) -> list[str]:
        """The reader's warnings, each with its place."""
        return [f"{c.change.place}：{sentence}" for c in self.open_cells if c.change for sentence in c.warnings]

    @property
    def has_unsaved(self) -> bool:
        """Whether leaving this page would lose something."""
        return any(cell.is_touched for cell in self.open_cells)

    @property
    def seen_token(self) -> str:
        """The values that the drawn page shows, and which cells offer a choice; signed."""
        seen = {cell.prefix: cell.next_seen.as_dict() for cell in self.open_cells if cell.next_seen.is_entered}
        asked = [cell.prefix for cell in self.open_cells if cell.is_conflict]
        shown = {"seen": seen, "asked": asked, "offers": self._offered, "revision": self.revision_number}
        return page_token(shown, _salt(self.section, self.year))

    @property
    def _offered(self) -> dict[str, list[dict[str, Any]]]:
        """The actual and its successor by 指標コード, where the page offers to take records over."""
        offers = [] if self.lock_reason else [row.offer for row in self.rows if row.offer and not row.reason]
        return {
            offer.measure.code: [offer.actual.as_dict(), offer.proposal.as_dict()]
            for offer in offers
            if offer.proposal and offer.can_be_taken_over
        }

    def offer(self, code: str) -> CountOffer | None:
        """What the records make of the measure with this code; None where there is no such offer on the page."""
        return next((row.offer for row in self.rows if row.offer and row.measure.code == code), None)

    def not_taken_over(self, code: str, sentence: str) -> "EntryGrid":
        """The same grid with the refusal of taking over the records of one measure."""
        rows = (
            replace(row, offer=replace(row.offer, problem=sentence)) if row.offer and row.measure.code == code else row
            for row in self.rows
        )
        return replace(self, rows=tuple(rows))

    def refused(self, error: ChangesRefused) -> "EntryGrid":
        """The same grid with the refusals at their cells."""
        by_key = {refusal.change.key: refusal for refusal in error.refusals}
        return self._with(lambda cell: cell.refused(by_key[cell.key]) if cell.key in by_key else cell)

    def with_authors(self) -> "EntryGrid":
        """The same grid, saying at each conflict who made the newer value, and when. One query, none without any."""
        last = _last_changes([cell for cell in self.open_cells if cell.is_conflict])
        return self._with(lambda cell: replace(cell, last_change=last[cell.key]) if cell.key in last else cell)

    def _with(self, changed: Callable[[EntryCell], EntryCell]) -> "EntryGrid":
        rows = (replace(row, planned=changed(row.planned), actual=changed(row.actual)) for row in self.rows)
        return replace(self, rows=tuple(rows))


def entry_grid(
    plan: Plan, section: Section, year: int, *, page: str | None = None, data: Mapping[str, str] | None = None
) -> EntryGrid:
    """The grid for the person of `plan.access`; with `data` as they posted it. Five queries, and one for orphaned
    input.
    """
    chosen = Paginator(list(measures_of(plan).filter(section=section)), PAGE_SIZE).get_page(page)
    states = section_years(plan, [section])
    section_year = states.get((section.pk, year))
    posted = PostedGrid.read(data, _salt(section, year)) if data is not None else None
    made = years_from_records(chosen.object_list, year)
    revision = newest_revision(plan)
    return EntryGrid(
        section=section,
        year=year,
        page=chosen,
        section_year=section_year,
        lock_reason=plan.access.lock_reason(state_of(section_year)),
        rows=tuple(
            _row(plan, row, year, made.get(row.measure.pk), posted)
            for row in measure_rows(plan, chosen.object_list, access=plan.access, states=states)
        ),
        orphaned=_orphaned(section, chosen.object_list, year, posted) if posted else (),
        revision=revision,
        seen_revision=posted.shown["revision"] if posted else revision.number if revision else 0,
        corrects=posted is not None and CORRECTS in posted.data,
    )


def _row(plan: Plan, row: MeasureRow, year: int, made: YearFromRecords | None, posted: PostedGrid | None) -> EntryRow:
    figures = row.cell(year).figures
    seen = posted.offered(row.measure.code) if posted else None

    def cell(side: Side, stored: Value) -> EntryCell:
        drawn = EntryCell(row.measure, year, side, stored=stored, seen=stored)
        return _filled(drawn, posted) if posted else drawn

    return EntryRow(
        row=row,
        before=row.by_year.get(year - 1),
        planned=cell(Side.PLANNED, figures.planned),
        actual=cell(Side.ACTUAL, figures.actual),
        reason=_outside_reason(row.measure, year) if figures.is_outside else plan.access.why_not_enter(row.measure),
        offer=CountOffer(row.measure, made, figures.actual, seen) if made else None,
    )


def _orphaned(section: Section, drawn: Iterable[Measure], year: int, posted: PostedGrid) -> tuple[EntryCell, ...]:
    """The cells that were posted for measures that are not on the page. One query where there are any."""
    cells = (
        EntryCell(measure, year, side, stored=EMPTY, seen=EMPTY)
        for measure in posted.orphaned(_FIELD, section, drawn)
        for side in Side
    )
    return tuple(_filled(cell, posted) for cell in cells)


def _filled(cell: EntryCell, posted: PostedGrid) -> EntryCell:
    """The cell with what was posted for it; only its own fields are looked at."""
    named = {name: f"{cell.prefix}-{name}" for name in cell.fields}
    typed = {name: posted.data[key] for name, key in named.items() if key in posted.data}
    return replace(cell, typed=typed, **posted.about(cell.prefix))


def _salt(section: Section, year: int) -> str:
    return f"{SALT}.{section.pk}.{year}"


def _outside_reason(measure: Measure, year: int) -> str:
    if measure.since_year is not None and year < measure.since_year:
        return f"{wareki(measure.since_year)}から数える指標です。"
    return f"{wareki(measure.until_year)}まで数える指標です。" if measure.until_year is not None else ""


def _last_changes(cells: Sequence[EntryCell]) -> dict[CellKey, Change]:
    """The newest line of the history for each of these cells."""
    if not cells:
        return {}
    lines = Change.objects.filter(
        measure__in=[cell.measure.pk for cell in cells],
        fiscal_year__in={cell.year for cell in cells},
        subject=Subject.VALUE,
    ).select_related("by")
    by_cell = {(line.measure_id, line.fiscal_year, line.side): line for line in lines.order_by("at", "id")}
    return {cell.key: by_cell[cell.key] for cell in cells if cell.key in by_cell}
