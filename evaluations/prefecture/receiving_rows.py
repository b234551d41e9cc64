"""The rows of a received plan, written as its package says: existing rows are updated, missing ones created."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.packages.content import CITY, MEASURE, PLAN, SECTION, TARGET, Content
from core.packages.file import Package
from evaluations.prefecture.receiving_years import write_values, write_years
from indicators.models import ActivityIndicator, Service
from indicators.services import FIXTURE, create_missing_services
from plans.models import Measure, Municipality, Plan, PlanRevision, Section
from targets.models import OutcomeTarget, TargetItem


def write_rows(package: Package, prefecture: Municipality | None, city: Municipality | None, plan: Plan | None) -> Plan:
    """Write the rows as the package says, inside a transaction of the caller, who checked it. Returns the plan."""
    content = package.content
    city = city or Municipality(kind=Municipality.Kind.CITY)
    city.prefecture = prefecture or city.prefecture
    _take(city, content["municipality"], CITY).save()
    is_new = plan is None
    plan = plan or Plan(municipality=city)
    plan.municipality = city
    _take(plan, content["plan"], PLAN).save()
    if is_new:
        PlanRevision.objects.create(plan=plan)
    sections = _write_sections(plan, content)
    measures = _write_measures(plan, content, sections)
    _write_targets(plan, content, sections, measures)
    _write_indicators(plan, content, sections, measures)
    plan.measures.exclude(code__in=[facts["code"] for facts in content["measures"]]).delete()
    write_values(plan, content, measures)
    write_years(plan, content, sections)
    return plan


def services_of(content: Content) -> set[str]:
    """The codes of the services that its 活動指標 name."""
    indicators = (measure["indicator"] for measure in content["measures"])
    return {indicator["service"] for indicator in indicators if indicator and indicator["service"]}


def _take(row: Any, facts: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The row with these facts, dates and numbers parsed from their texts."""
    for name in names:
        setattr(row, name, row._meta.get_field(name).to_python(facts[name]))
    return row


def _write_sections(plan: Plan, content: Content) -> dict[int, Section]:
    sections = {section.number: section for section in plan.sections.all()}
    for facts in content["sections"]:
        section = sections.setdefault(facts["number"], Section(plan=plan))
        _take(section, facts, SECTION).save()
    return sections


def _write_measures(plan: Plan, content: Content, sections: Mapping[int, Section]) -> dict[str, Measure]:
    """Every measure by its code; wholes and parts are linked once all exist."""
    measures = {measure.code: measure for measure in plan.measures.all()}
    own = [name for name in MEASURE if name != "parent_role"]
    fresh: list[Measure] = []
    for facts in content["measures"]:
        measure = measures.setdefault(facts["code"], Measure(plan=plan))
        measure.section = sections[facts["section"]]
        _take(measure, facts, own)
        if measure.pk is None:
            fresh.append(measure)
    Measure.objects.bulk_create(fresh)
    for facts in content["measures"]:
        measure = measures[facts["code"]]
        measure.parent, measure.parent_role = measures.get(facts["parent"]), facts["parent_role"]
    Measure.objects.bulk_update(measures.values(), ["section", *own, "parent", "parent_role"], batch_size=100)
    return measures


def _write_targets(
    plan: Plan, content: Content, sections: Mapping[int, Section], measures: Mapping[str, Measure]
) -> None:
    """The 成果目標 with the 目標項目 of each; removed ones are deleted last, when no item refers to them."""
    found = OutcomeTarget.objects.filter(section__plan=plan)
    targets = {(target.section_id, target.order): target for target in found}
    kept = set()
    for facts in content["sections"]:
        section = sections[facts["number"]]
        for target_facts in facts["targets"]:
            key = section.pk, target_facts["order"]
            kept.add(key)
            target = targets.setdefault(key, OutcomeTarget(section=section))
            _take(target, target_facts, TARGET).save()
    items = []
    for facts in content["measures"]:
        measure, item = measures[facts["code"]], facts["target_item"]
        if item:
            goal = targets[measure.section_id, item["target"]]
            words = {"rationale": item["rationale"], "national_level": item["national_level"]}
            items.append(TargetItem(measure=measure, outcome_target=goal, **words))
    TargetItem.objects.bulk_create(
        items,
        update_conflicts=True,
        unique_fields=["measure"],
        update_fields=["outcome_target", "rationale", "national_level"],
    )
    found.filter(pk__in=[target.pk for key, target in targets.items() if key not in kept]).delete()


def _write_indicators(
    plan: Plan, content: Content, sections: Mapping[int, Section], measures: Mapping[str, Measure]
) -> None:
    """The 活動指標 with their services and related 節."""
    if services_of(content) - set(Service.objects.values_list("code", flat=True)):
        create_missing_services(FIXTURE)
    services = Service.objects.in_bulk(services_of(content), field_name="code")
    indicators, related = [], []
    for facts in content["measures"]:
        measure, indicator = measures[facts["code"]], facts["indicator"]
        if indicator:
            service = services.get(indicator["service"])
            row = ActivityIndicator(measure=measure, service=service, amount_of=indicator["amount_of"])
            indicators.append(row)
            related += [(measure.pk, sections[number].pk) for number in indicator["related_sections"]]
    ActivityIndicator.objects.bulk_create(
        indicators, update_conflicts=True, unique_fields=["measure"], update_fields=["service", "amount_of"]
    )
    links = ActivityIndicator.related_sections.through
    links.objects.filter(activityindicator__measure__plan=plan).delete()
    links.objects.bulk_create(links(activityindicator_id=measure, section_id=section) for measure, section in related)
