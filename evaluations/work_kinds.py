"""Every kind of long work there is. Here and not in `long_work`, which would else import all that uses it."""

from evaluations.exchange.entry_forms.work import ENTRY_FORMS
from evaluations.exchange.long_import import READ_TABLE, WRITE_CHANGES
from evaluations.long_work.kinds import register
from evaluations.reports.work import ALL_SHEETS, PUBLICATION_PDFS, REPORT_PDF


def register_all() -> None:
    """Make them known to the runner and to the pages of long work."""
    register(ALL_SHEETS, ENTRY_FORMS, REPORT_PDF, PUBLICATION_PDFS, READ_TABLE, WRITE_CHANGES)
