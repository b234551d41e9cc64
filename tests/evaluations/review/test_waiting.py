"""What waits for a person stands on the 概況: returned 節 for those who enter, handed-on ones for those who check."""

import pytest
from django.utils import timezone

from evaluations.review.overview import waiting_for
from plans.access import Access
from plans.models import Role, YearState
from plans.queries import section_years
from tests.builders import a_measure, a_plan, a_section, a_user, in_state

pytestmark = pytest.mark.django_db

RETURNED, UNCHECKED, CHECKED = "差し戻し", "確認待ち", "確定待ち"


@pytest.fixture
def plan():
    """第1節 handed on, 第2節 marked as checked, 第3節 returned, all of 2022; 第4節 is settled."""
    plan = a_plan()
    by = a_user(Role.CHECKER)
    for number, state in enumerate((YearState.SUBMITTED, YearState.SUBMITTED, YearState.RETURNED, YearState.CONFIRMED)):
        section = a_section(plan, number + 1, f"節{number + 1}")
        a_measure(section)
        row = in_state(section, 2022, state, by)
        if number == 1:
            row.checked_at, row.checked_by = timezone.now(), by
            row.save()
    return plan


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.VIEWER, []),
        (Role.PREFECTURE, []),
        (Role.EDITOR, [(3, RETURNED)]),
        (Role.CHECKER, [(1, UNCHECKED)]),
        (Role.CONFIRMER, [(1, UNCHECKED), (2, CHECKED)]),
        (Role.MANAGER, [(1, UNCHECKED), (2, CHECKED)]),
    ],
)
def test_each_role_is_told_what_waits_for_it_and_nothing_else(plan, role, expected):
    found = waiting_for(Access(role), plan.sections.order_by("number"), section_years(plan))

    assert [(one.section.number, one.label) for one in found] == expected


def test_the_overview_leads_the_checker_to_the_page_of_what_waits(client, plan):
    client.force_login(a_user(Role.CHECKER))

    page = client.get(f"/plans/{plan.slug}/").text

    waiting = page.split('aria-labelledby="waiting"')[1].split("</section>")[0]
    assert f'href="/plans/{plan.slug}/sections/1/2022/"' in waiting
    assert waiting.count("<li>") == 1


def test_the_overview_leads_the_editor_to_the_grid_of_what_came_back(client, plan):
    client.force_login(a_user(Role.EDITOR))

    page = client.get(f"/plans/{plan.slug}/").text

    waiting = page.split('aria-labelledby="waiting"')[1].split("</section>")[0]
    assert f'href="/plans/{plan.slug}/entry/2022/sections/3/"' in waiting
    assert "直してください。" in waiting


def test_where_nothing_waits_nothing_is_said(client, plan):
    client.force_login(a_user(Role.VIEWER))

    assert 'aria-labelledby="waiting"' not in client.get(f"/plans/{plan.slug}/").text
