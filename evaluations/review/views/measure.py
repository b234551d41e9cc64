"""One measure: series, outlook, definition, source, every change. A stable address to cite."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.words import ValueKind
from evaluations.models import Outlook
from evaluations.review.outlook_choice import MAY_NOT, OutlookForm, choose_outlook
from evaluations.review.outlooks import adoption, choice_of, seen_months, seen_outlook
from evaluations.review.series import descent_of, series_of
from indicators.volumes.misses import counts_the_same, seen_volume
from indicators.volumes.services import Volume, volumes_of
from indicators.volumes.years import line_states
from plans.access import plan_for, require
from plans.charts import charts_of
from plans.history import measure_history
from plans.models import Channel, Measure, Plan
from plans.queries import decisions_of, measures_of, rows_across
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest

DETAILS = ("target_item__outcome_target", "activity_indicator__service", "outlook__chosen_by")


@dataclass(frozen=True)
class MeasureWithRelated:
    """`parts` are its 内数 and 内訳; `volume` is what it is forecast with, None where nothing is."""

    measure: Measure
    parts: tuple[Measure, ...]
    volume: Volume | None


def measure_with_related(plan: Plan, code: str) -> MeasureWithRelated:
    """The measure of the plan with this code; Http404 where there is none. One query."""
    same = ExpressionWrapper(counts_the_same(code), output_field=BooleanField())
    around = measures_of(plan).select_related(*DETAILS).annotate(is_counted_with=same)
    found = list(around.filter(Q(code=code) | Q(parent__code=code) | Q(is_counted_with=True)))
    measure = next((one for one in found if one.code == code), None)
    if measure is None:
        raise Http404("この計画に、その指標コードの指標はありません。")
    measure.plan = plan
    parts = sorted((one for one in found if one.parent_id == measure.pk), key=lambda one: (one.order, one.code))
    alike = volumes_of(one for one in found if one.is_counted_with)
    volume = next((volume for volume in alike if measure in volume.measures), None)
    return MeasureWithRelated(measure, tuple(parts), volume)


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
    # Without the others of its volume the figures of a measure cannot be explained.
    others = [one for one in volume.measures if one != found] if volume else []
    states = line_states(plan) if volume else None
    every = rows_across([*others, *descent.earlier, found], access=plan.access, states=states)
    rows, own = every[len(others) :], every[-1:]
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
        "volume": seen_volume(plan, found, volume, [*own, *every[: len(others)]], states or {}),
        "outlook_form": _form(found, proposed=adopted),
        "parts": related.parts,
        "history": measure_history(plan, found),
    }
    return render(request, "evaluations/measure.html", context | more)
