"""The catalogue as one city sees it: the national fixture with what the city amended laid over it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from django.conf import settings

from core.catalogue import Catalogue, Entry, Level, LevelKind, Period, read_catalogue
from core.words import Accumulation, Direction, Family, ValueKind
from plans.models import CatalogueAmendment, Municipality, Plan, PlanKind

FIXTURE = settings.BASE_DIR / "fixtures" / "catalogue.json"
CHILD_AFTER = 4
"""第1期障害児福祉計画 was made with 第5期障害福祉計画, under one guideline."""


@cache
def national_catalogue() -> Catalogue:
    """The catalogue as shipped. Read once per process."""
    return read_catalogue(FIXTURE.read_text(encoding="utf-8"))


@cache
def national_codes() -> frozenset[str]:
    """The codes of all national entries."""
    return frozenset(national_catalogue().by_code())


def guideline_generation(kind: str, generation: int) -> int | None:
    """By which 期 of the guideline a plan is made; None for 障害者計画, which it does not know."""
    return {PlanKind.DISABILITY: generation, PlanKind.CHILD: generation + CHILD_AFTER}.get(PlanKind(kind))


def catalogue_of(municipality: Municipality) -> Catalogue:
    """The catalogue with the amendments of this 自治体: entries changed, left out or added. One query."""
    national = national_catalogue()
    amendments = amendments_of(municipality)
    if not amendments:
        return national
    own = own_entries(amendments.values())
    return replace(
        national,
        entries=(*_laid_over(national.entries, amendments), *(e for e in own if e.generation)),
        volumes=(*_laid_over(national.volumes, amendments), *(e for e in own if not e.generation)),
    )


def amendments_of(municipality: Municipality) -> dict[str, CatalogueAmendment]:
    """What this 自治体 amended, by code. One query."""
    return {row.code: row for row in CatalogueAmendment.objects.filter(municipality=municipality)}


def period_of(plan: Plan) -> Period | None:
    """The 期 of the guideline that a plan follows; None where the catalogue does not know it.

    障害福祉計画 are counted as the guideline is; other kinds of plan by the years in which they begin.
    """
    national = national_catalogue()
    if plan.kind == PlanKind.DISABILITY:
        return national.period(plan.generation)
    return next((one for one in national.periods if one.start_year <= plan.start_year <= one.end_year), None)


def own_entries(amendments: Iterable[CatalogueAmendment]) -> list[Entry]:
    """The entries that a 自治体 added to the national ones."""
    rows = (row for row in amendments if row.code not in national_codes() and not row.left_out)
    return [_own_entry(row) for row in rows]


def amended(entry: Entry, row: CatalogueAmendment) -> Entry:
    """The entry as the city has it."""
    return replace(entry, **_said(row))


def _laid_over(entries: tuple[Entry, ...], amendments: Mapping[str, CatalogueAmendment]) -> list[Entry]:
    rows = ((entry, amendments.get(entry.code)) for entry in entries)
    return [amended(entry, row) if row else entry for entry, row in rows if row is None or not row.left_out]


def _own_entry(row: CatalogueAmendment) -> Entry:
    """An entry that the city added itself. The facts of its service are those of the service's other volumes."""
    other = next((one for one in national_catalogue().volumes if one.service == row.service_code), None)
    return Entry(
        code=row.code,
        family=Family(row.family),
        set_by="市町村",
        generation=row.generation,
        service=row.service_code,
        category=other.category if other else "",
        is_child=other.is_child if other else False,
        **_said(row),
    )


def _said(row: CatalogueAmendment) -> dict[str, Any]:
    """What an amendment says of its entry. What a city has looked at is no longer to be checked."""
    number = row.level_number if row.level_kind else None
    return {
        **{name: getattr(row, name) for name in ("goal", "title", "unit", "level_text", "note", "source")},
        "value_kind": ValueKind(row.value_kind),
        "direction": Direction(row.direction),
        "accumulation": Accumulation(row.accumulation),
        "level": None if number is None else Level(LevelKind(row.level_kind), number),
        "needs_check": False,
    }
