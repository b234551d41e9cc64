"""前の計画からの引き継ぎ: which plan comes before, how each measure goes on, what the new ones begin from (基準値 taken
over from confirmed actuals, 未達成分 put on top of new goals), and the report for the council.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.lineage import LineageLink
from core.numerals import plain
from core.workbooks.file import XLSX
from evaluations.planning.carry_over.baselines import baseline_lines, take_baselines
from evaluations.planning.carry_over.comparison import End, comparison_of
from evaluations.planning.carry_over.copying import add_to_plan
from evaluations.planning.carry_over.deciding import DECIDED_MEANWHILE, decide, leave_open
from evaluations.planning.carry_over.forms import AddedForm, DecisionForm, PreviousForm
from evaluations.planning.carry_over.page import CarryOverPage, carry_over_page
from evaluations.planning.carry_over.report import change_report, report_bytes
from evaluations.planning.carry_over.shortfalls import ShortfallLine, put_on_top, shortfalls
from plans.access import plan_for, require
from plans.models import Channel, Plan
from plans.predecessor import MAY_NOT, follow
from plans.refusals import Refused
from plans.requests import PersonRequest, as_download


@require_http_methods(["GET", "HEAD", "POST"])
def carry_over(request: PersonRequest, slug: str) -> HttpResponse:
    """Every measure of both plans; ?old= or ?new=<code> opens the decision about one."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_manage, MAY_NOT)
    page = carry_over_page(plan)
    if request.method != "POST":
        return _drawn(request, page)
    actions = {
        "follow": _follow,
        "accept": _accept,
        "accept_new": _accept_new,
        "add": _add,
        "add_all": _add_all,
        "decide": _decide,
    }
    action = actions.get(request.POST.get("do", ""))
    if action is None or (page.comparison is None and action is not _follow):
        raise BadRequest("unknown action")
    return action(request, page)


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
    return PreviousForm(data, possible=page.possible, current=page.comparison.previous if page.comparison else None)


def _accept(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    """Decide the ticked proposals. One that is no longer proposed was decided meanwhile."""
    ticked = request.POST.getlist("accept")
    proposed = {row.lineage.key: row.lineage for row in page.proposed if row.lineage}
    if not ticked:
        return _drawn(request, page, refused="決める案を選んでください。", ticked=())
    if not set(ticked) <= proposed.keys():
        return _drawn(request, page, refused=DECIDED_MEANWHILE, ticked=ticked)
    return _decided(request, page, [proposed[key] for key in ticked], ticked)


def _accept_new(request: PersonRequest, page: CarryOverPage) -> HttpResponse:
    """Decide all that has no counterpart now: a plan of the catalogue brings dozens of them."""
    lineages = page.without_counterpart
    if not lineages:
        return _drawn(request, page, refused="新規とする案は、もうありません。")
    return _decided(request, page, lineages, ())


def _decided(
    request: PersonRequest, page: CarryOverPage, lineages: Sequence[LineageLink], ticked: Sequence[str]
) -> HttpResponse:
    try:
        made = decide(page.plan, lineages, seen={}, by=request.user, channel=Channel.SCREEN)
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
            leave_open(page.plan, form.end, seen=form.seen_links.get(form.end), by=request.user, channel=Channel.SCREEN)
        else:
            decide(page.plan, [form.wanted], seen=form.seen_links, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _again(request, page.plan.slug, refused, typed=True)
    messages.success(request, "引き継ぎ方を保存しました。")
    return redirect(request.path)


def _opened(request: PersonRequest, page: CarryOverPage, data: Any = None) -> DecisionForm | None:
    """The form of the measure that the address names; Http404 for one that is in neither plan."""
    end = _end(request)
    if end is None or page.comparison is None or not page.plan.access.may_manage:
        return None
    side, code = end
    if code not in (page.comparison.olds if side == "old" else page.comparison.news):
        raise Http404("指標が見つかりません。")
    begin = next((row.lineage for row in page.rows if row.lineage and end in row.lineage.ends), None)
    return DecisionForm(data, comparison=page.comparison, end=end, lineage=begin)


def _end(request: PersonRequest) -> End | None:
    for side in ("old", "new"):
        if code := request.GET.get(side):
            return side, code
    return None


def _again(request: PersonRequest, slug: str, refused: Exception, *, typed: bool = False, **more: Any) -> HttpResponse:
    """The page as it is now, with the reason and with what was chosen: saving again is then a decision."""
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
        "book": page.comparison,
        "previous_form": _previous_form(page),
        "ticked": [row.lineage.key for row in page.proposed if row.lineage and row.is_found],
        "form": more.pop("form", None) or _opened(request, page),
    }
    return render(request, "evaluations/carry_over.html", context | more)


@require_safe
def carry_over_paper(request: HttpRequest, slug: str) -> HttpResponse:
    """Each measure of both plans with what became of it, to print on A4 landscape."""
    plan = plan_for(request.user, slug)
    context = {"plan": plan, "active": "carry_over", "paper": change_report(plan)}
    return render(request, "evaluations/carry_over_paper.html", context)


@require_safe
def carry_over_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as .xlsx; Http404 for a plan that follows none."""
    plan = plan_for(request.user, slug)
    report = change_report(plan)
    if report is None:
        raise Http404("この計画には、前の計画が決まっていません。")
    return as_download(report_bytes(report), XLSX, f"{plan.slug}_前の計画からの変更点.xlsx")


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
    comparison = comparison_of(plan)
    lines = baseline_lines(comparison) if comparison else []
    context = {"plan": plan, "active": "carry_over", "book": comparison, "lines": lines, "ticked": ()}
    return render(request, "evaluations/carry_over_baselines.html", context | more)


def _added_form(request: PersonRequest, plan: Plan) -> AddedForm:
    """The form of the line that the button names; Http404 for one that is not there."""
    comparison = comparison_of(plan)
    lines = shortfalls(comparison).lines if comparison else ()
    line = next((line for line in lines if line.key == request.POST.get("line", "")), None)
    if line is None:
        raise Http404("引き継ぎが見つかりません。")
    return AddedForm(request.POST, line=line)


def _shortfalls_drawn(request: PersonRequest, plan: Plan, form: AddedForm | None = None, **more: Any) -> HttpResponse:
    comparison = comparison_of(plan)
    found = shortfalls(comparison) if comparison else None
    forms = [AddedForm(line=line) for line in (found.lines if found else ())]
    if form is not None:
        forms = [_typed(form, drawn.line) if drawn.line.key == form.line.key else drawn for drawn in forms]
    context = {"plan": plan, "active": "carry_over", "book": comparison, "found": found, "forms": forms, "sent": form}
    return render(request, "evaluations/carry_over_shortfalls.html", context | more)


def _typed(form: AddedForm, line: ShortfallLine) -> AddedForm:
    form.start_again(line)
    return form
