"""カタログ: what the guideline of one 期 requires, and what the city makes of it."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from plans.access import require
from plans.catalogue_amendments import MAY_NOT, EntryContent, add_entry, amend_entry, take_back
from plans.catalogue_form import EntryForm
from plans.catalogue_page import CataloguePage, catalogue_page
from plans.models import Channel
from plans.refusals import Conflict
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue(request: PersonRequest, generation: int) -> HttpResponse:
    """The entries of one 期; ?entry=<code> amends one, ?entry=new adds one, ?city= chooses the 自治体."""
    page = catalogue_page(request.user, generation, city=request.GET.get("city"), entry=request.GET.get("entry", ""))
    if request.method != "POST":
        return _drawn(request, page)
    require(page.may_amend, MAY_NOT)
    action = {"save": _save, "next": _save, "leave_out": _leave_out, "take_back": _take_back}.get(
        request.POST.get("do", "")
    )
    if action is None or (page.line is None and not page.is_new):
        raise BadRequest("unknown action")
    return action(request, page)


def _save(request: PersonRequest, page: CataloguePage) -> HttpResponse:
    form = EntryForm(request.POST, page=page)
    if not form.is_valid():
        return _drawn(request, page, form)
    city, by = page.municipality, request.user
    try:
        if page.line is None:
            row = add_entry(city, page.period.generation, form.content, by=by, channel=Channel.SCREEN)
        else:
            code, version = page.line.entry.code, form.started_from
            row = amend_entry(city, code, form.content, version=version, by=by, channel=Channel.SCREEN)
    except Conflict as conflict:
        return _conflicted(request, page, form, conflict)
    messages.success(request, f"「{row.title}」を保存しました。次に計画を作るときから使います。")
    following = page.next_to_check if request.POST["do"] == "next" else ""
    return redirect(_address(request, page, entry=following) + "#entry" if following else _back(request, page))


def _leave_out(request: PersonRequest, page: CataloguePage) -> HttpResponse:
    """Leave the current entry out: it is no longer offered when a plan is opened."""
    form = EntryForm(request.POST, page=page)
    form.is_valid()
    if page.line is None:
        raise BadRequest("nothing to leave out")
    kept = EntryContent.of(page.line.amendment) if page.line.amendment else EntryContent.of_entry(page.line.entry)
    new, version = replace(kept, left_out=True), form.started_from
    try:
        amend_entry(
            page.municipality, page.line.entry.code, new, version=version, by=request.user, channel=Channel.SCREEN
        )
    except Conflict as conflict:
        return _conflicted(request, page, form, conflict)
    messages.success(request, f"「{page.line.entry.title}」を使わないことにしました。")
    return redirect(_back(request, page))


def _take_back(request: PersonRequest, page: CataloguePage) -> HttpResponse:
    form = EntryForm(request.POST, page=page)
    form.is_valid()
    if page.line is None:
        raise BadRequest("nothing to take back")
    code, version = page.line.entry.code, form.started_from
    try:
        take_back(page.municipality, code, version=version, by=request.user, channel=Channel.SCREEN)
    except Conflict as conflict:
        return _conflicted(request, page, form, conflict)
    done = "国の内容に戻しました" if page.line.national else "取り除きました"
    messages.success(request, f"「{page.line.entry.title}」を{done}。")
    return redirect(_back(request, page))


def _conflicted(request: PersonRequest, page: CataloguePage, form: EntryForm, conflict: Conflict) -> HttpResponse:
    form.start_again(conflict.current)
    return _drawn(request, page, form, conflict=conflict, status=409)


def _back(request: PersonRequest, page: CataloguePage) -> str:
    """The list without the entry that was open, at the place of that entry."""
    return _address(request, page) + (f"#row-{page.line.entry.code}" if page.line else "")


def _address(request: PersonRequest, page: CataloguePage, **asked: str) -> str:
    """The page of the same 自治体 with these query parameters."""
    if "city" in request.GET:
        asked = {"city": page.municipality.code} | asked
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def _drawn(
    request: PersonRequest, page: CataloguePage, form: EntryForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    is_open = page.may_amend and (page.line is not None or page.is_new)
    context = {
        "page": page,
        "municipality": page.municipality,
        "form": (form or EntryForm(page=page)) if is_open else None,
        "back": _back(request, page),
    }
    return render(request, "plans/catalogue.html", context | more, status=status)
