"""A report as PDF made outside the web server: the whole 評価書, or a 節 with so many measures that it takes long."""

from core.fiscal_years import wareki
from core.pdf import NoPdfHere
from evaluations.long_work.kinds import Kind, Result, ResultFile, Tell, plan_of
from evaluations.models import LongWork
from evaluations.reports.pdf import PDF, PaperSize, book_pdf, section_pdf
from evaluations.reports.report import report_of_plan
from plans.refusals import Refused


def pdf_name(slug: str, year: int, section: int = 0) -> str:
    """The name of the file; `section` 0 is the whole book."""
    return f"{slug}_{year}年度_{f'第{section}節' if section else '評価書'}.pdf"


def make_paper(work: LongWork, tell: Tell) -> Result:
    """`parameters` name 年度, 節番号 (0: the whole book) and size of the sheet."""
    plan = plan_of(work)
    year, number, size = work.parameters["year"], work.parameters["section"], PaperSize(work.parameters["size"])
    tell(0, 2, f"{wareki(year)}の内容を集めています。")
    report = report_of_plan(plan, year, access=plan.access)
    tell(1, 2, "ページに並べて、PDFにしています。")
    try:
        content = section_pdf(report, number, size=size) if number else book_pdf(report, size=size)
    except NoPdfHere as refusal:
        raise Refused(str(refusal)) from refusal
    if content is None:
        raise Refused(f"第{number}節は、この計画にもうありません。")
    return Result("PDFができました。", ResultFile(pdf_name(plan.slug, year, number), PDF, content))


PAPER_PDF = Kind("paper_pdf", make_paper)
