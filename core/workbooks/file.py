"""A workbook as the bytes of a file: the same bytes for the same workbook."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from core.characters import for_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The font of the Normal style sets the unit of column widths, and a machine without it takes another one instead. What
# replaces Arial or Calibri draws digits up to a third wider; all that replaces Courier New (Liberation Mono, Cousine,
# DejaVu Sans Mono) draws them 0.6 em wide: at 10 points 8 pixels for Excel and for LibreOffice.
UNIT_FONT, UNIT_POINTS = b'<font><name val="Courier New"/><sz val="10"/></font>', 6.0
PLAIN_FONT = b'<font><name val="Calibri"/><sz val="11"/></font>'
NO_TIME = (1980, 1, 1, 0, 0, 0)
# A workbook carries the moment of its making twice; without it the same workbook gives the same bytes.
_MOMENT = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")


def new_workbook(title: str, *, write_only: bool = False) -> Workbook:
    """An empty workbook, with one sheet unless it is `write_only`."""
    workbook = Workbook(write_only=write_only)
    workbook.properties.title = for_workbook(title)
    workbook.properties.creator = None
    return workbook


def saved(workbook: Workbook, *, normal: bytes = UNIT_FONT) -> bytes:
    """The file, without the moment of its making. `normal` is the font of the Normal style as XML: openpyxl gives no
    choice of it.
    """
    stream = BytesIO()
    workbook.save(stream)
    with ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/core.xml"] = _MOMENT.sub(b"", parts["docProps/core.xml"])
    parts["xl/styles.xml"] = re.sub(rb"<font>.*?</font>", normal, parts["xl/styles.xml"], count=1)
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name, NO_TIME), content, ZIP_DEFLATED)
    return packed.getvalue()
