"""概況 of a plan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations.overview import overview
from plans.access import plan_for


@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """What is behind, what is missing, 節 × 年度 as a table. `?year=` chooses the year."""
    plan = plan_for(request.user, slug)
    chosen = request.GET.get("year", "")
    seen = overview(plan, int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) == 4 else None)
    return render(request, "evaluations/dashboard.html", {"plan": plan, "active": "dashboard", "overview": seen})
