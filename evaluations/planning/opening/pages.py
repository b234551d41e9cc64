"""Queries of the pages of a draft: where a plan is begun, the overview, and one 節 with the fields of its lines."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Max
from django.http import Http404

from core.catalogue import Period
from evaluations.models import DraftSection, PlanDraft
from evaluations.planning.opening.drafts import MAY_NOT, former_plans, seen_token
from evaluations.planning.opening.forms import FrameForm, OwnMeasureForm, StartForm
from evaluations.planning.opening.line_fields import LineField, LineFields, lines_of_page, typed_lines
from evaluations.planning.opening.lines import Line, Use
from evaluations.planning.opening.parts import Part, part_of, parts_of, scope_of
from plans.access import Person, access_for, managed_by, require
from plans.catalogue import national_catalogue
from plans.models import Municipality, Plan, PlanKind

FIRST_GENERATION = {PlanKind.DISABILITY: 8, PlanKind.CHILD: 4, PlanKind.COMPREHENSIVE: 1}
"""What is proposed to a city without any plan: what cities write in 令和8年度."""


@dataclass(frozen=True)
class StartPage:
    """`drafts` are the plans that are being put together in the cities of this person."""

    cities: tuple[Municipality, ...]
    drafts: tuple[PlanDraft, ...]
    next_generation: int

    @property
    def newest_period(self) -> Period:
        """The newest 期 of the catalogue."""
        return national_catalogue().periods[-1]

    def form(self, data: Any = None) -> StartForm:
        return StartForm(data, cities=self.cities, initial={"generation": self.next_generation})


def start_page(user: Person) -> StartPage:
    """Where a plan is begun; 403 for a person who manages no 自治体. Three queries."""
    cities = managed_by(user, MAY_NOT)
    drafts = PlanDraft.objects.filter(municipality__in=cities).select_related("municipality", "started_by")
    newest = Plan.objects.filter(municipality__in=cities[:1], kind=PlanKind.DISABILITY).aggregate(n=Max("generation"))
    generation = newest["n"] + 1 if newest["n"] else FIRST_GENERATION[PlanKind.DISABILITY]
    return StartPage(tuple(cities), tuple(drafts), generation)


def draft_for(user: Person, slug: str) -> PlanDraft:
    """The draft with `draft.access` set, for the managers of its 自治体: 404 for strangers, 403 for others of the city.

    Two queries.
    """
    related = ("municipality", "previous")
    draft = PlanDraft.objects.select_related(*related).filter(slug=slug).first()
    access = access_for(user, draft.municipality) if draft else None
    if draft is None or access is None:
        raise Http404("計画の下書きが見つかりません。")
    require(access.may_manage, MAY_NOT)
    draft.access = access
    return draft


@dataclass(frozen=True)
class DraftPage:
    """The draft with its 節 to come. `former_plans` are those that it may follow."""

    draft: PlanDraft
    parts: tuple[Part, ...]
    former_plans: tuple[Plan, ...]

    @property
    def seen(self) -> str:
        """What this page shows, for the action that makes the plan."""
        return seen_token(part.row for part in self.parts)

    @property
    def guideline(self) -> int | None:
        """By which 期 of the catalogue the plan is made."""
        return scope_of(self.draft).guideline

    @property
    def made(self) -> list[Part]:
        return [part for part in self.parts if part.is_made]

    @property
    def measures(self) -> int:
        """How many 指標 the plan will have."""
        return sum(len(part.made_lines) for part in self.parts)

    @property
    def to_check(self) -> int:
        return sum(part.to_check for part in self.parts)

    @property
    def unseen(self) -> list[Part]:
        """The 節 of the catalogue that the plan will have and that no one has looked at."""
        return [part for part in self.made if not part.is_seen and part.lines]

    @property
    def with_problems(self) -> list[Part]:
        return [part for part in self.made if part.problems]

    @property
    def has_planned_values(self) -> bool:
        return any(line.values for part in self.parts for line in part.lines)

    def form(self, data: Any = None) -> FrameForm:
        return FrameForm(data, draft=self.draft, parts=self.parts, plans=self.former_plans)


def draft_page(draft: PlanDraft) -> DraftPage:
    """The overview of a draft. Four queries."""
    return DraftPage(draft, tuple(parts_of(draft)), tuple(former_plans(draft)))


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

    targets = lines_of_page("fields", targets=True)
    indicators = lines_of_page("fields", targets=False)

    @property
    def of_prefecture(self) -> list[LineFields]:
        return [self._fields(line) for line in self.part.of_prefecture]

    targets_of_prefecture = lines_of_page("of_prefecture", targets=True)
    indicators_of_prefecture = lines_of_page("of_prefecture", targets=False)

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
        """What the form says, for the action that stores it."""
        return typed_lines(self.part.lines, data)

    def with_typed(self, data: Mapping[str, str]) -> "SectionPage":
        """The same with what was typed in the fields, after it could not be kept."""
        typed = self.typed(data)
        lines = tuple(replace(line, typed={**line.typed, **typed[line.code]}) for line in self.part.lines)
        return replace(self, part=replace(self.part, lines=lines))

    def against(self, current: DraftSection) -> "SectionPage":
        """The same with what is stored now next to each field in which it differs; the next save starts from there."""
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
