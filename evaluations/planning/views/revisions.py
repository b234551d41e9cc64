"""計画変更: the list, every changed 計画値 next to 当初, the form of a revision, and the table to take away."""

from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from core.workbooks.file import XLSX
from evaluations.planning.revisions import MAY_NOT, correct_revision, open_revision, remove_revision
from evaluations.planning.revisions_page import RevisionForm, RevisionsPage, revisions_page, table_bytes
from plans.access import plan_for, require
from plans.kept_rows import answer
from plans.models import Channel
from plans.requests import PersonRequest, as_download


@require_http_methods(["GET", "HEAD", "POST"])
def revisions(request: PersonRequest, slug: str) -> HttpResponse:
    """Everyone of the plan reads; a manager opens one, corrects one by ?revision=<number>, or removes the newest."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_manage, MAY_NOT)
    page = revisions_page(plan, request.GET.get("revision", ""))
    if request.method != "POST":
        return _drawn(request, page)
    form = page.form(request.POST)
    action = _remove if request.POST.get("do") == "delete" else _save
    if action is _save and not form.is_valid():
        return _drawn(request, page, form=form)
    return answer(
        request, lambda: (action(page, form, request.user), request.path), form, partial(_refused, request, page)
    )


@require_safe
def revisions_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The changed 計画値 as .xlsx."""
    plan = plan_for(request.user, slug)
    return as_download(table_bytes(revisions_page(plan)), XLSX, f"{plan.slug}_計画変更.xlsx")


def _save(page: RevisionsPage, form: RevisionForm, by: User) -> str:
    day, reason = form.cleaned_data["decided_on"], form.cleaned_data.get("reason", "")
    if page.revision is None:
        opened = open_revision(page.plan, day, reason, seen_newest=form.started_from, by=by, channel=Channel.SCREEN)
        return f"{opened.label}を登録しました。これからの計画値は{opened.label}の値として記録します。"
    correct_revision(page.opened, day, reason, version=form.started_from, by=by, channel=Channel.SCREEN)
    return f"{page.opened.label}を保存しました。"


def _remove(page: RevisionsPage, form: RevisionForm, by: User) -> str:
    remove_revision(page.opened, version=form.started_from, by=by, channel=Channel.SCREEN)
    return f"{page.opened.label}を削除しました。"


def _refused(request: PersonRequest, page: RevisionsPage, form: RevisionForm, **more: Any) -> HttpResponse:
    """The page again. A new revision starts from the list as it is now."""
    if page.revision is None:
        page = revisions_page(page.plan)
        form.set_version(page.newest_number)
    return _drawn(request, page, form=form, **more)


def _drawn(request: PersonRequest, page: RevisionsPage, form: RevisionForm | None = None, **more: Any) -> HttpResponse:
    """The page, with the form for managers."""
    drawn = (form or page.form()) if page.plan.access.may_manage else None
    context = {"plan": page.plan, "active": "revisions", "page": page, "form": drawn}
    return render(request, "evaluations/revisions.html", context | more)
