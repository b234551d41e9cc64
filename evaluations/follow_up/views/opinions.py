"""協議会意見: the list by council and day, the form below it, and the standard table to take away."""

from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from core.fiscal_years import wareki
from core.workbooks.file import XLSX
from evaluations.follow_up.opinions import MAY_NOT, add_opinion, carry_opinion, change_opinion, delete_opinion
from evaluations.follow_up.opinions_page import OpinionForm, OpinionsPage, opinions_page, table_bytes
from plans.access import plan_for, require
from plans.kept_rows import answer
from plans.models import Channel
from plans.requests import PersonRequest, address_without, as_download


@require_http_methods(["GET", "HEAD", "POST"])
def opinions(request: PersonRequest, slug: str) -> HttpResponse:
    """The opinions that the person may see; ?opinion=<id> edits one, ?year=, ?section= and ?state= narrow the list."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_write, MAY_NOT)
    page = opinions_page(plan, request.GET, request.GET.get("opinion", ""))
    if request.method != "POST":
        return _drawn(request, page)
    form = page.form(request.POST)
    action = {"delete": _delete, "carry": _carry}.get(request.POST.get("do", ""), _save)
    if action is _save and not form.is_valid():
        return _drawn(request, page, form=form)
    done = partial(action, page, form, request.user)
    return answer(request, lambda: (done(), _back(request)), form, partial(_drawn, request, page))


@require_safe
def opinions_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The standard table as .xlsx, narrowed as the list is."""
    plan = plan_for(request.user, slug)
    page = opinions_page(plan, request.GET)
    return as_download(table_bytes(plan, page.groups), XLSX, f"{plan.slug}_協議会意見.xlsx")


def _save(page: OpinionsPage, form: OpinionForm, by: User) -> str:
    if page.opinion is None:
        add_opinion(page.plan, form.new, by=by, channel=Channel.SCREEN)
    else:
        change_opinion(page.opinion, form.new, version=form.started_from, by=by, channel=Channel.SCREEN)
    return f"「{form.new['council']}」の意見を保存しました。"


def _delete(page: OpinionsPage, form: OpinionForm, by: User) -> str:
    opinion = page.opened
    delete_opinion(opinion, version=form.started_from, by=by, channel=Channel.SCREEN)
    return f"「{opinion.council}」の意見{opinion.number}を削除しました。"


def _carry(page: OpinionsPage, form: OpinionForm, by: User) -> str:
    opinion = page.opened
    carried = carry_opinion(opinion, version=form.started_from, by=by, channel=Channel.SCREEN)
    plan = "" if carried.plan_id == page.plan.pk else f"「{carried.plan.name}」の"
    return f"意見{opinion.number}を{plan}{wareki(carried.fiscal_year)}へ持ち越しました。"


def _back(request: PersonRequest) -> str:
    """The list as it was narrowed, without the opinion that was open."""
    return address_without(request, "opinion")


def _drawn(request: PersonRequest, page: OpinionsPage, form: OpinionForm | None = None, **more: Any) -> HttpResponse:
    """The page, with the form for those who may write."""
    writes = page.plan.access.may_write
    context = {
        "plan": page.plan,
        "active": "opinions",
        "page": page,
        "form": (form or page.form()) if writes else None,
        "back": _back(request),
    }
    return render(request, "evaluations/opinions.html", context | more)
