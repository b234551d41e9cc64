"""指標の設定: the measures of a plan, adding more, changing what one is, taking one away."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.planning.measure_masters import change_measure
from evaluations.planning.measures_page import MasterPage, master_page, measures_page
from evaluations.planning.opening.adding_page import NEW_SECTION, AddingPage, adding_page
from evaluations.planning.opening.lines import Line
from evaluations.planning.opening.opening import add_measures
from plans.access import plan_for, require
from plans.measures.changes import remove_measure
from plans.measures.rules import MAY_NOT
from plans.models import Channel, Plan, Section
from plans.refusals import FieldsRefused, Refused
from plans.requests import PersonRequest
from targets.goals import GoalsForm, change_goals


@require_safe
def plan_measures(request: PersonRequest, slug: str) -> HttpResponse:
    """All of them, each with the way to its settings."""
    plan = _managed(request, slug)
    context = {"plan": plan, "active": "settings", "page": measures_page(plan)}
    return render(request, "evaluations/plan_measures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_measure(request: PersonRequest, slug: str) -> HttpResponse:
    """What the catalogue has and the plan has not; ?group=<key> chooses a part of it, ?group=own the city's own."""
    plan = _managed(request, slug)
    page = adding_page(plan, request.GET.get("group", ""))
    if request.method != "POST":
        return _adding_drawn(request, page)
    if page.group is None and not page.is_own:
        raise BadRequest("nothing was chosen to add to")
    return _add_own(request, page) if page.is_own else _add_chosen(request, page)


def _add_chosen(request: PersonRequest, page: AddingPage) -> HttpResponse:
    page = page.with_typed(request.POST)
    if request.POST.get("do") == "calculate":
        return _adding_drawn(request, page)
    if page.problems:
        return _adding_drawn(request, page, refused="読み取れない入力があります。直してから、もう一度押してください。")
    if not page.chosen:
        return _adding_drawn(
            request, page, refused="加える指標を選んでください。「載せない」のままの指標は加えません。"
        )
    return _add(request, page, page.chosen)


def _add_own(request: PersonRequest, page: AddingPage) -> HttpResponse:
    form = page.own_form(request.POST)
    if not form.is_valid():
        return _adding_drawn(request, page, own_form=form)
    return _add(request, page, [page.own_line(form.masters)], own_form=form)


def _add(request: PersonRequest, page: AddingPage, lines: list[Line], **drawn: Any) -> HttpResponse:
    place = _place(request, page)
    if place is None:
        return _adding_drawn(request, page, refused="加える節を選ぶか、新しい節の名前を入力してください。", **drawn)
    try:
        section = add_measures(page.plan, place, lines, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _adding_drawn(request, page, refused=str(refused), **drawn)
    messages.success(request, f"{section.label}に{len(lines)}件の指標を加えました。")
    return redirect("evaluations:plan_measures", page.plan.slug)


def _place(request: PersonRequest, page: AddingPage) -> Section | str | None:
    """The chosen 節, or the name of a new one; None where neither was said."""
    chosen = request.POST.get("section", "")
    if chosen == NEW_SECTION:
        title = request.POST.get("section_title", "").strip()
        return title if title and len(title) <= 200 and title.isprintable() else None
    return page.section(chosen)


def _adding_drawn(request: PersonRequest, page: AddingPage, **more: Any) -> HttpResponse:
    own_form = more.pop("own_form", None) or (page.own_form() if page.is_own else None)
    context = {
        "plan": page.plan,
        "active": "settings",
        "page": page,
        "own_form": own_form,
        "section": request.POST.get("section", page.usual_section),
        "section_title": request.POST.get("section_title", page.group.title if page.group else ""),
    }
    return render(request, "evaluations/add_measure.html", context | more)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_settings(request: PersonRequest, slug: str, code: str) -> HttpResponse:
    """What one measure is. For a colleague's newer value it returns 409 and both values."""
    page = master_page(_managed(request, slug), code)
    if request.method != "POST":
        return _master_drawn(request, page)
    return _remove(request, page) if request.POST.get("do") == "remove" else _change(request, page)


def _change(request: PersonRequest, page: MasterPage) -> HttpResponse:
    form = page.form(request.POST)
    if not form.is_valid():
        return _master_drawn(request, page, form=form)
    try:
        changed = change_measure(
            page.plan, page.measure, seen=form.seen, new=form.new, by=request.user, channel=Channel.SCREEN
        )
    except FieldsRefused as refused:
        form.take_refusal(refused)
        conflicted = any(one.current is not None for one in refused.fields)
        return _master_drawn(request, page, form=form, status=409 if conflicted else 200)
    messages.success(request, f"{changed}件を変更しました。" if changed else "変更はありませんでした。")
    return redirect("evaluations:measure_settings", page.plan.slug, page.measure.code)


def _remove(request: PersonRequest, page: MasterPage) -> HttpResponse:
    try:
        remove_measure(page.plan, page.measure, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("evaluations:plan_measures", page.plan.slug)
    messages.success(request, f"「{page.measure.title}」を取り除きました。")
    return redirect("evaluations:plan_measures", page.plan.slug)


def _master_drawn(request: PersonRequest, page: MasterPage, status: int = 200, **more: Any) -> HttpResponse:
    context = {"plan": page.plan, "active": "settings", "page": page, "form": page.form()}
    return render(request, "evaluations/measure_settings.html", context | more, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def section_goals(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """概要 and 目標 of one 節. For a colleague's newer text it returns 409 and both."""
    plan = _managed(request, slug)
    section = get_object_or_404(plan.sections, number=number)
    form = GoalsForm(request.POST if request.method == "POST" else None, section=section)
    if request.method != "POST" or not form.is_valid():
        return _goals_drawn(request, plan, section, form)
    try:
        changed = change_goals(
            plan, section, seen=form.seen, new=form.cleaned_data, by=request.user, channel=Channel.SCREEN
        )
    except FieldsRefused as refused:
        form.take_refusal(refused)
        return _goals_drawn(request, plan, section, form, status=409)
    messages.success(request, f"{changed}件を変更しました。" if changed else "変更はありませんでした。")
    return redirect("evaluations:plan_measures", plan.slug)


def _goals_drawn(
    request: PersonRequest, plan: Plan, section: Section, form: GoalsForm, status: int = 200
) -> HttpResponse:
    context = {"plan": plan, "active": "settings", "section": section, "form": form}
    return render(request, "evaluations/section_goals.html", context, status=status)


def _managed(request: PersonRequest, slug: str) -> Plan:
    plan = plan_for(request.user, slug)
    require(plan.access.may_manage, MAY_NOT)
    return plan
