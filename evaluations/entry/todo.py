"""What is to be entered in one year of a plan, 節 by 節, for the current user."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.words import Side
from evaluations.models import TEXT_FIELDS, Evaluation
from plans.access import WithState, state_of
from plans.models import Measure, Plan, Section, SectionYear, YearlyValue, YearState
from plans.queries import measures_of

TITLES_SHOWN = 4


@dataclass(frozen=True)
class SectionTodo(WithState):
    """One 節 in the year. `mine` are the measures the person may enter, `missing` those of them without an actual;
    `has_measures`: whether anyone has something to enter here.
    """

    section: Section
    section_year: SectionYear | None
    has_measures: bool
    mine: tuple[Measure, ...]
    missing: tuple[Measure, ...]
    texts_written: int
    lock_reason: str

    @property
    def entered(self) -> int:
        return len(self.mine) - len(self.missing)

    @property
    def is_returned(self) -> bool:
        return self.state == YearState.RETURNED

    @property
    def is_handed_on(self) -> bool:
        """提出 or later: no longer in the to-do part, for any reader."""
        return self.state not in (YearState.DRAFT, YearState.RETURNED)

    @property
    def missing_shown(self) -> tuple[Measure, ...]:
        return self.missing[:TITLES_SHOWN]

    @property
    def missing_more(self) -> int:
        return max(0, len(self.missing) - TITLES_SHOWN)


@dataclass(frozen=True)
class YearTodo:
    """The page: what was returned, what is open, where the person has no figures, and what has been submitted."""

    returned: tuple[SectionTodo, ...]
    todo: tuple[SectionTodo, ...]
    of_others: tuple[SectionTodo, ...]
    handed_on: tuple[SectionTodo, ...]


def year_todo(plan: Plan, year: int) -> YearTodo:
    """Five queries, however many 節 and measures."""
    sections = _sections(plan, year)
    own = [one for one in sections if one.mine and not one.is_handed_on]
    return YearTodo(
        returned=tuple(one for one in own if one.is_returned),
        todo=tuple(one for one in own if not one.is_returned),
        of_others=tuple(one for one in sections if not one.mine and not one.is_handed_on),
        handed_on=tuple(one for one in sections if one.is_handed_on),
    )


def next_section_to_enter(plan: Plan, year: int, after: Section) -> Section | None:
    """The next 節 by number in which the person may enter something; None behind the last one."""
    states = {row.section_id: row for row in SectionYear.objects.filter(section__plan=plan, fiscal_year=year)}
    for measure in measures_of(plan).filter(section__number__gt=after.number):
        locked = plan.access.lock_reason(state_of(states.get(measure.section_id)))
        if plan.access.may_enter(measure) and not locked:
            return measure.section
    return None


def _sections(plan: Plan, year: int) -> list[SectionTodo]:
    entered = set(
        YearlyValue.objects.filter(measure__plan=plan, fiscal_year=year, side=Side.ACTUAL).values_list(
            "measure_id", flat=True
        )
    )
    rows = SectionYear.objects.filter(section__plan=plan, fiscal_year=year).select_related("returned_by")
    states = {row.section_id: row for row in rows}
    texts = _texts_written(plan, year)
    measures = [measure for measure in measures_of(plan) if not measure.outside(year)]
    return [
        _todo(plan, section, states.get(section.pk), measures, entered, texts.get(section.pk, 0))
        for section in plan.sections.order_by("number")
    ]


def _todo(
    plan: Plan, section: Section, row: SectionYear | None, measures: Iterable[Measure], entered: set[int], texts: int
) -> SectionTodo:
    here = [measure for measure in measures if measure.section_id == section.pk]
    mine = tuple(measure for measure in here if plan.access.may_enter(measure))
    return SectionTodo(
        section=section,
        section_year=row,
        has_measures=bool(here),
        mine=mine,
        missing=tuple(m for m in mine if m.pk not in entered),
        texts_written=texts,
        lock_reason=plan.access.lock_reason(state_of(row)),
    )


def _texts_written(plan: Plan, year: int) -> dict[int, int]:
    """How many of the texts of each 節 are written, by section id."""
    evaluations = Evaluation.objects.filter(
        section_year__section__plan=plan, section_year__fiscal_year=year
    ).select_related("section_year")
    return {one.section_year.section_id: sum(bool(getattr(one, field)) for field in TEXT_FIELDS) for one in evaluations}
