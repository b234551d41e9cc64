"""All volumes of a plan at a glance: the history, the planned values, and the state of each forecast."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Max

from core.volumes import Scenario
from indicators.models import VolumeForecast
from indicators.volumes.services import FORECAST, HOME_VISITS, Volume, home_visit_codes, volumes_of, with_service
from indicators.volumes.years import HistoryYear, SeenActual, actuals_of, history_of, is_hidden_from, line_states
from plans.models import Plan
from plans.queries import MeasureRow, measure_rows

YEARS_SHOWN = 3


@dataclass(frozen=True)
class VolumeState:
    """The state of a forecast, in a word, and its tone."""

    word: str
    tone: str


NOT_BEGUN = VolumeState("未作成", "missing")
HIDDEN = VolumeState("確認中", "quiet")
BEGUN = VolumeState("作成中", "finding")
CHOSEN = VolumeState("計画値に未反映", "finding")
TAKEN = VolumeState("計画値に反映済み", "good")
CHANGED = VolumeState("反映後に変更", "finding")
TOGETHER = VolumeState("訪問系でまとめて作成", "quiet")


@dataclass(frozen=True)
class VolumeLine:
    """One volume as a line. `history` are its latest years, `planned` all years of the plan, oldest first."""

    volume: Volume
    history: tuple[HistoryYear, ...]
    planned: tuple[HistoryYear, ...]
    state: VolumeState
    scenario: str


@dataclass(frozen=True)
class VolumeCategory:
    """The volumes of one category of services."""

    name: str
    lines: tuple[VolumeLine, ...]


@dataclass(frozen=True)
class VolumesPage:
    """The whole table. `tally` counts the states."""

    categories: tuple[VolumeCategory, ...]
    tally: tuple[tuple[VolumeState, int], ...]


def volumes_page(plan: Plan) -> VolumesPage:
    """What the person of `plan.access` may see. Six queries."""
    measures = list(with_service(plan).filter(FORECAST))
    volumes = volumes_of(measures)
    states = line_states(plan)
    rows = measure_rows(plan, measures, access=plan.access, states=states)
    actuals = actuals_of(plan, rows, states, plan.access)
    planned = {row.measure.pk: _planned(row) for row in rows}
    forecasts = _forecasts(plan)
    lines = [_line(volume, history_of(volume, actuals), history_of(volume, planned), forecasts) for volume in volumes]
    counted = Counter(line.state for line in lines)
    return VolumesPage(
        categories=tuple(
            VolumeCategory(name, tuple(group)) for name, group in groupby(lines, key=lambda line: line.volume.category)
        ),
        tally=tuple(counted.items()),
    )


def _forecasts(plan: Plan) -> dict[str, VolumeForecast]:
    """The stored forecasts by the address of their volume, with the version that went into the plan last. One query."""
    found = plan.volume_forecasts.select_related("service").annotate(taken=Max("takings__forecast_version"))
    return {one.service.code if one.service else one.group: one for one in found}


def _planned(row: MeasureRow) -> dict[int, SeenActual]:
    """The planned values in the shape of actuals, so that one rule adds both up."""
    return {cell.year: SeenActual(cell.figures.planned, row.measure.section_id) for cell in row.cells}


def _line(
    volume: Volume,
    history: tuple[HistoryYear, ...],
    planned: tuple[HistoryYear, ...],
    forecasts: Mapping[str, VolumeForecast],
) -> VolumeLine:
    forecast = forecasts.get(volume.key)
    is_home_visit = volume.key in home_visit_codes()
    if forecast is None:
        state = TOGETHER if is_home_visit and HOME_VISITS in forecasts else NOT_BEGUN
    else:
        state = _state(forecast, history)
    is_shown = forecast is not None and state is not HIDDEN and forecast.scenario
    return VolumeLine(
        volume=volume,
        history=history[-YEARS_SHOWN:],
        planned=planned,
        state=state,
        scenario=Scenario(forecast.scenario).label if forecast and is_shown else "",
    )


def _state(forecast: VolumeForecast, history: Iterable[HistoryYear]) -> VolumeState:
    if is_hidden_from(history, forecast.basis_year):
        return HIDDEN
    taken: int | None = forecast.taken  # type: ignore[attr-defined]
    if taken is not None:
        return TAKEN if taken == forecast.version else CHANGED
    return CHOSEN if forecast.scenario else BEGUN
