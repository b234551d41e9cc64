"""The parts of a workbook other than its cells: its sheets and where they are, shared texts, formats, properties."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from core.characters import unescaped
from core.uploads.tables import MAX_CELL, MAX_CHARACTERS, NotReadable
from core.uploads.xlsx_archive import XlsxArchive
from core.uploads.xml_stream import Attributes, End, Start, TooMuch, XmlStream

MAX_SHEETS = 300
_OFFICE = ("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument")
_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_CUSTOM = ("custom-properties", "customProperties")
_PROPERTY = tuple(f"{space}/{kind} property" for space, kind in zip(_OFFICE, _CUSTOM, strict=True))
_LITERAL = re.compile(r'"[^"]*"|\\.')  # 0.0"%" prints the % after the number as it is
LONGEST_FORMAT = 255  # of any spreadsheet
# Dates as a Japanese Excel writes them: only by their number, without an entry in the list of formats.
_JAPANESE_DATES = frozenset([*range(27, 37), *range(50, 59)])
Handler = TypeVar("Handler")


class Format(Enum):
    """What a number with this format is."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DURATION = "duration"


@dataclass(frozen=True)
class SheetPart:
    """One sheet: its name, its part in the archive, and whether people see it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class BookParts:
    """Where everything is. `epoch` is the day from which the workbook counts its dates."""

    sheets: tuple[SheetPart, ...]
    texts: str = ""
    styles: str = ""
    epoch: datetime = WINDOWS_EPOCH


def in_main(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Handlers of the elements of a sheet, in the usual form of the format and in the strict one."""
    return {f"{space} {name}": handler for space in _MAIN for name, handler in handlers.items()}


def book_parts(archive: XlsxArchive) -> BookParts:
    """What the workbook names; ValueError where it names nothing."""
    workbook = next((part for kind, part in _relations(archive, "").values() if kind == "officeDocument"), "")
    related = _relations(archive, workbook)
    sheets: list[SheetPart] = []
    epoch = WINDOWS_EPOCH

    def sheet(attributes: Attributes) -> None:
        relation = next((attributes[name] for name in attributes if name.endswith("/relationships id")), "")
        kind, part = related.get(relation, ("", ""))
        if len(sheets) >= MAX_SHEETS:
            raise NotReadable(f"シートが多すぎます。{MAX_SHEETS}枚までのブックに分けてください。")
        if kind == "worksheet":
            sheets.append(SheetPart(attributes["name"], part, attributes.get("state", "visible") != "visible"))

    def properties(attributes: Attributes) -> None:
        nonlocal epoch
        epoch = MAC_EPOCH if attributes.get("date1904") in ("1", "true") else WINDOWS_EPOCH

    _run(archive, workbook, XmlStream(in_main({"sheet": sheet, "workbookPr": properties}), {}))
    if not sheets or len({one.name for one in sheets}) < len(sheets):
        raise ValueError(sheets)
    by_kind = {kind: part for kind, part in related.values() if part in archive}
    return BookParts(tuple(sheets), by_kind.get("sharedStrings", ""), by_kind.get("styles", ""), epoch)


def properties_of(archive: XlsxArchive) -> dict[str, str]:
    """The texts that programs have left in the workbook, by name."""
    found: dict[str, str] = {}
    part = next((part for kind, part in _relations(archive, "").values() if kind in _CUSTOM), "")
    name = ""

    def begin(attributes: Attributes) -> None:
        nonlocal name
        name = attributes.get("name", "")
        stream.collect()

    def end() -> None:
        found[name] = stream.collected()

    stream = XmlStream(dict.fromkeys(_PROPERTY, begin), dict.fromkeys(_PROPERTY, end))
    if part in archive:
        _run(archive, part, stream)
    return found


def shared_texts(archive: XlsxArchive, part: str) -> list[str]:
    """The texts that cells name by their number, without the readings of their kanji. One that is too long for a cell
    comes back longer than is allowed, and no longer."""
    texts: list[str] = []
    characters = 0

    def end() -> None:
        nonlocal characters
        found = unescaped(stream.collected())[: MAX_CELL + 1]
        characters += len(found)
        if characters > MAX_CHARACTERS:
            raise TooMuch
        texts.append(found)

    stream = text_stream({}, {"si": end})
    if part:
        _run(archive, part, stream)
    return texts


def text_stream(starts: Mapping[str, Start], ends: Mapping[str, End]) -> XmlStream:
    """Collects the runs of a text besides; the readings above its kanji (rPh) are no part of it."""
    in_reading = False

    def reading(_: Attributes) -> None:
        nonlocal in_reading
        in_reading = True

    def reading_ends() -> None:
        nonlocal in_reading
        in_reading = False

    def text(_: Attributes) -> None:
        if not in_reading:
            stream.collect()

    ends = {"t": lambda: stream.pause(), "rPh": reading_ends, **ends}
    stream = XmlStream(in_main({"t": text, "rPh": reading, **starts}), in_main(ends))
    return stream


def formats_of(archive: XlsxArchive, part: str) -> list[Format]:
    """What a number is, by the number of its cell's style."""
    own: dict[str, str] = {}
    known: dict[str, Format] = {}
    formats: list[Format] = []
    in_cells = False

    def number_format(attributes: Attributes) -> None:
        own[attributes["numFmtId"]] = attributes["formatCode"]

    def cells(_: Attributes) -> None:
        nonlocal in_cells
        in_cells = True

    def cells_end() -> None:
        nonlocal in_cells
        in_cells = False

    def style(attributes: Attributes) -> None:
        if in_cells:
            number = attributes.get("numFmtId", "0")
            if number not in known:
                known[number] = _format(int(number), own.get(number))
            formats.append(known[number])

    if part:
        starts = {"numFmt": number_format, "cellXfs": cells, "xf": style}
        _run(archive, part, XmlStream(in_main(starts), in_main({"cellXfs": cells_end})))
    return formats


def _format(number: int, code: str | None) -> Format:
    if code is None and number in _JAPANESE_DATES:
        return Format.DATE
    code = code if code is not None else BUILTIN_FORMATS.get(number, "General")
    if len(code) > LONGEST_FORMAT:
        return Format.NUMBER
    if "%" in _LITERAL.sub("", code):
        return Format.PERCENT
    if is_date_format(code):
        return Format.DURATION if is_timedelta_format(code) else Format.DATE
    return Format.NUMBER


def _relations(archive: XlsxArchive, part: str) -> dict[str, tuple[str, str]]:
    """Kind and target of each relation of a part, by its id; of the whole package for ""."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def relation(attributes: Attributes) -> None:
        if attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"])).lstrip("/")
            found[attributes["Id"]] = attributes["Type"].rpartition("/")[2], target

    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path in archive:
        _run(archive, path, XmlStream({_RELATION: relation}, {}))
    return found


def _run(archive: XlsxArchive, part: str, stream: XmlStream) -> None:
    with archive.open(part) as source:
        for _ in stream.run(source):
            pass
