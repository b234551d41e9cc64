"""One measure: series, outlook, definition, source, every change. A stable address to cite."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.words import ValueKind
from evaluations.models import Outlook
from evaluations.review.outlook_choice import MAY_NOT, choose_outlook
from evaluations.review.outlook_form import OutlookForm
from evaluations.review.outlook_months import adoption, seen_months
from evaluations.review.outlooks import choice_of, seen_outlook
from evaluations.review.related_measures import MeasureWithRelated, measure_with_related
from evaluations.review.series import descent_of, series_of
from indicators.volumes.history import line_states
from indicators.volumes.of_measure import measures_shown, seen_volume
from plans.access import plan_for, require
from plans.charts import charts_of
from plans.history import measure_history
from plans.models import Channel, Measure, Plan
from plans.queries import decisions_of, rows_across
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: PersonRequest, slug: str, code: str) -> HttpResponse:
    """Everything that is known of one measure of the plan; POST chooses its outlook.

    With ?take=months the form begins with what this year's months let one expect.
    """
    plan = plan_for(request.user, slug)
    related = measure_with_related(plan, code)
    found = related.measure
    if request.method != "POST":
        return _drawn(request, plan, related)
    require(plan.access.may_enter(found), MAY_NOT)
    form = _form(found, request.POST)
    if not form.is_valid():
        return _drawn(request, plan, related, outlook_form=form)
    said, started = form.cleaned_data, form.started_from
    try:
        choose_outlook(
            found,
            said["method"],
            said["reason"],
            own=said["own"],
            version=started,
            by=request.user,
            channel=Channel.SCREEN,
        )
    except Refused as refused:
        if isinstance(refused, Conflict):
            found.outlook = cast(Outlook, refused.current)  # the page shows what is stored now next to what was typed
            form.start_again(refused.current)
        return _drawn(request, plan, related, outlook_form=form, refused=refused)
    messages.success(request, "見込みを保存しました。")
    return redirect(f"{request.path}#outlook")


def _form(found: Measure, data: Any = None, proposed: dict[str, str] | None = None) -> OutlookForm:
    return OutlookForm(data, kind=ValueKind(found.value_kind), choice=choice_of(found), proposed=proposed)


def _drawn(request: PersonRequest, plan: Plan, related: MeasureWithRelated, **more: Any) -> HttpResponse:
    found, volume = related.measure, related.volume
    descent = descent_of(plan, found)
    beside = measures_shown(found, volume)[1:]
    states = line_states(plan) if volume else None
    every = rows_across([*beside, *descent.earlier, found], access=plan.access, states=states)
    rows, own = every[len(beside) :], every[-1:]
    outlook, by_months = seen_outlook(plan, own[0]), seen_months(plan, own[0])
    adopted = adoption(outlook, by_months) if request.GET.get("take") == "months" else None
    context = {
        "plan": plan,
        "measure": found,
        "rows": own,
        "decisions": decisions_of(own),
        "charts": charts_of(own),
        "series": series_of(plan, descent, rows),
        "descent": descent,
        "outlook": outlook,
        "by_months": by_months,
        "adopted": adopted,
        "may_choose": plan.access.may_enter(found),
        "volume": seen_volume(plan, found, volume, [*own, *every[: len(beside)]], states or {}),
        "outlook_form": _form(found, proposed=adopted),
        "parts": related.parts,
        "history": measure_history(plan, found),
    }
    return render(request, "evaluations/measure.html", context | more)
