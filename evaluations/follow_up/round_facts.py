"""What the database itself knows of the yearly round: how much is entered, 確定, 公表, heard and written.

For a reader who does not see drafts only 確定 and 公表 count: how far the entry of a year is, is itself a draft.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.yearly_round import RoundStep, months_due
from plans.access import States, state_of
from plans.models import Plan, Section, YearState
from plans.models.section_year import SETTLED
from plans.queries import MeasureRow


@dataclass(frozen=True)
class Fact:
    """What is known of one date, in words ("" for nothing). `is_done` None: the database does not know."""

    words: str = ""
    is_done: bool | None = None


@dataclass(frozen=True)
class YearProgress:
    """How far one 年度 of a plan is: 指標 with an actual that the reader sees, 節 that are 確定 or 公表."""

    measures: int
    entered: int
    sections: int
    settled: int
    published: int


@dataclass(frozen=True)
class RoundFacts:
    """The facts of one plan for one reader. `months` by 年度 and measure id; `heard` opinions and `budgeted` 節 with a
    text on the budget by 年度. What was not fetched is empty and says nothing.
    """

    progress: Mapping[int, YearProgress]
    sees_drafts: bool
    months: Mapping[int, Mapping[int, set[int]]] = field(default_factory=dict)
    heard: Mapping[int, int] = field(default_factory=dict)
    budgeted: Mapping[int, int] = field(default_factory=dict)

    def of(self, step: str, fiscal_year: int | None, due_on: date) -> Fact:
        """What is known of a step of that 年度; nothing for years outside the plan."""
        if fiscal_year is None or fiscal_year not in self.progress:
            return Fact()
        found = self.progress[fiscal_year]
        if step == RoundStep.ENTRY:
            return self._entry(found)
        if step == RoundStep.CONFIRM:
            return _of_sections(found.settled, found.sections, "が確定")
        if step == RoundStep.PUBLISH:
            return _of_sections(found.published, found.sections, "を公表")
        if step == RoundStep.MONTHS:
            return self._months(fiscal_year, due_on)
        if step == RoundStep.COUNCIL and fiscal_year in self.heard:
            return Fact(f"意見の記録 {self.heard[fiscal_year]}件")
        if step == RoundStep.BUDGET and fiscal_year in self.budgeted:
            return Fact(f"{found.sections}節中{self.budgeted[fiscal_year]}節に予算・事業への反映の記載")
        return Fact()

    def _entry(self, found: YearProgress) -> Fact:
        """A year that is 確定 is closed, whatever was left 未入力 in it."""
        is_closed = bool(found.sections) and found.settled == found.sections
        if not self.sees_drafts:
            return Fact(is_done=is_closed)
        is_full = bool(found.measures) and found.entered == found.measures
        return Fact(f"{found.measures}件中{found.entered}件に実績", is_closed or is_full)

    def _months(self, fiscal_year: int, due_on: date) -> Fact:
        """Of the 指標 that are counted by month in that year, how many have the last month to be expected by then.

        A year without any month may be one in which the city counts none: no one knows that it is late.
        """
        watched, due = self.months.get(fiscal_year, {}), months_due(fiscal_year, due_on)
        if not watched or not due:
            return Fact("月別の値はまだありません" if due and self.sees_drafts else "")
        arrived = sum(due[-1] in months for months in watched.values())
        return Fact(f"月別に入力している{len(watched)}件中{arrived}件に{due[-1]}月の値", arrived == len(watched))


def progress_by_year(
    plan: Plan, sections: Sequence[Section], rows: Iterable[MeasureRow], states: States
) -> dict[int, YearProgress]:
    """How far each 年度 is. `rows` are finished rows: an actual that their reader may not see counts as not entered."""
    rows, found = list(rows), {}
    for year in plan.years:
        own = [cell for row in rows if not (cell := row.cell(year)).figures.is_outside]
        reached = [state_of(states.get((section.pk, year))) for section in sections]
        found[year] = YearProgress(
            measures=len(own),
            entered=sum(cell.figures.actual.is_entered for cell in own),
            sections=len(sections),
            settled=sum(state in SETTLED for state in reached),
            published=reached.count(YearState.PUBLISHED),
        )
    return found


def _of_sections(count: int, sections: int, words: str) -> Fact:
    return Fact(f"{sections}節中{count}節{words}", bool(sections) and count == sections)
