"""One 節 of one 年度 as a report prints it, from living data or from a publication alike.

`Section`, `OutcomeTarget`, `Evaluation` and `ActivityRecord` are model rows, or what a publication kept of them: those
have no key and are never saved.
"""

from dataclasses import dataclass
from datetime import date

from core.words import UNPUBLISHED
from evaluations.models import TEXT_FIELDS, TEXT_LABELS, ActionItem, ActivityRecord, Evaluation, OpinionStatus
from plans.models import Measure, Section
from plans.planned_versions import Versions
from plans.queries import MeasureRow, decisions_of
from plans.tally import tally
from targets.models import OutcomeTarget, TargetItem

CONCLUSIONS = TEXT_FIELDS[1:]
"""All texts but 実績・取組の内容, which is printed with the results."""


@dataclass(frozen=True)
class ReportOpinion:
    """One row of the table of opinions."""

    council: str
    held_on: date
    number: int
    place: str
    speaker: str
    opinion: str
    response: str
    reflected: str
    status: str

    @property
    def status_label(self) -> str:
        return OpinionStatus(self.status).label


@dataclass(frozen=True)
class ReportSection:
    """One 節 of one year.

    `state` is the word for how far its evaluation is: 下書き, 確定, 公表, 未公表. `withheld` is the word printed
    instead of its texts, "" where they are shown: 確認中 where the reader may not see them yet (title, goals and 計画値
    are still there), 未公表 in a publication that does not hold the 節 (of which only the name is printed). `promises`
    are the 取組 that the evaluation of the year decided on; a publication keeps none.
    """

    section: Section
    year: int
    state: str
    withheld: str
    rows: tuple[MeasureRow, ...]
    targets: tuple[OutcomeTarget, ...] = ()
    evaluation: Evaluation | None = None
    records: tuple[ActivityRecord, ...] = ()
    promises: tuple[ActionItem, ...] = ()
    opinions: tuple[ReportOpinion, ...] = ()

    @property
    def is_unpublished(self) -> bool:
        """Whether a publication has nothing of this 節 but its name."""
        return self.withheld == UNPUBLISHED

    @property
    def tally(self) -> tuple[tuple[str, str, int], ...]:
        """How many measures have each reading in the year of the report."""
        return tally(self.rows, self.year)

    @property
    def decisions(self) -> Versions:
        """Each 計画変更 that touched a 計画値 of this 節."""
        return decisions_of(self.rows)

    @property
    def figures_caption(self) -> str:
        """The caption of the table of figures; it names the 節, because a page may have several such tables."""
        return f"{self.section.label}の計画と実績"

    @property
    def opinions_caption(self) -> str:
        """The caption of the table of opinions; it names the 節, because a page may have several such tables."""
        return f"{self.section.label}への意見と対応"

    @property
    def explained(self) -> list[Measure]:
        """The measures with a 定義 or an 出典."""
        return [row.measure for row in self.rows if row.measure.definition or row.measure.data_source]

    @property
    def reasons(self) -> list[TargetItem]:
        """The 目標項目 that say why their goal is what it is, or what the 基本指針 requires."""
        items = (getattr(row.measure, "target_item", None) for row in self.rows)
        return [item for item in items if item and (item.rationale or item.national_level)]

    @property
    def conclusions(self) -> list[tuple[str, str]]:
        """評価 and what follows from it: name and text of each that was written."""
        texts = [(TEXT_LABELS[name], getattr(self.evaluation, name, "")) for name in CONCLUSIONS]
        return [(name, text) for name, text in texts if text]
