"""Queries of the PDCA page of one 節 and 年度: everything it shows, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q
from django.http import Http404

from evaluations.entry.texts_page import RepeatedText, repeated_texts
from evaluations.follow_up.actions_page import Promised, seen_promises
from evaluations.links.goal_chains import SeenChain, chain_of
from evaluations.models import ActionItem, ActivityRecord, Evaluation
from evaluations.records.counts import CountOffer, with_links, years_from
from evaluations.review.outlooks import with_outlooks
from indicators.queries import together
from plans.access import States, WithState, require_year, state_of
from plans.history import HistoryLine, section_history
from plans.models import MeasureLink, Plan, Section, SectionYear
from plans.planned_versions import Versions
from plans.queries import MeasureRow, decisions_of, measure_rows, measures_of
from plans.tally import tally
from plans.workflow import Move, moves_open_to
from targets.models import OutcomeTarget


@dataclass(frozen=True)
class YearTab(WithState):
    """One year of a 節 with its state."""

    year: int
    section_year: SectionYear | None


@dataclass(frozen=True)
class SectionPage(WithState):
    """What the page prints. `texts_visible` is False while the reader may see neither actuals nor texts of the year.

    `related` are the 活動指標 of other 節 that are linked to this one, those of one service together; `chain` compares
    them with its 成果目標, None without one. `promised_before` is what the year before promised, `promised_in_old_plan`
    what the last year of the plan before did in the 節 that this one continues. For those who write: `repeated`, the
    sentences taken over from the year before, and `miscounted`, the actuals that differ from the count of their
    取組記録.
    """

    section: Section
    year: int
    previous: Section | None
    following: Section | None
    tabs: tuple[YearTab, ...]
    section_year: SectionYear | None
    texts_visible: bool
    targets: tuple[OutcomeTarget, ...]
    rows: tuple[MeasureRow, ...]
    related: tuple[MeasureRow, ...]
    chain: SeenChain | None
    tally: tuple[tuple[str, str, int], ...]
    evaluation: Evaluation | None
    repeated: tuple[RepeatedText, ...]
    records: tuple[ActivityRecord, ...]
    miscounted: tuple[CountOffer, ...]
    promised_before: tuple[Promised, ...]
    promised_in_old_plan: tuple[Promised, ...]
    promised: tuple[Promised, ...]
    moves: tuple[Move, ...]
    lock_reason: str
    history: tuple[HistoryLine, ...]

    @property
    def decisions(self) -> Versions:
        """Each 計画変更 that touched a 計画値 of the page."""
        return decisions_of(self.rows + self.related)


def section_page(plan: Plan, number: int, year: int) -> SectionPage:
    """The page for the person of `plan.access`; Http404 for a 節 or a year that the plan does not have."""
    section, previous, following = neighbours(plan, number)
    require_year(plan, year)
    earlier = _earlier_years(plan, section) if year == plan.start_year and plan.previous_id else Q(pk__in=[])
    states = {(row.section_id, row.fiscal_year): row for row in _states(plan, earlier)}
    section_year = states.get((section.pk, year))
    state = state_of(section_year)
    visible = plan.access.sees_actuals(state)
    rows = _rows_with_related(plan, section, states)
    own = tuple(row for row in rows if row.measure.section_id == section.pk)
    related = tuple(row for row in rows if row.measure.section_id != section.pk)
    targets = tuple(OutcomeTarget.objects.filter(section=section).order_by("order"))
    evaluation = getattr(section_year, "evaluation", None) if visible else None
    before = getattr(states.get((section.pk, year - 1)), "evaluation", None)
    both_years = Q(section=section, fiscal_year__in=(year - 1, year))
    promises = seen_promises(plan, ActionItem.objects.filter(both_years | earlier), states)
    records = _records(plan, section, year, states)
    return SectionPage(
        section=section,
        year=year,
        previous=previous,
        following=following,
        tabs=tuple(YearTab(y, states.get((section.pk, y))) for y in plan.years),
        section_year=section_year,
        texts_visible=visible,
        targets=targets,
        rows=own,
        related=related,
        chain=chain_of(section, year, own, related, has_target=bool(targets)),
        tally=tally(own, year),
        evaluation=evaluation,
        repeated=repeated_texts(evaluation, before) if plan.access.may_write else (),
        promised_before=tuple(one for one in promises if one.is_of(section, year - 1)),
        promised_in_old_plan=tuple(one for one in promises if one.item.section_id != section.pk),
        promised=tuple(one for one in promises if one.is_of(section, year)),
        records=records,
        miscounted=_miscounted(records, own, year) if plan.access.may_write else (),
        moves=tuple(moves_open_to(plan.access, state)),
        lock_reason=plan.access.lock_reason(state),
        history=tuple(section_history(plan, section, year)),
    )


def neighbours(plan: Plan, number: int) -> tuple[Section, Section | None, Section | None]:
    """The 節 with this number, the one before and the one after; Http404 where there is none. One query."""
    sections = list(plan.sections.order_by("number"))
    for place, section in enumerate(sections):
        if section.number == number:
            section.plan = plan
            before = sections[place - 1] if place else None
            return section, before, sections[place + 1] if place + 1 < len(sections) else None
    raise Http404(f"この計画に第{number}節はありません。")


def _earlier_years(plan: Plan, section: Section) -> Q:
    """Rows of the 節 of the plan before that measures of this one come from, in its last year."""
    lines = MeasureLink.objects.filter(plan=plan, new__section=section, old__isnull=False).order_by()
    return Q(section__in=lines.values("old__section"), fiscal_year=F("section__plan__end_year"))


def _states(plan: Plan, earlier: Q) -> Iterable[SectionYear]:
    people = [f"{step}_by" for step in ("submitted", "checked", "returned", "confirmed", "published")]
    wanted = Q(section__plan=plan) | earlier
    return SectionYear.objects.filter(wanted).select_related("evaluation", *people).order_by()


def _rows_with_related(plan: Plan, section: Section, states: States) -> list[MeasureRow]:
    # A subquery: the join would need a DISTINCT over every column of six tables.
    shown = Q(section=section) | Q(pk__in=section.related_indicators.values("pk"))
    measures = measures_of(plan).select_related("outlook", "activity_indicator__service").filter(shown)
    rows = measure_rows(plan, measures, access=plan.access, states=states)
    own = [row for row in rows if row.measure.section_id == section.pk]
    return with_outlooks(plan, own + together(row for row in rows if row.measure.section_id != section.pk))


def _records(plan: Plan, section: Section, year: int, states: States) -> tuple[ActivityRecord, ...]:
    """取組記録 up to this year, of the years whose texts the person may see; those before the plan are no draft."""
    seen = [y for y in plan.years if plan.access.sees_actuals(state_of(states.get((section.pk, y))))]
    before, within = Q(fiscal_year__lt=plan.start_year), Q(fiscal_year__in=seen)
    records = plan.records.filter(before | within, sections=section, fiscal_year__lte=year)
    return with_links(records.order_by("fiscal_year", F("held_on").asc(nulls_first=True), "id"))


def _miscounted(records: Iterable[ActivityRecord], rows: Iterable[MeasureRow], year: int) -> tuple[CountOffer, ...]:
    """The actuals of the year that are other numbers than the records make. No query."""
    actuals = {row.measure: row.cell(year).figures.actual for row in rows}
    made = years_from(records, actuals, year)
    offers = (CountOffer(one, made[one.pk], actual) for one, actual in actuals.items() if one.pk in made)
    return tuple(offer for offer in offers if offer.differs)
