"""Form and action that choose the outlook of a measure. No state of a year locks it: a forecast is no actual."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from core.numerals import plain
from core.outlook import OutlookMethod
from core.words import Family, ValueKind
from evaluations.models import Outlook
from evaluations.review.outlooks import basis_year, prospect_of
from indicators.queries import readings_of
from plans.access import access_for
from plans.history_writer import write_line
from plans.kept_rows import VersionedForm, refuse_outdated
from plans.model_fields import typed_number
from plans.models import Measure, Subject
from plans.prose_field import ProseField
from plans.queries import MeasureRow, measure_rows, section_years
from plans.refusals import Refused

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
        return typed_number(typed, self.kind, "市が見込む値は数字で入力してください。") if typed else None

    def clean(self) -> dict[str, Any]:
        """The own figure belongs to its method."""
        said = super().clean() or {}
        method = said.get("method", "")
        if method == OutlookMethod.OWN and said.get("own") is None and "own" not in self.errors:
            self.add_error("own", "「市が見込む値」を選んだときは、値を入力してください。")
        if method != OutlookMethod.OWN and said.get("own") is not None:
            self.add_error("own", "値を使うときは、「市が見込む値」を選んでください。使わないときは空欄にします。")
        return said


MAY_NOT = "この指標の見込みを選ぶ権限がありません。"
NOTHING_TO_SAY = (
    "見込みは、実績が2年度分以上そろい、まだ実績のない年度が残っているときにだけ選べます。"
    "確定度が「見込み」の値は、実績に数えません。"
)


@transaction.atomic
def choose_outlook(
    measure: Measure, method: str, reason: str, *, version: int, by: User, channel: str, own: Decimal | None = None
) -> None:
    """Choose a method, or the `own` figure of the last year, with the reason; "" takes it back, with the reason.

    `version` is that of the choice the person looked at, 0 where there was none. Raises PermissionDenied, Conflict,
    or Refused: too few actuals, no year left, no reason, a figure outside the bounds.
    """
    access = access_for(by, measure.plan.municipality)
    if access is None or not access.may_enter(measure):
        raise PermissionDenied(MAY_NOT)
    current = _locked(measure)
    wanted = (method, own, reason)
    if (current.method, current.own, current.reason) == wanted:
        return
    refuse_outdated(current, version)
    states = section_years(measure.plan, [measure.section])
    [row] = measure_rows(measure.plan, [measure], access=access, states=states)
    found = prospect_of(row)
    if found is None:
        raise Refused(NOTHING_TO_SAY)
    if not method and not current.method:
        raise Refused("市が採る見込みを選んでください。")
    if not reason:
        raise Refused("理由を書いてください。")
    if (method == OutlookMethod.OWN) != (own is not None):
        raise Refused("「市が見込む値」を選んだときにだけ、その値を入力してください。")
    if own is not None and not found.admits(own):
        raise Refused(f"市が見込む値は、{_bounds(found.floor, found.ceiling)}にしてください。")
    old = in_words(current)
    current.method, current.own, current.reason = wanted
    current.basis_year, current.chosen_at, current.chosen_by = _spoken_of(measure, method, row), timezone.now(), by
    current.version += 1
    current.save()
    new = in_words(current)
    write_line(measure.plan, Subject.OUTLOOK, "達成見込み", old, new, by=by, channel=channel, measure=measure)


def in_words(choice: Outlook) -> str | None:
    """One line for the history; None where nothing was ever chosen."""
    if not choice.version:
        return None
    own = f" {plain(choice.own)}" if choice.own is not None else ""
    return f"{choice.get_method_display() or '選ばない'}{own}／理由：{choice.reason}"


def _spoken_of(measure: Measure, method: str, row: MeasureRow) -> int:
    """The latest year that the choice may speak of: the city's own figure may come from the months of a later one."""
    latest = basis_year(row)
    if method != OutlookMethod.OWN or measure.family != Family.INDICATOR:
        return latest
    return max([latest, *(year for year in readings_of(measure) if year in row.by_year)])


def _locked(measure: Measure) -> Outlook:
    """The stored choice, or a new one of version 0.

    Two people who both choose first have no row to wait at: they wait for each other at the measure.
    """
    Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)
    return Outlook.objects.filter(measure=measure).first() or Outlook(measure=measure, version=0)


def _bounds(floor: Decimal | None, ceiling: Decimal | None) -> str:
    low = f"{plain(floor)}以上" if floor is not None else ""
    high = f"{plain(ceiling)}以下" if ceiling is not None else ""
    return low + high
