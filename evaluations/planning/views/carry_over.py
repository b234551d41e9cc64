"""前の計画からの引き継ぎ: which plan comes before, and how each measure goes on."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.lineage import Tie
from evaluations.planning.carry_over.book import End
from evaluations.planning.carry_over.copying import add_to_plan
from evaluations.planning.carry_over.deciding import DECIDED_MEANWHILE, decide, leave_open
from evaluations.planning.carry_over.forms import DecisionForm, PreviousForm
from evaluations.planning.carry_over.page import CarryOverPage, carry_over_page
from plans.access import plan_for, require
from plans.models import Channel
from plans.predecessor import MAY_NOT, follow
from plans.refusals import Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def carry_over(request: PersonRequest, slug: str) -> HttpResponse:
    """Every measure of both plans; ?old= or ?new=<code> opens the decision about one."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_manage, MAY_NOT)
    page = carry_over_page(plan)
    if request.method != "POST":
        return _drawn(request, page)
    verbs = {
        "follow": _follow,
        "accept": _accept,
        "accept_new": _accept_new,
        "add": _add,
        "add_all": _add_all,
        "decide": _decide,
    }
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None or (page.book is None and verb is not _follow):
        raise BadRequest("unknown action")
    return verb(request, page)


def _follow(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    form = _previous_form(page, request.POST)
    if not form.is_valid():
        return _drawn(request, page, previous_form=form)
    previous, seen = form.cleaned_data["previous"], form.cleaned_data["stood"]
    try:
        follow(page.plan, previous, seen=seen, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _again(request, page.plan.slug, refused)
    messages.success(request, "前の計画を決めました。")
    return redirect(request.path)


def _previous_form(page: CarryOverPage, data: Any = None) -> PreviousForm:
    return PreviousForm(data, possible=page.possible, current=page.book.previous if page.book else None)


def _accept(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    """Decide the ticked proposals. One that is proposed no more was decided meanwhile."""
    ticked = request.POST.getlist("accept")
    proposed = {row.tie.key: row.tie for row in page.proposed if row.tie}
    if not ticked:
        return _drawn(request, page, refused="決める案を選んでください。", ticked=())
    if not set(ticked) <= proposed.keys():
        return _drawn(request, page, refused=DECIDED_MEANWHILE, ticked=ticked)
    return _decided(request, page, [proposed[key] for key in ticked], ticked)


def _accept_new(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    """Decide all that has no counterpart now: a plan of the catalogue brings dozens of them."""
    ties = page.without_counterpart
    if not ties:
        return _drawn(request, page, refused="新規とする案は、もうありません。")
    return _decided(request, page, ties, ())


def _decided(request: PersonRequest, page: CarryOverPage, ties: Sequence[Tie], ticked: Sequence[str]) -> HttpResponse:
    try:
        made = decide(page.plan, ties, seen={}, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _again(request, page.plan.slug, refused, ticked=ticked)
    messages.success(request, f"引き継ぎ方を{made}件決めました。")
    return redirect(request.path)


def _add(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    codes = request.POST.getlist("add")
    if not codes:
        return _drawn(request, page, refused="この計画に加える指標を選んでください。")
    return _added(request, page, codes)


def _add_all(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    """What waits now: nothing that a colleague decided since is copied twice."""
    return _added(request, page, [row.olds[0].code for row in page.left])


def _added(request: PersonRequest, page: CarryOverPage, codes: Sequence[str]) -> HttpResponse:
    try:
        made = add_to_plan(page.plan, codes, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _again(request, page.plan.slug, refused, adding=codes)
    messages.success(request, f"前の計画の指標{made}件を、継続としてこの計画に加えました。")
    return redirect(request.path)


def _decide(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    form = _opened(request, page, request.POST)
    if form is None:
        raise Http404("指標が見つかりません。")
    if not form.is_valid():
        return _drawn(request, page, form=form)
    try:
        if form.wanted is None:
            leave_open(page.plan, form.end, seen=form.seen_ties.get(form.end), by=request.user, channel=Channel.SCREEN)
        else:
            decide(page.plan, [form.wanted], seen=form.seen_ties, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _again(request, page.plan.slug, refused, typed=True)
    messages.success(request, "引き継ぎ方を保存しました。")
    return redirect(request.path)


def _opened(request: PersonRequest, page: CarryOverPage, data: Any = None) -> DecisionForm | None:
    """The form of the measure that the address names; Http404 for one that is in neither plan."""
    end = _end(request)
    if end is None or page.book is None or not page.plan.access.may_manage:
        return None
    side, code = end
    if code not in (page.book.olds if side == "old" else page.book.news):
        raise Http404("指標が見つかりません。")
    begin = next((row.tie for row in page.rows if row.tie and end in row.tie.ends), None)
    return DecisionForm(data, book=page.book, end=end, tie=begin)


def _end(request: PersonRequest) -> End | None:
    for side in ("old", "new"):
        if code := request.GET.get(side):
            return side, code
    return None


def _again(request: PersonRequest, slug: str, refused: Exception, *, typed: bool = False, **more: Any) -> HttpResponse:
    """The page as it stands now, with the reason and with what was chosen: saving again is then a decision."""
    page = carry_over_page(plan_for(request.user, slug))
    form = _opened(request, page, request.POST) if typed else None
    if form is not None:
        form.is_valid()
        form.start_again()
    return _drawn(request, page, refused=refused, form=form or _opened(request, page), **more)


def _drawn(request: PersonRequest, page: CarryOverPage, **more: Any) -> HttpResponse:
    context = {
        "plan": page.plan,
        "active": "carry_over",
        "page": page,
        "book": page.book,
        "previous_form": _previous_form(page),
        "ticked": [row.tie.key for row in page.proposed if row.tie and row.is_found],
        "form": more.pop("form", None) or _opened(request, page),
    }
    return render(request, "evaluations/carry_over.html", context | more)
