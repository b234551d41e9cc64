"""One publication and what belongs to it, under an address that never changes: page, body, files, 正誤表."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from core.canonical import canonical_text
from core.workbooks.file import XLSX
from evaluations.public_site.errata_page import corrected_by, errata_file, errata_page
from evaluations.public_site.published import PublishedVersion, published_version
from evaluations.public_site.views.published import opened
from evaluations.publishing.publication_pdfs import BOOK, is_made
from evaluations.reports.report import report_of_publication
from evaluations.reports.sheets.of_publication import SHEETS, publication_sheet
from plans.downloads import as_download


@require_safe
@login_not_required
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One publication whole, also when a newer one replaced it; 410 with the reason where it was withdrawn.

    ?format=json is the body itself.
    """
    found = published_version(slug, number)
    if found.is_withdrawn:
        return _gone(request, found)
    if request.GET.get("format") == "json":
        return HttpResponse(canonical_text(found.read.body), content_type="application/json")
    context = {
        "plan": found.read.plan,
        "version": found,
        "sheets": SHEETS,
        "corrected": corrected_by(found),
        "has_pdf": is_made(found.publication, BOOK),
    }
    return render(request, "published/version.html", context)


@require_safe
@login_not_required
def version_body(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What was published, byte for byte as its 識別番号 was computed."""
    found = published_version(slug, number)
    if found.is_withdrawn:
        return _gone(request, found)
    answer = as_download(canonical_text(found.read.body), "application/json", f"{slug}_{number}.json")
    return _for_readers_alone(answer, found)


@require_safe
@login_not_required
def version_sheet(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Its evaluation sheet, in the layout of ?layout=."""
    found = published_version(slug, number)
    if found.is_withdrawn:
        return _gone(request, found)
    form = SHEETS.get(request.GET.get("layout", next(iter(SHEETS))))
    if form is None:
        raise Http404("この様式の評価シートはありません。")
    name = f"{slug}_{form.design.title}_公表第{number}号.xlsx"
    return _for_readers_alone(as_download(publication_sheet(found.read, form), XLSX, name), found)


@require_safe
@login_not_required
@conditional_page
def published_version_text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One publication whole in words, also when a newer one replaced it; 410 with the reason where it was withdrawn."""
    found = published_version(slug, number)
    if found.is_withdrawn:
        return _gone(request, found)
    return opened(report_of_publication(found.read), f"{slug}_{found.read.year}_no{number}.txt")


@require_safe
@login_not_required
def version_errata(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The table as a page; 404 for the first publication of a 年度, 410 for one that was withdrawn."""
    page = errata_page(slug, number)
    if page.version.is_withdrawn:
        return _gone(request, page.version)
    return render(request, "published/errata.html", {"plan": page.plan, "page": page})


@require_safe
@login_not_required
def version_errata_table(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The same as .xlsx."""
    page = errata_page(slug, number)
    if page.version.is_withdrawn:
        return _gone(request, page.version)
    answer = as_download(errata_file(page), XLSX, f"{slug}_正誤表_公表第{number}号.xlsx")
    return _for_readers_alone(answer, page.version)


def _gone(request: HttpRequest, found: PublishedVersion) -> HttpResponse:
    """Why it can no longer be read."""
    context = {"plan": found.read.plan, "version": found}
    return render(request, "published/withdrawn.html", context, status=410)


def _for_readers_alone(answer: HttpResponse, found: PublishedVersion) -> HttpResponse:
    """Search engines shall lead to the current publication, not to one that it replaced."""
    if found.newer:
        answer["X-Robots-Tag"] = "noindex"
    return answer
