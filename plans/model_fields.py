"""Form fields that take label, length and choices from the field of the model, which is where they are declared."""

from typing import Any

from django import forms
from django.db import models

from plans.prose_field import ProseField, refuse_controls


def label_of(model: type[models.Model], name: str) -> str:
    """What the model calls a field: 「開催日」."""
    return str(_field(model, name).verbose_name)


def longest(model: type[models.Model], name: str) -> int:
    """How many characters a field may have."""
    length = _field(model, name).max_length
    assert length is not None, f"{model.__name__}.{name} has no length"  # noqa: S101
    return length


def line(model: type[models.Model], name: str, **more: Any) -> forms.CharField:
    """Text in one line, required unless the model lets it be blank."""
    label, length = label_of(model, name), longest(model, name)
    return forms.CharField(
        label=label,
        max_length=length,
        required=not _field(model, name).blank,
        validators=[refuse_controls],
        error_messages={
            "required": f"{label}を入力してください。",
            "max_length": f"{label}は{length}文字までで入力してください。",
        },
        **more,
    )


def prose(model: type[models.Model], name: str, rows: int, **more: Any) -> ProseField:
    """Text of several lines, required unless the model lets it be blank."""
    label = label_of(model, name)
    required = "" if _field(model, name).blank else f"{label}を入力してください。"
    return ProseField(label=label, rows=rows, required=required, **more)


def day(model: type[models.Model], name: str, example: str, *, missing: str = "", **more: Any) -> forms.DateField:
    """A date, with one in an `example`. `missing` is the sentence where a required one was left out."""
    label = label_of(model, name)
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": missing or f"{label}を入力してください。",
            "invalid": f"{label}は「{example}」のように入力してください。",
        },
        **more,
    )


def listed(model: type[models.Model], name: str) -> forms.ChoiceField:
    """One of the choices of the model."""
    label = label_of(model, name)
    return forms.ChoiceField(
        label=label,
        choices=_field(model, name).choices or (),
        error_messages={
            "required": f"{label}を選んでください。",
            "invalid_choice": f"一覧の{label}から選んでください。",
        },
    )


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


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)
