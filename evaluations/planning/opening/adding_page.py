"""Queries of the page on which 指標 are added to a plan that exists."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import Http404

from core.catalogue import Entry
from evaluations.planning.opening.forms import OwnMeasureForm
from evaluations.planning.opening.groups import Group, Scope, bare_name, groups_of, proposals
from evaluations.planning.opening.line_fields import LineFields, lines_of_page, typed_lines
from evaluations.planning.opening.lines import Line, Use
from evaluations.planning.opening.parts import free_own_code, offered_line, own_line
from indicators.services import services_by_code
from plans.catalogue import catalogue_of, national_catalogue
from plans.models import Measure, Plan, Section
from plans.queries import measures_of

OWN = "own"
NEW_SECTION = "new"


@dataclass(frozen=True)
class AddingPage:
    """What the plan does not have: the groups of entries that are `missing`, and the `group` that was chosen, None for
    the list of them.
    """

    plan: Plan
    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]
    missing: tuple[Group, ...]
    group: Group | None
    is_own: bool
    lines: tuple[Line, ...] = ()

    @cached_property
    def fields(self) -> list[LineFields]:
        return [LineFields(line) for line in self.lines]

    targets = lines_of_page("fields", targets=True)
    indicators = lines_of_page("fields", targets=False)

    @property
    def chosen(self) -> list[Line]:
        """The lines that are to be added."""
        return [line for line in self.lines if line.use is not Use.LEFT_OUT]

    @property
    def calculates(self) -> bool:
        """Whether some level wants a 基準値."""
        return any(line.asks_for_baseline for line in self.lines)

    @property
    def problems(self) -> bool:
        return any(line.problems for line in self.lines)

    @property
    def usual_section(self) -> str:
        """The number of the 節 in which others of the group are; a new one where none does."""
        if self.group is None:
            return str(self.sections[0].number) if self.sections else NEW_SECTION
        found = [m.section.number for m in self.measures if _belongs(m, self.group)]
        found += [section.number for section in self.sections if section.title == self.group.title]
        return str(found[0]) if found else NEW_SECTION

    @property
    def section_choices(self) -> list[tuple[str, str]]:
        return [*((str(section.number), str(section)) for section in self.sections), (NEW_SECTION, "新しい節")]

    def section(self, number: str) -> Section | None:
        return next((section for section in self.sections if str(section.number) == number), None)

    def with_typed(self, data: Mapping[str, str]) -> "AddingPage":
        """The same with what was typed."""
        typed = typed_lines(self.lines, data)
        lines = tuple(replace(line, typed=typed[line.code], is_seen=True) for line in self.lines)
        return replace(self, lines=lines)

    def own_form(self, data: Any = None) -> OwnMeasureForm:
        """The form of a 指標 of the city's own; it may be a part of any other of the plan."""
        wholes = [(measure.code, f"{measure.section.label} {measure.title}") for measure in self.measures]
        return OwnMeasureForm(data, wholes=wholes)

    def own_line(self, masters: Mapping[str, str]) -> Line:
        """The line of a new 指標 of the city's own, with the next free code."""
        code = free_own_code({measure.code for measure in self.measures})
        return own_line(code, masters, self.plan.years, {}, True)


def adding_page(plan: Plan, key: str) -> AddingPage:
    """What may be added to a plan; `key` is that of a group, `OWN`, or "". Http404 for another. Seven queries."""
    measures = tuple(measures_of(plan))
    groups = tuple(_missing(plan, measures))
    group = next((one for one in groups if one.key == key), None)
    if group is None and key not in ("", OWN):
        raise Http404("この計画に加えられる項目は、ここにはありません。")
    lines = _lines(plan, group) if group else ()
    return AddingPage(plan, tuple(plan.sections.order_by("number")), measures, groups, group, key == OWN, lines)


def _missing(plan: Plan, measures: tuple[Measure, ...]) -> list[Group]:
    """The groups of the catalogue with those of their entries that the plan does not have, by code or by name: plans
    that came from a table know no code of the catalogue.
    """
    scope = Scope(plan.kind, plan.generation, plan.years, with_child=True)
    present = {measure.code for measure in measures} | {measure.catalogue_code for measure in measures}
    groups = groups_of(catalogue_of(plan.municipality), scope, services_by_code())
    names = {bare_name(measure.title) for measure in measures}
    narrowed = [
        replace(group, offered=tuple(one for one in group.offered if not _has(one.entry, present, names)))
        for group in groups
    ]
    return [group for group in narrowed if group.offered]


def _has(entry: Entry, codes: Container[str], names: Container[str]) -> bool:
    titles = {entry.title, entry.as_stock().title if entry.may_be_counted else entry.title}
    return entry.code in codes or any(bare_name(title) in names for title in titles)


def _lines(plan: Plan, group: Group) -> tuple[Line, ...]:
    """The lines of a group, none of them chosen yet, with the 基準値 that the plan before proposes."""
    lines = [
        offered_line(one, plan.years, plan.municipality, {}, is_seen=True, default=Use.LEFT_OUT)
        for one in group.offered
    ]
    found = proposals(plan.previous, [line.offered.entry for line in lines], national_catalogue())
    return tuple(replace(line, proposal=found.get(line.code)) for line in lines)


def _belongs(measure: Measure, group: Group) -> bool:
    """Whether a measure of the plan came out of this group: of the same 成果目標, or of one of its services."""
    if group.goal:
        return measure.catalogue_code.startswith(f"{group.goal.code}-")
    known = {entry.code: entry for entry in national_catalogue().volumes}
    own = known.get(measure.catalogue_code) or known.get(measure.code)
    return own is not None and own.category in {one.entry.category for one in group.offered}
