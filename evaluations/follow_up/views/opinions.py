"""協議会意見: the list by council and day, the form below it, and the standard table to take away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.fiscal_years import wareki
from core.workbooks.file import XLSX
from evaluations.follow_up.opinion_form import OpinionForm
from evaluations.follow_up.opinions import MAY_NOT, add_opinion, carry_opinion, change_opinion, delete_opinion
from evaluations.follow_up.opinions_page import OpinionsPage, opinions_page, table_bytes
from plans.access import plan_for, require
from plans.downloads import as_download
from plans.models import Channel
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def opinions(request: PersonRequest, slug: str) -> HttpResponse:
    """The opinions that the person may see; ?opinion=<id> edits one, ?year=, ?section= and ?state= narrow the list."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_write, MAY_NOT)
    page = opinions_page(plan, request.GET, request.GET.get("opinion", ""))
    if request.method != "POST":
        return _drawn(request, page)
    action = {"delete": _delete, "carry": _carry}.get(request.POST.get("do", ""), _save)
    return action(request, page)


@require_safe
def opinions_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The standard table as .xlsx, narrowed as the list is."""
    plan = plan_for(request.user, slug)
    page = opinions_page(plan, request.GET)
    return as_download(table_bytes(plan, page.groups), XLSX, f"{plan.slug}_協議会意見.xlsx")


def _save(request: PersonRequest, page: OpinionsPage) -> HttpResponse:
    form = page.form(request.POST)
    if not form.is_valid():
        return _drawn(request, page, form=form)
    try:
        if page.opinion is None:
            add_opinion(page.plan, form.new, by=request.user, channel=Channel.SCREEN)
        else:
            change_opinion(page.opinion, form.new, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _refused(request, page, form, refused)
    messages.success(request, f"「{form.new.council}」の意見を保存しました。")
    return redirect(_back(request))


def _delete(request: PersonRequest, page: OpinionsPage) -> HttpResponse:
    form = page.form(request.POST)
    if page.opinion is None:
        raise Http404("協議会意見が見つかりません。")
    try:
        delete_opinion(page.opinion, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _refused(request, page, form, refused)
    messages.success(request, f"「{page.opinion.council}」の意見{page.opinion.number}を削除しました。")
    return redirect(_back(request))


def _carry(request: PersonRequest, page: OpinionsPage) -> HttpResponse:
    form = page.form(request.POST)
    if page.opinion is None:
        raise Http404("協議会意見が見つかりません。")
    try:
        carried = carry_opinion(page.opinion, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _refused(request, page, form, refused)
    plan = "" if carried.plan_id == page.plan.pk else f"「{carried.plan.name}」の"
    messages.success(request, f"意見{page.opinion.number}を{plan}{wareki(carried.fiscal_year)}へ持ち越しました。")
    return redirect(_back(request))


def _refused(request: PersonRequest, page: OpinionsPage, form: OpinionForm, refused: Refused) -> HttpResponse:
    """The form with what was typed, the reason, and what is kept now: saving again is then a decision."""
    current = refused.current if isinstance(refused, Conflict) else None
    form.start_again(current)
    return _drawn(request, page, form=form, refused=refused, current=current)


def _back(request: PersonRequest) -> str:
    """The list as it was narrowed, without the opinion that was open."""
    asked = request.GET.copy()
    asked.pop("opinion", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def _drawn(request: PersonRequest, page: OpinionsPage, form: OpinionForm | None = None, **more: Any) -> HttpResponse:
    """The form is drawn for those who may write: nobody else's page asks for what it offers."""
    writes = page.plan.access.may_write
    context = {
        "plan": page.plan,
        "active": "opinions",
        "page": page,
        "form": (form or page.form()) if writes else None,
        "back": _back(request),
    }
    return render(request, "evaluations/opinions.html", context | more)
