"""The verb that adds 指標 to a plan that is there: entries of the catalogue, or the city's own."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from evaluations.planning.opening.creating import History, create_measures, create_section, in_words
from evaluations.planning.opening.lines import Line
from evaluations.planning.opening.opening import record_planned
from indicators.models import Service
from indicators.services import create_missing_services
from plans.access import require_manager
from plans.history_writer import write_lines
from plans.kept_rows import made_just_now
from plans.locks import lock_plan, lock_section_years
from plans.measures.rules import MAY_NOT
from plans.models import Change, Measure, Plan, Section, Subject
from plans.refusals import Refused

REASON = "指標の追加"


@transaction.atomic
def add_measures(plan: Plan, place: Section | str, lines: Sequence[Line], *, by: User, channel: str) -> Section:
    """Add these 指標 to a 節, or to a new one with this 節名, with their 計画値 and their history. Returns the 節.
    One of the city's own that is sent twice is there once.

    Raises PermissionDenied, or Refused where a code is taken or a 計画値 may not be written.
    """
    require_manager(by, plan.municipality, MAY_NOT)
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
    history = History(plan, by, channel, REASON)
    changes: list[Change] = []
    if isinstance(place, Section):
        section = place
    else:
        last = plan.sections.aggregate(last=Max("number"))["last"] or 0
        section, line_of_section = create_section(plan, last + 1, place, history)
        changes.append(line_of_section)
    cells, made = create_measures(section, lines, services, history)
    write_lines([*changes, *made])
    record_planned(cells, plan.municipality, by=by, channel=channel, reason=REASON)
    return section


def _made_just_now(plan: Plan, lines: Sequence[Line], by: User) -> Measure | None:
    """The 指標 of the city's own that this person made of the same line a moment ago, None where there is none. It has
    another code, which is the next free one each time; an entry of the catalogue keeps its own.
    """
    if len(lines) != 1 or not lines[0].is_own:
        return None
    (line,) = lines
    columns = ("family", "title", "unit", "value_kind", "direction", "accumulation")
    same = plan.measures.select_related("section", "parent").filter(
        **{column: getattr(line.entry, column) for column in columns}, parent_role=line.masters.parent_role
    )
    rows = [one for one in same.order_by("pk") if (one.parent.code if one.parent else "") == line.masters.parent]
    is_again = bool(rows) and made_just_now(plan, Subject.MASTER, in_words(line, rows[-1]), by=by)
    return rows[-1] if is_again else None
