"""The keys of an exported evaluation sheet: what each cell is and what was printed in it.

They travel in a sheet that Excel does not show (a very hidden one comes back from LibreOffice as hidden: it is found
by its name), and which sheet it is also in a property of the workbook. Both may be lost on the way; then the sheet is
matched by its labels. The checksum notices a damaged key sheet; it is no signature, because nothing in it gives a
right: what a person may change depends on who brings the file back.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from typing import Any

from core.characters import for_workbook
from core.numerals import plain
from core.sheets.book import Stamp
from core.sheets.design import ENTERED, WRITABLE, Edition, Line
from core.sheets.placed import FIXED, CellKey, Holds, PlacedSheet
from core.uploads.tables import MAX_COLUMNS
from core.workbooks.cells import Shown

KEY_SHEET = "_fukushi_pdca"
PROPERTY = "fukushi-pdca"
PUBLICATION = "fukushi-pdca-publication"
"""The property with the whole hash of the publication that a sheet prints; none on any other sheet."""
FORMAT = "1"
REMARK = "このファイルを取り込むときに使います。消しても取り込めますが、確かめられることが減ります。"
_NAME = re.compile(r"([0-9a-z-]{1,20})/([0-9]{4})/([0-9a-z-]{1,30})/([a-z]{1,10})/([0-9]{1,9})", re.ASCII)
CHUNK = 30_000
"""Characters: a cell holds 32,767."""
MAX_SHEET_ROWS = 3000
"""More than any sheet of ours; matching a larger one would take too long."""


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One cell as it was printed: its place, counted from 1, what it is, and its text; a number without its %."""

    row: int
    column: int
    key: CellKey
    text: str
    joint: str = ""


@dataclass(frozen=True)
class PrintedSheet:
    """Everything that was printed, and by which layout. Cells that are not listed were blank."""

    stamp: Stamp
    layout: str
    edition: Edition
    cells: tuple[PrintedCell, ...]

    @property
    def name(self) -> str:
        """Which sheet it is, for the property of the workbook."""
        return SheetName(self.stamp.plan, self.stamp.year, self.layout, self.edition.value, self.stamp.total).text


def printed_sheet(placed: PlacedSheet, stamp: Stamp, layout: str, edition: Edition) -> PrintedSheet:
    """What a laid-out sheet prints: every cell with a text, and every cell that people may fill."""
    cells = [
        PrintedCell(cell.row, cell.column, cell.key, text, cell.joint)
        for cell in placed.cells
        if (text := as_printed(cell.value)) or cell.key != FIXED
    ]
    return PrintedSheet(stamp, layout, edition, tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def as_printed(value: Shown) -> str:
    """A value as the text that reading its cell gives."""
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else for_workbook(value)


@dataclass(frozen=True)
class SheetName:
    """What the property of a workbook says. `total`: how often the plan had been changed; 0 where it does not say."""

    plan: str
    year: int
    layout: str
    edition: str
    total: int

    @property
    def text(self) -> str:
        """122319-6/2022/inzai/old/74."""
        return f"{self.plan}/{self.year}/{self.layout}/{self.edition}/{self.total}"


def read_name(text: str) -> SheetName | None:
    """What such a property says; None where it is not ours."""
    found = _NAME.fullmatch(text)
    return SheetName(found[1], int(found[2]), found[3], found[4], int(found[5])) if found else None


def key_rows(printed: PrintedSheet) -> list[list[str]]:
    """The rows of the key sheet: form and checksum, what the sheet is, and one row of JSON for each printed row."""
    about = {
        "plan": printed.stamp.plan,
        "year": printed.stamp.year,
        "versions": dict(printed.stamp.versions),
        "layout": printed.layout,
        "edition": printed.edition.value,
    }
    # In ASCII: LibreOffice would divide Japanese and digits into runs of many elements each.
    lines = [json.dumps(about)]
    for row, cells in groupby(printed.cells, key=lambda cell: cell.row):
        lines.append(json.dumps([row, *map(_as_list, cells)], separators=(",", ":")))
    return sealed(FORMAT, lines)


def sealed(form: str, lines: Sequence[str]) -> list[list[str]]:
    """These lines as the rows of a key sheet: first its form and checksum, then each line in cells that hold it."""
    head = [PROPERTY, form, _checksum(lines), REMARK]
    return [head, *([line[start : start + CHUNK] for start in range(0, len(line), CHUNK)] for line in lines)]


def unsealed(form: str, rows: Sequence[Sequence[str]]) -> list[str] | None:
    """The lines that `sealed` wrote; None where they are damaged or of another form."""
    if not rows or len(rows[0]) < 3 or list(rows[0][:2]) != [PROPERTY, form]:
        return None
    lines = ["".join(row) for row in rows[1:]]
    return lines if rows[0][2] == _checksum(lines) else None


def read_key_rows(rows: Sequence[Sequence[str]]) -> PrintedSheet | None:
    """What `key_rows` wrote; None where it is damaged or of another form."""
    lines = unsealed(FORMAT, rows)
    try:
        return _printed(lines) if lines else None
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def _printed(lines: Sequence[str]) -> PrintedSheet:
    about: dict[str, Any] = json.loads(lines[0])
    versions = {str(number): int(version) for number, version in about["versions"].items()}
    cells = []
    for line in lines[1:]:
        row, *listed = json.loads(line)
        cells += [_from_list(int(row), items) for items in listed]
    stamp = Stamp(str(about["plan"]), int(about["year"]), versions)
    return PrintedSheet(stamp, str(about["layout"]), Edition(about["edition"]), tuple(cells))


def _as_list(cell: PrintedCell) -> list[Any]:
    key = cell.key
    return [cell.column, key.holds.value, key.name, key.year, key.field, cell.text, cell.joint]


def _from_list(row: int, items: Sequence[Any]) -> PrintedCell:
    """A cell as it was listed; ValueError for one that no sheet of ours can have."""
    column, holds, name, year, field, text, joint = items
    key = CellKey(Holds(holds), str(name), int(year), str(field))
    if not (1 <= row <= MAX_SHEET_ROWS and 1 <= int(column) <= MAX_COLUMNS and _is_sound(key)):
        raise ValueError(key)
    return PrintedCell(row, int(column), key, str(text), str(joint))


def _is_sound(key: CellKey) -> bool:
    """Whether a key says what its kind must say: the line of a figure, the 節番号 and name of a text."""
    if key.holds is Holds.VALUE:
        return key.field in ENTERED
    if key.holds is Holds.DERIVED:
        return key.field in set(Line) - set(ENTERED)
    if key.holds is Holds.TEXT:
        return key.field in WRITABLE and key.name.isascii() and key.name.isdigit() and len(key.name) <= 5
    return True


def _checksum(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
