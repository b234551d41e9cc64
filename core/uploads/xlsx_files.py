"""An .xlsx as a table, or sheet by sheet, read row by row within limits."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from core.uploads.tables import BLANK, Line, TableCell, as_cell
from core.uploads.xlsx_archive import XlsxArchive, damage_in_words
from core.uploads.xlsx_cells import NOTHING_WRITTEN, SheetCells, WrittenCell, WrittenCells
from core.uploads.xlsx_parts import Format, book_parts, formats_of, properties_of, shared_texts


class XlsxBook:
    """A workbook within the limits, its sheets read one by one on demand.

    `sheets` are the names in their order, `hidden` those of them that people do not see; `properties` the texts that a
    program stored in it. Raises NotReadable for a file that is no workbook, is locked, or unpacks to too much.
    """

    def __init__(self, content: bytes) -> None:
        self.archive = XlsxArchive(content)
        with damage_in_words():
            self.parts = book_parts(self.archive)
            self.properties = properties_of(self.archive)
        self.by_name = {sheet.name: sheet for sheet in self.parts.sheets}
        self.sheets = tuple(self.by_name)
        self.hidden = frozenset(sheet.name for sheet in self.parts.sheets if sheet.is_hidden)

    def grid(self, name: str, *, rows: int | None = None) -> list[list[TableCell]]:
        """The cells of one sheet, or of its first rows; where there are formulas, their results as the spreadsheet last
        saved them. Limits of rows, columns and texts hold as for a table."""
        return [[as_cell(kept) or BLANK for kept in line] for line in islice(self.lines(name), rows)]

    def lines(self, name: str) -> Iterator[Line]:
        """The rows one after the other, those without a cell too, in the form in which a table keeps them."""
        return self._lines(name, SheetCells)

    def written_lines(self, name: str) -> Iterator[Sequence[WrittenCell]]:
        """The same cells as the file holds them, formulas as formulas."""
        for line in self._lines(name, WrittenCells):
            yield [cell if isinstance(cell, WrittenCell) else NOTHING_WRITTEN for cell in line]

    def part(self, name: str) -> bytes:
        """The XML of one sheet, for what is no cell (drawings, hidden columns)."""
        with damage_in_words(), self.archive.open(self.by_name[name].part) as source:
            return source.read()

    def _lines(self, name: str, kind: type[SheetCells]) -> Iterator[Any]:
        read = 0
        with damage_in_words(), self.archive.open(self.by_name[name].part) as source:
            for number, row in kind(self._texts, self._formats, self.parts.epoch).rows(source):
                yield from ((),) * (number - read - 1)
                yield row
                read = number

    @property
    def first_shown(self) -> str:
        """The first sheet that people see, which they take for the table of the file; the first where they see none."""
        return next((name for name in self.sheets if name not in self.hidden), self.sheets[0])

    @cached_property
    def _texts(self) -> list[str]:
        return shared_texts(self.archive, self.parts.texts)

    @cached_property
    def _formats(self) -> list[Format]:
        return formats_of(self.archive, self.parts.styles)
