"""What ours is measured against: SQL by hand for the roll-up, an empty page for pages."""

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


def empty_page(request: HttpRequest) -> HttpResponse:
    """Asks who is there, as every page does, and says nothing."""
    return HttpResponse(f"<!doctype html><title>{request.user.pk}</title>")


urlpatterns = [path("empty/", empty_page), path("", include("config.urls"))]
