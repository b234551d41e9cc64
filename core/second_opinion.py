"""The independent second computation of every derived figure, with fractions and plain rules, slow and obvious.

It shares no code with `core.figures` on purpose: `verify_figures` compares the two, and the tests use it as an oracle.
It reads the printed texts of a tidy row, not our value objects, so that a mistake in between shows as well.
"""

from collections.abc import Mapping
from fractions import Fraction

DERIVED = ("差", "達成率", "乖離率", "乖離値旧様式", "判定")


def derived_columns(row: Mapping[str, str], low: int | Fraction = 80, high: int | Fraction = 120) -> dict[str, str]:
    """The five derived columns of one tidy row, computed again from its other columns, as text ('' where none)."""
    kind, direction = row["種類"], row["方向"]
    blank = dict.fromkeys(DERIVED, "")
    if row["実績値状態"] in ("確認中", "未公表") or kind == "文章":
        return blank
    plan = _fraction(row["計画値"])
    actual = _fraction(row["実績値"])
    if kind == "割合" and row["分子"] and row["分母"] and actual is not None:
        actual = Fraction(row["分子"]) / Fraction(row["分母"]) * 100
    blank["判定"] = _reading(kind, direction, plan, actual, row, Fraction(low), Fraction(high))
    if kind == "有無":
        return blank
    if plan is not None and actual is not None:
        gap = actual - plan
        blank["差"] = _tenths(gap) if kind == "割合" else _exact(gap)
        if plan != 0:
            blank["達成率"] = _tenths(actual / plan * 100)
            blank["乖離率"] = _tenths(gap / plan * 100)
    if plan is not None and plan != 0:
        blank["乖離値旧様式"] = "0.0" if actual is None else _tenths(actual / plan * 100)
    return blank


def _reading(
    kind: str,
    direction: str,
    plan: Fraction | None,
    actual: Fraction | None,
    row: Mapping[str, str],
    low: Fraction,
    high: Fraction,
) -> str:
    if plan is None:
        return "計画値なし"
    if actual is None:
        return row["実績値状態"] or "未入力"
    if direction == "減":
        return "達成" if actual <= plan else "未達"
    if kind == "有無":
        return "達成" if actual >= plan else "未達"
    if plan == 0 and actual == 0:
        return "計画・実績とも0"
    if plan == 0:
        return "計画0・実績" + row["実績値"]
    if direction == "増":
        return "達成" if actual >= plan else "未達"
    percent = actual * 100 / plan
    if percent > high:
        return "見込みを上回る"
    return "見込みを下回る" if percent < low else "見込みどおり"


def _fraction(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def _tenths(number: Fraction) -> str:
    """One decimal, halves away from zero, by whole-number arithmetic alone."""
    tenths = (abs(number) * 20 + 1) // 2
    sign = "-" if number < 0 and tenths else ""
    return f"{sign}{tenths // 10}.{tenths % 10}"


def _exact(number: Fraction) -> str:
    """A number of at most four decimals without trailing zeros."""
    whole, part = divmod(abs(number.numerator) * 10000 // number.denominator, 10000)
    digits = f"{whole}.{part:04d}".rstrip("0").rstrip(".")
    return f"-{digits}" if number < 0 else digits
