"""Queries for the chains of a plan: a 成果目標 of one 節 in one year with its 活動指標, as the reader may see them, and
成果目標 as columns of the page of links, with what the guideline says of each.

The rule is `core.goal_chain`; here finished rows become its figures. The 節 represents its 成果目標: links are to the
節, and 活動指標 in the 節 itself need no link.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby

from core.figures import Figures, Tone
from core.goal_chain import ChainLink, GoalChain, GoalReading, reading_word
from core.goal_links import REFERENCE_GENERATION, GoalWording, GuidelineLinks, IndicatorWording, Proposal
from core.words import Family
from indicators.queries import GoalsOfMeasures, service_of
from plans.catalogue import catalogue_of, national_catalogue, period_of
from plans.models import Measure, Plan, Section
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


Titles = Mapping[int, list[str]]
"""The titles of the 成果目標 by 節 id."""


@dataclass(frozen=True)
class Named:
    """That the guideline names a link: a short mark for the matrix and what it means in words."""

    mark: str
    words: str


@dataclass(frozen=True)
class GoalColumn:
    """One 成果目標: the 節 that represents it, with every 活動指標 of the plan.

    `linked` are the ids that are stored as linked, `in_place` those in the 節 itself that need no link, `named` what
    the guideline says, by id.
    """

    section: Section
    titles: tuple[str, ...]
    chain: SeenChain
    indicators: tuple[MeasureRow, ...]
    linked: frozenset[int]
    in_place: frozenset[int]
    named: Mapping[int, Named]

    @property
    def names(self) -> tuple[str, ...]:
        """The titles of its 成果目標 where they say more than the 節."""
        return tuple(title for title in self.titles if title != self.section.title)

    @cached_property
    def offered(self) -> tuple[MeasureRow, ...]:
        """What the guideline names and the city has not linked."""
        return self._of(frozenset(self.named) - self.linked - self.in_place)

    @cached_property
    def of_city(self) -> tuple[MeasureRow, ...]:
        """What the city linked beyond the guideline."""
        return self._of(self.linked - frozenset(self.named) - self.in_place)

    @property
    def sources(self) -> list[str]:
        """Which guideline says what is offered, each once."""
        return list(dict.fromkeys(self.named[row.measure.pk].words for row in self.offered))

    def _of(self, ids: frozenset[int]) -> tuple[MeasureRow, ...]:
        return tuple(row for row in self.indicators if row.measure.pk in ids)


def goal_columns(
    plan: Plan,
    chains: Iterable[SeenChain],
    indicators: tuple[MeasureRow, ...],
    goals_of: GoalsOfMeasures,
    titles: Titles,
) -> tuple[GoalColumn, ...]:
    """A column for each chain. One query, for what the city amended of the catalogue."""
    chains = list(chains)
    named = _named(plan, chains, indicators, titles)
    return tuple(
        GoalColumn(
            section=seen.section,
            titles=tuple(titles.get(seen.section.pk, ())),
            chain=seen,
            indicators=indicators,
            linked=frozenset(pk for pk, goals in goals_of.items() if seen.section.pk in goals),
            in_place=frozenset(row.measure.pk for row in indicators if row.measure.section_id == seen.section.pk),
            named=named[seen.section.pk],
        )
        for seen in chains
    )


def _named(
    plan: Plan, chains: Iterable[SeenChain], indicators: Iterable[MeasureRow], titles: Titles
) -> dict[int, dict[int, Named]]:
    """What the guideline says, by 節 and indicator."""
    goals = [
        GoalWording(
            key=seen.section.pk,
            titles=(seen.section.title, *titles.get(seen.section.pk, ())),
            items=tuple(row.measure.title for row in seen.goals),
            codes=tuple(row.measure.catalogue_code for row in seen.goals if row.measure.catalogue_code),
        )
        for seen in chains
    ]
    period = period_of(plan)
    generation = period.generation if period else None
    guideline = GuidelineLinks(catalogue_of(plan.municipality))
    found: dict[int, dict[int, Named]] = defaultdict(dict)
    for proposal in guideline.proposals(generation, goals, [wording_of(row.measure) for row in indicators]):
        found[proposal.goal][proposal.indicator] = _as_named(proposal, generation)
    return found


def _as_named(proposal: Proposal, generation: int | None) -> Named:
    """The mark and words of one proposal. An entry that a city changed itself does not count as the guideline's."""
    if proposal.entry:
        national = national_catalogue().by_code().get(proposal.entry)
        if national is None or national.goal != proposal.goal_code:
            return Named("参", "市が直した国の一覧による")
    said_by = proposal.generation
    source = "参考資料" if said_by == REFERENCE_GENERATION else "基本指針"
    words = f"第{said_by}期の{source}による{'・要確認' if proposal.needs_check else ''}"
    if said_by != generation:
        return Named(f"参{said_by}", words)
    return Named("参？" if proposal.needs_check else "参", words)
