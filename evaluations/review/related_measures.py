"""One 指標 with those that its page mentions, in one query: the page can spare no second one."""

from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404

from indicators.volumes.of_measure import counts_the_same, volume_among
from indicators.volumes.services import Volume
from plans.models import Measure, Plan
from plans.queries import measures_of

DETAILS = ("target_item__outcome_target", "activity_indicator__service", "outlook__chosen_by")


@dataclass(frozen=True)
class MeasureWithRelated:
    """`parts` are its 内数 and 内訳; `volume` is what it is forecast with, None where nothing is."""

    measure: Measure
    parts: tuple[Measure, ...]
    volume: Volume | None


def measure_with_related(plan: Plan, code: str) -> MeasureWithRelated:
    """The measure of the plan with this code; Http404 where there is none. One query."""
    same = ExpressionWrapper(counts_the_same(code), output_field=BooleanField())
    around = measures_of(plan).select_related(*DETAILS).annotate(is_counted_with=same)
    found = list(around.filter(Q(code=code) | Q(parent__code=code) | Q(is_counted_with=True)))
    measure = next((one for one in found if one.code == code), None)
    if measure is None:
        raise Http404("この計画に、その指標コードの指標はありません。")
    measure.plan = plan
    parts = sorted((one for one in found if one.parent_id == measure.pk), key=lambda one: (one.order, one.code))
    alike = (one for one in found if one.is_counted_with)
    return MeasureWithRelated(measure, tuple(parts), volume_among(alike, measure))
