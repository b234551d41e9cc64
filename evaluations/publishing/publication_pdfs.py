"""The PDFs of what is published: which are there, and the request to have them made when a year is published.

They are made by long work of the kind KIND and given to residents as they are stored. No resident ever has one made: a
PDF takes seconds, and anyone may request published pages as often as they like.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.http import Http404

from core.pdf import offers_pdf
from evaluations.long_work.asking import ask
from evaluations.models import Publication, PublicationPdf
from plans.refusals import Refused

KIND = "publication_pdfs"
"""The name of the kind of long work that makes them."""
BOOK = 0
"""The `section` of the whole 評価書."""
MAY_NOT = "公表資料のPDFを作るのは、確定の役割がある人の操作です。"


def books_of(publications: Iterable[Publication]) -> set[int]:
    """The publications, by id, whose whole 評価書 is stored. One query."""
    made = PublicationPdf.objects.filter(publication__in=[one.pk for one in publications], section=BOOK)
    return set(made.values_list("publication", flat=True))


def is_made(publication: Publication, section: int) -> bool:
    """Whether the PDF of this 節 (or of the whole) is stored. One query."""
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
    """Request the PDFs of this publication. False where none can be made here, or where too much is under way."""
    if not offers_pdf():
        return False
    plan = publication.plan
    try:
        ask(
            KIND,
            f"公表第{publication.number}号のPDF",
            by=by,
            municipality=plan.municipality,
            plan=plan,
            parameters={"number": publication.number},
        )
    except Refused:
        return False
    return True
