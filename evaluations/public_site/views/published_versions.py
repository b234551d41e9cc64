"""One publication and what belongs to it, under an address that never changes: page, body, evaluation sheet."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.canonical import canonical_text
from core.workbooks.file import XLSX
from evaluations.public_site.errata_page import corrected_by
from evaluations.public_site.published import PublishedVersion, published_version
from evaluations.publishing.publication_pdfs import BOOK, is_made
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
        return gone(request, found)
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
        return gone(request, found)
    answer = as_download(canonical_text(found.read.body), "application/json", f"{slug}_{number}.json")
    return for_readers_alone(answer, found)


@require_safe
@login_not_required
def version_sheet(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Its evaluation sheet, in the layout of ?layout=."""
    found = published_version(slug, number)
    if found.is_withdrawn:
        return gone(request, found)
    form = SHEETS.get(request.GET.get("layout", next(iter(SHEETS))))
    if form is None:
        raise Http404("この様式の評価シートはありません。")
    name = f"{slug}_{form.design.title}_公表第{number}号.xlsx"
    return for_readers_alone(as_download(publication_sheet(found.read, form), XLSX, name), found)


def gone(request: HttpRequest, found: PublishedVersion) -> HttpResponse:
    """Why it can no longer be read."""
    context = {"plan": found.read.plan, "version": found}
    return render(request, "published/withdrawn.html", context, status=410)


def for_readers_alone(answer: HttpResponse, found: PublishedVersion) -> HttpResponse:
    """Search engines shall lead to the current publication, not to one that it replaced."""
    if found.newer:
        answer["X-Robots-Tag"] = "noindex"
    return answer
