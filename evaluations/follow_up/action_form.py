"""The forms of one 取組: what is promised, and what became of it."""

from collections.abc import Iterable
from typing import Any

from django import forms

from core.fiscal_years import wareki
from evaluations.follow_up.action_items import Promise
from evaluations.models import ActionItem, ActionState
from plans.kept_rows import VersionedForm
from plans.models import Plan, Section
from plans.prose_field import ProseField, refuse_controls

LATEST_DUE = 6
"""Years after the plan's last one that a 期限 may reach: two more plans."""
ENDED = (ActionState.DONE, ActionState.DROPPED)


class PromiseForm(VersionedForm):
    """課題 → 取組 of one 節 and 年度. `item` is the one that is edited, None for a new one."""

    fiscal_year = forms.TypedChoiceField(
        label="評価の年度",
        coerce=int,
        help_text="この取組を決めた評価の年度です。翌年度の評価のページの初めに、結果とともに載ります。",
        error_messages={"required": "年度を選んでください。", "invalid_choice": "この計画の年度から選んでください。"},
    )
    section_id = forms.TypedChoiceField(
        label="節",
        coerce=int,
        error_messages={"required": "節を選んでください。", "invalid_choice": "この計画の節から選んでください。"},
    )
    issue = ProseField(label="課題", rows=3)
    action = ProseField(label="取組", rows=3, required="取組を入力してください。", help_text="何を、どこまで行うか。")
    owner = forms.CharField(
        label="担当",
        required=False,
        max_length=100,
        validators=[refuse_controls],
        help_text="担当課や、担当する機関の名前。",
        error_messages={"max_length": "担当は100文字までで入力してください。"},
    )
    due_year = forms.TypedChoiceField(
        label="期限",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "一覧の年度から選んでください。"},
    )
    budget = ProseField(label="次年度予算・事業への反映", rows=2, help_text="事業名や予算の増減。")

    def __init__(
        self,
        data: Any = None,
        *,
        plan: Plan,
        sections: Iterable[Section],
        item: ActionItem | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        kept = {name: getattr(item, name) for name in Promise.__dataclass_fields__} if item else {}
        started = kept | {"version": item.version} if item else initial
        super().__init__(data, initial=started, auto_id="action-%s")
        due = range(plan.start_year, plan.end_year + LATEST_DUE + 1)
        choices: dict[str, list] = {
            "fiscal_year": [(year, wareki(year)) for year in plan.years],
            "section_id": [(section.pk, str(section)) for section in sections],
            "due_year": [("", "決めていない"), *((year, f"{wareki(year)}中") for year in due)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A 期限 does not lie before the evaluation."""
        said = super().clean() or {}
        year, due = said.get("fiscal_year"), said.get("due_year")
        if year and due and due < year:
            self.add_error("due_year", f"期限は、評価の年度（{wareki(year)}）以後にしてください。")
        return said

    @property
    def new(self) -> Promise:
        """What shall be promised."""
        return Promise(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class ReportForm(VersionedForm):
    """What became of a promise."""

    state = forms.ChoiceField(
        label="状況",
        choices=ActionState.choices,
        error_messages={"required": "状況を選んでください。", "invalid_choice": "一覧の状況から選んでください。"},
    )
    outcome = ProseField(label="結果", rows=3, help_text="いつ、何をしたか。見送ったときは、その理由。")

    def __init__(self, data: Any = None, *, item: ActionItem) -> None:
        kept = {"state": item.state, "outcome": item.outcome, "version": item.version}
        super().__init__(data, initial=kept, auto_id="report-%s")

    def clean(self) -> dict[str, Any]:
        """An end is told in words."""
        said = super().clean() or {}
        if said.get("state") in ENDED and not said.get("outcome") and "outcome" not in self.errors:
            label = ActionState(said["state"]).label
            self.add_error("outcome", f"「{label}」にするときは、結果を書いてください。")
        return said
