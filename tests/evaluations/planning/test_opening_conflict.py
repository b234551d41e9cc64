"""Two managers in the same moment: one plan, one draft, one 指標, and nobody's text is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from evaluations.models import PlanDraft
from plans.models import Change, Measure, Plan, Role
from tests.builders import a_draft, a_municipality, a_plan, a_section, a_user
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db(transaction=True)

NEW = reverse("evaluations:new_plan")
DRAFT = reverse("evaluations:draft", args=["122319-7"])
GOAL = reverse("evaluations:draft_section", args=["122319-7", "7-1"])


@pytest.fixture
def managers():
    found = []
    for username in ("hanako", "taro"):
        client = Client()
        client.force_login(a_user(Role.MANAGER, a_municipality(), username=username))
        found.append(client)
    return found


def together(posts: list[Callable[[], object]]) -> list[int]:
    """The statuses of what is sent in the same moment."""
    barrier = Barrier(len(posts))

    def send(post):
        try:
            barrier.wait()
            return post().status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(posts)) as pool:
        return sorted(pool.map(send, posts))


def test_a_plan_is_made_once(managers):
    a_draft()
    forms = [form_with(client.get(DRAFT), "name") | {"do": "create"} for client in managers]

    statuses = together([lambda c=c, f=f: c.post(DRAFT, f) for c, f in zip(managers, forms, strict=True)])

    plan = Plan.objects.get()
    assert statuses in ([302, 302], [302, 404])
    lines = [change.new for change in Change.objects.filter(field="作成", section=None)]
    assert lines == [f"{plan.name}（122319-7、2024〜2026年度）"]
    assert not PlanDraft.objects.exists()


def test_a_draft_is_begun_once(managers):
    said = {"kind": "disability", "generation": "7"}

    statuses = together([lambda c=c: c.post(NEW, said) for c in managers])

    assert (statuses, PlanDraft.objects.count()) == ([302, 302], 1)


def test_one_section_is_saved_by_one_and_the_other_sees_it(managers):
    a_draft()
    forms = [form_with(client.get(GOAL), "7-1-1-use") | {"do": "save"} for client in managers]

    statuses = together(
        [
            lambda c=c, f=f, n=n: c.post(GOAL, f | {"7-1-1-y2026": n})
            for c, f, n in zip(managers, forms, ("3", "4"), strict=True)
        ]
    )

    row = PlanDraft.objects.get().sections.get(key="7-1")
    assert (statuses, row.version) == ([302, 409], 1)
    assert row.lines["7-1-1"]["y2026"] in ("3", "4")


def test_one_entry_is_added_to_a_plan_once(managers):
    plan = a_plan(generation=7, start=2024, end=2026)
    a_section(plan)
    address = reverse("evaluations:add_measure", args=[plan.slug]) + "?group=7-1"
    typed = {"7-1-1-use": "yes", "7-1-1-y2026": "3", "section": "1"}
    forms = [form_with(client.get(address), "7-1-1-use") | typed for client in managers]

    statuses = together([lambda c=c, f=f: c.post(address, f) for c, f in zip(managers, forms, strict=True)])

    assert (statuses, Measure.objects.count()) == ([200, 302], 1)
