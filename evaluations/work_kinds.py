"""Every kind of long work there is. Here and not in `long_work`, which would else import all that uses it."""

from evaluations.all_sheets import ALL_SHEETS
from evaluations.entry_forms.work import ENTRY_FORMS
from evaluations.importing.long_import import READ_TABLE, WRITE_CHANGES
from evaluations.long_work.kinds import register
from evaluations.paper_work import PAPER_PDF
from evaluations.publication_pdf_work import PUBLICATION_PDFS


def register_all() -> None:
    """Make them known to the runner and to the pages of long work."""
    register(ALL_SHEETS, ENTRY_FORMS, PAPER_PDF, PUBLICATION_PDFS, READ_TABLE, WRITE_CHANGES)
