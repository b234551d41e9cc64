"""The form of one 計画変更: its day and its reason."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from evaluations.planning.revisions import days_of, why_not_on
from plans.kept_rows import RowForm
from plans.model_fields import day, label_of
from plans.models import Plan, PlanRevision
from plans.prose_field import ProseField

LONGEST_REASON = 1000


class RevisionForm(RowForm):
    """`revision` is the one that is corrected, None for a new one, which starts from the newest number there is.

    Of 当初 there is only the day to say, and no one has to know it.
    """

    decided_on = day(PlanRevision, "decided_on", "2022-10-01", help_text="計画の変更を市として決めた日です。")
    reason = ProseField(
        label=label_of(PlanRevision, "reason"),
        rows=3,
        longest=LONGEST_REASON,
        required="理由を書いてください。",
        help_text="住民にも公表されます。例：グループホームの整備が計画より早く進んだため。",
    )

    def __init__(
        self, data: Any = None, *, plan: Plan, revisions: Sequence[PlanRevision], revision: PlanRevision | None = None
    ) -> None:
        newest = revisions[-1].number if revisions else 0
        super().__init__(data, row=revision, initial={"version": newest}, auto_id="revision-%s")
        number = revision.number if revision else newest + 1
        self.days = days_of(plan, list(revisions), number, timezone.localdate())
        if not number:
            del self.fields["reason"]
            self.fields["decided_on"].label = "計画の策定日"
            self.fields["decided_on"].help_text = "分からないときは空欄のままにします。"
            self.fields["decided_on"].required = False

    def clean_decided_on(self) -> date | None:
        """A day in the time of the plan and in the order of its revisions."""
        decided_on = self.cleaned_data["decided_on"]
        if decided_on and (wrong := why_not_on(self.days, decided_on)):
            raise forms.ValidationError(wrong)
        return decided_on
