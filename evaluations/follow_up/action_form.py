"""The forms of one 取組: what is promised, and its outcome."""

from collections.abc import Iterable
from typing import Any

from core.fiscal_years import wareki
from evaluations.models import ActionItem, ActionState
from plans.kept_rows import RowForm
from plans.model_fields import label_of, line, listed, number_choice, prose
from plans.models import Plan, Section

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
