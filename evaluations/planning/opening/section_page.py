"""The page of one 節 of a draft as a noun: its lines with their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import Http404

from evaluations.models import DraftSection, PlanDraft
from evaluations.planning.opening.forms import OwnMeasureForm
from evaluations.planning.opening.line_fields import LineField, LineFields, typed_lines
from evaluations.planning.opening.lines import Line, Use
from evaluations.planning.opening.parts import Part, part_of, parts_of


@dataclass(frozen=True)
class ProblemField:
    """A field that cannot be read, and of which 指標 it is."""

    title: str
    field: LineField


@dataclass(frozen=True)
class SectionPage:
    """One 節 to come with the fields of its lines. `own` is the line of the city's own that is being changed."""

    draft: PlanDraft
    part: Part
    following: Part | None
    own: Line | None
    theirs: Mapping[str, Mapping[str, str]] | None = None

    @cached_property
    def fields(self) -> list[LineFields]:
        """The lines of the city: what 市町村 set, and its own."""
        return [self._fields(line) for line in self.part.of_city]

    @property
    def targets(self) -> list[LineFields]:
        return [one for one in self.fields if one.line.is_target]

    @property
    def indicators(self) -> list[LineFields]:
        return [one for one in self.fields if not one.line.is_target]

    @property
    def of_prefecture(self) -> list[LineFields]:
        return [self._fields(line) for line in self.part.of_prefecture]

    @property
    def targets_of_prefecture(self) -> list[LineFields]:
        return [one for one in self.of_prefecture if one.line.is_target]

    @property
    def indicators_of_prefecture(self) -> list[LineFields]:
        return [one for one in self.of_prefecture if not one.line.is_target]

    @property
    def takes_of_prefecture(self) -> bool:
        """Whether the city takes anything of what 都道府県 set."""
        return any(one.line.use is not Use.LEFT_OUT for one in self.of_prefecture)

    @property
    def problem_fields(self) -> list[ProblemField]:
        """Every field that cannot be read, for the list on top of the page."""
        every = [*self.fields, *self.of_prefecture]
        return [ProblemField(one.line.entry.title, field) for one in every for field in one.all if field.problem]

    @property
    def has_conflict(self) -> bool:
        return self.theirs is not None

    def typed(self, data: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """What the form says, for the verb that keeps it."""
        return typed_lines(self.part.lines, data)

    def with_typed(self, data: Mapping[str, str]) -> "SectionPage":
        """The same with what was typed in the fields, after it could not be kept."""
        typed = self.typed(data)
        lines = tuple(replace(line, typed={**line.typed, **typed[line.code]}) for line in self.part.lines)
        return replace(self, part=replace(self.part, lines=lines))

    def against(self, current: DraftSection) -> "SectionPage":
        """The same with what stands now beside each field in which it differs; the next save starts from there."""
        row = self.part.row
        row.version = current.version
        return replace(self, theirs=current.lines)

    def own_form(self, data: Any = None) -> OwnMeasureForm:
        """The form of a 指標 of the city's own; its wholes are the other 指標 of the 節."""
        own = self.own
        wholes = [(line.code, line.entry.title) for line in self.part.lines if own is None or line.code != own.code]
        initial = self.part.row.lines[own.code]["own"] if own else None
        return OwnMeasureForm(data, wholes=wholes, initial=initial)

    def _fields(self, line: Line) -> LineFields:
        return LineFields(line, self.theirs.get(line.code, {}) if self.theirs is not None else None)


def section_page(draft: PlanDraft, key: str, own: str = "") -> SectionPage:
    """One 節 of the draft; `own` is the code of a 指標 of the city's own to change. Http404 for what is not there.

    Six queries.
    """
    parts = parts_of(draft)
    part = part_of(draft, parts, key)
    place = next(place for place, one in enumerate(parts) if one.key == key)
    line = next((line for line in part.lines if line.is_own and line.code == own), None)
    if own and line is None:
        raise Http404("この節にその指標はありません。")
    return SectionPage(draft, part, parts[place + 1] if place + 1 < len(parts) else None, line)
