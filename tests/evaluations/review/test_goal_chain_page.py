"""PDCA page and dashboard: the indicators of a goal, the chain of a missed one, the question where they differ."""

import re
from datetime import date

import pytest
from django.urls import reverse

from core.words import Direction, Side
from evaluations.publishing.publication import publish
from evaluations.publishing.publication_body import publication_body, source_of
from plans.models import Channel, Role, YearState
from tests.builders import (
    a_measure,
    a_plan,
    a_revision,
    a_section,
    a_user,
    a_value,
    an_indicator,
    changed_plan,
    in_state,
    linked,
)

pytestmark = pytest.mark.django_db

YEAR = 2021
QUESTION = (
    "成果目標は未達ですが、関連する活動指標はすべて見込みどおり以上です。目標と活動指標の関係を確かめてください。"
)
HEADING = "目標と活動指標が食い違っているもの"


@pytest.fixture
def plan():
    """A goal of 40 in 第1節; training with users and days, and a group home, in 第5節, tied to it."""
    plan = a_plan()
    section, services = a_section(plan, 1, "地域生活への移行"), a_section(plan, 5, "サービス")
    a_measure(section, "goal", title="移行者数")
    a_measure(section, "goal-2", title="入所者数", direction=Direction.LESS)
    an_indicator(services, "tr-users", "shuro_iko", title="訓練の利用者数", order=1)
    an_indicator(services, "gh", "kyodo_enjo", title="ホームの利用者数", order=2)
    an_indicator(services, "tr-days", "shuro_iko", "days", title="訓練の利用日数", order=3)
    for code in ("tr-users", "gh", "tr-days"):
        linked(measure(plan, code), section)
    return plan


def measure(plan, code):
    return plan.measures.get(code=code)


def figures(plan, **sides):
    """Planned and actual of some measures in the year; None for 未入力."""
    for code, (planned, actual) in sides.items():
        a_value(measure(plan, code.replace("_", "-")), YEAR, planned, side=Side.PLANNED)
        if actual is not None:
            a_value(measure(plan, code.replace("_", "-")), YEAR, actual)


def pdca(client, plan, role=Role.EDITOR, year=YEAR):
    client.force_login(a_user(role))
    return client.get(reverse("evaluations:section_year", args=[plan.slug, 1, year])).text


def chain(page):
    """The text of the chain: from its heading to the table of the indicators."""
    if 'id="chain"' not in page:
        return ""
    part = page[page.index('id="chain"') : page.index("関連する活動指標</h3>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


def test_a_missed_goal_shows_its_chain_with_the_named_indicators(client, plan):
    figures(plan, goal=(40, 30), tr_users=(100, 70), tr_days=(900, 600), gh=(60, None))

    said = chain(pdca(client, plan))

    assert "成果目標：未達 ← 活動指標：見込みを下回る 2件・未入力 1件" in said
    assert "未達の目標項目：移行者数" in said
    assert "見込みを下回る 訓練の利用者数 （計画 100、実績 70人/月） 、 訓練の利用日数" in said
    assert "未入力 ホームの利用者数" in said
    assert "確かめてください" not in said


def test_a_missed_goal_with_everything_on_its_plan_is_a_question(client, plan):
    figures(plan, goal=(40, 30), tr_users=(100, 100), tr_days=(900, 1200), gh=(60, 60))

    said = chain(pdca(client, plan))

    assert QUESTION in said
    assert "成果目標：未達 ← 活動指標：見込みどおり 2件・見込みを上回る 1件" in said


def test_a_goal_that_was_met_while_everything_fell_short_is_a_question(client, plan):
    figures(plan, goal=(40, 45), tr_users=(100, 50), tr_days=(900, 400), gh=(60, 30))

    said = chain(pdca(client, plan))

    assert "成果目標は達成していますが、関連する活動指標はすべて見込みを下回っています。" in said
    assert "訓練の利用者数" in said


def test_a_goal_that_was_met_as_planned_names_nobody(client, plan):
    figures(plan, goal=(40, 45), tr_users=(100, 100), gh=(60, 30))

    said = chain(pdca(client, plan))

    assert "成果目標：達成 ← 活動指標：見込みを下回る 1件・見込みどおり 1件・計画値なし 1件" in said
    assert "ホームの利用者数" not in said


def test_a_goal_of_the_last_year_compares_nothing_before_it(client, plan):
    a_value(measure(plan, "goal"), 2023, 40, side=Side.PLANNED)
    a_value(measure(plan, "goal"), YEAR, 10)
    figures(plan, tr_users=(100, 100))

    assert "成果目標の判定がまだないため、活動指標との関係は比べていません。" in chain(pdca(client, plan))


def test_too_many_in_the_institution_is_a_missed_goal_of_reduction(client, plan):
    figures(plan, goal_2=(55, 57), tr_users=(100, 100))

    said = chain(pdca(client, plan))

    assert "未達の目標項目：入所者数" in said
    assert "判定できる1件がすべて見込みどおり以上です。" in said


def test_users_and_days_of_a_service_stand_together_with_their_readings(client, plan):
    figures(plan, tr_users=(100, 100), tr_days=(900, 600), gh=(60, 60))

    page = pdca(client, plan)

    table = page[page.index('aria-label="関連する活動指標"') :]
    rows = re.findall(r'<tr data-measure="([^"]+)">(.*?)</tr>', table, re.DOTALL)
    readings = {code: re.findall(r'class="reading \w+">([^<]+)<', row)[0] for code, row in rows}
    assert readings == {"tr-users": "見込みどおり", "tr-days": "見込みを下回る", "gh": "見込みどおり"}
    assert [code for code, _ in rows] == ["tr-users", "tr-days", "gh"]


def test_indicators_of_the_goals_own_section_belong_to_it(client):
    plan = a_plan()
    section = a_section(plan, 1)
    a_measure(section, "goal")
    an_indicator(section, "meetings", title="会議の回数")
    figures(plan, goal=(40, 30), meetings=(20, 10))

    page = pdca(client, plan)

    assert "成果目標：未達 ← 活動指標：見込みを下回る 1件" in page
    assert 'id="chain"' in page


def test_a_section_of_services_alone_has_no_chain(client, plan):
    client.force_login(a_user())

    page = client.get(reverse("evaluations:section_year", args=[plan.slug, 5, YEAR])).text

    assert ('id="chain"' in page, "成果目標を支える活動指標" in page) == (False, False)


@pytest.mark.parametrize(
    ("goal_state", "services_state", "is_judged", "asks"),
    [
        (YearState.DRAFT, YearState.DRAFT, False, False),
        (YearState.SUBMITTED, YearState.CONFIRMED, False, False),
        (YearState.CONFIRMED, YearState.DRAFT, True, False),
        (YearState.CONFIRMED, YearState.RETURNED, True, False),
        (YearState.CONFIRMED, YearState.CONFIRMED, True, True),
    ],
)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_nothing_is_derived_from_what_the_reader_may_not_see(
    client, plan, goal_state, services_state, is_judged, asks, role
):
    figures(plan, goal=(40, 30), tr_users=(100, 100), tr_days=(900, 900), gh=(60, 60))
    in_state(plan.sections.get(number=1), YEAR, goal_state)
    in_state(plan.sections.get(number=5), YEAR, services_state)
    writes = role == Role.EDITOR

    page = pdca(client, plan, role)
    board = client.get(reverse("evaluations:dashboard", args=[plan.slug]) + f"?year={YEAR}").text

    assert ("成果目標：未達" in page, QUESTION in page) == (is_judged or writes, asks or writes)
    assert (HEADING in board, QUESTION in board) == (asks or writes, asks or writes)
    assert ("活動指標：確認中 3件" in page) is (is_judged and not asks and not writes)


def test_the_dashboard_asks_nothing_where_all_agrees(client, plan):
    figures(plan, goal=(40, 30), tr_users=(100, 50))
    client.force_login(a_user())

    board = client.get(reverse("evaluations:dashboard", args=[plan.slug]) + f"?year={YEAR}").text

    assert ("計画に届いていないもの" in board, HEADING in board) == (True, False)


def test_a_publication_does_not_hold_the_chain(client, plan):
    figures(plan, goal=(40, 30), tr_users=(100, 100), tr_days=(900, 900), gh=(60, 60))
    for section in plan.sections.all():
        in_state(section, YEAR, YearState.CONFIRMED)
    with_ties = publication_body(source_of(plan), YEAR)

    for code in ("tr-users", "tr-days", "gh"):
        linked(measure(plan, code))
    without = publication_body(source_of(plan), YEAR)
    publish(plan, YEAR, by=a_user(Role.MANAGER), reason="", channel=Channel.SCREEN)
    page = client.get(reverse("evaluations:published_section", args=[plan.slug, 1, YEAR])).text

    assert with_ties == without
    assert "食い違" not in page


def test_the_pages_lead_to_the_ties(client, plan):
    client.force_login(a_user(Role.MANAGER))
    room = reverse("evaluations:links", args=[plan.slug])

    pages = [
        reverse("evaluations:dashboard", args=[plan.slug]),
        reverse("targets:target_list", args=[plan.slug]),
        reverse("evaluations:section_year", args=[plan.slug, 1, YEAR]),
    ]

    assert [f'href="{room}' in client.get(page).text for page in pages] == [True] * 3


def test_an_indicator_of_another_section_keeps_the_note_of_a_changed_plan(client, plan):
    a_revision(plan, day=date(2021, 10, 1))
    changed_plan(measure(plan, "gh"), YEAR, 60, 70)

    page = pdca(client, plan)

    table = page[page.index('aria-label="関連する活動指標"') :]
    assert "計画変更：当初 60人/月 → 第1回変更後 70人/月" in table
