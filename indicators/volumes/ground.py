"""Everything that a forecast is based on, fetched for one reader in a fixed number of queries, with the takings: where
planned values came from, for those who may see what they are based on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.http import Http404

from core.values import Value
from core.words import Family, ValueKind
from indicators.models import TakenVolume, VolumeForecast, VolumeTaking
from indicators.volumes.content import Factor, ForecastContent, Reference, goals_in, proposals, reference_of
from indicators.volumes.services import FORECAST, HOME_VISITS, Volume, home_visit_codes, volumes_of, with_service
from indicators.volumes.years import HistoryYear, actuals_of, history_of, is_hidden_from, line_states
from plans.access import Access, States, state_of
from plans.models import Measure, Plan, PlanRevision
from plans.queries import MeasureRow, measure_rows


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


@dataclass(frozen=True)
class Ground:
    """What is known of one volume. `rows` by measure id; `forecast` is the stored one, visible or not.

    `is_in_group`: this service can be forecast together with others too. `is_hidden`: there is a forecast that this
    reader may not see, because actuals it is based on are not 確定.
    """

    plan: Plan
    access: Access | None
    volume: Volume
    reference: Reference
    rows: Mapping[int, MeasureRow]
    history: tuple[HistoryYear, ...]
    goals: Mapping[str, MeasureRow]
    forecast: VolumeForecast | None
    takings: tuple[SeenTaking, ...]
    is_in_group: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.forecast is not None and is_hidden_from(self.history, self.forecast.basis_year)

    @property
    def seen_forecast(self) -> VolumeForecast | None:
        return None if self.is_hidden else self.forecast

    @property
    def revision(self) -> PlanRevision | None:
        """The 計画変更 that planned values go into; None while the plan is as first adopted, or nothing is kept."""
        number = getattr(self.forecast, "newest_revision", None)
        return PlanRevision(plan=self.plan, number=number) if number else None

    @property
    def usable_years(self) -> list[HistoryYear]:
        """The years that a forecast may be based on: those after which a year of the plan is left to forecast."""
        last = max(self.plan_years, default=self.plan.start_year)
        return [one for one in self.history if one.is_usable and one.year < last]

    @property
    def content(self) -> ForecastContent:
        """The stored content; where there is none, or it is hidden, that of a new forecast."""
        if self.seen_forecast:
            return ForecastContent.of(self.seen_forecast)
        basis = max((one.year for one in self.usable_years), default=None)
        proposed = self.proposed(basis)
        factors = tuple(proposed.get(name, Factor(name)) for name in self.reference.factors)
        return ForecastContent(basis_year=basis, factors=factors)

    def proposed(self, basis_year: int | None) -> dict[str, Factor]:
        """The factors that the plan itself proposes, based on this year."""
        return proposals(self.volume, self.plan, self.history, basis_year, self.goals)

    @property
    def plan_years(self) -> tuple[int, ...]:
        """The years of the plan in which the measure exists."""
        first = self.volume.members[0].users
        since, until = first.since_year or self.plan.start_year, first.until_year or self.plan.end_year
        return tuple(year for year in self.plan.years if since <= year <= until)


def ground_of(plan: Plan, key: str, access: Access | None) -> Ground:
    """The ground of the service with this code, or of the 訪問系 together. Raises Http404 where the plan has none.

    Eight queries; `access` None is the operator.
    """
    codes = home_visit_codes() if key in (HOME_VISITS, *home_visit_codes()) else (key,)
    of_service = Q(activity_indicator__service__code__in=codes)
    goals = Q(family=Family.TARGET, value_kind=ValueKind.NUMBER)
    measures = list(with_service(plan).filter((FORECAST & of_service) | goals))
    volumes = volumes_of(measure for measure in measures if measure.family == Family.INDICATOR)
    volume = next((one for one in volumes if one.key == key), None)
    if volume is None:
        raise Http404("この計画に、見込量を作るそのサービスの指標はありません。")
    reference = reference_of(volume)
    meant = goals_in((measure for measure in measures if measure.family == Family.TARGET), reference)
    states = line_states(plan)
    rows = measure_rows(plan, [*volume.measures, *meant.values()], access=access, states=states)
    by_measure = {row.measure.pk: row for row in rows}
    actuals = actuals_of(plan, [by_measure[measure.pk] for measure in volume.measures], states, access)
    taken = taken_rows(volume.measures)
    return Ground(
        plan=plan,
        access=access,
        volume=volume,
        reference=reference,
        rows=by_measure,
        history=history_of(volume, actuals),
        goals={name: by_measure[measure.pk] for name, measure in meant.items()},
        forecast=forecast_of(plan, volume),
        takings=seen_takings(taken, rows, states, access),
        is_in_group=not volume.is_group and any(one.is_group and volume.members[0] in one.members for one in volumes),
    )


def forecast_of(plan: Plan, volume: Volume) -> VolumeForecast | None:
    """The stored forecast of this volume, with its factors and the number of the newest 計画変更. Two queries."""
    newest = PlanRevision.objects.filter(plan=OuterRef("plan")).order_by("-number").values("number")[:1]
    found = VolumeForecast.objects.annotate(newest_revision=Subquery(newest)).filter(
        plan=plan, service=volume.service, group=HOME_VISITS if volume.is_group else ""
    )
    return found.select_related("saved_by").prefetch_related("factors").first()
