"""Plans of one city for the same years: side by side, and the switch between them on the dashboard."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.words import Side
from evaluations.review.comparison import PlanInYear, comparison_page, plan_switch
from plans.access import plan_for
from plans.models import Municipality, PlanRevision, Role, YearState
from tests.builders import (
    a_measure,
    a_municipality,
    a_plan,
    a_prefecture_user,
    a_section,
    a_user,
    a_value,
    in_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_fiscal_2026(time_machine):
    time_machine.move_to("2026-11-22 12:00:00+09:00")


@pytest.fixture
def plan():
    """障害福祉計画 第7期: one 節 確定 in 2024 with a goal reached, one goal more without an actual."""
    plan = a_plan(generation=7, start=2024, end=2026)
    section = a_section(plan)
    measure = a_measure(section, "1-1")
    a_value(measure, 2024, 4, side=Side.PLANNED)
    a_value(measure, 2024, 5)
    a_measure(section, "1-2")
    in_state(section, 2024, YearState.CONFIRMED)
    return plan


@pytest.fixture
def for_children(plan):
    """障害児福祉計画 第3期 of the same city: a draft that falls short."""
    beside = a_plan(kind="child", generation=3, start=2024, end=2026, name="第3期障害児福祉計画")
    section = a_section(beside, 2, "障害児通所支援")
    measure = a_measure(section, "h-1", family="indicator", direction="near")
    a_value(measure, 2024, 100, side=Side.PLANNED)
    a_value(measure, 2024, 31337)
    return beside


def page_for(role, plan):
    return comparison_page(plan_for(a_user(role), plan.slug))


def text_of(client, role, plan, name="beside"):
    client.force_login(a_user(role))
    return client.get(reverse(f"evaluations:{name}", args=[plan.slug])).text


def test_each_plan_says_what_is_entered_how_it_reads_and_where_its_sections_are(plan, for_children):
    page = page_for(Role.EDITOR, plan)

    first, second = page.plans
    assert (first.plan, first.is_here, second.plan, second.is_here) == (plan, True, for_children, False)
    assert first.years[0] == PlanInYear(
        year=2024,
        tally=(("good", "達成・見込みどおり", 1), ("missing", "未入力", 1)),
        entered=1,
        measures=2,
        states=(("CONFIRMED", "確定", 1),),
    )
    assert second.years[0] == PlanInYear(
        year=2024,
        tally=(("finding", "計画を見直す手がかり", 1),),
        entered=1,
        measures=1,
        states=(("DRAFT", "下書き", 1),),
    )
    assert [(one.section.number, [cell.state for cell in one.cells]) for one in second.heat] == [
        (2, ["DRAFT", "DRAFT", "DRAFT"])
    ]
    assert [[(s.number, count) for s, count in one.missing] for one in page.plans] == [[(1, 2)], [(2, 1)]]


def test_drafts_of_each_plan_stay_with_those_who_may_see_them(client, plan, for_children):
    page = page_for(Role.VIEWER, plan)

    first, second = page.plans
    assert (first.years[0].entered, second.years[0].entered) == (1, 0)
    assert second.years[0].tally == (("quiet", "確認中", 1),)
    assert second.missing == ()
    assert "手がかり" not in text_of(client, Role.VIEWER, plan)


def test_a_plan_of_other_years_stands_beside_it_where_the_years_overlap(plan):
    long = a_plan(kind="comprehensive", generation=4, start=2025, end=2030)
    a_plan(generation=6, start=2021, end=2023)
    a_plan(generation=8, start=2027, end=2029)

    page = page_for(Role.VIEWER, plan)
    from_there = page_for(Role.VIEWER, long)

    assert [one.plan for one in page.plans] == [plan, long]
    assert (page.years, [cell is None for cell in page.plans[1].years]) == ((2024, 2025, 2026), [True, False, False])
    assert [one.plan.generation for one in from_there.plans] == [7, 8, 4]


def test_another_citys_plans_are_not_beside_it(client, plan):
    there = a_plan(a_municipality("129992", "みほん市"), generation=7, start=2024, end=2026)
    client.force_login(a_user(Role.MANAGER))

    assert [one.plan for one in page_for(Role.VIEWER, plan).plans] == [plan]
    assert client.get(reverse("evaluations:beside", args=[there.slug])).status_code == 404


def test_a_plan_that_stands_alone_says_so(client, plan):
    text = text_of(client, Role.VIEWER, plan)

    assert "この自治体に、期間の重なる計画はほかにありません。" in text


def test_the_prefecture_reads_the_plans_of_its_cities_side_by_side(client):
    chiba = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    city = a_municipality(prefecture=chiba)
    plan = a_plan(city, generation=7, start=2024, end=2026)
    a_plan(city, kind="child", generation=3, start=2024, end=2026, name="第3期障害児福祉計画")
    client.force_login(a_prefecture_user(chiba))

    assert "第3期障害児福祉計画" in client.get(reverse("evaluations:beside", args=[plan.slug])).text


@pytest.mark.parametrize(
    ("role", "address"),
    [(Role.EDITOR, "/plans/122319-c3/entry/2025/sections/2/"), (Role.VIEWER, "/plans/122319-c3/sections/2/2025/")],
)
def test_each_plan_leads_to_its_own_pages(client, plan, for_children, role, address):
    in_state(for_children.sections.get(), 2025, YearState.CONFIRMED)

    text = text_of(client, role, plan)

    assert 'href="/plans/122319-c3/?year=2024"' in text
    assert f'href="{address}"' in text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_the_page_asks_no_more_for_more_plans(client, plan, role):
    counts = []
    for more in (1, 5):
        for number in range(more):
            a_measure(a_section(a_plan(kind="child", generation=10 * more + number, start=2024, end=2026)))
        client.force_login(a_user(role))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("evaluations:beside", args=[plan.slug]))
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12


# --- The dashboard ---


def test_the_dashboard_switches_between_plans_of_the_same_years(client, plan):
    alone = text_of(client, Role.VIEWER, plan, "dashboard")
    beside = a_plan(kind="child", generation=3, start=2024, end=2026, name="第3期障害児福祉計画")

    text = text_of(client, Role.VIEWER, plan, "dashboard")

    assert 'aria-label="同じ期間の計画"' not in alone
    assert f'<a href="{beside.get_absolute_url()}">第3期障害児福祉計画</a>' in text
    assert f'<a href="{plan.get_absolute_url()}" aria-current="page">' in text
    assert "/plans/122319-7/beside/" in text


def test_the_switch_counts_the_unanswered_opinions_of_its_own_plan(plan, for_children):
    for number, of in enumerate((plan, plan, for_children), start=1):
        of.opinions.create(fiscal_year=2024, council="協議会", held_on=date(2025, 7, 1), number=number, opinion="意見")
    plan.opinions.filter(number=2).update(status="ANSWERED", response="回答")

    counts = {role: plan_switch(plan_for(a_user(role), plan.slug)).unanswered for role in (Role.EDITOR, Role.VIEWER)}

    assert counts == {Role.EDITOR: 1, Role.VIEWER: 0}


def test_the_switch_knows_the_newest_change_of_its_own_plan(plan, for_children):
    for of, number, day in (
        (plan, 1, date(2025, 4, 1)),
        (plan, 2, date(2026, 4, 1)),
        (for_children, 1, date(2025, 1, 1)),
    ):
        PlanRevision.objects.create(plan=of, number=number, decided_on=day, reason="法改正のため。")
    viewer = a_user(Role.VIEWER)

    found = [plan_switch(plan_for(viewer, one.slug)).revision for one in (plan, for_children)]

    assert [(one.number, one.decided_on) for one in found] == [(2, date(2026, 4, 1)), (1, date(2025, 1, 1))]


def test_a_plan_as_first_adopted_was_never_changed(plan):
    assert plan_switch(plan_for(a_user(Role.VIEWER), plan.slug)).revision is None
