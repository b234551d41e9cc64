"""The rows of the factors in a form: the fixed ones of the reference, the city's own, and blank ones to begin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from core.fiscal_years import wareki
from core.numerals import plain, read_numeral, typed
from core.volumes import Effect, Spread
from indicators.models import ForecastFactor
from indicators.volumes.content import Factor
from plans.model_fields import longest
from plans.prose_field import refuse_controls

BLANK_ROWS = 2
MOST_OWN_ROWS = 30
MOST = Decimal(10_000_000)
UNKNOWN = "一覧から選んでください。"
PARTS = ("number", "unit", "source", "note", "effect", "spread")


class NumberField(forms.CharField):
    """A number as people type one (３人); None where the field is blank, which is not 0."""

    def __init__(self, *, is_signed: bool = False, **kwargs: Any) -> None:
        self.is_signed = is_signed
        super().__init__(
            required=False,
            max_length=60,
            error_messages={"max_length": "数字だけを入力してください。"},
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8, "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            numeral = read_numeral(text)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem
        if numeral.tenths:
            raise forms.ValidationError(f"割・分ではなく、数値で入力してください{typed(text)}")
        if not self.is_signed and numeral.number < 0:
            raise forms.ValidationError(f"0以上の数を入力してください{typed(text)}")
        if abs(numeral.number) >= MOST:
            raise forms.ValidationError(f"{plain(MOST)}より小さい数を入力してください{typed(text)}")
        return numeral.number


class LineField(forms.CharField):
    """A text of one line."""

    def __init__(self, *, max_length: int, size: int, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=max_length,
            validators=[refuse_controls],
            error_messages={"max_length": "%(limit_value)d文字までで入力してください（%(show_value)d文字あります）。"},
            widget=forms.TextInput(attrs={"size": size, "autocomplete": "off"}),
            **kwargs,
        )


def field_with(field: forms.Field, initial: Any) -> forms.Field:
    """The field, beginning with the stored value."""
    field.initial = plain(initial) if isinstance(initial, Decimal) else initial
    return field


@dataclass(frozen=True)
class FactorRow:
    """One row as the page draws it. `name` is that of the reference, "" where the city names it itself."""

    number: int
    name: str
    name_field: BoundField | None
    fields: Mapping[str, BoundField]
    years: tuple[tuple[int, BoundField], ...]
    proposal: Factor | None

    @property
    def title(self) -> str:
        """The name of the row for readers who cannot see its place."""
        return self.name or f"{self.number}番目の勘案事項"

    @property
    def opens_years(self) -> bool:
        """Whether the fields of the single years are used, or have errors."""
        return self.fields["spread"].value() == Spread.OWN or any(field.errors for _, field in self.years)


class FactorRows:
    """The rows of one form. `names` are those of the reference, "" for a row that the city names itself."""

    def __init__(self, form: forms.Form, fixed: Iterable[str], kept: Iterable[Factor], years: tuple[int, ...]) -> None:
        self.form, self.years = form, years
        fixed, kept = list(fixed), list(kept)
        by_name = {factor.name: factor for factor in kept}
        rows = [by_name.get(name, Factor(name)) for name in fixed]
        rows += [factor for factor in kept if factor.name not in fixed]
        most = len(fixed) + MOST_OWN_ROWS
        wanted = min(max(len(rows), self._posted(most)) + BLANK_ROWS, max(most, len(rows)))
        rows += [Factor("")] * (wanted - len(rows))
        self.names = [*fixed, *[""] * (len(rows) - len(fixed))]
        for place, factor in enumerate(rows):
            self._add(place, factor)

    def drawn(self, proposed: Mapping[str, Factor]) -> list[FactorRow]:
        """The rows with what the plan proposes for them."""
        return [self._row(place, proposed) for place in range(len(self.names))]

    def judge(self) -> None:
        """Check across the fields of a row: a name for what was typed, no name twice, a number for an effect."""
        said, names = self.form.cleaned_data, set()
        for place, fixed in enumerate(self.names):
            name = fixed or said.get(f"factor-{place}-name", "")
            if name and name in names:
                self.form.add_error(f"factor-{place}-name", f"「{name}」が二つあります。名前を変えてください。")
            names.add(name)
            self._judge(place, name)

    def factors(self) -> tuple[Factor, ...]:
        """What was typed, as far as it was understood; a row without a name is none."""
        found = (self._factor(place) for place in range(len(self.names)))
        return tuple(factor for factor in found if factor.name)

    def _posted(self, most: int) -> int:
        """How many posted rows have some content."""
        texts = ("name", "number", "source", "note")
        filled = (
            place + 1
            for place in range(most)
            if any(self.form.data.get(f"factor-{place}-{part}", "").strip() for part in texts)
        )
        return max(filled, default=0)

    def _add(self, place: int, factor: Factor) -> None:
        prefix, of = f"factor-{place}-", f"{self.names[place] or f'{place + 1}番目の勘案事項'}の"
        found: dict[str, tuple[forms.Field, Any]] = {
            "number": (NumberField(label=f"{of}数", is_signed=True), factor.number),
            "unit": (_text(f"{of}単位", "unit", size=6), factor.unit),
            "source": (
                _text(f"{of}出典", "source"),
                factor.source,
            ),
            "note": (_text(f"{of}説明", "note"), factor.note),
            "effect": (_choice(f"{of}加減", Effect), factor.effect),
            "spread": (_choice(f"{of}年度への分け方", Spread), factor.spread),
        }
        if not self.names[place]:
            found["name"] = (
                _text(f"{of}名前", "name"),
                factor.name,
            )
        for year in self.years:
            found[f"y{year}"] = (NumberField(label=f"{of}{wareki(year)}の数"), factor.own.get(year))
        for part, (field, initial) in found.items():
            self.form.fields[prefix + part] = field_with(field, initial)

    def _row(self, place: int, proposed: Mapping[str, Factor]) -> FactorRow:
        prefix, name = f"factor-{place}-", self.names[place]
        name_field = None if name else self.form[f"{prefix}name"]
        called = name or str(name_field.value() or "" if name_field else "")
        return FactorRow(
            number=place + 1,
            name=name,
            name_field=name_field,
            fields={part: self.form[prefix + part] for part in PARTS},
            years=tuple((year, self.form[f"{prefix}y{year}"]) for year in self.years),
            proposal=proposed.get(called),
        )

    def _judge(self, place: int, name: str) -> None:
        said, prefix = self.form.cleaned_data, f"factor-{place}-"
        number, years = said.get(f"{prefix}number"), [f"{prefix}y{year}" for year in self.years]
        texts = [number, *(said.get(prefix + part) for part in ("unit", "source", "note", "effect"))]
        if not name and any(one not in (None, "") for one in [*texts, *(said.get(one) for one in years)]):
            self.form.add_error(f"{prefix}name", "勘案事項の名前を入力してください。使わない行は空欄にします。")
        if not said.get(f"{prefix}effect"):
            return
        if said.get(f"{prefix}spread") == Spread.OWN:
            if all(said.get(one) is None and one not in self.form.errors for one in years):
                self.form.add_error(years[0], "加減する年度に、数を入力してください。")
        elif number is None and f"{prefix}number" not in self.form.errors:
            self.form.add_error(f"{prefix}number", "利用者数に加減するときは、数を入力してください。")
        elif number is not None and number < 0:
            self.form.add_error(f"{prefix}number", "加減する数は0以上にし、「加える」か「減らす」を選んでください。")

    def _factor(self, place: int) -> Factor:
        said, prefix = self.form.cleaned_data, f"factor-{place}-"
        own = {year: said.get(f"{prefix}y{year}") for year in self.years}
        return Factor(
            name=self.names[place] or said.get(f"{prefix}name", ""),
            number=said.get(f"{prefix}number"),
            unit=said.get(f"{prefix}unit") or self._typed_unit(f"{prefix}number"),
            source=said.get(f"{prefix}source", ""),
            note=said.get(f"{prefix}note", ""),
            effect=Effect(said.get(f"{prefix}effect") or Effect.NONE),
            spread=Spread(said.get(f"{prefix}spread") or Spread.EVEN),
            own={year: number for year, number in own.items() if number is not None},
        )

    def _typed_unit(self, name: str) -> str:
        """人, where 「３人」 was typed and the unit left blank."""
        number = self.form.cleaned_data.get(name)
        return read_numeral(self.form.data.get(name, "")).unit if number is not None else ""


def _text(label: str, name: str, size: int = 24) -> LineField:
    return LineField(label=label, max_length=longest(ForecastFactor, name), size=size)


def _choice(label: str, words: type[Effect] | type[Spread]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=words.choices(), error_messages={"invalid_choice": UNKNOWN}
    )
