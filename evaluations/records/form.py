"""The form of one 取組記録, with dates and counts as people type them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from core.fiscal_years import current_fiscal_year, wareki
from core.numerals import read_numeral, typed
from evaluations.models import ActivityRecord
from evaluations.records.actions import RecordContent
from evaluations.records.counts import name_of, what_counts
from plans.kept_rows import RowForm
from plans.model_fields import day, label_of, line, prose
from plans.models import Measure, Section

MOST = 9_999_999


class CountField(forms.CharField):
    """A whole number as people type it (「１２人」); None where blank."""

    def clean(self, value: Any) -> int | None:
        """The number; a sentence where there is none."""
        text = super().clean(value)
        if not text:
            return None
        try:
            number = read_numeral(text).number
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem
        if number != int(number) or not 0 <= number <= MOST:
            raise forms.ValidationError(f"0 以上の整数で入力してください{typed(text)}")
        return int(number)


def _count(name: str) -> CountField:
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return CountField(label=label_of(ActivityRecord, name), required=False, widget=widget)


class RecordForm(RowForm):
    """One record of one year of a plan. `record` is the one that is edited, None for a new one."""

    title = line(ActivityRecord, "title", help_text="例：第1回 自立支援協議会")
    held_on = day(ActivityRecord, "held_on", "2022-05-01", required=False)
    participants = _count("participants")
    organisations = _count("organisations")
    content = prose(ActivityRecord, "content", 4)
    cancelled_reason = line(ActivityRecord, "cancelled_reason", help_text="中止したときだけ書きます。")
    sections = forms.TypedMultipleChoiceField(
        label="関係する節",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "関係する節を一つ以上選んでください。",
            "invalid_choice": "この計画の節から選んでください。",
        },
    )
    counted_in = forms.TypedMultipleChoiceField(
        label=label_of(ActivityRecord, "counted_in"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "関係する節の指標から選んでください。"},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        sections: Iterable[Section],
        section: Section,
        year: int,
        countable: Iterable[Measure] = (),
        record: ActivityRecord | None = None,
    ) -> None:
        self.year = year
        self.countable = {measure.pk: measure for measure in countable}
        choices: dict[str, list[Any]] = {
            "sections": [(one.pk, str(one)) for one in sections],
            "counted_in": [
                (pk, f"{measure.section.label} {name_of(measure)}（{what_counts(measure).label}）")  # type: ignore[union-attr]
                for pk, measure in self.countable.items()
            ],
        }
        initial: dict[str, Any] = {"sections": [section.pk]}
        if record:
            stored = RecordContent.of(record)
            ids = {"sections": sorted(stored.section_ids), "counted_in": sorted(stored.counted_ids)}
            initial = stored.columns | ids | {"version": record.version}
        super().__init__(data, row=None, initial=initial, choices=choices, auto_id="record-%s")

    def clean_held_on(self) -> date | None:
        """A day of the year whose page this is."""
        held_on = self.cleaned_data["held_on"]
        if held_on and current_fiscal_year(held_on) != self.year:
            raise forms.ValidationError(
                f"{wareki(self.year)}（{self.year}年4月1日から{self.year + 1}年3月31日まで）の日を入力してください。"
            )
        return held_on

    def clean(self) -> dict[str, Any]:
        """A record counts for 指標 of its own 節."""
        said = super().clean() or {}
        for measure in (self.countable[pk] for pk in said.get("counted_in", ())):
            if "sections" in said and measure.section_id not in said["sections"]:
                label = measure.section.label
                self.add_error(
                    "counted_in",
                    f"「{measure.title}」は{label}の指標です。関係する節で{label}も選ぶか、この指標の印を外してください。",
                )
        return said

    @property
    def typed_content(self) -> RecordContent:
        """What the record shall say."""
        said = self.new
        sections, counted = frozenset(said.pop("sections")), frozenset(said.pop("counted_in"))
        return RecordContent(self.year, section_ids=sections, counted_ids=counted, **said)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Label and text of what was typed, where it could not be saved."""
        chosen = ("sections", "counted_in")
        texts = [
            (str(field.label), str(field.data or "")) for field in self.visible_fields() if field.name not in chosen
        ]
        return [(label, text) for label, text in texts if text]
