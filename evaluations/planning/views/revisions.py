"""計画変更: the list, every changed 計画値 beside 当初, the form of a revision, and the table to take away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.workbooks.file import XLSX
from evaluations.planning.revision_form import RevisionForm
from evaluations.planning.revisions import MAY_NOT, correct_revision, open_revision, remove_revision
from evaluations.planning.revisions_page import RevisionsPage, revisions_page, table_bytes
from plans.access import plan_for, require
from plans.downloads import as_download
from plans.models import Channel
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def revisions(request: PersonRequest, slug: str) -> HttpResponse:
    """Everybody of the plan reads; a manager opens one, corrects one by ?revision=<number>, or removes the newest."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_manage, MAY_NOT)
    page = revisions_page(plan, request.GET.get("revision", ""))
    if request.method != "POST":
        return _drawn(request, page)
    return _remove(request, page) if request.POST.get("do") == "delete" else _save(request, page)


@require_safe
def revisions_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The changed 計画値 as .xlsx."""
    plan = plan_for(request.user, slug)
    return as_download(table_bytes(revisions_page(plan)), XLSX, f"{plan.slug}_計画変更.xlsx")


def _save(request: PersonRequest, page: RevisionsPage) -> HttpResponse:
    form = page.form(request.POST)
    if not form.is_valid():
        return _drawn(request, page, form=form)
    day, reason = form.cleaned_data["decided_on"], form.cleaned_data.get("reason", "")
    started, by = form.started_from, request.user
    try:
        if page.revision is None:
            opened = open_revision(page.plan, day, reason, seen_newest=started, by=by, channel=Channel.SCREEN)
            said = f"{opened.label}を登録しました。これからの計画値は{opened.label}の値として記録します。"
        else:
            current = page.revision.revision
            correct_revision(current, day, reason, version=started, by=by, channel=Channel.SCREEN)
            said = f"{current.label}を保存しました。"
    except Refused as refused:
        return _refused(request, page, form, refused)
    messages.success(request, said)
    return redirect(request.path)


def _remove(request: PersonRequest, page: RevisionsPage) -> HttpResponse:
    form = page.form(request.POST)
    if page.revision is None:
        raise Http404("計画変更が見つかりません。")
    try:
        remove_revision(page.revision.revision, version=form.started_from, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _refused(request, page, form, refused)
    messages.success(request, f"{page.revision.revision.label}を削除しました。")
    return redirect(request.path)


def _refused(request: PersonRequest, page: RevisionsPage, form: RevisionForm, refused: Refused) -> HttpResponse:
    """The form with what was typed, the reason, and what is kept now: saving again is then a decision."""
    current = refused.current if isinstance(refused, Conflict) else None
    if page.revision is None:
        page = revisions_page(page.plan)
        form.start_from(page.newest_number)
    form.start_again(current)
    return _drawn(request, page, form=form, refused=refused, current=current)


def _drawn(request: PersonRequest, page: RevisionsPage, form: RevisionForm | None = None, **more: Any) -> HttpResponse:
    """The form is drawn for managers alone."""
    drawn = (form or page.form()) if page.plan.access.may_manage else None
    context = {"plan": page.plan, "active": "revisions", "page": page, "form": drawn}
    return render(request, "evaluations/revisions.html", context | more)
