"""目標と活動指標の関係: matrix, picture, the form of one 成果目標, and the take-over of what the guideline names."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evaluations.links.actions import MAY_NOT, LinksOfGoal, change_links
from evaluations.links.form import again, edited_goal, offered_links, seen_token, ticked_links
from evaluations.links.page import LinksPage, link_pictures, links_page
from plans.access import plan_for, require
from plans.models import Change, Channel
from plans.places import year_asked
from plans.refusals import Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: PersonRequest, slug: str) -> HttpResponse:
    """GET draws the page, `?goal=<節番号>` with the form of one 成果目標; POST saves that, or takes proposals over."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_manage, MAY_NOT)
    page = links_page(plan, year_asked(request.GET))
    if request.method != "POST":
        return _drawn(request, page)
    return _take(request, page) if request.POST.get("do") == "take" else _save(request, page)


def _save(request: PersonRequest, page: LinksPage) -> HttpResponse:
    """Save the ticked indicators of one 成果目標; a refusal brings the form back with what was ticked."""
    column = page.column(request.GET.get("goal", ""))
    if column is None:
        raise Http404("成果目標のある節ではありません。")
    wanted: LinksOfGoal | None = None
    try:
        wanted = ticked_links(page, column, request.POST)
        lines = change_links(page.plan, [wanted], by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        now = links_page(page.plan, page.year)
        edited = again(now, now.column(str(column.section.number)) or column, request.POST, wanted)
        return _drawn(request, now, edited=edited, refused=refused)
    _say(request, lines, f"{column.section.label}の関係を保存しました（変更{len(lines)}件）。")
    following = page.after(column) if request.POST.get("do") == "next" else None
    asked = request.GET.copy()
    asked["goal"] = str((following or column).section.number)
    return redirect(f"{request.path}?{asked.urlencode()}#edit")


def _take(request: PersonRequest, page: LinksPage) -> HttpResponse:
    """Link what the guideline names, exactly as the page offered it."""
    try:
        lines = change_links(page.plan, offered_links(page, request.POST), by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _drawn(request, links_page(page.plan, page.year), refused=refused)
    _say(request, lines, f"参考資料にある関係を反映しました（活動指標{len(lines)}件）。")
    return redirect(request.get_full_path())


def _say(request: PersonRequest, lines: list[Change], done: str) -> None:
    if lines:
        messages.success(request, done)
    else:
        messages.info(request, "変更はありませんでした。")


def _drawn(request: PersonRequest, page: LinksPage, **more: Any) -> HttpResponse:
    """Draw tokens to take proposals over only for those who may."""
    may = page.plan.access.may_manage
    tokens = [(column, seen_token(page.plan, [column]) if may else "") for column in page.columns]
    context = {
        "plan": page.plan,
        "active": "links",
        "page": page,
        "columns": tokens,
        "all_seen": seen_token(page.plan, page.columns) if may and page.offered else "",
        "edited": edited_goal(page, request.GET.get("goal", "")),
        "pictures": link_pictures(page),
    }
    return render(request, "evaluations/links.html", context | more)
