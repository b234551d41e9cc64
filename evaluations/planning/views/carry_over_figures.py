"""What the new measures begin from: 基準値 taken over from confirmed actuals, and 未達成分 put on top of new goals."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.numerals import plain
from evaluations.planning.carry_over.baselines import baseline_lines, take_baselines
from evaluations.planning.carry_over.book import Book, book_of
from evaluations.planning.carry_over.forms import AddedForm
from evaluations.planning.carry_over.putting_on_top import put_on_top
from evaluations.planning.carry_over.shortfalls import ShortfallLine, shortfalls
from plans.access import plan_for, require
from plans.models import Channel, Plan
from plans.predecessor import MAY_NOT
from plans.refusals import Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def carry_over_baselines(request: PersonRequest, slug: str) -> HttpResponse:
    """Each measure that comes from others, with the 基準値 that its last confirmed actual makes."""
    plan = plan_for(request.user, slug)
    if request.method != "POST":
        return _baselines_drawn(request, plan)
    require(plan.access.may_manage, MAY_NOT)
    codes = _codes(request, plan)
    if not codes:
        return _baselines_drawn(request, plan, refused="取り入れる基準値を選んでください。")
    marks = {code: request.POST.get(f"mark-{code}", "") for code in codes}
    same = [code for code in codes if f"same-{code}" in request.POST]
    try:
        changes = take_baselines(plan, marks, same, by=request.user)
    except Refused as refused:
        return _baselines_drawn(request, plan, refused=refused, ticked=codes)
    changed = len({change.measure_id for change in changes})
    messages.success(request, f"基準値を{changed}件取り入れました。" if changed else "変更はありませんでした。")
    return redirect(request.path)


@require_http_methods(["GET", "HEAD", "POST"])
def carry_over_shortfalls(request: PersonRequest, slug: str) -> HttpResponse:
    """Each old goal that was missed, and how much of it the city puts on top of the new one."""
    plan = plan_for(request.user, slug)
    if request.method != "POST":
        return _shortfalls_drawn(request, plan)
    require(plan.access.may_manage, MAY_NOT)
    form = _added_form(request, plan)
    if not form.is_valid():
        return _shortfalls_drawn(request, plan, form=form)
    amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    old, new, mark = form.line.old.code, form.line.new.code, form.cleaned_data["mark"]
    try:
        line = put_on_top(plan, old, new, amount, reason, mark=mark, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _shortfalls_drawn(request, plan, form=form, refused=refused)
    done = f"計画値に{plain(amount)}{line.unit}を上乗せしました" if amount else "上乗せを取り消しました"
    messages.success(request, f"「{line.new.title}」の{done}。")
    return redirect(request.path)


def _codes(request: PersonRequest, plan: Plan) -> list[str]:
    """The 指標 that were ticked, or with the button for all of them those that the page had offered."""
    if "all" in request.POST:
        return [name.removeprefix("mark-") for name in request.POST if name.startswith("mark-")]
    return request.POST.getlist("take")


def _baselines_drawn(request: PersonRequest, plan: Plan, **more: Any) -> HttpResponse:
    book = book_of(plan)
    lines = baseline_lines(book) if book else []
    context = {"plan": plan, "active": "carry_over", "book": book, "lines": lines, "ticked": ()}
    return render(request, "evaluations/carry_over_baselines.html", context | more)


def _added_form(request: PersonRequest, plan: Plan) -> AddedForm:
    """The form of the line that the button names; Http404 for one that is not there."""
    lines = {line.key: line for line in _lines(book_of(plan))}
    line = lines.get(request.POST.get("line", ""))
    if line is None:
        raise Http404("引き継ぎが見つかりません。")
    return AddedForm(request.POST, line=line)


def _lines(book: Book | None) -> tuple[ShortfallLine, ...]:
    return shortfalls(book).lines if book else ()


def _shortfalls_drawn(request: PersonRequest, plan: Plan, form: AddedForm | None = None, **more: Any) -> HttpResponse:
    book = book_of(plan)
    found = shortfalls(book) if book else None
    forms = [AddedForm(line=line) for line in (found.lines if found else ())]
    if form is not None:
        forms = [_typed(form, drawn.line) if drawn.line.key == form.line.key else drawn for drawn in forms]
    context = {"plan": plan, "active": "carry_over", "book": book, "found": found, "forms": forms, "sent": form}
    return render(request, "evaluations/carry_over_shortfalls.html", context | more)


def _typed(form: AddedForm, line: ShortfallLine) -> AddedForm:
    form.start_again(line)
    return form
