"""The 節 of a plan to come with their lines: what the catalogue offers, what was typed, what the city adds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import Http404

from core.catalogue import Entry
from core.words import Accumulation, Direction, Family, ValueKind
from evaluations.models import DraftSection, PlanDraft
from evaluations.planning.opening.groups import Group, Offered, Scope, groups_of, proposals
from evaluations.planning.opening.lines import Line, Masters, Use
from indicators.services import services_by_code
from plans.catalogue import catalogue_of, national_catalogue, national_codes
from plans.models import Municipality
from plans.models.measure import KIND_COLUMNS

CITY = "市町村"
OWN_MASTERS = (*KIND_COLUMNS, "parent", "parent_role")


@dataclass(frozen=True)
class Part:
    """One 節 to come. `row` may be unsaved where the catalogue got the 成果目標 after the draft was begun."""

    row: DraftSection
    group: Group | None
    lines: tuple[Line, ...]
    number: int = 0

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def is_seen(self) -> bool:
        """Whether its lines were saved."""
        return self.row.is_seen

    @property
    def is_made(self) -> bool:
        """Whether the plan gets this 節: one in which there is nothing is not needed, unless the city added it."""
        return self.row.is_own or any(line.use is not Use.LEFT_OUT for line in self.lines)

    @property
    def made_lines(self) -> list[Line]:
        return [line for line in self.lines if line.use is not Use.LEFT_OUT]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """「載せる」, 「設定しない」, 「載せない」 with how many lines say so; those that none says are left out."""
        found = [(use.label, sum(line.use is use for line in self.lines)) for use in Use]
        return [(label, count) for label, count in found if count]

    @property
    def to_check(self) -> int:
        """How many of the lines that the plan gets are 「要確認」."""
        return sum(line.entry.needs_check for line in self.made_lines)

    @cached_property
    def problems(self) -> list[tuple[Line, str, str]]:
        """What must be put right before the plan is made: line, field, sentence."""
        return [(line, name, said) for line in self.lines for name, said in line.problems.items()]

    @property
    def of_city(self) -> list[Line]:
        return [line for line in self.lines if line.is_own or line.entry.set_by == CITY]

    @property
    def of_prefecture(self) -> list[Line]:
        """What 都道府県 set: a city takes it into its plan only if it wants to."""
        return [line for line in self.lines if not line.is_own and line.entry.set_by != CITY]


def scope_of(draft: PlanDraft) -> Scope:
    """What decides which entries of the catalogue concern this draft."""
    return Scope(draft.kind, draft.generation, draft.years, draft.with_child)


def parts_of(draft: PlanDraft) -> list[Part]:
    """Every 節 to come, in the order of the draft and numbered as the plan will be. Three queries."""
    catalogue = catalogue_of(draft.municipality)
    groups = {group.key: group for group in groups_of(catalogue, scope_of(draft), services_by_code())}
    rows = {row.key: row for row in draft.sections.all()}
    for key, group in groups.items():
        rows.setdefault(key, DraftSection(draft=draft, key=key, title=group.title, order=len(rows) + 1))
    shown = sorted((row for row in rows.values() if row.is_own or row.key in groups), key=lambda row: row.order)
    parts = [Part(row, groups.get(row.key), lines_of(draft, row, groups.get(row.key))) for row in shown]
    return _numbered(parts)


def part_of(draft: PlanDraft, parts: Iterable[Part], key: str) -> Part:
    """One of these 節 with the 基準値 that the plan before proposes. Http404 for another. Three queries."""
    part = next((part for part in parts if part.key == key), None)
    if part is None:
        raise Http404("この下書きにその節はありません。")
    return with_proposals(draft, part)


def with_proposals(draft: PlanDraft, part: Part) -> Part:
    """The same with the 基準値 that the plan before proposes. Three queries."""
    entries = [line.offered.entry for line in part.lines]
    found = proposals(draft.previous, entries, national_catalogue())
    return replace(part, lines=tuple(replace(line, proposal=found.get(line.code)) for line in part.lines))


def lines_of(draft: PlanDraft, row: DraftSection, group: Group | None) -> tuple[Line, ...]:
    """The lines of one 節: the catalogue's, then the city's own."""
    offered = group.offered if group else ()
    catalogue = [
        offered_line(one, draft.years, draft.municipality, row.lines.get(one.entry.code, {}), row.is_seen)
        for one in offered
    ]
    own = [
        own_line(code, typed["own"], draft.years, typed, row.is_seen)
        for code, typed in row.lines.items()
        if "own" in typed
    ]
    return (*catalogue, *own)


def offered_line(
    offered: Offered,
    years: tuple[int, ...],
    municipality: Municipality,
    typed: Mapping[str, str],
    is_seen: bool,
    default: Use | None = None,
) -> Line:
    """The line of an entry. What 都道府県 set is left out of a city's plan until it says otherwise."""
    entry = offered.entry
    is_its_own = entry.set_by == CITY or municipality.kind == Municipality.Kind.PREFECTURE
    usual = Use.PLANNED if is_its_own else Use.LEFT_OUT
    # The code of an entry that a city added itself means something else in another city.
    national = entry.code if entry.code in national_codes() else ""
    masters = Masters(parent=entry.parent, catalogue_code=national)
    return Line(offered, years, typed, default or usual, masters=masters, is_seen=is_seen)


def own_line(
    code: str, own: Mapping[str, Any], years: tuple[int, ...], typed: Mapping[str, str], is_seen: bool
) -> Line:
    """The line of a 指標 of the city's own."""
    entry = Entry(
        code=code,
        family=Family(own["family"]),
        title=own["title"],
        unit=own["unit"],
        value_kind=ValueKind(own["value_kind"]),
        direction=Direction(own["direction"]),
        accumulation=Accumulation(own["accumulation"]),
        set_by=CITY,
        note="",
        source="",
        needs_check=False,
    )
    masters = Masters(parent=own["parent"], parent_role=own["parent_role"])
    return Line(Offered(entry, years), years, typed, masters=masters, is_seen=is_seen, is_own=True)


def free_own_code(taken: set[str]) -> str:
    """The first of city-1, city-2 … that is not taken."""
    return next(code for number in range(1, len(taken) + 2) if (code := f"city-{number}") not in taken)


def _numbered(parts: Iterable[Part]) -> list[Part]:
    """With the 節番号 that each will have; 0 for those that will not be."""
    numbered, number = [], 0
    for part in parts:
        number += part.is_made
        numbered.append(replace(part, number=number if part.is_made else 0))
    return numbered
