"""The verb that adds 指標 to a plan that is there: entries of the catalogue, or the city's own."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from evaluations.opening.creating import History, create_measures, create_section
from evaluations.opening.lines import Line
from evaluations.opening.opening import record_planned
from evaluations.publication import lock_plan
from indicators.models import Service
from indicators.services import create_missing_services
from plans.access import require_manager
from plans.actions import lock_section_years
from plans.models import Change, Plan, Section
from plans.versions import RowRefused

MAY_NOT = "計画の指標を加えたり直したりできるのは、管理の役割の人だけです。"
REASON = "指標の追加"


@transaction.atomic
def add_measures(plan: Plan, place: Section | str, lines: Sequence[Line], *, by: User, door: str) -> Section:
    """Add these 指標 to a 節, or to a new one with this 節名, with their 計画値 and their history. Returns the 節.

    Raises PermissionDenied, or RowRefused where a code is taken or a 計画値 may not be written.
    """
    require_manager(by, plan.municipality, MAY_NOT)
    if isinstance(place, Section):
        # The years before the plan, as publishing does: otherwise each would wait for the other.
        lock_section_years(plan, {(place.pk, year) for line in lines for year in line.values})
    lock_plan(plan)
    codes = [line.code for line in lines]
    if taken := sorted(plan.measures.filter(code__in=codes).values_list("code", flat=True)):
        raise RowRefused(f"指標コード「{'、'.join(taken)}」は、もうこの計画にあります。ページを開き直してください。")
    create_missing_services()
    services = Service.objects.in_bulk(field_name="code")
    history = History(plan, by, door, REASON)
    changes: list[Change] = []
    if isinstance(place, Section):
        section = place
    else:
        last = plan.sections.aggregate(last=Max("number"))["last"] or 0
        section, line_of_section = create_section(plan, last + 1, place, history)
        changes.append(line_of_section)
    cells, made = create_measures(section, lines, services, history)
    Change.objects.bulk_create([*changes, *made])
    record_planned(cells, plan.municipality, by=by, door=door, reason=REASON)
    return section
