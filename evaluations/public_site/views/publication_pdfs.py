"""The PDF of what is published: for residents as it is stored, made on request of those who may confirm."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.pdf import NoPdfHere, offers_pdf
from evaluations.long_work.views import begin
from evaluations.publishing.publication_pdfs import BOOK, MAY_NOT, pdf_of_publication
from evaluations.reports.pdf import PDF
from evaluations.reports.pdf_work import PUBLICATION_PDFS, pdf_name
from plans.access import plan_for, require
from plans.downloads import as_download
from plans.requests import PersonRequest


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
