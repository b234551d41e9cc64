"""入力: what is to do in a year, the grid of one 節, and the form of its evaluation texts with the 取組記録 below."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.words import Side
from evaluations.entry.grid import EntryGrid, entry_grid
from evaluations.entry.texts import save_texts
from evaluations.entry.texts_page import TextsForm, TextsPage, texts_page
from evaluations.entry.todo import next_section_to_enter, year_todo
from evaluations.models import ActivityRecord, Evaluation
from evaluations.records.actions import add_record, change_record, delete_record
from evaluations.records.counts import take_over_counts
from evaluations.records.form import RecordForm
from plans.access import plan_for, require, require_year
from plans.actions import record_values
from plans.kept_rows import answer
from plans.models import Change, Channel, Plan, Section
from plans.places import section_in_year
from plans.posted_grid import ECHOES_SAID, echoes_in_words
from plans.refusals import Cause, ChangesRefused, Conflict, Locked, Refused
from plans.requests import PersonRequest

MAY_NOT = "入力は、入力・確認・確定・管理の役割の人だけができます。"
MAY_NOT_WRITE = "評価の文章は、入力・確認・確定・管理の役割の人だけが書けます。"
ECHOES = "entry_echoes"


@require_safe
def entry_year(request: PersonRequest, slug: str, year: int) -> HttpResponse:
    """What is to be entered in that year: returned first, then open, then what other users and later steps have."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT)
    require_year(plan, year)
    context = {"plan": plan, "active": "entry", "year": year, "todo": year_todo(plan, year)}
    return render(request, "evaluations/entry_year.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_section(request: PersonRequest, slug: str, year: int, number: int) -> HttpResponse:
    """The grid: GET draws it, POST saves all of it or nothing and stays, or takes over the count of 取組記録."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT)
    section = section_in_year(plan, number, year)
    if request.method == "POST":
        code = request.POST.get("take-counts")
        return _save(request, plan, section, year) if code is None else _take_counts(request, plan, section, year, code)
    kept = request.session.pop(ECHOES, {}) if ECHOES in request.session else {}
    echoes = kept.get("echoes", {}) if kept.get("at") == request.get_full_path() else {}
    return _page(request, plan, entry_grid(plan, section, year, page=request.GET.get("page")), echoes)


def _save(request: PersonRequest, plan: Plan, section: Section, year: int) -> HttpResponse:
    """Write what was changed; every problem, conflict or lock brings the page back with all that was typed."""
    grid = entry_grid(plan, section, year, page=request.GET.get("page"), data=request.POST)
    if grid.problems or grid.unsaved or grid.is_of_another_revision:
        return _page(request, plan, grid.with_authors())
    try:
        lines = record_values(grid.changes, by=request.user, channel=Channel.SCREEN, corrects=grid.corrects)
    except ChangesRefused as error:
        if any(refusal.cause is not Cause.CONFLICT for refusal in error.refusals):
            # The rights or the state changed between drawing and writing: draw what applies now.
            grid = entry_grid(plan, section, year, page=request.GET.get("page"), data=request.POST)
        return _page(request, plan, grid.refused(error).with_authors())
    _say(request, lines, grid)
    if "next" in request.POST and grid.page.has_next():
        return redirect(f"{request.path}?page={grid.page.next_page_number()}")
    following = next_section_to_enter(plan, year, section) if "next" in request.POST else section
    if following is None:
        messages.info(request, "入力できる節はこれで最後です。")
        return redirect("evaluations:entry_year", plan.slug, year)
    if following != section:
        return redirect("evaluations:entry_section", plan.slug, year, following.number)
    request.session[ECHOES] = {"at": request.get_full_path(), "echoes": grid.echoes}
    return redirect(request.get_full_path())


def _take_counts(request: PersonRequest, plan: Plan, section: Section, year: int, code: str) -> HttpResponse:
    """Store what the records count as the actual of one measure, exactly as the page showed it."""
    asked = request.GET.get("page")
    grid = entry_grid(plan, section, year, page=asked, data=request.POST)
    if grid.has_unsaved or grid.unsaved:
        return _page(request, plan, grid.not_taken_over(code, "先に、入力した値を保存してください。"))
    offer = grid.offer(code)
    if offer is None or offer.take_over is None:
        messages.warning(request, "取組記録から反映する値がありません。いまの内容を確かめてください。")
        return redirect(request.get_full_path())
    try:
        take_over_counts(offer.take_over, by=request.user, channel=Channel.SCREEN)
    except Refused as refused:
        return _page(request, plan, entry_grid(plan, section, year, page=asked).not_taken_over(code, str(refused)))
    messages.success(request, f"「{offer.measure.title}」の実績を、取組記録から数えた値にしました。")
    return redirect(f"{request.get_full_path()}#counts-{code}")


def _say(request: PersonRequest, saved: list[Change], grid: EntryGrid) -> None:
    """Show how many values were saved, which 計画変更 they went into, how they were understood, and the warnings."""
    if not saved:
        messages.info(request, "変更はありませんでした。")
        return
    understood = echoes_in_words(list(grid.echoes.values()))
    went = _where_plans_went(saved, grid)
    messages.success(request, f"{grid.section.label}の{len(saved)}件を保存しました。{went}{understood}")
    for sentence in grid.warnings[:ECHOES_SAID]:
        messages.warning(request, sentence)


def _where_plans_went(saved: list[Change], grid: EntryGrid) -> str:
    """A sentence on the 計画変更 that 計画値 were stored for; "" without one."""
    if grid.revision is None or all(line.side != Side.PLANNED for line in saved):
        return ""
    if grid.corrects:
        return "計画値は、入力の誤りの訂正として記録しました。"
    return f"計画値は、{grid.revision.label}の値として記録しました。"


def _page(request: PersonRequest, plan: Plan, grid: EntryGrid, echoes: dict[str, str] | None = None) -> HttpResponse:
    context = {"plan": plan, "active": "entry", "grid": grid, "year": grid.year, "echoes": echoes or {}}
    return render(request, "evaluations/entry_section.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_texts(request: PersonRequest, slug: str, number: int, year: int) -> HttpResponse:
    """The six texts, and below them the records; ?record=<id> edits one of the year. Each form saves by itself."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT_WRITE)
    section, record_key = section_in_year(plan, number, year), request.GET.get("record", "")
    page = texts_page(plan, section, year, record_key, request.POST.getlist("sections"))
    if request.method != "POST":
        return _texts_drawn(request, page)
    action = {"save_record": _save_record, "delete_record": _delete_record}.get(request.POST.get("do", ""))
    return action(request, page) if action else _save_texts(request, page)


def _save_texts(request: PersonRequest, page: TextsPage) -> HttpResponse:
    """Save what was changed and stay. Nothing is written where two people changed a text: both versions are shown."""
    form = TextsForm(request.POST)
    if page.lock_reason:
        return _texts_drawn(request, page, unsaved=form.typed)
    if not form.is_valid():
        form.show_asked(page.evaluation)
        return _texts_drawn(request, page, texts_form=form)
    try:
        saved = _save_merged(request, page, form)
    except Locked:
        # Locked since the page was fetched: draw what applies now, which says why.
        return _texts_drawn(request, texts_page(page.plan, page.section, page.year), unsaved=form.typed)
    except Conflict as conflict:
        again = TextsForm.showing(conflict.current, typed=form.texts, clashes=form.clashes_with(conflict.current))
        return _texts_drawn(request, page, texts_form=again, conflict=conflict)
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
        return _texts_drawn(request, page, unsaved=form.typed)
    if not form.is_valid():
        return _texts_drawn(request, page, record_form=form)

    def save() -> str:
        new = form.typed_content
        if page.record is None:
            add_record(page.plan, new, by=by, channel=Channel.SCREEN)
        else:
            change_record(page.record, new, version=form.started_from, by=by, channel=Channel.SCREEN)
        return f"取組記録「{new.title}」を保存しました。"

    return _record_answer(request, page, save, form)


def _delete_record(request: PersonRequest, page: TextsPage) -> HttpResponse:
    form, record = page.record_form(request.POST), page.record
    if record is None:
        raise Http404("取組記録が見つかりません。")
    if page.lock_reason:
        return _texts_drawn(request, page)

    def delete() -> str:
        delete_record(record, version=form.started_from, by=request.user, channel=Channel.SCREEN)
        return f"取組記録「{record.title}」を削除しました。"

    return _record_answer(request, page, delete, form)


def _record_answer(request: PersonRequest, page: TextsPage, act: Callable[[], str], form: RecordForm) -> HttpResponse:
    def page_again(form: RecordForm, refused: Refused, current: ActivityRecord | None) -> HttpResponse:
        return _texts_drawn(request, page, record_form=form, record_refused=refused, record_exists=current)

    return answer(request, lambda: (act(), f"{request.path}#records"), form, page_again)


def _texts_drawn(request: PersonRequest, page: TextsPage, **more: Any) -> HttpResponse:
    context = {
        "plan": page.plan,
        "active": "entry",
        "page": page,
        "texts_form": TextsForm.showing(page.evaluation),
        "record_form": page.record_form(),
    }
    return render(request, "evaluations/edit_texts.html", context | more)
