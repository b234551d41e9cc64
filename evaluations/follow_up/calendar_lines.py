"""The dates of a plan as lines: the city's own, or the usual round as a proposal, with what is known of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from core.fiscal_years import wareki
from core.words import Family, ValueKind
from core.yearly_round import ProposedDate, RoundStep, yearly_round
from evaluations.follow_up.round_facts import Fact, RoundFacts, progress_by_year
from evaluations.models import Deadline
from indicators.queries import months_entered
from plans.access import States
from plans.models import Plan, Section
from plans.queries import MeasureRow

TO_COME = "これから"
OVERDUE_SHOWN = 5
"""Overdue dates that the dashboard lists; the calendar has them all."""


@dataclass(frozen=True)
class CalendarLine:
    """One date. `due` is what the city set, or a proposal."""

    plan: Plan
    due: Deadline | ProposedDate
    fact: Fact
    today: date

    @cached_property
    def link(self) -> str:
        """Where this person does the step, or sees how far it is; "" where there is no such page for them."""
        return _link(self.plan, self.due)

    @property
    def row(self) -> Deadline | None:
        """The stored date; None for a proposal."""
        return self.due if isinstance(self.due, Deadline) else None

    @property
    def step_label(self) -> str:
        return RoundStep(self.due.step).label

    @property
    def title_in_words(self) -> str:
        """「実績の入力（令和6年度）」."""
        year = self.due.fiscal_year
        return self.due.title if year is None else f"{self.due.title}（{wareki(year)}）"

    @property
    def known(self) -> str:
        """What the database knows, in words; of what is still to come that nothing is done yet says nothing."""
        return "" if self.standing[1] == TO_COME else self.fact.words

    @property
    def note(self) -> str:
        return self.row.note if self.row else ""

    @property
    def is_ticked(self) -> bool:
        return bool(self.row and self.row.done_at)

    @property
    def is_done(self) -> bool:
        """Ticked, or known to be done."""
        return self.is_ticked or self.fact.is_done is True

    @property
    def is_past(self) -> bool:
        return self.due.due_on < self.today

    @property
    def is_overdue(self) -> bool:
        """Only a date that the city set itself can be missed."""
        return self.row is not None and self.is_past and not self.is_done

    @property
    def is_near(self) -> bool:
        """This month or the next."""
        return 0 <= _months_between(self.today, self.due.due_on) <= 1

    @property
    def is_lost_in_the_past(self) -> bool:
        """A proposal of an earlier month of which no one knows whether it was done: no date to begin with."""
        return self.row is None and self.fact.is_done is None and _months_between(self.today, self.due.due_on) < 0

    @cached_property
    def standing(self) -> tuple[str, str]:
        """Tone and words of the date as seen today."""
        if self.is_done:
            return "good", "済"
        if self.is_overdue:
            return "behind", "期限を過ぎています"
        if self.is_past:
            is_known = self.fact.is_done is not None
            return ("finding", "標準の時期を過ぎています") if is_known else ("quiet", "済んだかどうかの記録なし")
        if self.is_near:
            is_now = _months_between(self.today, self.due.due_on) == 0
            return "missing", "今月" if is_now else "来月"
        return "quiet", TO_COME


@dataclass(frozen=True)
class DueSoon:
    """今月と来月の予定, overdue first. `more` overdue dates are not listed; `is_proposed`: the usual round."""

    lines: tuple[CalendarLine, ...]
    more: int
    is_proposed: bool


def dates_of(plan: Plan, rows: Iterable[MeasureRow]) -> Sequence[Deadline | ProposedDate]:
    """The city's own dates in order, or the usual round where it has none. One query."""
    own = list(plan.deadlines.select_related("done_by").order_by("due_on", "id"))
    return own or yearly_round(plan.start_year, plan.end_year, with_months=any(map(_is_monthly, rows)))


def lines_of(plan: Plan, dates: Iterable[Deadline | ProposedDate], facts: RoundFacts) -> tuple[CalendarLine, ...]:
    """The dates with what is known of each, seen today."""
    today = timezone.localdate()
    return tuple(CalendarLine(plan, one, facts.of(one.step, one.fiscal_year, one.due_on), today) for one in dates)


def due_soon(plan: Plan, sections: Sequence[Section], rows: Sequence[MeasureRow], states: States) -> DueSoon:
    """The box of the dashboard, made of what it has fetched anyway. One query; one more where months are due."""
    dates = dates_of(plan, rows)
    without_months = RoundFacts(progress_by_year(plan, sections, rows, states), plan.access.sees_drafts)
    near = [line.due for line in lines_of(plan, dates, without_months) if line.is_overdue or _is_shown_soon(line)]
    asked = {one.fiscal_year for one in near if one.step == RoundStep.MONTHS and one.fiscal_year is not None}
    months = months_entered(plan, asked) if asked and plan.access.sees_drafts else {}
    facts = RoundFacts(without_months.progress, plan.access.sees_drafts, months)
    lines = [line for line in lines_of(plan, near, facts) if not line.is_done]
    overdue = [line for line in lines if line.is_overdue]
    rest = [line for line in lines if not line.is_overdue]
    shown = (*overdue[:OVERDUE_SHOWN], *rest)
    return DueSoon(shown, max(0, len(overdue) - OVERDUE_SHOWN), not isinstance(dates[0], Deadline))


def _is_shown_soon(line: CalendarLine) -> bool:
    return line.is_near and not line.is_done and not line.is_lost_in_the_past


def _is_monthly(row: MeasureRow) -> bool:
    return row.measure.family == Family.INDICATOR and row.measure.value_kind == ValueKind.NUMBER


def _months_between(today: date, day: date) -> int:
    """0 in the same calendar month, 1 in the next, negative before."""
    return (day.year - today.year) * 12 + day.month - today.month


def _link(plan: Plan, one: Deadline | ProposedDate) -> str:
    year, access = one.fiscal_year, plan.access
    if year not in plan.years:
        return ""
    if one.step == RoundStep.ENTRY and access.may_write:
        return reverse("evaluations:entry_year", args=[plan.slug, year])
    if one.step == RoundStep.MONTHS:
        return reverse("indicators:monthly", args=[plan.slug, year])
    if one.step == RoundStep.PUBLISH and access.may_confirm:
        return reverse("evaluations:publish", args=[plan.slug])
    rooms = {RoundStep.COUNCIL: "evaluations:opinions", RoundStep.BUDGET: "evaluations:actions"}
    room = rooms.get(RoundStep(one.step))
    if room:
        return f"{reverse(room, args=[plan.slug])}?year={year}"
    known = (RoundStep.ENTRY, RoundStep.CONFIRM, RoundStep.PUBLISH)
    return f"{reverse('evaluations:dashboard', args=[plan.slug])}?year={year}" if one.step in known else ""
