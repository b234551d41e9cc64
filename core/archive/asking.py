"""The questions that the goals and blocks of figures of an old sheet leave open, as they are shown to a person."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.archive.goals import Goal
from core.archive.matching import Match, figures_agree
from core.archive.placing import Reading
from core.archive.proposal import (
    SKIP,
    Choice,
    Effect,
    ProposedMeasure,
    PutKind,
    PutName,
    PutValue,
    Question,
    UseBlock,
)
from core.archive.sentences import Statement, years_named
from core.archive.sheet import Printed
from core.archive.words import RowKind, figure_kind, without_bracket
from core.fiscal_years import wareki
from core.prose import circled
from core.words import Side, ValueKind

if TYPE_CHECKING:
    from core.archive.section_reading import SectionReader

NOT_READ = Choice(SKIP, "読み取らない")
MOST_READINGS = 12
"""How many ways to read a block are offered; more are too many to compare."""
Claim = Callable[..., None]


def ask_name(measure: ProposedMeasure, printed: Printed, other: str) -> Question:
    """The question of the name where block and list name a goal differently."""
    choices = tuple(
        Choice(value, f"{title}（{where}）", (PutName(measure.key, title),))
        for value, title, where in (("block", measure.title, "数値欄"), ("list", other, "目標の一覧"))
    )
    return Question.of(
        measure,
        "name",
        address=printed.address,
        printed=printed.text.replace("\n", ""),
        asked="指標の名前はどちらにしますか。",
        thought=f"目標の一覧では「{other}」、数値欄では「{measure.title}」です。数値のある欄の名前を案とします。",
        choices=choices,
        proposed="block",
        typed=measure.title,
    )


def ask_kind(measure: ProposedMeasure, goal: Goal, statement: Statement | None) -> Question:
    """The question of the 種類 where a goal has both 有 and a number."""
    said = statement.figures[0].text if statement and statement.figures else ""
    kind = figure_kind(without_bracket(said)) if said else None
    thought = f"目標は「{goal.figure}」と、有無と数の両方で書かれています。"
    thought += f"実績は「{said}」と書かれています。" if said else "実績に手がかりがありません。"
    number = Choice(ValueKind.NUMBER.value, "数で評価する", (PutKind(measure.key, ValueKind.NUMBER),))
    presence = Choice(ValueKind.PRESENCE.value, "有無で評価する", (PutKind(measure.key, ValueKind.PRESENCE),))
    return Question.of(
        measure,
        "kind",
        address=goal.cell.address,
        printed=goal.figure,
        asked="この目標は、数と有無のどちらで評価しますか。",
        thought=thought,
        choices=(number, presence),
        proposed=kind.value if kind in (ValueKind.NUMBER, ValueKind.PRESENCE) else "",
    )


def ask_block(
    key: str, match: Match, targets: Sequence[ProposedMeasure], likely: ProposedMeasure | None
) -> Iterator[Question]:
    """The question of whose figures a block has, or how they are to be read; none where no reading places them all."""
    readings = (match.placing.sure,) if match.placing.sure else match.placing.possible
    choices = [
        Choice(
            f"{measure.key}.{place}",
            f"{circled(measure.label)}{measure.goal_title or measure.title}：{reading.in_words}",
            block_effects(match, measure, reading),
        )
        for measure in targets
        for place, reading in enumerate(readings, start=1)
    ]
    is_open = len(targets) > 1
    thought = "" if match.placing.sure else match.placing.reason
    if is_open:
        thought += "この数値欄には番号がなく、どの目標のものか書かれていません。"
        thought += f"並びの順では{circled(likely.label)}です。" if likely else ""
    if not choices:
        return
    yield Question(
        key=key,
        about="block",
        section=targets[0].section,
        address=match.block.address,
        printed=match.block.name or (match.block.quantity.text if match.block.quantity else "数値欄"),
        asked="この数値欄を、どう読みますか。",
        thought=thought,
        choices=(*choices[:MOST_READINGS], NOT_READ),
        proposed=f"{likely.key}.1" if likely and is_open and len(readings) == 1 else "",
        measure="" if is_open else targets[0].key,
    )


def ask_which_plan(measure: ProposedMeasure, goal: Goal, year: int, cell: Printed) -> Question:
    """The question of the planned value where the list of goals and the block differ."""
    in_block = _planned(measure.key, year, cell.text, cell.address)
    in_list = _planned(measure.key, year, goal.figure, goal.cell.address)
    return Question.of(
        measure,
        "plan",
        address=cell.address,
        printed=f"{cell.text}／{goal.figure}",
        asked=f"{wareki(year)}の計画値はどちらですか。",
        thought=f"数値欄の計画値は「{cell.text}」、目標の一覧は「{goal.figure}」です。",
        choices=(
            Choice("block", f"数値欄の {cell.text}", (in_block,)),
            Choice("list", f"目標の一覧の {goal.figure}", (in_list,)),
            NOT_READ,
        ),
    )


def ask_planned_years(sections: Sequence["SectionReader"], years: Sequence[int]) -> Iterator[Question]:
    """The question of which year a goal without a block is the planned value; it names the years of the other goals'
    blocks.
    """
    last = years[-1]
    placings = [(m.placing, m.goal) for one in sections for m in one.matches if m.goal and m.placing.sure]
    agreeing = [placing.sure for placing, goal in placings if figures_agree(placing, goal)]
    in_last = [reading for reading in agreeing if reading and (RowKind.PLANNED, last) in reading.placed]
    shown = f"数値欄のある目標では、{len(agreeing)}件中{len(in_last)}件で、一覧の目標値が{wareki(last)}の計画値です。"
    for section in sections:
        for goal in section.goals:
            measure = section.measures[section.of_goal[goal.number]]
            if measure.has_block or not goal.figure:
                continue
            is_said = last in years_named(goal.cell.text)
            said = f"概要か目標に{wareki(last)}とあります。" if is_said else "一覧の目標値には年度が書かれていません。"
            is_likely = is_said or (bool(in_last) and len(in_last) == len(agreeing))
            yield Question.of(
                measure,
                "plan",
                address=goal.cell.address,
                printed=f"{circled(measure.label)}{goal.title} {goal.figure}",
                asked="この目標値は、何年度の計画値ですか。",
                thought=said + (shown if in_last else ""),
                choices=(*(_as_planned(measure, year, goal) for year in years), NOT_READ),
                proposed=str(last) if is_likely else "",
                typed=goal.figure,
            )


def _as_planned(measure: ProposedMeasure, year: int, goal: Goal) -> Choice:
    effect = _planned(measure.key, year, goal.figure, goal.cell.address)
    return Choice(str(year), f"{wareki(year)}の計画値", (effect,))


def block_effects(match: Match, measure: ProposedMeasure, reading: Reading) -> tuple[Effect, ...]:
    """The effects of accepting this reading of a block for this goal."""
    quantity = match.block.quantity.text if match.block.quantity else ""
    return (UseBlock(measure.key, match.block.name, quantity), *block_values(measure.key, reading))


def block_values(key: str, reading: Reading) -> Iterator[PutValue]:
    """The values of a block, year by year, 計画 before 実績."""
    in_order = sorted(reading.placed.items(), key=lambda item: (item[0][1], item[0][0] is RowKind.ACTUAL))
    for (kind, year), cell in in_order:
        if kind.side:
            yield PutValue(key, year, kind.side, cell.text, cell.address)


def _planned(key: str, year: int, figure: str, address: str) -> PutValue:
    text = without_bracket(figure)
    return PutValue(key, year, Side.PLANNED, text, address, wording="" if text == figure else figure)
