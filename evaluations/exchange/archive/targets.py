"""Which 指標 of the plan a goal of an old sheet is: matched by 節, number and name, and open to be chosen otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from core.archive.goals import same_name
from core.archive.proposal import Proposal, ProposedMeasure, ProposedSection, PutBaseline, PutValue, Question
from core.cell_texts import CellTexts, NotUnderstood
from core.numerals import read_numeral, squeeze
from core.prose import circled
from core.reader import read_cell
from core.words import ValueKind
from evaluations.exchange.importing.stored import StoredPlan
from plans.models import Measure

NEW, LEFT_OUT = "+", "-"
"""Instead of a 指標コード: a measure to be made, and one that is not taken in."""
ENOUGH_IN_COMMON = 0.3
MOST_OFFERED = 40
_OF_THE_PLAN = "いまの計画と同じ値です。"


@dataclass(frozen=True)
class Target:
    """Where one goal goes: a 指標コード, NEW or LEFT_OUT. `choices` are all that may be chosen, with their labels."""

    key: str
    chosen: str
    choices: tuple[tuple[str, str], ...]

    @property
    def code(self) -> str:
        """The 指標コード of a measure that is there; "" for the other two."""
        return "" if self.chosen in (NEW, LEFT_OUT) else self.chosen


def section_numbers(proposal: Proposal, stored: StoredPlan) -> dict[int, int]:
    """The 節 of the plan for each number of the sheet: the one with its title, else the one with its number."""
    by_title = {squeeze(section.title): number for number, section in stored.sections.items()}
    return {one.number: by_title.get(squeeze(one.title), one.number) for one in proposal.sections}


def targets_of(
    proposal: Proposal, stored: StoredPlan, chosen: Mapping[str, str], *, may_manage: bool
) -> dict[str, Target]:
    """The target of every goal: the chosen one where that may be chosen, else the one that is matched."""
    numbers, taken = section_numbers(proposal, stored), set[str]()
    targets = {}
    for section in proposal.sections:
        there = [measure for measure in stored.measures.values() if measure.section.number == numbers[section.number]]
        for measure in section.measures:
            match = _match(measure, there, taken) or _match_anywhere(measure, stored.measures.values(), taken)
            taken.add(match.code if match else "")
            choices = tuple(_choices(there, stored, match, may_manage=may_manage))
            usual = match.code if match else NEW if may_manage else LEFT_OUT
            wanted = chosen.get(measure.key, usual)
            allowed = [value for value, _ in choices]
            targets[measure.key] = Target(measure.key, wanted if wanted in allowed else usual, choices)
    return targets


def _match(measure: ProposedMeasure, there: Iterable[Measure], taken: set[str]) -> Measure | None:
    """The measure of the 節 with the same name; else the one with its number whose name has enough in common."""
    free = [one for one in there if one.code not in taken]
    named = [one for one in free if _is_named(measure, one)]
    if len(named) == 1:
        return named[0]
    numbered = [one for one in named or free if measure.label and one.label == measure.label]
    alike = [
        one
        for one in numbered
        if named or max(_share(name, one.title) for name in (measure.title, measure.goal_title)) >= ENOUGH_IN_COMMON
    ]
    return alike[0] if len(alike) == 1 else None


def _match_anywhere(measure: ProposedMeasure, measures: Iterable[Measure], taken: set[str]) -> Measure | None:
    """The only measure of the plan with this name, in whichever 節."""
    named = [one for one in measures if one.code not in taken and _is_named(measure, one)]
    return named[0] if len(named) == 1 else None


def _is_named(measure: ProposedMeasure, one: Measure) -> bool:
    return any(same_name(name, one.title) for name in (measure.title, measure.goal_title) if name)


def _share(one: str, other: str) -> float:
    """The share of pairs of letters that two titles have in common, of the shorter one."""
    pairs = [{word[i : i + 2] for i in range(len(word) - 1)} for word in (squeeze(one), squeeze(other))]
    shorter = min(map(len, pairs))
    return len(pairs[0] & pairs[1]) / shorter if shorter else 0.0


def _choices(
    there: Iterable[Measure], stored: StoredPlan, match: Measure | None, *, may_manage: bool
) -> Iterator[tuple[str, str]]:
    offered = list(there) or list(stored.measures.values())[:MOST_OFFERED]
    offered += [match] if match and match not in offered else []
    for measure in offered:
        yield measure.code, f"{measure.code} {circled(measure.label)}{measure.title}"
    if may_manage:
        yield NEW, "新しい指標を作る"
    yield LEFT_OUT, "取り込まない"


def asked_of(proposal: Proposal, targets: Mapping[str, Target], stored: StoredPlan) -> Proposal:
    """The proposal with the questions that remain for this plan: what the plan says itself is no question, and a
    choice under which the plan already has the figure is proposed."""
    questions = tuple(
        _with_the_plan(question, targets, stored)
        for question in proposal.questions
        if question.about not in ("name", "kind") or not targets[question.measure].code
    )
    return replace(proposal, questions=questions)


def _with_the_plan(question: Question, targets: Mapping[str, Target], stored: StoredPlan) -> Question:
    if question.about not in ("plan", "actual", "loose", "baseline"):
        return question
    agreeing = [
        choice.value
        for choice in question.choices
        if choice.effects and all(exists_already(effect, targets, stored) for effect in choice.effects)
    ]
    if len(agreeing) != 1 or question.about == "loose":
        return question
    return replace(question, proposed=agreeing[0], thought=f"{question.thought}{_OF_THE_PLAN}")


def exists_already(effect: object, targets: Mapping[str, Target], stored: StoredPlan) -> bool:
    """Whether the plan says the same already."""
    if not isinstance(effect, PutValue | PutBaseline):
        return False
    code = targets[effect.measure].code
    measure = stored.measures.get(code)
    if measure is None:
        return False
    if isinstance(effect, PutBaseline):
        return (measure.baseline, measure.baseline_year) == (read_numeral(effect.text).number, effect.year)
    current = stored.value(code, effect.year, effect.side)
    texts = CellTexts(value=effect.text, wording=effect.wording or None)
    try:
        value = read_cell(texts, kind=ValueKind(measure.value_kind), side=effect.side).value
    except NotUnderstood:
        return False
    return current.is_entered and (value.number, value.state) == (current.number, current.state)


def new_codes(
    sections: Iterable[ProposedSection], targets: Mapping[str, Target], used: Iterable[str]
) -> dict[str, str]:
    """The codes of the goals to be made: 「節-番号」, or the next number that is free."""
    taken, codes = set(used), {}
    for section in sections:
        for measure in section.measures:
            if targets[measure.key].chosen != NEW:
                continue
            order = measure.order
            while f"{measure.section}-{order}" in taken:
                order += 1
            codes[measure.key] = f"{measure.section}-{order}"
            taken.add(codes[measure.key])
    return codes
