"""The actions on forecasts: store what a person decided, and put its figures into the plan.

No state of a 節 locks a forecast: it is no part of what 確定 covers. The planned values are locked as always.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from core.volumes import rounded
from core.words import Side
from indicators.models import ForecastFactor, TakenVolume, VolumeForecast, VolumeTaking
from indicators.volumes.content import KEPT_PLACES, ForecastContent
from indicators.volumes.ground import ground_of
from indicators.volumes.services import HOME_VISITS, Volume
from indicators.volumes.workbench import PlannedCell, Workbench
from plans.access import access_for
from plans.actions import CellChange, CellKey, record_values
from plans.history_writer import write_line
from plans.kept_rows import refuse_outdated
from plans.models import Change, Measure, Plan, Subject
from plans.refusals import Conflict, Refused
from plans.row_locks import lock_section_years

FIELD = "見込量の算出"
MOVED = "ページを開いた後に、もとにした実績か算出の内容が変わりました。いまの値を確かめて、もう一度選んでください。"


@transaction.atomic
def save_forecast(
    plan: Plan, volume: Volume, new: ForecastContent, *, version: int, by: User | None, channel: str
) -> VolumeForecast:
    """Save a forecast from the version that was drawn, 0 where there was none. Without a change nothing is written.

    Raises PermissionDenied, Conflict, or Refused: a scenario without a reason, or one without figures. `by` None
    is the operator.
    """
    _require_right(plan, volume, by)
    current = _locked(plan, volume)
    old = ForecastContent.of(current) if current.pk else None
    if old == new:
        return current
    if current.pk:
        refuse_outdated(current, version)
    elif version:
        raise Conflict(None)
    _refuse_unfounded(plan, volume, new, by)
    for name, value in new.columns.items():
        setattr(current, name, value)
    current.saved_at, current.saved_by = timezone.now(), by
    current.version = current.version + 1 if current.pk else 1
    current.save()
    current.factors.all().delete()
    ForecastFactor.objects.bulk_create(
        ForecastFactor(forecast=current, order=place, **factor.columns) for place, factor in enumerate(new.factors)
    )
    _note(current, volume, old, new, by, channel)
    return VolumeForecast.objects.prefetch_related("factors").get(pk=current.pk)


@transaction.atomic
def take_over_forecast(
    plan: Plan, volume: Volume, wanted: Iterable[CellChange], *, version: int, by: User | None, channel: str
) -> list[Change]:
    """Store these figures of the chosen scenario as planned values, each as the person saw it: all of them or none.
    Returns the history lines.

    Under the lock of the years the forecast is computed again. Raises Refused where it differs from what the
    person saw, PermissionDenied, Conflict, and the ChangesRefused of `record_values`, which writes.
    """
    wanted = list(wanted)
    _require_right(plan, volume, by)
    current = _locked(plan, volume)
    if not current.pk:
        raise Conflict(None)
    refuse_outdated(current, version)
    lock_section_years(plan, {(one.measure.section_id, one.fiscal_year) for one in wanted})
    bench = worked_out(plan, volume, by)
    made: dict[CellKey, PlannedCell] = {
        (cell.measure.pk, cell.year, Side.PLANNED): cell for year in bench.planned for cell in year.cells
    }
    if not wanted or any(one.key not in made or made[one.key].new != one.new for one in wanted):
        raise Refused(MOVED)
    # Everyone reads the history of planned values: the scenario's name would reveal 据置's actual while it is a draft.
    lines = record_values(wanted, by=by, channel=channel, reason=f"{FIELD}から")
    taking = VolumeTaking.objects.create(
        forecast=current,
        scenario=current.scenario,
        formula=bench.formula,
        reason=current.reason,
        stands_on=bench.stands_on,
        forecast_version=current.version,
        taken_at=timezone.now(),
        taken_by=by,
    )
    _keep_taken(taking, [made[one.key] for one in wanted])
    return lines


def worked_out(plan: Plan, volume: Volume, by: User | None) -> Workbench:
    """The stored forecast, computed from the actuals that this person may see."""
    access = access_for(by, plan.municipality) if by else None
    ground = ground_of(plan, volume.key, access)
    return Workbench(ground, ground.content)


def _keep_taken(taking: VolumeTaking, cells: list[PlannedCell]) -> None:
    """Store the cells; the latest taking of each planned value replaces earlier ones."""
    TakenVolume.objects.bulk_create(
        [
            TakenVolume(
                taking=taking,
                measure=cell.measure,
                fiscal_year=cell.year,
                number=cell.number,
                exact=rounded(cell.exact, KEPT_PLACES),
            )
            for cell in cells
        ],
        update_conflicts=True,
        unique_fields=["measure", "fiscal_year"],
        update_fields=["taking", "number", "exact"],
    )


def _require_right(plan: Plan, volume: Volume, by: User | None) -> None:
    """Raises PermissionDenied for a person who may not enter all of its measures; the operator's rights are not
    checked.
    """
    if by is None:
        return
    access = access_for(by, plan.municipality)
    may_not = volume.reason_not_to_enter(access) if access else "見込量を算出する権限がありません。"
    if may_not:
        raise PermissionDenied(may_not)


def _locked(plan: Plan, volume: Volume) -> VolumeForecast:
    """The stored forecast, or a new one without a key; locked until the transaction ends.

    Two people who both begin one have no row to wait at: they wait for each other at its first measure.
    """
    Measure.objects.select_for_update(no_key=True).get(pk=volume.members[0].users.pk)
    group = HOME_VISITS if volume.is_group else ""
    kept = VolumeForecast.objects.filter(plan=plan, service=volume.service, group=group)
    return kept.prefetch_related("factors").first() or VolumeForecast(plan=plan, service=volume.service, group=group)


def _refuse_unfounded(plan: Plan, volume: Volume, new: ForecastContent, by: User | None) -> None:
    """A choice needs a reason, and figures to choose."""
    if not new.scenario:
        return
    if not new.reason:
        raise Refused("採る算出のしかたを選んだときは、理由を書いてください。")
    access = access_for(by, plan.municipality) if by else None
    chosen = Workbench(ground_of(plan, volume.key, access), new).chosen
    if chosen and chosen.obstacle:
        raise Refused(f"「{chosen.scenario.label}」は選べません。{chosen.obstacle.label}")


def _note(
    current: VolumeForecast,
    volume: Volume,
    old: ForecastContent | None,
    new: ForecastContent,
    by: User | None,
    channel: str,
) -> None:
    """One line of the history: everything of a new forecast, of a changed one what is different."""
    before, after = old.lines if old else [], new.lines
    first = volume.members[0].users
    write_line(
        current.plan,
        Subject.VOLUME,
        f"{FIELD}（{volume.name}）"[:60],
        "\n".join(line for line in before if line not in after) if old else None,
        "\n".join(line for line in after if line not in before),
        by=by,
        channel=channel,
        section=first.section,
        measure=None if volume.is_group else first,
    )
