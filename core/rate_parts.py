"""分子 and 分母 of a 割合: the percentage is computed from them, and a typed one must agree."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.cell_texts import LABELS, CellTexts, NotUnderstood
from core.numerals import MAX_WHOLE_DIGITS, one_decimal, plain, read_numeral, typed
from core.typed_values import Reading
from core.values import STORED_PLACES, Value

PARTS = ("numerator", "denominator")
TOLERANCE = Decimal("0.05")  # of a typed percentage against the computed one: what one printed decimal can hide


@dataclass(frozen=True, slots=True)
class RateWithParts:
    """The percent number, and the parts where both are kept."""

    number: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    warnings: tuple[str, ...] = ()


def with_parts(reading: Reading, cell: CellTexts, stored: Value) -> RateWithParts:
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
