"""A list of measures as one person asked for it: searched and filtered by a year's readings."""

from collections.abc import Callable, Iterable, Sequence

from django.http import QueryDict

from core.fiscal_years import wareki
from core.search_words import matches
from plans.measure_filters import DEPARTMENT, DIRECTION, READING, SECTION, Facet, MeasureFilters
from plans.models import Plan
from plans.queries import MeasureRow, latest_year_with_actuals

FACETS = (SECTION, READING, DIRECTION, DEPARTMENT)


def searched_texts(row: MeasureRow) -> list[str]:
    """What the search looks at in any measure."""
    return [row.measure.title, row.measure.code, row.measure.definition]


class MeasureListing:
    """The rows to show and what was asked for. Rows come finished; nothing here asks the database."""

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
        """The form to show: what was understood stands in it, chosen."""
        understood = {"q": self.query, "year": self.year, **self.wanted}
        return MeasureFilters(None, plan=self.plan, rows=self.everything, facets=self.facets, initial=understood)

    @property
    def conditions(self) -> list[str]:
        """What the list is narrowed down by, for eyes that come later and for paper."""
        searched = [f"「{self.query}」を含む"] if self.query else []
        return searched + [self._condition(name) for name in self.wanted]

    def _condition(self, name: str) -> str:
        words = f"{self._judged.fields[name].label}：{self._judged.words_of(name)}"
        return f"{wareki(self.year)}の{words}" if name == READING.name else words

    def _fits(self, row: MeasureRow) -> bool:
        cell = row.cell(self.year)
        given = {facet.name: facet.of(row, cell) for facet in self.facets}
        return all((option := given[name]) is not None and option.value == value for name, value in self.wanted.items())
