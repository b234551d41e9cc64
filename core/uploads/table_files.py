"""An uploaded table by its file type: every file is untrusted until read, and refused in a plain sentence."""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from core.uploads.json_parts import KeyTwice, keys_once
from core.uploads.tables import (
    BLANK,
    MAX_CELL,
    MAX_ROWS,
    Kept,
    NotReadable,
    Table,
    TableCell,
    Wanted,
    address,
    as_table,
    everything,
    refuse_long,
    refuse_wide,
    too_many_rows,
)
from core.uploads.xlsx_files import XlsxBook

MAX_BYTES = 10 * 1024 * 1024
MAX_CELLS = 1_000_000
"""Of a CSV, blank or not: the tidy table of the most rows has 760,000."""
MAX_LINE = 1_000_000
"""Characters of one line of a CSV."""
MAX_JSON_PARTS = 600_000
"""Commas and brackets of a JSON: what we write ourselves in ten megabytes has 460,000."""
_PIECE = 64 * 1024
EXTENSIONS = (".csv", ".xlsx", ".json")
_AGAIN = "書き出した一覧表（CSV・Excel・JSON）を選んでください。"


def read_table(name: str, content: bytes, *, header_row: int = 1, is_wanted: Wanted = everything) -> Table:
    """The table in a csv, xlsx or json file of this name, of a workbook the first sheet that people see; NotReadable
    otherwise. JSON needs no header row. A csv or xlsx whose header is not wanted comes without rows."""
    extension = accepted(
        name, content, EXTENSIONS, "取り込めるのは CSV（.csv）、Excelブック（.xlsx）、JSON（.json）のファイルです。"
    )
    if extension == ".json":
        return read_json(content)
    if extension == ".csv":
        return as_table(csv_lines(content), is_csv=True, header_row=header_row, is_wanted=is_wanted)
    book = XlsxBook(content)
    return as_table(book.lines(book.first_shown), header_row=header_row, is_wanted=is_wanted)


def accepted(name: str, content: bytes, extensions: Sequence[str], otherwise: str, *, limit: int = MAX_BYTES) -> str:
    """The extension of an uploaded file; NotReadable for another kind (in the words of `otherwise`), and for what is
    too large or empty."""
    extension = PurePath(name).suffix.lower()
    if extension in (".xls", ".xlsm", ".xlsb", ".ods"):
        raise NotReadable(
            f"{extension} は読み取れません。表計算ソフトで「Excelブック（.xlsx）」として保存してください。"
        )
    if extension not in extensions:
        raise NotReadable(otherwise)
    if len(content) > limit:
        raise NotReadable(f"ファイルが大きすぎます。{limit // 1024 // 1024}MBまでのファイルに分けてください。")
    if not content.strip():
        raise NotReadable("ファイルが空です。")
    return extension


def read_json(content: bytes) -> Table:
    """A list of objects: the keys are the columns. Numbers keep every digit; a key that one object lacks is absent
    from that row alone."""
    # Before any object is made: three bytes are enough for an object of a hundred.
    if sum(map(content.count, (b",", b"[", b"{"))) > MAX_JSON_PARTS:
        raise NotReadable("ファイルの項目が多すぎます。行を分けて、いくつかのファイルにしてください。")
    try:
        objects = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=keys_once,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
    except KeyTwice as error:
        sentence = f"一つの行に同じ項目「{error.key[:20]}」が二つあります。どちらかを消してください。"
        raise NotReadable(sentence) from error
    except (ValueError, RecursionError) as error:
        sentence = f"JSONとして読み取れません。途中で切れているか、書き換えられています。{_AGAIN}"
        raise NotReadable(sentence) from error
    if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
        raise NotReadable(
            f"一覧表のJSONではありません。県へ渡すファイルや様式のファイルは、ここでは読み取れません。{_AGAIN}"
        )
    # Before keys and objects are multiplied: 20,000 objects of one key each would make 400 million cells.
    if len(objects) > MAX_ROWS:
        raise too_many_rows(MAX_ROWS + 2)
    header = list(dict.fromkeys(key for item in objects for key in item))
    refuse_wide(1, len(header))
    lines: list[list[Kept]] = [list(header)]
    lines += [[_json_cell(item[key]) if key in item else None for key in header] for item in objects]
    for number, line in enumerate(lines, start=1):
        _refuse_long_texts(number, line)
        _refuse_surrogates(number, line)
    return as_table(lines)


def decoded(content: bytes) -> str:
    """The text in UTF-8, with or without its mark, or in the CP932 of older spreadsheets; NotReadable otherwise."""
    return content.decode(_encoding(content))


def _encoding(content: bytes) -> str:
    """The first encoding in which all of it can be read, piece by piece: a text of another width takes four times the
    room."""
    if b"\0" not in content:
        for encoding in ("utf-8-sig", "cp932"):
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                for start in range(0, len(content), _PIECE):
                    decoder.decode(content[start : start + _PIECE])
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return encoding
    raise NotReadable("文字コードが分かりません。「CSV UTF-8（コンマ区切り）」で保存し直してください。")


def _lines(source: io.TextIOBase) -> Iterator[str]:
    """The lines with their ends, none longer than the cells of a row may be."""
    number = 0
    while line := source.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            sentence = "1行が長すぎます。CSV形式で、1件を1行にして保存し直してください。"
            raise NotReadable(sentence, address(0, number))
        yield line


def csv_lines(content: bytes) -> Iterator[list[str]]:
    """The texts of a CSV line by line, as far as they are within the limits; NotReadable for what is none."""
    source = io.TextIOWrapper(io.BytesIO(content), _encoding(content), newline="")
    cells = 0
    try:
        for number, line in enumerate(csv.reader(_lines(source), strict=True), start=1):
            refuse_wide(number, len(line))
            cells += len(line)
            if number > MAX_ROWS + 1:
                raise too_many_rows(number)
            if cells > MAX_CELLS:
                raise NotReadable(f"セルが多すぎます。{MAX_CELLS:,}個までに分けてください。", address(0, number))
            _refuse_long_texts(number, line)
            yield line
    except csv.Error as error:
        raise NotReadable(
            'CSVとして読み取れません。引用符（"）の閉じ忘れがないか確かめ、CSV形式で保存し直してください。'
        ) from error


def _refuse_long_texts(number: int, line: Sequence[Kept]) -> None:
    for place, kept in enumerate(line, start=1):
        if isinstance(kept, str) and len(kept) > MAX_CELL:
            refuse_long(number, place)


def _refuse_surrogates(number: int, line: Sequence[Kept]) -> None:
    """JSON can contain surrogates, which no page and no file can show."""
    for place, kept in enumerate(line):
        if isinstance(kept, str) and any("\ud800" <= character <= "\udfff" for character in kept):
            sentence = "文字として扱えない符号があります。書き出したときの形のまま保存してください。"
            raise NotReadable(sentence, address(place, number))


def _json_cell(item: object) -> Kept:
    if item is None:
        return BLANK
    if isinstance(item, str):
        return item
    return TableCell(problem="文字か数値にしてください（入力：true・false、または入れ子の値）")


def _refuse_constant(word: str) -> str:
    raise ValueError(word)
