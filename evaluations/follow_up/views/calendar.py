"""日程: the calendar of a plan, the form below it, and the calendar file to take away."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.follow_up.calendar_page import CalendarPage, DeadlineForm, calendar_days, calendar_page
from evaluations.follow_up.deadlines import (
    MAY_NOT,
    add_deadline,
    change_deadline,
    delete_deadline,
    take_over_round,
    tick_deadline,
)
from evaluations.models import Deadline
from plans.access import plan_for, require
from plans.kept_rows import answer
from plans.models import Channel
from plans.refusals import Refused
from plans.requests import PersonRequest, as_download

CALENDAR = "text/calendar; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: PersonRequest, slug: str) -> HttpResponse:
    """The dates of the plan by month; ?deadline=<id> opens one for a manager."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_manage, MAY_NOT)
    page = calendar_page(plan, request.GET.get("deadline", ""))
    if request.method != "POST":
        return _drawn(request, page)
    do, form = request.POST.get("do", ""), page.form(request.POST)
    if do == "take_over":
        return _take_over(request, page)
    actions: dict[str, Any] = {"tick": partial(_tick, True), "untick": partial(_tick, False), "delete": _delete}
    action = actions.get(do, _save)
    if action is _save and not form.is_valid():
        return _drawn(request, page, form=form)
    sent = form if action in (_save, _delete) else None
    return answer(request, lambda: action(page, form, request), sent, partial(_drawn, request, page))


@require_safe
def calendar_download(request: PersonRequest, slug: str) -> HttpResponse:
    """The dates as an .ics file, for the calendar program on one's desk."""
    plan = plan_for(request.user, slug)
    content = calendar_days(
        calendar_page(plan), request.build_absolute_uri(reverse("evaluations:calendar", args=[slug]))
    )
    return as_download(content, CALENDAR, f"{plan.slug}_日程.ics")


def _take_over(request: PersonRequest, page: CalendarPage) -> HttpResponse:
    try:
        taken = take_over_round(page.plan, page.to_take_over, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"標準の日程から{len(taken)}件を取り込みました。日付は一つずつ直せます。")
    return redirect(request.path)


def _save(page: CalendarPage, form: DeadlineForm, request: PersonRequest) -> tuple[str, str]:
    by, saved = request.user, page.deadline
    if saved is None:
        saved = add_deadline(page.plan, form.new, by=by, channel=Channel.SCREEN)
    else:
        change_deadline(saved, form.new, version=form.started_from, by=by, channel=Channel.SCREEN)
    return f"「{form.new['title']}」を保存しました。", _at(request, saved)


def _tick(is_done: bool, page: CalendarPage, form: DeadlineForm, request: PersonRequest) -> tuple[str, str]:
    deadline = page.opened
    tick_deadline(deadline, is_done, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    return f"「{deadline.title}」を{'済にしました' if is_done else '済でない予定に戻しました'}。", _at(
        request, deadline
    )


def _delete(page: CalendarPage, form: DeadlineForm, request: PersonRequest) -> tuple[str, str]:
    deadline = page.opened
    delete_deadline(deadline, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    return f"「{deadline.title}」を日程から消しました。", request.path


def _at(request: PersonRequest, deadline: Deadline) -> str:
    """The calendar at this date, so that the person need not look for it."""
    return f"{request.path}#date-{deadline.key}"


def _drawn(request: PersonRequest, page: CalendarPage, form: DeadlineForm | None = None, **more: Any) -> HttpResponse:
    """The page, with the form for managers."""
    own = (form or page.form()) if page.plan.access.may_manage else None
    context = {"plan": page.plan, "active": "calendar", "page": page, "form": own}
    return render(request, "evaluations/calendar.html", context | more)
