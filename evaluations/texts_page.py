"""The page where the evaluation of one 節 × 年度 is written, as a noun."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from core.figures import Figures
from evaluations.models import ActivityRecord, Evaluation
from evaluations.record_form import RecordForm
from evaluations.repeated_texts import RepeatedText, repeated_texts
from plans.access import state_of
from plans.models import Measure, Plan, Section, SectionYear, YearState
from plans.queries import measure_rows, measures_of


@dataclass(frozen=True)
class TextsPage:
    """`record` is the one being edited, None for a new one; `evaluation` None while nothing is written. `lines` are
    the measures with their figures of the year, `repeated` the sentences of the kept texts that stood there last year.
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
    repeated: tuple[RepeatedText, ...]

    @property
    def state(self) -> str:
        return state_of(self.section_year)

    @property
    def state_label(self) -> str:
        return YearState(self.state).label

    def record_form(self, data: Any = None) -> RecordForm:
        """The form of the record being edited, or of a new one."""
        return RecordForm(data, sections=self.sections, section=self.section, year=self.year, record=self.record)


def texts_page(plan: Plan, section: Section, year: int, record_key: str = "") -> TextsPage:
    """The page for the person of `plan.access`. Http404 for a record that is not of this 節 and year.

    Seven queries, however many measures and records.
    """
    states = {
        (row.section_id, row.fiscal_year): row
        for row in SectionYear.objects.filter(section=section).select_related("evaluation", "returned_by")
    }
    section_year = states.get((section.pk, year))
    rows = measure_rows(plan, measures_of(plan).filter(section=section), access=plan.access, states=states)
    evaluation = getattr(section_year, "evaluation", None)
    before = getattr(states.get((section.pk, year - 1)), "evaluation", None)
    records = tuple(plan.records.filter(sections=section, fiscal_year=year).prefetch_related("sections"))
    return TextsPage(
        plan=plan,
        section=section,
        year=year,
        section_year=section_year,
        evaluation=evaluation,
        lock_reason=plan.access.lock_reason(state_of(section_year)),
        lines=tuple((row.measure, row.cell(year).figures) for row in rows),
        sections=tuple(plan.sections.order_by("number")),
        records=records,
        record=_chosen(records, record_key),
        repeated=repeated_texts(evaluation, before),
    )


def _chosen(records: tuple[ActivityRecord, ...], key: str) -> ActivityRecord | None:
    if not key:
        return None
    for record in records:
        if str(record.pk) == key:
            return record
    raise Http404("この節と年度の取組記録ではありません。")
