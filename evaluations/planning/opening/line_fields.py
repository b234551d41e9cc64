"""The fields of the lines of one 節 in a form, as they are drawn and as they come back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.fiscal_years import wareki
from evaluations.planning.opening.lines import Form, Line, Use, year_field

LABELS = {
    "use": "計画に載せるか",
    "form": "削減の書き方",
    "baseline": "基準値",
    "baseline_year": "基準年度",
    "rationale": "目標値設定の考え方",
    "reason": "設定しない理由",
}
LONGEST_TYPED = 25_000
"""Characters of one field that are kept as typed; more is no text that anybody typed."""


@dataclass(frozen=True)
class LineField:
    """One field. `theirs` is what another person typed there meanwhile, None where that does not differ."""

    name: str
    label: str
    text: str
    problem: str = ""
    theirs: str | None = None


def _optional(name: str) -> property:
    """A field that not every line has; None where it has none."""
    return property(lambda fields: fields._field(name) if name in fields.line.fields else None)


@dataclass(frozen=True)
class LineFields:
    """One line with its fields."""

    line: Line
    theirs: Mapping[str, str] | None = None

    form, baseline, baseline_year, rationale = map(_optional, ("form", "baseline", "baseline_year", "rationale"))

    @property
    def use(self) -> LineField:
        return self._field("use")

    @property
    def use_options(self) -> list[tuple[str, str]]:
        return [(use.value, use.label) for use in Use]

    @property
    def form_options(self) -> list[tuple[str, str]]:
        return [(form.value, form.label) for form in Form]

    @property
    def years(self) -> list[LineField]:
        return [self._field(year_field(year)) for year in self.line.years]

    @property
    def years_of_plan(self) -> list[LineField | None]:
        """A field for each year of the plan, None for those in which the 指標 is not counted."""
        return [self._field(year_field(y)) if y in self.line.years else None for y in self.line.plan_years]

    @property
    def reason(self) -> LineField:
        return self._field("reason")

    @property
    def all(self) -> list[LineField]:
        return [self._field(name) for name in self.line.fields]

    def _field(self, name: str) -> LineField:
        text = self.line.text(name)
        theirs = self.theirs.get(name, "") if self.theirs is not None else text
        return LineField(
            name=f"{self.line.code}-{name}",
            label=LABELS.get(name) or f"{wareki(int(name[1:]))}の計画値",
            text=text,
            problem=self.line.problems.get(name, ""),
            theirs=theirs if _comparable(theirs) != _comparable(text) else None,
        )


def lines_of_page(name: str, *, targets: bool) -> property:
    """A property of a page: the 成果目標, or the 活動指標, among its lines of this name."""
    return property(lambda page: [one for one in getattr(page, name) if one.line.is_target is targets])


def typed_lines(lines: Iterable[Line], data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What a form says of these lines, by code and field, as it was typed. A field that it does not have is absent.

    NUL alone is dropped: no database keeps it.
    """
    found = {}
    for line in lines:
        named = {name: data.get(f"{line.code}-{name}") for name in line.fields}
        found[line.code] = {
            name: text[:LONGEST_TYPED].replace("\0", "") for name, text in named.items() if text is not None
        }
    return found


def _comparable(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
