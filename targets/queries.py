"""Queries: the 成果目標 of a plan with their years."""

from core.words import Family
from plans.models import Plan
from plans.queries import MeasureRow, measure_rows, measures_of


def target_rows(plan: Plan) -> list[MeasureRow]:
    """Every 目標項目 as the person of `plan.access` may see it, in the order of the plan. Three queries."""
    return measure_rows(plan, measures_of(plan).filter(family=Family.TARGET), access=plan.access)
