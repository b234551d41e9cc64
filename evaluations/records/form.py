"""The form of one 取組記録: dates and counts as people type them, and what the person saw, signed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core import signing

from core.fiscal_years import current_fiscal_year, wareki
from core.numerals import read_numeral, typed
from evaluations.models import ActivityRecord
from evaluations.records.actions import RecordContent
from evaluations.records.counts import name_of, what_counts
from plans.models import Measure, Section
from plans.prose_field import ProseField, refuse_controls

SALT = "evaluations.record"
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


class RecordForm(forms.Form):
    """One record of one year of a plan. `record` is the one that is edited, None for a new one."""

    record_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label="名称",
        max_length=200,
        validators=[refuse_controls],
        help_text="例：第1回 自立支援協議会",
        error_messages={"required": "名称を入力してください。", "max_length": "名称は200文字までで入力してください。"},
    )
    held_on = forms.DateField(
        label="開催日",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "開催日は「2022-05-01」のように入力してください。"},
    )
    participants = CountField(label="参加者数", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    organisations = CountField(
        label="事業所・機関数", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    content = ProseField(label="内容", rows=4)
    cancelled_reason = forms.CharField(
        label="中止の理由",
        required=False,
        max_length=200,
        validators=[refuse_controls],
        help_text="中止したときだけ書きます。",
        error_messages={"max_length": "中止の理由は200文字までで入力してください。"},
    )
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
        label="この記録を数える指標",
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
        self.year, self.record = year, record
        self.countable = {measure.pk: measure for measure in countable}
        self.kept = RecordContent.of(record) if record else None
        super().__init__(data, initial=_initial(self.kept, section, record), auto_id="record-%s")
        self.fields["sections"].choices = [(one.pk, str(one)) for one in sections]  # type: ignore[attr-defined]
        self.fields["counted_in"].choices = [  # type: ignore[attr-defined]
            (pk, f"{measure.section.label} {name_of(measure)}（{what_counts(measure).label}）")  # type: ignore[union-attr]
            for pk, measure in self.countable.items()
        ]

    def clean_held_on(self) -> date | None:
        """A day of the year whose page this is."""
        day = self.cleaned_data["held_on"]
        if day and current_fiscal_year(day) != self.year:
            raise forms.ValidationError(
                f"{wareki(self.year)}（{self.year}年4月1日から{self.year + 1}年3月31日まで）の日を入力してください。"
            )
        return day

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
    def new(self) -> RecordContent:
        """What the record shall say."""
        said = self.cleaned_data
        return RecordContent(
            fiscal_year=self.year,
            title=said["title"],
            section_ids=frozenset(said["sections"]),
            held_on=said["held_on"],
            participants=said["participants"],
            organisations=said["organisations"],
            content=said["content"],
            cancelled_reason=said["cancelled_reason"],
            counted_ids=frozenset(said["counted_in"]),
        )

    @property
    def seen(self) -> RecordContent | None:
        """What the person was shown of the record; None where the form does not say."""
        try:
            kept = signing.loads(self.data.get("record_seen", ""), salt=_salt(self.record))
        except signing.BadSignature:
            return None
        held_on = date.fromisoformat(kept["held_on"]) if kept["held_on"] else None
        ids = {name: frozenset(kept.get(name, ())) for name in ("section_ids", "counted_ids")}
        return RecordContent(**{**kept, "held_on": held_on, **ids})

    def start_again(self, current: RecordContent | None) -> None:
        """Let the next save start from what is kept now, which the page shows beside what was typed."""
        if current and self.record:
            self.data = {
                **{name: self.data.get(name, "") for name in self.fields},
                "sections": self["sections"].data,
                "counted_in": self["counted_in"].data,
                "record_seen": seen_token(current, self.record),
            }

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Label and text of what was typed, where it could not be saved."""
        chosen = ("sections", "counted_in")
        texts = [
            (str(field.label), str(field.data or "")) for field in self.visible_fields() if field.name not in chosen
        ]
        return [(label, text) for label, text in texts if text]


def seen_token(current: RecordContent, record: ActivityRecord) -> str:
    """What a page shows of a record, signed."""
    kept = {name: getattr(current, name) for name in current.__dataclass_fields__}
    kept |= {
        "held_on": current.held_on.isoformat() if current.held_on else "",
        "section_ids": sorted(current.section_ids),
        "counted_ids": sorted(current.counted_ids),
    }
    return signing.dumps(kept, salt=_salt(record), compress=True)


def _salt(record: ActivityRecord | None) -> str:
    return f"{SALT}.{record.pk if record else 0}"


def _initial(current: RecordContent | None, section: Section, record: ActivityRecord | None) -> dict[str, Any]:
    if current is None or record is None:
        return {"sections": [section.pk]}
    kept = {name: getattr(current, name) for name in current.__dataclass_fields__}
    chosen = {"sections": sorted(current.section_ids), "counted_in": sorted(current.counted_ids)}
    return kept | chosen | {"record_seen": seen_token(current, record)}
