"""What holds for every value and every text: exports read back unchanged, and nothing but a named problem is raised."""

import unicodedata
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.cell_texts import LABELS
from core.numerals import one_decimal, plain
from core.reader import CellTexts, NotUnderstood, Understood, read_cell
from core.values import EMPTY, Value
from core.words import NOT_ENTERED, Certainty, Side, State, ValueKind

NUMBERS = st.decimals(min_value=-(10**11) + 1, max_value=10**11 - 1, places=4)
COUNTS = st.decimals(min_value=0, max_value=99999, places=4)
CLEAN_TEXTS = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Cn", "Z"]) | st.sampled_from(" 　\n"), max_size=30)
    .map(str.strip)
    .filter(lambda text: all(unicodedata.category(sign) not in ("Zl", "Zp") for sign in text))
)
TYPED_TEXTS = (
    st.none()
    | st.text(max_size=12)
    | st.text(alphabet="0123456789１２,.-▲△ 人回年約有無割分%/()（）①1e\n\x00", max_size=8)
    | st.sampled_from(
        [
            "",
            " ",
            *(state.label for state in State),
            *(certainty.label for certainty in Certainty),
            "未入力",
            "記載なし",
        ]
        + [
            "確認中",
            "未公表",
            "未定",
            "有",
            "無",
            "有5人",
            "○",
            "－",
            "十二人",
            "10割",
            "2",
            "3",
            "66.7",
            "0",
            "あ" * 1001,
        ]
    )
)


@st.composite
def values(draw, kind: ValueKind, side: Side) -> Value:
    """Any value that a row of this kind and side may hold, EMPTY among them."""
    states = [state for state in State if side is Side.PLANNED or state is not State.NOT_SET]
    wording = draw(CLEAN_TEXTS)
    content = draw(st.sampled_from(["nothing", "state", "number"]))
    if content == "nothing":
        return EMPTY
    if content == "state" or kind is ValueKind.TEXT:
        state = draw(st.sampled_from(states))
        needs_words = state is State.WORDS_ONLY and kind is not ValueKind.TEXT
        value = Value(state=state, wording=wording or ("検討中" if needs_words else ""))
    elif kind is ValueKind.PRESENCE:
        value = Value(number=Decimal(draw(st.integers(0, 1))), wording=wording)
    else:
        value = Value(number=draw(NUMBERS), wording=wording)
    if value.number is not None and kind is ValueKind.RATE and side is Side.ACTUAL and draw(st.booleans()):
        numerator, denominator = draw(COUNTS), draw(COUNTS.filter(bool))
        percent = (numerator * 100 / denominator).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
        value = replace(value, number=percent, numerator=numerator, denominator=denominator)
    if side is Side.PLANNED:
        return value
    certainty = draw(st.none() | st.sampled_from(list(Certainty)))
    return replace(
        value, as_of=draw(CLEAN_TEXTS).replace("\n", "").strip(), certainty=certainty, note=draw(CLEAN_TEXTS)
    )


@st.composite
def cells(draw) -> tuple[ValueKind, Side, Value]:
    kind, side = draw(st.sampled_from(ValueKind)), draw(st.sampled_from(Side))
    return kind, side, draw(values(kind, side))


def printed(value: Value) -> CellTexts:
    """The texts that an export writes for a value, every column present."""
    number = "" if value.number is None else plain(value.number)
    return CellTexts(
        value=one_decimal(value.amount) if value.denominator else number,
        state="" if value.number is not None else value.state.label if value.state else NOT_ENTERED,
        wording=value.wording,
        numerator="" if value.numerator is None else plain(value.numerator),
        denominator="" if value.denominator is None else plain(value.denominator),
        as_of=value.as_of,
        certainty=value.certainty.label if value.certainty else "",
        note=value.note,
    )


@given(cells())
def test_reading_back_an_export_changes_nothing(cell):
    kind, side, value = cell

    assert read_cell(printed(value), kind=kind, side=side, stored=value) == Understood(value)


@given(cells())
def test_an_export_read_into_an_empty_cell_makes_the_same_export(cell):
    kind, side, value = cell

    copy = read_cell(printed(value), kind=kind, side=side).value

    assert printed(copy) == printed(value)


@given(cells())
def test_absent_columns_change_no_value(cell):
    kind, side, value = cell

    assert read_cell(CellTexts(), kind=kind, side=side, stored=value) == Understood(value)


@given(cells(), st.builds(CellTexts, **dict.fromkeys(LABELS, TYPED_TEXTS)))
def test_any_texts_make_an_honest_value_or_a_named_problem(cell, texts):
    kind, side, stored = cell

    try:
        understood = read_cell(texts, kind=kind, side=side, stored=stored)
    except NotUnderstood as problem:
        understood = None
        named = (problem.field in LABELS, bool(problem.sentence))

    assert named == (True, True) if understood is None else is_honest(understood.value, kind, side)


@given(cells(), st.builds(CellTexts, **dict.fromkeys(LABELS, TYPED_TEXTS)))
def test_what_was_understood_reads_back_as_itself(cell, texts):
    kind, side, stored = cell
    try:
        value = read_cell(texts, kind=kind, side=side, stored=stored).value
    except NotUnderstood:
        return

    assert read_cell(printed(value), kind=kind, side=side, stored=value) == Understood(value)


def is_honest(value: Value, kind: ValueKind, side: Side) -> bool:
    """What the row's constraints ask: number xor state, parts in pairs on a rate's actual, no words without a value."""
    about = (value.as_of, value.certainty, value.note)
    return (
        not (value.number is not None and value.state is not None)
        and (value.is_entered or value == EMPTY)
        and (value.numerator is None) == (value.denominator is None)
        and (value.numerator is None or (kind is ValueKind.RATE and side is Side.ACTUAL and value.number is not None))
        and (side is Side.ACTUAL or about == ("", None, ""))
        and (kind is not ValueKind.TEXT or value.number is None)
        and (kind is not ValueKind.PRESENCE or value.number in (None, 0, 1))
        and (value.state is not State.NOT_SET or side is Side.PLANNED)
    )
