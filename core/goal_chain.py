"""From 活動指標 to 成果目標: whether the indicators of a goal fit the reading of the goal, and where the two
contradict.

Nothing here judges a city. A contradiction is a question: either the reasoning from service to goal does not hold, or a
figure is not what it seems. Readings come from `core.figures` alone.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from core.figures import FEW_PEOPLE, Figures, Tone
from core.words import NOT_ENTERED, Direction, Word

TEXT_ONLY = "文章の指標"
_TONES = (Tone.BEHIND, Tone.GOOD, Tone.FINDING, Tone.MISSING, Tone.QUIET)


class GoalReading(Word):
    """How a 成果目標 reads in one year, all of its 目標項目 together."""

    MET = "met", "達成"
    MISSED = "missed", "未達"
    OPEN = "open", "判定なし"


class Bearing(Word):
    """What one 活動指標 says about its goal."""

    BACKS = "backs", "目標を支える"
    LACKS = "lacks", "目標に足りない"
    SILENT = "silent", "判断できない"


class Contradiction(Word):
    """Goal and indicators say opposite things."""

    MISSED_YET_BACKED = "missed_yet_backed", "目標は未達、活動指標は見込みどおり以上"
    MET_YET_LACKED = "met_yet_lacked", "目標は達成、活動指標は見込みを下回る"


@dataclass(frozen=True)
class ChainLink:
    """One 活動指標 of a goal in one year. `fewer_helps`: fewer users than planned support the goal.

    Where the city set 増 or 減 itself, the reading knows the direction already and `fewer_helps` changes nothing.
    """

    figures: Figures
    fewer_helps: bool = False

    @property
    def wants_less(self) -> bool:
        """Whether the goal is supported by a figure that stays below its plan."""
        direction = self.figures.nature.direction
        return direction is Direction.LESS or (direction is Direction.NEAR and self.fewer_helps)

    @cached_property
    def bearing(self) -> Bearing:
        """What the indicator says: below the plan is too little, at or above it supports; the reverse where less is
        wanted.

        An indicator without a plan or an actual, with 計画・実績とも0, of text, or hidden from the reader says nothing.
        """
        tone, difference = self.figures.tone, self.figures.difference
        if tone is Tone.GOOD:
            return Bearing.BACKS
        is_near = self.figures.nature.direction is Direction.NEAR
        if tone is Tone.BEHIND and not (is_near and self.fewer_helps):
            return Bearing.LACKS
        if tone not in (Tone.BEHIND, Tone.FINDING) or not difference:
            return Bearing.SILENT
        return Bearing.BACKS if (difference < 0) == self.wants_less else Bearing.LACKS


@dataclass(frozen=True)
class GoalChain:
    """One 成果目標 in one year: the figures of its 目標項目, and its 活動指標."""

    goals: tuple[Figures, ...]
    links: tuple[ChainLink, ...]

    @cached_property
    def reading(self) -> GoalReading:
        """未達 where any item is behind, 達成 where one is good and none behind."""
        tones = {figures.tone for figures in self.goals}
        if Tone.BEHIND in tones:
            return GoalReading.MISSED
        return GoalReading.MET if Tone.GOOD in tones else GoalReading.OPEN

    @property
    def is_hidden(self) -> bool:
        """Whether the reader may not see one of the actuals: then nothing is derived from the others."""
        return self.hides_goals or any(link.figures.withheld for link in self.links)

    @property
    def hides_goals(self) -> bool:
        """Whether the reader may not see how the goal itself came out."""
        return any(figures.withheld for figures in self.goals)

    @cached_property
    def contradiction(self) -> Contradiction | None:
        """Where every indicator that says anything says the opposite of the goal."""
        said = {link.bearing for link in self.links} - {Bearing.SILENT}
        if self.is_hidden or len(said) != 1:
            return None
        opposites = {
            (GoalReading.MISSED, Bearing.BACKS): Contradiction.MISSED_YET_BACKED,
            (GoalReading.MET, Bearing.LACKS): Contradiction.MET_YET_LACKED,
        }
        return opposites.get((self.reading, said.pop()))

    @property
    def is_weak(self) -> bool:
        """Whether one side of a contradiction rests on figures under ten alone: one person more would reverse it."""
        deciding = Tone.BEHIND if self.reading is GoalReading.MISSED else Tone.GOOD
        goals = [figures for figures in self.goals if figures.tone is deciding]
        return self.contradiction is not None and (_all_few(goals) or _all_few(link.figures for link in self._speaking))

    @property
    def question(self) -> str:
        """The contradiction put to the city; "" without one."""
        if self.contradiction is None:
            return ""
        sentence = f"{self._first_half}{self._second_half}目標と活動指標の関係を確かめてください。"
        if self.is_weak:
            sentence += "10に満たない値によるもので、1の違いで変わることがあります。"
        return sentence

    @property
    def summary(self) -> str:
        """「成果目標：未達 ← 活動指標：見込みを下回る 3件・見込みどおり 2件・未入力 1件」."""
        counts = "・".join(f"{word} {count}件" for word, count in self.tally) or "なし"
        return f"成果目標：{self.reading.label} ← 活動指標：{counts}"

    @cached_property
    def tally(self) -> tuple[tuple[str, int], ...]:
        """The readings of the indicators, counted: those behind first, those that say nothing last."""
        counts = Counter(reading_word(link.figures) for link in self.links)
        order = {reading_word(link.figures): _TONES.index(link.figures.tone) for link in self.links}
        return tuple(sorted(counts.items(), key=lambda pair: (order[pair[0]], pair[0])))

    @property
    def _speaking(self) -> list[ChainLink]:
        return [link for link in self.links if link.bearing is not Bearing.SILENT]

    @property
    def _first_half(self) -> str:
        goal_says = "未達ですが" if self.reading is GoalReading.MISSED else "達成していますが"
        some = f"判定できる{len(self._speaking)}件が" if len(self._speaking) < len(self.links) else ""
        return f"成果目標は{goal_says}、関連する活動指標は{some}すべて"

    @property
    def _second_half(self) -> str:
        less = any(link.wants_less for link in self._speaking)
        if self.contradiction is Contradiction.MISSED_YET_BACKED:
            return f"見込みどおり以上です{'（減るほうがよい指標は、見込みどおり以下）' if less else ''}。"
        return f"見込みを下回っています{'（減るほうがよい指標は、上回っています）' if less else ''}。"


def reading_word(figures: Figures) -> str:
    """The reading as it is counted; a hidden value and a missing reading have words too."""
    return figures.withheld or figures.reading or (TEXT_ONLY if figures.actual.is_entered else NOT_ENTERED)


def _all_few(figures: Iterable[Figures]) -> bool:
    """Of a 割合 the 分母 counts: 2 of 3 offices are few, however large the percent."""
    return all(each.shows_few_people or (each.actual.denominator or FEW_PEOPLE) < FEW_PEOPLE for each in figures)
