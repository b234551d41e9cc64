"""The page of 取組 and its forms: what each year promised, 節 by 節, and the outcome."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.http import Http404

from core.fiscal_years import wareki
from evaluations.models import ActionItem, ActionState
from plans.access import States, state_of
from plans.kept_rows import RowForm, asked_row
from plans.model_fields import label_of, line, listed, number_choice, prose
from plans.models import Plan, Section
from plans.places import next_year_in_words
from plans.plan_filters import PlanFilters
from plans.queries import section_years

LATEST_DUE = 6
"""Years after the plan's last one that a 期限 may reach: two more plans."""
ENDED = (ActionState.DONE, ActionState.DROPPED)


class PromiseForm(RowForm):
    """課題 → 取組 of one 節 and 年度. `item` is the one that is edited, None for a new one."""

    fiscal_year = number_choice(
        "評価の年度",
        "この計画の年度から選んでください。",
        missing="年度を選んでください。",
        help_text="この取組を決めた評価の年度です。翌年度の評価のページの初めに、結果とともに載ります。",
    )
    section_id = number_choice(
        label_of(ActionItem, "section"), "この計画の節から選んでください。", missing="節を選んでください。"
    )
    issue = prose(ActionItem, "issue", 3)
    action = prose(ActionItem, "action", 3, help_text="何を、どこまで行うか。")
    owner = line(ActionItem, "owner", help_text="担当課や、担当する機関の名前。")
    due_year = number_choice(label_of(ActionItem, "due_year"), "一覧の年度から選んでください。")
    budget = prose(ActionItem, "budget", 2, help_text="事業名や予算の増減。")

    def __init__(
        self,
        data: Any = None,
        *,
        plan: Plan,
        sections: Iterable[Section],
        item: ActionItem | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        due = range(plan.start_year, plan.end_year + LATEST_DUE + 1)
        choices: dict[str, list[Any]] = {
            "fiscal_year": [(year, wareki(year)) for year in plan.years],
            "section_id": [(section.pk, str(section)) for section in sections],
            "due_year": [("", "決めていない"), *((year, f"{wareki(year)}中") for year in due)],
        }
        super().__init__(data, row=item, initial=initial, choices=choices, auto_id="action-%s")

    def clean(self) -> dict[str, Any]:
        """A 期限 does not lie before the evaluation."""
        said = super().clean() or {}
        year, due = said.get("fiscal_year"), said.get("due_year")
        if year and due and due < year:
            self.add_error("due_year", f"期限は、評価の年度（{wareki(year)}）以後にしてください。")
        return said


class ReportForm(RowForm):
    """The outcome of a promise."""

    state = listed(ActionItem, "state")
    outcome = prose(ActionItem, "outcome", 3, help_text="いつ、何をしたか。見送ったときは、その理由。")

    def __init__(self, data: Any = None, *, item: ActionItem) -> None:
        super().__init__(data, row=item, auto_id="report-%s")

    def clean(self) -> dict[str, Any]:
        """An end needs words."""
        said = super().clean() or {}
        if said.get("state") in ENDED and not said.get("outcome") and "outcome" not in self.errors:
            label = ActionState(said["state"]).label
            self.add_error("outcome", f"「{label}」にするときは、結果を書いてください。")
        return said


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
