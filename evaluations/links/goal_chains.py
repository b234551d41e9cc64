"""Queries for the chains of a plan: a 成果目標 of one 節 in one year with its 活動指標, as the reader may see them.

The rule is `core.goal_chain`; here finished rows become its figures. The 節 represents its 成果目標: links are to the
節, and 活動指標 in the 節 itself need no link.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby

from core.figures import Figures, Tone
from core.goal_chain import ChainLink, GoalChain, GoalReading, reading_word
from core.goal_links import GuidelineLinks, IndicatorWording
from core.words import Family
from indicators.queries import GoalsOfMeasures, service_of
from plans.catalogue import national_catalogue
from plans.models import Measure, Section
from plans.queries import MeasureRow, by_section


@dataclass(frozen=True)
class LinkedRow:
    """One 活動指標 of a chain."""

    row: MeasureRow
    link: ChainLink

    @property
    def measure(self) -> Measure:
        return self.row.measure

    @property
    def figures(self) -> Figures:
        return self.link.figures

    @property
    def word(self) -> str:
        """Its reading, or why there is none."""
        return reading_word(self.figures)


@dataclass(frozen=True)
class SeenChain:
    """The chain of one 節 in one year, with the rows behind it."""

    section: Section
    year: int
    goals: tuple[MeasureRow, ...]
    links: tuple[LinkedRow, ...]

    @cached_property
    def chain(self) -> GoalChain:
        return GoalChain(
            tuple(row.cell(self.year).figures for row in self.goals), tuple(one.link for one in self.links)
        )

    @property
    def is_judged(self) -> bool:
        """Whether the goal was met or missed in this year, as far as the reader may see."""
        return self.chain.reading is not GoalReading.OPEN

    @property
    def is_told(self) -> bool:
        """Whether the indicators are named one by one: where the goal was missed, or where the two contradict."""
        return self.chain.reading is GoalReading.MISSED or self.chain.contradiction is not None

    @property
    def missed(self) -> list[str]:
        """The names of the 目標項目 that are behind."""
        return [row.measure.title for row in self.goals if row.cell(self.year).figures.tone is Tone.BEHIND]

    @property
    def named(self) -> list[tuple[str, str, list[LinkedRow]]]:
        """The indicators by their reading: tone, reading, those that have it, in the order of the summary."""
        words = [word for word, _ in self.chain.tally]
        ordered = sorted(self.links, key=lambda one: words.index(one.word))
        grouped = [(word, list(ones)) for word, ones in groupby(ordered, key=lambda one: one.word)]
        return [(ones[0].figures.tone.value, word, ones) for word, ones in grouped]


def chain_of(
    section: Section, year: int, own: Iterable[MeasureRow], linked: Iterable[MeasureRow], *, has_target: bool
) -> SeenChain | None:
    """The chain of a 節 from its own rows and those linked to it; None where it has neither 目標項目 nor, as
    `has_target` says, a 成果目標 in words. No query, provided that 活動指標 were fetched with their services.
    """
    own = list(own)
    goals = tuple(row for row in own if row.measure.family == Family.TARGET)
    if not goals and not has_target:
        return None
    in_place = [row for row in own if row.measure.family == Family.INDICATOR]
    links = tuple(linked_row(row, year) for row in (*in_place, *linked))
    return SeenChain(section, year, goals, links)


def chains_of(
    sections: Iterable[Section],
    rows: Iterable[MeasureRow],
    goals_of: GoalsOfMeasures,
    year: int,
    *,
    with_target: Container[int] = (),
) -> list[SeenChain]:
    """The chain of every 節 that has a 目標項目, or is among the ids `with_target`, from all rows of a plan. No query,
    as above.
    """
    rows = list(rows)
    own = by_section(rows)
    linked: dict[int, list[MeasureRow]] = defaultdict(list)
    for row in rows:
        for section in goals_of[row.measure.pk] - {row.measure.section_id}:
            linked[section].append(row)
    found = (chain_of(s, year, own.get(s.pk, []), linked[s.pk], has_target=s.pk in with_target) for s in sections)
    return [chain for chain in found if chain]


def wording_of(measure: Measure) -> IndicatorWording:
    """A 活動指標 as the guideline is searched for it."""
    service, indicator = service_of(measure), getattr(measure, "activity_indicator", None)
    return IndicatorWording(
        key=measure.pk,
        title=measure.title,
        code=measure.catalogue_code,
        service=service.code if service else "",
        amount_of=indicator.amount_of if indicator else "",
        is_part=measure.parent_id is not None,
    )


def linked_row(row: MeasureRow, year: int) -> LinkedRow:
    """A 活動指標 with what it says in one year."""
    return LinkedRow(row, ChainLink(row.cell(year).figures, _guideline().fewer_helps(wording_of(row.measure))))


@cache
def _guideline() -> GuidelineLinks:
    """参考3 as shipped: a city amends entries of the catalogue, not these lines."""
    return GuidelineLinks(national_catalogue())
