"""One measure: series, definition, source, every change. A stable address to cite."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from evaluations.charts import charts_of
from plans.access import plan_for
from plans.history import measure_history
from plans.queries import measure_rows, measures_of, section_years


@require_safe
def measure(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Everything that is known of one measure of the plan."""
    plan = plan_for(request.user, slug)
    details = ("target_item__outcome_target", "activity_indicator__service")
    found = get_object_or_404(measures_of(plan).select_related(*details), code=code)
    rows = measure_rows(plan, [found], access=plan.access, states=section_years(plan, [found.section]))
    return render(
        request,
        "evaluations/measure.html",
        {
            "plan": plan,
            "measure": found,
            "rows": rows,
            "charts": charts_of(rows),
            "parts": found.parts.order_by("order", "code"),
            "history": measure_history(plan, found),
        },
    )
