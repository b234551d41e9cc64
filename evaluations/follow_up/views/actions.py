"""取組: what each year promised, the form of a promise and the report of what became of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.fiscal_years import wareki
from evaluations.follow_up.action_items import (
    MAY_NOT,
    add_action,
    carry_action,
    change_promise,
    delete_action,
    report_action,
)
from evaluations.follow_up.actions_page import ActionsPage, actions_page
from evaluations.models import ActionItem
from plans.access import plan_for, require
from plans.kept_rows import VersionedForm, read_version
from plans.models import Channel
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def actions(request: PersonRequest, slug: str) -> HttpResponse:
    """The promises that the person may see; ?item=<id> opens one, ?year=, ?section= and ?state= narrow the list."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_write, MAY_NOT)
    page = actions_page(plan, request.GET, request.GET.get("item", ""))
    if request.method != "POST":
        return _drawn(request, page)
    # The button is called `do`: `action` is the field of the 取組 itself.
    verbs = {"save_report": _save_report, "delete": _delete, "carry": _carry}
    return verbs.get(request.POST.get("do", ""), _save_promise)(request, page)


def _save_promise(request: PersonRequest, page: ActionsPage) -> HttpResponse:
    form = page.promise_form(request.POST)
    if not form.is_valid():
        return _drawn(request, page, promise_form=form)
    try:
        if page.item is None:
            add_action(page.plan, form.new, by=request.user, channel=Channel.SCREEN)
        else:
            change_promise(page.item, form.new, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _drawn(request, page, promise_form=form, **_refusal(form, refused))
    messages.success(request, "取組を保存しました。")
    return redirect(_back(request))


def _save_report(request: PersonRequest, page: ActionsPage) -> HttpResponse:
    item, form = _opened(page), page.report_form(request.POST)
    if form is None or not form.is_valid():
        return _drawn(request, page, report_form=form)
    said, version = form.cleaned_data, form.started_from
    try:
        report_action(item, said["state"], said["outcome"], version=version, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _drawn(request, page, report_form=form, **_refusal(form, refused))
    messages.success(request, "取組の結果を保存しました。")
    return redirect(_back(request))


def _delete(request: PersonRequest, page: ActionsPage) -> HttpResponse:
    item = _opened(page)
    try:
        delete_action(item, version=_version(request), by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _drawn(request, page, **_refusal(None, refused))
    messages.success(request, "取組を削除しました。")
    return redirect(_back(request))


def _carry(request: PersonRequest, page: ActionsPage) -> HttpResponse:
    item = _opened(page)
    try:
        carried = carry_action(item, version=_version(request), by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _drawn(request, page, **_refusal(None, refused))
    messages.success(request, f"取組を{wareki(carried.fiscal_year)}へ引き継ぎました。")
    return redirect(_back(request))


def _opened(page: ActionsPage) -> ActionItem:
    if page.item is None:
        raise Http404("取組が見つかりません。")
    return page.item


def _version(request: PersonRequest) -> int:
    return read_version(request.POST.get("version", ""))


def _refusal(form: VersionedForm | None, refused: Refused) -> dict[str, Any]:
    """The reason, and what is kept now: saving again what was typed is then a decision."""
    current = refused.current if isinstance(refused, Conflict) else None
    if form is not None:
        form.start_again(current)
    return {"refused": refused, "current": current}


def _back(request: PersonRequest) -> str:
    """The list as it was narrowed, without the 取組 that was open."""
    asked = request.GET.copy()
    asked.pop("item", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def _drawn(request: PersonRequest, page: ActionsPage, **more: Any) -> HttpResponse:
    back = _back(request)
    context = {
        "plan": page.plan,
        "active": "actions",
        "page": page,
        "promise_form": page.promise_form(),
        "report_form": page.report_form(),
        "back": back,
        "edit": f"{back}{'&' if '?' in back else '?'}",
    }
    return render(request, "evaluations/actions.html", context | more)
