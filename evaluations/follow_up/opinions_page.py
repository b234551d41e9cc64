"""Queries of the page of 協議会意見: what a person may see, by council and day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from core.citation import Mark
from core.fiscal_months import western_day
from core.fiscal_years import wareki
from core.workbooks.printed_table import PrintedTable, write_table
from evaluations.follow_up.opinion_form import OpinionForm
from evaluations.models import CouncilOpinion, OpinionStatus
from evaluations.publishing.citations import mark_of, not_published
from evaluations.publishing.report_sections import ReportOpinion
from plans.access import Access
from plans.history import HistoryLine, measure_history
from plans.kept_rows import asked_row
from plans.models import Measure, Plan, Section
from plans.places import next_year_in_words
from plans.plan_filters import PlanFilters
from plans.queries import measures_of

WITH = ("section", "measure", "reflected_section", "reflected_measure", "origin")
COLUMNS = (("番号", 6), ("該当箇所", 20), ("意見者", 14), ("意見", 44), ("対応", 44), ("反映先", 24))
"""Of the standard table: heading and width in digits, together what A4 landscape holds at this size."""


@dataclass(frozen=True)
class OpinionGroup:
    """What one council said on one day of the evaluation of one 年度."""

    fiscal_year: int
    council: str
    held_on: date
    opinions: tuple[CouncilOpinion, ...]

    @property
    def title(self) -> str:
        """「地域自立支援協議会（2022年5月20日）令和3年度の評価への意見」."""
        return f"{self.council}（{western_day(self.held_on)}）　{wareki(self.fiscal_year)}の評価への意見"


@dataclass(frozen=True)
class OpinionsPage:
    """`opinion` is the one being edited, None for a new one; `unanswered` counts what is seen of all years."""

    plan: Plan
    filters: PlanFilters
    groups: tuple[OpinionGroup, ...]
    unanswered: int
    sections: tuple[Section, ...]
    opinion: CouncilOpinion | None

    @property
    def count(self) -> int:
        """How many opinions are shown."""
        return sum(len(group.opinions) for group in self.groups)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The measures to choose from, in the order of the plan."""
        return tuple(measures_of(self.plan))

    @cached_property
    def carries_to(self) -> str:
        """Where the opinion being edited may go on to, 「令和5年度」; "" for one that is not open or has nowhere to go.

        In the last 年度 of the plan one query.
        """
        opinion = self.opinion
        is_open = opinion is not None and opinion.status == OpinionStatus.UNANSWERED
        return next_year_in_words(self.plan, opinion.fiscal_year) if opinion and is_open else ""

    @property
    def opened(self) -> CouncilOpinion:
        """The opinion being edited; Http404 where there is none."""
        if self.opinion is None:
            raise Http404("協議会意見が見つかりません。")
        return self.opinion

    @property
    def changes_since(self) -> list[HistoryLine]:
        """What was changed of the 指標 the opinion led to (else of its own), since the council sat. One query."""
        measure = self.opinion and (self.opinion.reflected_measure or self.opinion.measure)
        if not self.opinion or not measure:
            return []
        since = self.opinion.held_on
        return measure_history(self.plan, measure, since=since)

    def form(self, data: Any = None) -> OpinionForm:
        """The form of the opinion being edited, or of a new one, which begins with the council heard last."""
        return OpinionForm(
            data,
            plan=self.plan,
            sections=self.sections,
            measures=self.measures,
            opinion=self.opinion,
            initial=self._for_a_new_one(),
        )

    def _for_a_new_one(self) -> dict[str, Any]:
        last = max((group.opinions[-1] for group in self.groups), key=lambda opinion: opinion.pk, default=None)
        if last:
            return {"fiscal_year": last.fiscal_year, "council": last.council, "held_on": last.held_on}
        return {"fiscal_year": self.filters.year_asked or self.plan.due_year}


def visible_opinions(plan: Plan, access: Access | None) -> QuerySet[CouncilOpinion]:
    """Opinions are working documents: a reader who does not see drafts sees those marked for publication. None is the
    operator.
    """
    opinions = plan.opinions.all()
    return opinions if access is None or access.sees_drafts else opinions.filter(published=True)


def section_of(opinion: CouncilOpinion) -> int | None:
    """The 節 that an opinion is about, by itself or by its 指標; None for one about the whole plan."""
    return opinion.section_id or (opinion.measure.section_id if opinion.measure else None)


def opinions_page(plan: Plan, asked: Any, opinion_key: str = "") -> OpinionsPage:
    """The page for the person of `plan.access`; Http404 for an opinion that they may not edit or is not of this plan.

    Four queries at most, and those of the form.
    """
    sections = tuple(plan.sections.order_by("number"))
    filters = PlanFilters(asked, plan=plan, sections=sections, states=OpinionStatus.choices, state_field="status")
    visible = visible_opinions(plan, plan.access)
    return OpinionsPage(
        plan=plan,
        filters=filters,
        groups=_grouped(filters.narrowed(visible)),
        unanswered=unanswered(plan),
        sections=sections,
        opinion=asked_row(
            plan.opinions.select_related(*WITH), plan, opinion_key, "この計画の協議会意見ではありません。"
        ),
    )


def unanswered(plan: Plan) -> int:
    """How many opinions the person may see that have no answer yet. One query."""
    return visible_opinions(plan, plan.access).filter(status=OpinionStatus.UNANSWERED).count()


def table_bytes(plan: Plan, groups: Sequence[OpinionGroup]) -> bytes:
    """The standard table as an .xlsx file, every value a text; a line instead of it where there is no opinion."""
    table = PrintedTable(
        sheet_name="意見と対応",
        title=f"{plan.municipality.name} {plan.name} 協議会等の意見と対応",
        columns=COLUMNS,
        parts=tuple((group.title, tuple(_row(one) for one in group.opinions)) for group in groups),
        empty="意見はありません。",
        centred=frozenset({1}),
        mark=_mark(plan, groups),
    )
    return write_table(table)


def _row(one: CouncilOpinion) -> tuple[str, ...]:
    """One row of the standard table, in the order of its columns."""
    response = one.response or one.get_status_display()
    return str(one.number), one.place_in_words, one.speaker, one.opinion, response, one.reflected_in_words


def _mark(plan: Plan, groups: Iterable[OpinionGroup]) -> Mark:
    """The publication that says the same of each of these opinions; there is none for several 年度. One query."""
    years = {group.fiscal_year for group in groups}
    if len(years) != 1:
        return not_published()
    shown = [_as_published(opinion) for group in groups for opinion in group.opinions]
    return mark_of(plan, years.pop(), lambda published: all(one in published.all_opinions for one in shown))


def _as_published(one: CouncilOpinion) -> ReportOpinion:
    facts = (one.council, one.held_on, one.number, one.place_in_words, one.speaker, one.opinion, one.response)
    return ReportOpinion(*facts, one.reflected_in_words, one.status)


def _grouped(opinions: QuerySet[CouncilOpinion]) -> tuple[OpinionGroup, ...]:
    """Newest 年度 first, then by day and council. One query."""
    rows = opinions.select_related(*WITH).order_by("-fiscal_year", "held_on", "council", "number")
    return tuple(
        OpinionGroup(*key, opinions=tuple(group))
        for key, group in groupby(rows, key=lambda one: (one.fiscal_year, one.council, one.held_on))
    )
