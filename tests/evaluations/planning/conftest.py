"""What the tests of planning share besides the cast."""

import pytest
from django.contrib.auth.models import User

from evaluations.models import PlanDraft
from plans.models import Municipality, Plan
from tests.builders import a_draft
from tests.carry_over_plans import two_plans


@pytest.fixture
def plans(city: Municipality) -> tuple[Plan, Plan]:
    """第6期 of `city` and the 第7期 that follows it, without 節."""
    return two_plans(city)


@pytest.fixture
def draft(manager: User) -> PlanDraft:
    """印西市 第7期, begun by `manager`, without any entry."""
    return a_draft(by=manager)
