"""成果目標 as columns of the page of links: what belongs to each, and what the guideline says of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.goal_links import REFERENCE_GENERATION, GoalWording, GuidelineLinks, Proposal
from evaluations.links.goal_chains import SeenChain, wording_of
from indicators.linked import GoalsOfMeasures
from plans.catalogue import catalogue_of, national_catalogue, period_of
from plans.models import Plan, Section
from plans.queries import MeasureRow

Titles = Mapping[int, list[str]]
"""The titles of the 成果目標 by 節 id."""


@dataclass(frozen=True)
class Named:
    """That the guideline names a link: a short mark for the matrix and its meaning in words."""

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
