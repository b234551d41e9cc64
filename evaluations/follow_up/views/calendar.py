"""日程: the calendar of a plan, the form below it, and the calendar file to take away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.follow_up.calendar_page import CalendarPage, calendar_days, calendar_page
from evaluations.follow_up.deadline_form import DeadlineForm
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
from plans.downloads import as_download
from plans.kept_rows import read_version
from plans.models import Channel
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest

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
    verbs = {"take_over": _take_over, "delete": _delete, "tick": _tick, "untick": _tick}
    return verbs.get(request.POST.get("do", ""), _save)(request, page)


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


def _save(request: PersonRequest, page: CalendarPage) -> HttpResponse:
    form = page.form(request.POST)
    if not form.is_valid():
        return _drawn(request, page, form=form)
    try:
        if page.deadline is None:
            saved = add_deadline(page.plan, form.new, by=request.user, channel=Channel.SCREEN)
        else:
            saved = page.deadline
            change_deadline(saved, form.new, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    except Conflict as conflict:
        return _refused(request, page, form, conflict)
    messages.success(request, f"「{form.new.title}」を保存しました。")
    return redirect(_place(request, saved))


def _tick(request: PersonRequest, page: CalendarPage) -> HttpResponse:
    deadline, is_done = _opened(page), request.POST["do"] == "tick"
    version = read_version(request.POST.get("version", ""))
    try:
        tick_deadline(deadline, is_done, version=version, by=request.user, channel=Channel.SCREEN)
    except Conflict as conflict:
        return _drawn(request, page, refused=conflict, current=conflict.current)
    messages.success(request, f"「{deadline.title}」を{'済にしました' if is_done else '済でない予定に戻しました'}。")
    return redirect(_place(request, deadline))


def _delete(request: PersonRequest, page: CalendarPage) -> HttpResponse:
    deadline, form = _opened(page), page.form(request.POST)
    try:
        delete_deadline(deadline, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    except Conflict as conflict:
        return _refused(request, page, form, conflict)
    messages.success(request, f"「{deadline.title}」を日程から消しました。")
    return redirect(request.path)


def _place(request: PersonRequest, deadline: Deadline) -> str:
    """The calendar at this date: nobody has to look for where they were."""
    return f"{request.path}#date-{deadline.key}"


def _opened(page: CalendarPage) -> Deadline:
    if page.deadline is None:
        raise Http404("日程が見つかりません。")
    return page.deadline


def _refused(request: PersonRequest, page: CalendarPage, form: DeadlineForm, conflict: Conflict) -> HttpResponse:
    """The form with what was typed, the reason, and what is kept now: saving again is then a decision."""
    form.start_again(conflict.current)
    return _drawn(request, page, form=form, refused=conflict, current=conflict.current)


def _drawn(request: PersonRequest, page: CalendarPage, form: DeadlineForm | None = None, **more: Any) -> HttpResponse:
    """The form is drawn for managers: nobody else sets dates."""
    own = (form or page.form()) if page.plan.access.may_manage else None
    context = {"plan": page.plan, "active": "calendar", "page": page, "form": own}
    return render(request, "evaluations/calendar.html", context | more)
