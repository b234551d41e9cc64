"""The one rule of figures: what planned and actual say together. Every page, sheet, chart and file uses it.

Source: the design's rules of figures (差, 達成率, 乖離率, 乖離値の旧様式, 削減率, 判定). All results are unrounded
Decimals; rounding belongs to display and export.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from core.numerals import one_decimal, plain
from core.values import EMPTY, Value
from core.words import UNDER_REVIEW, Direction, State, ValueKind

HUNDRED = Decimal(100)
NOT_COUNTED = Value(state=State.NOT_APPLICABLE)
"""該当なし: in a year in which the measure is not counted, it says the same as 開始前 or 終了後."""
FEW_PEOPLE = Decimal(10)
"""Below ten people one person is a large share: a rate is then shown together with its 差."""


class Tone(StrEnum):
    """The mark that accompanies the words of a reading. Never a substitute for them."""

    GOOD = "good"
    BEHIND = "behind"
    FINDING = "finding"
    MISSING = "missing"
    QUIET = "quiet"


@dataclass(frozen=True)
class Nature:
    """What kind of figure a measure is. `near_low` and `near_high` bound 見込みどおり, in percent of the plan."""

    kind: ValueKind = ValueKind.NUMBER
    direction: Direction = Direction.MORE
    near_low: Decimal = Decimal(80)
    near_high: Decimal = Decimal(120)

    @property
    def has_rates(self) -> bool:
        """差 and rates mean something for 数値 and 割合 only."""
        return self.kind in (ValueKind.NUMBER, ValueKind.RATE)


@dataclass(frozen=True)
class Figures:
    """Planned against actual for one measure in one fiscal year.

    `withheld` is the word shown instead of an actual that the reader may not see (確認中, 未公表); then `actual` is
    empty and everything that depends on it is None or blank. `outside` is the word for a year in which the measure is
    not counted at all (開始前, 終了後); a value that is stored for it nevertheless is shown as any other.
    """

    planned: Value = EMPTY
    actual: Value = EMPTY
    nature: Nature = Nature()
    baseline: Decimal | None = None
    withheld: str = ""
    outside: str = ""

    @property
    def is_outside(self) -> bool:
        """Whether there is nothing to enter, and so nothing missing, because the measure is not counted that year."""
        return bool(self.outside) and not self.planned.is_entered and self.actual in (EMPTY, NOT_COUNTED)

    @cached_property
    def difference(self) -> Decimal | None:
        """差: 実績 − 計画; None when either is missing. Points in a 割合."""
        if not self.nature.has_rates or self.planned.amount is None or self.actual.amount is None:
            return None
        return self.actual.amount - self.planned.amount

    @cached_property
    def achievement_rate(self) -> Decimal | None:
        """達成率: 実績 ÷ 計画 × 100; None when either is missing or nothing was planned (計画 = 0)."""
        if self.difference is None or not self.planned.amount:
            return None
        return self._actual_amount * HUNDRED / self.planned.amount

    @cached_property
    def deviation_rate(self) -> Decimal | None:
        """乖離率: (実績 − 計画) ÷ 計画 × 100; None as for the 達成率."""
        if self.difference is None or not self.planned.amount:
            return None
        return self.difference * HUNDRED / self.planned.amount

    @cached_property
    def legacy_deviation(self) -> Decimal | None:
        """乖離値（旧様式）, as the city's old sheet prints it: 0 for an actual not entered, None without a plan."""
        if not self.nature.has_rates or self.withheld or not self.planned.amount:
            return None
        if self.actual.amount is None:
            return Decimal(0)
        return self.achievement_rate

    @cached_property
    def reduction_rate(self) -> Decimal | None:
        """削減率: (基準値 − 実績) ÷ (基準値 − 計画) × 100, only where less is better and a baseline is known."""
        if self.nature.direction is not Direction.LESS or self.baseline is None or self.difference is None:
            return None
        if self.baseline == self.planned.amount:
            return None
        return (self.baseline - self._actual_amount) * HUNDRED / (self.baseline - self._planned_amount)

    @cached_property
    def reading(self) -> str:
        """判定 in the fixed vocabulary; blank only for 文章 and for an actual withheld from the reader."""
        return self._judged[0]

    @cached_property
    def tone(self) -> Tone:
        """The mark that goes with the reading."""
        return self._judged[1]

    @property
    def actual_word(self) -> str:
        """Why no actual number is shown; empty where one is."""
        return self.outside if self.is_outside else self.withheld or self.actual.missing_word

    @property
    def exported_state(self) -> str:
        """The word of `actual_word` in the vocabulary of files, which calls a year outside 該当なし."""
        return NOT_COUNTED.missing_word if self.is_outside else self.actual_word

    @property
    def shows_few_people(self) -> bool:
        """Whether the rate must be shown together with its 差, because the figure counts fewer than ten."""
        amounts = (self.planned.amount, self.actual.amount)
        return self.nature.kind is ValueKind.NUMBER and any(a is not None and abs(a) < FEW_PEOPLE for a in amounts)

    @property
    def _actual_amount(self) -> Decimal:
        return _known(self.actual)

    @property
    def _planned_amount(self) -> Decimal:
        return _known(self.planned)

    @cached_property
    def _judged(self) -> tuple[str, Tone]:
        if self.withheld or self.nature.kind is ValueKind.TEXT:
            return "", Tone.QUIET
        if self.planned.amount is None:
            return "計画値なし", Tone.QUIET
        if self.actual.amount is None:
            return self.actual.missing_word, Tone.MISSING
        if self.nature.kind is ValueKind.PRESENCE:
            reached = self._reaches_fewer if self.nature.direction is Direction.LESS else self._reaches_more
            return _met(reached)
        if self.nature.direction is Direction.LESS:
            return _met(self._reaches_fewer)
        if self.planned.amount == 0:
            return self._against_zero_plan()
        if self.nature.direction is Direction.MORE:
            return _met(self._reaches_more)
        return self._near_plan()

    @property
    def _reaches_more(self) -> bool:
        return self._actual_amount >= self._planned_amount

    @property
    def _reaches_fewer(self) -> bool:
        return self._actual_amount <= self._planned_amount

    def _against_zero_plan(self) -> tuple[str, Tone]:
        if self._actual_amount == 0:
            return "計画・実績とも0", Tone.FINDING
        return f"計画0・実績{shown_number(self.actual, self.nature.kind)}", Tone.FINDING

    def _near_plan(self) -> tuple[str, Tone]:
        rate = self._actual_amount * HUNDRED / self._planned_amount
        if rate > self.nature.near_high:
            return "見込みを上回る", Tone.FINDING
        if rate < self.nature.near_low:
            return "見込みを下回る", Tone.BEHIND
        return "見込みどおり", Tone.GOOD


def _known(value: Value) -> Decimal:
    if value.amount is None:
        raise ValueError("there is no number to calculate with")
    return value.amount


def _met(reached: bool) -> tuple[str, Tone]:
    return ("達成", Tone.GOOD) if reached else ("未達", Tone.BEHIND)


def shown_number(value: Value, kind: ValueKind) -> str:
    """A number as printed and exported, "" where there is none; a 割合 computed from its parts to one decimal."""
    if value.amount is None:
        return ""
    if kind is ValueKind.RATE and value.numerator is not None:
        return one_decimal(value.amount)
    return plain(value.amount)


def shown_difference(figures: Figures) -> str:
    """差 as exported: 2, -1, 0; points to one decimal in a 割合; "" where there is none."""
    if figures.difference is None:
        return ""
    return (one_decimal if figures.nature.kind is ValueKind.RATE else plain)(figures.difference)


def signed_difference(figures: Figures) -> str:
    """The same with plus or minus, for pages: +2, -1, 0."""
    text = shown_difference(figures)
    return f"+{text}" if figures.difference is not None and figures.difference > 0 else text


def hidden(figures: Figures, word: str = UNDER_REVIEW) -> Figures:
    """The same figures for a reader who may not see the actual: the plan stays, the actual becomes a word.

    That a measure is not counted in a year is no secret.
    """
    if figures.is_outside:
        return figures
    return Figures(figures.planned, EMPTY, figures.nature, figures.baseline, withheld=word)
