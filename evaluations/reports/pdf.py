"""The report of an evaluation as PDF: one 節, or the whole 評価書 with cover and contents."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.template.loader import render_to_string

from core.charts import to_svg
from core.pdf import pdf_of
from core.sheets.design import Edition, Line
from core.sheets.notes import notes_of
from evaluations.publishing.report_sections import ReportSection
from evaluations.reports.figures import FigureBlock, figure_blocks
from evaluations.reports.report import EvaluationReport, report_of_section
from plans.charts import DRAWN, chart_of
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
