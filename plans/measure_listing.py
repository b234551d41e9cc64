"""A list of measures as one person requested it: what it may be narrowed down by, the form for that, and the rows that
fit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from core.figures import Figures, Tone
from core.fiscal_years import wareki
from core.search_words import matches
from core.words import Direction
from plans.models import Plan
from plans.queries import MeasureRow, YearCell, latest_year_with_actuals

LONGEST_SEARCH = 100
NO_DEPARTMENT = "none"
TONE_RANK = (Tone.BEHIND, Tone.FINDING, Tone.MISSING, Tone.GOOD, Tone.QUIET)
"""What wants attention comes first."""


@dataclass(frozen=True)
class Option:
    """One thing to choose. Options are ordered by rank, then as they come up in the rows."""

    value: str
    words: str
    rank: int = 0


@dataclass(frozen=True)
class Facet:
    """One property of a measure in a year, by the option that it has; None where it has none."""

    name: str
    label: str
    of: Callable[[MeasureRow, YearCell], Option | None]

    def options(self, rows: Iterable[MeasureRow]) -> list[Option]:
        """Every option that these rows have in any year, each once."""
        found = (self.of(row, cell) for row in rows for cell in row.cells)
        return sorted({option.value: option for option in found if option}.values(), key=lambda option: option.rank)


def reading_group(figures: Figures) -> str:
    """The reading to filter by: 確認中 for what is withheld, one group for 計画0・実績n, 判定なし for 文章."""
    if figures.reading.startswith("計画0・実績"):
        return "計画0・実績あり"
    return figures.withheld or figures.reading or "判定なし"


def _section(row: MeasureRow, _: YearCell) -> Option:
    section = row.measure.section
    return Option(str(section.number), str(section), section.number)


def _reading(_: MeasureRow, cell: YearCell) -> Option:
    words = reading_group(cell.figures)
    return Option(words, words, TONE_RANK.index(cell.figures.tone))


def _direction(row: MeasureRow, _: YearCell) -> Option:
    direction = Direction(row.measure.direction)
    return Option(direction.value, direction.label, list(Direction).index(direction))


def _department(row: MeasureRow, _: YearCell) -> Option:
    department = row.measure.department
    return Option(str(department.pk), department.name) if department else Option(NO_DEPARTMENT, "担当課なし", 1)


SECTION = Facet("section", "節", _section)
READING = Facet("reading", "判定", _reading)
DIRECTION = Facet("direction", "方向", _direction)
DEPARTMENT = Facet("department", "担当課", _department)


class MeasureFilters(forms.Form):
    """The form above a list. What makes no sense is left out of `cleaned_data` and named by `ignored`."""

    q = forms.CharField(
        label="ことばで探す",
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        plan: Plan,
        rows: Sequence[MeasureRow],
        facets: Sequence[Facet],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, auto_id="filter-%s", label_suffix="")
        self.words: dict[str, dict[str, str]] = {}
        self.fields["year"] = forms.TypedChoiceField(
            label="年度（判定）",
            required=False,
            coerce=int,
            empty_value=None,
            choices=[(year, wareki(year)) for year in plan.years],
        )
        for facet in facets:
            words = self.words[facet.name] = {option.value: option.words for option in facet.options(rows)}
            # A choice of one is no choice; it stays only to judge what an address requests.
            if len(words) > 1 or (data and data.get(facet.name)):
                self.fields[facet.name] = forms.ChoiceField(
                    label=facet.label, required=False, choices=[("", "すべて"), *words.items()]
                )
        self.order_fields(["q", "year"])

    @property
    def ignored(self) -> list[str]:
        """One sentence for each value that was left out, with what to do."""
        return [self._sentence(name) for name in self.errors]

    def _sentence(self, name: str) -> str:
        if name == "q":
            return f"検索のことばは{LONGEST_SEARCH}字までの文字で入力してください。この条件は無視しました。"
        asked = str(self.data.get(name))[:40]
        return f"{self.fields[name].label}の「{asked}」はこの一覧で選べないため、無視しました。選び直してください。"

    def words_of(self, name: str) -> str:
        """The chosen option of a facet in words."""
        return self.words[name][self.cleaned_data[name]]


FACETS = (SECTION, READING, DIRECTION, DEPARTMENT)


def searched_texts(row: MeasureRow) -> list[str]:
    """What the search looks at in any measure."""
    return [row.measure.title, row.measure.code, row.measure.definition]


class MeasureListing:
    """The rows to show and what was requested. Rows come finished; nothing here queries the database."""

    def __init__(
        self,
        plan: Plan,
        rows: Sequence[MeasureRow],
        asked: QueryDict,
        *,
        facets: Iterable[Facet] = FACETS,
        texts: Callable[[MeasureRow], Iterable[str]] = searched_texts,
    ) -> None:
        self.plan, self.everything, self.facets = plan, rows, tuple(facets)
        self._judged = MeasureFilters(asked, plan=plan, rows=rows, facets=self.facets)
        self._judged.is_valid()
        answers = self._judged.cleaned_data
        self.ignored = self._judged.ignored
        self.year: int = answers.get("year") or latest_year_with_actuals(plan, rows)
        self.query: str = answers.get("q", "")
        self.wanted = {facet.name: answers[facet.name] for facet in self.facets if answers.get(facet.name)}
        self.rows = [row for row in rows if self._fits(row) and matches(self.query, texts(row))]

    @property
    def form(self) -> MeasureFilters:
        """The form to show: what was understood is chosen in it."""
        understood = {"q": self.query, "year": self.year, **self.wanted}
        return MeasureFilters(None, plan=self.plan, rows=self.everything, facets=self.facets, initial=understood)

    @property
    def conditions(self) -> list[str]:
        """What the list is narrowed down by, for later readers and for print."""
        searched = [f"「{self.query}」を含む"] if self.query else []
        return searched + [self._condition(name) for name in self.wanted]

    def _condition(self, name: str) -> str:
        words = f"{self._judged.fields[name].label}：{self._judged.words_of(name)}"
        return f"{wareki(self.year)}の{words}" if name == READING.name else words

    def _fits(self, row: MeasureRow) -> bool:
        cell = row.cell(self.year)
        given = {facet.name: facet.of(row, cell) for facet in self.facets}
        return all((option := given[name]) is not None and option.value == value for name, value in self.wanted.items())
