"""Form fields. What a field of the model says of itself (label, length, choices) is taken from there."""

from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.db import models

from core.characters import EDGES, is_control
from core.fiscal_years import read_fiscal_year
from core.reader import CellTexts, NotUnderstood, read_cell
from core.words import Side, ValueKind
from plans.prose_field import ProseField, refuse_controls

F = TypeVar("F", bound=forms.Field)


def label_of(model: type[models.Model], name: str) -> str:
    """What the model calls a field: 「開催日」."""
    return str(_field(model, name).verbose_name)


def longest(model: type[models.Model], name: str) -> int:
    """How many characters a field may have."""
    length = _field(model, name).max_length
    assert length is not None, f"{model.__name__}.{name} has no length"  # noqa: S101
    return length


def field_of(model: type[models.Model], name: str, kind: type[F], **more: Any) -> F:
    """A form field of this kind with the label, length and choices of a column of the model; `more` overrides them.

    It is required where the column may not be blank, which a text says with its label. A ProseField has its own length.
    """
    column = _field(model, name)
    said: dict[str, Any] = {"label": column.verbose_name}
    if not issubclass(kind, ProseField):
        said["required"] = not column.blank
        if issubclass(kind, forms.CharField):
            said["error_messages"] = {"required": f"{column.verbose_name}を入力してください。"}
            said |= {"max_length": column.max_length} if column.max_length else {}
    if column.choices:
        said["choices"] = [*([("", "なし")] if column.blank else []), *column.choices]
    return kind(**(said | more))


def line(model: type[models.Model], name: str, **more: Any) -> forms.CharField:
    """Text in one line, required unless the model lets it be blank."""
    label, length = label_of(model, name), longest(model, name)
    sentences = {
        "required": f"{label}を入力してください。",
        "max_length": f"{label}は{length}文字までで入力してください。",
    }
    return field_of(model, name, forms.CharField, validators=[refuse_controls], error_messages=sentences, **more)


def prose(model: type[models.Model], name: str, rows: int, **more: Any) -> ProseField:
    """Text of several lines, required unless the model lets it be blank."""
    required = "" if _field(model, name).blank else f"{label_of(model, name)}を入力してください。"
    return field_of(model, name, ProseField, rows=rows, required=required, **more)


def day(model: type[models.Model], name: str, example: str, *, missing: str = "", **more: Any) -> forms.DateField:
    """A date, with one in an `example`; required unless `more` says otherwise, with the sentence `missing`."""
    label = label_of(model, name)
    sentences = {
        "required": missing or f"{label}を入力してください。",
        "invalid": f"{label}は「{example}」のように入力してください。",
    }
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    required = {"required": True} | more
    return field_of(model, name, forms.DateField, widget=widget, error_messages=sentences, **required)


def listed(model: type[models.Model], name: str) -> forms.ChoiceField:
    """One of the choices of the model."""
    label = label_of(model, name)
    sentences = {"required": f"{label}を選んでください。", "invalid_choice": f"一覧の{label}から選んでください。"}
    return field_of(model, name, forms.ChoiceField, error_messages=sentences)


def number_choice(label: str, wrong: str, *, missing: str = "", **more: Any) -> forms.TypedChoiceField:
    """A year or a key; None where nothing was chosen. `missing` is the sentence where it is required, `wrong` the one
    for what is not offered.
    """
    return forms.TypedChoiceField(
        label=label,
        required=bool(missing),
        coerce=int,
        empty_value=None,
        error_messages={"required": missing, "invalid_choice": wrong},
        **more,
    )


class NameField(forms.CharField):
    """A name, held to what the tidy table reads back: what is exported must come in again unchanged."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").strip(EDGES)

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(is_control(sign) for sign in value):
            raise forms.ValidationError("改行や制御文字は使えません。取り除いてください。")


class YearField(forms.CharField):
    """A fiscal year in any form in print; None for a blank one that is not required."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_fiscal_year(text) if text else None
        except ValueError as problem:
            raise forms.ValidationError(f"{problem}。") from problem


def typed_number(text: str, kind: ValueKind, no_number: str) -> Decimal:
    """The number as people type one (３人) into a 計画値 of this kind; ValidationError (`no_number`: a state)."""
    try:
        number = read_cell(CellTexts(value=text), kind=kind, side=Side.PLANNED).value.number
    except NotUnderstood as problem:
        raise forms.ValidationError(problem.sentence) from problem
    if number is None:
        raise forms.ValidationError(no_number)
    return number


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)
