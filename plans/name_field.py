"""A field for a name in one line."""

from typing import Any

from django import forms

from core.characters import EDGES, is_control


class NameField(forms.CharField):
    """A name, held to what the tidy table reads back: what is exported must come in again unchanged."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").strip(EDGES)

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(is_control(sign) for sign in value):
            raise forms.ValidationError("改行や制御文字は使えません。取り除いてください。")
