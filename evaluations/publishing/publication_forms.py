"""The forms of the page to publish."""

from collections.abc import Mapping
from typing import Any

from django import forms

from plans.models import Plan

STALE = "ページを開き直して、もう一度操作してください。"
LONGEST_REASON = 2000


class CheckForm(forms.Form):
    """See what publishing one 年度 would change."""

    def __init__(self, plan: Plan, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["year"] = forms.TypedChoiceField(
            coerce=int,
            choices=[(year, year) for year in plan.years],
            error_messages={"required": STALE, "invalid_choice": STALE},
        )

    @property
    def place(self) -> str:
        """The id of this form on the page."""
        return f"year-{self.data.get('year', '')}"


class PublishForm(CheckForm):
    """Publish one 年度, as the person saw it."""

    seen_number = forms.IntegerField(error_messages={"required": STALE, "invalid": STALE})
    seen_sha256 = forms.CharField(error_messages={"required": STALE})
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)
    correction_reason = forms.CharField(required=False, max_length=LONGEST_REASON)


class WithdrawForm(forms.Form):
    """Withdraw one publication of this plan; the number of another plan's is refused."""

    reason = forms.CharField(max_length=LONGEST_REASON, error_messages={"required": "取り下げの理由を書いてください。"})

    def __init__(self, plan: Plan, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["number"] = forms.ModelChoiceField(
            plan.publications.select_related("plan__municipality").defer("body"),
            to_field_name="number",
            error_messages={"required": STALE, "invalid_choice": STALE},
        )

    @property
    def place(self) -> str:
        """The id of this form on the page."""
        return f"publication-{self.data.get('number', '')}"
