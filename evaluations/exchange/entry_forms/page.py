"""The page of 入力様式: whom to hand a form, and what came of those that were returned."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from core.words import Side
from evaluations.exchange.entry_forms.making import Owner, owners_of
from evaluations.exchange.entry_forms.merging import ReturnedForms
from evaluations.exchange.importing.preview import PreviewLine
from plans.models import Measure, Plan, YearlyValue
from plans.queries import measures_of


@dataclass(frozen=True)
class OwnerLine:
    """One who gets a form: how many measures are on it, and how many of them have no actual yet."""

    owner: Owner
    count: int
    missing: int


def owner_lines(plan: Plan, year: int) -> list[OwnerLine]:
    """Everybody who gets a form of this year. Two queries."""
    measures = list(measures_of(plan))
    values = YearlyValue.objects.filter(measure__plan=plan, fiscal_year=year, side=Side.ACTUAL)
    entered = set(values.values_list("measure_id", flat=True))
    return [_line(owner, measures, entered, year) for owner in owners_of(measures)]


def _line(owner: Owner, measures: Iterable[Measure], entered: set[int], year: int) -> OwnerLine:
    own = [measure for measure in measures if owner.owns(measure)]
    missing = [measure for measure in own if measure.pk not in entered and not measure.outside(year)]
    return OwnerLine(owner, len(own), len(missing))


@dataclass(frozen=True)
class Disagreement:
    """One cell of which files say different things; `name` is that of the choice in the form."""

    name: str
    lines: tuple[PreviewLine, ...]

    @property
    def first(self) -> PreviewLine:
        return self.lines[0]


@dataclass(frozen=True)
class Returned:
    """What came of an upload or a confirmation: why nothing could be read, or the files and what they would change.

    `signed` confirms the preview; "" where there is nothing to confirm. `refused` says why a confirmed one failed.
    """

    failure: str = ""
    forms: ReturnedForms | None = None
    signed: str = ""
    refused: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> list[PreviewLine]:
        """Every change that could be made."""
        return [line for group in self.forms.preview.groups for line in group.lines] if self.forms else []

    @property
    def disagreements(self) -> list[Disagreement]:
        by_cell: dict[int, list[PreviewLine]] = {}
        for line in self.lines:
            if line.rival is not None:
                by_cell.setdefault(line.rival, []).append(line)
        return [Disagreement(rival_name(number), tuple(lines)) for number, lines in by_cell.items()]

    @property
    def conflicts(self) -> list[PreviewLine]:
        return [line for line in self.lines if line.contested and line.rival is None]

    @property
    def count(self) -> int:
        """How many cells would change if everything was taken in."""
        return len(self.plain) + len(self.conflicts) + len(self.disagreements) + self.hidden

    @property
    def hidden(self) -> int:
        """How many uncontested changes there are beyond those that are shown."""
        return sum(group.hidden for group in self.forms.preview.groups) if self.forms else 0

    @property
    def plain(self) -> list[PreviewLine]:
        return [line for line in self.lines if not line.waits]


def rival_name(number: int) -> str:
    """The field of the form that says which file is right about a cell."""
    return f"which-{number}"
