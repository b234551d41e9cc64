"""The PDF of what is published: made when a year is published, as long work, and given to residents as it lies there.

No resident ever has one made: a PDF takes seconds, and anybody may ask for published pages as often as they like.
"""

from collections.abc import Iterable
from typing import cast

from django.contrib.auth.models import User
from django.http import Http404
from django.utils import timezone

from core.pdf import NoPdfHere, offers_pdf
from evaluations.long_work.asking import WorkRefused, ask
from evaluations.long_work.kinds import Kind, Result, Tell, WorkFailed, plan_of
from evaluations.models import LongWork, Publication, PublicationPdf
from evaluations.paper_pdf import book_pdf, section_pdf
from evaluations.papers import paper_of_publication
from evaluations.published_year import PublishedYear
from plans.access import Access, require

BOOK = 0
"""The `section` of the whole 評価書."""
MAY_NOT = "公表資料のPDFを作るのは、確定の役割がある人の操作です。"


def books_of(publications: Iterable[Publication]) -> set[int]:
    """The publications, by id, of which the whole 評価書 lies ready. One query."""
    made = PublicationPdf.objects.filter(publication__in=[one.pk for one in publications], section=BOOK)
    return set(made.values_list("publication", flat=True))


def is_made(publication: Publication, section: int) -> bool:
    """Whether this 節 (or the BOOK) lies ready. One query."""
    return publication.pdfs.filter(section=section).exists()


def pdf_of_publication(slug: str, number: int, section: int) -> PublicationPdf:
    """One of them; Http404 where there is none, or where the publication was withdrawn. One query."""
    kept = PublicationPdf.objects.select_related("publication").filter(
        publication__plan__slug=slug, publication__number=number, publication__withdrawn_at=None, section=section
    )
    found = kept.first()
    if found is None:
        raise Http404("このPDFはありません。")
    return found


def ask_for_pdfs(publication: Publication, *, by: User) -> bool:
    """Have the PDFs of this publication made. False where none can be made here, or where too much is under way."""
    if not offers_pdf():
        return False
    plan = publication.plan
    try:
        ask(
            PUBLICATION_PDFS.name,
            f"公表第{publication.number}号のPDF",
            by=by,
            municipality=plan.municipality,
            plan=plan,
            parameters={"number": publication.number},
        )
    except WorkRefused:
        return False
    return True


def make_pdfs(work: LongWork, tell: Tell) -> Result:
    """The book and each 節 of one publication, from its body and from nothing else."""
    publication = plan_of(work).publications.get(number=work.parameters["number"])
    if publication.withdrawn_at is not None:
        raise WorkFailed(f"第{publication.number}号は取り下げられています。")
    paper = paper_of_publication(PublishedYear(publication, publication.body))
    numbers = [BOOK, *(one.section.number for one in paper.printed_sections)]
    for done, number in enumerate(numbers):
        tell(done, len(numbers), f"{f'第{number}節' if number else '評価書の全体'}をPDFにしています。")
        try:
            content = cast(bytes, section_pdf(paper, number) if number else book_pdf(paper))
        except NoPdfHere as refusal:
            raise WorkFailed(str(refusal)) from refusal
        made = {"content": content, "made_at": timezone.now()}
        PublicationPdf.objects.update_or_create(publication=publication, section=number, defaults=made)
    return Result(f"公表第{publication.number}号のPDFを、公表資料のページに載せました。")


def _confirmers(work: LongWork) -> Access:
    access = plan_of(work).access
    require(access.may_confirm, MAY_NOT)
    return access


PUBLICATION_PDFS = Kind("publication_pdfs", make_pdfs, access=_confirmers)
