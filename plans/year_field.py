"""A field for a 年度 as people write one."""

from typing import Any

from django import forms

from core.fiscal_years import read_fiscal_year


class YearField(forms.CharField):
    """A fiscal year in any form in print; None for a blank one that is not required."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_fiscal_year(text) if text else None
        except ValueError as problem:
            raise forms.ValidationError(f"{problem}。") from problem
