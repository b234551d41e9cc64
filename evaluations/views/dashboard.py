"""概況 of a plan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations.opinions_page import unanswered
from evaluations.overview import overview
from plans.access import plan_for


@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """What is behind, what is missing, 節 × 年度 as a table. `?year=` chooses the year."""
    plan = plan_for(request.user, slug)
    chosen = request.GET.get("year", "")
    seen = overview(plan, int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) == 4 else None)
    # Opinions wait for those who may answer them.
    waiting = unanswered(plan) if plan.access.may_write else 0
    context = {"plan": plan, "active": "dashboard", "overview": seen, "unanswered": waiting}
    return render(request, "evaluations/dashboard.html", context)
