"""What stands in one cell: a number, or a state that says why there is none, or nothing at all (未入力)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.numerals import plain
from core.words import NOT_ENTERED, Certainty, State

STORED_PLACES = Decimal("0.0001")
"""Numbers are kept to four decimals, with at most eleven digits before the point."""


@dataclass(frozen=True, slots=True)
class Value:
    """One side of one measure in one fiscal year. Empty means not entered, which is not zero.

    `number` xor `state`. `wording` keeps what the city printed (「有5人」「10割」). `numerator` and
    `denominator` belong to a 割合 only; `as_of` (時点), `certainty` (確定度) and `note` (注記) to an actual only.
    """

    number: Decimal | None = None
    state: State | None = None
    wording: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    as_of: str = ""
    certainty: Certainty | None = None
    note: str = ""

    @property
    def is_entered(self) -> bool:
        """Whether anything is known: a number or a state."""
        return self.number is not None or self.state is not None

    @property
    def amount(self) -> Decimal | None:
        """The number to calculate with: 分子 ÷ 分母 × 100 unrounded where both are kept, else the number as stored."""
        if self.number is not None and self.numerator is not None and self.denominator:
            return self.numerator * 100 / self.denominator
        return self.number

    @property
    def missing_word(self) -> str:
        """Why there is no number, in the city's words; empty where there is one."""
        if self.number is not None:
            return ""
        return self.state.label if self.state else NOT_ENTERED

    def as_dict(self) -> dict[str, str]:
        """The fields that are set, as texts: what the history keeps and a preview signs. A number has one form there,
        "1003", whether it was typed or comes from the database.
        """
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: plain(field) if isinstance(field, Decimal) else str(field)
            for name, field in fields.items()
            if field is not None and field != ""
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Value":
        """The value that `as_dict` wrote."""
        read = dict(fields)
        for name in ("number", "numerator", "denominator"):
            if name in read:
                read[name] = Decimal(read[name])
        if "state" in read:
            read["state"] = State(read["state"])
        if "certainty" in read:
            read["certainty"] = Certainty(read["certainty"])
        return cls(**read)


EMPTY = Value()
