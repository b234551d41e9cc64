"""What one 節 of a report says, in plain values: equal where two reports say the same, whatever they were made from."""

from typing import Any

from core.facts import facts_of
from core.tidy import planned_columns, year_columns
from core.words import ValueKind
from evaluations.models import TEXT_FIELDS
from evaluations.publishing.publication_body import MEASURE_FACTS, RECORD_FACTS
from evaluations.publishing.report_sections import ReportSection
from plans.queries import MeasureRow, YearCell


def section_content(section: ReportSection) -> dict[str, Any]:
    """Titles, goals, figures, texts, 取組記録, 取組 and opinions. A text that is not shown is no text."""
    return {
        "section": (section.section.number, section.section.title),
        "rows": [_row(row) for row in section.rows],
        "targets": [(target.title, target.overview, target.goal_text) for target in section.targets],
        "reasons": [(item.measure.code, item.rationale, item.national_level) for item in section.reasons],
        "texts": [getattr(section.evaluation, field, "") for field in TEXT_FIELDS],
        "records": [facts_of(record, RECORD_FACTS) for record in section.records],
        "promises": [promise.action for promise in section.promises],
        "opinions": list(section.opinions),
    }


def _row(row: MeasureRow) -> dict[str, Any]:
    measure = row.measure
    return {
        "measure": facts_of(measure, MEASURE_FACTS),
        "whole": measure.parent.code if measure.parent else "",
        "cells": [_cell(cell, ValueKind(measure.value_kind)) for cell in row.cells],
    }


def _cell(cell: YearCell, kind: ValueKind) -> dict[str, Any]:
    """The figures as exported. A withheld or unknown actual is left out."""
    figures = cell.figures
    said = year_columns(cell.year, figures)
    if figures.withheld or not figures.actual.is_entered:
        said = {"年度": said["年度"]} | planned_columns(figures.planned, kind)
    versions = [(one.label, one.decided_on, one.reason, planned_columns(one.value, kind)) for one in cell.versions]
    return said | {"versions": versions}
