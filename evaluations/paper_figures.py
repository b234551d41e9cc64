"""Figures as a paper prints them: of each measure a few lines that run along the years, and what is to be said of them.

A line that would be blank in every year is left out, so that a goal of the last year alone takes three lines.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.figures import Figures, shown_number, signed_difference
from core.fiscal_years import wareki
from core.numerals import one_decimal, plain
from core.values import Value
from core.words import Certainty, ValueKind
from plans.models import Measure, Municipality
from plans.planned_versions import versions_in_words
from plans.queries import MeasureRow, YearCell


@dataclass(frozen=True)
class FigureCell:
    """What one line says of one year. `tone` marks a reading; `is_word` a word that stands in the place of a number."""

    text: str
    tone: str = ""
    is_word: bool = False


@dataclass(frozen=True)
class FigureLine:
    """計画値, 実績値, 差 … of one measure over the years."""

    name: str
    cells: tuple[FigureCell, ...]


@dataclass(frozen=True)
class FigureBlock:
    """One measure: its facts in words, its lines, and the remarks on its years."""

    measure: Measure
    facts: tuple[str, ...]
    lines: tuple[FigureLine, ...]
    remarks: tuple[str, ...]


def figure_blocks(rows: Iterable[MeasureRow], city: Municipality) -> tuple[FigureBlock, ...]:
    """The blocks of these rows in their order, in the words of the city."""
    return tuple(_block(row, city) for row in rows)


def _block(row: MeasureRow, city: Municipality) -> FigureBlock:
    measure = row.measure
    kind, unit = ValueKind(measure.value_kind), city.unit(measure.unit)
    told = [list(_lines(cell.figures, kind, unit, city.planned_word).items()) for cell in row.cells]
    names = [name for name, _ in told[0]] if told else []
    lines = tuple(FigureLine(name, tuple(year[place][1] for year in told)) for place, name in enumerate(names))
    remarks = ((cell.year, list(_remarks(cell, kind, unit))) for cell in row.cells)
    return FigureBlock(
        measure,
        tuple(_facts(measure, unit)),
        tuple(line for line in lines if any(cell.text for cell in line.cells)),
        tuple(f"{wareki(year)}　{'。'.join(said)}。" for year, said in remarks if said),
    )


def _facts(measure: Measure, unit: str) -> Iterator[str]:
    counted = f"{measure.get_direction_display()}・{measure.get_accumulation_display()}"
    yield f"単位：{unit}　{counted}" if unit else counted
    if measure.parent_title:
        yield f"「{measure.parent_title}」の{measure.get_parent_role_display()}"
    if measure.baseline_text:
        yield f"基準：{measure.baseline_text}"
    elif measure.baseline is not None:
        year = f"{wareki(measure.baseline_year)} " if measure.baseline_year else ""
        yield f"基準：{year}{plain(measure.baseline)}{unit}"


def _lines(f: Figures, kind: ValueKind, unit: str, planned_word: str) -> dict[str, FigureCell]:
    """Every line there may be, in order; blank where it says nothing of this year."""
    points = "ポイント" if kind is ValueKind.RATE else unit
    actual = _amount(f.actual, kind, unit, f.actual_word)
    certainty = f.actual.certainty
    if certainty and certainty is not Certainty.FINAL:
        actual = FigureCell(f"{actual.text}（{certainty.label}）", is_word=actual.is_word)
    return {
        planned_word: _amount(f.planned, kind, unit, f.planned.state.label if f.planned.state else "なし"),
        "実績値": actual,
        "内訳": FigureCell(_parts(f.actual)),
        "差": FigureCell("" if f.difference is None else f"{signed_difference(f)}{points}"),
        "達成率": FigureCell(_percent(f.achievement_rate)),
        "乖離率": FigureCell(_percent(f.deviation_rate)),
        "削減率": FigureCell(_percent(f.reduction_rate)),
        "判定": FigureCell(f.reading, tone=f.tone.value if f.reading else ""),
    }


def _amount(value: Value, kind: ValueKind, unit: str, word: str) -> FigureCell:
    if value.number is None:
        return FigureCell(word, is_word=True)
    if kind is ValueKind.PRESENCE:
        return FigureCell("有" if value.number else "無")
    return FigureCell(shown_number(value, kind) + unit)


def _parts(value: Value) -> str:
    if value.numerator is None or value.denominator is None:
        return ""
    return f"{plain(value.numerator)} ÷ {plain(value.denominator)}"


def _percent(rate: Decimal | None) -> str:
    return "" if rate is None else f"{one_decimal(rate)}%"


def _remarks(cell: YearCell, kind: ValueKind, unit: str) -> Iterator[str]:
    """What stands under the figures of a year on its page, one sentence each."""
    planned, actual = cell.figures.planned, cell.figures.actual
    if cell.versions:
        yield f"計画変更：{versions_in_words(cell.versions, kind, unit)}"
    if cell.interim:
        yield _on_the_way(cell, kind, unit)
    if planned.wording:
        yield f"計画の原文：{planned.wording}".rstrip("。")
    if actual.wording:
        yield f"実績の原文：{actual.wording}".rstrip("。")
    if actual.as_of:
        yield f"時点：{actual.as_of}"
    if actual.note:
        yield f"注記：{actual.note}".rstrip("。")


def _on_the_way(cell: YearCell, kind: ValueKind, unit: str) -> str:
    """「期間途中：令和5年度の目標 4人 に対し 2人（均等に進むとこの年度で 2.7人）」."""
    on_the_way, actual = cell.interim, cell.figures.actual
    if on_the_way is None:
        return ""
    goal = Value(on_the_way.goal)
    said = f"期間途中：{wareki(on_the_way.goal_year)}の目標 {_amount(goal, kind, unit, '').text}"
    if actual.number is not None and kind is not ValueKind.PRESENCE:
        said += f" に対し {_amount(actual, kind, unit, '').text}"
    if on_the_way.expected is not None:
        said += f"（均等に進むとこの年度で {one_decimal(on_the_way.expected)}{unit}）"
    return said
