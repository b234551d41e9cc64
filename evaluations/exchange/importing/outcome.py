"""What the page of import has to say after a file or a confirmation."""

from dataclasses import dataclass

from evaluations.exchange.importing.preview import Preview
from evaluations.exchange.importing.report import Remark, Remarks, Unknown

MAX_PROBLEMS = 200


@dataclass(frozen=True)
class Outcome(Remarks):
    """Problems, or a preview to confirm; of an evaluation sheet both, for its other cells may be taken in. `kept` is
    what a page needs for going a step back."""

    preview: Preview | None = None
    signed: str = ""
    kept: str = ""

    @property
    def is_sheet(self) -> bool:
        return bool(self.preview and self.preview.is_sheet)

    @property
    def shown_problems(self) -> tuple[Remark, ...]:
        return self.problems[:MAX_PROBLEMS]

    @property
    def hidden_problems(self) -> int:
        return max(len(self.problems) - MAX_PROBLEMS, 0)

    @property
    def shown_unknown(self) -> tuple[Unknown, ...]:
        return self.unknown[:MAX_PROBLEMS]

    @property
    def hidden_unknown(self) -> int:
        return max(len(self.unknown) - MAX_PROBLEMS, 0)
