"""The tidy table: one row per measure and fiscal year, the same columns in CSV, xlsx and JSON.

Source: the exchange contract. A row is a dict from column to text; "" is a blank cell.
"""

from decimal import Decimal

from core.figures import Figures, shown_difference, shown_number
from core.fiscal_years import wareki
from core.numerals import one_decimal, plain
from core.values import Value
from core.words import Certainty, State, ValueKind

OF_PLAN = ("団体コード", "自治体名", "計画種別", "計画期", "計画名", "開始年度", "終了年度")
OF_MEASURE = (
    *("節番号", "節名", "種別", "指標コード", "指標番号", "指標名", "親指標", "親との関係"),
    *("単位", "種類", "方向", "集計", "基準値", "基準年度"),
)
DERIVED = ("差", "達成率", "乖離率", "乖離値旧様式", "判定")
OF_YEAR = (
    *("年度", "年度和暦", "計画値", "計画値状態", "計画値原文"),
    *("実績値", "実績値状態", "実績値原文", "分子", "分母", "時点", "確定度", *DERIVED, "注記"),
)
COLUMNS = (*OF_PLAN, *OF_MEASURE, *OF_YEAR)
CODE_PATTERN = "[0-9A-Za-z][0-9A-Za-z_-]{0,39}"
"""What a 指標コード may be, as one regular expression."""
REQUIRED = ("団体コード", "計画期", "節番号", "種別", "指標コード", "指標名", "年度")
IGNORED_WHEN_READ = (*DERIVED, "年度和暦")
# 団体コード and 指標番号 look like numbers and are names: a leading zero is part of them.
NUMBER_COLUMNS = frozenset(
    ("計画期", "開始年度", "終了年度", "節番号", "基準値", "基準年度", "年度", "計画値", "実績値", "分子", "分母")
) | frozenset(("差", "達成率", "乖離率", "乖離値旧様式"))

Row = dict[str, str]


def year_columns(year: int, figures: Figures) -> Row:
    """From 年度 to 注記 for one measure in one fiscal year. A withheld actual is blank, with its word as 状態."""
    planned, actual, kind = figures.planned, figures.actual, figures.nature.kind
    return {
        "年度": str(year),
        "年度和暦": wareki(year),
        **planned_columns(planned, kind),
        "実績値": shown_number(actual, kind),
        "実績値状態": figures.exported_state,
        "実績値原文": actual.wording,
        "分子": number_text(actual.numerator),
        "分母": number_text(actual.denominator),
        "時点": actual.as_of,
        "確定度": actual.certainty.label if actual.certainty else "",
        "注記": actual.note,
        **derived_columns(figures),
    }


def planned_columns(planned: Value, kind: ValueKind) -> Row:
    """計画値 to 計画値原文."""
    return {
        "計画値": shown_number(planned, kind),
        "計画値状態": planned.state.label if planned.state else "",
        "計画値原文": planned.wording,
    }


def derived_columns(figures: Figures) -> Row:
    """差 … 判定 as exported: rates, and the 差 of a 割合, to one decimal."""
    return {
        "差": shown_difference(figures),
        "達成率": _rate(figures.achievement_rate),
        "乖離率": _rate(figures.deviation_rate),
        "乖離値旧様式": _rate(figures.legacy_deviation),
        "判定": figures.reading,
    }


def planned_of(row: Row) -> Value:
    """計画値 read back from a row of ours, without tolerance; empty where no plan was set for that year."""
    return Value(number=_read_number(row["計画値"]), state=_state(row["計画値状態"]), wording=row["計画値原文"])


def actual_of(row: Row) -> Value:
    """実績値 with the columns that depend on it, likewise; empty where it is 未入力 or withheld from the reader."""
    return Value(
        number=_read_number(row["実績値"]),
        state=_state(row["実績値状態"]),
        wording=row["実績値原文"],
        numerator=_read_number(row["分子"]),
        denominator=_read_number(row["分母"]),
        as_of=row["時点"],
        certainty=Certainty.from_label(row["確定度"]) if row["確定度"] else None,
        note=row["注記"],
    )


def _read_number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _state(word: str) -> State | None:
    """The state with this word; None for a blank and for the words that are no state (未入力, 確認中, 未公表)."""
    return next((state for state in State if state.label == word), None)


def number_text(number: Decimal | int | None) -> str:
    """A number as exported; "" for None."""
    return "" if number is None else plain(Decimal(number))


def _rate(number: Decimal | None) -> str:
    return "" if number is None else one_decimal(number)
