"""前の計画からの変更点: the report for the council, on paper and as a workbook."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.workbooks.file import XLSX
from evaluations.planning.carry_over.report import change_report, report_bytes
from plans.access import plan_for
from plans.downloads import as_download


@require_safe
def carry_over_paper(request: HttpRequest, slug: str) -> HttpResponse:
    """Each measure of both plans with what became of it, to print on A4 landscape."""
    plan = plan_for(request.user, slug)
    context = {"plan": plan, "active": "carry_over", "paper": change_report(plan)}
    return render(request, "evaluations/carry_over_paper.html", context)


@require_safe
def carry_over_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as .xlsx; Http404 for a plan that follows none."""
    plan = plan_for(request.user, slug)
    report = change_report(plan)
    if report is None:
        raise Http404("この計画には、前の計画が決まっていません。")
    return as_download(report_bytes(report), XLSX, f"{plan.slug}_前の計画からの変更点.xlsx")
