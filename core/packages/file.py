"""The package file of a city's plan: written, and read as untrusted input.

One JSON object. `sha256` is the SHA-256 of everything else in it as canonical text. It reveals damage and edits by hand
but not forgery, since anyone can compute it again: who sent the file is known only by the way it came.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.canonical import canonical_text, sha256_of
from core.municipality_codes import check_digit
from core.numerals import typed
from core.packages.checks import check_content
from core.packages.content import Content
from core.packages.shapes import Maybe, NotFitting, Record, Text, Whole, moment
from core.uploads.json_parts import KeyTwice, keys_once

MARK = "fukushi-pdca-package"
FORMAT = 1
EXTENSION = ".json"
MAX_BYTES = 10 * 1024 * 1024
MAX_PARTS = 500_000
"""Commas and brackets: 10 MB of nothing else would become gigabytes of objects."""
MAX_DIGITS = 15
SUM = re.compile("[0-9a-f]{64}")
AGAIN = "市区町村から、もう一度受け取ってください。"
UNTOUCHED = "開いて保存し直したものではなく、受け取ったままのファイルを選んでください。"
REMADE = "市区町村に、ファイルを作り直してもらってください。"

Document = dict[str, Any]
Upgrade = Callable[[Document], Document]

UPGRADES: Mapping[int, Upgrade] = {}
"""From a format to the next one. Format 1 is the first: none yet."""

_PREFECTURE = Record(
    {"code": ("団体コード", Text(6, pattern="[0-9]{2}000[0-9]")), "name": ("名前", Text(60, blank=False))}
)
_HEADER = Record(
    {
        "software": ("ソフトウェアの版", Text(40)),
        "number": ("版", Whole(1, 32_767)),
        "made_at": ("作成日時", moment),
        "made_by": ("作成者の役割", Text(20)),
        "prefecture": ("都道府県", Maybe(_PREFECTURE)),
    }
)


class PackageRefused(ValueError):
    """The file is refused; the text says what does not fit, where, and what to do."""


@dataclass(frozen=True)
class Header:
    """Which edition of which city's file this is. `made_by` is a role, never a name. `prefecture`: code and name."""

    number: int
    made_at: datetime
    made_by: str
    software: str
    prefecture: tuple[str, str] | None = None


@dataclass(frozen=True)
class Package:
    """A file that was read and fits. `format` is the one it was written in."""

    header: Header
    content: Content
    sha256: str
    format: int = FORMAT


def write_package(header: Header, content: Content) -> bytes:
    """The file. Written again from the same parts it is the same, byte for byte."""
    document = {
        "package": MARK,
        "format": FORMAT,
        "software": header.software,
        "number": header.number,
        "made_at": header.made_at.isoformat(),
        "made_by": header.made_by,
        "prefecture": dict(zip(("code", "name"), header.prefecture, strict=True)) if header.prefecture else None,
        "content": content,
    }
    return canonical_text(document | {"sha256": sha256_of(document)}).encode()


def read_package(file: bytes, *, upgrades: Mapping[int, Upgrade] = UPGRADES, newest: int = FORMAT) -> Package:
    """The package in these bytes; PackageRefused otherwise. `upgrades` lead from older formats to the `newest`."""
    document = _document(_text(file))
    written_in = _format(document, newest)
    sha256 = _checked_sum(document)
    for version in range(written_in, newest):
        if version not in upgrades:
            raise PackageRefused(f"このファイルの形式（第{written_in}版）は古く、もう読めません。{REMADE}")
        document = upgrades[version](document)
    head = {key: value for key, value in document.items() if key not in ("package", "format", "sha256", "content")}
    try:
        _HEADER(head, ("見出し",))
        check_content(document.get("content"))
        _check_prefecture(head["prefecture"], document["content"]["municipality"])
    except NotFitting as error:
        raise PackageRefused(f"{error}{REMADE}") from error
    prefecture = head["prefecture"]
    head["made_at"] = datetime.fromisoformat(head["made_at"])
    head["prefecture"] = (prefecture["code"], prefecture["name"]) if prefecture else None
    return Package(Header(**head), document["content"], sha256, written_in)


def _check_prefecture(prefecture: Mapping[str, str] | None, city: Mapping[str, str]) -> None:
    if prefecture is None:
        return
    code = prefecture["code"]
    if check_digit(code[:5]) != code[5] or code[:2] != city["code"][:2]:
        raise NotFitting(
            ("見出し", "都道府県", "団体コード"), f"が市区町村のもの（{city['code']}）と合いません（{code}）。"
        )


def _text(file: bytes) -> str:
    if not file.strip():
        raise PackageRefused("ファイルが空です。")
    if len(file) > MAX_BYTES:
        raise PackageRefused(f"ファイルが大きすぎます。県へ渡すファイルは{MAX_BYTES // 1024 // 1024}MBまでです。")
    if file.startswith(b"PK"):
        raise PackageRefused(
            f"圧縮したファイルか、Excelのファイルです。展開した中の {EXTENSION} のファイルを選んでください。"
        )
    if sum(map(file.count, (b",", b"[", b"{"))) > MAX_PARTS:
        raise PackageRefused("ファイルの項目が多すぎます。県へ渡すファイルではありません。")
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackageRefused(f"文字コードがUTF-8ではありません。{UNTOUCHED}") from error


def _document(text: str) -> Document:
    try:
        document = json.loads(
            text,
            object_pairs_hook=keys_once,
            parse_int=_whole,
            parse_float=_not_whole,
            parse_constant=_not_whole,
        )
    except PackageRefused:
        raise
    except KeyTwice as error:
        raise PackageRefused(
            f"一つのところに同じ項目が二つあります{typed(error.key)}。書き換えられています。{AGAIN}"
        ) from error
    except (ValueError, RecursionError) as error:
        sentence = f"JSONとして読み取れません。途中で切れているか、書き換えられています。{AGAIN}"
        raise PackageRefused(sentence) from error
    if not isinstance(document, dict) or document.get("package") != MARK:
        raise PackageRefused(
            "ふくしPDCAの「県へ渡すファイル」ではありません。市区町村の「出力」のページで作ったファイルを選んでください。"
        )
    return document


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise PackageRefused(f"{MAX_DIGITS}桁を超える数があります{typed(digits)}。書き換えられています。{AGAIN}")
    return int(digits)


def _not_whole(written: str) -> int:
    raise PackageRefused(f"このファイルに書かれないはずの数があります{typed(written)}。書き換えられています。{AGAIN}")


def _format(document: Document, newest: int) -> int:
    written_in = document.get("format")
    if not isinstance(written_in, int) or isinstance(written_in, bool) or written_in < 1:
        raise PackageRefused(f"ファイルの形式の版が分かりません。{AGAIN}")
    if written_in > newest:
        raise PackageRefused(
            f"このファイルの形式は第{written_in}版で、ここで読めるのは第{newest}版までです。"
            "こちらのふくしPDCAを新しくしてから、もう一度選んでください。"
        )
    return written_in


def _checked_sum(document: Document) -> str:
    written = document.get("sha256")
    try:
        computed = sha256_of({key: value for key, value in document.items() if key != "sha256"})
    except (UnicodeEncodeError, RecursionError) as error:
        raise PackageRefused(f"文字として扱えない符号か、深すぎる入れ子があります。{AGAIN}") from error
    if written != computed:
        current = f"{written[:12]}…" if isinstance(written, str) and SUM.fullmatch(written) else "なし"
        raise PackageRefused(
            "チェックサム（SHA-256）が合いません。作られたあとに、壊れたか書き換えられています"
            f"（ファイルの記載：{current}、計算した値：{computed[:12]}…）。{AGAIN}"
        )
    return computed
