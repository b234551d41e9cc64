"""Pages against a view that does as little as a view of the same page can."""

import re
from functools import partial
from time import perf_counter, process_time

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings

from core.words import Side
from plans.models import Measure, Membership, Plan, Role
from tests.bench.floors import MINIMAL, MinimalPage
from tests.bench.harness import Row, measure
from tests.builders import a_municipality, a_plan, a_section, a_value, an_indicator

# The hashed names of collectstatic are a matter of deployment.
PLAIN_STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
YEAR = 2022
MEASURES = (10, 40)
CLOCKS = (("", perf_counter), ("、CPU時間", process_time))


def page_rows(times: int) -> list[Row]:
    """節 with 10 and 40 measures, the grid of 40, the list (25 of 50 rows) and the overview of that plan, each by the
    clock and in processor time: others interrupt a long page more often than a short one, and processor time does not
    show what the server of the database does.
    """
    plan = _plan()
    user = User.objects.create_user("bench")
    Membership.objects.create(user=user, municipality=plan.municipality, role=Role.MANAGER)
    with override_settings(ROOT_URLCONF="tests.bench.floors", ALLOWED_HOSTS=["*"], STORAGES=PLAIN_STORAGES):
        client = Client()
        client.force_login(user)
        addresses = {
            "節のページ（10指標）": f"sections/1/{YEAR}/",
            "節のページ（40指標）": f"sections/2/{YEAR}/",
            "入力のページ（40指標）": f"entry/{YEAR}/sections/2/",
            "活動指標の一覧（25行）": "indicators/",
            "概況（50指標）": f"?year={YEAR}",
        }
        rows = []
        for number, (name, address) in enumerate(addresses.items()):
            whole = f"/plans/{plan.slug}/{address}"
            MINIMAL[number] = _minimal(plan, client.get(whole).text)
            ours, floor = partial(_open, client, whole), partial(_open, client, f"/minimal/{number}/")
            rows += [measure(f"{name}÷ 最小のページ{words}", ours, floor, times=times, clock=c) for words, c in CLOCKS]
    return rows


def _plan() -> Plan:
    plan = a_plan(a_municipality("129992", "計測市"), start=2021, end=2023)
    for number, measures in enumerate(MEASURES, 1):
        section = a_section(plan, number)
        for order in range(measures):
            title = f"居宅介護の利用者数その{order}"
            indicator = an_indicator(section, f"m{number}-{order}", f"サービス{order // 2}", title=title, order=order)
            for year in plan.years:
                a_value(indicator, year, 30 + order, side=Side.PLANNED)
                a_value(indicator, year, 28 + order)
    return plan


def _open(client: Client, address: str) -> None:
    if client.get(address).status_code != 200:
        raise RuntimeError(f"{address} does not open")


def _minimal(plan: Plan, html: str) -> MinimalPage:
    """The page cut where each measure begins; a measure that it names twice begins where it is first named."""
    known = set(Measure.objects.filter(plan=plan).values_list("code", flat=True))
    starts: dict[str, int] = {}
    for match in re.finditer(r'<tr[^>]* data-measure="([^"]+)"', html):
        if match[1] in known:
            starts.setdefault(match[1], match.start())
    ends = [*starts.values(), len(html)][1:]
    pieces = {code: html[start:end] for (code, start), end in zip(starts.items(), ends, strict=False)}
    return MinimalPage(plan.pk, html[: min(starts.values(), default=len(html))], pieces)
