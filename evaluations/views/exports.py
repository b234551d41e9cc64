"""出力: the evaluation sheet and the tidy table, as the person may see them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from evaluations.sheets import sheet_bytes
from evaluations.tidy import tidy_file, tidy_rows
from plans.access import plan_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """Every file there is, each with what it is for."""
    plan = plan_for(request.user, slug)
    return render(request, "evaluations/exports.html", {"plan": plan, "active": "exports"})


@require_safe
def tidy_download(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """The tidy table as csv, xlsx or json."""
    plan = plan_for(request.user, slug)
    try:
        content, content_type = tidy_file(tidy_rows(plan, access=plan.access), extension)
    except KeyError as error:
        raise Http404("この形式の出力はありません。") from error
    return _download(content, content_type, f"{plan.slug}.{extension}")


@require_safe
def sheet_download(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """The evaluation sheet of one year in the city's layout."""
    plan = plan_for(request.user, slug)
    if year not in plan.years:
        raise Http404("この計画の期間にない年度です。")
    return _download(sheet_bytes(plan, year, access=plan.access), XLSX, f"{plan.slug}_評価シート_{year}年度.xlsx")


def _download(content: bytes, content_type: str, filename: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition or ""})
