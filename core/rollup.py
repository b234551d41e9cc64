"""Rolling up cities: which measures belong together, and a total that names the cities it leaves out.

Nothing here adds up years: one total is one 年度 of several cities. A 割合 is added by 分子 and 分母 or not at all.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from core.numerals import squeeze
from core.words import NOT_ENTERED, Accumulation, Family, State, ValueKind

NO_PLAN = "未提出"
NO_MEASURE = "指標なし"
SHARED_AREA = "圏域で共有"
SAME_NAME = "同名の指標"
NOT_SETTLED = "未確定"
NO_GOAL = "目標未設定"
NO_PARTS = "分子・分母なし"
ZERO_GOAL = "計画0"
COUNTED = ""
REASONS = (
    NO_PLAN, NO_MEASURE, SHARED_AREA, SAME_NAME, NO_GOAL, NOT_SETTLED, NOT_ENTERED,
    *(state.label for state in State if state is not State.NOT_SET), NO_PARTS, ZERO_GOAL,
)  # fmt: skip
"""Why a city is not in a total, in the order in which a sentence names them."""


@dataclass(frozen=True)
class Wording:
    """How one plan words a measure, which decides with which measures of other plans it belongs together."""

    catalogue_code: str
    family: str
    title: str
    unit: str
    value_kind: str
    accumulation: str

    @property
    def key(self) -> tuple[str, ...]:
        """The catalogue's code where there is one, else 種別 and 指標名 without widths and blanks.

        単位, 種類 and 集計 count in either case: 人 and 件, or a 月平均 and a 年度計, never belong to one sum, even
        under one code.
        """
        name = ("code", self.catalogue_code) if self.catalogue_code else ("name", self.family, squeeze(self.title))
        return (*name, squeeze(self.unit), self.value_kind, self.accumulation)


@dataclass(frozen=True)
class MeasureKind:
    """Measures of several cities that belong together, named as most of their plans name them."""

    key: tuple[str, ...]
    family: Family
    title: str
    unit: str
    value_kind: ValueKind
    accumulation: Accumulation

    @property
    def by_name(self) -> bool:
        """Whether its measures were matched by their name, not by the catalogue."""
        return self.key[0] == "name"

    @property
    def code(self) -> str:
        """A short name for addresses, made of the key alone."""
        return hashlib.sha256("\t".join(self.key).encode()).hexdigest()[:12]


@dataclass
class Sum:
    """One side of a total: the cities in it, what they add up to, and why the others are not."""

    cities: int = 0
    amount: Decimal = Decimal(0)
    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)
    excluded: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        """「未提出1・目標未設定3・集計中2を除く」, by reason in a fixed order; "" where no city is left out."""
        named = [f"{reason}{self.excluded[reason]}" for reason in REASONS if self.excluded[reason]]
        return f"{'・'.join(named)}を除く" if named else ""


@dataclass
class Total:
    """The totals of the cities' figures of one kind in one 年度, each part with the cities it leaves out.

    `both` adds the actuals of the cities that have both sides, `both_planned` their plans; `judged` counts the cities
    with a 判定, `rated` those with a 達成率.
    """

    kind: MeasureKind
    planned: Sum = field(default_factory=Sum)
    actual: Sum = field(default_factory=Sum)
    both: Sum = field(default_factory=Sum)
    both_planned: Decimal = Decimal(0)
    judged: Sum = field(default_factory=Sum)
    readings: Counter[str] = field(default_factory=Counter)
    rated: Sum = field(default_factory=Sum)
    median_rate: Decimal | None = None

    @property
    def parts(self) -> tuple[Sum, ...]:
        return self.planned, self.actual, self.both, self.judged, self.rated

    @property
    def readings_in_order(self) -> list[tuple[str, int]]:
        """Each 判定 with the number of its cities, in a fixed order."""
        return sorted(self.readings.items())

    def add(
        self,
        amounts: tuple[Decimal, Decimal, Decimal, Decimal],
        *,
        count: int = 1,
        why_no_plan: str = COUNTED,
        why_no_actual: str = COUNTED,
        reading: str = "",
    ) -> None:
        """Count `count` cities that are alike in their reasons and their 判定.

        The amounts are their sums of planned, actual, 分子 and 分母. A reason says why a side is not known.
        """
        planned, actual, numerator, denominator = amounts
        if _take(self.planned, count, why_no_plan):
            self.planned.amount += planned
        if _take(self.actual, count, why_no_actual):
            self.actual.amount += actual
            self.actual.numerator += numerator
            self.actual.denominator += denominator
        if _take(self.both, count, why_no_plan or why_no_actual):
            self.both.amount += actual
            self.both_planned += planned
        why_unread = why_no_actual if why_no_actual not in (COUNTED, NO_PARTS) else NO_GOAL
        if _take(self.judged, count, COUNTED if reading else why_unread):
            self.readings[reading] += count
        if not reading:
            self.rated.excluded[why_unread] += count

    def close(self, *, cities: int, with_plan: int, measured: int, rates: int, middle: Iterable[Decimal]) -> None:
        """Add what the measures do not show: the cities without a plan or without this measure, and the median of the
        rates.

        `middle` are the one or two rates in the middle of all `rates`.
        """
        self.rated.cities, self.median_rate = rates, median(middle)
        self.rated.excluded[ZERO_GOAL] = self.judged.cities - rates
        for part in self.parts:
            part.excluded[NO_PLAN] = cities - with_plan
            part.excluded[NO_MEASURE] = with_plan - measured

    @property
    def planned_total(self) -> Decimal | None:
        """The sum of the plans; None where no city counts. A planned 割合 has no parts and is never added."""
        if self.kind.value_kind in (ValueKind.RATE, ValueKind.TEXT) or not self.planned.cities:
            return None
        return self.planned.amount

    @property
    def actual_total(self) -> Decimal | None:
        """The sum of the actuals, a 割合 from the sums of its parts; None where no city counts."""
        if self.kind.value_kind is ValueKind.TEXT or not self.actual.cities:
            return None
        if self.kind.value_kind is ValueKind.RATE:
            return self.actual.numerator * 100 / self.actual.denominator
        return self.actual.amount

    @cached_property
    def rate_of_sums(self) -> Decimal | None:
        """達成率 of the cities that have both sides, for 数値 alone; None without a plan to divide by."""
        if self.kind.value_kind is not ValueKind.NUMBER or not self.both_planned:
            return None
        return self.both.amount * 100 / self.both_planned

    @property
    def cannot_add(self) -> bool:
        """A 割合 of which no city keeps 分子 and 分母."""
        return self.kind.value_kind is ValueKind.RATE and not self.actual.cities and self.actual.excluded[NO_PARTS] > 0


def _take(part: Sum, count: int, why_not: str) -> bool:
    """Count cities in or out of one part; returns whether they are in."""
    if why_not != COUNTED:
        part.excluded[why_not] += count
        return False
    part.cities += count
    return True


def median(middle: Iterable[Decimal]) -> Decimal | None:
    """The mean of the one or two values in the middle; None where there are none."""
    values = list(middle)
    return sum(values, Decimal(0)) / len(values) if values else None


def kinds_of(counted: Iterable[tuple[Wording, int]]) -> dict[Wording, MeasureKind]:
    """Each wording with its kind, which is named by its most frequent wording (the first in order where two are)."""
    by_key: dict[tuple[str, ...], tuple[int, Wording]] = {}
    wordings = sorted(counted, key=lambda pair: (pair[0].title, pair[0].unit))
    for wording, count in wordings:
        if count > by_key.get(wording.key, (0, wording))[0]:
            by_key[wording.key] = (count, wording)
    kinds = {
        key: MeasureKind(key, Family(w.family), w.title, w.unit, ValueKind(w.value_kind), Accumulation(w.accumulation))
        for key, (_, w) in by_key.items()
    }
    return {wording: kinds[wording.key] for wording, _ in wordings}
