"""成果目標 of a plan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.access import plan_for
from plans.measure_listing import MeasureListing
from targets.queries import target_rows
from targets.tables import TargetTable


@require_safe
def target_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All of them: search, filter, sort. An invalid value in the address is ignored with a note."""
    plan = plan_for(request.user, slug)
    listing = MeasureListing(plan, target_rows(plan), request.GET)
    return render(
        request,
        "targets/target_list.html",
        {"plan": plan, "active": "targets", "listing": listing, "table": TargetTable(listing, request)},
    )
