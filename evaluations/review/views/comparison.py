"""The plans of one 自治体 for the same years, side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations.review.comparison import comparison_page
from plans.access import plan_for


@require_safe
def beside(request: HttpRequest, slug: str) -> HttpResponse:
    """Progress, readings, states and what is missing of each plan whose years overlap with this one's."""
    plan = plan_for(request.user, slug)
    context = {"plan": plan, "active": "dashboard", "page": comparison_page(plan)}
    return render(request, "evaluations/beside.html", context)
