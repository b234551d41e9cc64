"""The content of a plan's package, read from its rows: everything 確定; the rest is only marked as 未確定."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from core.facts import facts_of
from core.packages.content import (
    CITY,
    INDICATOR,
    MEASURE,
    PLAN,
    SECTION,
    SETTLED,
    TARGET,
    TARGET_ITEM,
    TEXTS,
    UNSETTLED,
    Content,
)
from core.values import EMPTY, Value
from core.words import UNDER_REVIEW, Family, Side
from evaluations.models import Evaluation
from indicators.models import ActivityIndicator
from plans.access import States, state_of
from plans.models import Measure, Plan, Section, SectionYear
from plans.models.section_year import SETTLED as SETTLED_STATES
from plans.queries import in_fixed_order, measures_of, section_years, stored_values
from targets.models import OutcomeTarget


def content_of(plan: Plan) -> Content:
    """Everything that the plan's package holds. Eight queries at most."""
    states = section_years(plan, along=["evaluation"])
    targets: dict[int, list[OutcomeTarget]] = defaultdict(list)
    for target in OutcomeTarget.objects.filter(section__plan=plan).order_by("section_id", "order"):
        targets[target.section_id].append(target)
    return {
        "municipality": facts_of(plan.municipality, CITY),
        "plan": facts_of(plan, PLAN),
        "sections": [
            _section(plan, section, targets[section.pk], states) for section in plan.sections.order_by("number")
        ],
        "measures": _measures(plan, states),
        "publications": _publications(plan),
    }


def _section(plan: Plan, section: Section, targets: Iterable[OutcomeTarget], states: States) -> dict[str, Any]:
    return facts_of(section, SECTION) | {
        "targets": [facts_of(target, TARGET) for target in targets],
        "years": {str(year): _section_year(states.get((section.pk, year))) for year in plan.years},
    }


def _section_year(row: SectionYear | None) -> dict[str, Any]:
    if row is None or row.state not in SETTLED_STATES:
        return {"state": UNSETTLED}
    evaluation = getattr(row, "evaluation", None) or Evaluation()
    return {"state": SETTLED, **facts_of(row, ("confirmed_at",)), "texts": facts_of(evaluation, TEXTS)}


def _measures(plan: Plan, states: States) -> list[dict[str, Any]]:
    parts = ("section", "parent", "target_item__outcome_target", "activity_indicator__service")
    measures = in_fixed_order(measures_of(plan).select_related(*parts))
    values = stored_values(measures)
    related: dict[int, list[int]] = defaultdict(list)
    links = ActivityIndicator.related_sections.through.objects.filter(activityindicator__measure__plan=plan)
    for measure, number in links.values_list("activityindicator_id", "section__number").order_by("section__number"):
        related[measure].append(number)
    return [
        facts_of(measure, MEASURE)
        | {
            "section": measure.section.number,
            "parent": measure.parent.code if measure.parent else None,
            "target_item": _target_item(measure),
            "indicator": _indicator(measure, related[measure.pk]),
            "years": {str(year): _sides(measure, year, values, states) for year in plan.years},
        }
        for measure in measures
    ]


def _target_item(measure: Measure) -> dict[str, Any] | None:
    item = getattr(measure, "target_item", None) if measure.family == Family.TARGET else None
    own = [name for name in TARGET_ITEM if name != "target"]
    return {"target": item.outcome_target.order} | facts_of(item, own) if item else None


def _indicator(measure: Measure, related: list[int]) -> dict[str, Any] | None:
    indicator = getattr(measure, "activity_indicator", None) if measure.family == Family.INDICATOR else None
    own = [name for name in INDICATOR if name not in ("service", "related_sections")]
    if indicator is None:
        return None
    service = indicator.service.code if indicator.service else None
    return facts_of(indicator, own) | {"service": service, "related_sections": related}


def _sides(measure: Measure, year: int, values: Mapping[tuple[int, int, str], Value], states: States) -> dict[str, Any]:
    planned, actual = (values.get((measure.pk, year, side), EMPTY) for side in Side)
    settled = state_of(states.get((measure.section_id, year))) in SETTLED_STATES
    return {"planned": planned.as_dict() or None, "actual": (actual.as_dict() or None) if settled else UNDER_REVIEW}


def _publications(plan: Plan) -> list[dict[str, Any]]:
    """The city's own numbers; of a received plan those of its file."""
    received = plan.received_packages.order_by("-number").first()
    if received is not None:
        return received.publications
    return [
        facts_of(publication, ("number", "fiscal_year", "at")) | {"withdrawn": publication.withdrawn_at is not None}
        for publication in plan.publications.defer("body").order_by("number")
    ]
