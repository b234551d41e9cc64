"""Queries: which 節, and so which 成果目標, the 活動指標 of a plan are linked to."""

from collections import defaultdict

from django.db.models import F, QuerySet

from plans.models import Measure

GoalsOfMeasures = dict[int, frozenset[int]]
"""The ids of the 節 that a measure is linked to, by measure id."""


def with_goals(measures: QuerySet[Measure]) -> tuple[list[Measure], GoalsOfMeasures]:
    """Each measure once, with its service, and what it is linked to. One query: the links are joined."""
    rows = measures.select_related("activity_indicator__service")
    found: dict[int, Measure] = {}
    goals: dict[int, set[int]] = defaultdict(set)
    for measure in rows.annotate(goal_id=F("activity_indicator__related_sections")):
        found.setdefault(measure.pk, measure)
        goals[measure.pk] |= {measure.goal_id} - {None}
    return list(found.values()), {pk: frozenset(ids) for pk, ids in goals.items()}
