"""Tables as CSV (RFC 4180), in the form that a Japanese Excel opens by a double click."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from core.characters import OPENS_A_FORMULA

CSV = "text/csv; charset=utf-8"


def csv_file(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """UTF-8 with a byte order mark, lines ended by CR LF. Texts are written unchanged: see `guarded`."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return lines.getvalue().encode("utf-8-sig")


def guarded(row: Mapping[str, str], columns: Iterable[str]) -> dict[str, str]:
    """The row with a leading ' before the texts of these columns that a spreadsheet would calculate."""
    return {**row, **{name: f"'{row[name]}" for name in columns if row[name].startswith(OPENS_A_FORMULA)}}
