"""Queries for the 概況 of a plan: what is behind, missing and due, 節 × 年度 at a glance, how far the entry is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.figures import Tone
from evaluations.follow_up.calendar_lines import DueSoon, due_soon
from evaluations.links.goal_chains import SeenChain, chains_of
from evaluations.review.outlooks import with_outlooks
from indicators.queries import with_goals
from plans.access import Access, States, WithState
from plans.models import Plan, Role, Section, SectionYear, YearState
from plans.queries import (
    MeasureRow,
    YearCell,
    by_section,
    latest_year_with_actuals,
    measure_rows,
    measures_of,
    section_years,
)
from plans.tally import tally


@dataclass(frozen=True)
class HeatCell(WithState):
    """One 節 in one year: counts of readings in words, the tone of the whole, how much is entered.

    Where `is_withheld`, the person may not see how much that is.
    """

    year: int
    section_year: SectionYear | None
    tone: str
    words: tuple[str, ...]
    entered: int
    measures: int
    is_withheld: bool


@dataclass(frozen=True)
class HeatRow:
    """One 節 with its years."""

    section: Section
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class GoalOnTheWay:
    """A goal set for the last year alone, with the latest actual the person may see, and the city's 見込み or ""."""

    row: MeasureRow
    goal: Decimal
    latest: YearCell | None
    outlook: str


@dataclass(frozen=True)
class Waiting:
    """One 節 × 年度 that needs this person to continue. `note`: why it was returned, else ""."""

    section: Section
    year: int
    state: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Overview:
    """What the dashboard prints for one chosen year. `asked`: 成果目標 whose reading contradicts their 活動指標."""

    year: int
    tally: tuple[tuple[str, str, int], ...]
    heat: tuple[HeatRow, ...]
    behind: tuple[tuple[MeasureRow, YearCell], ...]
    findings: tuple[tuple[MeasureRow, YearCell], ...]
    missing: tuple[tuple[Section, int], ...]
    lies_ahead: bool
    goals: tuple[GoalOnTheWay, ...]
    asked: tuple[SeenChain, ...]
    due_soon: DueSoon
    waiting: tuple[Waiting, ...]
    entered: int
    measures: int


def overview(plan: Plan, year: int | None = None) -> Overview:
    """The dashboard for the person of `plan.access`; without a year, the latest with actuals.

    Five queries, and one more where months are due.
    """
    sections = list(plan.sections.order_by("number"))
    states = section_years(plan)
    measures, goals_of = with_goals(measures_of(plan).select_related("outlook"))
    rows = with_outlooks(plan, measure_rows(plan, measures, access=plan.access, states=states))
    year = year if year in plan.years else latest_year_with_actuals(plan, rows)
    grouped = by_section(rows)
    cells = [(row, cell) for row in rows if not (cell := row.cell(year)).figures.is_outside]
    return Overview(
        year=year,
        tally=tally(rows, year),
        heat=heat_rows(plan, sections, grouped, states),
        behind=tuple(pair for pair in cells if pair[1].figures.tone is Tone.BEHIND),
        findings=tuple(pair for pair in cells if pair[1].figures.tone is Tone.FINDING),
        missing=missing_by_section(plan, sections, grouped, year),
        lies_ahead=plan.year_lies_ahead(year),
        goals=tuple(_goal(row) for row in rows if row.last_year_goal is not None),
        asked=tuple(seen for seen in chains_of(sections, rows, goals_of, year) if seen.chain.contradiction),
        due_soon=due_soon(plan, sections, rows, states),
        waiting=waiting_for(plan.access, sections, states),
        entered=sum(cell.figures.actual.is_entered for _, cell in cells),
        measures=len(cells),
    )


def heat_rows(
    plan: Plan,
    sections: Iterable[Section],
    grouped: dict[int, list[MeasureRow]],
    states: States,
) -> tuple[HeatRow, ...]:
    """節 × 年度 of a plan; `grouped` are its finished rows by 節."""
    return tuple(
        HeatRow(section, tuple(_heat_cell(section, grouped.get(section.pk, []), year, states) for year in plan.years))
        for section in sections
    )


def _heat_cell(section: Section, rows: list[MeasureRow], year: int, states: States) -> HeatCell:
    cells = [cell for row in rows if not (cell := row.cell(year)).figures.is_outside]
    return HeatCell(
        year=year,
        section_year=states.get((section.pk, year)),
        tone=_tone_of_all(cells),
        words=_reading_words(cells),
        entered=sum(cell.figures.actual.is_entered for cell in cells),
        measures=len(cells),
        is_withheld=any(cell.figures.withheld for cell in cells),
    )


def _tone_of_all(cells: list[YearCell]) -> str:
    """The most urgent tone: behind, then findings, then good. Without a reading, MISSING where nothing is entered or
    withheld.
    """
    tones = {cell.figures.tone for cell in cells if cell.figures.reading}
    for tone in (Tone.BEHIND, Tone.FINDING, Tone.GOOD):
        if tone in tones:
            return tone.value
    known = any(cell.figures.actual.is_entered or cell.figures.withheld for cell in cells)
    return Tone.QUIET.value if known or not cells else Tone.MISSING.value


def _reading_words(cells: Iterable[YearCell]) -> tuple[str, ...]:
    """「達成 3」「未達 2」… in a fixed order, only readings with a judgement; 未入力 shows in the count."""
    counts = Counter(c.figures.reading for c in cells if c.figures.tone in (Tone.GOOD, Tone.BEHIND))
    findings = sum(c.figures.tone is Tone.FINDING for c in cells)
    words = [f"{reading} {counts[reading]}" for reading in sorted(counts)]
    return (*words, f"手がかり {findings}") if findings else tuple(words)


def missing_by_section(
    plan: Plan, sections: Iterable[Section], grouped: dict[int, list[MeasureRow]], year: int
) -> tuple[tuple[Section, int], ...]:
    """How many actuals of the year each 節 still lacks: none before the year has begun, and none that are hidden from
    the person.
    """
    if plan.year_lies_ahead(year):
        return ()
    found = []
    for section in sections:
        cells = [row.cell(year) for row in grouped.get(section.pk, [])]
        count = sum(not (f := c.figures).actual.is_entered and not f.withheld and not f.is_outside for c in cells)
        if count:
            found.append((section, count))
    return tuple(found)


def _goal(row: MeasureRow) -> GoalOnTheWay:
    seen = [cell for cell in row.cells if cell.figures.actual.is_entered]
    expected = next((cell.outlook for cell in row.cells if cell.outlook), "")
    return GoalOnTheWay(row, row.last_year_goal, seen[-1] if seen else None, expected)


def waiting_for(access: Access, sections: Iterable[Section], states: States) -> tuple[Waiting, ...]:
    """In the order of years and 節. A person who confirms may also check; a 節 already checked does not wait for a
    checker.
    """
    by_key = {section.pk: section for section in sections}
    rows = sorted(states.values(), key=lambda row: (row.fiscal_year, by_key[row.section_id].number))
    found = ((row, by_key[row.section_id], _label_of(access, row)) for row in rows)
    return tuple(
        Waiting(section, row.fiscal_year, row.state, label, row.return_note) for row, section, label in found if label
    )


def _label_of(access: Access, row: SectionYear) -> str:
    """What the 節 waits for, "" where it is not this person's turn."""
    if row.state == YearState.RETURNED and access.role == Role.EDITOR:
        return "差し戻し"
    if row.state == YearState.SUBMITTED and access.may_check and not row.checked_at:
        return "確認待ち"
    if row.state == YearState.SUBMITTED and access.may_confirm:
        return "確定待ち"
    return ""
