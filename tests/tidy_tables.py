"""Tidy tables for tests: rows with everything required at its plainest, as a file, and what an import makes of it."""

import csv
import io

from core.tidy_files import as_csv
from core.uploads.table_files import read_table
from evaluations.exchange.importing.planning import import_for_operator
from plans.models import Plan
from plans.tidy import tidy_rows

PLAINEST = {
    "団体コード": "122319",
    "計画期": "6",
    "節番号": "1",
    "種別": "成果目標",
    "指標コード": "1-1",
    "指標名": "地域生活への移行",
    "年度": "2021",
}


def a_csv(*rows, **everywhere):
    """A CSV of these rows, each the plainest but for what it says; the columns are those that are used."""
    full = [PLAINEST | everywhere | row for row in rows or ({},)]
    header = list(dict.fromkeys(column for row in full for column in row))
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([row.get(column, "") for column in header] for row in full)
    return lines.getvalue().encode("utf-8-sig")


def planned(*rows, **everywhere):
    """What the operator's import of such a CSV would do."""
    return import_for_operator(read_table("a.csv", a_csv(*rows, **everywhere)))


def exported(slug="122319-6"):
    """The rows of a plan as the operator exports them."""
    return tidy_rows(Plan.objects.select_related("municipality").get(slug=slug), access=None)


def edited(rows, code, year, **texts):
    """A CSV of these rows with one row changed."""
    return as_csv([row | texts if (row["指標コード"], row["年度"]) == (code, str(year)) else row for row in rows])
