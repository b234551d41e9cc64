"""The forms of the carry-over: one decision with its measures, one amount to put on top, the plan before."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.core import signing

from core.lineage import UNDECIDED, How, LineageLink
from core.numerals import plain
from core.words import ValueKind
from evaluations.planning.carry_over.comparison import Comparison, End
from evaluations.planning.carry_over.shortfalls import ShortfallLine
from plans.model_fields import typed_number
from plans.models import Measure, Plan, Section
from plans.prose_field import ProseField

SALT = "evaluations.carry_over"


@dataclass(frozen=True)
class Choice:
    """One measure to tick. `hint`: how it is linked now, "" where it is undecided."""

    measure: Measure
    hint: str
    is_ticked: bool


class DecisionForm(forms.Form):
    """How one measure goes on, with whom. `end` is the measure it was opened at; `lineage` what to begin with."""

    how = forms.ChoiceField(
        label="引き継ぎ方",
        choices=[*How.choices(), ("", f"{UNDECIDED}に戻す")],
        required=False,
        error_messages={"invalid_choice": "一覧の引き継ぎ方から選んでください。"},
    )
    olds = forms.MultipleChoiceField(
        label="前の計画の指標",
        required=False,
        error_messages={"invalid_choice": "前の計画の指標から選んでください。"},
    )
    news = forms.MultipleChoiceField(
        label="この計画の指標", required=False, error_messages={"invalid_choice": "この計画の指標から選んでください。"}
    )
    note = ProseField(
        label="理由・説明", rows=3, help_text="何が変わったか。変更点の資料に載ります。「終了」では必ず書きます。"
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, comparison: Comparison, end: End, lineage: LineageLink | None) -> None:
        self.comparison, self.end = comparison, end
        side, code = end
        lineage = lineage or (
            LineageLink(How.NEW, news=(code,)) if side == "new" else LineageLink(How.ENDED, olds=(code,))
        )
        begin = {
            "how": lineage.how,
            "olds": lineage.olds,
            "news": lineage.news,
            "note": lineage.note,
            "seen": seen_token(comparison),
        }
        super().__init__(data, initial=begin, auto_id="decide-%s")
        for name, measures in (("olds", comparison.olds), ("news", comparison.news)):
            self.fields[name].choices = [(code, code) for code in measures]  # type: ignore[attr-defined]

    @property
    def opened(self) -> Measure:
        """The measure it was opened at."""
        side, code = self.end
        return (self.comparison.olds if side == "old" else self.comparison.news)[code]

    @property
    def current(self) -> str:
        """What is decided of it now, in words."""
        return self.comparison.in_words(self.comparison.by_end.get(self.end))

    @property
    def old_choices(self) -> list[tuple[Section, list[Choice]]]:
        return self._choices("old", self.comparison.olds.values())

    @property
    def new_choices(self) -> list[tuple[Section, list[Choice]]]:
        return self._choices("new", self.comparison.news.values())

    @property
    def wanted(self) -> LineageLink | None:
        """The decision; None where it is to be taken back."""
        said = self.cleaned_data
        if not said["how"]:
            return None
        return LineageLink(How(said["how"]), tuple(said["olds"]), tuple(said["news"]), said["note"])

    @property
    def seen_links(self) -> dict[End, LineageLink]:
        """What the page showed as decided."""
        return read_seen(self.comparison, self.data.get("seen", ""))

    def start_again(self) -> None:
        """Let the next save start from what is decided now, which the page shows next to what was typed."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = seen_token(self.comparison)
        self.data = data

    def _choices(self, side: str, measures: Iterable[Measure]) -> list[tuple[Section, list[Choice]]]:
        ticked = self[f"{side}s"].value() or ()
        hints = {end: lineage.how.label for end, lineage in self.comparison.by_end.items()}
        return [
            (section, [Choice(one, hints.get((side, one.code), ""), one.code in ticked) for one in group])
            for section, group in groupby(measures, key=lambda measure: measure.section)
        ]


class AddedForm(forms.Form):
    """How much of one 未達成分 is put on top, and why."""

    amount = forms.CharField(
        label="上乗せする数", max_length=100, error_messages={"required": "上乗せする数を入力してください。"}
    )
    reason = ProseField(label="理由", rows=2, required="理由を書いてください。")
    mark = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, line: ShortfallLine) -> None:
        self.line = line
        begin = {
            "amount": "" if line.offered is None else plain(line.offered),
            "reason": line.link.added_reason,
            "mark": line.mark,
        }
        super().__init__(data, initial=begin, auto_id=f"added-{line.key}-%s")

    def clean_amount(self) -> Decimal:
        """The number as people type one (３人)."""
        return typed_number(self.cleaned_data["amount"], ValueKind.NUMBER, "上乗せする数は数字で入力してください。")

    def start_again(self, line: ShortfallLine) -> None:
        """Let the next save start from what is stored now."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["mark"] = line.mark
        self.data, self.line = data, line


class PreviousForm(forms.Form):
    """Which plan comes before. `current` is the one that does now, None where none was chosen yet."""

    previous = forms.TypedChoiceField(
        label="前の計画",
        coerce=int,
        empty_value=None,
        error_messages={"required": "前の計画を選んでください。", "invalid_choice": "一覧の計画から選んでください。"},
    )
    stood = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, possible: Iterable[Plan], current: Plan | None) -> None:
        plans = [(one.pk, one.name) for one in possible]
        begin = {"previous": current and current.pk, "stood": current and current.pk}
        super().__init__(data, initial=begin, auto_id="previous-%s")
        self.fields["previous"].choices = [*plans, *([("", "決めない")] if current else [])]  # type: ignore[attr-defined]
        self.fields["previous"].required = current is None
        self.fields["stood"].choices = plans  # type: ignore[attr-defined]


def seen_token(comparison: Comparison) -> str:
    """Every current decision, signed."""
    lineages = [[lineage.how.value, lineage.olds, lineage.news, lineage.note] for lineage in comparison.lineages]
    return signing.dumps(lineages, salt=_salt(comparison), compress=True)


def read_seen(comparison: Comparison, text: str) -> dict[End, LineageLink]:
    """The decisions that a page showed, by measure; a token that is not of this page counts as having seen none."""
    try:
        shown = signing.loads(text, salt=_salt(comparison))
    except signing.BadSignature:
        return {}
    lineages = [LineageLink(How(how), tuple(olds), tuple(news), note) for how, olds, news, note in shown]
    return {end: lineage for lineage in lineages for end in lineage.ends}


def _salt(comparison: Comparison) -> str:
    return f"{SALT}.{comparison.plan.pk}"
