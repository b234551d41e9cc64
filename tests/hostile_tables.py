"""Files of the very kind that a door takes, made to keep it busy: 入力様式, old evaluation sheets, tables to check.

What is no such file at all is in hostile_files.py.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence

from openpyxl import Workbook

from core.entry_forms.form import CODE, FIELDS, FORM
from core.open_data.checked_file import MAX_CELLS
from core.sheets.keys import KEY_SHEET, sealed
from tests.hostile_files import SLOW
from tests.sheet_files import edited

Named = tuple[str, bytes]
DEEP = "[" * 9_000
TITLE = "印西市 第6期障害福祉計画 "
HEAD = "成果目標\t節別\t実績\n■\t第1節\n\t\t①\t人数（人）"
MANY_YEARS = "\t".join(f"{2000 + n % 90}年度" for n in range(96))
SHEET_TRAPS = {
    "one cell of figures": "令和3年度 3人 ①" * 15_000,
    "rows of figures": "\n".join(["\t\t\t計画値" + "\t1" * 90] * 125),
    "rows of years": "\n".join([f"\t\t\t\t{MANY_YEARS}"[:700]] * 250),
    "the same 節 again and again": "\n".join(["■a\t第1節\t①a 1人 ②b 2人"] * 40),
    "loose figures": "・".join(["2回実施"] * 20_000),
    "ninety goals in doubt": "\n".join(
        f"■{number}\t第{number}節\t①回数 1回か2回\t①回数\t計画値\t1か2\t3？\n\t\t\t\t実績値\t約4\t5前後"
        for number in range(2, 92)
    ),
}


def trap_sheet(body: str) -> bytes:
    """An old evaluation sheet as text, which goes on with this."""
    return f"{HEAD}\t2021年度\t2022年度\n{body}".encode()


def old_sheets() -> Iterator[Named]:
    """Files for the reading of old evaluation sheets."""
    for number, body in enumerate(SHEET_TRAPS.values(), start=1):
        yield f"trap-{number}.txt", trap_sheet(body)
    yield "slow.txt", trap_sheet("\n".join(f"\t\t{text}\t{text}" for text in SLOW))
    yield "tags.txt", ("<td" + "<" * 190_000).encode()
    yield "markup-alone.txt", b"<table><tr><td>&nbsp;</td></tr></table><br>"
    yield "other.pdf", b"%PDF-1.7"


def forms(form: bytes, codes: Sequence[str]) -> Iterator[Named]:
    """入力様式 as they might be returned. `form` is one as it was handed out, `codes` are its measures."""
    columns = [CODE, *FIELDS.values()]
    yield "unknown-codes.csv", _csv([columns, *([f"x{number}", "1"] for number in range(15_000))])
    yield "same-code.csv", _csv([columns, *([codes[0], str(number)] for number in range(15_000))])
    yield "slow-titles.csv", _csv([*([f"{TITLE}{text}（令和"] * 2 for text in SLOW for _ in range(7)), columns])
    yield "slow-cells.csv", _csv([columns, *([code, *(SLOW * 2)[n : n + 6]] for n, code in enumerate(codes))])
    yield "headings.csv", _csv([columns * 9, *([code] * 60 for code in codes)])
    yield "no-headings.csv", _csv([[CODE] * 90] * 500)
    for name, lines in (
        ("deep", [DEEP, DEEP]),
        ("endless", [_about("2022"), json.dumps([codes[0], {"number": "1E999999999"}, {}])]),
        ("year", [_about("9" * 4_000), json.dumps([codes[0], {}, {}])]),
        ("many", [_about("2022"), *(json.dumps([f"x{number}", {}, {}]) for number in range(9_000))]),
        ("list", ["[]", "{}"]),
        ("half-signs", [_about("2022"), '["\\udfff", {"note": "\\ud800"}, {"\\udfff": "\\ud800"}]']),
    ):
        yield f"keys-{name}.xlsx", edited(form, then=_with_keys(sealed(FORM, lines)))


def _about(year: str) -> str:
    return f'{{"plan": "122319-6", "year": {year}, "department": "課", "total": 3}}'


def _with_keys(rows: Sequence[Sequence[str]]) -> Callable[[Workbook], None]:
    """What puts these rows in the place of the keys of a workbook."""

    def put(book: Workbook) -> None:
        sheet = book[KEY_SHEET]
        sheet.delete_rows(1, sheet.max_row)
        for row in rows:
            sheet.append(list(row))

    return put


def tables() -> Iterator[Named]:
    """Tables with as much against the rules of open data as fits."""
    header = [f"利用者数{number}" for number in range(100)]
    for name, cells in (
        ("formulas", ["=1+1", "'@1"]),
        ("figures", ["１，２３４人", "1人 2人", "▲3", "－"]),
        ("texts", ["　居 宅\n介護 ", "同上", "令和3年度", "①㍻"]),
    ):
        line = (cells * 100)[:100]
        yield f"against-{name}.csv", _csv([header, *([line] * (MAX_CELLS // 100 - 10))])
    yield "slow-cells.csv", _csv([["施設", *header[:6]], *([text] * 7 for text in SLOW)])
    yield "slow-headings.csv", _csv([list(SLOW), *(["1"] * 7 for _ in range(9))])
    yield "same-headings.csv", _csv([["数"] * 100, *(["1"] * 100 for _ in range(9))])


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()
