"""The content of an old sheet with the choices made. A question without a choice leaves out what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from string import ascii_uppercase

from core.archive.asking_texts import is_undated
from core.archive.proposal import (
    SAME,
    Effect,
    Proposal,
    PutBaseline,
    PutKind,
    PutName,
    PutText,
    PutValue,
    Question,
    SetUndated,
    SetYear,
    UseBlock,
)
from core.words import Side, ValueKind

_ORDER = ("plan", "loose", "actual", "block")
"""Where two choices concern one cell, the later kind counts: a block of figures over the list of goals."""


@dataclass(frozen=True)
class Answers:
    """The choices by the key of their question, and figures or names typed instead of the printed ones."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    def with_proposals(self, proposal: Proposal) -> "Answers":
        """The proposed choice for every question that has none."""
        proposed = {question.key: question.proposed for question in proposal.questions if question.proposed}
        return replace(self, chosen=proposed | dict(self.chosen))


@dataclass
class Content:
    """All that is to be stored. `year` is None where the 年度 of the texts is not known, `undated` where that of the
    actuals without a year is not.

    `titles`, `quantities` and `kinds` are those that differ from the proposed goal's; `unanswered` are the open
    questions.
    """

    year: int | None = None
    undated: int | None = None
    values: dict[tuple[str, int, Side], PutValue] = field(default_factory=dict)
    texts: dict[tuple[int, str], PutText] = field(default_factory=dict)
    baselines: dict[str, PutBaseline] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    quantities: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, ValueKind] = field(default_factory=dict)
    unanswered: list[Question] = field(default_factory=list)

    def take(self, effect: Effect, typed: str = "") -> None:
        """Apply one effect; `typed` replaces what was printed."""
        match effect:
            case PutValue():
                value = replace(effect, text=typed, wording="") if typed else effect
                self.values[effect.measure, effect.year, effect.side] = value
            case PutText():
                before = self.texts.setdefault((effect.section, effect.field), effect)
                # A 節 that is printed in two parts says the one after the other.
                if effect.text not in before.text:
                    both = f"{before.text}\n{effect.text}"
                    self.texts[effect.section, effect.field] = replace(before, text=both)
            case PutBaseline():
                self.baselines[effect.measure] = effect
            case PutName():
                self.titles[effect.measure] = typed or effect.title
            case PutKind():
                self.kinds[effect.measure] = effect.kind
            case UseBlock():
                self.quantities[effect.measure] = effect.quantity
                if effect.title:
                    self.titles.setdefault(effect.measure, effect.title)
            case SetYear():
                self.year = effect.year
            case SetUndated():
                self.undated = effect.year


def of_one_number(proposal: Proposal, answers: Answers) -> Proposal:
    """The proposal without the 節 that repeat the number of another one, unless an answer says that the two are one."""
    same = [one for one in proposal.questions if one.about == "same" and answers.chosen.get(one.key) != SAME]
    left_out = {one.address for one in same}
    parts = [section for section in proposal.sections if section.address in left_out]
    rows = {row + 1 for part in parts for row in range(part.first, part.end)}
    return replace(
        proposal,
        sections=tuple(section for section in proposal.sections if section not in parts),
        questions=tuple(
            one
            for one in proposal.questions
            if one.section == 0 or int(one.address.lstrip(ascii_uppercase)) not in rows
        ),
    )


def content_of(proposal: Proposal, answers: Answers) -> Content:
    """What was read for sure, and what was chosen."""
    content = Content()
    for section in proposal.sections:
        for text in section.texts:
            content.take(text)
    ordered = sorted(proposal.questions, key=lambda one: _ORDER.index(one.about) if one.about in _ORDER else -1)
    for question in ordered:
        choice = question.choice(answers.chosen.get(question.key, ""))
        if choice is None and content.undated and question.about == "actual" and is_undated(question):
            choice = question.choice(str(content.undated))
        if choice is None:
            content.unanswered.append(question)
            continue
        typed = answers.typed.get(question.key, "").strip()
        for effect in choice.effects:
            content.take(effect, typed if question.typed and typed != question.typed else "")
    for section in proposal.sections:
        for value in section.values:
            content.take(value)
    return content
