"""What residents see without a login: read from publications alone."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from evaluations.public_site import published
from evaluations.public_site.published_data import published_rows
from evaluations.publishing.publication_pdfs import books_of, is_made
from evaluations.reports.report import EvaluationReport, report_of_publication
from evaluations.reports.text_version import CONTENT_TYPE, text_bytes
from plans.charts import charts_of
from plans.tidy import tidy_file

DATA_FILES = ("csv", "json")


@require_safe
@login_not_required
def published_list(request: HttpRequest) -> HttpResponse:
    """Every plan of which something is published, by 自治体."""
    return render(request, "published/list.html", {"cities": published.published_cities()})


@require_safe
@login_not_required
def published_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """What is published of one plan: the years, their 節, the table to download, older versions."""
    found = published.published_plan(slug)
    return render(
        request, "published/plan.html", {"plan": found.plan, "published": found, "books": books_of(found.publications)}
    )


@require_safe
@login_not_required
def published_section(request: HttpRequest, slug: str, number: int, year: int) -> HttpResponse:
    """One 節 of one 年度; 404 where it is 未公表."""
    page = published.section_page(slug, number, year)
    charts = charts_of(page.section.rows)
    context = {"plan": page.plan, "page": page, "charts": charts, "has_pdf": is_made(page.read.publication, number)}
    return render(request, "published/section.html", context)


@require_safe
@login_not_required
@conditional_page
def published_data(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """The table as CSV or JSON; 404 where no publication is current. Unchanged data return 304."""
    found = published.published_plan(slug)
    if extension not in DATA_FILES or not found.years:
        raise Http404("このデータはありません。")
    content, content_type = tidy_file(published_rows(found), extension)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.{extension}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


@require_safe
@login_not_required
@conditional_page
def published_section_text(request: HttpRequest, slug: str, number: int, year: int) -> HttpResponse:
    """One 節 of one 年度 in words; 404 where it is 未公表."""
    page = published.section_page(slug, number, year)
    report = report_of_publication(page.read).only(number)
    if report is None:
        raise Http404("この節は、この年度では公表されていません。")
    return opened(report, f"{slug}_{year}_{number}.txt")


def opened(report: EvaluationReport, filename: str) -> HttpResponse:
    """The text version, to be read in the browser like a page."""
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    return HttpResponse(text_bytes(report), content_type=CONTENT_TYPE, headers=headers)
