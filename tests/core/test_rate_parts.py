"""分子 and 分母 of a 割合: what is computed, what clears, what clashes."""

from decimal import Decimal

import pytest

from core.cell_texts import LABELS
from core.reader import CellTexts, NotUnderstood, Understood, read_cell
from core.values import EMPTY, Value
from core.words import Side, State, ValueKind

NUMBER, RATE, PRESENCE, TEXT = ValueKind.NUMBER, ValueKind.RATE, ValueKind.PRESENCE, ValueKind.TEXT
TWO_OF_THREE = Value(number=Decimal("66.6667"), numerator=Decimal(2), denominator=Decimal(3))


def read(kind: ValueKind = RATE, side: Side = Side.ACTUAL, stored: Value = EMPTY, **texts: str) -> Understood:
    return read_cell(CellTexts(**texts), kind=kind, side=side, stored=stored)


def problem_of(
    kind: ValueKind = RATE, side: Side = Side.ACTUAL, stored: Value = EMPTY, **texts: str
) -> tuple[str, str]:
    with pytest.raises(NotUnderstood) as problem:
        read(kind, side, stored, **texts)
    return problem.value.field, problem.value.sentence


@pytest.mark.parametrize(
    ("stored", "texts", "expected"),
    [
        (EMPTY, {"value": "", "state": "未入力", "numerator": "2", "denominator": "3"}, TWO_OF_THREE),
        (EMPTY, {"numerator": "2人", "denominator": "３人"}, TWO_OF_THREE),
        (EMPTY, {"value": "66.7", "numerator": "2", "denominator": "3"}, TWO_OF_THREE),
        (EMPTY, {"value": "記載なし", "numerator": "2", "denominator": "3"}, TWO_OF_THREE),
        (Value(state=State.PENDING), {"numerator": "2", "denominator": "3"}, TWO_OF_THREE),
        (TWO_OF_THREE, {"value": "66.7"}, TWO_OF_THREE),
        (TWO_OF_THREE, {"denominator": "4"}, Value(number=Decimal(50), numerator=Decimal(2), denominator=Decimal(4))),
        (TWO_OF_THREE, {"value": "", "numerator": "2", "denominator": "3"}, TWO_OF_THREE),
        (TWO_OF_THREE, {"value": "", "numerator": "", "denominator": ""}, EMPTY),
        (TWO_OF_THREE, {"value": ""}, EMPTY),
        (TWO_OF_THREE, {"value": "70", "numerator": "", "denominator": ""}, Value(number=Decimal(70))),
        (
            TWO_OF_THREE,
            {"value": "", "state": "集計中", "numerator": "", "denominator": ""},
            Value(state=State.PENDING),
        ),
        (
            EMPTY,
            {"value": "66.75", "numerator": "667", "denominator": "1000"},
            Value(number=Decimal("66.7"), numerator=Decimal(667), denominator=Decimal(1000)),
        ),
    ],
)
def test_a_rate_with_parts_is_computed_from_them(stored, texts, expected):
    assert read(RATE, stored=stored, **texts) == Understood(expected)


def test_parts_beside_a_state_are_warned_of():
    understood = read(RATE, stored=TWO_OF_THREE, state="集計中", numerator="2", denominator="3")

    assert understood == Understood(Value(state=State.PENDING), ("状態「集計中」を採り、分子・分母は取り込みません",))


@pytest.mark.parametrize(
    ("stored", "texts", "field", "sentence"),
    [
        (
            EMPTY,
            {"value": "66.8", "numerator": "2", "denominator": "3"},
            "value",
            "分子 2・分母 3 から計算した 66.7 と違います。分子・分母を直すか、空欄にしてください（入力：66.8）",
        ),
        (
            TWO_OF_THREE,
            {"value": "70"},
            "value",
            "分子 2・分母 3 から計算した 66.7 と違います。分子・分母を直すか、空欄にしてください（入力：70）",
        ),
        (
            EMPTY,
            {"value": "50", "numerator": "1"},
            "denominator",
            "分子と分母は両方を入力するか、両方を空欄にしてください（入力：片方だけ）",
        ),
        (
            TWO_OF_THREE,
            {"numerator": ""},
            "numerator",
            "分子と分母は両方を入力するか、両方を空欄にしてください（入力：片方だけ）",
        ),
        (
            EMPTY,
            {"numerator": "0", "denominator": "0"},
            "denominator",
            "分母に 0 は使えません。対象がないときは状態を「該当なし」にしてください（入力：0）",
        ),
        (
            EMPTY,
            {"numerator": "-1", "denominator": "3"},
            "numerator",
            "分子は 0 以上の数だけを入力してください（入力：-1）",
        ),
        (
            EMPTY,
            {"numerator": "二", "denominator": "3"},
            "numerator",
            "分子：数値で入力してください（入力：二）",
        ),
        (
            EMPTY,
            {"numerator": "99999999999", "denominator": "0.0001"},
            "denominator",
            "分子に対して分母が小さすぎます（入力：0.0001）",
        ),
    ],
)
def test_parts_that_make_no_rate_are_a_problem(stored, texts, field, sentence):
    assert problem_of(RATE, stored=stored, **texts) == (field, sentence)


@pytest.mark.parametrize(
    ("kind", "side"),
    [(NUMBER, Side.ACTUAL), (PRESENCE, Side.ACTUAL), (TEXT, Side.ACTUAL), (RATE, Side.PLANNED), (NUMBER, Side.PLANNED)],
)
@pytest.mark.parametrize("field", ["numerator", "denominator"])
def test_parts_belong_to_the_actual_of_a_rate(kind, side, field):
    sentence = f"{LABELS[field]}は割合の指標の実績値にだけ入力できます（入力：2）"

    assert problem_of(kind, side, **{field: "2"}) == (field, sentence)
