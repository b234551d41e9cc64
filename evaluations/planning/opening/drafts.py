"""The actions on a draft: begin it, change its frame, throw it away; store what was typed for the lines of a 節, add
and remove what is the city's own.

A draft belongs to the managers alone and leaves no history; the plan that is made of it does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max

from evaluations.models import DraftSection, PlanDraft
from evaluations.models.opening import OWN
from evaluations.planning.opening.groups import groups_of
from evaluations.planning.opening.parts import free_own_code, scope_of
from indicators.services import create_missing_services, services_by_code
from plans.access import require_manager
from plans.catalogue import catalogue_of
from plans.kept_rows import as_it_stands, refuse_outdated
from plans.lineage import possible_previous
from plans.models import Municipality, Plan, PlanKind
from plans.models.plan import plan_slug, usual_years
from plans.refusals import Conflict, Refused

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
    """The plan of this kind and 期; None where the 自治体 has none yet. One query."""
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
    scope = replace(scope_of(draft), with_child=True)
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
    """Two people who make plans or drafts of one 自治体 wait for each other."""
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)


def seen_token(sections: Iterable[DraftSection]) -> str:
    """What a page showed of the 節 of a draft: another after every change of one, or of which there are."""
    return ".".join(sorted(f"{row.key}-{row.version}" for row in sections))


def locked_draft(draft: PlanDraft, by: User) -> PlanDraft:
    """The draft as it is stored, locked until the transaction ends. Raises PermissionDenied, Conflict."""
    require_manager(by, draft.municipality, MAY_NOT)
    current = as_it_stands(draft)
    current.municipality = draft.municipality
    return current


def _columns(frame: Frame) -> dict[str, Any]:
    return {field.name: getattr(frame, field.name) for field in fields(frame)}


MOST_SECTIONS = 60
MOST_OWN = 40
"""指標 of its own that a city may add to one 節: a form has at most 1,000 fields."""


@dataclass(frozen=True)
class OwnMeasure:
    """What a 指標 of the city's own is; `code` "" for a new one."""

    code: str
    masters: Mapping[str, Any]


@transaction.atomic
def save_section(
    draft: PlanDraft,
    section: DraftSection,
    lines: Mapping[str, Mapping[str, str]],
    *,
    own: OwnMeasure | None = None,
    removed: str = "",
    version: int,
    by: User,
) -> DraftSection:
    """Keep what was typed for the lines of one 節, as it was typed, from the version that was drawn; with it, a 指標 of
    the city's own that is added or changed, or the code of one that is removed.

    Raises PermissionDenied, Conflict, or Refused where there are too many.
    """
    locked_draft(draft, by)
    current = _section_as_it_stands(draft, section)
    refuse_outdated(current, version)
    masters = {code: typed["own"] for code, typed in current.lines.items() if "own" in typed}
    if own is not None:
        if own.code and own.code not in masters:
            raise Conflict(None)
        if not own.code and len(masters) >= MOST_OWN:
            raise Refused(f"一つの節に加えられる市の指標は{MOST_OWN}件までです。別の節に加えてください。")
        taken = {code for row in draft.sections.all() for code in row.lines}
        masters[own.code or free_own_code(taken)] = dict(own.masters)
    typed = {code: dict(texts) for code, texts in lines.items() if code not in masters}
    typed |= {code: {**lines.get(code, {}), "own": one} for code, one in masters.items() if code != removed}
    if current.lines == typed and current.is_seen:
        return current
    DraftSection.objects.filter(pk=current.pk).update(lines=typed, is_seen=True, version=F("version") + 1)
    current.refresh_from_db()
    return current


@transaction.atomic
def add_own_section(draft: PlanDraft, title: str, *, by: User) -> DraftSection:
    """A 節 of the city's own, behind the others. Raises PermissionDenied, Refused."""
    current = locked_draft(draft, by)
    if current.sections.count() >= MOST_SECTIONS:
        raise Refused(f"節は{MOST_SECTIONS}までです。")
    numbers = [int(row.key.removeprefix(OWN)) for row in current.sections.all() if row.is_own]
    key = f"{OWN}{max(numbers, default=0) + 1}"
    last = current.sections.aggregate(last=Max("order"))["last"] or 0
    return DraftSection.objects.create(draft=current, key=key, title=title, order=last + 1)


@transaction.atomic
def remove_own_section(draft: PlanDraft, key: str, *, by: User) -> None:
    """Take a 節 of the city's own out of the draft, with its 指標. Raises PermissionDenied, Refused."""
    current = locked_draft(draft, by)
    section = next((row for row in current.sections.all() if row.key == key), None)
    if section is None or not section.is_own:
        raise Refused("この節はもうありません。")
    section.delete()


def _section_as_it_stands(draft: PlanDraft, section: DraftSection) -> DraftSection:
    """The row, locked; made where the catalogue got the 成果目標 after the draft was begun."""
    if section.pk is None:
        DraftSection.objects.bulk_create(
            [DraftSection(draft=draft, key=section.key, title=section.title, order=section.order)],
            ignore_conflicts=True,
        )
    found = DraftSection.objects.select_for_update().filter(draft=draft, key=section.key).first()
    if found is None:
        raise Conflict(None)
    return found
