"""The verbs of a draft: begin it, change its frame, throw it away. Its 節 are in `draft_sections`.

A draft is a working paper of the managers and leaves no history; what comes of it does, when the plan is made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from evaluations.models import DraftSection, PlanDraft
from evaluations.planning.opening.groups import groups_of
from evaluations.planning.opening.parts import scope_of
from indicators.services import create_missing_services, services_by_code
from plans.access import require_manager
from plans.catalogue import catalogue_of
from plans.kept_rows import as_it_stands, refuse_outdated
from plans.lineage import possible_previous
from plans.models import Municipality, Plan, PlanKind
from plans.models.plan import plan_slug, usual_years
from plans.refusals import Refused

MAY_NOT = "計画を作れるのは、管理の役割の人だけです。"


@dataclass(frozen=True)
class Frame:
    """What a plan is called, which years it has, which plan it follows, and whether children are part of it."""

    name: str
    start_year: int
    end_year: int
    previous: Plan | None
    with_child: bool

    @classmethod
    def of(cls, draft: PlanDraft) -> "Frame":
        return cls(**{field.name: getattr(draft, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class SectionPlace:
    """節名 and place of one 節 of a draft."""

    title: str
    order: int


class PlanExists(Refused):
    """The plan is there already: `plan`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(f"「{plan.name}」はもうあります。新しく作る必要はありません。")


def existing_plan(municipality: Municipality, kind: str, generation: int) -> Plan | None:
    return Plan.objects.filter(municipality=municipality, kind=kind, generation=generation).first()


def former_plans(draft: PlanDraft) -> list[Plan]:
    """The plans that this one may follow, the likeliest first: the rule of the carry-over. One query."""
    return possible_previous(cast(Plan, draft))


def proposed_frame(municipality: Municipality, kind: str, generation: int, first_year: int) -> Frame:
    """What is usual: the years of the law, the plan of the 期 before, and children unless they have plans of their
    own. `first_year` is for 障害者計画, whose years a city sets. Two queries.
    """
    start, end = usual_years(kind, generation) or (first_year, first_year + 5)
    before = former_plans(PlanDraft(municipality=municipality, kind=kind, start_year=start))
    own_child_plans = Plan.objects.filter(municipality=municipality, kind=PlanKind.CHILD)
    label = PlanKind(kind).label.replace("障害", municipality.disability_word)
    return Frame(
        name=f"第{generation}期{label}",
        start_year=start,
        end_year=end,
        previous=before[0] if before else None,
        with_child=kind == PlanKind.DISABILITY and not own_child_plans.exists(),
    )


@transaction.atomic
def start_draft(municipality: Municipality, kind: str, generation: int, *, first_year: int, by: User) -> PlanDraft:
    """A draft with a 節 for each 成果目標 and each kind of service; the one that is there already, if there is one.

    Raises PermissionDenied, PlanExists.
    """
    require_manager(by, municipality, MAY_NOT)
    lock_municipality(municipality)
    if plan := existing_plan(municipality, kind, generation):
        raise PlanExists(plan)
    slug = plan_slug(municipality.code, kind, generation)
    if draft := PlanDraft.objects.filter(slug=slug).first():
        return draft
    create_missing_services()
    frame = proposed_frame(municipality, kind, generation, first_year)
    draft = PlanDraft.objects.create(
        municipality=municipality, kind=kind, generation=generation, slug=slug, started_by=by, **_columns(frame)
    )
    # Those for children too, whether they are wanted or not: the frame says so later on.
    scope = scope_of(PlanDraft(kind=kind, generation=generation, with_child=True, **_years(frame)))
    groups = groups_of(catalogue_of(municipality), scope, services_by_code())
    word = municipality.disability_word
    DraftSection.objects.bulk_create(
        DraftSection(draft=draft, key=group.key, title=group.title.replace("障害", word), order=place)
        for place, group in enumerate(groups, 1)
    )
    return draft


@transaction.atomic
def change_frame(draft: PlanDraft, frame: Frame, places: Mapping[str, SectionPlace], *, version: int, by: User) -> None:
    """Change frame, titles and order from the version that was drawn.

    Raises PermissionDenied, Conflict, or Refused with what is wrong with the years.
    """
    current = locked_draft(draft, by)
    rows = {row.key: row for row in current.sections.all()}
    wanted = {key: place for key, place in places.items() if key in rows}
    same = all(SectionPlace(rows[key].title, rows[key].order) == place for key, place in wanted.items())
    if Frame.of(current) == frame and same:
        return
    refuse_outdated(current, version)
    for name, value in _columns(frame).items():
        setattr(current, name, value)
    try:
        current.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    PlanDraft.objects.filter(pk=current.pk).update(**_columns(frame), version=F("version") + 1)
    for key, place in wanted.items():
        rows[key].title, rows[key].order = place.title, place.order
    DraftSection.objects.bulk_update([rows[key] for key in wanted], ["title", "order"])


@transaction.atomic
def discard_draft(draft: PlanDraft, *, by: User) -> None:
    """Throw a draft away. Raises PermissionDenied, Conflict."""
    locked_draft(draft, by).delete()


def lock_municipality(municipality: Municipality) -> None:
    """Whoever makes plans or drafts of one 自治体 waits for the other."""
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)


def seen_token(sections: Iterable[DraftSection]) -> str:
    """What a page showed of the 節 of a draft: another after every change of one, or of which there are."""
    return ".".join(sorted(f"{row.key}-{row.version}" for row in sections))


def locked_draft(draft: PlanDraft, by: User) -> PlanDraft:
    """The draft as it stands, locked until the transaction ends. Raises PermissionDenied, Conflict."""
    require_manager(by, draft.municipality, MAY_NOT)
    current = as_it_stands(draft)
    current.municipality = draft.municipality
    return current


def _years(frame: Frame) -> dict[str, int]:
    return {"start_year": frame.start_year, "end_year": frame.end_year}


def _columns(frame: Frame) -> dict[str, Any]:
    return {field.name: getattr(frame, field.name) for field in fields(frame)}
