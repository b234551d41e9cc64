"""The form of one date of the calendar."""

from datetime import date
from typing import Any

from django import forms

from core.fiscal_years import wareki
from core.yearly_round import RoundStep
from evaluations.models import Deadline
from plans.kept_rows import RowForm
from plans.model_fields import day, label_of, line, listed, number_choice, prose
from plans.models import Plan

YEARS_AROUND = 2
"""Years before and after the plan on which a date of it may fall: its making, and its last evaluation."""


class DeadlineForm(RowForm):
    """One date. `deadline` is the one that is edited, None for a new one."""

    due_on = day(Deadline, "due_on", "2026-06-15")
    title = line(Deadline, "title", help_text="例：自立支援協議会 全体会へ素案を出す")
    step = listed(Deadline, "step")
    fiscal_year = number_choice(
        label_of(Deadline, "fiscal_year"),
        "一覧の年度から選んでください。",
        help_text="期限の年度ではなく、何年度の実績や評価についての予定か。",
    )
    note = prose(Deadline, "note", 2, help_text="この計画を見られる人すべてに見えます。")

    def __init__(self, data: Any = None, *, plan: Plan, deadline: Deadline | None = None) -> None:
        self.plan = plan
        years = [(year, wareki(year)) for year in range(plan.start_year - 1, plan.end_year + 1)]
        choices = {"fiscal_year": [("", "決まった年度はない"), *years]}
        super().__init__(data, row=deadline, initial={"step": RoundStep.OTHER}, choices=choices, auto_id="deadline-%s")

    def clean_due_on(self) -> date:
        """A day that may belong to this plan: a wrong century is a slip of the hand."""
        day = self.cleaned_data["due_on"]
        first, last = self.plan.start_year - YEARS_AROUND, self.plan.end_year + YEARS_AROUND
        if not date(first, 4, 1) <= day <= date(last + 1, 3, 31):
            raise forms.ValidationError(f"{first}年4月1日から{last + 1}年3月31日までの日を入力してください。")
        return day
