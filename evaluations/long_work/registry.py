"""Every kind of long work there is, by its name."""

from collections.abc import Mapping

from evaluations.all_sheets import ALL_SHEETS
from evaluations.entry_forms.work import ENTRY_FORMS
from evaluations.importing.long_import import READ_TABLE, WRITE_CHANGES
from evaluations.long_work.kinds import Kind
from evaluations.paper_work import PAPER_PDF
from evaluations.publication_pdfs import PUBLICATION_PDFS

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (ALL_SHEETS, ENTRY_FORMS, PAPER_PDF, PUBLICATION_PDFS, READ_TABLE, WRITE_CHANGES)
}
