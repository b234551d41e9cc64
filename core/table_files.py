"""An uploaded table by its file: every file is hostile until read, and refused in a plain sentence."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from core.tables import BLANK, MAX_ROWS, NotReadable, Table, TableCell, as_table, refuse_wide, too_many_rows
from core.xlsx_files import read_xlsx

MAX_BYTES = 10 * 1024 * 1024
EXTENSIONS = (".csv", ".xlsx", ".json")


def read_table(name: str, content: bytes, *, header_row: int = 1) -> Table:
    """The table in a csv, xlsx or json file of this name; NotReadable otherwise. JSON needs no header row."""
    extension = accepted(
        name, content, EXTENSIONS, "取り込めるのは CSV（.csv）、Excelブック（.xlsx）、JSON（.json）のファイルです。"
    )
    if extension == ".json":
        return read_json(content)
    return (read_csv if extension == ".csv" else read_xlsx)(content, header_row=header_row)


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


def read_csv(content: bytes, *, header_row: int = 1) -> Table:
    """UTF-8 with or without its mark, or the Shift_JIS (CP932) of older spreadsheets."""
    grid = csv_lines(content)
    return as_table([[TableCell(text) for text in line] for line in grid], is_csv=True, header_row=header_row)


def csv_lines(content: bytes) -> list[list[str]]:
    """The texts of a CSV line by line; NotReadable for what is none, or is too wide."""
    try:
        return list(_bounded(csv.reader(io.StringIO(decoded(content), newline=""), strict=True)))
    except csv.Error as error:
        raise NotReadable(
            'CSVとして読み取れません。引用符（"）の閉じ忘れがないか確かめ、CSV形式で保存し直してください。'
        ) from error


def read_json(content: bytes) -> Table:
    """A list of objects: the keys are the columns. Numbers keep every digit; a key that one object lacks is absent
    from that row alone."""
    try:
        objects = json.loads(
            content.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise NotReadable("JSONとして読み取れません。UTF-8で、書き出したときの形のまま保存してください。") from error
    if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
        raise NotReadable("JSONは、行ごとのオブジェクトを並べた配列にしてください。")
    # Before keys and objects are multiplied: 20,000 objects of one key each would make 400 million cells.
    if len(objects) > MAX_ROWS:
        raise too_many_rows(MAX_ROWS + 2)
    header = list(dict.fromkeys(key for item in objects for key in item))
    refuse_wide(1, len(header))
    lines: list[Sequence[TableCell | None]] = [[TableCell(key) for key in header]]
    lines += [[_json_cell(item[key]) if key in item else None for key in header] for item in objects]
    return as_table(lines)


def decoded(content: bytes) -> str:
    """The text in UTF-8, with or without its mark, or in CP932; NotReadable otherwise."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotReadable("文字コードが分かりません。「CSV UTF-8（コンマ区切り）」で保存し直してください。")


def _bounded(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    """The lines of a CSV, one more than allowed at most, so that a file of line ends alone costs nothing."""
    for count, line in enumerate(reader):
        refuse_wide(count + 1, len(line))
        yield line
        if count > MAX_ROWS:
            return


def _json_cell(item: object) -> TableCell:
    if item is None:
        return BLANK
    if isinstance(item, str):
        return TableCell(item)
    return TableCell(problem="文字か数値にしてください（入力：true・false、または入れ子の値）")


def _refuse_constant(word: str) -> str:
    raise ValueError(word)
