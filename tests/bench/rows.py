"""What is measured."""

import os
from functools import partial
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, override_settings

from evaluations.demo.sample import GENERATION, START, create_sample, sample_cities
from plans.models import Measure, Membership, Plan, Role, Section
from plans.rollup import Term, rollup
from tests.bench.floors import bare_sums
from tests.bench.harness import Row, measure
from tests.bench.sheets import sheet_measurements
from tests.rollup_oracle import naive, seen

# The hashed names of collectstatic are a matter of deployment.
PLAIN_STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
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
        *_pages(times),
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


def _pages(times: int) -> list[Row]:
    """Pages of a plan with thirty measures in one 節, each by the clock and in processor time.

    On a busy machine others interrupt a page of forty milliseconds and leave an empty one alone; processor time does
    not show that, nor what the server of the database does.
    """
    plan = Plan.objects.filter(municipality__in=sample_cities()).order_by("pk").first()
    if plan is None:
        raise RuntimeError("the sample has no plan")
    section = Section.objects.get(plan=plan, number=1)
    Measure.objects.filter(plan=plan).update(section=section)
    user = User.objects.create_user("bench")
    Membership.objects.create(user=user, municipality=plan.municipality, role=Role.MANAGER)
    with override_settings(ROOT_URLCONF="tests.bench.floors", ALLOWED_HOSTS=["*"], STORAGES=PLAIN_STORAGES):
        client = Client()
        client.force_login(user)

        def page(address: str) -> None:
            if client.get(address).status_code != 200:
                raise RuntimeError(f"{address} does not open")

        pages = (
            ("節のページ（30指標）", f"/plans/{plan.slug}/sections/1/{START}/"),
            ("概況（30指標）", f"/plans/{plan.slug}/?year={START}"),
            ("入力のページ（30指標）", f"/plans/{plan.slug}/entry/{START}/sections/1/"),
            ("活動指標の一覧", f"/plans/{plan.slug}/indicators/"),
        )
        floors = (("空のページ", perf_counter), ("空のページ、CPU時間", process_time))
        return [
            measure(f"{name}÷ {floor}", partial(page, address), partial(page, "/empty/"), times=times, clock=clock)
            for name, address in pages
            for floor, clock in floors
        ]
