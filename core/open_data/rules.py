"""The rules of machine-readable data, each as one small function over a sheet as it is written.

Sources: 総務省「統計表における機械判読可能なデータの表記方法の統一ルール」(令和2年12月), its チェック項目 by number;
RFC 4180 for CSV. What goes beyond both is a rule of this tool and says so.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.municipality_codes import read_code
from core.numerals import plain, read_numeral, squeeze, typed
from core.open_data.checked_sheet import FORMULA, CheckedSheet, Column, has_several_numbers
from core.open_data.machine_characters import plain_characters, strange_characters
from core.open_data.texts import is_live, lacks_western_year, western_year, without_layout
from core.uploads.tables import address

SOUMU = "総務省「統計表における機械判読可能なデータの表記方法の統一ルール」チェック項目"
OURS = "このシステムの規則"
_SAME = frozenset(("同上", "同左", "〃", "″"))
_AS_PRINTED = re.compile("原文|注記|備考|説明")
_AREA_CODES = re.compile("団体コード|地域コード|自治体コード|市区?町村コード|都道府県コード|JISコード")
_AREA_NAMES = re.compile("自治体名|団体名|市区?町村名?$|都道府県名?$|地域名|自治体$")
_UNITS = re.compile("単位")
_NO_FIGURE = re.compile(r"[^0-9０-９]*")

Found = Iterator[tuple[str, str, str]]
"""For each place against a rule: its address, what the cell contains, and the remedy."""


@dataclass(frozen=True)
class Rule:
    """One rule: a short name, what it requires, its source, and the function that finds what breaks it."""

    key: str
    title: str
    source: str
    find: Callable[[CheckedSheet], Found]


def one_datum_per_cell(sheet: CheckedSheet) -> Found:
    for column in _of_figures(sheet):
        for placed in column.filled():
            if not placed.cell.is_number and has_several_numbers(placed.cell.text):
                message = _stands("1つのセルに複数のデータがあります", placed.cell.text)
                yield placed.address, message, "列か行を分けてください"


def figures_are_numbers(sheet: CheckedSheet) -> Found:
    for column in _of_figures(sheet):
        for placed in column.filled():
            cell = placed.cell
            if not (cell.is_number or cell.fault or has_several_numbers(cell.text)):
                yield (placed.address, *_not_a_number(cell.text))


def _not_a_number(text: str) -> tuple[str, str]:
    """What a figure that is not a number is, and how it should be written."""
    try:
        number = plain(read_numeral(text).number)
    except ValueError:
        if _NO_FIGURE.fullmatch(text):
            remedy = "数値がないセルは空欄にし、理由は別の列（状態など）に書いてください"
            return _stands("数値の列に文字や記号があります", text), remedy
        return _stands("数値の列に、数値として読めないものがあります", text), "数値だけにしてください"
    if number == text.strip():
        return _stands("数値が文字として入っています", text), "セルの表示形式を「標準」にして、数値を入れ直してください"
    remedy = f"「{number}」とし、単位は見出しか単位の列に書いてください"
    return _stands("数値に、単位・桁区切り・全角・▲などが付いています", text), remedy


def no_merged_cells(sheet: CheckedSheet) -> Found:
    for place in sheet.merged:
        remedy = "結合を解除し、どのセルにも値を書いてください"
        yield place.split(":")[0], f"セルが結合されています（{place}）", remedy


def no_layout_blanks(sheet: CheckedSheet) -> Found:
    for placed in sheet.cells():
        text = placed.cell.text
        if not placed.cell.is_number and without_layout(text) != text:
            message = _stands("空白や改行で体裁を整えています", text)
            yield placed.address, message, f"「{without_layout(text)[:40]}」としてください"


def nothing_left_out(sheet: CheckedSheet) -> Found:
    yield from _headings_left_out(sheet)
    for column in sheet.columns:
        for placed in column.filled() if not column.says(_AS_PRINTED) else ():
            if placed.cell.text.strip() in _SAME:
                message = _stands("上のセルと同じことを、省略して書いています", placed.cell.text)
                yield placed.address, message, "省略せず、同じ値を書いてください"
    for column in sheet.columns:
        if column.is_complete or column.is_of_figures:
            return  # a column that names every row: cells to the right of it may be blank
        above = ""
        for placed in column.cells():
            if not placed.cell.is_blank:
                above = placed.cell.text
            elif above:
                message = "上の行と同じ項目名が省略されているか、空欄です"
                yield placed.address, message, f"「{above[:40]}」のように、どの行にも書いてください"


def _headings_left_out(sheet: CheckedSheet) -> Found:
    seen: dict[str, str] = {}
    for column in sheet.columns:
        place, heading = column.address, squeeze(column.heading)
        if not heading:
            if not column.is_empty:
                yield place, "見出しのない列です", "列の項目名を書いてください"
        elif heading in seen:
            yield place, f"見出し「{column.heading}」が{seen[heading]}と同じです", "区別できる項目名にしてください"
        else:
            seen[heading] = place


def values_not_formulas(sheet: CheckedSheet) -> Found:
    for placed in sheet.cells():
        cell = placed.cell
        if cell.fault == FORMULA:
            message, remedy = _stands("数式が入っています", cell.text), "計算した結果の値を貼り付けてください"
        elif cell.fault:
            message, remedy = f"数式の結果がエラー（{cell.fault}）です", "値を書くか、空欄にしてください"
        elif sheet.is_csv and is_live(cell.text) and cell.text.startswith("'"):
            message = _stands("数式にしないための「'」が、データの一部になっています", cell.text)
            remedy = "「'」を除き、先頭の記号を全角にしてください"
        elif sheet.is_csv and is_live(cell.text):
            message = _stands("表計算ソフトで開くと数式として計算されます", cell.text)
            remedy = "先頭の記号を全角にするか、書き方を変えてください"
        else:
            continue
        yield placed.address, message, remedy


def no_objects(sheet: CheckedSheet) -> Found:
    for word in sheet.objects:
        yield "A1", f"{word}がシートにあります", "削除し、必要な説明はセルか別の資料に書いてください"


def units_are_stated(sheet: CheckedSheet) -> Found:
    if any(column.says(_UNITS) for column in sheet.columns):
        return
    for column in _of_figures(sheet):
        if not column.states_unit:
            message = f"「{column.heading}」の列の単位が分かりません"
            remedy = f"「{column.heading or '利用者数'}（人）」のように見出しに書くか、単位の列を加えてください"
            yield column.address, message, remedy


def everyday_characters(sheet: CheckedSheet) -> Found:
    for placed in sheet.cells():
        if characters := strange_characters(placed.cell.text):
            message = f"機種依存文字（{_visible(characters)}）があります{typed(placed.cell.text)}"
            remedy = f"「{plain_characters(placed.cell.text)[:40]}」のように、どの機種にもある文字で書いてください"
            yield placed.address, message, remedy


def western_years(sheet: CheckedSheet) -> Found:
    for column in sheet.columns:
        if lacks_western_year(column.heading):
            message = f"見出し「{column.heading}」の年が和暦だけです"
            yield column.address, message, "西暦で書くか、西暦を併記してください"
    for number, line in sheet.rows:
        for place, cell in enumerate(line):
            year = None if cell.is_number else western_year(cell.text)
            if year is not None and not any(_names_year(other.text, year) for other in line):
                remedy = f"「{year}」の列を加えるか、「{cell.text.strip()}（{year}年）」のように西暦を併記してください"
                yield address(place, number), _stands("年が和暦だけです", cell.text), remedy


def areas_are_named(sheet: CheckedSheet) -> Found:
    """Of tables with figures: 統一ルール requires code or name, the open data sets of 自治体 for both."""
    if not _of_figures(sheet):
        return
    codes = [column for column in sheet.columns if column.says(_AREA_CODES)]
    place = address(0, sheet.header_row)
    if not codes:
        yield (
            place,
            "団体コードの列がありません",
            "「団体コード」の列を加え、全国地方公共団体コード（6桁）を書いてください",
        )
    if not any(column.says(_AREA_NAMES) for column in sheet.columns):
        yield place, "自治体名の列がありません", "「自治体名」の列を加え、どの行にも書いてください"
    for column in codes:
        for placed in column.cells():
            if fault := _code_fault(placed.cell.text.strip()):
                yield placed.address, fault, "全国地方公共団体コードを6桁の半角数字で書いてください"


def one_table_in_one_piece(sheet: CheckedSheet) -> Found:
    numbers = [number for number, _ in sheet.filled_rows]
    for above, below in zip(numbers, numbers[1:], strict=False):
        if below > above + 1:
            yield (
                address(0, above + 1),
                "空白の行で表が分かれています",
                "行を詰めるか、別の表は別のシートにしてください",
            )
    for column in sheet.columns:
        if not column.heading and column.is_empty:
            yield column.address, "空白の列で表が分かれています", "列を詰めるか、別の表は別のシートにしてください"


def table_alone(sheet: CheckedSheet) -> Found:
    for number, line in enumerate(sheet.lines[: sheet.header_row - 1], start=1):
        texts = [cell.text for cell in line if not cell.is_blank]
        if texts:
            message = _stands("表の上に、題名などの行があります", texts[0])
            yield address(0, number), message, "1行目を見出しにし、題名はファイル名か別の資料に書いてください"
    for number, note in sheet.notes:
        message = _stands("表の中に、注などの行があります", note)
        yield address(0, number), message, "注記の列を設けるか、別の資料に書いてください"


def even_lines(sheet: CheckedSheet) -> Found:
    width = len(sheet.lines[sheet.header_row - 1]) if sheet.lines else 0
    for number, line in sheet.rows if sheet.is_csv else ():
        if len(line) != width:
            message = f"列の数が見出しと違います（見出し{width}列、この行{len(line)}列）"
            yield address(0, number), message, "コンマの数と、値の中のコンマを囲む引用符を確かめてください"


def utf8(sheet: CheckedSheet) -> Found:
    if not sheet.is_utf8:
        yield "A1", "文字コードがUTF-8ではありません", "「CSV UTF-8（コンマ区切り）」で保存し直してください"


def nothing_hidden(sheet: CheckedSheet) -> Found:
    for word in sheet.hidden:
        yield "A1", f"{word}があります", "公表しないものなら削除し、公表するものなら表示してください"


HIDDEN = "hidden"
RULES = (
    Rule("1-2", "1セルに1データ", f"{SOUMU}1-2", one_datum_per_cell),
    Rule("1-3", "数値は数値として、文字を含めない", f"{SOUMU}1-3", figures_are_numbers),
    Rule("1-4", "セルを結合しない", f"{SOUMU}1-4", no_merged_cells),
    Rule("1-5", "空白や改行で体裁を整えない", f"{SOUMU}1-5", no_layout_blanks),
    Rule("1-6", "項目名を省略しない", f"{SOUMU}1-6", nothing_left_out),
    Rule("1-7", "数式ではなく値を入れる", f"{SOUMU}1-7", values_not_formulas),
    Rule("1-8", "図形などを置かない", f"{SOUMU}1-8", no_objects),
    Rule("1-9", "単位を書く", f"{SOUMU}1-9", units_are_stated),
    Rule("1-10", "機種依存文字を使わない", f"{SOUMU}1-10", everyday_characters),
    Rule("1-11", "西暦を書く", f"{SOUMU}1-11", western_years),
    Rule("1-12", "団体コードと自治体名を書く", f"{SOUMU}1-12", areas_are_named),
    Rule("2-1", "表を分断しない", f"{SOUMU}2-1", one_table_in_one_piece),
    Rule("table", "表のほかに何も置かない", OURS, table_alone),
    Rule("lines", "どの行も同じ列の数にする", "RFC 4180（CSVの形式）2の4", even_lines),
    Rule("utf-8", "文字コードはUTF-8にする", OURS, utf8),
    Rule(HIDDEN, "隠したものを残さない", OURS, nothing_hidden),
)
"""チェック項目1-1 (CSV or Excel) is the reader's: it takes no other file. Found in this order."""
RULE_BY_KEY = {rule.key: rule for rule in RULES}


def _of_figures(sheet: CheckedSheet) -> list[Column]:
    return [column for column in sheet.columns if column.is_of_figures]


def _stands(sentence: str, text: str) -> str:
    return f"{sentence}{typed(text)}"


def _visible(characters: str) -> str:
    """The characters one after the other, invisible ones by their code point."""
    shown = (
        character if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"
        for character in characters[:10]
    )
    return "、".join(shown)


def _names_year(text: str, year: int) -> bool:
    return re.search(rf"(?<![0-9]){year}(?![0-9])", text) is not None


def _code_fault(text: str) -> str:
    """What is wrong with an area code, "" if nothing is: six digits with their check digit, or five or two without."""
    if not text:
        return "団体コードが空欄です"
    if re.fullmatch(r"[0-9]{2}|[0-9]{5}", text):
        return ""
    if not re.fullmatch(r"[0-9]{6}", text):
        return _stands("団体コードの形ではありません", text)
    try:
        read_code(text)
    except ValueError as error:
        return str(error)
    return ""
