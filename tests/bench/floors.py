"""What ours is measured against: SQL by hand for the roll-up, a minimal view for pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

# The same rows, joins and sums, and each reason for which one row alone is left out counted, said as plainly as
# possible. Wordings are not matched, twins not looked for, nothing is judged, and no median is sought.
SUMS = """
    SELECT m.catalogue_code, m.family, m.title, m.unit, m.value_kind, m.accumulation,
        COUNT(*), COUNT(av.number), SUM(pv.number), SUM(av.number), SUM(av.numerator), SUM(av.denominator),
        SUM(CASE WHEN pv.id IS NULL THEN 1 ELSE 0 END), SUM(CASE WHEN sy.id IS NULL THEN 1 ELSE 0 END),
        SUM(CASE WHEN sy.id IS NOT NULL AND av.id IS NULL THEN 1 ELSE 0 END),
        SUM(CASE WHEN av.state = 'pending' THEN 1 ELSE 0 END),
        SUM(CASE WHEN av.state = 'not_applicable' THEN 1 ELSE 0 END),
        SUM(CASE WHEN av.state = 'cancelled' THEN 1 ELSE 0 END),
        SUM(CASE WHEN av.state = 'withheld' THEN 1 ELSE 0 END),
        SUM(CASE WHEN av.state = 'words_only' THEN 1 ELSE 0 END),
        SUM(CASE WHEN m.value_kind = 'rate' AND av.number IS NOT NULL AND av.denominator IS NULL THEN 1 ELSE 0 END),
        SUM(CASE WHEN m.scope = 'area' THEN 1 ELSE 0 END),
        SUM(CASE WHEN pv.number IS NOT NULL AND av.number IS NOT NULL THEN av.number END)
    FROM plans_municipality c
    JOIN plans_plan p ON p.municipality_id = c.id
    JOIN plans_measure m ON m.plan_id = p.id
    LEFT JOIN plans_sectionyear sy ON sy.section_id = m.section_id AND sy.fiscal_year = %s
        AND sy.state IN ('CONFIRMED', 'PUBLISHED')
    LEFT JOIN plans_yearlyvalue pv ON pv.measure_id = m.id AND pv.fiscal_year = %s AND pv.side = 'planned'
        AND pv.replaced_in IS NULL
    LEFT JOIN plans_yearlyvalue av ON av.measure_id = m.id AND av.fiscal_year = %s AND av.side = 'actual'
        AND av.replaced_in IS NULL AND sy.id IS NOT NULL
    WHERE c.prefecture_id = %s AND p.kind = 'disability' AND p.generation = 7
    GROUP BY m.catalogue_code, m.family, m.title, m.unit, m.value_kind, m.accumulation"""


def bare_sums(prefecture_id: int, year: int) -> list[Any]:
    """The statement, sent and fetched."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [year, year, year, prefecture_id])
        return cursor.fetchall()


ROWS = """
    SELECT m.code, m.title, v.fiscal_year, v.side, v.number, v.state
    FROM plans_measure m
    LEFT JOIN plans_yearlyvalue v ON v.measure_id = m.id AND v.replaced_in IS NULL
    WHERE m.plan_id = %s
    ORDER BY m.section_id, m."order", m.code, v.fiscal_year"""


@dataclass(frozen=True)
class MinimalPage:
    """The HTML of a page: what comes before its measures, and the piece of each measure by its code."""

    plan_id: int
    head: str
    pieces: Mapping[str, str]


MINIMAL: dict[int, MinimalPage] = {}
"""The pages that `minimal_page` can make, by number."""


def minimal_page(request: HttpRequest, number: int) -> HttpResponse:
    """The same HTML joined from the rows of one statement, behind the same middleware and with the same session."""
    page = MINIMAL[number]
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [page.plan_id])
        codes = dict.fromkeys(row[0] for row in cursor.fetchall())
    pieces = [page.pieces[code] for code in codes if code in page.pieces]
    return HttpResponse("".join([page.head, *pieces, f"<!-- {request.user.pk} -->"]))


urlpatterns = [path("minimal/<int:number>/", minimal_page), path("", include("config.urls"))]
