"""The form of one date of the calendar."""

from datetime import date
from typing import Any

from django import forms

from core.fiscal_years import wareki
from core.yearly_round import RoundStep
from evaluations.follow_up.deadlines import DueDate
from evaluations.models import Deadline
from plans.kept_rows import VersionedForm
from plans.models import Plan
from plans.prose_field import ProseField, refuse_controls

YEARS_AROUND = 2
"""Years before and after the plan on which a date of it may fall: its making, and its last evaluation."""


class DeadlineForm(VersionedForm):
    """One date. `deadline` is the one that is edited, None for a new one."""

    due_on = forms.DateField(
        label="期限",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "期限を入力してください。",
            "invalid": "期限は「2026-06-15」のように入力してください。",
        },
    )
    title = forms.CharField(
        label="予定",
        max_length=100,
        validators=[refuse_controls],
        help_text="例：自立支援協議会 全体会へ素案を出す",
        error_messages={"required": "予定を入力してください。", "max_length": "予定は100文字までで入力してください。"},
    )
    step = forms.ChoiceField(
        label="区分",
        choices=RoundStep.choices(),
        error_messages={"required": "区分を選んでください。", "invalid_choice": "一覧の区分から選んでください。"},
    )
    fiscal_year = forms.TypedChoiceField(
        label="対象の年度",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="期限の年度ではなく、何年度の実績や評価についての予定か。",
        error_messages={"invalid_choice": "一覧の年度から選んでください。"},
    )
    note = ProseField(label="備考", rows=2, help_text="この計画を見られる人すべてに見えます。")

    def __init__(self, data: Any = None, *, plan: Plan, deadline: Deadline | None = None) -> None:
        self.plan = plan
        kept = {name: getattr(deadline, name) for name in DueDate.__dataclass_fields__} if deadline else {}
        started = kept | {"version": deadline.version} if deadline else {"step": RoundStep.OTHER}
        super().__init__(data, initial=started, auto_id="deadline-%s")
        years = range(plan.start_year - 1, plan.end_year + 1)
        self.fields["fiscal_year"].choices = [  # type: ignore[attr-defined]
            ("", "決まった年度はない"),
            *((year, wareki(year)) for year in years),
        ]

    def clean_due_on(self) -> date:
        """A day that may belong to this plan: a wrong century is a slip of the hand."""
        day = self.cleaned_data["due_on"]
        first, last = self.plan.start_year - YEARS_AROUND, self.plan.end_year + YEARS_AROUND
        if not date(first, 4, 1) <= day <= date(last + 1, 3, 31):
            raise forms.ValidationError(f"{first}年4月1日から{last + 1}年3月31日までの日を入力してください。")
        return day

    @property
    def new(self) -> DueDate:
        """What the date shall say."""
        return DueDate(**{name: said for name, said in self.cleaned_data.items() if name != "version"})
