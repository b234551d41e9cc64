"""The actuals of a measure by year: of this plan, and of the plans before as far as 継続 leads back.

Everything is what one reader may see; what they may not see is 確認中. `access` None is the operator.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.lineage import How
from core.values import EMPTY, Value
from core.words import NOT_ENTERED, UNDER_REVIEW, Certainty, Side
from plans.access import Access, States, state_of
from plans.models import Measure, MeasureLink, Plan, SectionYear, YearlyValue
from plans.queries import MeasureRow


@dataclass(frozen=True)
class SeenActual:
    """One actual as a reader may see it. `plan_name` is "" in this plan; `section_id` is where its state is kept."""

    value: Value
    section_id: int
    plan_name: str = ""
    is_hidden: bool = False

    @property
    def word(self) -> str:
        """Why no number is shown; "" where one is."""
        return UNDER_REVIEW if self.is_hidden else self.value.missing_word

    @property
    def is_expected(self) -> bool:
        """Whether the number is itself only an outlook (確定度 見込み)."""
        return self.value.certainty is Certainty.EXPECTED

    @property
    def certainty_word(self) -> str:
        certainty = self.value.certainty
        return certainty.label if certainty and certainty is not Certainty.FINAL else ""


Actuals = Mapping[int, SeenActual]
"""By fiscal year; a year that is absent is 未入力."""


def line_states(plan: Plan) -> States:
    """The states of all plans of the city, by section id and fiscal year. One query."""
    # Plans of every kind: the part on children may have left a 障害福祉計画.
    found = SectionYear.objects.filter(section__plan__municipality=plan.municipality_id)
    rows = found.only("section", "fiscal_year", "state")
    return {(row.section_id, row.fiscal_year): row for row in rows}


def actuals_of(
    plan: Plan, rows: Iterable[MeasureRow], states: States, access: Access | None
) -> dict[int, dict[int, SeenActual]]:
    """The actuals of finished rows of this plan and of what they continue, by measure id and year. Two queries.

    `states` are those of `line_states`. Of this plan only years that are over, or have an actual, are there.
    """
    rows = list(rows)
    before = _predecessors(plan, [row.measure for row in rows])
    found = _earlier(before, states, access)
    for row in rows:
        seen = found.setdefault(row.measure.pk, {})
        for cell in row.cells:
            if cell.figures.actual.is_entered or cell.year <= plan.due_year:
                hidden = bool(cell.figures.withheld)
                seen[cell.year] = SeenActual(cell.figures.actual, row.measure.section_id, is_hidden=hidden)
    return found


def _predecessors(plan: Plan, measures: Iterable[Measure]) -> dict[int, int]:
    """The measures (by id) that these continue, step by step back, each with the one of this plan that it leads to."""
    links = dict(
        MeasureLink.objects.filter(
            how=How.SAME, plan__municipality=plan.municipality_id, plan__kind=plan.kind
        ).values_list("new_id", "old_id")
    )
    found: dict[int, int] = {}
    for measure in measures:
        older = links.get(measure.pk)
        # A chain that returned to itself would have no end.
        while older is not None and older not in found:
            found[older] = measure.pk
            older = links.get(older)
    return found


def _earlier(before: Mapping[int, int], states: States, access: Access | None) -> dict[int, dict[int, SeenActual]]:
    values = YearlyValue.objects.filter(measure__in=list(before), side=Side.ACTUAL, revision=0)
    found: dict[int, dict[int, SeenActual]] = {}
    for row in values.select_related("measure__plan"):
        measure = row.measure
        state = state_of(states.get((measure.section_id, row.fiscal_year)))
        is_hidden = access is not None and not access.sees_actuals(state)
        value = EMPTY if is_hidden else row.value
        seen = SeenActual(value, measure.section_id, measure.plan.name, is_hidden)
        found.setdefault(before[row.measure_id], {})[row.fiscal_year] = seen
    return found


def word_of(actual: SeenActual | None) -> str:
    """Why there is no number; 未入力 for a year that is absent."""
    return actual.word if actual else NOT_ENTERED
