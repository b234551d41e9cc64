"""Where in a plan a page of entry stands, and who stands before it."""

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest

from plans.models import Plan, Section


class PersonRequest(HttpRequest):
    """A request of somebody who has logged in: LoginRequiredMiddleware lets no other through to these pages."""

    user: User


def section_in_year(plan: Plan, number: int, year: int) -> Section:
    """The 節 with this number; Http404 for a 節 or a year that the plan does not have. One query."""
    if year not in plan.years:
        raise Http404("この計画の期間にない年度です。")
    section = plan.sections.filter(number=number).first()
    if section is None:
        raise Http404(f"この計画に第{number}節はありません。")
    return section
