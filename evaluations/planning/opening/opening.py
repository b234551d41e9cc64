"""The actions that make a plan of its draft, or add 指標 to a plan that exists: all of it or nothing, with history."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from evaluations.models import PlanDraft
from evaluations.planning.opening.creating import create_measures, create_section, in_words, lines_for
from evaluations.planning.opening.drafts import (
    MAY_NOT,
    Frame,
    PlanExists,
    SectionPlace,
    change_frame,
    existing_plan,
    lock_municipality,
    seen_token,
)
from evaluations.planning.opening.lines import Line
from evaluations.planning.opening.parts import Part, parts_of, with_proposals
from indicators.models import Service
from indicators.services import create_missing_services
from plans.access import access_for, require_manager
from plans.actions import CellChange, record_values
from plans.history_writer import write_lines
from plans.kept_rows import as_it_stands, made_just_now
from plans.measures.rules import MAY_NOT as MAY_NOT_ADD
from plans.models import Change, Measure, Municipality, Plan, PlanRevision, Section, Subject
from plans.models.measure import KIND_COLUMNS
from plans.refusals import Cause, ChangesRefused, Conflict, Refused
from plans.row_locks import lock_plan, lock_section_years
from plans.sheet_layouts import inherited_form

REASON = "計画の作成"
OF_OTHERS = (
    "担当課の付いた人は、自分の課の指標にしか値を入力できません。計画値を空欄にするか、"
    "「利用者」のページで自分の担当課を「すべて」にしてから作ってください。"
)


class DraftIncomplete(Refused):
    """Something in the draft cannot be read yet: `parts` are the 節 with problems."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = tuple(parts)
        count = sum(len(part.problems) for part in self.parts)
        super().__init__(f"読み取れない入力が{count}か所あります。直してから、もう一度作ってください。")


@transaction.atomic
def open_plan(
    draft: PlanDraft,
    frame: Frame,
    places: Mapping[str, SectionPlace],
    *,
    version: int,
    seen: str,
    by: User,
    channel: str,
) -> Plan:
    """Make the plan that the draft describes, with this frame, and let the draft go. `version` and `seen` (the token
    of its 節) are what the person looked at.

    Raises PermissionDenied, PlanExists, DraftIncomplete, Conflict for a draft that another user changed since, and
    Refused where a 計画値 may not be written.
    """
    require_manager(by, draft.municipality, MAY_NOT)
    lock_municipality(draft.municipality)
    if plan := existing_plan(draft.municipality, draft.kind, draft.generation):
        raise PlanExists(plan)
    change_frame(draft, frame, places, version=version, by=by)
    current = as_it_stands(draft)
    current.municipality = draft.municipality
    parts = parts_of(current)
    if seen_token(part.row for part in parts) != seen:
        raise Conflict(current)
    parts = [with_proposals(current, part) for part in parts if part.is_made]
    if wrong := [part for part in parts if part.problems]:
        raise DraftIncomplete(wrong)
    plan = _create(current, parts, by, channel)
    current.delete()
    return plan


def record_planned(
    cells: Iterable[CellChange], municipality: Municipality, *, by: User, channel: str, reason: str
) -> None:
    """Write the 計画値 of new 指標; Refused with a sentence where the person may not, or a year is locked."""
    cells = list(cells)
    access = access_for(by, municipality)
    if cells and access is not None and access.department_id is not None:
        raise Refused(OF_OTHERS)
    try:
        record_values(cells, by=by, channel=channel, reason=reason)
    except ChangesRefused as refused:
        locked = [one for one in refused.refusals if one.cause is Cause.LOCKED]
        raise Refused((locked or list(refused.refusals))[0].sentence) from refused


def _create(draft: PlanDraft, parts: list[Part], by: User, channel: str) -> Plan:
    plan = Plan.objects.create(
        municipality=draft.municipality,
        kind=draft.kind,
        generation=draft.generation,
        name=draft.name,
        start_year=draft.start_year,
        end_year=draft.end_year,
        slug=draft.slug,
        previous=draft.previous,
        **inherited_form(draft.previous),
    )
    PlanRevision.objects.create(plan=plan)
    create_missing_services()
    services = Service.objects.in_bulk(field_name="code")
    line_of = lines_for(plan, by=by, channel=channel, reason=REASON)
    frame = f"{plan.name}（{plan.slug}、{plan.start_year}〜{plan.end_year}年度）"
    before = f"／前の期：{plan.previous.name}" if plan.previous else ""
    lines: list[Change] = [line_of(f"{frame}{before}")]
    cells: list[CellChange] = []
    sections = []
    for part in parts:
        section, line = create_section(plan, part.number, part.row.title, line_of)
        sections.append(section)
        lines.append(line)
    for part, section in zip(parts, sections, strict=True):
        of_part, made = create_measures(section, part.made_lines, services, line_of)
        cells += of_part
        lines += made
    write_lines(lines)
    record_planned(cells, plan.municipality, by=by, channel=channel, reason=REASON)
    return plan


ADDED = "指標の追加"


@transaction.atomic
def add_measures(plan: Plan, place: Section | str, lines: Sequence[Line], *, by: User, channel: str) -> Section:
    """Add these 指標 to a 節, or to a new one with this 節名, with their 計画値 and their history. Returns the 節.
    One of the city's own that is sent twice is there once.

    Raises PermissionDenied, or Refused where a code is taken or a 計画値 may not be written.
    """
    require_manager(by, plan.municipality, MAY_NOT_ADD)
    if isinstance(place, Section):
        # The years before the plan, as publishing does: otherwise each would wait for the other.
        lock_section_years(plan, {(place.pk, year) for line in lines for year in line.values})
    lock_plan(plan)
    if same := _made_just_now(plan, lines, by):
        return same.section
    codes = [line.code for line in lines]
    if taken := sorted(plan.measures.filter(code__in=codes).values_list("code", flat=True)):
        raise Refused(f"指標コード「{'、'.join(taken)}」は、もうこの計画にあります。ページを開き直してください。")
    create_missing_services()
    services = Service.objects.in_bulk(field_name="code")
    line_of = lines_for(plan, by=by, channel=channel, reason=ADDED)
    changes: list[Change] = []
    if isinstance(place, Section):
        section = place
    else:
        last = plan.sections.aggregate(last=Max("number"))["last"] or 0
        section, line_of_section = create_section(plan, last + 1, place, line_of)
        changes.append(line_of_section)
    cells, made = create_measures(section, lines, services, line_of)
    write_lines([*changes, *made])
    record_planned(cells, plan.municipality, by=by, channel=channel, reason=ADDED)
    return section


def _made_just_now(plan: Plan, lines: Sequence[Line], by: User) -> Measure | None:
    """The 指標 of the city's own that this person made of the same line a moment ago, None where there is none. It has
    another code, which is the next free one each time; an entry of the catalogue keeps its own.
    """
    if len(lines) != 1 or not lines[0].is_own:
        return None
    (line,) = lines
    same = plan.measures.select_related("section", "parent").filter(
        **{column: getattr(line.entry, column) for column in KIND_COLUMNS}, parent_role=line.masters.parent_role
    )
    rows = [one for one in same.order_by("pk") if (one.parent.code if one.parent else "") == line.masters.parent]
    is_again = bool(rows) and made_just_now(plan, Subject.MASTER, in_words(line, rows[-1]), by=by)
    return rows[-1] if is_again else None
