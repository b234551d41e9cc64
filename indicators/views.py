"""活動指標 of a plan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.filters import INDICATOR_FACETS, indicator_texts
from indicators.queries import indicator_rows
from indicators.tables import IndicatorTable
from plans.access import plan_for
from plans.measure_listing import MeasureListing


@require_safe
def indicator_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All of them: search, filter, sort. An invalid value in the address is ignored with a note."""
    plan = plan_for(request.user, slug)
    listing = MeasureListing(plan, indicator_rows(plan), request.GET, facets=INDICATOR_FACETS, texts=indicator_texts)
    return render(
        request,
        "indicators/indicator_list.html",
        {"plan": plan, "active": "indicators", "listing": listing, "table": IndicatorTable(listing, request)},
    )
