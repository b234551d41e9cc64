"""The lines under an evaluation sheet that do not depend on where its content comes from."""

from collections.abc import Iterable

from core.sheets.notes import notes_of
from evaluations.reports.revision_notes import revision_notes
from plans.models import Plan
from plans.queries import MeasureRow
from plans.sheet_layouts import SheetForm


def sheet_notes(plan: Plan, form: SheetForm, rows: Iterable[MeasureRow]) -> tuple[str, ...]:
    """The formulas of what is printed, the layout's own notes, and the 計画変更 of these rows."""
    design, edition = form.design, form.edition
    formulas = notes_of(design.lines(edition), edition, near_low=plan.near_low, near_high=plan.near_high)
    return (*formulas, *design.notes[edition], *revision_notes(plan, rows))
