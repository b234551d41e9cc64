"""The 計画値 that were changed in mid-period as a workbook: 当初 and each 変更後 side by side, numbers as numbers."""

from dataclasses import dataclass
from decimal import Decimal

from core.citation import Mark
from core.workbooks.cells import Shown
from core.workbooks.printed_table import PrintedTable, write_table

SHEET_NAME = "計画変更"
BEFORE = (("節", 8), ("指標コード", 12), ("指標", 34), ("単位", 8), ("年度", 12), ("当初", 12))
"""Heading and width in digits; then a column for each 計画変更."""
AFTER = (("当初との差", 12), ("変更の理由", 44))
VERSION_WIDTH = 14


@dataclass(frozen=True)
class RevisionSheetRow:
    """One 計画値. `planned` holds 当初 and what each 計画変更 made of it, None where it made nothing of it."""

    section: str
    code: str
    title: str
    unit: str
    year: str
    planned: tuple[Shown, ...]
    difference: Decimal | None
    reasons: str

    @property
    def values(self) -> tuple[Shown, ...]:
        first, *later = self.planned
        unchanged: list[Shown] = ["変更なし" if value is None else value for value in later]
        place = (self.section, self.code, self.title, self.unit, self.year)
        return (*place, first, *unchanged, self.difference, self.reasons)


@dataclass(frozen=True)
class RevisionSheet:
    """`decisions` say when and why, one line each; `labels` head the columns behind 当初; `mark` says which
    publication it prints.
    """

    title: str
    decisions: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[RevisionSheetRow, ...]
    mark: Mark | None = None


def write_revision_table(book: RevisionSheet) -> bytes:
    """The table as an .xlsx file; a line instead of it where no 計画値 was changed."""
    columns = (*BEFORE, *((label, VERSION_WIDTH) for label in book.labels), *AFTER)
    parts = (("", tuple(one.values for one in book.rows)),) if book.rows else ()
    empty = "変更した計画値はありません。"
    return write_table(PrintedTable(SHEET_NAME, book.title, columns, parts, empty, book.decisions, mark=book.mark))
