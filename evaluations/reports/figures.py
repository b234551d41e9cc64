"""Figures as a report prints them: of each measure a few lines over the years, and the remarks on them.

A line that would be blank in every year is left out, so that a goal of the last year alone takes three lines.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.fiscal_years import wareki
from core.numerals import plain
from plans.cell_words import CellWords, cell_words
from plans.models import Measure, Municipality
from plans.queries import MeasureRow


@dataclass(frozen=True)
class FigureCell:
    """What one line says of one year. `tone` marks a reading; `is_word`: a word takes the place of a number."""

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
    unit = city.unit(measure.unit)
    years = [(cell.year, cell_words(cell, unit)) for cell in row.cells]
    said = [list(_lines(words, city.planned_word).items()) for _, words in years]
    names = [name for name, _ in said[0]] if said else []
    lines = tuple(FigureLine(name, tuple(year[place][1] for year in said)) for place, name in enumerate(names))
    remarks = ((year, [note.sentence.rstrip("。") for note in words.notes if note.for_paper]) for year, words in years)
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


def _lines(words: CellWords, planned_word: str) -> dict[str, FigureCell]:
    """Every line there may be, in order; blank where it says nothing of this year."""
    actual = f"{words.actual}（{words.certainty}）" if words.certainty else words.actual
    return {
        planned_word: FigureCell(words.planned, is_word=words.planned_is_word),
        "実績値": FigureCell(actual, is_word=words.actual_is_word),
        "内訳": FigureCell(words.parts),
        "差": FigureCell(words.difference),
        "達成率": FigureCell(words.achievement_rate),
        "乖離率": FigureCell(words.deviation_rate),
        "削減率": FigureCell(words.reduction_rate),
        "判定": FigureCell(words.reading, tone=words.tone),
    }
