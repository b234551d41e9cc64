"""One measure in one year in words: what a page or a report prints of it, with its unit. Nothing is computed here."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.figures import Figures, shown_number, signed_difference
from core.fiscal_years import wareki
from core.numerals import one_decimal, plain
from core.pace import Interim
from core.values import Value
from core.words import Certainty, ValueKind
from plans.planned_versions import versions_in_words
from plans.queries import YearCell


@dataclass(frozen=True)
class CellNote:
    """What is said under the figures of a year; no line of a page should break within `unbroken`.

    `look` marks it on a page; `for_paper`: it is printed too.
    """

    text: str
    unbroken: str = ""
    end: str = ""
    look: str = ""
    for_paper: bool = True

    @property
    def sentence(self) -> str:
        """The whole note."""
        return f"{self.text} {self.unbroken}{self.end}" if self.unbroken else self.text + self.end


@dataclass(frozen=True)
class CellWords:
    """Every figure with its unit; "" where there is none.

    `planned_is_word` and `actual_is_word`: a word takes the place of the number. `certainty` is "" for 確定値, `tone`
    for a blank 判定.
    """

    planned: str
    planned_is_word: bool
    actual: str
    actual_is_word: bool
    certainty: str
    parts: str
    difference: str
    achievement_rate: str
    formula: str
    deviation_rate: str
    legacy_deviation: str
    reduction_rate: str
    reading: str
    tone: str
    notes: tuple[CellNote, ...]

    @property
    def reading_repeats(self) -> bool:
        """Whether the 判定 only repeats the word in place of the actual: 未入力, 集計中 …"""
        return self.actual_is_word and self.reading == self.actual


def cell_words(cell: YearCell, unit: str) -> CellWords:
    """The words of a cell; `unit` as the city writes it."""
    f, planned, actual, kind = cell.figures, cell.figures.planned, cell.figures.actual, cell.figures.nature.kind
    certainty = actual.certainty
    return CellWords(
        planned=planned_words(f, unit),
        planned_is_word=planned.number is None,
        actual=actual_words(f, unit),
        actual_is_word=actual.number is None,
        certainty=certainty.label if certainty and certainty is not Certainty.FINAL else "",
        parts=_parts(actual),
        difference=_difference(f, unit),
        achievement_rate=_percent(f.achievement_rate),
        formula=_formula(f),
        deviation_rate=_percent(f.deviation_rate),
        legacy_deviation=_percent(f.legacy_deviation),
        reduction_rate=_percent(f.reduction_rate),
        reading=f.reading,
        tone=f.tone.value if f.reading else "",
        notes=tuple(_notes(cell, kind, unit)),
    )


def planned_words(figures: Figures, unit: str = "") -> str:
    """計画値 as pages say it: 12人, 有, 設定しない, なし."""
    planned = figures.planned
    if planned.number is not None:
        return _amount(planned, figures.nature.kind, unit)
    return planned.state.label if planned.state else "なし"


def actual_words(figures: Figures, unit: str = "") -> str:
    """実績値 as pages say it: 12人, 無, 未入力, 確認中."""
    if figures.actual.number is None:
        return figures.actual_word
    return _amount(figures.actual, figures.nature.kind, unit)


def _amount(value: Value, kind: ValueKind, unit: str) -> str:
    if kind is ValueKind.PRESENCE:
        return "有" if value.number else "無"
    return shown_number(value, kind) + unit


def _parts(actual: Value) -> str:
    if actual.numerator is None or actual.denominator is None:
        return ""
    return f"{plain(actual.numerator)} ÷ {plain(actual.denominator)}"


def _difference(f: Figures, unit: str) -> str:
    if f.difference is None:
        return ""
    return signed_difference(f) + ("ポイント" if f.nature.kind is ValueKind.RATE else unit)


def _percent(rate: Decimal | None) -> str:
    return "" if rate is None else f"{one_decimal(rate)}%"


def _formula(f: Figures) -> str:
    """How the 達成率 came about."""
    if f.achievement_rate is None:
        return ""
    kind = f.nature.kind
    return f"実績{shown_number(f.actual, kind)} ÷ 計画{shown_number(f.planned, kind)} × 100"


def _notes(cell: YearCell, kind: ValueKind, unit: str) -> Iterator[CellNote]:
    planned, actual = cell.figures.planned, cell.figures.actual
    if cell.versions:
        yield CellNote(f"計画変更：{versions_in_words(cell.versions, kind, unit)}", look="revised-note")
    if cell.interim:
        yield _on_the_way(cell.interim, actual, kind, unit)
    if cell.outlook:
        yield CellNote(f"見込み {cell.outlook}", look="outlook", for_paper=False)
    if cell.figures.legacy_deviation is not None and actual.number is None:
        yield CellNote("旧様式の表では「0.0%」", for_paper=False)
    if planned.wording:
        yield CellNote(f"計画の原文：{planned.wording}")
    if actual.wording:
        yield CellNote(f"実績の原文：{actual.wording}")
    if actual.as_of:
        yield CellNote(f"時点：{actual.as_of}")
    if actual.note:
        yield CellNote(f"注記：{actual.note}")


def _on_the_way(way: Interim, actual: Value, kind: ValueKind, unit: str) -> CellNote:
    """「期間途中：令和5年度の目標 4人 に対し 2人（均等に進むとこの年度で 2.7人）」."""
    has_number = actual.number is not None and kind is not ValueKind.PRESENCE
    return CellNote(
        f"期間途中：{wareki(way.goal_year)}の目標 {_amount(Value(way.goal), kind, unit)}",
        unbroken=f"に対し {_amount(actual, kind, unit)}" if has_number else "",
        end="" if way.expected is None else f"（均等に進むとこの年度で {one_decimal(way.expected)}{unit}）",
    )
