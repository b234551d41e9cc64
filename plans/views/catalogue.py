"""カタログ: what the guideline of one 期 requires, and what the city makes of it."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from plans.access import require
from plans.catalogue_amendments import MAY_NOT, add_entry, amend_entry, content_of, take_back, unamended
from plans.catalogue_page import CataloguePage, EntryForm, catalogue_page
from plans.kept_rows import answer
from plans.models import Channel
from plans.refusals import Refused
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
    if action is None or (page.line is None and (not page.is_new or action is not _save)):
        raise BadRequest("unknown action")
    form = EntryForm(request.POST, page=page)
    if not form.is_valid() and action is _save:
        return _drawn(request, page, form)

    def page_again(form: EntryForm, refused: Refused, **_: Any) -> HttpResponse:
        return _drawn(request, page, form, conflict=refused, status=409)

    return answer(request, partial(action, request, page, form), form, page_again)


def _save(request: PersonRequest, page: CataloguePage, form: EntryForm) -> tuple[str, str]:
    city, by = page.municipality, request.user
    if page.line is None:
        row = add_entry(city, page.period.generation, form.columns, by=by, channel=Channel.SCREEN)
    else:
        code, version = page.line.entry.code, form.started_from
        row = amend_entry(city, code, form.columns, version=version, by=by, channel=Channel.SCREEN)
    following = page.next_to_check if request.POST["do"] == "next" else ""
    onward = _address(request, page, entry=following) + "#entry" if following else _back(request, page)
    return f"「{row.title}」を保存しました。次に計画を作るときから使います。", onward


def _leave_out(request: PersonRequest, page: CataloguePage, form: EntryForm) -> tuple[str, str]:
    """Leave the current entry out: it is no longer offered when a plan is opened."""
    line: Any = page.line
    new = content_of(line.amendment or unamended(line.entry)) | {"left_out": True}
    city, code, version = page.municipality, line.entry.code, form.started_from
    amend_entry(city, code, new, version=version, by=request.user, channel=Channel.SCREEN)
    return f"「{line.entry.title}」を使わないことにしました。", _back(request, page)


def _take_back(request: PersonRequest, page: CataloguePage, form: EntryForm) -> tuple[str, str]:
    line: Any = page.line
    city, version = page.municipality, form.started_from
    take_back(city, line.entry.code, version=version, by=request.user, channel=Channel.SCREEN)
    done = "国の内容に戻しました" if line.national else "取り除きました"
    return f"「{line.entry.title}」を{done}。", _back(request, page)


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
