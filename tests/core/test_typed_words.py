"""The words that cities type where a number is missing, by kind and side."""

from decimal import Decimal

import pytest

from core.reader import CellTexts, NotUnderstood, Understood, read_cell
from core.values import EMPTY, Value
from core.words import Side, State, ValueKind

ACTUAL, PLANNED = Side.ACTUAL, Side.PLANNED
NUMBER, RATE, PRESENCE, TEXT = ValueKind.NUMBER, ValueKind.RATE, ValueKind.PRESENCE, ValueKind.TEXT
FIGURES = (NUMBER, RATE, PRESENCE)


def read(text: str, kind: ValueKind = NUMBER, side: Side = ACTUAL) -> Value:
    return read_cell(CellTexts(value=text), kind=kind, side=side).value


def problem_of(kind: ValueKind = NUMBER, side: Side = ACTUAL, stored: Value = EMPTY, **texts: str) -> tuple[str, str]:
    with pytest.raises(NotUnderstood) as problem:
        read_cell(CellTexts(**texts), kind=kind, side=side, stored=stored)
    return problem.value.field, problem.value.sentence


@pytest.mark.parametrize("kind", [*FIGURES, TEXT])
@pytest.mark.parametrize(
    ("text", "state", "wording"),
    [
        ("集計中", State.PENDING, ""),
        (" 集 計 中 ", State.PENDING, ""),
        ("（集計中）", State.PENDING, ""),
        ("調査中", State.PENDING, "調査中"),
        ("中止", State.CANCELLED, ""),
        ("該当なし", State.NOT_APPLICABLE, ""),
        ("該当無し", State.NOT_APPLICABLE, "該当無し"),
        ("非公表", State.WITHHELD, ""),
        ("未定", State.WORDS_ONLY, "未定"),
        ("検討中", State.WORDS_ONLY, "検討中"),
        *((dash, State.NOT_APPLICABLE, dash) for dash in "－―ー-／/‐–—−─ｰ"),
        ("――", State.NOT_APPLICABLE, "――"),
    ],
)
def test_a_word_for_a_missing_figure_is_its_state(text, state, wording, kind):
    assert read(text, kind) == Value(state=state, wording=wording)


@pytest.mark.parametrize("kind", [*FIGURES, TEXT])
@pytest.mark.parametrize("text", ["", " ", "　", "未入力", "記載なし", "(記載なし)", "（記載なし）"])
def test_a_blank_or_its_words_clear_the_cell(text, kind):
    stored = Value(state=State.PENDING, wording="調査中", note="5月に確定")

    assert read_cell(CellTexts(value=text), kind=kind, side=ACTUAL, stored=stored) == Understood(EMPTY)


@pytest.mark.parametrize("text", ["無", "無し", "なし", "（なし）"])
def test_none_written_out_is_not_applicable_with_a_warning(text):
    warning = f"「該当なし」と読みました。0 のときは 0 と入力してください（入力：{text}）"

    read_texts = [read_cell(CellTexts(value=text), kind=kind, side=ACTUAL) for kind in (NUMBER, RATE, TEXT)]

    assert read_texts == [Understood(Value(state=State.NOT_APPLICABLE, wording=text), (warning,))] * 3


@pytest.mark.parametrize(
    ("text", "number", "wording"),
    [
        ("1", 1, ""),
        ("０", 0, ""),
        ("1.0", 1, ""),
        ("有", 1, "有"),
        ("有り", 1, "有り"),
        ("あり", 1, "あり"),
        ("無", 0, "無"),
        ("無し", 0, "無し"),
        ("なし", 0, "なし"),
        *((circle, 1, circle) for circle in "○◯〇ＯO"),
        ("有 1回", 1, "有 1回"),
        ("有5人", 1, "有5人"),
        ("有（5人）", 1, "有（5人）"),
    ],
)
def test_presence_is_one_or_zero_and_keeps_its_word(text, number, wording):
    assert read(text, PRESENCE) == Value(number=Decimal(number), wording=wording)


@pytest.mark.parametrize("text", ["2", "-1", "0.5", "1回", "年1回", "5人", "有0人", "有(5人", "×", "一", "有無"])
def test_presence_refuses_other_numbers(text):
    assert problem_of(PRESENCE, value=text) == (
        "value",
        f"「有」か「無」（または 1 か 0）で入力してください（入力：{text}）",
    )


@pytest.mark.parametrize("kind", [NUMBER, RATE])
@pytest.mark.parametrize("text", list("○◯〇ＯO"))
def test_a_circle_is_no_number(text, kind):
    assert problem_of(kind, value=text) == (
        "value",
        f"○は数値として読めません。数値を入力するか、状態を選んでください（入力：{text}）",
    )


@pytest.mark.parametrize("kind", [NUMBER, RATE])
@pytest.mark.parametrize("text", ["有", "あり", "十二人", "※", "確認中"])
def test_other_words_are_no_number(text, kind):
    assert problem_of(kind, value=text) == ("value", f"数値で入力してください（入力：{text}）")


@pytest.mark.parametrize("kind", [*FIGURES, TEXT])
def test_a_plan_may_be_left_unset_on_purpose(kind):
    assert read("設定しない", kind, PLANNED) == Value(state=State.NOT_SET)


@pytest.mark.parametrize("field", ["value", "state"])
def test_an_actual_cannot_be_left_unset_on_purpose(field):
    sentence = (
        "「設定しない」は計画値だけに使えます。実績値は数値か「該当なし」などで入力してください（入力：設定しない）"
    )

    assert problem_of(**{field: "設定しない"}) == (field, sentence)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("66.7", "66.7"),
        ("66.7%", "66.7"),
        ("６６．７％", "66.7"),
        ("10割", "100"),
        ("2割5分", "25"),
        ("約80%", "80"),
        ("8割以上", "80"),
    ],
)
def test_a_rate_is_its_percent_number(text, number):
    wording = "" if text == "66.7" else text

    assert read(text, RATE) == Value(number=Decimal(number), wording=wording)


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (NUMBER, "10割", "割・分は割合の指標でだけ使えます。数値で入力してください"),
        (NUMBER, "2割5分", "割・分は割合の指標でだけ使えます。数値で入力してください"),
        (RATE, "八割", "数値で入力してください"),
        (RATE, "8人", "割合は％の数値で入力してください。例：66.7"),
        (NUMBER, "300(110)", "1つの欄に入る数値は1つです。内数（うち数）は別の指標として入力してください"),
    ],
)
def test_a_number_of_another_nature_is_a_problem(kind, text, sentence):
    assert problem_of(kind, value=text) == ("value", f"{sentence}（入力：{text}）")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("１，２３４人", "1234"),
        ("12人", "12"),
        ("▲3", "-3"),
        ("年1回", "1"),
        ("有5人", "5"),
        ("有 1回", "1"),
        ("1か所", "1"),
        ("約10人", "10"),
        ("10人以上", "10"),
        ("概ね10", "10"),
    ],
)
def test_a_typing_worth_keeping_becomes_the_wording(text, number):
    assert read(text) == Value(number=Decimal(number), wording=text)


@pytest.mark.parametrize("text", ["1234", "1,234", "１，２３４", " 1234 ", "＋1234", "1234.0"])
def test_a_bare_number_leaves_no_wording(text):
    assert read(text) == Value(number=Decimal(1234))


@pytest.mark.parametrize("text", ["検討を行った。", "12", "有", "○", "第1回\n第2回"])
def test_any_other_text_is_the_wording_of_a_text_measure(text):
    assert read(text, TEXT) == Value(state=State.WORDS_ONLY, wording=text)
