"""Which goal a block of figures belongs to: by its printed number, by elimination, else by a question."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.archive.blocks import Block
from core.archive.goals import Goal
from core.archive.placing import Placing
from core.archive.words import RowKind, without_bracket
from core.numerals import read_numeral


@dataclass(frozen=True)
class Match:
    """One block with its goal. `goal` is None where the list has none, or where a person has to choose among `open`.

    `why` says what speaks for the goal.
    """

    block: Block
    placing: Placing
    goal: Goal | None
    open: tuple[Goal, ...]
    why: str


def match_blocks(blocks: Sequence[tuple[Block, Placing]], goals: Sequence[Goal]) -> list[Match]:
    """Every block with its goal, in the order printed."""
    by_number = {goal.number: goal for goal in goals}
    numbers = [block.number for block, _ in blocks]
    taken = {number for number in numbers if number in by_number and numbers.count(number) == 1}
    left = [goal for goal in goals if goal.number not in taken]
    unnumbered = [block for block, _ in blocks if block.number not in taken]
    matches = []
    for block, placing in blocks:
        if block.number in taken:
            goal = by_number[block.number]
            matches.append(Match(block, placing, goal, (), f"番号{goal.number}の印字による"))
        elif not left:
            matches.append(Match(block, placing, None, (), ""))
        elif len(left) == len(unnumbered) == 1 and figures_agree(placing, left[0]) is not False:
            matches.append(Match(block, placing, left[0], (), _by_elimination(goals, placing, left[0])))
        else:
            matches.append(Match(block, placing, None, tuple(left), ""))
    return matches


def _by_elimination(goals: Sequence[Goal], placing: Placing, goal: Goal) -> str:
    others = f"数値欄に番号がなく、ほかの目標には数値欄があるため、残る{goal.number}番"
    why = "目標はこの一つだけ" if len(goals) == 1 else others
    agrees = figures_agree(placing, goal)
    return f"{why}。一覧の「{goal.figure}」と計画値も一致" if agrees else why


def figures_agree(placing: Placing, goal: Goal) -> bool | None:
    """Whether the figure of the list is one of the planned values; None where one of the two is not known."""
    placed = placing.sure.placed if placing.sure else {}
    planned = [cell.text for (kind, _), cell in placed.items() if kind is RowKind.PLANNED]
    try:
        wanted = read_numeral(without_bracket(goal.figure)).number
        return wanted in [read_numeral(text).number for text in planned] if planned else None
    except ValueError:
        return None
