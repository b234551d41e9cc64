"""The tolerant reader: the texts of one cell, read over its stored value, become a Value or raise NotUnderstood.

Source of the rules: the exchange contract. Reading what was exported changes nothing.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from core.cell_texts import LABELS, CellTexts, NotUnderstood
from core.numerals import MAX_WHOLE_DIGITS, is_bare_number, one_decimal, plain, read_numeral, squeeze, typed
from core.typed_values import PRESENCE_WORDS, Reading, read_value, refuse_planned_only
from core.values import EMPTY, STORED_PLACES, Value
from core.words import NOT_ENTERED, WITHHELD, Certainty, Side, State, ValueKind

__all__ = ["CellTexts", "NotUnderstood", "Understood", "echo", "read_cell"]

PARTS = ("numerator", "denominator")
TOLERANCE = Decimal("0.05")  # of a typed percentage against the computed one: what one printed decimal can hide
_OF_THE_ACTUAL = ("as_of", "certainty", "note")


@dataclass(frozen=True, slots=True)
class Understood:
    """What the cell will hold. `untouched`: its state said that the exporter could not see it, so nothing was read."""

    value: Value
    warnings: tuple[str, ...] = ()
    untouched: bool = False


def read_cell(texts: CellTexts, *, kind: ValueKind, side: Side, stored: Value = EMPTY) -> Understood:
    """The value meant by the texts over the stored one; NotUnderstood names the field at fault and the remedy."""
    hidden = squeeze(texts.state or "")
    if hidden in WITHHELD:
        ignored = f"状態が「{hidden}」のため、値は取り込みません{typed(texts.value)}" if texts.value else None
        return Understood(stored, (ignored,) if ignored else (), untouched=True)
    cell = texts.cleaned(kind)
    _refuse_misplaced(cell, kind, side)
    reading = _main_part(cell, kind, side, stored)
    parts = _with_parts(reading, cell, stored) if kind is ValueKind.RATE and side is Side.ACTUAL else None
    if parts:
        state = reading.state if parts.number is None else None
        reading = replace(reading, number=parts.number, state=state, warnings=reading.warnings + parts.warnings)
    if reading.number is None and reading.state is None:
        _refuse_leftovers(cell, stored)
        return Understood(EMPTY)
    wording = _wording(cell, reading, kind, stored)
    lost = reading.free and wording != reading.typing
    value = Value(
        number=reading.number,
        state=reading.state,
        wording=wording,
        numerator=parts.numerator if parts else None,
        denominator=parts.denominator if parts else None,
        as_of=stored.as_of if cell.as_of is None else cell.as_of,
        certainty=stored.certainty if cell.certainty is None else _certainty(cell.certainty),
        note=stored.note if cell.note is None else cell.note,
    )
    passed_over = (f"原文の欄を採り、値の欄の文は取り込みません{typed(reading.typing)}",) if lost else ()
    return Understood(value, reading.warnings + passed_over)


def echo(value: Value, kind: ValueKind | None = None) -> str:
    """How an understood value is shown back: 12, 集計中, 66.7, 有. The words of 有無 need its kind or its wording."""
    if value.number is None:
        return value.missing_word
    if kind is ValueKind.PRESENCE or squeeze(value.wording) in PRESENCE_WORDS:
        return "有" if value.number else "無"
    if value.numerator is not None and value.denominator:
        return one_decimal(value.numerator * 100 / value.denominator)
    return plain(value.number)


def _refuse_misplaced(cell: CellTexts, kind: ValueKind, side: Side) -> None:
    """分子 and 分母 belong to the actual of a 割合, 時点, 確定度 and 注記 to an actual."""
    for field in PARTS:
        text = getattr(cell, field)
        if text and (kind is not ValueKind.RATE or side is Side.PLANNED):
            raise NotUnderstood(field, f"{LABELS[field]}は割合の指標の実績値にだけ入力できます{typed(text)}")
    for field in _OF_THE_ACTUAL:
        text = getattr(cell, field)
        if text and side is Side.PLANNED:
            raise NotUnderstood(field, f"{LABELS[field]}は実績値にだけ入力できます{typed(text)}")


def _main_part(cell: CellTexts, kind: ValueKind, side: Side, stored: Value) -> Reading:
    """Number and state from the two columns; an explicit state wins over the value text."""
    state = _state(cell.state, side)
    if state is not None:
        return _under_state(state, cell.value or "", kind, side)
    if cell.value is None:
        cleared = cell.state is not None and stored.state is not None
        return Reading() if cleared else Reading(number=stored.number, state=stored.state)
    if not cell.value:
        return Reading()
    try:
        return read_value(cell.value, kind=kind, side=side)
    except ValueError as problem:
        raise NotUnderstood("value", str(problem)) from problem


def _state(text: str | None, side: Side) -> State | None:
    """The state named in its column; None for an absent or blank column and for 未入力, which equals blank."""
    label = squeeze(text or "")
    if label in ("", NOT_ENTERED):
        return None
    try:
        state = State.from_label(label)
    except ValueError:
        allowed = [NOT_ENTERED, *(state.label for state in State if side is Side.PLANNED or state is not State.NOT_SET)]
        raise NotUnderstood("state", f"状態は{'・'.join(allowed)}から選んでください{typed(text or '')}") from None
    try:
        refuse_planned_only(state, side, label)
    except ValueError as problem:
        raise NotUnderstood("state", str(problem)) from problem
    return state


def _under_state(state: State, text: str, kind: ValueKind, side: Side) -> Reading:
    """The state, with what its neighbour's text still says: the same, words to keep, or something to warn of."""
    if not text:
        return Reading(state=state)
    passed_over = (f"状態「{state.label}」を採り、値は取り込みません{typed(text)}",)
    try:
        reading = read_value(text, kind=kind, side=side)
    except ValueError:
        # Not a value, but perhaps the words that go with the state; a leftover number is not.
        if is_bare_number(text):
            return Reading(state=state, warnings=passed_over)
        return Reading(state=state, typing=text, free=True)
    if reading == Reading() or reading.state in (state, State.WORDS_ONLY):
        return Reading(state=state, typing=reading.typing, free=reading.free)
    kept = reading.typing if state is State.WORDS_ONLY else ""
    return Reading(state=state, typing=kept, warnings=passed_over)


def _wording(cell: CellTexts, reading: Reading, kind: ValueKind, stored: Value) -> str:
    """The 原文: one newly given, else a typing worth keeping, else the stored one while it still fits the value."""
    given = cell.wording
    changed = (reading.number, reading.state) != (stored.number, stored.state)
    # What was said about another number is gone with it; a state may keep the words of an earlier state.
    left_a_number = stored.number is not None and reading.state is not State.WORDS_ONLY
    stale = changed and (reading.number is not None or left_a_number)
    if given and given != stored.wording:
        wording = given
    elif reading.typing and (not given or changed or reading.state is not None):
        wording = reading.typing
    else:
        wording = "" if given == "" or stale else stored.wording
    if reading.state is State.WORDS_ONLY and not wording and kind is not ValueKind.TEXT:
        raise NotUnderstood("wording", "状態が「記述のみ」のときは、原文に文章を入力してください（入力：空欄）")
    return wording


def _certainty(text: str) -> Certainty | None:
    if not text:
        return None
    try:
        return Certainty.from_label(squeeze(text))
    except ValueError:
        allowed = "・".join(certainty.label for certainty in Certainty)
        raise NotUnderstood("certainty", f"確定度は{allowed}から選ぶか、空欄にしてください{typed(text)}") from None


def _refuse_leftovers(cell: CellTexts, stored: Value) -> None:
    """Words about a value need one: new ones are a problem, those left behind when it was cleared are not."""
    for field in ("wording", *_OF_THE_ACTUAL):
        text = getattr(cell, field)
        before = stored.certainty.label if field == "certainty" and stored.certainty else getattr(stored, field)
        if text and text != before:
            raise NotUnderstood(field, f"{LABELS[field]}だけは残せません。値か状態も入力してください{typed(text)}")


@dataclass(frozen=True, slots=True)
class RateWithParts:
    """The percent number, and the parts where both are kept."""

    number: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    warnings: tuple[str, ...] = ()


def _with_parts(reading: Reading, cell: CellTexts, stored: Value) -> RateWithParts:
    """The rate by parts given, or stored where their columns are absent; NotUnderstood where they clash."""
    given = bool(cell.numerator or cell.denominator)
    carried = cell.value is None and cell.state is None  # a stored state not named gives way to new parts
    if reading.state is not None and not (carried and given):
        warning = f"状態「{reading.state.label}」を採り、分子・分母は取り込みません"
        return RateWithParts(None, warnings=(warning,) if given else ())
    if reading.number is None and not given:
        return RateWithParts(None)
    if cell.value is None and cell.numerator is None and cell.denominator is None:
        return RateWithParts(stored.number, stored.numerator, stored.denominator)
    numerator, denominator = (_part(cell, field, stored) for field in PARTS)
    if numerator is None and denominator is None:
        return RateWithParts(reading.number)
    if numerator is None or denominator is None:
        missing = "numerator" if numerator is None else "denominator"
        raise NotUnderstood(missing, "分子と分母は両方を入力するか、両方を空欄にしてください（入力：片方だけ）")
    computed = numerator * 100 / denominator
    if computed >= 10**MAX_WHOLE_DIGITS:
        raise NotUnderstood("denominator", f"分子に対して分母が小さすぎます{typed(plain(denominator))}")
    if cell.value and reading.number is not None and abs(reading.number - computed) > TOLERANCE:
        parts = f"分子 {plain(numerator)}・分母 {plain(denominator)} から計算した {one_decimal(computed)}"
        raise NotUnderstood("value", f"{parts} と違います。分子・分母を直すか、空欄にしてください{typed(cell.value)}")
    return RateWithParts(computed.quantize(STORED_PLACES, rounding=ROUND_HALF_UP), numerator, denominator)


def _part(cell: CellTexts, field: str, stored: Value) -> Decimal | None:
    """One part: as typed, as stored where the column is absent, None where it is blank."""
    text: str | None = getattr(cell, field)
    if text is None:
        return stored.numerator if field == "numerator" else stored.denominator
    if not text:
        return None
    try:
        numeral = read_numeral(text)
    except ValueError as problem:
        raise NotUnderstood(field, f"{LABELS[field]}：{problem}") from problem
    if numeral.hedged or "%" in numeral.unit or numeral.number < 0:
        raise NotUnderstood(field, f"{LABELS[field]}は 0 以上の数だけを入力してください{typed(text)}")
    if field == "denominator" and numeral.number == 0:
        raise NotUnderstood(
            field, f"分母に 0 は使えません。対象がないときは状態を「該当なし」にしてください{typed(text)}"
        )
    return numeral.number
