"""What the page of one 活動指標 shows of its 見込量: the origin of planned values, and the split of its difference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from indicators.models import ActivityIndicator
from indicators.volumes.misses import MissYear, misses_of
from indicators.volumes.services import FORECAST, Volume, volumes_of
from indicators.volumes.takings import SeenTaking, seen_takings, taken_rows
from plans.access import States
from plans.models import Measure, Plan
from plans.queries import MeasureRow


@dataclass(frozen=True)
class MeasureVolume:
    """`misses` are those of the amount; empty on the page of the users."""

    volume: Volume
    misses: tuple[MissYear, ...]
    takings: tuple[SeenTaking, ...]


def counts_the_same(code: str) -> Q:
    """The measures of a plan that are forecast together with the one of this code, itself among them."""
    service = ActivityIndicator.objects.filter(measure__plan=OuterRef("plan"), measure__code=code).values("service")
    return FORECAST & Q(activity_indicator__service=Subquery(service[:1]))


def volume_among(measures: Iterable[Measure], measure: Measure) -> Volume | None:
    """The volume that counts a service with this measure; None where it is not forecast. `measures` are those that
    `counts_the_same` finds.
    """
    return next((volume for volume in volumes_of(measures) if measure in volume.measures), None)


def measures_shown(measure: Measure, volume: Volume | None) -> list[Measure]:
    """The measure, and those of its volume without which its figures cannot be explained."""
    return [measure, *(one for one in volume.measures if one != measure)] if volume else [measure]


def seen_volume(
    plan: Plan, measure: Measure, volume: Volume | None, rows: Sequence[MeasureRow], states: States
) -> MeasureVolume | None:
    """What the person of `plan.access` may see; `rows` are those of `measures_shown`. One query."""
    if volume is None:
        return None
    by_measure = {row.measure.pk: row for row in rows}
    is_amount = measure == volume.members[0].amount
    return MeasureVolume(
        volume,
        misses_of(volume, by_measure, until=plan.due_year) if is_amount else (),
        seen_takings(taken_rows([measure]), rows, states, plan.access),
    )
