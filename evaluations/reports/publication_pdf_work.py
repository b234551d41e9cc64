"""The PDFs of one publication, made outside the web server from its body and from nothing else."""

from typing import cast

from django.utils import timezone

from core.pdf import NoPdfHere
from evaluations.long_work.kinds import Kind, Result, Tell, plan_of
from evaluations.models import LongWork, PublicationPdf
from evaluations.publishing.publication_pdfs import BOOK, KIND, MAY_NOT
from evaluations.publishing.published_year import PublishedYear
from evaluations.reports.pdf import book_pdf, section_pdf
from evaluations.reports.report import report_of_publication
from plans.access import Access, require
from plans.refusals import Refused


def make_pdfs(work: LongWork, tell: Tell) -> Result:
    """The book and each 節 of one publication, from its body and from nothing else."""
    publication = plan_of(work).publications.get(number=work.parameters["number"])
    if publication.withdrawn_at is not None:
        raise Refused(f"第{publication.number}号は取り下げられています。")
    report = report_of_publication(PublishedYear(publication, publication.body))
    numbers = [BOOK, *(one.section.number for one in report.printed_sections)]
    for done, number in enumerate(numbers):
        tell(done, len(numbers), f"{f'第{number}節' if number else '評価書の全体'}をPDFにしています。")
        try:
            content = cast(bytes, section_pdf(report, number) if number else book_pdf(report))
        except NoPdfHere as refusal:
            raise Refused(str(refusal)) from refusal
        made = {"content": content, "made_at": timezone.now()}
        PublicationPdf.objects.update_or_create(publication=publication, section=number, defaults=made)
    return Result(f"公表第{publication.number}号のPDFを、公表資料のページに載せました。")


def _confirmers(work: LongWork) -> Access:
    access = plan_of(work).access
    require(access.may_confirm, MAY_NOT)
    return access


PUBLICATION_PDFS = Kind(KIND, make_pdfs, access=_confirmers)
