"""見込量の算出: the overview of a plan, and the workbench of one service or of the 訪問系 together."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.fiscal_years import wareki
from core.values import Value
from core.words import Side
from core.workbooks.file import XLSX
from indicators.models import VolumeForecast
from indicators.volumes.actions import save_forecast, take_over_forecast
from indicators.volumes.content import ForecastContent
from indicators.volumes.form import VolumeForm
from indicators.volumes.ground import Ground, ground_of
from indicators.volumes.misses import misses_of
from indicators.volumes.overview import volumes_page
from indicators.volumes.services import HOME_VISITS
from indicators.volumes.sheet import sheet_bytes
from indicators.volumes.workbench import Workbench
from plans.access import plan_for, require
from plans.actions import CellChange
from plans.kept_rows import answer
from plans.models import Channel
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest, as_download

SALT = "indicators.volumes"


@require_safe
def volumes(request: HttpRequest, slug: str) -> HttpResponse:
    """Every service of the plan with its latest years, its planned values and the state of its forecast."""
    plan = plan_for(request.user, slug)
    return render(
        request, "indicators/volumes.html", {"plan": plan, "active": "indicators", "page": volumes_page(plan)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def volume(request: PersonRequest, slug: str, key: str) -> HttpResponse:
    """The workbench to read and print; with `?edit=1` its form. POST computes, saves, or puts into the plan."""
    plan = plan_for(request.user, slug)
    ground = ground_of(plan, key, plan.access)
    may_not = ground.volume.reason_not_to_enter(plan.access)
    if request.method != "POST":
        form = VolumeForm(ground=ground) if "edit" in request.GET and not may_not else None
        return _drawn(request, ground, form)
    require(not may_not, may_not)
    form = VolumeForm(request.POST, ground=ground)
    actions = {"save": _save, "take": _take_over}
    return actions.get(request.POST.get("do", ""), _drawn)(request, ground, form)


@require_safe
def volume_table(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The whole workbench as .xlsx."""
    plan = plan_for(request.user, slug)
    ground = ground_of(plan, key, plan.access)
    return as_download(sheet_bytes(ground), XLSX, f"{plan.slug}_見込量_{ground.volume.name}.xlsx")


def _save(request: PersonRequest, ground: Ground, form: VolumeForm) -> HttpResponse:
    form.ask_for_reason()
    if form.errors:
        return _drawn(request, ground, form)

    def save() -> tuple[str, str]:
        by, version = request.user, form.started_from
        save_forecast(ground.plan, ground.volume, form.content, version=version, by=by, channel=Channel.SCREEN)
        saved = f"「{ground.volume.name}」の見込量の算出を保存しました。計画値はまだ変わっていません。"
        return saved, f"{request.path}?edit=1#take"

    return answer(request, save, form, partial(_refused, request, ground))


def _take_over(request: PersonRequest, ground: Ground, form: VolumeForm) -> HttpResponse:
    """Put the chosen years into the plan, exactly as the page showed them."""
    if form.errors:
        return _drawn(request, ground, form)
    if form.content != ground.content:
        return _drawn(request, ground, form, not_taken="先に、入力した内容を保存してください。")
    seen = _seen(request, ground)
    if not seen.wanted:
        return _drawn(request, ground, form, not_taken="計画値に入れる年度に印を付けてください。")
    if seen.revision != _revision_number(ground):
        said = (
            "ページを開いた後に、計画変更の登録が変わりました。どの変更の値になるかを確かめて、もう一度選んでください。"
        )
        return _drawn(request, ground, form, not_taken=said)
    try:
        lines = take_over_forecast(
            ground.plan, ground.volume, seen.wanted, version=seen.version, by=request.user, channel=Channel.SCREEN
        )
    except Conflict as conflict:
        form.start_again(conflict.current)
        return _refused(request, ground, form, conflict, conflict.current)
    except Refused as refused:
        return _drawn(request, _again(ground), None, not_taken=str(refused))
    years = "・".join(wareki(year) for year in sorted({one.fiscal_year for one in seen.wanted}))
    changed = f"変わった計画値は{len(lines)}件です。" if lines else "計画値はもともと同じ値でした。"
    went = f"計画値は、{ground.revision.label}の値として記録しました。" if lines and ground.revision else ""
    messages.success(request, f"{years}の計画値に見込量を入れ、算出のしかたと理由を残しました。{changed}{went}")
    return redirect(request.path)


def _refused(
    request: PersonRequest, ground: Ground, form: VolumeForm, refused: Refused, current: VolumeForecast | None
) -> HttpResponse:
    """The form with what was typed, the reason, and what is stored now: saving again is then a decision."""
    lines = ForecastContent.of(current).lines if current else []
    return _drawn(request, ground, form, refused=refused, stands_lines=lines)


def _again(ground: Ground) -> Ground:
    """The same with the content that is stored now."""
    return ground_of(ground.plan, ground.volume.key, ground.access)


def _drawn(request: HttpRequest, ground: Ground, form: VolumeForm | None, **more: Any) -> HttpResponse:
    """The workbench: with a form computed from what was typed, without one from what is stored."""
    bench = Workbench(ground, form.content if form else ground.content)
    if "not_taken" in more and form is None:
        form = VolumeForm(ground=ground)
    context = {
        "plan": ground.plan,
        "active": "indicators",
        "ground": ground,
        "bench": bench,
        "form": form,
        "is_kept": bench.content == ground.content and ground.seen_forecast is not None,
        "may_not": ground.volume.reason_not_to_enter(ground.plan.access),
        "misses": misses_of(ground.volume, ground.rows, until=ground.plan.due_year),
        "seen": _token(bench),
        "together": HOME_VISITS,
        "revision": ground.revision,
    }
    return render(request, "indicators/volume.html", context | more)


def _token(bench: Workbench) -> str:
    """The planned values and the figures of the forecast that the page shows; signed."""
    forecast = bench.ground.seen_forecast
    cells = {cell.name: [cell.old.as_dict(), cell.new.as_dict()] for year in bench.planned for cell in year.cells}
    version, revision = forecast.version if forecast else 0, _revision_number(bench.ground)
    body = {"version": version, "revision": revision, "cells": cells}
    return signing.dumps(body, salt=_salt(bench.ground), compress=True)


@dataclass(frozen=True)
class _Seen:
    """What the person saw of the years they ticked: the forecast's version, the 計画変更 they go into, the values."""

    version: int = 0
    revision: int = 0
    wanted: tuple[CellChange, ...] = ()


def _seen(request: PersonRequest, ground: Ground) -> _Seen:
    """Returns nothing where the page was not ours."""
    try:
        token = signing.loads(request.POST.get("seen", ""), salt=_salt(ground))
    except signing.BadSignature:
        return _Seen()
    measures = {measure.code: measure for measure in ground.volume.measures}
    years = set(request.POST.getlist("take"))
    found = []
    for name, (old, new) in token["cells"].items():
        code, year = name.rsplit(".", 1)
        if year in years and code in measures:
            seen = Value.from_dict(old), Value.from_dict(new)
            found.append(CellChange(measures[code], int(year), Side.PLANNED, *seen))
    return _Seen(token["version"], token["revision"], tuple(found))


def _revision_number(ground: Ground) -> int:
    """0 while the plan is as first adopted."""
    return ground.revision.number if ground.revision else 0


def _salt(ground: Ground) -> str:
    return f"{SALT}.{ground.plan.pk}.{ground.volume.key}"
