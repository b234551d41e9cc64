"""The rows of a table under the columns of the contract: texts by column, each with its address."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.numerals import squeeze
from core.tidy import COLUMNS, IGNORED_WHEN_READ, NUMBER_COLUMNS, REQUIRED
from core.uploads.tables import Table, TableCell, TableRow, address
from evaluations.exchange.importing.report import Report

_FREE_TEXTS = ("時点", "計画値原文", "実績値原文", "注記", "指標名", "節名", "計画名")


@dataclass(frozen=True)
class ImportRow:
    """One row. A column that is not in `texts` is absent and changes nothing; "" is there, and clears."""

    number: int
    texts: Mapping[str, str]
    places: Mapping[str, int]
    broken: frozenset[str] = frozenset()

    def address(self, *columns: str) -> str:
        """The address of the first of these columns that the table has; of the row's first cell where it has none."""
        place = next((self.places[column] for column in columns if column in self.places), 0)
        return address(place, self.number)


def has_required(header: Sequence[str]) -> bool:
    """Whether a table with this header can be taken in at all."""
    given = set(map(squeeze, header))
    return all(squeeze(column) in given for column in REQUIRED)


def import_rows(table: Table, report: Report) -> list[ImportRow]:
    """The rows, with every problem of header and cells reported; none where a required column is missing."""
    places = _places(table, report)
    missing = [column for column in REQUIRED if column not in places]
    if missing:
        report.problem("A1", f"必要な列がありません：{'、'.join(missing)}")
        return []
    return [_row(row, places, table.is_csv, report) for row in table.rows]


def _places(table: Table, report: Report) -> dict[str, int]:
    """Where each known column is. Derived columns are passed over, unknown ones with a warning."""
    known = {squeeze(column): column for column in COLUMNS}
    names = [known.get(squeeze(text), "") for text in table.header]
    for place, (name, text) in enumerate(zip(names, table.header, strict=True)):
        if name and names.index(name) != place:
            first = address(names.index(name), 1)
            report.problem(address(place, 1), f"見出し「{name}」が二度あります（{first}）。どちらかを消してください。")
        elif not name and text.strip():
            report.warn(address(place, 1), f"見出し「{text.strip()}」は取り込みに使われない列です。")
    unnamed = [place for place, text in enumerate(table.header) if not text.strip()]
    for row in table.rows:
        for place in (*unnamed, *range(len(names), len(row.kept))):
            cell = row.cell(place)
            if cell and not cell.is_blank:
                report.warn(address(place, row.number), "見出しのない列の値は取り込みません。")
                return _wanted(names)
    return _wanted(names)


def _wanted(names: list[str]) -> dict[str, int]:
    counted = Counter(names)
    return {name: names.index(name) for name in counted if name and name not in IGNORED_WHEN_READ}


def _row(row: TableRow, places: Mapping[str, int], is_csv: bool, report: Report) -> ImportRow:
    texts, broken = {}, set()
    for column, place in places.items():
        cell = row.cell(place)
        if cell is None:
            continue
        for sentence in _problems(column, cell):
            report.problem(address(place, row.number), f"「{column}」は{sentence}")
            broken.add(column)
        texts[column] = _text(column, cell, is_csv)
    return ImportRow(row.number, texts, places, frozenset(broken))


def _problems(column: str, cell: TableCell) -> Iterator[str]:
    if cell.problem:
        yield cell.problem
    if cell.is_date and column not in _FREE_TEXTS:
        yield cell.wrong_date


def _text(column: str, cell: TableCell, is_csv: bool) -> str:
    if column in NUMBER_COLUMNS:
        return cell.text
    if cell.is_percent:
        return f"{cell.text}%"
    return cell.text.removeprefix("'") if is_csv else cell.text
