"""What the readers of an edited sheet's values and texts share, and what they find."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluations.exchange.importing.changes import PlanKey, TextChange, ValueChange
from evaluations.exchange.importing.preview import PreviewLine
from evaluations.exchange.importing.report import Report
from evaluations.exchange.importing.stored import StoredPlan
from evaluations.exchange.sheet_import.source import SheetSource
from evaluations.models import Evaluation
from plans.access import Access


@dataclass(frozen=True)
class Reading:
    """A sheet and what is kept of its plan. `evaluations` by 節番号. `access` None is the operator, who may all."""

    source: SheetSource
    key: PlanKey
    stored: StoredPlan
    evaluations: Mapping[int, Evaluation]
    access: Access | None
    report: Report = field(default_factory=Report)

    @property
    def year(self) -> int:
        """The 年度 of the sheet."""
        return self.source.printed.stamp.year

    def changed(self, change: ValueChange | TextChange, *, printed: str, agrees: bool, problem: str) -> PreviewLine:
        """A change that was found. `agrees`: what is kept now is still what was printed. A problem is reported."""
        if problem:
            self.report.problem(change.address, f"{change.place}：{problem}")
        # A sheet without its keys that is older than the plan would quietly undo what came since.
        contested = not agrees or (self.source.is_outdated and not self.source.has_keys)
        return PreviewLine(change, printed if self.source.has_keys else None, contested, problem)
