"""テキスト版 of what was published, made from the publication and opened in the browser like a page."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from evaluations.public_site import published
from evaluations.reports.report import EvaluationReport, report_of_publication
from evaluations.reports.text_version import CONTENT_TYPE, text_bytes


@require_safe
@login_not_required
@conditional_page
def published_section_text(request: HttpRequest, slug: str, number: int, year: int) -> HttpResponse:
    """One 節 of one 年度 in words; 404 where it is 未公表."""
    page = published.section_page(slug, number, year)
    report = report_of_publication(page.read).only(number)
    if report is None:
        raise Http404("この節は、この年度では公表されていません。")
    return _opened(report, f"{slug}_{year}_{number}.txt")


@require_safe
@login_not_required
@conditional_page
def published_version_text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One publication whole in words, also when a newer one replaced it; 410 with the reason where it was withdrawn."""
    version = published.published_version(slug, number)
    if version.publication.withdrawn_at is not None:
        context = {"plan": version.read.plan, "version": version}
        return render(request, "published/withdrawn.html", context, status=410)
    return _opened(report_of_publication(version.read), f"{slug}_{version.read.year}_no{number}.txt")


def _opened(report: EvaluationReport, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    return HttpResponse(text_bytes(report), content_type=CONTENT_TYPE, headers=headers)
