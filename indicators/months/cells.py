"""One month of the grid: what the person saw, what they typed, and the change that follows."""

from dataclasses import dataclass, replace
from functools import cached_property

from core.cell_texts import NotUnderstood
from core.monthly import is_provisional, read_month_value
from core.numerals import plain
from core.values import EMPTY, Value
from indicators.months.readings import ReadingChange, ReadingKey, words
from plans.models import Measure
from plans.refusals import Cause, Refusal

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class MonthCell:
    """One month of one 活動指標.

    `stored` is the current value, `seen` the value when the page was drawn, `typed` and `ticked` (速報) what was
    posted, None where the cell was not posted. `asked`: the page offered a choice between two values; `choice` is the
    one chosen. `outside`: the service does not exist in law in that month.
    """

    measure: Measure
    year: int
    month: int
    stored: Value
    seen: Value
    outside: bool = False
    typed: str | None = None
    ticked: bool = False
    asked: bool = False
    choice: str = ""
    refusal: Refusal[ReadingChange] | None = None

    @property
    def name(self) -> str:
        """The name of the value field; also its address in the page."""
        return f"m-{self.measure.code}-{self.month}"

    @property
    def tick_name(self) -> str:
        return f"p-{self.measure.code}-{self.month}"

    @property
    def key(self) -> ReadingKey:
        return self.measure.pk, self.year, self.month

    @property
    def is_touched(self) -> bool:
        """Whether the person changed anything here. A 速報 without a number changes nothing."""
        if self.typed is None:
            return False
        moved = self.ticked != is_provisional(self.seen) and bool(self.typed.strip())
        return self.typed.strip() != text_of(self.seen) or moved

    @cached_property
    def _outcome(self) -> Value | NotUnderstood:
        try:
            return read_month_value(self.typed or "", provisional=self.ticked)
        except NotUnderstood as problem:
            return problem

    @property
    def mine(self) -> Value:
        """What was typed, as understood; what was seen where it could not be."""
        return self.seen if isinstance(self._outcome, NotUnderstood) else self._outcome

    @property
    def change(self) -> ReadingChange | None:
        """What this person changed; None for nothing, for a problem, and where they keep the other's value."""
        if not self.is_touched or self.problem or (self.asked and self.choice == THEIRS) or self.mine == self.seen:
            return None
        return ReadingChange(self.measure, self.year, self.month, self.seen, self.mine)

    @property
    def problem(self) -> str:
        """The sentence to show at this cell; "" where all is well."""
        if self.asked and self.choice == THEIRS:
            return ""
        if self.is_touched and isinstance(self._outcome, NotUnderstood):
            return self._outcome.sentence
        if self.asked and self.is_touched and self.choice != MINE:
            return "どちらの値を残すか選んでください。"
        if self.is_refused_for_conflict:
            return f"ほかの人が「{self.stored_words}」に変更しています。どちらの値を残すか選んでください。"
        return self.refusal.sentence if self.refusal else ""

    @property
    def is_refused_for_conflict(self) -> bool:
        return self.refusal is not None and self.refusal.cause is Cause.CONFLICT

    @property
    def is_conflict(self) -> bool:
        """Whether both values must be shown with a choice between them."""
        return self.is_refused_for_conflict or (self.asked and self.is_touched)

    @property
    def next_seen(self) -> Value:
        """The value that the page now drawn counts as seen: the stored one, except for a cell with unsaved input."""
        return self.seen if self.is_touched and not self.is_refused_for_conflict else self.stored

    @property
    def shown(self) -> str:
        """The text of the field: what was typed where something was changed, else the stored value."""
        return self.typed if self.is_touched and self.typed is not None else text_of(self.stored)

    @property
    def shown_tick(self) -> bool:
        return self.ticked if self.is_touched else is_provisional(self.stored)

    @property
    def stored_words(self) -> str:
        return words(self.stored)

    @property
    def mine_words(self) -> str:
        return words(self.mine)

    @property
    def stored_text(self) -> str:
        """The stored value, for a cell without a field: 12, 集計中; blank for 未入力."""
        return text_of(self.stored)

    @property
    def is_provisional(self) -> bool:
        return is_provisional(self.stored)

    @property
    def echo(self) -> str:
        """「１２人 → 12」 where what was typed differs from what was understood; else ""."""
        typed, understood = (self.typed or "").strip(), text_of(self.mine)
        return f"{typed} → {understood or '未入力'}" if self.change and typed and typed != understood else ""

    def refused(self, refusal: Refusal[ReadingChange]) -> "MonthCell":
        """The same cell with its refusal, and with the value that is stored now."""
        return replace(self, refusal=refusal, stored=refusal.current, asked=False, choice="")


def text_of(value: Value) -> str:
    """A stored month as the text that a person would type."""
    if value == EMPTY:
        return ""
    return plain(value.number) if value.number is not None else value.missing_word
