"""The page of a proposal: what is printed in each 節, what was read of it, and the questions as fields."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.archive.answering import content_of
from core.archive.proposal import (
    Columns,
    ProposedMeasure,
    ProposedSection,
    PutKind,
    PutText,
    Question,
    UseBlock,
)
from core.archive.sheet import Printed
from core.fiscal_years import wareki
from core.words import Accumulation, Direction, Family, Side, ValueKind, Word
from evaluations.exchange.archive.kept import ANSWER, MASTER, TARGET, TYPED, Kept
from evaluations.exchange.archive.targets import NEW, Target
from evaluations.exchange.archive.wanted import MASTER_COLUMNS, PlannedProposal, guessed_masters
from evaluations.exchange.importing.changes import GOAL_LABELS
from evaluations.models import TEXT_LABELS

_FOLLOWING = ("種類", "単位", "集計")
_WORDS: dict[str, type[Word]] = {"種別": Family, "種類": ValueKind, "方向": Direction, "集計": Accumulation}


@dataclass(frozen=True)
class ChoiceField:
    """One choice of a question."""

    value: str
    label: str
    is_chosen: bool
    is_proposed: bool


@dataclass(frozen=True)
class QuestionField:
    """A question as fields of the form. `is_long`: many choices, which a list to fold out holds better."""

    question: Question
    name: str
    choices: tuple[ChoiceField, ...]
    typed_name: str = ""
    typed: str = ""

    @property
    def is_long(self) -> bool:
        return len(self.choices) > 6

    @property
    def is_open(self) -> bool:
        return not any(choice.is_chosen for choice in self.choices)


@dataclass(frozen=True)
class MasterField:
    """A master column of a new measure; `options` of those that have words, else free text."""

    name: str
    label: str
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class YearPair:
    """What was read of one goal in one year, as printed, with the cell; "" where nothing was."""

    planned: str = ""
    actual: str = ""
    planned_at: str = ""
    actual_at: str = ""


@dataclass(frozen=True)
class GoalRow:
    """One goal: its years and where it goes."""

    measure: ProposedMeasure
    title: str
    years: tuple[YearPair, ...]
    target: Target
    target_name: str
    masters: tuple[MasterField, ...]

    @property
    def is_new(self) -> bool:
        return self.target.chosen == NEW


@dataclass(frozen=True)
class TextRow:
    """One text with the field that it goes into."""

    label: str
    text: PutText


@dataclass(frozen=True)
class SectionCard:
    """One 節 as the page shows it. `lines` are its printed rows."""

    section: ProposedSection
    lines: tuple[tuple[int, Sequence[Printed]], ...]
    goals: tuple[GoalRow, ...]
    texts: tuple[TextRow, ...]
    questions: tuple[QuestionField, ...]

    @property
    def new_goals(self) -> list[GoalRow]:
        return [goal for goal in self.goals if goal.is_new]


@dataclass(frozen=True)
class ArchivePage:
    """The whole proposal."""

    name: str
    years: tuple[str, ...]
    columns: Columns
    goals: int
    questions: int
    first: tuple[QuestionField, ...] = ()
    cards: tuple[SectionCard, ...] = ()
    remnants: tuple[Printed, ...] = ()


def archive_page(kept: Kept, here: PlannedProposal) -> ArchivePage:
    """What the page shows, with the choices that were made so far."""
    return _Page(kept, here).whole()


class _Page:
    """The page while it is made."""

    def __init__(self, kept: Kept, here: PlannedProposal) -> None:
        self.kept, self.here, self.proposal = kept, here, here.proposal
        self.content = content_of(here.proposal, kept.filled.answers)
        self.undecided = _undecided(here.proposal.questions)

    def whole(self) -> ArchivePage:
        questions = [self._question(question) for question in self.proposal.questions]
        return ArchivePage(
            self.kept.name,
            tuple(wareki(year) for year in self.proposal.years),
            self.proposal.columns,
            len(self.proposal.measures),
            len(questions),
            tuple(one for one in questions if one.question.section == 0),
            tuple(self._cards(questions)),
            self.proposal.remnants,
        )

    def _question(self, question: Question) -> QuestionField:
        name, fields = f"{ANSWER}{question.key}", self.kept.fields
        chosen = fields.get(name, question.proposed)
        choices = tuple(
            ChoiceField(choice.value, choice.label, choice.value == chosen, choice.value == question.proposed)
            for choice in question.choices
        )
        typed_name = f"{TYPED}{question.key}" if question.typed else ""
        return QuestionField(question, name, choices, typed_name, fields.get(typed_name, question.typed))

    def _cards(self, questions: Sequence[QuestionField]) -> Iterator[SectionCard]:
        """One card for each 節 as printed; a question that concerns two of one number is in the first."""
        shown: set[str] = set()
        for section in self.proposal.sections:
            own = tuple(one for one in questions if one.name not in shown and _is_of(one.question, section))
            shown |= {one.name for one in own}
            lines = range(section.first, section.end)
            yield SectionCard(
                section,
                tuple((row + 1, self.proposal.sheet.row(row)) for row in lines if self.proposal.sheet.row(row)),
                tuple(self._goal(measure, section) for measure in section.measures),
                tuple(TextRow((GOAL_LABELS | TEXT_LABELS)[text.field], text) for text in section.texts),
                own,
            )

    def _goal(self, measure: ProposedMeasure, section: ProposedSection) -> GoalRow:
        values = {(value.year, value.side): value for value in section.values if value.measure == measure.key}
        years = []
        for year in self.proposal.years:
            sides = [values.get((year, side)) for side in (Side.PLANNED, Side.ACTUAL)]
            texts, addresses = ([getattr(one, name, "") for one in sides] for name in ("text", "address"))
            years.append(YearPair(*texts, *addresses))
        return GoalRow(
            measure,
            self.content.titles.get(measure.key, measure.title),
            tuple(years),
            self.here.targets[measure.key],
            f"{TARGET}{measure.key}",
            tuple(self._masters(measure)),
        )

    def _masters(self, measure: ProposedMeasure) -> Iterator[MasterField]:
        """The columns of a new measure; where a question decides on its kind, those that follow from the choice are not
        to be filled in as well."""
        guessed = guessed_masters(measure, self.content)
        for column in MASTER_COLUMNS:
            if measure.key in self.undecided and column in _FOLLOWING:
                continue
            name = f"{MASTER}{measure.key}.{column}"
            options = tuple(word.label for word in _WORDS.get(column, ()))
            yield MasterField(name, column, self.kept.fields.get(name, guessed[column]), options)


def _is_of(question: Question, section: ProposedSection) -> bool:
    """Whether a question belongs in this card; of two cards of one number, in the one that has its goal."""
    if question.measure:
        return any(measure.key == question.measure for measure in section.measures)
    return question.section == section.number


def _undecided(questions: Iterable[Question]) -> set[str]:
    """The goals whose kind or block of figures is in question."""
    effects = [effect for one in questions for choice in one.choices for effect in choice.effects]
    return {effect.measure for effect in effects if isinstance(effect, PutKind | UseBlock)}
