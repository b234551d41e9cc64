"""The figures of one year in one sentence: every number with its name, readable without the table."""

from decimal import Decimal

from core.figures import Figures, shown_difference, shown_number
from core.fiscal_years import wareki
from core.numerals import one_decimal, plain
from core.pace import Interim
from core.prose import full_stop
from core.spoken_text import spoken_line
from core.values import Value
from core.words import Accumulation, Certainty, Direction, ValueKind

DIRECTIONS = {
    Direction.MORE: "増えるほどよい指標",
    Direction.LESS: "減るほどよい指標",
    Direction.NEAR: "見込みに近いほどよい指標",
}
ACCUMULATIONS = {
    Accumulation.YEAR_TOTAL: "1年度の合計",
    Accumulation.MONTHLY_AVERAGE: "1か月の平均",
    Accumulation.YEAR_END: "年度末の数",
    Accumulation.CUMULATIVE: "計画の初めからの累計",
}
KINDS = {ValueKind.PRESENCE: "有か無かで表す指標", ValueKind.TEXT: "文章で表す指標"}
PERIODS = {"月": "1か月", "年": "1年", "週": "1週間", "日": "1日", "回": "1回"}
ORDER = ("年度", "計画値", "実績値", "差", "達成率", "判定")


def figures_in_words(year: int, figures: Figures, *, planned_word: str = "計画値", unit: str = "") -> str:
    """「令和3年度、計画値 4人、実績値 3人、差 マイナス1人、達成率 75.0%、判定 未達。」

    What cannot be computed is left out.
    """
    kind, base = figures.nature.kind, base_of(unit)
    parts = [
        wareki(year),
        f"{planned_word} {_value(figures.planned, kind, base) or 'なし'}",
        f"実績値 {figures.actual_word or _value(figures.actual, kind, base)}",
    ]
    if figures.difference is not None:
        sign = "プラス" if figures.difference > 0 else ""
        points = "ポイント" if kind is ValueKind.RATE else base
        parts.append(f"差 {sign}{said_number(shown_difference(figures))}{points}")
    if figures.achievement_rate is not None:
        parts.append(f"達成率 {said_number(one_decimal(figures.achievement_rate))}%")
    if figures.reading:
        parts.append(f"判定 {figures.reading.replace('-', 'マイナス')}")
    return "、".join(parts) + "。"


def circumstances_in_words(figures: Figures, *, unit: str = "", interim: Interim | None = None) -> str:
    """The notes to the figures of a year, each a short sentence: 内訳, 期間途中, 原文, 時点, 注記.

    A 原文 that says the same as the figure is not repeated.
    """
    planned, actual, kind, base = figures.planned, figures.actual, figures.nature.kind, base_of(unit)
    said = {
        "確定度": actual.certainty.label if actual.certainty not in (None, Certainty.FINAL) else "",
        "内訳": _parts(actual),
        "削減率": "" if figures.reduction_rate is None else said_number(one_decimal(figures.reduction_rate)) + "%",
        "期間途中": _interim(interim, figures, base) if interim else "",
        "計画の原文": planned.wording if planned.wording != _value(planned, kind, base) else "",
        "実績の原文": actual.wording if actual.wording != _value(actual, kind, base) else "",
        "時点": actual.as_of,
        "注記": actual.note,
    }
    return "".join(f"{name}：{full_stop(spoken_line(text))}" for name, text in said.items() if text)


def nature_in_words(figures: Figures, accumulation: Accumulation, unit: str) -> str:
    """「単位は人。増えるほどよい指標。1年度の合計。」"""
    kind = figures.nature.kind
    if kind in KINDS:
        return f"{KINDS[kind]}。"
    said = (unit_in_words(unit), DIRECTIONS[figures.nature.direction], ACCUMULATIONS[accumulation])
    return "".join(f"{one}。" for one in said if one)


def base_of(unit: str) -> str:
    """人/月 → 人: what is counted. The period is said once, with the name of the measure."""
    return unit.split("/")[0]


def unit_in_words(unit: str) -> str:
    """「単位は、1か月あたりの人」; "" where there is none."""
    base, *periods = unit.split("/")
    per = "".join(f"{PERIODS.get(period, period)}あたりの" for period in periods)
    return f"単位は、{per}{base}" if unit else ""


def said_number(number: str) -> str:
    """A number in digits with its minus in words."""
    return number.replace("-", "マイナス")


def _value(value: Value, kind: ValueKind, base: str) -> str:
    if value.number is None:
        return value.state.label if value.state else ""
    if kind is ValueKind.PRESENCE:
        return "有" if value.number else "無"
    return said_number(shown_number(value, kind)) + base


def _parts(actual: Value) -> str:
    if actual.numerator is None or actual.denominator is None:
        return ""
    return f"分子 {plain(actual.numerator)}、分母 {plain(actual.denominator)}"


def _interim(way: Interim, figures: Figures, base: str) -> str:
    kind = figures.nature.kind
    goal = _value(Value(way.goal), kind, base)
    said = f"{wareki(way.goal_year)}の目標 {goal}"
    if figures.actual.number is not None and kind is not ValueKind.PRESENCE:
        said += f"に対し {_value(figures.actual, kind, base)}"
    return said + _pace(way.expected, base)


def _pace(expected: Decimal | None, base: str) -> str:
    if expected is None:
        return ""
    return f"（均等に進むとこの年度で {said_number(one_decimal(expected))}{base}）"
