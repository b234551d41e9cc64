"""What was read from an old sheet: structure, values and texts that are sure, and questions for what is not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.archive.sheet import ArchiveSheet, Printed
from core.words import Accumulation, Family, Side, ValueKind

SKIP = "skip"
"""The choice 「読み取らない」, which every question has."""
SAME = "same"
"""The choice that two 節 of one number are one."""


@dataclass(frozen=True, slots=True)
class PutValue:
    """One side of one goal in one year. `text` is what is typed into the cell, `wording` what was printed."""

    measure: str
    year: int
    side: Side
    text: str
    address: str
    wording: str = ""
    as_of: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PutText:
    """A text of a 節: overview, goal_text, result_title, or do_text and issues_text of the year of the evaluation."""

    section: int
    field: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class PutBaseline:
    """基準値 of a goal with its year."""

    measure: str
    year: int
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class PutName:
    """指標名 of a goal."""

    measure: str
    title: str


@dataclass(frozen=True, slots=True)
class PutKind:
    """種類 of a goal."""

    measure: str
    kind: ValueKind


@dataclass(frozen=True, slots=True)
class UseBlock:
    """A block of figures is this goal's: its heading and how it is counted."""

    measure: str
    title: str
    quantity: str


@dataclass(frozen=True, slots=True)
class SetYear:
    """年度 of the evaluation."""

    year: int


@dataclass(frozen=True, slots=True)
class SetUndated:
    """年度 of every actual that has no year of its own on the sheet and no answer of its own."""

    year: int


Effect = PutValue | PutText | PutBaseline | PutName | PutKind | UseBlock | SetYear | SetUndated


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer, with its effects."""

    value: str
    label: str
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What could not be read for sure. `printed` is the text at `address`; `thought` says how it was understood and
    why.

    `proposed` is the value of the proposed choice, "" where nothing on the sheet speaks for one. `typed` is the printed
    figure where a person may type another one instead. `about` is the kind of question.
    """

    key: str
    about: str
    section: int
    address: str
    printed: str
    asked: str
    thought: str
    choices: tuple[Choice, ...]
    proposed: str = ""
    typed: str = ""
    measure: str = ""

    @classmethod
    def of(cls, measure: "ProposedMeasure", about: str, **fields: Any) -> "Question":
        """A question about one goal."""
        key = fields.pop("key", f"{measure.key}.{about}")
        return cls(key, about, measure.section, measure=measure.key, **fields)

    def choice(self, value: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True, slots=True)
class ProposedMeasure:
    """One goal. `key` is 「節-番号」; `goal_text` its figure as the list prints it. `why` says how 種類 and 集計 were
    guessed. `has_block`: its figures are in a table.
    """

    key: str
    section: int
    order: int
    label: str
    title: str
    address: str
    goal_title: str = ""
    goal_text: str = ""
    quantity: str = ""
    unit: str = ""
    kind: ValueKind = ValueKind.NUMBER
    accumulation: Accumulation = Accumulation.YEAR_TOTAL
    why: str = ""
    has_block: bool = False
    family: Family = Family.TARGET


@dataclass(frozen=True, slots=True)
class Columns:
    """How many years of the blocks of figures were read, have a question, or were not understood."""

    read: int = 0
    asked: int = 0
    unread: int = 0

    def __add__(self, other: "Columns") -> "Columns":
        return Columns(self.read + other.read, self.asked + other.asked, self.unread + other.unread)

    @property
    def all(self) -> int:
        return self.read + self.asked + self.unread


@dataclass(frozen=True, slots=True)
class ProposedSection:
    """One 節: its lines on the sheet from `first` to before `end`. `notes` say how its blocks were read."""

    number: int
    title: str
    address: str
    first: int
    end: int
    measures: tuple[ProposedMeasure, ...] = ()
    values: tuple[PutValue, ...] = ()
    texts: tuple[PutText, ...] = ()
    notes: tuple[str, ...] = ()
    columns: Columns = Columns()


class Fate(StrEnum):
    """What became of something printed. The order is of precedence: what is nearer to a figure wins."""

    VALUE = "値"
    ASKED = "質問"
    CHECKED = "検算"
    GOAL = "目標の一覧"
    HEADING = "見出し"
    TEXT = "文章"
    UNREAD = "読み取れない"


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of the digits from `start` to `end` of a cell, or of a cell without any."""

    cell: Printed
    start: int
    end: int
    fate: Fate


@dataclass(frozen=True)
class Proposal:
    """All that was found on a sheet. `years` are the plan's, `remnants` what was not read."""

    sheet: ArchiveSheet
    years: Sequence[int]
    sections: tuple[ProposedSection, ...] = ()
    questions: tuple[Question, ...] = ()
    remnants: tuple[Printed, ...] = ()
    marks: tuple[Mark, ...] = field(default=(), repr=False)

    @property
    def measures(self) -> dict[str, ProposedMeasure]:
        return {measure.key: measure for section in self.sections for measure in section.measures}

    @property
    def columns(self) -> Columns:
        """Over all blocks of the sheet."""
        return sum((section.columns for section in self.sections), Columns())
