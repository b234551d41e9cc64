"""概況 of a plan, and the plans of its 自治体 for the same years side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations.prefecture.receipts_page import newest_receipt
from evaluations.review.comparison import comparison_page, plan_switch
from evaluations.review.overview import overview
from plans.access import plan_for
from plans.lineage import plans_around
from plans.places import year_asked


@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """What is behind, what is missing, 節 × 年度 as a table. `?year=` chooses the year."""
    plan = plan_for(request.user, slug)
    context = {
        "plan": plan,
        "active": "dashboard",
        "overview": overview(plan, year_asked(request.GET)),
        "switch": plan_switch(plan),
        "around": plans_around(plan),
        "receipt": newest_receipt(plan),
    }
    return render(request, "evaluations/dashboard.html", context)


@require_safe
def beside(request: HttpRequest, slug: str) -> HttpResponse:
    """Progress, readings, states and what is missing of each plan whose years overlap with this one's."""
    plan = plan_for(request.user, slug)
    context = {"plan": plan, "active": "dashboard", "page": comparison_page(plan)}
    return render(request, "evaluations/beside.html", context)
