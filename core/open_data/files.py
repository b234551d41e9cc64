"""The files of open data: rows in the form that the rules require, and all files in one archive."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.open_data.dictionary import ITEMS, TEXT
from core.open_data.texts import open_text
from core.tidy import Row

_IN_ERAS = ("年度和暦",)  # next to 年度, which is Western
_TEXTS = frozenset(item.name for item in ITEMS if item.form == TEXT and item.name not in _IN_ERAS)
JSON, ZIP = "application/json", "application/zip"


@dataclass(frozen=True)
class OpenDataFile:
    """One file of the package: its name in the archive and in addresses, and what it is in a sentence.

    `rows` is the number of rows of a table, None of any other file.
    """

    name: str
    title: str
    purpose: str
    content_type: str
    content: bytes
    rows: int | None = None

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def open_row(row: Row) -> Row:
    """The row with every text in its open form, so that none needs a guard; numbers and years are in it already."""
    return {name: open_text(text) if name in _TEXTS else text for name, text in row.items()}


def archive(folder: str, files: Iterable[OpenDataFile], at: datetime) -> bytes:
    """All files in one folder of a zip. The same files and time make the same bytes, whenever and wherever."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for file in files:
            part = zipfile.ZipInfo(f"{folder}/{file.name}", at.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 3  # what the archive was made on says nothing of the data
            part.external_attr = 0o644 << 16
            book.writestr(part, file.content, compresslevel=9)
    return packed.getvalue()
