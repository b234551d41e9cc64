"""Forms of the plan's settings: one per part of the page, chosen by the hidden field `do`.

Their fields are made from the rows of the plan, so that nothing else can be named by a form. Each field sends along
what the person saw (Django's hidden initial), which distinguishes a colleague's newer value from an own change.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator

from core.numerals import plain
from core.open_data.licences import CHOICES as LICENCES
from plans.model_fields import NameField, longest
from plans.models import Measure, Municipality, Plan, Section
from plans.plan_settings import SettingChange, change_settings
from plans.refusals import FieldsRefused, Refused
from plans.sheet_layouts import EDITIONS, layout_choices, layout_problems, substitute_note

LAST_PART = 9
MEASURES_ON_A_PAGE = 100
"""A choice among all 担当課 at each of a thousand 指標 would be megabytes of page, and two thousand fields."""


@dataclass(frozen=True)
class Setting:
    """One field of one row, with its form field."""

    name: str
    row: Any
    field: str
    form_field: forms.Field

    @property
    def value(self) -> Any:
        return getattr(self.row, self.field)


class SettingsForm(forms.Form):
    """One part of the page. `conflicted`: a colleague had changed something, and both values are shown.

    `page` is the requested page where a part has so many rows that it is shown page by page.
    """

    action: ClassVar[str]
    conflicted = False

    def __init__(self, data, *, plan: Plan, page: str | None = None) -> None:
        super().__init__(data, auto_id=f"{self.action}_%s")
        self.plan = plan
        self.page = page
        self.settings = self.settings_of(plan)
        for setting in self.settings:
            self.fields[setting.name] = setting.form_field
            setting.form_field.initial = shown(setting.value)
            setting.form_field.show_hidden_initial = True

    def settings_of(self, plan: Plan) -> list[Setting]:
        raise NotImplementedError

    def save(self, by: User) -> int | None:
        """How many settings were changed; None where nothing was written and the form says why."""
        if not self.is_valid():
            return None
        try:
            return len(change_settings(self.plan, self._changes(), by=by))
        except FieldsRefused as refused:
            self._take_conflicts(refused)
        except Refused as refused:
            self.add_error(None, str(refused))
        return None

    def _changes(self) -> list[SettingChange]:
        """What differs from what the person saw."""
        return [
            SettingChange(
                setting.name, setting.row, setting.field, self._seen(setting), self.cleaned_data[setting.name]
            )
            for setting in self.settings
            if setting.name in self.changed_data
        ]

    def _seen(self, setting: Setting) -> Any:
        """The value that the page showed. A form that does not say is not checked."""
        sent = self.data.get(self.add_initial_prefix(setting.name))
        if sent is None:
            return setting.value
        try:
            return setting.form_field.clean(sent)
        except forms.ValidationError:
            return None

    def _take_conflicts(self, refused: FieldsRefused) -> None:
        """Report them at the fields. A second save counts as having seen the colleague's value."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for field in refused.fields:
            self.add_error(field.name, field.sentence)
            data[self.add_initial_prefix(field.name)] = shown(field.current)
        self.data, self.conflicted = data, True


class PlanForm(SettingsForm):
    """計画名, and what counts as 見込みどおり."""

    action = "plan"

    def settings_of(self, plan: Plan) -> list[Setting]:
        low, high = _percent("「見込みどおり」の下限（%）"), _percent("「見込みどおり」の上限（%）")
        return _settings(
            plan, name=NameField(label="計画名", max_length=longest(Plan, "name")), near_low=low, near_high=high
        )


class WordsForm(SettingsForm):
    """How the city writes 障害, 計画値 and か所."""

    action = "words"

    def settings_of(self, plan: Plan) -> list[Setting]:
        words = ("disability_word", "planned_word", "place_word")
        return _settings(plan.municipality, **{name: _choice(name) for name in words})


class OpenDataForm(SettingsForm):
    """What the city says of its open data: under which licence they are, and the contact."""

    action = "open_data"

    def settings_of(self, plan: Plan) -> list[Setting]:
        licence = forms.ChoiceField(label="利用条件", choices=LICENCES, required=False)
        wide = forms.TextInput(attrs={"size": 40})
        contact = NameField(
            label="連絡先", max_length=longest(Municipality, "open_data_contact"), required=False, widget=wide
        )
        return _settings(plan.municipality, open_data_licence=licence, open_data_contact=contact)


class SectionsForm(SettingsForm):
    """節名, and the part of the evaluation sheet on which each is printed."""

    action = "sections"

    def settings_of(self, plan: Plan) -> list[Setting]:
        found: list[Setting] = []
        for section in plan.sections.all():
            title = NameField(label=f"{section.label}の節名", max_length=longest(Section, "title"))
            part = forms.IntegerField(label=f"{section.label}の評価シートの部", min_value=1, max_value=LAST_PART)
            found.append(Setting(f"title-{section.number}", section, "title", title))
            found.append(Setting(f"part-{section.number}", section, "sheet_part", part))
        return found

    @property
    def rows(self) -> list[tuple[Section, forms.BoundField, forms.BoundField]]:
        """Each 節 with its two fields."""
        sections = {setting.row.pk: setting.row for setting in self.settings}.values()
        return [(s, self[f"title-{s.number}"], self[f"part-{s.number}"]) for s in sections]


class DepartmentsForm(SettingsForm):
    """The 担当課 of one page of 指標. `has_choice`: the city has any to choose from.

    What was sent is about the 指標 that it names, whichever page they have moved to since.
    """

    has_choice: bool
    part: Page
    action = "departments"

    def settings_of(self, plan: Plan) -> list[Setting]:
        choices = [("", "決めない"), *((d.pk, d.name) for d in plan.municipality.departments.all())]
        self.has_choice = len(choices) > 1
        measures = list(plan.measures.select_related("section").order_by("section__number", "order", "code"))
        self.part = Paginator(measures, MEASURES_ON_A_PAGE).get_page(self.page)
        shown_now = [one for one in measures if f"department-{one.code}" in self.data] if self.is_bound else self.part
        return [
            Setting(f"department-{measure.code}", measure, "department_id", _department(measure, choices))
            for measure in shown_now
        ]

    @property
    def rows(self) -> list[tuple[Measure, forms.BoundField]]:
        """Each 指標 with its field."""
        return [(setting.row, self[setting.name]) for setting in self.settings]


class SheetLayoutForm(SettingsForm):
    """Which layout the evaluation sheet has, and whether its figures are those of 旧様式 or 新様式.

    A layout that cannot be used now stays chosen until another is: its file may come back. `notes` say what is wrong.
    """

    action = "sheet"
    notes: list[str]

    def settings_of(self, plan: Plan) -> list[Setting]:
        choices = layout_choices(plan.municipality)
        if plan.sheet_layout not in dict(choices):
            choices.append((plan.sheet_layout, f"{plan.sheet_layout}（いまは使えません）"))
        substitute = substitute_note(plan)
        others = [problem for problem in layout_problems(plan.municipality) if problem not in substitute]
        self.notes = [substitute, *others] if substitute else others
        layout = forms.ChoiceField(label="評価シートの様式", choices=choices)
        edition = forms.ChoiceField(label="数値の書き方", choices=EDITIONS)
        return _settings(plan, sheet_layout=layout, sheet_edition=edition)


FORMS: tuple[type[SettingsForm], ...] = (
    *(PlanForm, WordsForm, SheetLayoutForm, OpenDataForm),
    *(SectionsForm, DepartmentsForm),
)


def settings_forms(plan: Plan, data=None, *, page: str | None = None) -> dict[str, SettingsForm]:
    """The forms of the page by action; the one that was sent is bound to its data."""
    sent = data.get("do") if data else None
    return {form.action: form(data if form.action == sent else None, plan=plan, page=page) for form in FORMS}


def shown(value: Any) -> str:
    """A setting as the text of its field: 80 for 80.0, blank for None."""
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)


def _settings(row: Plan | Municipality, **fields: forms.Field) -> list[Setting]:
    """Fields of one row, each called as it is on the row."""
    return [Setting(name, row, name, field) for name, field in fields.items()]


def _percent(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=5,
        decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


def _choice(name: str) -> forms.ChoiceField:
    field: Any = Municipality._meta.get_field(name)
    return forms.ChoiceField(label=field.verbose_name, choices=field.choices)


def _department(measure: Measure, choices: list) -> forms.TypedChoiceField:
    label = f"「{measure.title}」の担当課"
    return forms.TypedChoiceField(label=label, required=False, choices=choices, coerce=int, empty_value=None)
