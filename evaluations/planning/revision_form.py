"""The form of one 計画変更: its day and its reason."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from evaluations.planning.revisions import days_of, why_not_on
from plans.kept_rows import VersionedForm
from plans.models import Plan, PlanRevision
from plans.prose_field import ProseField

LONGEST_REASON = 1000


class RevisionForm(VersionedForm):
    """`revision` is the one that is corrected, None for a new one, which starts from the newest number there is.

    Of 当初 there is only the day to say, and nobody has to know it.
    """

    decided_on = forms.DateField(
        label="決定日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="計画の変更を市として決めた日です。",
        error_messages={
            "required": "決定日を入力してください。",
            "invalid": "決定日は「2022-10-01」のように入力してください。",
        },
    )
    reason = ProseField(
        label="理由",
        rows=3,
        longest=LONGEST_REASON,
        required="理由を書いてください。",
        help_text="住民にも公表されます。例：グループホームの整備が計画より早く進んだため。",
    )

    def __init__(
        self, data: Any = None, *, plan: Plan, revisions: Sequence[PlanRevision], revision: PlanRevision | None = None
    ) -> None:
        newest = revisions[-1].number if revisions else 0
        initial: dict[str, Any] = {"version": newest}
        if revision:
            initial = {"version": revision.version, "decided_on": revision.decided_on, "reason": revision.reason}
        super().__init__(data, initial=initial, auto_id="revision-%s")
        number = revision.number if revision else newest + 1
        self.days = days_of(plan, list(revisions), number, timezone.localdate())
        if not number:
            del self.fields["reason"]
            self.fields["decided_on"].label = "計画の策定日"
            self.fields["decided_on"].help_text = "分からないときは空欄のままにします。"
            self.fields["decided_on"].required = False

    def clean_decided_on(self) -> date | None:
        """A day in the time of the plan and in the order of its revisions."""
        day = self.cleaned_data["decided_on"]
        if day and (wrong := why_not_on(self.days, day)):
            raise forms.ValidationError(wrong)
        return day

    def start_from(self, newest: int) -> None:
        """Let the next save of a new revision start from the list that the page shows now."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        self.data = typed | {"version": str(newest)}
