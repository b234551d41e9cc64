"""Public pages and files: what residents see without a login, read from publications alone."""

from hashlib import file_digest

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from core.canonical import canonical_text
from core.citation import read_number
from core.open_data.dictionary import ITEMS
from core.open_data.machine_characters import EXAMPLES
from core.pdf import NoPdfHere, offers_pdf
from core.uploads.table_files import MAX_BYTES
from core.workbooks.file import XLSX
from evaluations.long_work.views import begin
from evaluations.public_site import published
from evaluations.public_site.errata_page import corrected_by, errata_file, errata_page
from evaluations.public_site.open_data import open_data
from evaluations.public_site.published import PublishedVersion, published_version, verified
from evaluations.public_site.published_data import published_rows
from evaluations.publishing.publication_pdfs import BOOK, MAY_NOT, books_of, is_made, pdf_of_publication
from evaluations.reports.pdf import PDF
from evaluations.reports.report import EvaluationReport, report_of_publication
from evaluations.reports.sheets.of_publication import SHEETS, publication_sheet
from evaluations.reports.text_version import CONTENT_TYPE, text_bytes
from evaluations.reports.work import PUBLICATION_PDFS, pdf_name
from plans.access import plan_for, require
from plans.charts import charts_of
from plans.requests import PersonRequest, as_download
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


@require_safe
@login_not_required
def published_pdf(request: HttpRequest, slug: str, number: int, section: int = BOOK) -> HttpResponse:
    """The 評価書 of one publication, or one of its 節; 404 where it was not made or was withdrawn."""
    kept = pdf_of_publication(slug, number, section)
    name = f"公表第{number}号_{pdf_name(slug, kept.publication.fiscal_year, section)}"
    return as_download(bytes(kept.content), PDF, name)


@require_POST
def make_publication_pdfs(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Make them, or make them again."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_confirm, MAY_NOT)
    publication = get_object_or_404(plan.publications, number=number, withdrawn_at=None)
    if not offers_pdf():
        messages.error(request, str(NoPdfHere()))
        return redirect("evaluations:publish", slug)
    title = f"公表第{publication.number}号のPDF"
    return begin(
        request,
        PUBLICATION_PDFS,
        title,
        plan=plan,
        parameters={"number": number},
        back=reverse("evaluations:publish", args=[slug]),
    )


@require_safe
@login_not_required
def published_open_data(request: HttpRequest, slug: str) -> HttpResponse:
    """Title, publisher, terms and files, and the dictionary as tables; 404 where no publication is current."""
    data = open_data(slug)
    context = {
        "plan": data.published.plan,
        "data": data,
        "dataset": data.dataset,
        "items": ITEMS,
        "signs": EXAMPLES,
    }
    return render(request, "published/open_data.html", context)


@require_safe
@login_not_required
@conditional_page
def published_open_data_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One of its files, or all of them as a zip. Unchanged data return 304."""
    file = open_data(slug).file(name)
    return as_download(file.content, file.content_type, f"{slug}_{file.name}")


NO_FILE = "確かめるファイルを選んでください。"
TOO_LARGE = f"ファイルが大きすぎます。公表した内容（JSON）は{MAX_BYTES // 1024 // 1024}MBを超えません。"


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """?number= finds by the first digits or all of them; a file that is sent, by its own SHA-256."""
    if request.method == "POST":
        return _read_file(request)
    typed = request.GET.get("number", "")
    context: dict[str, object] = {"typed": typed}
    if typed.strip():
        try:
            digits = read_number(typed)
            context |= {"digits": digits, "found": verified(digits)}
        except ValueError as problem:
            context["problem"] = str(problem)
    return render(request, "published/verify.html", context)


def _read_file(request: HttpRequest) -> HttpResponse:
    """The file is hashed and never read."""
    file = request.FILES.get("file")
    problem = NO_FILE if file is None else TOO_LARGE if (file.size or 0) > MAX_BYTES else ""
    if file is None or problem:
        return render(request, "published/verify.html", {"file_problem": problem}, status=400)
    digits = file_digest(file, "sha256").hexdigest()
    context = {"digits": digits, "found": verified(digits), "file_name": file.name}
    return render(request, "published/verify.html", context)
