"""The pages of 指標の設定: all of a plan, and the form of one: the columns that the tidy table knows, and what only the
pages know.

Each field sends along what the person saw (Django's hidden initial), which distinguishes a colleague's newer value
from an own change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.http import Http404

from core.catalogue import Entry
from core.fiscal_years import wareki
from core.prose import full_stop
from core.words import Accumulation, Direction, Family, ParentRole, ValueKind, Word
from evaluations.planning.measure_masters import Side
from evaluations.planning.opening.forms import DIRECTIONS
from indicators.models import ActivityIndicator, Service
from plans.catalogue import guideline_generation, national_catalogue
from plans.measures.changes import why_it_stays
from plans.measures.columns import canonical
from plans.model_fields import NameField, YearField, field_of
from plans.models import Measure, Plan, Section
from plans.prose_field import ProseField
from plans.queries import measures_of
from plans.refusals import FieldsRefused
from plans.tidy import measure_columns
from targets.models import TargetItem

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
    """One measure of a plan."""

    section = forms.ChoiceField(label="節")
    label = field_of(Measure, "label", forms.CharField, help_text="①と印刷する指標は 1")
    title = field_of(Measure, "title", forms.CharField)
    unit = field_of(Measure, "unit", forms.CharField)
    value_kind = field_of(Measure, "value_kind", forms.ChoiceField, choices=_labels(ValueKind))
    direction = field_of(Measure, "direction", forms.ChoiceField, choices=_labels(Direction), help_text=DIRECTIONS)
    accumulation = field_of(Measure, "accumulation", forms.ChoiceField, choices=_labels(Accumulation))
    parent = field_of(Measure, "parent", forms.ChoiceField)
    parent_role = field_of(Measure, "parent_role", forms.ChoiceField, choices=[("", "なし"), *_labels(ParentRole)])
    catalogue_code = forms.ChoiceField(
        label="国のカタログの項目",
        required=False,
        help_text="県の集計では、同じ項目の指標どうしを合わせます。「なし」のときは名前で合わせます。",
    )
    baseline = field_of(
        Measure, "baseline", forms.CharField, max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    baseline_year = field_of(Measure, "baseline_year", forms.CharField, max_length=40)
    baseline_text = field_of(Measure, "baseline_text", NameField)
    baseline_is_same_quantity = forms.BooleanField(
        label="基準値は目標と同じ量を数えたもの", required=False, help_text="付けると、期間途中の目安を計算します。"
    )
    national_level = field_of(TargetItem, "national_level", NameField)
    rationale = field_of(TargetItem, "rationale", ProseField, rows=4)
    service_id = field_of(ActivityIndicator, "service", forms.TypedChoiceField, coerce=int, empty_value=None)
    amount_of = field_of(ActivityIndicator, "amount_of", forms.ChoiceField)
    quantity = field_of(Measure, "quantity", NameField, help_text="評価シートの年度の上に印刷します。")
    definition = field_of(Measure, "definition", ProseField, rows=3)
    data_source = field_of(Measure, "data_source", NameField)
    since_year = field_of(
        Measure,
        "since_year",
        YearField,
        label="数え始める年度",
        max_length=40,
        help_text="それより前の年度は「開始前」になり、入力しません。",
    )
    until_year = field_of(
        Measure,
        "until_year",
        YearField,
        label="数え終わる年度",
        max_length=40,
        help_text="それより後の年度は「終了後」になり、入力しません。",
    )
    order = forms.IntegerField(label="節の中の並び順", min_value=0, max_value=32767)
    sheet_block = field_of(Measure, "sheet_block", forms.BooleanField, required=False)

    def __init__(self, data: Any = None, *, page: "MasterPage") -> None:
        super().__init__(data, initial=_initial(page.measure), auto_id="measure-%s")
        is_target = page.measure.family == Family.TARGET
        for name in OF_INDICATOR if is_target else OF_TARGET:
            del self.fields[name]
        others = [one for one in page.measures if one.pk != page.measure.pk]
        self.taken = {one.catalogue_code for one in others if one.catalogue_code}
        wholes = [(one.code, f"{one.section.label} {one.title}") for one in others]
        offered = {
            "section": [(str(section.number), str(section)) for section in page.plan.sections.order_by("number")],
            "parent": [("", "なし"), *wholes],
            "catalogue_code": _catalogue_choices(page.measure, page.entries),
            "service_id": [("", "なし"), *((service.pk, service.name) for service in page.services)],
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


@dataclass(frozen=True)
class MeasuresPage:
    """Every 節 of a plan with its measures."""

    sections: tuple[tuple[Section, tuple[Measure, ...]], ...]
    count: int


def measures_page(plan: Plan) -> MeasuresPage:
    """Two queries."""
    measures = list(measures_of(plan))
    found = {pk: tuple(group) for pk, group in groupby(measures, key=lambda measure: measure.section_id)}
    sections = tuple((section, found.get(section.pk, ())) for section in plan.sections.order_by("number"))
    return MeasuresPage(sections, len(measures))


@dataclass(frozen=True)
class MasterPage:
    """One measure with what it is; `why_it_stays` says why it cannot be taken away, "" where it can."""

    plan: Plan
    measure: Measure
    measures: tuple[Measure, ...]
    services: tuple[Service, ...]
    why_it_stays: str

    @property
    def entries(self) -> list[Entry]:
        """The national entries that a measure of this plan may be."""
        catalogue, generation = national_catalogue(), guideline_generation(self.plan.kind, self.plan.generation)
        return [*(catalogue.entries_of(generation) if generation else ()), *catalogue.volumes]

    def form(self, data: Mapping[str, str] | None = None) -> MeasureForm:
        return MeasureForm(data, page=self)


def master_page(plan: Plan, code: str) -> MasterPage:
    """Http404 for a measure that the plan does not have. Seven queries at most."""
    related = ("target_item", "activity_indicator__service")
    measures: tuple[Any, ...] = tuple(measures_of(plan).select_related(*related))
    measure = next((one for one in measures if one.code == code), None)
    if measure is None:
        raise Http404("この計画にその指標はありません。")
    return MasterPage(plan, measure, measures, tuple(Service.objects.all()), why_it_stays(measure))
