"""入力: what is to do in a year, and the grid of one 節."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.words import Side
from evaluations.entry.grid import EntryGrid, entry_grid
from evaluations.entry.todo import next_section_to_enter, year_todo
from evaluations.records.counts import take_over_counts
from plans.access import plan_for, require, require_year
from plans.actions import record_values
from plans.models import Change, Channel, Plan, Section
from plans.places import section_in_year
from plans.posted_grid import ECHOES_SAID, echoes_in_words
from plans.refusals import Cause, ChangesRefused, Refused
from plans.requests import PersonRequest

MAY_NOT = "入力は、入力・確認・確定・管理の役割の人だけができます。"
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
