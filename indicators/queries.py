"""Queries: the 活動指標 of a plan with years and services, the months entered, and the 成果目標 they are linked to."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, QuerySet

from core.values import Value
from core.words import State
from indicators.models import ActivityIndicator, MonthlyReading, Service
from plans.models import Measure, Plan
from plans.queries import MeasureRow

GoalsOfMeasures = dict[int, frozenset[int]]
"""The ids of the 節 that a measure is linked to, by measure id."""


def service_of(measure: Measure) -> Service | None:
    """The service a 活動指標 counts; None where it counts something else (meetings, trainings)."""
    indicator: ActivityIndicator | None = getattr(measure, "activity_indicator", None)
    return indicator.service if indicator else None


def together(rows: Iterable[MeasureRow]) -> list[MeasureRow]:
    """Finished rows of 活動指標, those of one service side by side."""
    by_id = {row.measure.pk: row for row in rows}
    return [by_id[measure.pk] for measure in services_together(row.measure for row in by_id.values())]


def services_together(measures: Iterable[Measure]) -> list[Measure]:
    """Users and days or hours of one service side by side within their 節; otherwise in the order they come."""
    groups: dict[tuple[int, str], list[Measure]] = {}
    sections: dict[int, list[list[Measure]]] = {}
    for measure in measures:
        service = service_of(measure)
        key = (measure.section_id, service.code if service else f"measure {measure.code}")
        if key not in groups:
            groups[key] = []
            sections.setdefault(measure.section_id, []).append(groups[key])
        groups[key].append(measure)
    return [measure for section in sections.values() for group in section for measure in group]


def months_entered(plan: Plan, years: Iterable[int]) -> dict[int, dict[int, set[int]]]:
    """The months of each fiscal year with a final reading, by measure id; 集計中 is not final. One query."""
    rows = MonthlyReading.objects.filter(indicator__measure__plan=plan, fiscal_year__in=set(years))
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for year, indicator, month, state in rows.values_list("fiscal_year", "indicator_id", "month", "state"):
        found[year][indicator] |= {month} if state != State.PENDING else set()
    return found


def readings_of(measure: Measure) -> dict[int, dict[tuple[int, int], Value]]:
    """Every month of one 活動指標 by fiscal year, each by measure id and month; absent = 未入力. One query."""
    found: dict[int, dict[tuple[int, int], Value]] = defaultdict(dict)
    for row in MonthlyReading.objects.filter(indicator=measure.pk):
        found[row.fiscal_year][row.indicator_id, row.month] = row.value
    return dict(found)


def with_goals(measures: QuerySet[Measure]) -> tuple[list[Measure], GoalsOfMeasures]:
    """Each measure once, with its service, and what it is linked to. One query: the links are joined."""
    rows = measures.select_related("activity_indicator__service")
    found: dict[int, Measure] = {}
    goals: dict[int, set[int]] = defaultdict(set)
    for measure in rows.annotate(goal_id=F("activity_indicator__related_sections")):
        found.setdefault(measure.pk, measure)
        goals[measure.pk] |= {measure.goal_id} - {None}
    return list(found.values()), {pk: frozenset(ids) for pk, ids in goals.items()}
