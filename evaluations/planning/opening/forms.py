"""The small forms with which a plan is begun: which plan, its frame and 節, and a 指標 of the city's own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.models import model_to_dict

from core.fiscal_years import LONGEST_PLAN, wareki
from core.words import Direction, Family
from evaluations.models import PlanDraft
from evaluations.planning.opening.drafts import Frame, SectionPlace
from evaluations.planning.opening.parts import OWN_MASTERS, Part
from plans.kept_rows import VersionedForm
from plans.model_fields import NameField, YearField, field_of, longest
from plans.models import Measure, Municipality, Plan, PlanKind, Section
from plans.models.plan import EARLIEST_YEAR

DIRECTIONS = "増：多いほどよい。減：少ないほどよい。見込：計画に近いほどよい"
LAST_GENERATION = 60
"""Its years are still years that the software reads."""


def _number_up_to(most: int, label: str, wrong: str, **more: Any) -> forms.IntegerField:
    """A whole number from one on; `wrong` is the sentence for everything else."""
    messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=messages, **more)


class StartForm(forms.Form):
    """Which plan. The 自治体 is a field only where the person keeps several."""

    municipality = forms.ChoiceField(label="自治体")
    kind = forms.ChoiceField(label="計画種別", choices=PlanKind.choices)
    generation = _number_up_to(LAST_GENERATION, "第何期", f"1から{LAST_GENERATION}までの数字で入力してください。")

    def __init__(self, data: Any, *, cities: Sequence[Municipality], initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial), auto_id="start-%s")
        self.cities = {city.code: city for city in cities}
        self.fields["municipality"].choices = [(city.code, city.name) for city in cities]  # type: ignore[attr-defined]
        if len(cities) == 1:
            del self.fields["municipality"]

    @property
    def city(self) -> Municipality:
        """The chosen 自治体, or the only one."""
        return self.cities[self.cleaned_data.get("municipality") or next(iter(self.cities))]


class FrameForm(VersionedForm):
    """The frame of a draft, and title and place of each of its 節."""

    name = field_of(PlanDraft, "name", NameField)
    start_year = field_of(PlanDraft, "start_year", YearField, max_length=40)
    end_year = field_of(PlanDraft, "end_year", YearField, max_length=40)
    previous = field_of(PlanDraft, "previous", forms.TypedChoiceField, coerce=int, empty_value=None)
    with_child = field_of(
        PlanDraft,
        "with_child",
        forms.BooleanField,
        required=False,
        help_text="一冊にまとめている市は付けてください。別の計画にするときは外します。外しても、入力した内容は残ります。",
    )

    def __init__(self, data: Any, *, draft: PlanDraft, parts: Iterable[Part], plans: Iterable[Plan]) -> None:
        years = {name: wareki(getattr(draft, name)) for name in ("start_year", "end_year")}
        super().__init__(data, initial=model_to_dict(draft) | years, auto_id="frame-%s")
        self.parts, self.plans = list(parts), {plan.pk: plan for plan in plans}
        offered = [("", "なし"), *((plan.pk, plan.name) for plan in self.plans.values())]
        self.fields["previous"].choices = offered  # type: ignore[attr-defined]
        if draft.kind != PlanKind.DISABILITY:
            del self.fields["with_child"]
        for place, part in enumerate(self.parts, 1):
            title = NameField(
                label=f"「{part.row.title}」の節名",
                max_length=longest(Section, "title"),
                initial=part.row.title,
                error_messages={"required": "節名を入力してください。"},
            )
            label, wrong = f"「{part.row.title}」の順番", "順番は1から999までの数字にしてください。"
            order = _number_up_to(999, label, wrong, initial=place)
            self.fields[f"title-{part.key}"], self.fields[f"order-{part.key}"] = title, order

    def clean(self) -> dict[str, Any]:
        """Years in order, and not more of them than a plan has."""
        said = super().clean() or {}
        start, end = said.get("start_year"), said.get("end_year")
        if start is not None and start < EARLIEST_YEAR:
            self.add_error("start_year", f"開始年度は{EARLIEST_YEAR}年度以後にしてください。")
        elif start is not None and end is not None and not start <= end < start + LONGEST_PLAN:
            self.add_error("end_year", f"終了年度は開始年度以後、{LONGEST_PLAN}年以内にしてください。")
        before = self.plans.get(said.get("previous") or 0)
        if before is not None and start is not None and before.end_year >= start:
            self.add_error("previous", f"「{before.name}」は、この計画が始まる前に終わっていません。")
        return said

    @property
    def frame(self) -> Frame:
        said = {name: self.cleaned_data.get(name, False) for name in Frame.__dataclass_fields__}
        return Frame(**(said | {"previous": self.plans.get(self.cleaned_data["previous"])}))

    @property
    def places(self) -> dict[str, SectionPlace]:
        """Title and place by key. One that was moved down to a place comes behind the one that was there, one that
        was moved up before it.
        """
        said = self.cleaned_data
        wanted = [(said[f"order-{part.key}"], place, part) for place, part in enumerate(self.parts, 1)]
        ordered = sorted(wanted, key=lambda one: (one[0], (one[0] > one[1]) - (one[0] < one[1])))
        return {part.key: SectionPlace(said[f"title-{part.key}"], n) for n, (_, _, part) in enumerate(ordered, 1)}

    @property
    def rows(self) -> list[tuple[Part, forms.BoundField, forms.BoundField]]:
        """Each 節 with its two fields."""
        return [(part, self[f"title-{part.key}"], self[f"order-{part.key}"]) for part in self.parts]


class SectionTitleForm(forms.Form):
    """The 節名 of a 節 of the city's own. Part of a larger form, which must be savable without it."""

    use_required_attribute = False
    title = NameField(
        label="加える節の名前",
        max_length=longest(Section, "title"),
        error_messages={"required": "加える節の名前を入力してください。"},
    )


class OwnMeasureForm(forms.Form):
    """A 指標 of the city's own, part of a larger form. `wholes`: code and title of what it may be a part of."""

    use_required_attribute = False
    title = field_of(Measure, "title", NameField)
    family = field_of(Measure, "family", forms.ChoiceField)
    unit = field_of(Measure, "unit", NameField)
    value_kind = field_of(Measure, "value_kind", forms.ChoiceField)
    direction = field_of(Measure, "direction", forms.ChoiceField, help_text=DIRECTIONS)
    accumulation = field_of(Measure, "accumulation", forms.ChoiceField)
    parent = field_of(Measure, "parent", forms.ChoiceField, help_text="ほかの指標の内数や内訳のとき")
    parent_role = field_of(Measure, "parent_role", forms.ChoiceField)

    def __init__(self, data: Any = None, *, wholes: Iterable[tuple[str, str]], initial: Any = None) -> None:
        usual = {"family": Family.INDICATOR, "direction": Direction.NEAR}
        super().__init__(data, initial=usual | (initial or {}), prefix="own", auto_id="%s")
        self.fields["parent"].choices = [("", "なし"), *wholes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A whole goes with its relation."""
        said = super().clean() or {}
        if "parent" in said and "parent_role" in said and bool(said["parent"]) != bool(said["parent_role"]):
            missing = "parent_role" if said["parent"] else "parent"
            self.add_error(missing, "親指標と親との関係は組です。両方を選ぶか、両方を「なし」にしてください。")
        return said

    @property
    def masters(self) -> dict[str, str]:
        return {name: str(self.cleaned_data[name]) for name in OWN_MASTERS}
