"""Queries of the page of the carry-over: every measure of both plans with what was decided or is proposed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.lineage import UNDECIDED, How, LineageLink, Proposal, propose
from evaluations.models import OpinionStatus
from evaluations.planning.carry_over.comparison import Comparison, comparison_of, traits
from plans.catalogue import catalogue_of
from plans.lineage import possible_previous
from plans.models import Measure, Plan, Section

TONES = {
    How.SAME: "good",
    How.REDEFINED: "finding",
    How.SPLIT: "finding",
    How.MERGED: "finding",
    How.ENDED: "quiet",
    How.NEW: "quiet",
}


@dataclass(frozen=True)
class LineageRow:
    """One line of a table: a decision, a proposal, or a measure without either.

    `basis` says why it is proposed; `is_found` whether a counterpart was found, so that it may be ticked beforehand.
    `warning`: what makes a decided 継続 untrue by now.
    """

    olds: tuple[Measure, ...] = ()
    news: tuple[Measure, ...] = ()
    lineage: LineageLink | None = None
    is_decided: bool = False
    basis: str = ""
    is_found: bool = False
    warning: str = ""

    @property
    def is_proposed(self) -> bool:
        return self.lineage is not None and not self.is_decided

    @property
    def how(self) -> str:
        return self.lineage.how.label if self.lineage else UNDECIDED

    @property
    def tone(self) -> str:
        return TONES[self.lineage.how] if self.lineage and self.is_decided else "missing"


@dataclass(frozen=True)
class SectionRows:
    """One 節 of the new plan. `before`: the 節 that its measures come from, where number or name changed."""

    section: Section
    before: tuple[Section, ...]
    rows: tuple[LineageRow, ...]

    @property
    def undecided(self) -> int:
        """How many lines wait for a decision."""
        return sum(not row.is_decided for row in self.rows)


@dataclass(frozen=True)
class CarryOverPage:
    """`comparison` is None for a plan that follows none. `possible` are the plans it may follow, until one is decided.

    `gone` are proposed to end, `ended` did, `left` wait for a decision. `unanswered` opinions are of the last 年度
    of the plan before.
    """

    plan: Plan
    possible: tuple[Plan, ...]
    comparison: Comparison | None = None
    sections: tuple[SectionRows, ...] = ()
    gone: tuple[LineageRow, ...] = ()
    left: tuple[LineageRow, ...] = ()
    ended: tuple[LineageRow, ...] = ()
    elsewhere: tuple[tuple[Measure, Plan], ...] = ()
    unanswered: int = 0

    @property
    def tally(self) -> tuple[tuple[str, str, int], ...]:
        """How many measures go on how: (tone, word, count); a 分割 or 統合 counts once."""
        return tally(self.comparison) if self.comparison else ()

    @property
    def rows(self) -> tuple[LineageRow, ...]:
        """Every line with a proposal or a decision."""
        return (*(row for group in self.sections for row in group.rows), *self.gone, *self.ended)

    @property
    def proposed(self) -> tuple[LineageRow, ...]:
        return tuple(row for row in self.rows if row.is_proposed)

    @property
    def without_counterpart(self) -> tuple[LineageLink, ...]:
        """What is proposed as 新規 because nothing in the plan before corresponds to it."""
        return tuple(row.lineage for row in self.proposed if row.lineage and row.lineage.how is How.NEW)

    @property
    def is_untouched(self) -> bool:
        """Whether the new plan has no measure yet."""
        return self.comparison is not None and not self.comparison.news


def carry_over_page(plan: Plan) -> CarryOverPage:
    """The page for the person of `plan.access`; proposals are for who may decide. Seven queries at most."""
    comparison = comparison_of(plan)
    is_open = plan.access.may_manage and (comparison is None or not comparison.links)
    possible = tuple(possible_previous(plan)) if is_open else ()
    if comparison is None:
        return CarryOverPage(plan, possible)
    proposals = proposals_of(comparison) if plan.access.may_manage else []
    decided = [
        LineageRow(
            *_ends(comparison, lineage),
            lineage,
            is_decided=True,
            warning=comparison.changed_since(lineage),
        )
        for lineage in comparison.lineages
    ]
    named = {code for proposal in proposals for code in proposal.lineage.olds}
    proposed = [
        LineageRow(*_ends(comparison, one.lineage), one.lineage, basis=one.basis, is_found=one.is_found)
        for one in proposals
        if one.lineage.news or comparison.must_decide_olds
    ]
    left = [LineageRow((measure,)) for measure in comparison.open_olds if measure.code not in named]
    rows = [*decided, *proposed]
    return CarryOverPage(
        plan=plan,
        possible=possible,
        comparison=comparison,
        sections=_by_section(comparison, rows),
        gone=tuple(row for row in proposed if not row.news),
        left=tuple(left),
        ended=tuple(row for row in decided if not row.news),
        elsewhere=tuple((comparison.olds[code], other) for code, other in comparison.elsewhere.items()),
        unanswered=_unanswered(comparison.previous) if plan.access.may_write else 0,
    )


def proposals_of(comparison: Comparison) -> list[Proposal]:
    """What to decide of everything undecided. One query."""
    known = catalogue_of(comparison.plan.municipality).by_code()
    return propose(
        [traits(measure) for measure in comparison.open_olds],
        [traits(measure) for measure in comparison.open_news],
        follows={code: entry.follows for code, entry in known.items()},
        gone=comparison.gone(),
    )


def tally(comparison: Comparison) -> tuple[tuple[str, str, int], ...]:
    """How many decisions of each kind, and what is undecided: (tone, word, count)."""
    counts = Counter(lineage.how for lineage in comparison.lineages)
    found = [(TONES[how], how.label, counts[how]) for how in How if counts[how]]
    return (*found, ("missing", UNDECIDED, comparison.undecided))


def _by_section(comparison: Comparison, rows: Iterable[LineageRow]) -> tuple[SectionRows, ...]:
    """Each line in the 節 of its first new measure, in the order of the plan; every new measure has one."""
    by_new = {measure.code: row for row in rows for measure in row.news}
    sections: dict[Section, list[LineageRow]] = {}
    for code, measure in comparison.news.items():
        row = by_new.get(code, LineageRow(news=(measure,)))
        if row.news[0] == measure:
            sections.setdefault(measure.section, []).append(row)
    return tuple(
        SectionRows(section, comparison.moved_from(section), tuple(found)) for section, found in sections.items()
    )


def _ends(comparison: Comparison, lineage: LineageLink) -> tuple[tuple[Measure, ...], tuple[Measure, ...]]:
    """Its measures in the order of their plans."""
    return (
        tuple(measure for code, measure in comparison.olds.items() if code in lineage.olds),
        tuple(measure for code, measure in comparison.news.items() if code in lineage.news),
    )


def _unanswered(previous: Plan) -> int:
    """Open opinions of the last 年度 of the plan before. One query."""
    return previous.opinions.filter(fiscal_year=previous.end_year, status=OpinionStatus.UNANSWERED).count()
