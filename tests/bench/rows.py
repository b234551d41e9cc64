"""What is measured."""

import os
from typing import Any

from django.db import connection

from evaluations.demo.sample import GENERATION, START, create_sample
from plans.models import Measure
from plans.rollup import Term, rollup
from tests.bench.floors import bare_sums
from tests.bench.harness import Row, measure
from tests.bench.pages import page_rows
from tests.bench.sheets import sheet_measurements
from tests.rollup_oracle import naive, seen

TERM = Term("disability", GENERATION, START)


def all_rows(cities: int, times: int, sheets: int) -> tuple[list[Row], dict[str, Any]]:
    """Every row on a prefecture of so many cities."""
    prefecture, _ = create_sample(cities)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does in the night
    sheet_rows, sheet_facts = sheet_measurements(times, sheets)
    rows = [
        measure(
            f"集計（{cities}市）÷ 同じ合計のSQL",
            lambda: rollup(prefecture, TERM),
            lambda: bare_sums(prefecture.pk, TERM.year),
            times=times,
        ),
        *sheet_rows,
        *page_rows(times),
    ]
    facts = {
        "database": connection.vendor,
        "cities": cities,
        "measures": Measure.objects.count(),
        "times": times,
        "load": round(os.getloadavg()[0], 2),
        "rollup_equals_naive": seen(prefecture, TERM) == naive(prefecture, TERM),
        **sheet_facts,
    }
    return rows, facts
