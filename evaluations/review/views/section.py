"""The PDCA page of one 節 and 年度."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.pdf import offers_pdf
from evaluations.review.section_page import neighbours, section_page
from plans.access import plan_for
from plans.charts import charts_of
from plans.queries import latest_year_with_actuals, measure_rows, measures_of, section_years


@require_safe
def section_latest(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """302 to the latest year with any actual the person may see, else the first year of the plan."""
    plan = plan_for(request.user, slug)
    section, _, _ = neighbours(plan, number)
    states = section_years(plan, [section])
    rows = measure_rows(plan, measures_of(plan).filter(section=section), access=plan.access, states=states)
    return redirect("evaluations:section_year", slug, number, latest_year_with_actuals(plan, rows))


@require_safe
def section_year(request: HttpRequest, slug: str, number: int, year: int) -> HttpResponse:
    """概要, goals, figures by year, charts, records, texts, state and history."""
    plan = plan_for(request.user, slug)
    page = section_page(plan, number, year)
    charts = charts_of(page.rows)
    room = reverse("evaluations:actions", args=[slug]) if plan.access.may_write else ""
    context = {
        "plan": plan,
        "page": page,
        "charts": charts,
        "open_promise": f"{room}?" if room else "",
        "offers_pdf": offers_pdf(),
    }
    return render(request, "evaluations/section.html", context)
