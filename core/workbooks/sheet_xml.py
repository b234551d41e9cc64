"""The cells of a worksheet with their sizes and merges, written as the text of its part.

openpyxl makes an object and then an element of every cell; in a sheet of a thousand cells that takes longer than all
the rest of the file. The rest (looks, print set-up, page breaks) stays its work: see `core.workbooks.file.saved`.
"""

from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from core.numerals import plain
from core.sheets.book import Shown
from core.signs import escaped

_EMPTY_ROWS, _EMPTY_SIZE = b"<sheetData></sheetData>", b'<dimension ref="A1:A1" />'


class SheetXml:
    """Takes cells in any order. Rows and columns count from 1; a style is its number in the workbook.

    `heights` of the rows are points, `widths` of the columns digits of the workbook's unit font, from the first on.
    """

    def __init__(self, heights: Sequence[float] = (), widths: Sequence[float] = ()) -> None:
        self.heights, self.widths = heights, widths
        self.rows: dict[int, dict[int, str]] = {row: {} for row in range(1, len(heights) + 1)}
        self.merges: list[str] = []

    def put(self, row: int, column: int, value: Shown, style: int = 0, *, rows: int = 1, columns: int = 1) -> None:
        """Write a cell over so many rows and columns. Each one under a merge has its style: Excel draws the outline of
        a merged cell from all of them."""
        look = f' s="{style}"' if style else ""
        letters = [get_column_letter(place) for place in range(column, column + columns)]
        for place_down in range(row, row + rows):
            line = self.rows.setdefault(place_down, {})
            for place, letter in enumerate(letters, start=column):
                line[place] = f'<c r="{letter}{place_down}"{look}/>'
        if value is not None and value != "":
            self.rows[row][column] = f'<c r="{letters[0]}{row}"{look}{_content(value)}</c>'
        if rows * columns > 1:
            self.merges.append(f"{letters[0]}{row}:{letters[-1]}{row + rows - 1}")

    def put_into(self, part: bytes) -> bytes:
        """The part of a worksheet that has no cells, columns, protection or filter yet, with these cells."""
        if part.count(_EMPTY_ROWS) != 1 or part.count(_EMPTY_SIZE) != 1:
            raise ValueError("the part has cells already, or its empty elements are written in another way")
        last_column = max((max(line, default=1) for line in self.rows.values()), default=1)
        size = f'<dimension ref="A1:{get_column_letter(last_column)}{max(self.rows, default=1)}" />'
        return part.replace(_EMPTY_SIZE, size.encode()).replace(_EMPTY_ROWS, self._text().encode())

    def _text(self) -> str:
        lines = [
            f'<row r="{row}"{self._height(row)}>{"".join(cell for _, cell in sorted(line.items()))}</row>'
            for row, line in sorted(self.rows.items())
        ]
        merges = "".join(f'<mergeCell ref="{place}"/>' for place in self.merges)
        counted = f'<mergeCells count="{len(self.merges)}">{merges}</mergeCells>' if merges else ""
        return f"{self._columns()}<sheetData>{''.join(lines)}</sheetData>{counted}"

    def _columns(self) -> str:
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width!r}" customWidth="1"/>'
            for number, width in enumerate(self.widths, start=1)
        )
        return f"<cols>{columns}</cols>" if columns else ""

    def _height(self, row: int) -> str:
        return f' ht="{self.heights[row - 1]:g}" customHeight="1"' if row <= len(self.heights) else ""


def _content(value: str | Decimal) -> str:
    """A number stays a number; text stays text, whatever it begins with."""
    if isinstance(value, Decimal):
        return f"><v>{plain(value)}</v>"
    text = escaped(value)
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f' t="inlineStr"><is><t{kept}>{escape(text)}</t></is>'
