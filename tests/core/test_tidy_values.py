"""What the tidy table says of a cell is read back as the value it was written from."""

from decimal import Decimal

import pytest

from core.figures import Figures, Nature, hidden
from core.tidy import actual_of, planned_of, year_columns
from core.values import EMPTY, Value
from core.words import UNPUBLISHED, Certainty, State, ValueKind

PLANNED = (
    EMPTY,
    Value(Decimal(0)),
    Value(Decimal("5.25"), wording="有5人"),
    Value(state=State.NOT_SET, wording="設定なし"),
)
ACTUAL = (
    EMPTY,
    Value(Decimal("-2")),
    Value(Decimal(4), wording="4件", as_of="5月末", certainty=Certainty.PRELIMINARY, note="注記"),
    *(Value(state=state, wording="検討を行った") for state in State if state is not State.NOT_SET),
)


@pytest.mark.parametrize("value", PLANNED)
def test_a_planned_value_comes_back(value):
    assert planned_of(year_columns(2022, Figures(planned=value))) == value


@pytest.mark.parametrize("value", ACTUAL)
def test_an_actual_comes_back_with_what_hangs_on_it(value):
    assert actual_of(year_columns(2022, Figures(actual=value))) == value


def test_a_rate_comes_back_with_its_parts_and_so_with_every_digit():
    value = Value(Decimal("66.6667"), numerator=Decimal(2), denominator=Decimal(3))

    read = actual_of(year_columns(2022, Figures(actual=value, nature=Nature(ValueKind.RATE))))

    assert read.amount == value.amount


def test_an_actual_withheld_comes_back_empty():
    figures = hidden(Figures(actual=Value(Decimal(7), wording="7人", note="注記")), UNPUBLISHED)

    assert actual_of(year_columns(2022, figures)) == EMPTY
