"""The place of a page in a plan."""

from django.http import Http404, QueryDict

from core.fiscal_years import wareki
from core.numerals import read_digits
from plans.access import require_year
from plans.lineage import plans_around
from plans.models import Plan, Section


def year_asked(asked: QueryDict) -> int | None:
    """The 年度 of `?year=`; None where it is no year. The page decides whether its plan has it."""
    text = asked.get("year", "")
    return read_digits(text) if len(text) == 4 else None


def section_in_year(plan: Plan, number: int, year: int) -> Section:
    """The 節 with this number; Http404 for a 節 or a year that the plan does not have. One query."""
    require_year(plan, year)
    section = plan.sections.filter(number=number).first()
    if section is None:
        raise Http404(f"この計画に第{number}節はありません。")
    return section


def next_year_in_words(plan: Plan, year: int) -> str:
    """The 年度 into which something of a year is carried on, 「令和5年度」; after the last one, the next plan's first.

    "" where there is none. One query for the last 年度, else none.
    """
    if year + 1 in plan.years:
        return wareki(year + 1)
    following = plans_around(plan).following
    if len(following) != 1:
        return "次の計画の初年度" if following else ""
    return f"次の計画の初年度（{wareki(following[0].start_year)}）"
