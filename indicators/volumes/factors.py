"""勘案事項: what 参考5 names for a service, and which of its numbers the plan itself can propose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.catalogue import Entry
from core.fiscal_years import wareki
from core.numerals import squeeze
from core.volumes import Effect, Spread, rounded
from core.words import Accumulation
from indicators.volumes.content import Factor
from indicators.volumes.services import CHILDREN, Volume
from indicators.volumes.years import HistoryYear
from plans.catalogue import national_catalogue
from plans.models import Measure, Plan
from plans.queries import MeasureRow

USING_NOW = ("現に利用している者の数", "現に利用している障害児の数")
USE_EACH = "平均的な一人当たり利用量"
COMMON = (USING_NOW[0], "障害者等のニーズ", USE_EACH)
COMMON_OF_CHILDREN = (USING_NOW[1], "障害児等のニーズ", USE_EACH)
LEAVERS = "施設入所者の地域生活への移行者数(成果目標)"
EMPLOYED = "福祉施設利用者の一般就労への移行者数(成果目標)"
GOALS = {LEAVERS: "4-1-1", EMPLOYED: "4-4-1"}
"""Factors that are 成果目標, with the entry of 第4期 that they meant; the plan may have its successor instead."""
RESIDENCE = "shisetsu_nyusho"
KEPT_PLACES = 4
"""Decimals of a number as the database keeps it."""


@dataclass(frozen=True)
class Reference:
    """参考5 of one service, under the `title` it has there. Not `is_known`: `factors` are only a proposal."""

    factors: tuple[str, ...]
    notes: tuple[str, ...] = ()
    title: str = ""
    source: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.source)


def reference_of(volume: Volume) -> Reference:
    """The factors in the order of the reference; for a service it does not know, the three that nearly all share."""
    code = volume.members[0].service.code
    for group in national_catalogue().factors:
        if code in group.services:
            return Reference(group.factors, group.notes, group.title, group.source)
    common = COMMON_OF_CHILDREN if volume.category == CHILDREN else COMMON
    return Reference(common)


def goals_in(measures: Iterable[Measure], reference: Reference) -> dict[str, Measure]:
    """The 成果目標 of this plan that factors of the reference mean: by catalogue code, else by the same name."""
    measures = list(measures)
    found = {}
    for factor in reference.factors:
        if factor in GOALS:
            goal = _matching(measures, national_catalogue().line_of(GOALS[factor]))
            if goal:
                found[factor] = goal
    return found


def proposals(
    volume: Volume, plan: Plan, history: Iterable[HistoryYear], basis_year: int | None, goals: Mapping[str, MeasureRow]
) -> dict[str, Factor]:
    """The numbers that the plan itself knows, each with its source; a factor that is absent has none."""
    last = next((one for one in history if one.year == basis_year and one.is_usable), None)
    found = {}
    if last:
        remark = f"（{last.certainty}）" if last.certainty else ""
        source = f"{wareki(last.year)}の実績{remark}"
        for name in USING_NOW:
            found[name] = Factor(name, last.users, volume.unit, source)
        if last.per_user is not None:
            found[USE_EACH] = Factor(USE_EACH, rounded(last.per_user, KEPT_PLACES), f"{volume.use_unit}/人", source)
    for name, row in goals.items():
        found[name] = _of_goal(name, row, plan, volume)
    return found


def _matching(measures: list[Measure], line: list[Entry]) -> Measure | None:
    codes, titles = {entry.code for entry in line}, {squeeze(entry.title) for entry in line}
    by_code = [one for one in measures if one.catalogue_code in codes]
    by_title = [one for one in measures if not one.catalogue_code and squeeze(one.title) in titles]
    return next(iter([*by_code, *by_title]), None)


def _of_goal(name: str, row: MeasureRow, plan: Plan, volume: Volume) -> Factor:
    """The goal of the plan's last year. A 累計 is spread over the plan; anything else is what happens every year."""
    measure = row.measure
    is_total = measure.accumulation == Accumulation.CUMULATIVE
    # 参考5: 施設入所者の地域生活への移行者数(成果目標)は減として見込む.
    leaves = name == LEAVERS and RESIDENCE in {member.service.code for member in volume.members}
    number = row.planned[plan.end_year].amount
    return Factor(
        name,
        number,
        measure.unit,
        f"成果目標 {measure.code}「{measure.title}」{wareki(plan.end_year)}の目標"[:200],
        effect=Effect.SUBTRACT if leaves and number is not None else Effect.NONE,
        spread=Spread.EVEN if is_total else Spread.EACH,
    )
