"""The list of the 成果目標 of a plan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.words import Family
from plans.access import plan_for
from plans.measure_listing import MeasureListing
from plans.measure_tables import MeasureTable
from plans.queries import measure_rows, measures_of


class TargetTable(MeasureTable):
    """節, 番号, 指標名, 単位 and the years."""

    caption = "成果目標の年度ごとの計画値と実績値"


@require_safe
def target_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All of them: search, filter, sort. An invalid value in the address is ignored with a note."""
    plan = plan_for(request.user, slug)
    targets = measures_of(plan).filter(family=Family.TARGET)
    listing = MeasureListing(plan, measure_rows(plan, targets, access=plan.access), request.GET)
    return render(
        request,
        "targets/target_list.html",
        {"plan": plan, "active": "targets", "listing": listing, "table": TargetTable(listing, request)},
    )
