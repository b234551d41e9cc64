"""Form fields for a name in one line and for a 年度, and fields as the model describes them."""

from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.db import models

from core.characters import EDGES, is_control
from core.fiscal_years import read_fiscal_year
from core.reader import CellTexts, NotUnderstood, read_cell
from core.words import Side, ValueKind
from plans.prose_field import ProseField

F = TypeVar("F", bound=forms.Field)


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


def field_of(model: type[models.Model], name: str, kind: type[F], **more: Any) -> F:
    """A form field of this kind with the label, length and choices of a column of the model; `more` overrides them.

    It is required where the column may not be blank, which a text says with its label. A ProseField has its own length.
    """
    column: Any = model._meta.get_field(name)
    said: dict[str, Any] = {"label": column.verbose_name}
    if not issubclass(kind, ProseField):
        said["required"] = not column.blank
        if issubclass(kind, forms.CharField):
            said["error_messages"] = {"required": f"{column.verbose_name}を入力してください。"}
            said |= {"max_length": column.max_length} if column.max_length else {}
    if column.choices:
        said["choices"] = [*([("", "なし")] if column.blank else []), *column.choices]
    return kind(**(said | more))
