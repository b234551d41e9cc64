"""正誤表: what one publication corrects of the one before it, for everyone."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.workbooks.file import XLSX
from evaluations.public_site.errata_page import errata_file, errata_page
from evaluations.public_site.views.published_versions import for_readers_alone, gone
from plans.downloads import as_download


@require_safe
@login_not_required
def version_errata(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The table as a page; 404 for the first publication of a 年度, 410 for one that was withdrawn."""
    page = errata_page(slug, number)
    if page.version.is_withdrawn:
        return gone(request, page.version)
    return render(request, "published/errata.html", {"plan": page.plan, "page": page})


@require_safe
@login_not_required
def version_errata_table(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The same as .xlsx."""
    page = errata_page(slug, number)
    if page.version.is_withdrawn:
        return gone(request, page.version)
    answer = as_download(errata_file(page), XLSX, f"{slug}_正誤表_公表第{number}号.xlsx")
    return for_readers_alone(answer, page.version)
