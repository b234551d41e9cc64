"""The catalogue of the national guideline: 期, 成果目標, 活動指標, service volumes, links (参考3) and factors (参考5).

Plain reading of fixtures/catalogue.json. Each entry names its source; `needs_check` marks what rests on a secondary
source or on none and is shown as 「要確認」. What a city amends is laid over it by `plans.catalogue`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from core.words import Accumulation, Direction, Family, ValueKind, Word


class LevelKind(Word):
    """How a national level becomes a number: of the 基準値, or a value of its own."""

    SHARE = "share", "割合"
    TIMES = "times", "倍"
    REDUCTION = "reduction", "削減"
    VALUE = "value", "値"


@dataclass(frozen=True)
class Level:
    """国の水準 as arithmetic. `number`: percent for 割合 and 削減, a factor for 倍, the value itself for 値."""

    kind: LevelKind
    number: Decimal

    @property
    def needs_baseline(self) -> bool:
        return self.kind is not LevelKind.VALUE

    def of(self, baseline: Decimal | None) -> Decimal | None:
        """The exact level, unrounded: 36 × 6 % = 2.16; None where a 基準値 is needed and missing."""
        if self.kind is LevelKind.VALUE:
            return self.number
        if baseline is None:
            return None
        if self.kind is LevelKind.TIMES:
            return baseline * self.number
        share = self.number if self.kind is LevelKind.SHARE else 100 - self.number
        return baseline * share / 100

    def proposal(self, baseline: Decimal | None) -> Decimal | None:
        """The nearest whole number that keeps the level: 2.16以上 → 3, a 削減 to at most 34.2 → 34."""
        exact = self.of(baseline)
        if exact is None or self.kind is LevelKind.VALUE:
            return exact
        down = self.kind is LevelKind.REDUCTION
        return exact.to_integral_value(rounding=ROUND_FLOOR if down else ROUND_CEILING)


@dataclass(frozen=True)
class Period:
    """One 期 of the guideline. `child_label` names the 障害児福祉計画 of the same years, "" before there was one."""

    generation: int
    label: str
    child_label: str
    start_year: int
    end_year: int
    guideline: str
    source: str
    needs_check: bool


@dataclass(frozen=True)
class Goal:
    """成果目標 of one 期. `set_by`: who sets it, 市町村 or 都道府県 (参考4)."""

    code: str
    generation: int
    number: int
    title: str
    is_child: bool
    set_by: str
    source: str
    needs_check: bool


@dataclass(frozen=True)
class Follows:
    """What an entry was in the 期 before: `how` is same, redefined, split or merged."""

    code: str
    how: str


@dataclass(frozen=True)
class Entry:
    """One measure that the guideline names: an item of a 成果目標, a 活動指標, or the volume of a service.

    `goal` is the code of its 成果目標, `parent` that of the whole it is a part of (内数), `service` that of its
    service; "" for none. Volumes recur in each 期 and have generation 0.
    """

    code: str
    family: Family
    title: str
    unit: str
    value_kind: ValueKind
    direction: Direction
    accumulation: Accumulation
    set_by: str
    note: str
    source: str
    needs_check: bool
    generation: int = 0
    goal: str = ""
    parent: str = ""
    baseline_text: str = ""
    baseline_year: int | None = None
    level_text: str = ""
    level: Level | None = None
    follows: tuple[Follows, ...] = ()
    service: str = ""
    amount_of: str = ""
    category: str = ""
    is_child: bool = False
    obligation: str = ""

    @property
    def may_be_counted(self) -> bool:
        """Whether cities also record it as a count of reduction instead of the stock that should fall."""
        return self.level is not None and self.level.kind is LevelKind.REDUCTION

    def as_stock(self) -> "Entry":
        """A 削減 recorded as what is left at the end of the year: less is better, 36 × (100 − 5) % at most."""
        return replace(self, title=self.title.removesuffix("の削減"))

    def as_count(self) -> "Entry":
        """A 削減 recorded as how many fewer there are than the 基準値: more is better, 36 × 5 % at least.

        A running total (累計), so that no roll-up adds it to the stocks of other cities.
        """
        level = replace(self.level, kind=LevelKind.SHARE) if self.level else None
        return replace(self, direction=Direction.MORE, accumulation=Accumulation.CUMULATIVE, level=level)


@dataclass(frozen=True)
class GoalLinks:
    """参考3: which services (by code) and which other indicators belong to a 成果目標. Data of 第4期.

    `fewer`: the services of which fewer users than planned support the goal (「※施設入所者の削減」). `of_prefecture`:
    further indicators of a 都道府県 alone.
    """

    goal: str
    services: tuple[str, ...]
    fewer: tuple[str, ...]
    others: tuple[str, ...]
    of_prefecture: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class FactorGroup:
    """参考5: what is to be weighed when the volume of these services (by code) is forecast. Data of 第4期."""

    services: tuple[str, ...]
    title: str
    factors: tuple[str, ...]
    notes: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Catalogue:
    """All that the guideline says, in its order."""

    periods: tuple[Period, ...]
    goals: tuple[Goal, ...]
    entries: tuple[Entry, ...]
    volumes: tuple[Entry, ...]
    links: tuple[GoalLinks, ...]
    factors: tuple[FactorGroup, ...]

    def period(self, generation: int) -> Period | None:
        """The 期 of 障害福祉計画 with this number; None where the catalogue does not know it."""
        return next((period for period in self.periods if period.generation == generation), None)

    def goals_of(self, generation: int) -> list[Goal]:
        return [goal for goal in self.goals if goal.generation == generation]

    def entries_of(self, generation: int) -> list[Entry]:
        """Items of the 成果目標 and other 活動指標 of a 期, without the volumes."""
        return [entry for entry in self.entries if entry.generation == generation]

    def line_of(self, code: str) -> list[Entry]:
        """An entry and what became of it in the 期 after it, oldest first."""
        found = {code}
        for entry in sorted(self.entries, key=lambda one: one.generation):
            if any(old.code in found for old in entry.follows):
                found.add(entry.code)
        return [entry for entry in self.entries if entry.code in found]

    def by_code(self) -> dict[str, Entry]:
        return {entry.code: entry for entry in (*self.entries, *self.volumes)}


def read_catalogue(text: str) -> Catalogue:
    """The catalogue of a JSON text. Raises ValueError or KeyError for a file that is not one."""
    data = json.loads(text)
    return Catalogue(
        periods=tuple(Period(**row) for row in data["periods"]),
        goals=tuple(Goal(**row) for row in data["goals"]),
        entries=tuple(_entry(row) for row in data["entries"]),
        volumes=tuple(_entry(row) for row in data["volumes"]),
        links=tuple(GoalLinks(**_tuples(row, "services", "fewer", "others", "of_prefecture")) for row in data["links"]),
        factors=tuple(FactorGroup(**_tuples(row, "services", "factors", "notes")) for row in data["factors"]),
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    level = row.get("level")
    known = {
        "family": Family.from_label(row.get("family", Family.INDICATOR.label)),
        "value_kind": ValueKind.from_label(row["value_kind"]),
        "direction": Direction.from_label(row["direction"]),
        "accumulation": Accumulation.from_label(row["accumulation"]),
        "level": Level(LevelKind.from_label(level["how"]), Decimal(level["number"])) if level else None,
        "follows": tuple(Follows(**follow) for follow in row.get("follows", ())),
    }
    return Entry(**{**row, **known})


def _tuples(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: tuple(value) if name in names else value for name, value in row.items()}
