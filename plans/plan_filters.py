"""The form above a list of opinions or 取組: 年度, 節 and 状態 that an address may select."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.fiscal_years import wareki
from plans.models import Plan, Section

ALL = ("", "すべて")


class PlanFilters(forms.Form):
    """`state_field` is the column of 状態. A value that the list does not have narrows nothing."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    section = forms.TypedChoiceField(label="節", required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label="状態", required=False)

    def __init__(
        self,
        data: Any,
        *,
        plan: Plan,
        sections: Iterable[Section],
        states: Iterable[tuple[str, Any]],
        state_field: str,
    ) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        self.state_field = state_field
        self.fields["year"].choices = [ALL, *((year, wareki(year)) for year in plan.years)]  # type: ignore[attr-defined]
        self.fields["section"].choices = [ALL, *((one.number, str(one)) for one in sections)]  # type: ignore[attr-defined]
        self.fields["state"].choices = [ALL, *states]  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def year_asked(self) -> int | None:
        """The 年度 that was chosen, None for all."""
        return self.cleaned_data.get("year")

    @property
    def is_narrowing(self) -> bool:
        """Whether something may be left out."""
        return any(self.cleaned_data.values())

    def narrowed(self, rows: QuerySet) -> QuerySet:
        """The rows that the filters select."""
        columns = {"year": "fiscal_year", "section": "section__number", "state": self.state_field}
        return rows.filter(**{columns[name]: asked for name, asked in self.cleaned_data.items() if asked})
