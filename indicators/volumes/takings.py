"""Where planned values came from: the takings out of forecasts, for those who may see what they are based on."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.values import Value
from indicators.models import TakenVolume, VolumeTaking
from plans.access import Access, States, state_of
from plans.models import Measure
from plans.queries import MeasureRow


@dataclass(frozen=True)
class TakenYear:
    """One planned value that a forecast made, with the value planned now."""

    row: TakenVolume
    planned: Value

    @property
    def is_kept(self) -> bool:
        """Whether the plan still says what the forecast said."""
        return self.planned.number == self.row.number


@dataclass(frozen=True)
class SeenTaking:
    """One taking with those of its values that are still the latest of their year."""

    taking: VolumeTaking
    years: tuple[TakenYear, ...]


def taken_rows(measures: Iterable[Measure]) -> list[TakenVolume]:
    """The latest taking of each planned value of these measures. One query."""
    rows = TakenVolume.objects.filter(measure__in=[measure.pk for measure in measures])
    with_all = rows.select_related("taking__taken_by", "taking__forecast__service", "measure")
    return list(with_all.order_by("-taking__taken_at", "-taking_id", "measure__order", "measure_id", "fiscal_year"))


def seen_takings(
    taken: Iterable[TakenVolume], rows: Iterable[MeasureRow], states: States, access: Access | None
) -> tuple[SeenTaking, ...]:
    """The takings that the reader may see, newest first: those based only on actuals they may see. `rows` hold the
    current planned values.
    """
    by_measure = {row.measure.pk: row for row in rows}
    grouped: dict[int, list[TakenVolume]] = {}
    for one in taken:
        if _may_see(one.taking, states, access):
            grouped.setdefault(one.taking_id, []).append(one)
    return tuple(
        SeenTaking(found[0].taking, tuple(TakenYear(one, _planned(by_measure, one)) for one in found))
        for found in grouped.values()
    )


def _may_see(taking: VolumeTaking, states: States, access: Access | None) -> bool:
    if access is None or access.sees_drafts:
        return True
    return all(access.sees_actuals(state_of(states.get((section, year)))) for section, year in taking.stands_on)


def _planned(rows: dict[int, MeasureRow], one: TakenVolume) -> Value:
    row = rows.get(one.measure_id)
    cell = row.by_year.get(one.fiscal_year) if row else None
    return cell.figures.planned if cell else Value()
