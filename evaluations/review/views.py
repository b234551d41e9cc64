"""Pages that anyone who may see the plan can read: 概況, one 節, its moves, and one measure."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pdf import offers_pdf
from core.words import ValueKind
from evaluations.models import Outlook
from evaluations.prefecture.receipts_page import newest_receipt
from evaluations.review.comparison import comparison_page, plan_switch
from evaluations.review.outlook_choice import MAY_NOT, OutlookForm, choose_outlook
from evaluations.review.outlooks import adoption, choice_of, seen_months, seen_outlook
from evaluations.review.overview import overview
from evaluations.review.section_page import neighbours, section_page
from evaluations.review.series import descent_of, series_of
from indicators.volumes.misses import counts_the_same, seen_volume
from indicators.volumes.services import Volume, volumes_of
from indicators.volumes.years import line_states
from plans.access import plan_for, require
from plans.charts import charts_of
from plans.history import measure_history
from plans.kept_rows import read_version
from plans.lineage import plans_around
from plans.models import Channel, Measure, Plan
from plans.places import section_in_year, year_asked
from plans.prose_field import without_controls
from plans.queries import decisions_of, latest_year_with_actuals, measure_rows, measures_of, rows_across, section_years
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest
from plans.workflow import MOVE_BY_NAME, move_section_year


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


@require_POST
def move(request: PersonRequest, slug: str, number: int, year: int, name: str) -> HttpResponse:
    """Make the move and go back to the PDCA page. A refusal is shown there, with the text that was typed."""
    plan = plan_for(request.user, slug)
    section = section_in_year(plan, number, year)
    wanted = MOVE_BY_NAME[name]
    text = without_controls(request.POST.get(wanted.wants_field, "")) if wanted.wants else ""
    try:
        moved = move_section_year(
            section,
            year,
            wanted,
            by=request.user,
            channel=Channel.SCREEN,
            text=text,
            seen_version=_seen_version(request),
        )
    except Refused as refused:
        kept = f"（書いた{wanted.wants}：{text.strip()}）" if text.strip() else ""
        messages.error(request, f"{refused}{kept}")
    else:
        messages.success(request, f"{wanted.done}。いまの状態は「{moved.get_state_display()}」です。")
    return redirect("evaluations:section_year", slug, number, year)


def _seen_version(request: PersonRequest) -> int | None:
    """The version that the page showed; None where the form did not name one, which is not checked.

    Anything that no page of ours can have sent counts as a version that does not exist.
    """
    seen = request.POST.get("version", "")
    return read_version(seen) if seen else None


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
        return _measure_page(request, plan, related)
    require(plan.access.may_enter(found), MAY_NOT)
    form = _outlook_form(found, request.POST)
    if not form.is_valid():
        return _measure_page(request, plan, related, outlook_form=form)
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
        return _measure_page(request, plan, related, outlook_form=form, refused=refused)
    messages.success(request, "見込みを保存しました。")
    return redirect(f"{request.path}#outlook")


def _outlook_form(found: Measure, data: Any = None, proposed: dict[str, str] | None = None) -> OutlookForm:
    return OutlookForm(data, kind=ValueKind(found.value_kind), choice=choice_of(found), proposed=proposed)


def _measure_page(request: PersonRequest, plan: Plan, related: MeasureWithRelated, **more: Any) -> HttpResponse:
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
        "outlook_form": _outlook_form(found, proposed=adopted),
        "parts": related.parts,
        "history": measure_history(plan, found),
    }
    return render(request, "evaluations/measure.html", context | more)
