"""Queries of the page of 取組: what each year promised, 節 by 節, and the outcome."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.http import Http404

from evaluations.follow_up.action_form import PromiseForm, ReportForm
from evaluations.models import ActionItem, ActionState
from plans.access import States, state_of
from plans.kept_rows import asked_row
from plans.models import Plan, Section
from plans.places import next_year_in_words
from plans.plan_filters import PlanFilters
from plans.queries import section_years

TONES = {
    ActionState.PLANNED: "missing",
    ActionState.RUNNING: "finding",
    ActionState.DONE: "good",
    ActionState.DROPPED: "behind",
}


@dataclass(frozen=True)
class Promised:
    """One 取組 as a line of a table. `tone` colours its word."""

    item: ActionItem

    @property
    def tone(self) -> str:
        return TONES[ActionState(self.item.state)]

    def is_of(self, section: Section, year: int) -> bool:
        """Whether this 節 promised it in this 年度."""
        return (self.item.section_id, self.item.fiscal_year) == (section.pk, year)

    @property
    def is_carried_on(self) -> bool:
        """Whether the next year promised it again."""
        return hasattr(self.item, "carried_to")


@dataclass(frozen=True)
class YearOfPromises:
    """What one 年度 promised, in the order of the 節."""

    year: int
    lines: tuple[Promised, ...]


@dataclass(frozen=True)
class ActionsPage:
    """`item` is the one being edited, None for a new one; `lock_reason` says why its promise cannot change."""

    plan: Plan
    filters: PlanFilters
    years: tuple[YearOfPromises, ...]
    tally: tuple[tuple[str, str, int], ...]
    sections: tuple[Section, ...]
    item: ActionItem | None
    lock_reason: str

    @cached_property
    def carries_to(self) -> str:
        """Where the 取組 being edited may go on to, 「令和5年度」; "" for one that ended, went on or has nowhere to go.

        In the last 年度 of the plan one query.
        """
        item = self.item
        is_open = item is not None and item.is_open and not Promised(item).is_carried_on
        return next_year_in_words(self.plan, item.fiscal_year) if item and is_open else ""

    @property
    def opened(self) -> ActionItem:
        """The 取組 being edited; Http404 where there is none."""
        if self.item is None:
            raise Http404("取組が見つかりません。")
        return self.item

    def promise_form(self, data: Any = None) -> PromiseForm:
        """The form of the promise being edited, or of a new one."""
        started = {
            "fiscal_year": self.filters.year_asked or self.plan.due_year,
            "section_id": self._section_asked(),
        }
        return PromiseForm(data, plan=self.plan, sections=self.sections, item=self.item, initial=started)

    def report_form(self, data: Any = None) -> ReportForm | None:
        """The form of the outcome; None for a new promise."""
        return ReportForm(data, item=self.item) if self.item else None

    def _section_asked(self) -> int | None:
        asked = self.filters.cleaned_data.get("section")
        return next((section.pk for section in self.sections if section.number == asked), None)


def actions_page(plan: Plan, asked: Any, item_key: str = "") -> ActionsPage:
    """The page for the person of `plan.access`; Http404 for a 取組 that they may not edit or is not of this plan.

    Four queries at most.
    """
    sections = tuple(plan.sections.order_by("number"))
    filters = PlanFilters(asked, plan=plan, sections=sections, states=ActionState.choices, state_field="state")
    states = section_years(plan)
    lines = seen_promises(plan, filters.narrowed(plan.action_items.all()), states)
    items = plan.action_items.select_related("section", "carried_to", "reported_by")
    item = asked_row(items, plan, item_key, "この計画の取組ではありません。")
    state = state_of(states.get((item.section_id, item.fiscal_year))) if item else ""
    counts = Counter(line.item.state for line in lines)
    return ActionsPage(
        plan=plan,
        filters=filters,
        years=_by_year(lines),
        tally=tuple((TONES[state], state.label, counts[state]) for state in ActionState if counts[state]),
        sections=sections,
        item=item,
        lock_reason=plan.access.lock_reason(state) if item else "",
    )


def seen_promises(plan: Plan, items: Any, states: States) -> tuple[Promised, ...]:
    """Those of 確定 years for a reader who does not see drafts; all for the others. One query."""
    found = items.select_related("section__plan", "origin", "carried_to", "reported_by")
    return tuple(
        Promised(item)
        for item in found.order_by("-fiscal_year", "section__number", "id")
        if plan.access.sees_actuals(state_of(states.get((item.section_id, item.fiscal_year))))
    )


def _by_year(lines: Iterable[Promised]) -> tuple[YearOfPromises, ...]:
    return tuple(YearOfPromises(year, tuple(group)) for year, group in groupby(lines, lambda one: one.item.fiscal_year))
