"""The form of the outlook of one measure."""

from decimal import Decimal
from typing import Any

from django import forms

from core.numerals import plain
from core.outlook import OutlookMethod
from core.reader import CellTexts, NotUnderstood, read_cell
from core.words import Side, ValueKind
from evaluations.models import Outlook
from plans.kept_rows import VersionedForm
from plans.prose_field import ProseField

NONE = ("", "選ばない")


class OutlookForm(VersionedForm):
    """The method that the city chooses, and why."""

    method = forms.ChoiceField(
        label="市が採る見込み",
        required=False,
        choices=[NONE, *OutlookMethod.choices()],
        error_messages={"invalid_choice": "一覧の方法から選んでください。"},
    )
    own = forms.CharField(
        label="市が見込む値",
        required=False,
        max_length=100,
        help_text="「市が見込む値」を選んだときに、最終年度の値を数字で入力します。",
        error_messages={"max_length": "市が見込む値は数字で入力してください。"},
    )
    reason = ProseField(
        label="理由", rows=3, required="理由を書いてください。", help_text="例：来年度にグループホームが1か所開くため。"
    )

    def __init__(
        self, data: Any = None, *, kind: ValueKind, choice: Outlook | None, proposed: dict[str, str] | None = None
    ) -> None:
        """`proposed` are texts to begin with instead of what is kept: nothing is chosen until the form is sent."""
        self.kind = kind
        kept: dict[str, Any] = {"version": 0}
        if choice is not None:
            own = plain(choice.own) if choice.own is not None else ""
            reason = choice.reason if choice.method else ""
            kept = {"method": choice.method, "own": own, "reason": reason, "version": choice.version}
        super().__init__(data, initial=kept | (proposed or {}), auto_id="outlook-%s")

    def clean_own(self) -> Decimal | None:
        """The figure as people type one (３０人); None where the field is blank."""
        typed = self.cleaned_data["own"]
        if not typed:
            return None
        try:
            number = read_cell(CellTexts(value=typed), kind=self.kind, side=Side.PLANNED).value.number
        except NotUnderstood as problem:
            raise forms.ValidationError(problem.sentence) from problem
        if number is None:
            raise forms.ValidationError("市が見込む値は数字で入力してください。")
        return number

    def clean(self) -> dict[str, Any]:
        """The own figure belongs to its method."""
        said = super().clean() or {}
        method = said.get("method", "")
        if method == OutlookMethod.OWN and said.get("own") is None and "own" not in self.errors:
            self.add_error("own", "「市が見込む値」を選んだときは、値を入力してください。")
        if method != OutlookMethod.OWN and said.get("own") is not None:
            self.add_error("own", "値を使うときは、「市が見込む値」を選んでください。使わないときは空欄にします。")
        return said
