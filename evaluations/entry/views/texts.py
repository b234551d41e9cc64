"""The form of the evaluation texts, with the 取組記録 they rest on below."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evaluations.entry.texts import save_texts
from evaluations.entry.texts_form import TextsForm
from evaluations.entry.texts_page import TextsPage, texts_page
from evaluations.models import Evaluation
from evaluations.records.actions import add_record, change_record, changed_meanwhile, delete_record
from evaluations.records.form import RecordForm
from plans.access import plan_for, require
from plans.models import Channel
from plans.places import section_in_year
from plans.refusals import Conflict, Locked
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
    """Save what was changed and stay. Texts that two people changed are shown side by side; nothing is written then."""
    form = TextsForm(request.POST)
    if page.lock_reason:
        return _drawn(request, page, unsaved=form.typed)
    if not form.is_valid():
        form.show_asked(page.evaluation)
        return _drawn(request, page, texts_form=form)
    try:
        saved = _save_beside(request, page, form)
    except Locked:
        # Locked since the page was fetched: draw what applies now, which says why.
        return _drawn(request, texts_page(page.plan, page.section, page.year), unsaved=form.typed)
    except Conflict as conflict:
        again = TextsForm.showing(conflict.current, typed=form.texts, clashes=form.clashes_with(conflict.current))
        return _drawn(request, page, texts_form=again, conflict=conflict)
    unchanged = saved.version == (page.evaluation.version if page.evaluation else 0)
    messages.success(request, "変更はありませんでした。" if unchanged else "評価の文章を保存しました。")
    return redirect(request.path)


def _save_beside(request: PersonRequest, page: TextsPage, form: TextsForm) -> Evaluation:
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
    form = page.record_form(request.POST)
    if page.lock_reason:
        return _drawn(request, page, unsaved=form.typed)
    if not form.is_valid():
        return _drawn(request, page, record_form=form)
    try:
        if page.record is None:
            add_record(page.plan, form.new, by=request.user, channel=Channel.SCREEN)
        elif form.seen is None:
            raise changed_meanwhile(form.kept)
        else:
            change_record(page.record, form.new, seen=form.seen, by=request.user, channel=Channel.SCREEN)
    except (Locked, Conflict) as refused:
        return _record_refused(request, page, form, refused)
    messages.success(request, f"取組記録「{form.new.title}」を保存しました。")
    return redirect(f"{request.path}#records")


def _delete_record(request: PersonRequest, page: TextsPage) -> HttpResponse:
    form = page.record_form(request.POST)
    if page.record is None or form.kept is None:
        raise Http404("取組記録が見つかりません。")
    if page.lock_reason:
        return _drawn(request, page)
    try:
        delete_record(page.record, seen=form.seen or form.kept, by=request.user, channel=Channel.SCREEN)
    except (Locked, Conflict) as refused:
        return _record_refused(request, page, form, refused)
    messages.success(request, f"取組記録「{page.record.title}」を削除しました。")
    return redirect(f"{request.path}#records")


def _record_refused(
    request: PersonRequest, page: TextsPage, form: RecordForm, refused: Locked | Conflict
) -> HttpResponse:
    """The form with what was typed, the reason, and what is kept now: saving again is then a decision."""
    if isinstance(refused, Conflict):
        form.start_again(refused.current)
        return _drawn(request, page, record_form=form, record_refused=refused, record_exists=refused.current)
    return _drawn(request, page, record_form=form, record_refused=refused)


def _drawn(request: PersonRequest, page: TextsPage, **more: Any) -> HttpResponse:
    context = {
        "plan": page.plan,
        "active": "entry",
        "page": page,
        "texts_form": TextsForm.showing(page.evaluation),
        "record_form": page.record_form(),
    }
    return render(request, "evaluations/edit_texts.html", context | more)
