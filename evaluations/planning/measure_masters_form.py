"""The form of what a 指標 is: the columns that the tidy table knows, and what only the pages know.

Each field sends along what the person saw (Django's hidden initial), which tells a colleague's newer value from an own
change.
"""

from collections.abc import Iterable
from typing import Any

from django import forms

from core.catalogue import Entry
from core.fiscal_years import wareki
from core.prose import full_stop
from core.words import Accumulation, Direction, Family, ParentRole, ValueKind, Word
from evaluations.planning.measure_masters import Side
from indicators.models import ActivityIndicator, Service
from plans.measures.columns import canonical
from plans.models import Measure, Plan
from plans.name_field import NameField
from plans.prose_field import ProseField
from plans.refusals import FieldsRefused
from plans.tidy import measure_columns
from plans.year_field import YearField

COLUMNS = {
    "section": "節番号",
    "label": "指標番号",
    "title": "指標名",
    "unit": "単位",
    "value_kind": "種類",
    "direction": "方向",
    "accumulation": "集計",
    "parent": "親指標",
    "parent_role": "親との関係",
    "baseline": "基準値",
    "baseline_year": "基準年度",
}
"""Which field holds which column of the tidy table."""
AS_THEY_ARE = (
    *("baseline_text", "baseline_is_same_quantity", "quantity", "definition", "data_source", "order"),
    *("catalogue_code", "sheet_block"),
)
OF_TARGET, OF_INDICATOR = ("rationale", "national_level"), ("service_id", "amount_of")


def _labels(words: type[Word]) -> list[tuple[str, str]]:
    return [(word.label, word.label) for word in words]


class MeasureForm(forms.Form):
    """One measure of a plan. `plan` is what `plan_for` handed out, `measure` comes with its section and parent."""

    section = forms.ChoiceField(label="節")
    label = forms.CharField(label="指標番号", max_length=20, required=False, help_text="①と印刷する指標は 1")
    title = forms.CharField(label="指標名", max_length=200, error_messages={"required": "指標名を入力してください。"})
    unit = forms.CharField(label="単位", max_length=20, required=False)
    value_kind = forms.ChoiceField(label="種類", choices=_labels(ValueKind))
    direction = forms.ChoiceField(
        label="方向",
        choices=_labels(Direction),
        help_text="増：多いほどよい。減：少ないほどよい。見込：計画に近いほどよい",
    )
    accumulation = forms.ChoiceField(label="集計", choices=_labels(Accumulation))
    parent = forms.ChoiceField(label="親指標", required=False)
    parent_role = forms.ChoiceField(label="親との関係", required=False, choices=[("", "なし"), *_labels(ParentRole)])
    catalogue_code = forms.ChoiceField(
        label="国のカタログの項目",
        required=False,
        help_text="県の集計では、同じ項目の指標どうしを合わせます。「なし」のときは名前で合わせます。",
    )
    baseline = forms.CharField(
        label="基準値",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    baseline_year = forms.CharField(label="基準年度", max_length=40, required=False)
    baseline_text = NameField(label="基準値の説明", max_length=200, required=False)
    baseline_is_same_quantity = forms.BooleanField(
        label="基準値は目標と同じ量を数えたもの", required=False, help_text="付けると、期間途中の目安を計算します。"
    )
    national_level = NameField(label="国の基本指針の水準", max_length=200, required=False)
    rationale = ProseField(label="目標値設定の考え方", rows=4)
    service_id = forms.TypedChoiceField(label="サービス", required=False, coerce=int, empty_value=None)
    amount_of = forms.ChoiceField(
        label="量の種類", required=False, choices=[("", "なし"), *ActivityIndicator.AmountOf.choices]
    )
    quantity = NameField(
        label="数え方の見出し", max_length=60, required=False, help_text="評価シートの年度の上に印刷します。"
    )
    definition = ProseField(label="定義・算出方法", rows=3)
    data_source = NameField(label="出典", max_length=200, required=False)
    since_year = YearField(
        label="数え始める年度",
        max_length=40,
        required=False,
        help_text="それより前の年度は「開始前」になり、入力しません。",
    )
    until_year = YearField(
        label="数え終わる年度",
        max_length=40,
        required=False,
        help_text="それより後の年度は「終了後」になり、入力しません。",
    )
    order = forms.IntegerField(label="節の中の並び順", min_value=0, max_value=32767)
    sheet_block = forms.BooleanField(label="評価シートに表を載せる", required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        plan: Plan,
        measure: Measure,
        measures: Iterable[Measure],
        services: Iterable[Service],
        entries: Iterable[Entry],
    ) -> None:
        super().__init__(data, initial=_initial(measure), auto_id="measure-%s")
        is_target = measure.family == Family.TARGET
        for name in OF_INDICATOR if is_target else OF_TARGET:
            del self.fields[name]
        others = [one for one in measures if one.pk != measure.pk]
        self.taken = {one.catalogue_code for one in others if one.catalogue_code}
        wholes = [(one.code, f"{one.section.label} {one.title}") for one in others]
        offered = {
            "section": [(str(section.number), str(section)) for section in plan.sections.order_by("number")],
            "parent": [("", "なし"), *wholes],
            "catalogue_code": _catalogue_choices(measure, entries),
            "service_id": [("", "なし"), *((service.pk, service.name) for service in services)],
        }
        for name, choices in offered.items():
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        """The columns in exported form; a sentence where one cannot be."""
        said = super().clean() or {}
        if said.get("catalogue_code") in self.taken:
            self.add_error("catalogue_code", "この項目は、この計画のほかの指標が使っています。")
        for name, column in COLUMNS.items():
            if name in said:
                try:
                    said[name] = canonical(column, said[name])
                except ValueError as problem:
                    self.add_error(name, full_stop(str(problem)))
        return said

    @property
    def new(self) -> Side:
        """What the measure shall be."""
        return _side(self.cleaned_data)

    @property
    def seen(self) -> Side:
        """What the page had shown. A field that does not say is not changed."""
        return _side({name: self._shown(name) for name in self.fields})

    def _shown(self, name: str) -> Any:
        sent, field = self.data.get(self.add_initial_prefix(name)), self.fields[name]
        if sent is None:
            return self.cleaned_data[name]
        if isinstance(field, forms.BooleanField):
            return sent == "True"
        try:
            return canonical(COLUMNS[name], sent) if name in COLUMNS else field.clean(sent)
        except (forms.ValidationError, ValueError):
            return self.cleaned_data[name]

    def take_refusal(self, refused: FieldsRefused) -> None:
        """Say it at the fields. A second save counts as having seen the colleague's value."""
        data = self.data.copy()  # type: ignore[attr-defined]
        names = {column: name for name, column in COLUMNS.items()}
        for one in refused.fields:
            name = names.get(one.name, one.name)
            self.add_error(name if name in self.fields else None, one.sentence)
            if one.current is not None and name in self.fields:
                data[self.add_initial_prefix(name)] = one.current
        self.data = data


def _catalogue_choices(measure: Measure, entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """The national entries of its 種別, and what it has, should that be another."""
    offered = {one.code: f"{one.code} {one.title}" for one in entries if one.family == measure.family}
    if measure.catalogue_code:
        offered.setdefault(measure.catalogue_code, measure.catalogue_code)
    return [("", "なし"), *offered.items()]


def _side(said: dict[str, Any]) -> Side:
    columns = {COLUMNS[name]: value for name, value in said.items() if name in COLUMNS}
    return Side(columns, {name: value for name, value in said.items() if name not in COLUMNS})


def _initial(measure: Measure) -> dict[str, Any]:
    columns = measure_columns(measure)
    found: dict[str, Any] = {name: columns[column] for name, column in COLUMNS.items()}
    if measure.baseline_year is not None:
        found["baseline_year"] = wareki(measure.baseline_year)
    found |= {name: getattr(measure, name) for name in AS_THEY_ARE}
    for name in ("since_year", "until_year"):
        year = getattr(measure, name)
        found[name] = wareki(year) if year is not None else ""
    row: Any = getattr(measure, "target_item", None) or getattr(measure, "activity_indicator", None)
    names = OF_TARGET if measure.family == Family.TARGET else OF_INDICATOR
    return found | {name: getattr(row, name) for name in names if row is not None}
