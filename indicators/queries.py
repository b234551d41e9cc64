"""Nouns: the 活動指標 of a plan with their years and services."""

from collections.abc import Iterable

from core.words import Family
from indicators.models import ActivityIndicator, Service
from plans.models import Measure, Plan
from plans.queries import MeasureRow, measure_rows, measures_of


def service_of(measure: Measure) -> Service | None:
    """The service a 活動指標 counts; None where it counts something else (meetings, trainings)."""
    indicator: ActivityIndicator | None = getattr(measure, "activity_indicator", None)
    return indicator.service if indicator else None


def indicator_rows(plan: Plan) -> list[MeasureRow]:
    """Every 活動指標 as the person of `plan.access` may see it, those of one service together. Three queries."""
    measures = measures_of(plan).filter(family=Family.INDICATOR).select_related("activity_indicator__service")
    return measure_rows(plan, services_together(measures), access=plan.access)


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
