"""The entry grid as one plain form: a 節 in a year, both sides of each measure, one POST.

Not a Django formset: thirty measures would validate and save in hundreds of queries. What the person saw travels with
the page, signed, so that a change can be told from an old page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core import signing
from django.core.paginator import Page, Paginator

from core.values import Value
from core.words import Side
from evaluations.entry_cells import EntryCell
from plans.access import state_of
from plans.actions import CellChange, CellKey, ValuesRefused
from plans.models import Change, Measure, Plan, Section, SectionYear, Subject, YearState
from plans.queries import MeasureRow, YearCell, measure_rows, measures_of, section_years

PAGE_SIZE = 60
"""Measures a page: at most 15 fields each, and Django takes no more than 1,000 a form."""
SALT = "evaluations.entry"


@dataclass(frozen=True)
class EntryRow:
    """One measure of the grid. `before` is the year before as it stands, None in the first year of the plan.

    `reason` says why the person may not enter it; "" where they may.
    """

    row: MeasureRow
    before: YearCell | None
    planned: EntryCell
    actual: EntryCell
    reason: str

    @property
    def measure(self) -> Measure:
        return self.row.measure

    @property
    def cells(self) -> tuple[EntryCell, EntryCell]:
        return self.planned, self.actual


@dataclass(frozen=True)
class EntryGrid:
    """The grid as it is drawn, or as it came back. `lock_reason` is set where nobody of this role may change it."""

    section: Section
    year: int
    page: Page
    section_year: SectionYear | None
    lock_reason: str
    rows: tuple[EntryRow, ...]

    @property
    def state(self) -> str:
        return state_of(self.section_year)

    @property
    def state_label(self) -> str:
        return YearState(self.state).label

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
        """What was typed into a grid that was locked in the meantime: shown, so that nobody has to remember it."""
        return [c for row in self.rows for c in row.cells if c.is_touched and (self.lock_reason or row.reason)]

    @property
    def changes(self) -> list[CellChange]:
        """What the person changed, for the one verb that writes."""
        return [cell.change for cell in self.open_cells if cell.change]

    @property
    def echoes(self) -> dict[str, str]:
        """「１２人 → 12」 by cell, where what was typed differs from what was understood."""
        return {cell.prefix: cell.echo for cell in self.open_cells if cell.echo}

    @property
    def warnings(self) -> list[str]:
        """What the reader took in a way worth saying, with its place."""
        return [f"{c.change.place}：{sentence}" for c in self.open_cells if c.change for sentence in c.warnings]

    @property
    def has_unsaved(self) -> bool:
        """Whether leaving this page would lose something."""
        return any(cell.is_touched for cell in self.open_cells)

    @property
    def seen_token(self) -> str:
        """What the drawn page shows as standing, and which cells ask for a choice; signed."""
        seen = {cell.prefix: cell.next_seen.as_dict() for cell in self.open_cells if cell.next_seen.is_entered}
        asked = [cell.prefix for cell in self.open_cells if cell.is_conflict]
        return signing.dumps({"seen": seen, "asked": asked}, salt=_salt(self.section, self.year), compress=True)

    def refused(self, error: ValuesRefused) -> "EntryGrid":
        """The same grid with what the verb said at each cell."""
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
    """The grid for the person of `plan.access`; with `data` as they posted it. Four queries."""
    chosen = Paginator(list(measures_of(plan).filter(section=section)), PAGE_SIZE).get_page(page)
    states = section_years(plan, [section])
    section_year = states.get((section.pk, year))
    posted = _Posted.read(data, section, year) if data is not None else None
    return EntryGrid(
        section=section,
        year=year,
        page=chosen,
        section_year=section_year,
        lock_reason=plan.access.lock_reason(state_of(section_year)),
        rows=tuple(
            _row(plan, row, year, posted)
            for row in measure_rows(plan, chosen.object_list, access=plan.access, states=states)
        ),
    )


@dataclass(frozen=True)
class _Posted:
    """One POST: the texts by field name, what the page had shown, and which cells it had asked about."""

    data: Mapping[str, str]
    seen: Mapping[str, Mapping[str, Any]]
    asked: Sequence[str]

    @classmethod
    def read(cls, data: Mapping[str, str], section: Section, year: int) -> "_Posted":
        """A token that is missing or not of this page counts as having seen nothing: what stands is then a conflict."""
        try:
            token = signing.loads(data.get("seen", ""), salt=_salt(section, year))
        except signing.BadSignature:
            token = {"seen": {}, "asked": []}
        return cls(data, token["seen"], token["asked"])

    def fill(self, cell: EntryCell) -> EntryCell:
        """The cell with what was posted for it; only its own fields are looked at."""
        named = {name: f"{cell.prefix}-{name}" for name in cell.fields}
        return replace(
            cell,
            seen=Value.from_dict(self.seen.get(cell.prefix, {})),
            typed={name: self.data[key] for name, key in named.items() if key in self.data},
            asked=cell.prefix in self.asked,
            choice=self.data.get(f"{cell.prefix}-choice", ""),
        )


def _salt(section: Section, year: int) -> str:
    return f"{SALT}.{section.pk}.{year}"


def _row(plan: Plan, row: MeasureRow, year: int, posted: _Posted | None) -> EntryRow:
    figures = row.cell(year).figures

    def cell(side: Side, stored: Value) -> EntryCell:
        drawn = EntryCell(row.measure, year, side, stored=stored, seen=stored)
        return posted.fill(drawn) if posted else drawn

    return EntryRow(
        row=row,
        before=row.by_year.get(year - 1),
        planned=cell(Side.PLANNED, figures.planned),
        actual=cell(Side.ACTUAL, figures.actual),
        reason=_reason(plan, row.measure),
    )


def _reason(plan: Plan, measure: Measure) -> str:
    if plan.access.may_enter(measure):
        return ""
    owner = f"担当は{measure.department.name}です。" if measure.department else "担当課が決まっていません。"
    return f"{owner}ほかの課の人は変更できません。"


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
