"""The archive that an .xlsx is: measured by what really comes out of it before any part is read.

Why so careful: one 400 MB string fits into a file of 390 KB, a million merged cells into 2 KB; a reader that trusts
the file runs out of memory.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from core.uploads.tables import NotReadable
from core.uploads.xml_stream import TooMuch

MAX_PARTS = 1000
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 100
"""Unpacked bytes to packed ones. A sheet of equal rows comes to about fifty."""
MAX_ELEMENTS, MAX_TEXT_ELEMENTS, MAX_OTHER_ELEMENTS = 1_000_000, 300_000, 50_000
"""XML elements in all sheets together, in the shared texts, and in each other part (styles, names). Each costs a
microsecond, whatever its size: a part of four bytes an element would take long within the ratio. Shared texts have
many: LibreOffice writes a long text as runs of Japanese and of digits, eight elements each.
"""
BROKEN = "ブックとして読み取れません。表計算ソフトで開き、「Excelブック（.xlsx）」として保存し直してください。"
TOO_LARGE = "ブックを開くと大きくなりすぎます。必要な行だけを新しいブックに写してください。"
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # the container of .xls and of a workbook with a password
_SMALL = 4 * 1024 * 1024  # below it a high ratio harms no one
_TEXTS = "xl/sharedstrings.xml"
_ENTRY = b"PK\x01\x02"  # begins each line of the archive's directory
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without measure, and no spreadsheet has them
_AS_VALUES = "新しいブックに値だけを貼り付け、「Excelブック（.xlsx）」として保存してください。"
_NOT_TAKEN = (
    (
        ("vbaproject", "xl/macrosheets/", "xl/activex/"),
        "マクロのあるブックです。「Excelブック（.xlsx）」として保存し直してください。",
    ),
    (
        ("xl/externallinks/", "xl/connections", "xl/querytables/"),
        f"ほかのファイルへのリンクがあるブックです。{_AS_VALUES}",
    ),
    (("xl/embeddings/",), f"ほかのファイルを埋め込んだブックです。{_AS_VALUES}"),
)
"""What a file of values has no part of, by how the names of its parts begin; and what to do."""
_OF_ODD_VALUES = (ValueError, KeyError, IndexError, TypeError, ArithmeticError)
"""What reading raises where something is missing or says what no spreadsheet writes."""


class XlsxArchive:
    """The parts of a workbook by their names. NotReadable for what is no archive, is locked, unpacks to too much, or
    holds a part that is never accepted.
    """

    def __init__(self, content: bytes) -> None:
        if content.startswith(_OLD_OR_LOCKED):
            raise NotReadable(
                "パスワード付きか、古い形式（.xls）のブックです。パスワードを外し、"
                "「Excelブック（.xlsx）」として保存してください。"
            )
        # Before the directory is read: each of its entries becomes an object of half a kilobyte.
        entries = content.count(_ENTRY)
        if entries > MAX_PARTS:
            raise NotReadable(f"ブックの部品が多すぎます（{entries}個）。シート1枚だけを保存し直してください。")
        with damage_in_words():
            self.archive = zipfile.ZipFile(io.BytesIO(content))
            self.names = {name.lower(): name for name in self.archive.namelist()}
            _refuse_what_no_spreadsheet_writes(self.archive)
            _refuse_what_is_never_taken(self.names)
            _measure(self.archive, len(content))

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.names

    def open(self, name: str) -> IO[bytes]:
        """The part of this name, in upper or lower case. Raises KeyError where there is none."""
        return self.archive.open(self.names[name.lower()])


@contextmanager
def damage_in_words() -> Iterator[None]:
    """Raises NotReadable for any error that a damaged file causes in a reader."""
    try:
        yield
    except NotReadable:
        raise
    except TooMuch as error:
        raise NotReadable(TOO_LARGE) from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, *_OF_ODD_VALUES) as error:
        raise NotReadable(BROKEN) from error


def _refuse_what_no_spreadsheet_writes(archive: zipfile.ZipFile) -> None:
    """Two parts of one name, names that lead out of the archive, other ways of packing."""
    parts = archive.infolist()
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise NotReadable(BROKEN)
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or part.compress_type not in _METHODS:
            raise NotReadable(BROKEN)


def _refuse_what_is_never_taken(names: dict[str, str]) -> None:
    for beginnings, sentence in _NOT_TAKEN:
        if any(name.startswith(beginnings) or name.rpartition("/")[2].startswith(beginnings) for name in names):
            raise NotReadable(sentence)


def _measure(archive: zipfile.ZipFile, packed: int) -> None:
    """Refuse an archive by the bytes that really come out of it; its directory may lie."""
    allowed = min(MAX_UNPACKED, max(_SMALL, packed * MAX_RATIO))
    unpacked = in_sheets = 0
    for part in archive.infolist():
        name, elements = part.filename.lower(), 0
        is_sheet = name.startswith("xl/worksheets/")
        with archive.open(part) as stream:
            while chunk := stream.read(1024 * 1024):
                unpacked += len(chunk)
                count = chunk.count(b"<") - chunk.count(b"</")
                elements += count
                in_sheets += count if is_sheet else 0
                most = MAX_TEXT_ELEMENTS if name == _TEXTS else MAX_OTHER_ELEMENTS
                if unpacked > allowed or in_sheets > MAX_ELEMENTS or (elements > most and not is_sheet):
                    raise NotReadable(TOO_LARGE)
