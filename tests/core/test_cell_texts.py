"""The words about a value (原文, 時点, 確定度, 注記): where they may stand, how long, which characters."""

from decimal import Decimal

import pytest

from core.cell_texts import LABELS
from core.reader import CellTexts, NotUnderstood, Understood, read_cell
from core.values import EMPTY, Value
from core.words import Certainty, Side, ValueKind

NUMBER, RATE = ValueKind.NUMBER, ValueKind.RATE
FIVE = Value(number=Decimal(5), wording="有5人", as_of="令和5年3月31日", certainty=Certainty.EXPECTED, note="5月に確定")


def read(kind: ValueKind = NUMBER, side: Side = Side.ACTUAL, stored: Value = EMPTY, **texts: str) -> Understood:
    return read_cell(CellTexts(**texts), kind=kind, side=side, stored=stored)


def value_of(kind: ValueKind = NUMBER, side: Side = Side.ACTUAL, stored: Value = EMPTY, **texts: str) -> Value:
    return read(kind, side, stored, **texts).value


def problem_of(
    kind: ValueKind = NUMBER, side: Side = Side.ACTUAL, stored: Value = EMPTY, **texts: str
) -> tuple[str, str]:
    with pytest.raises(NotUnderstood) as problem:
        read(kind, side, stored, **texts)
    return problem.value.field, problem.value.sentence


WORDS_ABOUT = [("as_of", "令和5年3月"), ("certainty", "速報"), ("note", "請求データによる")]


@pytest.mark.parametrize(("field", "text"), WORDS_ABOUT)
def test_words_about_an_actual_do_not_stand_on_a_plan(field, text):
    sentence = f"{LABELS[field]}は実績値にだけ入力できます（入力：{text}）"

    assert problem_of(side=Side.PLANNED, value="3", **{field: text}) == (field, sentence)


@pytest.mark.parametrize(("field", "text"), [*WORDS_ABOUT, ("wording", "検討を行った")])
@pytest.mark.parametrize("value", [{}, {"value": ""}, {"value": "", "state": "未入力"}])
def test_new_words_without_a_value_are_a_problem(field, text, value):
    sentence = f"{LABELS[field]}だけは残せません。値か状態も入力してください（入力：{text}）"

    assert problem_of(**value, **{field: text}) == (field, sentence)


def test_words_left_behind_by_a_cleared_value_are_dropped():
    texts = {"value": "", "wording": "有5人", "as_of": "令和5年3月31日", "certainty": "見込み", "note": "5月に確定"}

    assert read(stored=FIVE, **texts) == Understood(EMPTY)


def test_words_about_a_value_are_kept_changed_and_cleared():
    kept = value_of(stored=FIVE, value="6")
    changed = value_of(stored=FIVE, as_of="令和5年5月", certainty="確定値", note="1行目\r\n2行目")
    cleared = value_of(stored=FIVE, as_of="", certainty="", note=" ")

    assert [kept, changed, cleared] == [
        Value(number=Decimal(6), as_of="令和5年3月31日", certainty=Certainty.EXPECTED, note="5月に確定"),
        Value(Decimal(5), None, "有5人", as_of="令和5年5月", certainty=Certainty.FINAL, note="1行目\n2行目"),
        Value(number=Decimal(5), wording="有5人"),
    ]


def test_an_unknown_certainty_is_answered_with_the_words_allowed():
    sentence = "確定度は見込み・速報・確定値から選ぶか、空欄にしてください（入力：たぶん）"

    assert problem_of(value="3", certainty="たぶん") == ("certainty", sentence)


@pytest.mark.parametrize(("field", "limit"), [("wording", 1000), ("note", 1000), ("as_of", 100)])
def test_a_text_is_held_to_its_limit(field, limit):
    fitting = value_of(value="3", **{field: "あ" * limit})

    assert getattr(fitting, field) == "あ" * limit
    assert problem_of(value="3", **{field: "あ" * (limit + 1)}) == (
        field,
        f"{LABELS[field]}は{limit}文字までで入力してください（{limit + 1}文字あります）",
    )


@pytest.mark.parametrize("field", list(LABELS))
@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\t", "\x85", "\u2028", "\ud800", "\uffff"])
def test_a_control_character_is_a_problem_where_it_stands(field, sign):
    assert problem_of(RATE, **{field: f"1{sign}2"})[0] == field


@pytest.mark.parametrize("field", ["value", "state", "as_of", "certainty", "numerator"])
def test_a_line_break_inside_a_short_text_is_a_problem(field):
    assert problem_of(RATE, **{field: "1\n2"})[0] == field


def test_line_breaks_and_blanks_around_a_text_are_no_part_of_it():
    assert value_of(value="　12\r\n", wording=" 1行目\r\n2行目\n") == Value(Decimal(12), wording="1行目\n2行目")
