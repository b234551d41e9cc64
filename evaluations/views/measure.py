"""One measure: series, outlook, definition, source, every change. A stable address to cite."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from core.words import ValueKind
from evaluations.charts import charts_of
from evaluations.models import Outlook
from evaluations.outlook_choice import MAY_NOT, choose_outlook
from evaluations.outlook_form import OutlookForm
from evaluations.outlooks import choice_of, seen_outlook
from evaluations.places import PersonRequest
from evaluations.versions import RowConflict, RowRefused
from plans.access import plan_for, require
from plans.history import measure_history
from plans.models import Door, Measure, Plan
from plans.queries import measure_rows, measures_of, section_years


@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: PersonRequest, slug: str, code: str) -> HttpResponse:
    """Everything that is known of one measure of the plan; POST chooses its outlook."""
    plan = plan_for(request.user, slug)
    details = ("target_item__outcome_target", "activity_indicator__service", "outlook__chosen_by")
    found = get_object_or_404(measures_of(plan).select_related(*details), code=code)
    found.plan = plan
    if request.method != "POST":
        return _drawn(request, plan, found)
    require(plan.access.may_enter(found), MAY_NOT)
    form = _form(found, request.POST)
    if not form.is_valid():
        return _drawn(request, plan, found, outlook_form=form)
    said, started = form.cleaned_data, form.started_from
    try:
        choose_outlook(
            found, said["method"], said["reason"], own=said["own"], version=started, by=request.user, door=Door.SCREEN
        )
    except (RowConflict, RowRefused) as refused:
        if isinstance(refused, RowConflict):
            found.outlook = cast(Outlook, refused.stands)  # the page shows what is kept now beside what was typed
            form.start_again(refused.stands)
        return _drawn(request, plan, found, outlook_form=form, refused=refused)
    messages.success(request, "見込みを保存しました。")
    return redirect(f"{request.path}#outlook")


def _form(found: Measure, data: Any = None) -> OutlookForm:
    return OutlookForm(data, kind=ValueKind(found.value_kind), choice=choice_of(found))


def _drawn(request: PersonRequest, plan: Plan, found: Measure, **more: Any) -> HttpResponse:
    rows = measure_rows(plan, [found], access=plan.access, states=section_years(plan, [found.section]))
    context = {
        "plan": plan,
        "measure": found,
        "rows": rows,
        "charts": charts_of(rows),
        "outlook": seen_outlook(plan, rows[0]),
        "may_choose": plan.access.may_enter(found),
        "outlook_form": _form(found),
        "parts": found.parts.order_by("order", "code"),
        "history": measure_history(plan, found),
    }
    return render(request, "evaluations/measure.html", context | more)
