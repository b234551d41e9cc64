"""Queries of the page where the evaluation of one 節 × 年度 is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404

from core.figures import Figures
from evaluations.entry.repeated_texts import RepeatedText, repeated_texts
from evaluations.models import ActivityRecord, Evaluation
from evaluations.records.counts import name_of, what_counts, with_links
from evaluations.records.form import RecordForm
from plans.access import WithState, state_of
from plans.models import Measure, Plan, Section, SectionYear
from plans.queries import measure_rows, measures_of, section_years


@dataclass(frozen=True)
class TextsPage(WithState):
    """`record` is the one being edited, None for a new one; `evaluation` None while nothing is written. `lines` are the
    measures with their figures of the year, `repeated` the sentences of the stored texts that were in last year's.
    `countable` are the measures that the record may count for: of this 節, and of the others that it belongs to.
    """

    plan: Plan
    section: Section
    year: int
    section_year: SectionYear | None
    evaluation: Evaluation | None
    lock_reason: str
    lines: tuple[tuple[Measure, Figures], ...]
    sections: tuple[Section, ...]
    records: tuple[ActivityRecord, ...]
    record: ActivityRecord | None
    countable: tuple[Measure, ...]
    repeated: tuple[RepeatedText, ...]

    def record_form(self, data: Any = None) -> RecordForm:
        """The form of the record being edited, or of a new one."""
        return RecordForm(
            data,
            sections=self.sections,
            section=self.section,
            year=self.year,
            countable=self.countable,
            record=self.record,
        )

    @property
    def counting_records(self) -> tuple[tuple[ActivityRecord, str], ...]:
        """The records, each with the measures that count it, in words; those of other 節 are named on their pages."""
        titles = {measure.pk: name_of(measure) for measure in self.countable}
        return tuple(
            (record, "、".join(title for pk, title in titles.items() if pk in record.counted_ids))
            for record in self.records
        )


def texts_page(
    plan: Plan, section: Section, year: int, record_key: str = "", asked_sections: Iterable[str] = ()
) -> TextsPage:
    """The page for the person of `plan.access`. Http404 for a record that is not of this 節 and year.

    `asked_sections` are ids of 節, as posted, that the record shall belong to. Seven queries, and one for the links of
    the record being edited, however many measures and records.
    """
    states = section_years(plan, [section], along=["evaluation", "returned_by"])
    section_year = states.get((section.pk, year))
    records = with_links(plan.records.filter(sections=section, fiscal_year=year).prefetch_related("sections"))
    record = _chosen(records, record_key)
    sections = tuple(plan.sections.order_by("number"))
    asked = {str(one.pk) for one in sections} & set(asked_sections)
    measures = list(measures_of(plan).filter(_around(section, record, asked)))
    own = [measure for measure in measures if measure.section_id == section.pk]
    rows = measure_rows(plan, own, access=plan.access, states=states)
    evaluation = getattr(section_year, "evaluation", None)
    before = getattr(states.get((section.pk, year - 1)), "evaluation", None)
    return TextsPage(
        plan=plan,
        section=section,
        year=year,
        section_year=section_year,
        evaluation=evaluation,
        lock_reason=plan.access.lock_reason(state_of(section_year)),
        lines=tuple((row.measure, row.cell(year).figures) for row in rows),
        sections=sections,
        records=records,
        record=record,
        countable=tuple(measure for measure in measures if what_counts(measure)),
        repeated=repeated_texts(evaluation, before),
    )


def _around(section: Section, record: ActivityRecord | None, asked: Iterable[str]) -> Q:
    """The measures of the 節 of the page, of those of the record or that it shall get, and those that count it now."""
    around = Q(section=section) | Q(section__in=[int(pk) for pk in asked])
    if record is None:
        return around
    return around | Q(section__in=record.sections.all()) | Q(pk__in=record.counted_ids)


def _chosen(records: tuple[ActivityRecord, ...], key: str) -> ActivityRecord | None:
    if not key:
        return None
    for record in records:
        if str(record.pk) == key:
            return record
    raise Http404("この節と年度の取組記録ではありません。")
