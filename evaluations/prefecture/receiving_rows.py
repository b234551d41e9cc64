"""The rows of a received plan, written as its package says: existing rows are updated, missing ones created."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from core.packages.content import CITY, MEASURE, PLAN, SECTION, SETTLED, TARGET, TEXTS, Content
from core.packages.file import Package
from core.values import Value
from core.words import Side
from evaluations.models import Evaluation
from indicators.models import ActivityIndicator, Service
from indicators.services import FIXTURE, create_missing_services
from plans.actions import bump
from plans.models import Measure, Municipality, Plan, PlanRevision, Section, SectionYear, YearlyValue, YearState
from plans.row_locks import lock_section_years
from targets.models import OutcomeTarget, TargetItem

SIGNER = "(file)"
"""The name shown as 確定者 in a received plan, because the file names no one. No form gives this name to a person."""


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
    _write_values(plan, content, measures)
    _write_years(plan, content, sections)
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


def _write_values(plan: Plan, content: Content, measures: Mapping[str, Measure]) -> None:
    """Store the values of the package and no others; unchanged values keep their rows."""
    wanted = {
        (measures[facts["code"]].pk, int(year), side.value): Value.from_dict(sides[side])
        for facts in content["measures"]
        for year, sides in facts["years"].items()
        for side in Side
        if isinstance(sides[side], dict)
    }
    stored = YearlyValue.objects.filter(measure__plan=plan)
    by_key = {(row.measure_id, row.fiscal_year, row.side): row for row in stored}
    same = {key: row.pk for key, row in by_key.items() if wanted.get(key) == row.value}
    stored.exclude(pk__in=same.values()).delete()
    rows = []
    for (measure, year, side), value in wanted.items():
        if (measure, year, side) not in same:
            row = YearlyValue(measure_id=measure, fiscal_year=year, side=side)
            row.take(value)
            rows.append(row)
    YearlyValue.objects.bulk_create(rows)


def _write_years(plan: Plan, content: Content, sections: Mapping[int, Section]) -> None:
    """State and texts of each 節 × 年度; one that is no longer 確定 keeps neither."""
    wanted = {
        (sections[facts["number"]].pk, int(year)): said
        for facts in content["sections"]
        for year, said in facts["years"].items()
        if said["state"] == SETTLED
    }
    there = set(SectionYear.objects.filter(section__plan=plan).values_list("section_id", "fiscal_year"))
    rows = lock_section_years(plan, set(wanted) | there)
    signer = _signer()
    for key, row in rows.items():
        said = wanted.get(key)
        row.state = YearState.CONFIRMED if said else YearState.DRAFT
        row.confirmed_at = datetime.fromisoformat(said["confirmed_at"]) if said else None
        row.confirmed_by = signer if said else None
    SectionYear.objects.bulk_update(rows.values(), ["state", "confirmed_at", "confirmed_by"], batch_size=200)
    bump(rows.values())
    nothing = dict.fromkeys(TEXTS, "")
    evaluations = {
        evaluation.section_year_id: evaluation
        for evaluation in Evaluation.objects.filter(section_year__in=[row.pk for row in rows.values()])
    }
    fresh: list[Evaluation] = []
    changed: list[Evaluation] = []
    for key, row in rows.items():
        texts = wanted[key]["texts"] if key in wanted else nothing
        evaluation = evaluations.get(row.pk) or Evaluation(section_year=row)
        if texts != {name: getattr(evaluation, name) for name in TEXTS}:
            for name, text in texts.items():
                setattr(evaluation, name, text)
            evaluation.version += 1
            (changed if evaluation.pk else fresh).append(evaluation)
    Evaluation.objects.bulk_create(fresh)
    Evaluation.objects.bulk_update(changed, [*TEXTS, "version"], batch_size=200)


def _signer() -> User:
    """The user for the stamps; no one can log in with its name."""
    return User.objects.get_or_create(
        username=SIGNER,
        defaults={"last_name": "ファイルで受領", "is_active": False, "password": make_password(None)},
    )[0]
