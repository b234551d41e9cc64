"""What a 計画値 was at first and what each 計画変更 made of it, read from the rows of the cell alone.

No page queries the revisions separately: each row that one of them wrote or replaced has its day and reason.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Case, JSONField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from core.fiscal_months import wareki_day
from core.reader import echo
from core.values import EMPTY, Value
from core.words import State, ValueKind
from plans.models import PlanRevision, YearlyValue


@dataclass(frozen=True)
class PlannedVersion:
    """A 計画値 as it was from one 計画変更 on, 0 being the plan as first adopted. Empty: nothing was planned."""

    number: int
    value: Value
    decided_on: date | None = None
    reason: str = ""

    @property
    def label(self) -> str:
        """「当初」, 「第1回変更後」."""
        return f"第{self.number}回変更後" if self.number else "当初"


Versions = tuple[PlannedVersion, ...]
"""From 当初 to the current value, in order; () for a 計画値 that no 計画変更 touched."""


def with_decisions(rows: QuerySet[YearlyValue]) -> QuerySet[YearlyValue]:
    """The rows with what `versions_of` says of their 計画変更; no query of its own."""
    return rows.annotate(written_by=_decision("revision"), replaced_by=_decision("replaced_in"))


def versions_of(rows: Collection[YearlyValue]) -> Versions:
    """The versions of one 計画値 from all rows of its cell, which `with_decisions` fetched."""
    if not any(row.revision or row.replaced_in is not None for row in rows):
        return ()
    versions = {0: PlannedVersion(0, EMPTY)}
    for row in sorted(rows, key=lambda row: row.revision):
        versions[row.revision] = _version(row.revision, row.value, row.written_by)  # type: ignore[attr-defined]
        if row.replaced_in is not None:  # replaced by nothing, unless the next row says otherwise
            versions[row.replaced_in] = _version(row.replaced_in, EMPTY, row.replaced_by)  # type: ignore[attr-defined]
    return tuple(versions.values())


def versions_in_words(versions: Versions, kind: ValueKind, unit: str = "") -> str:
    """「当初 12人 → 第1回変更後 15人（令和4年10月1日）」; "" for a 計画値 that was never changed."""
    return " → ".join(
        f"{version.label} {planned_in_words(version.value, kind, unit)}"
        + (f"（{wareki_day(version.decided_on)}）" if version.decided_on else "")
        for version in versions
    )


def planned_in_words(value: Value, kind: ValueKind, unit: str = "") -> str:
    """A 計画値 in a word, with its unit: 12人, 有（原文：有5人）, 設定しない; なし where nothing was planned."""
    if not value.is_entered:
        return "なし"
    if value.state is State.WORDS_ONLY:
        return value.wording
    if kind is ValueKind.PRESENCE:  # 有 alone would not distinguish 有5人 from 有7人
        word = echo(value, kind)
        return f"{word}（原文：{value.wording}）" if value.wording not in ("", word) else word
    return echo(value, kind) + (unit if value.number is not None else "")


@cache
def _decision(number: str) -> Case:
    """Day and reason of the 計画変更 with the number in this column; null for 当初, without a subquery."""
    of_plan = PlanRevision.objects.filter(plan=OuterRef("measure__plan"), number=OuterRef(number)).order_by()
    said = of_plan.values(said=JSONObject(decided_on="decided_on", reason="reason"))
    return Case(When(**{f"{number}__gt": 0}, then=Subquery(said)), output_field=JSONField())


def _version(number: int, value: Value, said: dict[str, Any] | None) -> PlannedVersion:
    if not said:
        return PlannedVersion(number, value)
    return PlannedVersion(number, value, date.fromisoformat(said["decided_on"]), said["reason"])
