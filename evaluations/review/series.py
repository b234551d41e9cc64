"""The years of a measure over several plans: continued where it went on unchanged, visibly broken where it did not.

The reader sees of old plans what they see of this one: actuals before 確定 are 確認中, a chosen outlook shows once
every year it could speak of is 確定.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.charts import RenderedChart, YearPoint, rendered
from core.fiscal_years import wareki
from core.lineage import BREAKS
from evaluations.review.outlooks import PastOutlook, past_outlook
from plans.charts import DRAWN, chart_of
from plans.lineage import Step, ancestors, steps_of, steps_to
from plans.models import Measure, Plan
from plans.queries import MeasureRow

WITH = ("plan__municipality", "section", "outlook")


@dataclass(frozen=True)
class Descent:
    """What a measure comes from, the oldest first, by which lines, and what the following plans made of it."""

    measure: Measure
    earlier: tuple[Measure, ...]
    steps: Mapping[int | None, Sequence[Step]]
    onward: tuple["Onward", ...]

    @property
    def raises(self) -> list["Onward"]:
        """What was added to its goal, with the old measure that missed its own."""
        olds = {one.pk: one for one in self.earlier}
        lines = self.steps.get(self.measure.pk, ())
        return [Onward(step, olds[step.old_id]) for step in lines if step.added is not None]


@dataclass(frozen=True)
class Onward:
    """A line of a carry-over with the measure at its other end; `measure` is None where there is none (終了)."""

    step: Step
    measure: Measure | None


@dataclass(frozen=True)
class Stretch:
    """The years of one measure in its own plan. `steps` lead to it, from the measures it comes from."""

    row: MeasureRow
    steps: Sequence[Step]
    outlook: PastOutlook | None = None

    @property
    def measure(self) -> Measure:
        return self.row.measure

    @property
    def plan(self) -> Plan:
        return self.row.measure.plan

    @property
    def broken(self) -> str:
        """「定義を見直し」 where another series begins with this measure; "" where it goes on, or begins."""
        return BREAKS.get(self.steps[0].how, "") if self.steps else ""

    @property
    def break_words(self) -> str:
        """「令和6年度から定義を見直し」."""
        return f"{wareki(self.plan.start_year)}から{self.broken}" if self.broken else ""

    @property
    def break_note(self) -> str:
        return self.steps[0].note if self.broken else ""


@dataclass(frozen=True)
class Series:
    """`stretches` go from the oldest to the measure itself; `charts` draw together what is one quantity."""

    stretches: tuple[Stretch, ...]
    charts: tuple[RenderedChart, ...]


def descent_of(plan: Plan, measure: Measure) -> Descent:
    """Where a measure comes from, over all plans, and what it became. Two queries, however many plans."""
    steps = steps_of(plan.municipality)
    before = ancestors(steps, measure.pk)
    later = [step for step in steps if step.old_id == measure.pk]
    wanted = [*before, *(step.new_id for step in later)]
    found = Measure.objects.select_related(*WITH).in_bulk([pk for pk in wanted if pk]) if wanted else {}
    in_order = sorted(
        (found[pk] for pk in before), key=lambda one: (one.plan.start_year, one.section.number, one.order, one.code)
    )
    return Descent(
        measure=measure,
        earlier=tuple(in_order),
        steps=steps_to(steps),
        onward=tuple(Onward(step, found.get(step.new_id or 0)) for step in later),
    )


def series_of(plan: Plan, descent: Descent, rows: Sequence[MeasureRow]) -> Series | None:
    """The series of a measure; None where it comes from nothing. `rows` are of all of it, the measure itself last."""
    if not descent.earlier:
        return None
    last = rows[-1].measure.pk
    found = {
        row.measure.pk: Stretch(
            row, descent.steps.get(row.measure.pk, ()), None if row.measure.pk == last else past_outlook(plan, row)
        )
        for row in rows
    }
    return Series(tuple(found.values()), tuple(_charts(found, last)))


def _charts(stretches: Mapping[int, Stretch], last: int) -> Iterable[RenderedChart]:
    """Years of one quantity in one chart; what was counted otherwise, or is several measures, in a chart of its own."""
    for joined in _joined(stretches, last):
        newest = joined[-1]
        if newest.measure.value_kind not in DRAWN:
            continue
        points = [point for place, stretch in enumerate(joined) for point in _points(stretch, is_first=place == 0)]
        first = "" if joined[0] is newest else f"{joined[0].plan.name}から"
        name = f"{newest.measure.title}（{first}{newest.plan.name}{'まで' if first else ''}）"
        # The goal of one plan is no line through the years of another.
        whole = replace(chart_of(newest.row), key=f"series-{newest.measure.pk}", title=name, goal=None)
        yield rendered(replace(whole, points=tuple(points)))


def _joined(stretches: Mapping[int, Stretch], last: int) -> Iterable[list[Stretch]]:
    """Runs of stretches that share an axis, the one that ends with `last` first."""
    run = [stretches[last]]
    while (older := _only(stretches, run[0])) and _share_an_axis(older, run[0]):
        run.insert(0, older)
    yield run
    for step in run[0].steps:
        yield from _joined(stretches, step.old_id)


def _only(stretches: Mapping[int, Stretch], stretch: Stretch) -> Stretch | None:
    """The one measure that another one comes from; None for a 統合 and for a beginning."""
    return stretches[stretch.steps[0].old_id] if len(stretch.steps) == 1 else None


def _share_an_axis(old: Stretch, new: Stretch) -> bool:
    return (old.measure.unit, old.measure.value_kind) == (new.measure.unit, new.measure.value_kind)


def _points(stretch: Stretch, *, is_first: bool) -> list[YearPoint]:
    first, *rest = chart_of(stretch.row).points
    return [first if is_first else replace(first, broken=stretch.broken), *rest]
