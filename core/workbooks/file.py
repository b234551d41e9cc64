"""A workbook as the bytes of a file: the same bytes for the same workbook."""

import re
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from core.workbooks.sheet_xml import SheetXml

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_TIME = (1980, 1, 1, 0, 0, 0)
# A workbook carries the moment of its making twice; without it the same workbook gives the same bytes.
_MOMENT = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")
_NONE: Mapping[str, SheetXml] = MappingProxyType({})


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
