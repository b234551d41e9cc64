"""A workbook as the bytes of a file: the same bytes for the same workbook."""

import re
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from core.signs import for_workbook
from core.workbooks.sheet_xml import SheetXml

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The font of the Normal style sets the unit of column widths, and a machine without it takes another one instead. What
# stands in for Arial or Calibri draws digits up to a third wider; all that stands in for Courier New (Liberation Mono,
# Cousine, DejaVu Sans Mono) draws them 0.6 em wide: at 10 points 8 pixels for Excel and for LibreOffice.
UNIT_FONT, UNIT_POINTS = Font(name="Courier New", size=10), 6.0
NO_TIME = (1980, 1, 1, 0, 0, 0)
# A workbook carries the moment of its making twice; without it the same workbook gives the same bytes.
_MOMENT = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")
_NONE: Mapping[str, SheetXml] = MappingProxyType({})


def new_workbook(title: str) -> Workbook:
    """An empty workbook with one sheet, whose widths are counted in digits of `UNIT_FONT`."""
    workbook = Workbook()
    # The first font of a file is what some programs take for that of the Normal style.
    workbook._fonts = IndexedList([UNIT_FONT])
    workbook._named_styles["Normal"].font = UNIT_FONT
    workbook.properties.title = for_workbook(title)
    workbook.properties.creator = None
    return workbook


def saved(workbook: Workbook, cells: Mapping[str, SheetXml] = _NONE) -> bytes:
    """The file, without the moment of its making. `cells`: by their names, of the sheets that have none yet."""
    stream = BytesIO()
    _Writer(workbook, _Timeless(stream, "w", ZIP_DEFLATED), cells).save()
    return stream.getvalue()


class _Writer(ExcelWriter):
    """Writes sheets without pictures or comments, some with cells of our own."""

    def __init__(self, workbook: Workbook, archive: ZipFile, cells: Mapping[str, SheetXml]) -> None:
        super().__init__(workbook, archive)
        self.cells = cells

    def write_worksheet(self, ws: Worksheet) -> None:
        # In memory: a temporary file for every sheet takes as long as writing it.
        writer = WorksheetWriter(ws, BytesIO())
        writer.write()
        part = writer.out.getvalue()
        self._archive.writestr(ws.path[1:], self.cells[ws.title].put_into(part) if ws.title in self.cells else part)
        ws._rels = writer._rels
        self.manifest.append(ws)


class _Timeless(ZipFile):
    """An archive whose parts know no moment."""

    def writestr(self, name: Any, data: Any, *_: Any, **__: Any) -> None:  # type: ignore[override]
        content = data.encode() if isinstance(data, str) else data
        if name == "docProps/core.xml":
            content = _MOMENT.sub(b"", content)
        super().writestr(ZipInfo(name, NO_TIME), content, ZIP_DEFLATED)
