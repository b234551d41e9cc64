"""The reading of one 節: its goals with their figures, what its sentences say about them, and its texts."""

from collections.abc import Sequence
from dataclasses import replace

from core.archive import goals as guess
from core.archive.asking import Claim, ask_block, ask_kind, ask_name, ask_which_plan, block_values
from core.archive.asking_texts import ask_actuals, ask_baseline, ask_loose, ask_place, ask_words
from core.archive.blocks import Block
from core.archive.goals import Goal
from core.archive.matching import Match, figures_agree, match_blocks
from core.archive.outline import SectionLines
from core.archive.placing import Placing, Reading
from core.archive.proposal import Columns, Fate, ProposedMeasure, ProposedSection, PutText, PutValue, Question
from core.archive.section_texts import SectionText
from core.archive.sentences import baselines_in, loose_figures, statements_in
from core.archive.sheet import Printed
from core.archive.words import RowKind
from core.fiscal_years import wareki
from core.numerals import squeeze
from core.words import Family, Side

_SAME_UNIT = {"名": "人", "カ所": "か所", "ヵ所": "か所", "ヶ所": "か所", "ケ所": "か所", "箇所": "か所", "％": "%"}


class SectionReader:
    """Reads one 節. `used` are the keys of goals that earlier 節 of the same number have."""

    def __init__(
        self,
        lines: SectionLines,
        goals: Sequence[Goal],
        blocks: Sequence[tuple[Block, Placing]],
        texts: Sequence[SectionText],
        years: Sequence[int],
        claim: Claim,
        used: set[str],
    ) -> None:
        self.lines, self.goals, self.texts = lines, goals, texts
        self.years, self.claim, self.used = years, claim, used
        self.questions: list[Question] = []
        self.number = lines.number
        inside = [(block, placing.within(years)) for block, placing in blocks]
        self.matches: Sequence[Match] = match_blocks(inside, goals)
        self.measures: dict[str, ProposedMeasure] = {}
        self.of_goal: dict[int, str] = {}
        self.values: list[PutValue] = []
        self.notes: list[str] = []
        self.columns = Columns()
        for block, placing in blocks:
            self._leave_out(block, placing)

    def read(self, orphans: Sequence[Printed]) -> None:
        """Read everything, and add a question for what is not sure."""
        for goal in self.goals:
            self._add(goal.number, goal.title, goal.cell.address, goal)
            self.claim(goal.cell, Fate.GOAL, goal.start, goal.end)
        waiting = []
        for match in self.matches:
            if match.open:
                waiting.append(match)
            else:
                self._take(match, self._measure_of(match))
        for place, match in enumerate(waiting):
            self._ask_whose(match, place)
        self._read_sentences()
        for place, cell in enumerate(orphans, start=1):
            self.claim(cell, Fate.ASKED)
            self.questions.append(ask_place(self.number, place, cell, {text.field for text in self.texts}))

    def section(self) -> ProposedSection:
        """What was found."""
        texts = tuple(PutText(self.number, text.field, text.text, text.cell.address) for text in self.texts)
        return ProposedSection(
            self.number,
            self.lines.title,
            self.lines.address,
            self.lines.first,
            self.lines.end,
            tuple(self.measures.values()),
            tuple(self.values),
            texts,
            tuple(self.notes),
            self.columns,
        )

    @property
    def family(self) -> Family:
        """The goals of a 節 are 活動指標 where the headings above speak of services and not of goals."""
        words = "".join(cell.text for cell in self.lines.heading.cells) if self.lines.heading else ""
        is_indicator = ("活動指標" in words or "サービス" in words) and "成果目標" not in words
        return Family.INDICATOR if is_indicator else Family.TARGET

    def _add(self, number: int, title: str, address: str, goal: Goal | None) -> ProposedMeasure:
        """A goal under the first free number from this one on."""
        order = number
        while f"{self.number}-{order}" in self.used:
            order += 1
        key = f"{self.number}-{order}"
        self.used.add(key)
        measure = ProposedMeasure(key, self.number, order, "", title, address, family=self.family)
        if goal:
            measure = replace(measure, label=str(number), goal_title=goal.title, goal_text=goal.figure)
        self.measures[key] = guessed(measure)
        if goal:
            self.of_goal[goal.number] = key
        return self.measures[key]

    def _measure_of(self, match: Match) -> ProposedMeasure:
        """The goal of a block, or one made of the block, where the list does not have it."""
        if match.goal:
            return self.measures[self.of_goal[match.goal.number]]
        title = match.block.name or self.lines.title or "名称の印字なし"
        number = match.block.number
        measure = self._add(number or len(self.measures) + 1, title, match.block.address, None)
        return self._change(measure, label=str(number) if number else "")

    def _take(self, match: Match, measure: ProposedMeasure) -> None:
        """The figures of a block whose goal is known."""
        block, placing = match.block, match.placing
        quantity = block.quantity.text if block.quantity else ""
        measure = self._change(measure, quantity=quantity, has_block=True, title=block.name or measure.title)
        self._claim_block(block)
        if match.goal and block.name and block.title and not guess.same_name(block.name, match.goal.title):
            self.questions.append(ask_name(measure, block.title, match.goal.title))
        self._count(placing, asked=placing.sure is None)
        if placing.sure is None:
            if placing.possible:
                self._claim_values(placing.possible[0], Fate.ASKED)
                self.questions += ask_block(f"{measure.key}.block", match, [measure], measure)
            else:
                self.notes.append(f"{block.address} 「{measure.title}」：{placing.reason}")
            return
        self._claim_values(placing.sure, Fate.VALUE)
        values = list(block_values(measure.key, placing.sure))
        if match.goal and figures_agree(placing, match.goal) is False:
            values = self._held_back(match.goal, measure, placing.sure, values)
        self.values += values
        why = f"{match.why}。" if match.why else ""
        self.notes.append(f"{block.address} 「{measure.title}」：{why}{placing.reason}")

    def _held_back(
        self, goal: Goal, measure: ProposedMeasure, reading: Reading, values: list[PutValue]
    ) -> list[PutValue]:
        """The values without the last planned one, which becomes a question because the list gives another figure."""
        planned = [value for value in values if value.side is Side.PLANNED]
        cell = reading.placed[RowKind.PLANNED, planned[-1].year]
        self.claim(cell, Fate.ASKED)
        self.questions.append(ask_which_plan(measure, goal, planned[-1].year, cell))
        return [value for value in values if value != planned[-1]]

    def _ask_whose(self, match: Match, place: int) -> None:
        self._claim_block(match.block)
        self._count(match.placing, asked=True)
        readings = (match.placing.sure,) if match.placing.sure else match.placing.possible
        if not readings:
            self.notes.append(f"{match.block.address}：{match.placing.reason}")
            return
        self._claim_values(readings[0], Fate.ASKED)
        targets = [self.measures[self.of_goal[goal.number]] for goal in match.open]
        likely = targets[place] if place < len(targets) else None
        self.questions += ask_block(f"{self.number}.block.{place + 1}", match, targets, likely)

    def _leave_out(self, block: Block, placing: Placing) -> None:
        """Say which years of a block the plan does not have; their figures are listed as not read."""
        outside = sorted(placing.years - set(self.years))
        if outside:
            self.columns += Columns(unread=len(outside))
            named = "・".join(wareki(year) for year in outside)
            self.notes.append(f"{block.address} 「{block.name}」：{named}は計画の期間の外のため、読み取りません。")

    def _count(self, placing: Placing, *, asked: bool) -> None:
        """Count the years of a block as read or as in question."""
        years = len(placing.years)
        self.columns += Columns(asked=years) if asked else Columns(read=years)

    def _claim_block(self, block: Block) -> None:
        for cell in (block.title, block.quantity, *(year.cell for year in block.years)):
            self.claim(cell, Fate.HEADING)
        for row in block.rows:
            self.claim(row.label, Fate.HEADING)

    def _claim_values(self, reading: Reading, fate: Fate) -> None:
        for (kind, _), cell in reading.placed.items():
            self.claim(cell, Fate.CHECKED if kind is RowKind.DEVIATION else fate)

    def _read_sentences(self) -> None:
        """Figures in 実績 and 目標."""
        done = [text for text in self.texts if text.field == "do_text"]
        statements = {one.item.number: (text.cell, one) for text in done for one in statements_in(text.cell.text)}
        for goal in self.goals:
            measure = self.measures[self.of_goal[goal.number]]
            cell, statement = statements.get(goal.number, (None, None))
            if measure.has_block:
                continue
            if guess.is_presence_and_number(goal.figure):
                self.questions.append(ask_kind(measure, goal, statement))
            if cell is None or statement is None:
                continue
            if not statement.figures:
                self.claim(cell, Fate.ASKED, statement.item.start, statement.item.end)
                self.questions.append(ask_words(measure, cell, statement, self.years))
            for figure, question in ask_actuals(measure, cell, statement, self.years):
                self.questions.append(question)
                self.claim(cell, Fate.ASKED, figure.start, figure.end)
        for text in done:
            self._read_loose(text.cell)
        for text in self.texts:
            if text.field == "goal_text":
                self._read_baselines(text.cell)

    def _read_loose(self, cell: Printed) -> None:
        place = 0
        for figure in loose_figures(cell.text):
            if figure.year is not None and figure.year not in self.years:
                self.notes.append(
                    f"{cell.address} 「{figure.text}」：{wareki(figure.year)}は計画の期間の外のため、文章に残します。"
                )
                continue
            measures = [
                measure
                for measure in self.measures.values()
                if not measure.has_block and _unit(measure.unit) == _unit(figure.unit)
            ]
            if measures:
                place += 1
                self.claim(cell, Fate.ASKED, figure.start, figure.end)
                self.questions.append(ask_loose(self.number, place, cell, figure, measures, self.years))

    def _read_baselines(self, cell: Printed) -> None:
        for place, found in enumerate(baselines_in(cell.text), start=1):
            if found.year < self.years[0] and self.measures:
                self.claim(cell, Fate.ASKED, found.start, found.end)
                self.questions.append(ask_baseline(self.number, place, cell, found, self.measures.values()))

    def _change(self, measure: ProposedMeasure, **fields: str | bool) -> ProposedMeasure:
        self.measures[measure.key] = guessed(replace(measure, **fields))  # type: ignore[arg-type]
        return self.measures[measure.key]


def _unit(unit: str) -> str:
    word = squeeze(unit)
    return _SAME_UNIT.get(word, word)


def guessed(measure: ProposedMeasure) -> ProposedMeasure:
    """The goal with unit, 種類 and 集計 from what is known of it now."""
    kind, why_kind = guess.kind(measure.quantity, measure.goal_text)
    title = f"{measure.goal_title} {measure.title}"
    accumulation, why_added = guess.accumulation(title, measure.quantity, measure.goal_text, kind)
    unit = guess.unit(measure.quantity, measure.goal_text)
    why = f"種類は{kind.label}（{why_kind}）、集計は{accumulation.label}（{why_added}）"
    return replace(measure, kind=kind, accumulation=accumulation, unit=unit, why=why)
