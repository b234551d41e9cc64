"""The lines under an evaluation sheet that say how its figures come about. They follow from what the sheet prints."""

from collections.abc import Iterable
from decimal import Decimal

from core.numerals import plain
from core.sheets.design import Edition, Line

FORMULAS = {
    Line.LEGACY_DEVIATION: (
        "乖離値（旧様式）＝ 実績値 ÷ 計画値 × 100。計画値がない年度は空欄です。",
        "実績が未入力の年度も乖離値は 0.0% と印刷されますが、実績が0という意味ではありません。",
    ),
    Line.DIFFERENCE: ("差 ＝ 実績値 − 計画値。割合の指標では、ポイントの差です。",),
    Line.ACHIEVEMENT_RATE: ("達成率 ＝ 実績値 ÷ 計画値 × 100。計画値がない年度と、計画値が0の年度は空欄です。",),
    Line.DEVIATION_RATE: (
        "乖離率 ＝（実績値 − 計画値）÷ 計画値 × 100。計画値がない年度と、計画値が0の年度は空欄です。",
    ),
}
BLANKS = {
    Edition.OLD: "実績の空欄は、まだ入力していないことを表します。",
    Edition.NEW: "「未入力」は、まだ入力していないことを表し、0という意味ではありません。",
}


def notes_of(lines: Iterable[Line], edition: Edition, *, near_low: Decimal, near_high: Decimal) -> tuple[str, ...]:
    """The formula of each derived line in words, and what an empty cell or 未入力 means."""
    lines = tuple(lines)
    notes = [sentence for line in lines for sentence in FORMULAS.get(line, ())]
    if Line.READING in lines:
        notes.append(
            "判定：増やす指標は実績値が計画値以上、減らす指標は計画値以下のときに「達成」。見込みの指標は達成率が"
            f"{plain(near_low)}%以上{plain(near_high)}%以下のときに「見込みどおり」。"
        )
    if Line.ACTUAL in lines and Line.LEGACY_DEVIATION not in lines:
        notes.append(BLANKS[edition])
    return tuple(notes)
