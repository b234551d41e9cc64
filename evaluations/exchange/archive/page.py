"""The page of a proposal: beside what is printed in each 節, what was read of it, and the questions as fields."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.archive.answering import Content, content_of
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
from core.words import Accumulation, Direction, Family, Side, ValueKind
from evaluations.exchange.archive.kept import ANSWER, MASTER, TARGET, TYPED, Kept
from evaluations.exchange.archive.targets import NEW, Target
from evaluations.exchange.archive.wanted import MASTER_COLUMNS, Beside, guessed_masters
from evaluations.exchange.importing.changes import GOAL_LABELS
from evaluations.models import TEXT_LABELS

_FOLLOWING = ("種類", "単位", "集計")
_WORDS = {"種別": Family, "種類": ValueKind, "方向": Direction, "集計": Accumulation}


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


def archive_page(kept: Kept, here: Beside) -> ArchivePage:
    """What the page shows, with the answers that were given so far."""
    proposal = here.proposal
    content = content_of(proposal, kept.filled.answers)
    questions = [_question_field(question, kept) for question in proposal.questions]
    return ArchivePage(
        kept.name,
        tuple(wareki(year) for year in proposal.years),
        proposal.columns,
        len(proposal.measures),
        len(questions),
        tuple(one for one in questions if one.question.section == 0),
        tuple(_cards(here, kept, content, questions)),
        proposal.remnants,
    )


def _question_field(question: Question, kept: Kept) -> QuestionField:
    chosen = kept.fields.get(f"{ANSWER}{question.key}", question.proposed)
    choices = tuple(
        ChoiceField(choice.value, choice.label, choice.value == chosen, choice.value == question.proposed)
        for choice in question.choices
    )
    typed_name = f"{TYPED}{question.key}" if question.typed else ""
    return QuestionField(
        question, f"{ANSWER}{question.key}", choices, typed_name, kept.fields.get(typed_name, question.typed)
    )


def _cards(here: Beside, kept: Kept, content: Content, questions: Sequence[QuestionField]) -> Iterator[SectionCard]:
    """One card for each 節 as printed; a question that two of one number could ask stands in the first."""
    shown: set[str] = set()
    for section in here.proposal.sections:
        card = _card(section, here, kept, content, [one for one in questions if one.name not in shown])
        shown |= {one.name for one in card.questions}
        yield card


def _card(
    section: ProposedSection, here: Beside, kept: Kept, content: Content, questions: Sequence[QuestionField]
) -> SectionCard:
    sheet = here.proposal.sheet
    return SectionCard(
        section,
        tuple((row + 1, sheet.row(row)) for row in range(section.first, section.end) if sheet.row(row)),
        tuple(_goal_row(measure, section, here, kept, content) for measure in section.measures),
        tuple(TextRow((GOAL_LABELS | TEXT_LABELS)[text.field], text) for text in section.texts),
        tuple(one for one in questions if _is_of(one.question, section)),
    )


def _is_of(question: Question, section: ProposedSection) -> bool:
    """Whether a question is asked in this card; of two cards of one number, in the one that has its goal."""
    if question.measure:
        return any(measure.key == question.measure for measure in section.measures)
    return question.section == section.number


def _goal_row(
    measure: ProposedMeasure, section: ProposedSection, here: Beside, kept: Kept, content: Content
) -> GoalRow:
    values = {(value.year, value.side): value for value in section.values if value.measure == measure.key}
    years = []
    for year in here.proposal.years:
        planned, actual = (values.get((year, side)) for side in (Side.PLANNED, Side.ACTUAL))
        years.append(
            YearPair(
                planned.text if planned else "",
                actual.text if actual else "",
                planned.address if planned else "",
                actual.address if actual else "",
            )
        )
    return GoalRow(
        measure,
        content.titles.get(measure.key, measure.title),
        tuple(years),
        here.targets[measure.key],
        f"{TARGET}{measure.key}",
        tuple(_masters(measure, kept, content, is_open=measure.key in _undecided(here.proposal.questions))),
    )


def _masters(measure: ProposedMeasure, kept: Kept, content: Content, *, is_open: bool) -> Iterator[MasterField]:
    """The columns of a new measure; where a question decides on its kind, those that follow from the answer are not
    to be filled in beside it."""
    guessed = guessed_masters(measure, content)
    for column in MASTER_COLUMNS:
        if is_open and column in _FOLLOWING:
            continue
        name = f"{MASTER}{measure.key}.{column}"
        words = _WORDS.get(column)
        options = tuple(word.label for word in words) if words else ()
        yield MasterField(name, column, kept.fields.get(name, guessed[column]), options)


def _undecided(questions: Iterable[Question]) -> set[str]:
    """The goals whose kind or block of figures is asked about."""
    effects = [effect for one in questions for choice in one.choices for effect in choice.effects]
    return {effect.measure for effect in effects if isinstance(effect, PutKind | UseBlock)}
