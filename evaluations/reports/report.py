"""The evaluation of one plan and 年度 as one value, which every report prints: text, PDF, and what is to come.

Made from living data for a reader, or from a publication alone; the printers need not know which.
"""

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from core.citation import Citation, Mark
from core.facts import facts_of
from core.fiscal_years import both_eras
from core.tidy import planned_columns, year_columns
from core.words import UNDER_REVIEW, UNPUBLISHED, ValueKind
from evaluations.follow_up.opinions_page import section_of, visible_opinions
from evaluations.models import TEXT_FIELDS, CouncilOpinion, Publication
from evaluations.publishing.citations import citation_of, newest_body, newest_citation, not_published, with_newest_body
from evaluations.publishing.publication_body import (
    MEASURE_FACTS,
    OPINION_FACTS,
    RECORD_FACTS,
    Source,
    body_hash,
    publication_body,
    source_of,
)
from evaluations.publishing.published_year import PublishedYear
from evaluations.publishing.report_sections import ReportOpinion, ReportSection
from evaluations.reports.revision_notes import revision_notes
from evaluations.reports.sheets.texts import grouped
from plans.access import Access
from plans.models import Plan, Section, YearState
from plans.queries import MeasureRow, YearCell
from plans.tidy import plan_columns

_WORDS = (*(state.label for state in reversed(YearState)), UNPUBLISHED)
"""The words for how far a 節 is, the furthest first."""


@dataclass(frozen=True)
class EvaluationReport:
    """Everything that a report on the evaluation of one year says.

    `opinions` are those on the evaluation as a whole; the others are in their 節. `mark` is the publication that says
    the same, or says of a report from living data that none does; None only before it was looked up. `current`: of a
    report from living data, the current publication of the year.
    """

    plan: Plan
    year: int
    sections: tuple[ReportSection, ...]
    opinions: tuple[ReportOpinion, ...] = ()
    mark: Mark | None = None
    current: tuple[Citation, PublishedYear] | None = field(default=None, compare=False, repr=False)

    @property
    def citation(self) -> str:
        """The line by which a reader knows which publication this is, or that it is none."""
        return self.mark.words if self.mark else ""

    @property
    def title(self) -> str:
        """「印西市 第6期障害福祉計画 令和4年度（2022年度）の評価」."""
        return f"{self.plan.municipality.name} {self.plan.name} {both_eras(self.year)}の評価"

    @property
    def printed_sections(self) -> tuple[ReportSection, ...]:
        """The 節 with more to print than their names."""
        return tuple(section for section in self.sections if not section.is_unpublished)

    @property
    def unpublished_sections(self) -> tuple[ReportSection, ...]:
        """The 節 that a publication only names."""
        return tuple(section for section in self.sections if section.is_unpublished)

    @property
    def states(self) -> tuple[tuple[str, tuple[Section, ...]], ...]:
        """Each word for the state of a 節 with the 節 that have it, in the order of the report."""
        by_word = sorted(self.sections, key=lambda one: _WORDS.index(one.state))
        groups = groupby(by_word, key=lambda one: one.state)
        return tuple((word, tuple(one.section for one in group)) for word, group in groups)

    @property
    def revision_notes(self) -> tuple[str, ...]:
        """Which of the printed 計画値 a 計画変更 changed, when and why."""
        return tuple(revision_notes(self.plan, (row for section in self.printed_sections for row in section.rows)))

    def only(self, number: int) -> "EvaluationReport | None":
        """The report of one 節 alone, without the opinions on the whole; None where it prints no such 節."""
        chosen = tuple(one for one in self.printed_sections if one.section.number == number)
        return replace(self, sections=chosen, opinions=()) if chosen else None


def report_of_plan(plan: Plan, year: int, *, access: Access | None) -> EvaluationReport:
    """The report as this reader may see it; `access` None is the operator, who sees everything.

    What they may not see is 確認中: their actuals are no figures and their texts are not in the report at all. Eight
    queries, however many 節 and 指標.
    """
    opinions = visible_opinions(plan, access).filter(fiscal_year=year)
    source = source_of(plan, access=access, opinions=opinions, sections=with_newest_body(plan.sections.all(), year))
    heard = grouped((section_of(opinion), _opinion(opinion)) for opinion in source.opinions)
    promises = grouped((one.section_id, one) for one in plan.action_items.filter(fiscal_year=year).order_by("id"))
    sections = []
    for section in source.sections:
        sees = access is None or access.sees_actuals(source.state(section, year))
        report = ReportSection(
            section=section,
            year=year,
            state=YearState(source.state(section, year)).label,
            withheld="" if sees else UNDER_REVIEW,
            rows=tuple(row for row in source.rows if row.measure.section_id == section.pk),
            targets=tuple(source.targets[section.pk]),
            records=tuple(source.records_until(year, section, access.sees_actuals if access else bool)),
            opinions=tuple(heard[section.pk]),
        )
        if sees:
            evaluation = getattr(source.states.get((section.pk, year)), "evaluation", None)
            report = replace(report, evaluation=evaluation, promises=tuple(promises[section.pk]))
        sections.append(report)
    made = EvaluationReport(plan, year, tuple(sections), tuple(heard[None]))
    citation = newest_citation(source.sections, year)
    if citation is None:
        return replace(made, mark=not_published())
    current = (citation, PublishedYear(Publication(), newest_body(source.sections)))
    return replace(made, mark=citation if _says(made, source, citation) else not_published(), current=current)


def _says(report: EvaluationReport, source: Source, citation: Citation) -> bool:
    """Whether a report from living data says exactly what the publication says: publishing now would give the same
    body, and the report says nothing beyond it.
    """
    body = publication_body(source, report.year)
    if body_hash(body) != citation.sha256:
        return False
    return content_of(report) == content_of(_read_back(PublishedYear(Publication(), body)))


def report_of_section(report: EvaluationReport, number: int) -> EvaluationReport | None:
    """The report of one 節 alone, None where it prints no such 節. It cites the current publication wherever this 節
    says the same as there, even if other 節 differ by now.
    """
    alone = report.only(number)
    if alone is None or report.current is None:
        return alone
    citation, published = report.current
    as_published = _read_back(published).only(number)
    is_published = alone.sections[0].state == YearState.PUBLISHED.label
    if as_published and is_published and content_of(alone) == content_of(as_published):
        return replace(alone, mark=citation)
    return alone


def report_of_publication(published: PublishedYear) -> EvaluationReport:
    """The report as it was published: from the body and from nothing else. 未公表の節 are named. No query."""
    return replace(_read_back(published), mark=citation_of(published.publication))


def _read_back(published: PublishedYear) -> EvaluationReport:
    return EvaluationReport(published.plan, published.year, published.sections, published.opinions)


def content_of(report: EvaluationReport) -> dict[str, Any]:
    """What a report says, in plain values that can be compared: 未公表 and 確認中 are both nothing said."""
    return {
        "plan": [*plan_columns(report.plan).values(), report.plan.near_low, report.plan.near_high],
        "sections": [_section_content(section) for section in report.sections],
        "opinions": list(report.opinions),
    }


def _section_content(section: ReportSection) -> dict[str, Any]:
    """Titles, goals, figures, texts, 取組記録, 取組 and opinions. A text that is not shown is no text."""
    return {
        "section": (section.section.number, section.section.title),
        "rows": [_row_content(row) for row in section.rows],
        "targets": [(target.title, target.overview, target.goal_text) for target in section.targets],
        "reasons": [(item.measure.code, item.rationale, item.national_level) for item in section.reasons],
        "texts": [getattr(section.evaluation, field, "") for field in TEXT_FIELDS],
        "records": [facts_of(record, RECORD_FACTS) for record in section.records],
        "promises": [promise.action for promise in section.promises],
        "opinions": list(section.opinions),
    }


def _row_content(row: MeasureRow) -> dict[str, Any]:
    measure = row.measure
    return {
        "measure": facts_of(measure, MEASURE_FACTS),
        "whole": measure.parent.code if measure.parent else "",
        "cells": [_cell_content(cell, ValueKind(measure.value_kind)) for cell in row.cells],
    }


def _cell_content(cell: YearCell, kind: ValueKind) -> dict[str, Any]:
    """The figures as exported. A withheld or unknown actual is left out."""
    figures = cell.figures
    said = year_columns(cell.year, figures)
    if figures.withheld or not figures.actual.is_entered:
        said = {"年度": said["年度"]} | planned_columns(figures.planned, kind)
    versions = [(one.label, one.decided_on, one.reason, planned_columns(one.value, kind)) for one in cell.versions]
    return said | {"versions": versions}


def _opinion(opinion: CouncilOpinion) -> ReportOpinion:
    facts = {name: getattr(opinion, name) for name in OPINION_FACTS}
    return ReportOpinion(**facts, place=opinion.place_in_words, reflected=opinion.reflected_in_words)
