"""The report of an evaluation as PDF: one 節, or the whole 評価書 with cover and contents.

Of each measure it prints a few lines over the years, and the remarks on them. A line that would be blank in every year
is left out, so that a goal of the last year alone takes three lines.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.template.loader import render_to_string

from core.charts import to_svg
from core.fiscal_years import wareki
from core.numerals import plain
from core.pdf import pdf_of
from core.sheets.design import Edition, Line
from core.sheets.notes import notes_of
from evaluations.publishing.report_sections import ReportSection
from evaluations.reports.report import EvaluationReport, report_of_section
from plans.cell_words import CellWords, cell_words
from plans.charts import DRAWN, chart_of
from plans.models import Measure, Municipality
from plans.queries import MeasureRow

PDF = "application/pdf"
EXPLAINED = (Line.ACTUAL, Line.DIFFERENCE, Line.ACHIEVEMENT_RATE, Line.DEVIATION_RATE, Line.READING)
"""The lines of figures whose formula is printed at the end."""


class PaperSize(StrEnum):
    """The size of a sheet; the larger one has the same type, wider tables and three charts in a row."""

    A4 = "a4"
    A3 = "a3"


CHART_WIDTHS = {PaperSize.A4: "48.5%", PaperSize.A3: "32.2%"}


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


@dataclass(frozen=True)
class _Chart:
    """A drawing with its caption; the drawing says in words to a screen reader what it shows."""

    title: str
    svg: str
    is_long: bool


@dataclass(frozen=True)
class _Printed:
    """One 節 with its figures laid out."""

    paper: ReportSection
    blocks: tuple[FigureBlock, ...]
    charts: tuple[_Chart, ...]


def section_pdf(report: EvaluationReport, number: int, *, size: PaperSize = PaperSize.A4) -> bytes | None:
    """The pages of one 節 alone; None where the report prints no such 節. Raises NoPdfHere."""
    alone = report_of_section(report, number)
    if alone is None:
        return None
    title = f"{alone.sections[0].section} ― {alone.title}"
    return _pdf(alone, title, size, is_book=False)


def book_pdf(report: EvaluationReport, *, size: PaperSize = PaperSize.A4) -> bytes:
    """The whole 評価書: cover, contents, each 節 on a new page. Raises NoPdfHere."""
    return _pdf(report, f"{report.title}　評価書", size, is_book=True)


def _pdf(report: EvaluationReport, title: str, size: PaperSize, *, is_book: bool) -> bytes:
    plan, city = report.plan, report.plan.municipality
    formulas = notes_of(EXPLAINED, Edition.NEW, near_low=plan.near_low, near_high=plan.near_high)
    context = {
        "paper": report,
        "plan": plan,
        "title": title,
        "sections": [
            _Printed(one, figure_blocks(one.rows, city), tuple(_charts(one.rows))) for one in report.printed_sections
        ],
        "notes": formulas,
        "is_book": is_book,
    }
    style = {"size": size.value.upper(), "chart_width": CHART_WIDTHS[size]}
    return pdf_of(render_to_string("papers/book.html", context), render_to_string("papers/paper.css", style))


def _charts(rows: Iterable[MeasureRow]) -> Iterable[_Chart]:
    for row in rows:
        if row.measure.value_kind in DRAWN:
            chart = chart_of(row)
            spoken = replace(chart, title=f"{chart.title}：{chart.summary}")
            yield _Chart(chart.title, to_svg(spoken, for_paper=True), chart.is_long)


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
