"""The form of the evaluation texts, with the 取組記録 they rest on below."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evaluations.entry.texts import save_texts
from evaluations.entry.texts_page import TextsForm, TextsPage, texts_page
from evaluations.models import ActivityRecord, Evaluation
from evaluations.records.actions import add_record, change_record, delete_record
from evaluations.records.form import RecordForm
from plans.access import plan_for, require
from plans.kept_rows import answer
from plans.models import Channel
from plans.places import section_in_year
from plans.refusals import Conflict, Locked, Refused
from plans.requests import PersonRequest

MAY_NOT = "評価の文章は、入力・確認・確定・管理の役割の人だけが書けます。"


@require_http_methods(["GET", "HEAD", "POST"])
def edit_texts(request: PersonRequest, slug: str, number: int, year: int) -> HttpResponse:
    """The six texts, and below them the records; ?record=<id> edits one of the year. Each form saves by itself."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT)
    section, record_key = section_in_year(plan, number, year), request.GET.get("record", "")
    page = texts_page(plan, section, year, record_key, request.POST.getlist("sections"))
    if request.method != "POST":
        return _drawn(request, page)
    action = {"save_record": _save_record, "delete_record": _delete_record}.get(request.POST.get("do", ""))
    return action(request, page) if action else _save_texts(request, page)


def _save_texts(request: PersonRequest, page: TextsPage) -> HttpResponse:
    """Save what was changed and stay. Nothing is written where two people changed a text: both versions are shown."""
    form = TextsForm(request.POST)
    if page.lock_reason:
        return _drawn(request, page, unsaved=form.typed)
    if not form.is_valid():
        form.show_asked(page.evaluation)
        return _drawn(request, page, texts_form=form)
    try:
        saved = _save_merged(request, page, form)
    except Locked:
        # Locked since the page was fetched: draw what applies now, which says why.
        return _drawn(request, texts_page(page.plan, page.section, page.year), unsaved=form.typed)
    except Conflict as conflict:
        again = TextsForm.showing(conflict.current, typed=form.texts, clashes=form.clashes_with(conflict.current))
        return _drawn(request, page, texts_form=again, conflict=conflict)
    unchanged = saved.version == (page.evaluation.version if page.evaluation else 0)
    messages.success(request, "変更はありませんでした。" if unchanged else "評価の文章を保存しました。")
    return redirect(request.path)


def _save_merged(request: PersonRequest, page: TextsPage, form: TextsForm) -> Evaluation:
    """Save; where another user saved other texts in between, keep both. Raises Conflict where both changed the
    same text.
    """

    def save(version: int) -> Evaluation:
        return save_texts(page.section, page.year, form.texts, version=version, by=request.user, channel=Channel.SCREEN)

    try:
        return save(form.started_from)
    except Conflict as conflict:
        if form.clashes_with(conflict.current):
            raise
        return save(conflict.current.version)


def _save_record(request: PersonRequest, page: TextsPage) -> HttpResponse:
    form, by = page.record_form(request.POST), request.user
    if page.lock_reason:
        return _drawn(request, page, unsaved=form.typed)
    if not form.is_valid():
        return _drawn(request, page, record_form=form)

    def save() -> str:
        new = form.typed_content
        if page.record is None:
            add_record(page.plan, new, by=by, channel=Channel.SCREEN)
        else:
            change_record(page.record, new, version=form.started_from, by=by, channel=Channel.SCREEN)
        return f"取組記録「{new.title}」を保存しました。"

    return _answer(request, page, save, form)


def _delete_record(request: PersonRequest, page: TextsPage) -> HttpResponse:
    form, record = page.record_form(request.POST), page.record
    if record is None:
        raise Http404("取組記録が見つかりません。")
    if page.lock_reason:
        return _drawn(request, page)

    def delete() -> str:
        delete_record(record, version=form.started_from, by=request.user, channel=Channel.SCREEN)
        return f"取組記録「{record.title}」を削除しました。"

    return _answer(request, page, delete, form)


def _answer(request: PersonRequest, page: TextsPage, act: Callable[[], str], form: RecordForm) -> HttpResponse:
    def page_again(form: RecordForm, refused: Refused, current: ActivityRecord | None) -> HttpResponse:
        return _drawn(request, page, record_form=form, record_refused=refused, record_exists=current)

    return answer(request, lambda: (act(), f"{request.path}#records"), form, page_again)


def _drawn(request: PersonRequest, page: TextsPage, **more: Any) -> HttpResponse:
    context = {
        "plan": page.plan,
        "active": "entry",
        "page": page,
        "texts_form": TextsForm.showing(page.evaluation),
        "record_form": page.record_form(),
    }
    return render(request, "evaluations/edit_texts.html", context | more)
