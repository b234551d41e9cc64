"""What a publication freezes of a plan and 年度: a body of plain JSON from which the published pages are drawn.

The body names no one of the city hall; 意見者 are kept as the city wrote them. Its hash is the SHA-256 of its canonical
text, so that anyone can compute it again.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from django.db.models import F, QuerySet

from core.canonical import sha256_of
from core.facts import facts_of
from core.figures import hidden
from core.tidy import planned_columns
from core.words import UNPUBLISHED, ValueKind
from evaluations.models import TEXT_FIELDS, ActivityRecord, CouncilOpinion, Evaluation
from plans.access import Access, States, state_of
from plans.models import Measure, Plan, Section, SectionYear
from plans.models.section_year import SETTLED
from plans.planned_versions import Versions
from plans.queries import MeasureRow, decisions_of, in_fixed_order, measure_rows, measures_of, section_years
from plans.tidy import rows_of
from targets.models import OutcomeTarget

FORMAT_PLAIN, FORMAT_WITH_OPINIONS, FORMAT_WITH_REVISIONS = 1, 2, 3
"""Format 2 adds `opinions` to the body and to each published 節. Format 3 adds `revisions` to the body and `versions`
to each measure whose 計画値 a 計画変更 touched; it may have opinions too. A body with nothing of either stays format 1,
byte for byte, so that an upgrade does not make current publications look changed. All formats can be read.
"""
CITY_FACTS = ("code", "name", "is_fictional", "disability_word", "planned_word", "place_word")
PLAN_FACTS = ("slug", "name", "kind", "generation", "start_year", "end_year", "near_low", "near_high")
MEASURE_FACTS = (
    *("code", "family", "label", "title", "quantity", "unit", "value_kind", "direction", "accumulation"),
    *("baseline", "baseline_year", "baseline_text", "baseline_is_same_quantity", "definition", "data_source", "scope"),
    *("parent_role", "since_year", "until_year"),
)
RECORD_FACTS = ("held_on", "fiscal_year", "title", "participants", "organisations", "content", "cancelled_reason")
REVISION_FACTS = ("number", "decided_on", "reason")
OPINION_FACTS = ("council", "held_on", "number", "speaker", "opinion", "response", "status")

Body = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """Everything of a plan from which the bodies of all its years can be made."""

    plan: Plan
    sections: tuple[Section, ...]
    states: States
    rows: tuple[MeasureRow, ...]
    targets: dict[int, list[OutcomeTarget]]
    records: dict[int, list[ActivityRecord]]
    opinions: tuple[CouncilOpinion, ...]

    def state(self, section: Section, year: int) -> str:
        """The state of one 節 × 年度."""
        return state_of(self.states.get((section.pk, year)))

    def records_until(self, year: int, section: Section, shows: Callable[[str], bool]) -> list[ActivityRecord]:
        """取組記録 up to this year, of the years whose state `shows` lets through; no state holds back those before the
        plan."""
        start = self.plan.start_year
        return [
            record
            for record in self.records[section.pk]
            if record.fiscal_year <= year
            and (record.fiscal_year < start or shows(self.state(section, record.fiscal_year)))
        ]

    def ready(self, year: int) -> list[Section]:
        """The 節 that a publication of this year would hold: 確定 or 公表."""
        return [section for section in self.sections if self.state(section, year) in SETTLED]


def source_of(
    plan: Plan,
    *,
    access: Access | None = None,
    opinions: QuerySet[CouncilOpinion] | None = None,
    sections: QuerySet[Section] | None = None,
) -> Source:
    """Read the plan as it is now: seven queries. The actuals are those that `access` may see; None is the operator.

    `opinions` None: those that are marked for publication. `sections` may bring more with them than the 節 itself.
    """
    states = section_years(plan, along=["evaluation"])
    measures = in_fixed_order(measures_of(plan).select_related("section", "parent", "target_item"))
    targets, records = defaultdict(list), defaultdict(list)
    for target in OutcomeTarget.objects.filter(section__plan=plan).order_by("section_id", "order"):
        targets[target.section_id].append(target)
    held = ActivityRecord.sections.through.objects.filter(section__plan=plan).select_related("activityrecord")
    # Without an order, databases place a record without a day differently, and the hash must not depend on that.
    day = F("activityrecord__held_on").asc(nulls_first=True)
    for link in held.order_by("activityrecord__fiscal_year", day, "activityrecord_id"):
        records[link.section_id].append(link.activityrecord)
    places = ("section", "measure", "reflected_section", "reflected_measure")
    opinions = plan.opinions.filter(published=True) if opinions is None else opinions
    return Source(
        plan=plan,
        sections=tuple((plan.sections.all() if sections is None else sections).order_by("number")),
        states=states,
        rows=tuple(measure_rows(plan, measures, access=access, states=states)),
        targets=targets,
        records=records,
        opinions=tuple(
            sorted(opinions.select_related(*places), key=attrgetter("fiscal_year", "held_on", "council", "number"))
        ),
    )


def publication_body(source: Source, year: int) -> Body:
    """The body of a publication of this year: its 確定 and 公表 節 in full, of the others what the plan says."""
    plan = source.plan
    rows = [_as_published(source, row, year) for row in source.rows]
    codes = defaultdict(list)
    for row in rows:
        codes[row.measure.section_id].append(row.measure.code)
    ready = {section.pk for section in source.ready(year)}
    heard = _heard(source, year, ready)
    decisions = decisions_of(rows)
    return {
        "format": _format(heard, decisions),
        "municipality": facts_of(plan.municipality, CITY_FACTS),
        "plan": facts_of(plan, PLAN_FACTS),
        "fiscal_year": year,
        "sections": [
            {"number": section.number, "title": section.title, "measures": codes[section.pk]}
            | (_section_content(source, section, year) if section.pk in ready else {"published": False})
            | ({"opinions": heard.get(section.pk, [])} if heard and section.pk in ready else {})
            for section in source.sections
        ],
        "measures": {row.measure.code: _measure_facts(row.measure) | _versions(row) for row in rows},
        "rows": rows_of(plan, rows),
        **({"opinions": heard.get(None, [])} if heard else {}),
        **({"revisions": [facts_of(one, REVISION_FACTS) for one in decisions]} if decisions else {}),
    }


def body_hash(body: Body) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return sha256_of(body)


def _as_published(source: Source, row: MeasureRow, year: int) -> MeasureRow:
    """The row with 未公表 for every actual that this publication does not hold: later years, and what is not 確定."""
    section = row.measure.section
    return MeasureRow(
        row.measure,
        tuple(
            cell
            if cell.year <= year and source.state(section, cell.year) in SETTLED
            else replace(cell, figures=hidden(cell.figures, UNPUBLISHED))
            for cell in row.cells
        ),
    )


def _format(heard: Mapping[int | None, list[Body]], decisions: Versions) -> int:
    if decisions:
        return FORMAT_WITH_REVISIONS
    return FORMAT_WITH_OPINIONS if heard else FORMAT_PLAIN


def _versions(row: MeasureRow) -> Body:
    """From 当初 on, the 計画値 of each year that a 計画変更 touched, in the words of the tidy table."""
    kind = ValueKind(row.measure.value_kind)
    changed = {
        str(cell.year): [{"number": one.number} | planned_columns(one.value, kind) for one in cell.versions]
        for cell in row.cells
        if cell.versions
    }
    return {"versions": changed} if changed else {}


def _section_content(source: Source, section: Section, year: int) -> Body:
    return {
        "published": True,
        "targets": [facts_of(target, ("title", "overview", "goal_text")) for target in source.targets[section.pk]],
        "texts": _texts(source.states[section.pk, year]),
        "records": [
            facts_of(record, RECORD_FACTS)
            for record in source.records_until(year, section, lambda state: state in SETTLED)
        ],
    }


def _heard(source: Source, year: int, ready: set[int]) -> dict[int | None, list[Body]]:
    """The published opinions on this year by their 節, None for those on the whole; none on a 節 that is 未公表."""
    heard: dict[int | None, list[Body]] = defaultdict(list)
    for opinion in source.opinions:
        if opinion.fiscal_year == year and (opinion.section_id is None or opinion.section_id in ready):
            words = {"place": opinion.place_in_words, "reflected": opinion.reflected_in_words}
            heard[opinion.section_id].append(facts_of(opinion, OPINION_FACTS) | words)
    return heard


def _texts(section_year: SectionYear) -> dict[str, str]:
    evaluation = getattr(section_year, "evaluation", None) or Evaluation()
    return {field: getattr(evaluation, field) for field in TEXT_FIELDS}


def _measure_facts(measure: Measure) -> Body:
    item = getattr(measure, "target_item", None)
    return facts_of(measure, MEASURE_FACTS) | {
        "parent": measure.parent.code if measure.parent else None,
        "rationale": item.rationale if item else "",
        "national_level": item.national_level if item else "",
    }
