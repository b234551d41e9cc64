"""The published table: of each 年度 what its publication says, in the columns of the tidy table."""

from core.tidy import COLUMNS, DERIVED, Row
from core.words import UNPUBLISHED
from evaluations.published import PublishedPlan
from evaluations.published_year import PublishedYear

PER_MEASURE = COLUMNS[: COLUMNS.index("年度")]
PER_YEAR = COLUMNS[COLUMNS.index("年度") :]
HANG_ON_ACTUAL = ("実績値", "実績値原文", "分子", "分母", "時点", "確定度", *DERIVED, "注記")

Table = dict[tuple[str, int], Row]
"""Rows by 指標コード and fiscal year."""


def published_rows(published: PublishedPlan) -> list[Row]:
    """Every measure × every 年度. A year without a publication has its 計画値, and 未公表 for its actuals.

    What describes plan, 節 and 指標 is taken from the newest publication that knows the measure, so that all rows of a
    measure agree and the table can be read back.
    """
    return [row for row, _ in rows_with_publication(published)]


def rows_with_publication(published: PublishedPlan) -> list[tuple[Row, PublishedYear]]:
    """The rows of `published_rows`, each with the publication that says what stands in its year."""
    tables = {one.year: _table(one.body["rows"]) for one in published.years.values()}
    rows = []
    for code, newest in _measures(published):
        latest = tables[newest.year]
        for year in published.plan.years:
            stands, source = tables.get(year, {}).get((code, year)), published.years.get(year)
            if stands is None or source is None:
                stands, source = _unpublished(latest, code, year), newest
            master = latest[code, published.plan.start_year]
            row = {name: master[name] for name in PER_MEASURE} | {name: stands[name] for name in PER_YEAR}
            rows.append((row, source))
    return rows


def _table(rows: list[Row]) -> Table:
    return {(row["指標コード"], int(row["年度"])): row for row in rows}


def _measures(published: PublishedPlan) -> list[tuple[str, PublishedYear]]:
    """Each 指標コード with the newest publication that knows it, in the order of 節 and then of that publication."""
    known: dict[str, tuple[int, PublishedYear]] = {}
    for one in sorted(published.years.values(), key=lambda one: -one.publication.number):
        for row in one.body["rows"]:
            known.setdefault(row["指標コード"], (int(row["節番号"]), one))
    return [(code, one) for code, (_, one) in sorted(known.items(), key=lambda item: item[1][0])]


def _unpublished(table: Table, code: str, year: int) -> Row:
    """The plan of a year that is not published; nothing of its actual."""
    return table[code, year] | dict.fromkeys(HANG_ON_ACTUAL, "") | {"実績値状態": UNPUBLISHED}
