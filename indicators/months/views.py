"""月別の値 of the 活動指標: the grid with its charts, and the take-over into the year."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.charts import PlannedActualChart, YearPoint, rendered
from core.words import Accumulation
from indicators.months.cells import MonthCell
from indicators.months.grid import MonthGrid, MonthRow, monthly_grid
from indicators.months.import_views import monthly_import
from indicators.months.readings import record_readings, take_over
from plans.access import plan_for, require
from plans.models import Channel, Plan
from plans.posted_grid import echoes_in_words
from plans.refusals import Cause, ChangesRefused, Conflict
from plans.requests import PersonRequest

MAY_NOT = "月別の値の入力は、入力・確認・確定・管理の役割の人だけができます。"


@require_http_methods(["GET", "HEAD", "POST"])
def monthly(request: PersonRequest, slug: str, year: int) -> HttpResponse:
    """GET draws the months of one 節; POST saves them, or takes over into the year what follows from them.

    With `?import=1` it is the page that imports monthly files.
    """
    plan = plan_for(request.user, slug)
    if "import" in request.GET:
        return monthly_import(request, plan, year)
    if request.method != "POST":
        return _page(request, plan, year, _grid(request, plan, year))
    require(plan.access.may_write, MAY_NOT)
    asked = _asked_to_take_over(request.POST)
    grid = _grid(request, plan, year, posted=True)
    if grid is None:
        return redirect("indicators:monthly", plan.slug, year)
    return _save(request, plan, year, grid) if asked is None else _take_over(request, plan, year, grid, asked)


def _grid(request: PersonRequest, plan: Plan, year: int, *, posted: bool = False) -> MonthGrid | None:
    asked = request.GET
    data = request.POST if posted else None
    return monthly_grid(plan, year, section=asked.get("section"), page=asked.get("page"), data=data)


def _asked_to_take_over(data: QueryDict) -> list[str] | None:
    """The codes of the rows to take over: one, or all that were ticked; None for an ordinary save."""
    if "take-one" in data:
        return data.getlist("take-one")
    return data.getlist("take") if "take-chosen" in data else None


def _save(request: PersonRequest, plan: Plan, year: int, grid: MonthGrid) -> HttpResponse:
    """Write what was changed; every problem, conflict or lock brings the page back with all that was typed."""
    grid = grid.choosing(request.POST.getlist("take"))
    if grid.problems or grid.unsaved:
        return _page(request, plan, year, grid)
    try:
        lines = record_readings(grid.changes, by=request.user, channel=Channel.SCREEN)
    except ChangesRefused as error:
        if any(refusal.cause is not Cause.CONFLICT for refusal in error.refusals):
            # The rights or the state changed between drawing and writing: draw what applies now.
            grid = _grid(request, plan, year, posted=True) or grid
        return _page(request, plan, year, grid.refused(error))
    if not lines:
        messages.info(request, "変更はありませんでした。")
        return redirect(request.get_full_path())
    understood = echoes_in_words(grid.echoes)
    messages.success(request, f"{grid.section.label}の月別の値{len(lines)}件を保存しました。{understood}")
    return redirect(request.get_full_path())


def _take_over(request: PersonRequest, plan: Plan, year: int, grid: MonthGrid, codes: list[str]) -> HttpResponse:
    """Store what follows from the months as the year's actual, for the requested rows and exactly as the page showed
    it.
    """
    grid = grid.choosing(codes)
    if grid.has_unsaved or grid.unsaved:
        marked = codes or [row.measure.code for row in grid.rows]
        return _page(request, plan, year, grid.with_problem("先に、月別の値を保存してください。", marked))
    wanted = [row.take_over for row in grid.rows if row.measure.code in codes and row.take_over]
    if not wanted:
        messages.warning(request, "年度の実績に反映する指標が選ばれていません。指標の左の欄に印を付けてください。")
        return redirect(request.get_full_path())
    try:
        lines = take_over(wanted, by=request.user, channel=Channel.SCREEN)
    except (ChangesRefused, Conflict) as error:
        drawn = _grid(request, plan, year) or grid
        return _page(request, plan, year, drawn.choosing(codes).not_taken_over(error))
    messages.success(request, f"{len(lines)}件を{grid.section.label}の年度の実績に反映しました。")
    return redirect(request.get_full_path())


def _page(request: PersonRequest, plan: Plan, year: int, grid: MonthGrid | None) -> HttpResponse:
    shown = [row for row in grid.rows if row.made.numbers] if grid and grid.is_visible else []
    charts = [rendered(_chart(row)) for row in shown]
    context = {"plan": plan, "active": "indicators", "year": year, "grid": grid, "charts": charts}
    return render(request, "indicators/monthly.html", context)


def _chart(row: MonthRow) -> PlannedActualChart:
    """The stored months; a missing one stays a word and never becomes a zero bar."""
    marked = "、※は速報" if any(cell.is_provisional for cell in row.cells) else ""
    return PlannedActualChart(
        key=f"{row.measure.code}-months",
        title=f"{row.measure.title}（月別{marked}）",
        unit=row.measure.unit,
        points=tuple(_point(cell) for cell in row.cells),
        goal=_planned_line(row),
        goal_name="計画",
        goal_sentence="年度の計画（月平均）は",
        has_planned_bars=False,
    )


def _point(cell: MonthCell) -> YearPoint:
    mark = "※" if cell.is_provisional else ""
    word = "制度なし" if cell.outside else cell.stored.missing_word
    return YearPoint(cell.month, f"{cell.month}月", None, cell.stored.number, actual_word=word, remark=mark)


def _planned_line(row: MonthRow) -> Decimal | None:
    """The plan with which each month can be compared; None unless it is a monthly average."""
    is_average = row.measure.accumulation == Accumulation.MONTHLY_AVERAGE
    return row.year_cell.figures.planned.amount if is_average else None
