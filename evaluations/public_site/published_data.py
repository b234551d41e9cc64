"""The published table: what the publication of each 年度 says, in the columns of the tidy table."""

from core.figures import Figures, hidden
from core.tidy import DERIVED, OF_MEASURE, OF_PLAN, OF_YEAR, Row, year_columns
from core.words import UNPUBLISHED
from evaluations.public_site.published import PublishedPlan
from evaluations.publishing.published_year import PublishedYear

HANG_ON_ACTUAL = ("実績値", "実績値原文", "分子", "分母", "時点", "確定度", *DERIVED, "注記")

Table = dict[str, dict[int, Row]]
"""Rows by 指標コード, then by fiscal year."""
NOT_KNOWN = hidden(Figures(), UNPUBLISHED)
"""Of a year that the plan did not have when the measure was published last."""


def published_rows(published: PublishedPlan) -> list[Row]:
    """Every measure × every 年度. A year without a publication has its 計画値, and 未公表 for its actuals.

    What describes plan, 節 and 指標 is taken from the newest publication that knows each of them, so that all rows
    agree and the table can be read back.
    """
    return [row for row, _ in rows_with_publication(published)]


def rows_with_publication(published: PublishedPlan) -> list[tuple[Row, PublishedYear]]:
    """The rows of `published_rows`, each with the publication that its year comes from."""
    newest_first = sorted(published.years.values(), key=lambda one: -one.publication.number)
    tables = {one.year: _table(one.body["rows"]) for one in newest_first}
    masters = _masters(newest_first)
    known = {code: one for one in reversed(newest_first) for code in tables[one.year]}
    rows = []
    for code, master in masters.items():
        newest = known[code]
        for year in published.plan.years:
            current, source = tables.get(year, {}).get(code, {}).get(year), published.years.get(year)
            if current is None or source is None:
                current, source = _unpublished(tables[newest.year][code], year), newest
            rows.append((master | {name: current[name] for name in OF_YEAR}, source))
    return rows


def _table(rows: list[Row]) -> Table:
    table: Table = {}
    for row in rows:
        table.setdefault(row["指標コード"], {})[int(row["年度"])] = row
    return table


def _masters(newest_first: list[PublishedYear]) -> dict[str, Row]:
    """The facts of each 指標, in the order of 節 and then of the newest publication that knows it."""
    rows = [row for one in newest_first for row in one.body["rows"]]
    titles: dict[str, str] = {}
    masters: dict[str, Row] = {}
    for row in rows:
        title = titles.setdefault(row["節番号"], row["節名"])
        if row["指標コード"] not in masters:
            of_plan = {name: rows[0][name] for name in OF_PLAN}
            masters[row["指標コード"]] = of_plan | {name: row[name] for name in OF_MEASURE} | {"節名": title}
    return dict(sorted(masters.items(), key=lambda item: int(item[1]["節番号"])))


def _unpublished(years: dict[int, Row], year: int) -> Row:
    """The plan of a year that is not published; nothing of its actual."""
    if year not in years:
        return year_columns(year, NOT_KNOWN)
    return years[year] | dict.fromkeys(HANG_ON_ACTUAL, "") | {"実績値状態": UNPUBLISHED}
