"""The roll-up as a tidy table: one row per measure, 年度 and figure, with the number of cities left out in columns."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from core.csv_file import csv_file, guarded
from core.numerals import one_decimal, plain
from core.rollup import REASONS, Sum, Total
from core.words import ValueKind

COLUMNS = (
    "団体コード", "都道府県名", "計画種別", "計画期", "年度", "種別", "指標名", "単位", "種類", "集計", "まとめ方",
    "数字の名前", "値", "市区町村数", *REASONS,
)  # fmt: skip
TEXTS = ("都道府県名", "指標名", "単位")


def rollup_csv(totals: Iterable[Total], head: dict[str, str]) -> bytes:
    """The table. `head` are the columns that say which prefecture, 期 and 年度."""
    return csv_file(COLUMNS, (guarded(head | row, TEXTS) for total in totals for row in _rows(total)))


def _rows(total: Total) -> Iterator[dict[str, str]]:
    kind = total.kind
    about = {
        "種別": kind.family.label,
        "指標名": kind.title,
        "単位": kind.unit,
        "種類": kind.value_kind.label,
        "集計": kind.accumulation.label,
        "まとめ方": "名前" if kind.by_name else "コード",
    }

    def row(name: str, value: Decimal | None, side: Sum, *, rate: bool = False) -> dict[str, str]:
        # A sum over no city is not known, which is not 0.
        shown = "" if value is None or not side.cities else (one_decimal if rate else plain)(value)
        left_out = {reason: str(side.excluded[reason]) for reason in REASONS}
        return about | {"数字の名前": name, "値": shown, "市区町村数": str(side.cities)} | left_out

    is_rate = kind.value_kind is ValueKind.RATE
    yield row("計画の合計", total.planned_total, total.planned)
    yield row("実績の合計", total.actual_total, total.actual, rate=is_rate)
    if is_rate:
        yield row("分子の合計", total.actual.numerator, total.actual)
        yield row("分母の合計", total.actual.denominator, total.actual)
    if kind.value_kind is ValueKind.NUMBER:
        yield row("そろった市区町村の計画の合計", total.both_planned, total.both)
        yield row("そろった市区町村の実績の合計", total.both.amount, total.both)
        yield row("合計の達成率", total.rate_of_sums, total.both, rate=True)
    if kind.value_kind in (ValueKind.NUMBER, ValueKind.RATE):
        yield row("達成率の中央値", total.median_rate, total.rated, rate=True)
    for reading, count in total.readings_in_order:
        yield row(f"判定：{reading}", Decimal(count), total.judged)
