"""One cell's texts over what is stored there: what changes, what clears, what is refused."""

from decimal import Decimal

import pytest

from core.reader import CellTexts, NotUnderstood, Understood, echo, read_cell
from core.values import EMPTY, Value
from core.words import Certainty, Side, State, ValueKind

NUMBER, RATE, PRESENCE, TEXT = ValueKind.NUMBER, ValueKind.RATE, ValueKind.PRESENCE, ValueKind.TEXT
FIVE = Value(number=Decimal(5), wording="有5人", as_of="令和5年3月31日", certainty=Certainty.EXPECTED, note="5月に確定")
TWO_OF_THREE = Value(number=Decimal("66.6667"), numerator=Decimal(2), denominator=Decimal(3))


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


@pytest.mark.parametrize("stored", [EMPTY, FIVE, Value(state=State.PENDING, note="6月に確定")])
def test_absent_columns_change_nothing(stored):
    assert read(stored=stored) == Understood(stored)


@pytest.mark.parametrize(
    ("stored", "texts", "expected"),
    [
        (FIVE, {"value": ""}, EMPTY),
        (FIVE, {"value": "", "state": ""}, EMPTY),
        (FIVE, {"value": "", "state": "未入力"}, EMPTY),
        (FIVE, {"state": ""}, FIVE),
        (FIVE, {"state": "未入力"}, FIVE),
        (Value(state=State.PENDING), {"state": ""}, EMPTY),
        (Value(state=State.PENDING), {"state": "未入力"}, EMPTY),
        (Value(state=State.PENDING), {"value": ""}, EMPTY),
        (Value(state=State.PENDING), {"value": "3", "state": ""}, Value(number=Decimal(3))),
        (EMPTY, {"value": "3", "state": "未入力"}, Value(number=Decimal(3))),
        (EMPTY, {"value": "集計中", "state": ""}, Value(state=State.PENDING)),
        (EMPTY, {"state": "集計中"}, Value(state=State.PENDING)),
        (EMPTY, {"value": "", "state": " 集計中 "}, Value(state=State.PENDING)),
    ],
)
def test_value_and_state_columns_make_the_number_or_the_state(stored, texts, expected):
    assert value_of(stored=stored, **texts) == expected


@pytest.mark.parametrize(
    ("kind", "texts", "value", "warned"),
    [
        (NUMBER, {"value": "12", "state": "集計中"}, Value(state=State.PENDING), "12"),
        (NUMBER, {"value": "12人", "state": "集計中"}, Value(state=State.PENDING), "12人"),
        (NUMBER, {"value": "中止", "state": "集計中"}, Value(state=State.PENDING), "中止"),
        (NUMBER, {"value": "12人", "state": "記述のみ"}, Value(state=State.WORDS_ONLY, wording="12人"), "12人"),
        (NUMBER, {"value": "集計中", "state": "集計中"}, Value(state=State.PENDING), None),
        (NUMBER, {"value": "－", "state": "該当なし"}, Value(state=State.NOT_APPLICABLE, wording="－"), None),
        (NUMBER, {"value": "なし", "state": "該当なし"}, Value(state=State.NOT_APPLICABLE, wording="なし"), None),
        (NUMBER, {"value": "記載なし", "state": "中止"}, Value(state=State.CANCELLED), None),
        (NUMBER, {"value": "感染症対策", "state": "中止"}, Value(state=State.CANCELLED, wording="感染症対策"), None),
        (NUMBER, {"value": "十二人", "state": "記述のみ"}, Value(state=State.WORDS_ONLY, wording="十二人"), None),
        (TEXT, {"value": "開催できず", "state": "中止"}, Value(state=State.CANCELLED, wording="開催できず"), None),
        (TEXT, {"value": "検討した", "state": "記述のみ"}, Value(state=State.WORDS_ONLY, wording="検討した"), None),
    ],
)
def test_an_explicit_state_wins_and_says_what_it_passed_over(kind, texts, value, warned):
    warning = f"状態「{value.state.label}」を採り、値は取り込みません（入力：{warned}）"

    assert read(kind, **texts) == Understood(value, (warning,) if warned else ())


def test_words_in_both_columns_are_warned_of():
    understood = read(TEXT, value="検討した", wording="検討を行った")

    assert understood == Understood(
        Value(state=State.WORDS_ONLY, wording="検討を行った"),
        ("原文の欄を採り、値の欄の文は取り込みません（入力：検討した）",),
    )


@pytest.mark.parametrize("word", ["確認中", "未公表", " 未公表 "])
def test_what_the_exporter_could_not_see_stays_untouched(word):
    texts = {"value": "", "state": word, "wording": "", "as_of": "", "note": ""}

    assert read(stored=FIVE, **texts) == Understood(FIVE, untouched=True)


def test_a_value_beside_an_unseen_state_is_warned_of():
    warning = "状態が「確認中」のため、値は取り込みません（入力：8）"

    assert read(stored=FIVE, value="8", state="確認中") == Understood(FIVE, (warning,), untouched=True)


@pytest.mark.parametrize(
    ("side", "words"),
    [
        (Side.ACTUAL, "未入力・集計中・該当なし・中止・非公表・記述のみ"),
        (Side.PLANNED, "未入力・集計中・該当なし・中止・非公表・設定しない・記述のみ"),
    ],
)
def test_an_unknown_state_is_answered_with_the_words_allowed(side, words):
    assert problem_of(side=side, state="調査") == ("state", f"状態は{words}から選んでください（入力：調査）")


@pytest.mark.parametrize("kind", [NUMBER, RATE, PRESENCE])
@pytest.mark.parametrize("texts", [{"value": "", "wording": ""}, {"value": "12", "wording": ""}, {}])
def test_words_only_needs_its_words(kind, texts):
    sentence = "状態が「記述のみ」のときは、原文に文章を入力してください（入力：空欄）"

    assert problem_of(kind, state="記述のみ", **texts) == ("wording", sentence)


def test_words_only_may_rest_on_the_stored_words():
    stored = Value(state=State.CANCELLED, wording="検討を行った")

    assert value_of(stored=stored, state="記述のみ") == Value(state=State.WORDS_ONLY, wording="検討を行った")


@pytest.mark.parametrize(
    ("texts", "number", "wording"),
    [
        ({"value": "5"}, 5, "有5人"),
        ({"value": "5", "wording": "有5人"}, 5, "有5人"),
        ({"value": "5", "wording": ""}, 5, ""),
        ({"wording": ""}, 5, ""),
        ({"wording": "5人配置"}, 5, "5人配置"),
        ({"value": "5人", "wording": ""}, 5, "5人"),
        ({"value": "5人"}, 5, "5人"),
        ({"value": "5人", "wording": "有5人"}, 5, "有5人"),
        ({"value": "6"}, 6, ""),
        ({"value": "6", "wording": "有5人"}, 6, ""),
        ({"value": "6", "wording": "有6人"}, 6, "有6人"),
        ({"value": "有6人", "wording": "有5人"}, 6, "有6人"),
        ({"value": "６人"}, 6, "６人"),
    ],
)
def test_the_wording_goes_with_the_number_it_was_said_of(texts, number, wording):
    stored = Value(number=Decimal(5), wording="有5人")

    assert value_of(stored=stored, **texts) == Value(number=Decimal(number), wording=wording)


@pytest.mark.parametrize(
    ("stored", "texts", "expected"),
    [
        (Value(number=Decimal(5), wording="有5人"), {"value": "", "state": "集計中"}, Value(state=State.PENDING)),
        (
            Value(state=State.WORDS_ONLY, wording="検討中"),
            {"state": "中止"},
            Value(state=State.CANCELLED, wording="検討中"),
        ),
        (Value(state=State.WORDS_ONLY, wording="検討中"), {"value": "3"}, Value(number=Decimal(3))),
        (
            Value(state=State.WORDS_ONLY, wording="検討中"),
            {"value": "未定"},
            Value(state=State.WORDS_ONLY, wording="未定"),
        ),
    ],
)
def test_a_state_may_keep_the_words_of_a_state_but_not_those_of_a_number(stored, texts, expected):
    assert value_of(stored=stored, **texts) == expected


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (Value(number=Decimal("12.0000"), wording="１２人"), None, "12"),
        (TWO_OF_THREE, RATE, "66.7"),
        (Value(state=State.PENDING), NUMBER, "集計中"),
        (EMPTY, NUMBER, "未入力"),
        (Value(number=Decimal(1)), PRESENCE, "有"),
        (Value(number=Decimal(0), wording="無"), None, "無"),
        (Value(number=Decimal(1)), NUMBER, "1"),
    ],
)
def test_an_understood_value_is_shown_back(value, kind, shown):
    assert echo(value, kind) == shown
