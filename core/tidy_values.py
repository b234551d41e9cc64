"""Values read back from a row of the tidy table that we wrote ourselves: exact, without tolerance."""

from decimal import Decimal

from core.tidy import Row
from core.values import Value
from core.words import Certainty, State


def planned_of(row: Row) -> Value:
    """計画値; empty where no plan was set for that year."""
    return Value(number=_number(row["計画値"]), state=_state(row["計画値状態"]), wording=row["計画値原文"])


def actual_of(row: Row) -> Value:
    """実績値 with the columns that depend on it; empty where it is 未入力 or withheld from the reader."""
    return Value(
        number=_number(row["実績値"]),
        state=_state(row["実績値状態"]),
        wording=row["実績値原文"],
        numerator=_number(row["分子"]),
        denominator=_number(row["分母"]),
        as_of=row["時点"],
        certainty=Certainty.from_label(row["確定度"]) if row["確定度"] else None,
        note=row["注記"],
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _state(word: str) -> State | None:
    """The state with this word; None for a blank and for the words that are no state (未入力, 確認中, 未公表)."""
    return next((state for state in State if state.label == word), None)
