"""Files that nobody should have to open, made by code and kept nowhere.

Each names the beginning of what a reader says of it; "" where the file is harmless once read, and its cells must come
out as the texts they are.
"""

import io
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.tidy import REQUIRED

BROKEN = "ブックとして読み取れません"
TOO_LARGE = "ブックを開くと大きくなりすぎます"
TOO_LONG = "文字が多すぎます"
NO_HEADER = "1行目に見出しがありません"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class HostileFile:
    """`says`: how the sentence begins with which the doors that read such a file refuse it."""

    name: str
    content: bytes
    says: str


def hostile_files(honest: bytes, marker: str) -> Iterator[HostileFile]:
    """All of them. `honest` is a small workbook that a door takes, `marker` a file that nobody may open."""
    yield from _as_files(_archives(honest))
    yield from hostile_workbooks(honest, marker)
    yield from _as_files([*_other_kinds(), *_tables(), *_json()])


def hostile_workbooks(honest: bytes, marker: str) -> Iterator[HostileFile]:
    """Those that stand in a sound archive, which is read alike whatever is in it."""
    yield from _as_files([*_entities(honest, marker), *_sheets(honest), *_parts(honest)])


def _as_files(made: "Iterable[Made]") -> Iterator[HostileFile]:
    for name, content, says in made:
        yield HostileFile(name, content() if callable(content) else content, says)


Made = tuple[str, bytes | Callable[[], bytes], str]


# --- Archives ---


def _archives(honest: bytes) -> Iterator[Made]:
    yield "bomb-flat.xlsx", raw_zip([(SHEET, endless(b"a", 400))]), TOO_LARGE
    yield "bomb-nested.xlsx", raw_zip([("xl/media/1.zip", packed(raw_zip([("1", endless(b"a", 400))])))]), BROKEN
    yield "bomb-lying-size.xlsx", raw_zip([(SHEET, (endless(b"a", 400)[0], 20, 0))]), BROKEN
    yield "bomb-overlapping.xlsx", _overlapping(), BROKEN
    yield "bomb-bzip2.xlsx", _bzip2(), BROKEN
    yield (
        "many-parts.xlsx",
        raw_zip([(f"xl/worksheets/sheet{n}.xml", packed(b"")) for n in range(70_000)]),
        "ブックの部品が",
    )
    yield "truncated.xlsx", honest[: len(honest) // 2], BROKEN
    yield "outside.xlsx", with_part(honest, "../../etc/cron.d/x", b"* * * * * root true"), BROKEN
    yield "absolute.xlsx", with_part(honest, "/etc/cron.d/x", b"* * * * * root true"), BROKEN
    yield "twice.xlsx", _appended(honest, SHEET, b"<worksheet/>"), BROKEN
    yield "capitals-twice.xlsx", with_part(honest, "XL/Worksheets/Sheet1.xml", b"<worksheet/>"), BROKEN
    yield "wrong-checksum.xlsx", _damaged(honest), BROKEN


Packed = tuple[bytes, int, int]
"""A part as it is packed, and what the directory says of its size and checksum."""


def raw_zip(parts: list[tuple[str, Packed]]) -> bytes:
    """An archive of parts that are packed already."""
    body, directory = bytearray(), bytearray()
    for name, (deflated, size, checksum) in parts:
        head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, checksum, len(deflated), size, len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += name.encode()
        body += b"PK\x03\x04" + head + name.encode() + deflated
    count = min(len(parts), 65_535)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def packed(content: bytes) -> Packed:
    """The part, told as it is."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush(), len(content), zlib.crc32(content)


def endless(unit: bytes, megabytes: int, before: bytes = b"", after: bytes = b"") -> Packed:
    """So many megabytes of the same, packed a thousandfold without ever being made."""
    block = unit * (MEGABYTE // len(unit))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)]
    # Behind a full flush the same bytes unpack the same way, however often they follow.
    parts += [packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)] * megabytes
    parts.append(packer.compress(after) + packer.flush())
    checksum = zlib.crc32(before)
    for _ in range(megabytes):
        checksum = zlib.crc32(block, checksum)
    return b"".join(parts), len(before) + len(block) * megabytes + len(after), zlib.crc32(after, checksum)


def _overlapping() -> bytes:
    """A thousand names for one and the same part of ten megabytes."""
    one = bytearray(raw_zip([(SHEET, endless(b"a", 10))]))
    start = one.index(b"PK\x01\x02")
    entry, end = bytes(one[start:-22]), bytes(one[-22:])
    directory = b"".join(entry.replace(b"sheet1.xml", b"sheet%03d.x" % number) for number in range(900))
    return bytes(one[:start]) + directory + end[:8] + struct.pack("<HHI", 900, 900, len(directory)) + end[16:]


def _bzip2() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(SHEET, b"a" * (20 * MEGABYTE))
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes | Callable[[bytes], bytes]) -> bytes:
    """The archive with one part replaced, or made of what it was; another part is added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        new.writestr(name, part(old.read(name)) if callable(part) else part)
    return file.getvalue()


def with_packed(content: bytes, name: str, part: Packed) -> bytes:
    """The archive with one part replaced by something that is packed already."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        others = [(other, packed(old.read(other))) for other in old.namelist() if other != name]
    return raw_zip([*others, (name, part)])


def _appended(content: bytes, name: str, part: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr(name, part)
    return file.getvalue()


def _damaged(content: bytes) -> bytes:
    place = content.index(b"PK\x01\x02")
    return content[:place].replace(SHEET.encode(), SHEET.encode(), 1)[:-40] + b"\xff" * 40 + content[place:]


# --- Entities ---


def _entities(honest: bytes, marker: str) -> Iterator[Made]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for name, declared in (
        ("laughs", f'<!ENTITY l0 "ha">{laughs}'),
        ("quadratic", f'<!ENTITY l9 "{"a" * 100_000}">'),
        ("local-file", f'<!ENTITY l9 SYSTEM "file://{marker}">'),
        ("network", '<!ENTITY l9 SYSTEM "http://127.0.0.1:9/x">'),
        ("parameter", f'<!ENTITY % p SYSTEM "file://{marker}">%p;'),
    ):
        begin = f"<?xml version='1.0'?><!DOCTYPE worksheet [{declared}]>".encode()
        yield (
            f"entity-{name}.xlsx",
            with_part(honest, SHEET, lambda xml, begin=begin: begin + _at(xml, b"</sheetData>", _cell(b"&l9;" * 9))),
            BROKEN,
        )
    begin = f'<!DOCTYPE workbook SYSTEM "file://{marker}">'.encode()
    yield "entity-in-workbook.xlsx", with_part(honest, "xl/workbook.xml", lambda xml: begin + xml), BROKEN
    yield "entity-in-types.xlsx", with_part(honest, "_rels/.rels", lambda xml: begin + xml), BROKEN


def _at(xml: bytes, place: bytes, inserted: bytes) -> bytes:
    """The part with something inserted before this place."""
    assert place in xml
    return xml.replace(place, inserted + place, 1)


def _cell(text: bytes, row: int = 900) -> bytes:
    return b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>' % (row, row, text)


# --- Sheets ---


def _sheets(honest: bytes) -> Iterator[Made]:
    def sheet(inserted: bytes, before: bytes = b"</sheetData>") -> bytes:
        return with_part(honest, SHEET, lambda xml: _at(xml, before, inserted))

    def endless_sheet(unit: bytes, megabytes: int, before: bytes = b"", after: bytes = b"") -> bytes:
        with zipfile.ZipFile(io.BytesIO(honest)) as old:
            xml = old.read(SHEET)
        begin, middle, end = xml.partition(b"</sheetData>")
        return with_packed(honest, SHEET, endless(unit, megabytes, begin + before, after + middle + end))

    yield "blank.xlsx", with_part(honest, SHEET, _without_rows), NO_HEADER
    yield "empty-rows.xlsx", endless_sheet(b"<row/>", 6), TOO_LARGE
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * n) for n in range(901, 300_000))
    yield "rows-300000.xlsx", sheet(rows), "行が多すぎます"
    yield "row-at-the-end.xlsx", sheet(_cell(b"x", 1_048_576)), "行が多すぎます"
    yield "row-beyond.xlsx", sheet(_cell(b"x", 99_999_999_999)), "行が多すぎます"
    yield "rows-backwards.xlsx", sheet(_cell(b"x", 901) + _cell(b"x", 900)), BROKEN
    yield "row-negative.xlsx", sheet(b'<row r="-5"><c><v>1</v></c></row>'), BROKEN
    yield "row-huge-number.xlsx", sheet(b'<row r="%s"/>' % (b"9" * 100_000)), BROKEN
    columns = b"<row r='901'>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    yield "columns-16384.xlsx", sheet(columns), "列が多すぎます"
    columns = b"".join(b"<c><v>%d</v></c>" % (number * number) for number in range(400_000))
    yield "columns-400000.xlsx", sheet(b'<row r="901">%s</row>' % columns), "列が多すぎます"
    yield "column-unknown.xlsx", sheet(b'<row r="901"><c r="ZZZZZZ901"><v>1</v></c></row>'), BROKEN
    yield "cell-twice.xlsx", sheet(b'<row r="901"><c r="A901"><v>1</v></c><c r="A901"><v>2</v></c></row>'), BROKEN
    yield (
        "text-400mb.xlsx",
        with_packed(honest, TEXTS, endless(b"a", 400, b"<sst><si><t>", b"</t></si></sst>")),
        TOO_LARGE,
    )
    yield "text-3mb.xlsx", sheet(_cell(b"a" * 3_000_000)), TOO_LARGE
    yield "text-33000.xlsx", sheet(_cell("字".encode() * 33_000)), TOO_LONG
    many = (b'<row><c t="inlineStr"><is><t>' + "😀".encode() + b"a" * 32_000 + b"</t></is></c></row>") * 400
    yield "texts-together.xlsx", sheet(many), TOO_LARGE
    yield "comment-30mb.xlsx", endless_sheet(b"a<>", 30, b"<!--", b"-->"), TOO_LARGE
    yield "attribute-30mb.xlsx", endless_sheet(b"a>a", 30, b'<row r="', b'"/>'), TOO_LARGE
    names = b"".join(b"<a%d b%d='' />" % (number, number) for number in range(40_000))
    yield "names-80000.xlsx", sheet(names), TOO_LARGE
    yield "deep.xlsx", endless_sheet(b"<row>", 2), TOO_LARGE
    yield (
        "merged.xlsx",
        sheet(b'<mergeCells><mergeCell ref="A1:CZ20000"/></mergeCells>', b"<pageMargins"),
        "結合したセル",
    )
    merges = b"".join(b'<mergeCell ref="DA%d:DB%d"/>' % (row, row) for row in range(1000, 9000))
    yield "merges-8000.xlsx", sheet(b"<mergeCells>%s</mergeCells>" % merges, b"<pageMargins"), ""
    yield "merge-unknown.xlsx", sheet(b'<mergeCells><mergeCell ref="%s"/></mergeCells>' % (b"A1:" * 9)), BROKEN
    yield "formula.xlsx", sheet(b'<row r="901"><c r="A901"><f>1+1</f></c></row>'), "数式の計算結果が"
    yield "number-endless.xlsx", sheet(b'<row r="901"><c r="A901"><v>1e999</v></c></row>'), BROKEN
    yield "number-long.xlsx", sheet(b'<row r="901"><c r="A901"><v>%s</v></c></row>' % (b"9" * 9_000)), BROKEN
    yield "not-xml.xlsx", with_part(honest, SHEET, b"<worksheet><sheetData><row>"), BROKEN
    yield "text-unknown.xlsx", sheet(b'<row r="901"><c r="A901" t="s"><v>99999</v></c></row>'), BROKEN


# --- Other parts of a workbook ---


def _parts(honest: bytes) -> Iterator[Made]:
    def part(name: str, before: bytes, inserted: bytes) -> bytes:
        return with_part(honest, name, lambda xml: _at(xml, before, inserted))

    yield "styles.xlsx", part("xl/styles.xml", b"</styleSheet>", b"<xf/>" * 60_000), TOO_LARGE
    code = "[h]:mm" * 5_000
    formats = f'<numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts>'.encode()
    yield (
        "format-long.xlsx",
        with_part(honest, "xl/styles.xml", lambda xml: xml.replace(b'<numFmts count="0" />', formats)),
        "",
    )
    sheets = b"".join(b'<sheet name="%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(2, 6000))
    space = b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    yield (
        "sheets-6000.xlsx",
        part("xl/workbook.xml", b"</sheets>", sheets.replace(b" r:id", space + b" r:id")),
        "シートが多すぎます",
    )
    names = b'<definedNames><definedName name="a">[1]x!A1</definedName></definedNames>'
    yield "names.xlsx", part("xl/workbook.xml", b"<calcPr", names * 30_000), TOO_LARGE
    yield (
        "sheet-elsewhere.xlsx",
        with_part(
            honest,
            "xl/_rels/workbook.xml.rels",
            lambda xml: xml.replace(b"worksheets/sheet1.xml", b"../../../etc/passwd"),
        ),
        BROKEN,
    )
    yield "no-workbook.xlsx", raw_zip([("[Content_Types].xml", packed(b"<Types/>"))]), BROKEN
    yield "types-wrong.xlsx", raw_zip([("xl/workbook.xml", packed(b"<workbook/>"))]), BROKEN
    yield "macros.xlsx", with_part(honest, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "マクロのあるブックです"
    yield "macro-sheet.xlsx", with_part(honest, "xl/macrosheets/sheet1.xml", b"<x/>"), "マクロのあるブックです"
    link = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    yield "link-dde.xlsx", with_part(honest, "xl/externalLinks/externalLink1.xml", link), "ほかのファイルへのリンク"
    yield "link-data.xlsx", with_part(honest, "xl/connections.xml", b"<connections/>"), "ほかのファイルへのリンク"
    yield "embedded.xlsx", with_part(honest, "xl/embeddings/oleObject1.bin", b"MZ"), "ほかのファイルを埋め込んだ"
    hyperlink = b'<hyperlinks><hyperlink ref="A1" location="file:///etc/passwd"/></hyperlinks>'
    yield "hyperlink.xlsx", with_part(honest, SHEET, lambda xml: _at(xml, b"<pageMargins", hyperlink)), ""


def _without_rows(xml: bytes) -> bytes:
    """The sheet with nothing in it."""
    begin, _, rest = xml.partition(b"<sheetData>")
    return begin + b"<sheetData>" + rest[rest.index(b"</sheetData>") :]


# --- Files of another kind under this name ---


def _other_kinds() -> Iterator[Made]:
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 8_000
    yield "locked.xlsx", container, "パスワード付きか、古い形式"
    yield "old.xls", container, ".xls は読み取れません"
    yield "macros.xlsm", b"PK\x03\x04", ".xlsm は読み取れません"
    yield "a.pdf", b"%PDF-1.7", "取り込めるのは"
    for kind, begin in (("pdf", b"%PDF-1.7\n"), ("png", b"\x89PNG\r\n\x1a\n"), ("html", b"<html><table><tr><td>1")):
        yield f"{kind}.xlsx", begin + b"x" * 5_000, BROKEN
    yield "book.csv", b"PK\x03\x04\x14\0\0\0", "文字コードが分かりません"
    yield "empty.csv", b"\r\n ", "ファイルが空です"
    yield "blank.csv", "\ufeff,,\n\u3000,\u200b\n".encode(), NO_HEADER
    yield "large.csv", b"a," * (6 * MEGABYTE), "ファイルが大きすぎます"


# --- CSV ---


def _tables() -> Iterator[Made]:
    header = ",".join(REQUIRED).encode() + b"\n"
    yield "line.csv", b"a" * (9 * MEGABYTE), "1行が長すぎます"
    yield "line-of-pictures.csv", "😀".encode() * (2 * MEGABYTE), "1行が長すぎます"
    yield "columns.csv", b"1," * MEGABYTE, "1行が長すぎます"
    yield "columns-200.csv", b"1," * 200, "列が多すぎます"
    yield "line-ends.csv", header + b"\n" * (9 * MEGABYTE), "行が多すぎます"
    yield "rows.csv", header + b"1\n" * 4 * MEGABYTE, "行が多すぎます"
    wide = b",".join(b"%d" % (number % 10_000 + 10_000) for number in range(80))
    yield "cells.csv", header + (wide + b"\n") * 20_000, "セルが多すぎます"
    yield "quote.csv", header + b'"' + b"1,2\n" * MEGABYTE, "CSVとして読み取れません"
    yield "text.csv", header + b"x" * 40_000, TOO_LONG
    yield "nul.csv", b"a,b\n1,\x002", "文字コードが分かりません"
    yield "utf-16.csv", "団体コード,値\n012025,1".encode("utf-16"), "文字コードが分かりません"
    yield "utf-7.csv", b"+/v8-a,b\n1,2", "必要な列がありません"
    yield "mixed.csv", "指標名\n".encode() + "施設\n".encode("cp932") + b"\xff\xfe", "文字コードが分かりません"
    yield "euc-jp.csv", "指標名,単位\n施設,人\n".encode("euc-jp"), "必要な列がありません"
    yield "gaiji.csv", "指標名\n".encode("cp932") + b"\xf0\x40\n", "必要な列がありません"
    yield "pictures.csv", header + "😀,x\n".encode() * 20_001, "行が多すぎます"


# --- JSON ---


def _json() -> Iterator[Made]:
    yield "deep.json", b"[" * 5 * MEGABYTE, "ファイルの項目が多すぎます"
    yield "deeper.json", b'{"a":' * 100_000, "JSON"
    yield "objects.json", b"[" + b"{}," * (3 * MEGABYTE) + b"{}]", "ファイルの項目が多すぎます"
    yield "objects-100000.json", b"[" + b"{}," * 100_000 + b"{}]", "行が多すぎます"
    yield "numbers.json", b"[" + b"1," * 4 * MEGABYTE + b"1]", "ファイルの項目が多すぎます"
    yield "number.json", b'[{"a":' + b"9" * (9 * MEGABYTE) + b"}]", TOO_LONG
    yield "number-endless.json", b'[{"a":1e999999999}]', "必要な列がありません"
    yield "constant.json", b'[{"a":Infinity}]', "JSONとして読み取れません"
    yield "keys.json", b"[" + b",".join(b'{"k%d":1}' % key for key in range(20_000)) + b"]", "列が多すぎます"
    yield (
        "key-twice.json",
        json.dumps([{"実績値": 1}]).replace("}", ', "\\u5b9f\\u7e3e\\u5024": 2}').encode(),
        "一つの行に同じ項目",
    )
    yield "key-long.json", b'[{"' + b"k" * 5 * MEGABYTE + b'": 1}]', TOO_LONG
    yield "surrogate.json", b'[{"\\ud800": "\\udfff"}]', "文字として扱えない符号"
    yield "surrogate-below.json", b'[{"a": "1"}, {"a": "\\udfff"}]', "文字として扱えない符号"
    yield "text.json", b'["' + b"a" * 9 * MEGABYTE + b'"]', "一覧表のJSONではありません"
    yield "bytes.json", b"\xff\xfe\0\0", "JSON"
    yield "blank.json", b"[{}]", NO_HEADER
    yield "nothing.json", b"", "ファイルが空です"


# --- Texts that a careless pattern tries for hours ---

SLOW = ("a" * 8_000, "1," * 4_000, "（" * 4_000, "令和" * 4_000, " " * 8_000 + "x", "１" * 4_000, "-" * 8_000)
