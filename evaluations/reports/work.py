"""Long work of reports: PDFs, and the evaluation sheets of all years of a plan in one archive."""

import io
from typing import cast
from zipfile import ZIP_STORED, ZipFile

from django.utils import timezone

from core.fiscal_years import wareki
from core.pdf import NoPdfHere
from evaluations.long_work.kinds import Kind, Progress, ReportLine, Result, ResultFile, plan_of
from evaluations.models import LongWork, PublicationPdf
from evaluations.publishing.publication_pdfs import BOOK, KIND, MAY_NOT
from evaluations.publishing.published_year import PublishedYear
from evaluations.reports.pdf import PDF, PaperSize, book_pdf, section_pdf
from evaluations.reports.report import report_of_plan, report_of_publication
from evaluations.reports.sheets.of_plan import sheet_bytes
from plans.access import Access, require
from plans.refusals import Refused
from plans.sheet_layouts import form_of


def pdf_name(slug: str, year: int, section: int = 0) -> str:
    """The name of the file; `section` 0 is the whole 評価書."""
    return f"{slug}_{year}年度_{f'第{section}節' if section else '評価書'}.pdf"


def make_report(work: LongWork, progress: Progress) -> Result:
    """`parameters` name 年度, 節番号 (0: the whole 評価書) and size of the sheet."""
    plan = plan_of(work)
    year, number, size = work.parameters["year"], work.parameters["section"], PaperSize(work.parameters["size"])
    progress(0, 2, f"{wareki(year)}の内容を集めています。")
    report = report_of_plan(plan, year, access=plan.access)
    progress(1, 2, "ページに並べて、PDFにしています。")
    try:
        content = section_pdf(report, number, size=size) if number else book_pdf(report, size=size)
    except NoPdfHere as refusal:
        raise Refused(str(refusal)) from refusal
    if content is None:
        raise Refused(f"第{number}節は、この計画にもうありません。")
    return Result("PDFができました。", ResultFile(pdf_name(plan.slug, year, number), PDF, content))


REPORT_PDF = Kind("paper_pdf", make_report)


def make_pdfs(work: LongWork, progress: Progress) -> Result:
    """The 評価書 and each 節 of one publication, from its body and from nothing else."""
    publication = plan_of(work).publications.get(number=work.parameters["number"])
    if publication.withdrawn_at is not None:
        raise Refused(f"第{publication.number}号は取り下げられています。")
    report = report_of_publication(PublishedYear(publication, publication.body))
    numbers = [BOOK, *(one.section.number for one in report.printed_sections)]
    for done, number in enumerate(numbers):
        progress(done, len(numbers), f"{f'第{number}節' if number else '評価書の全体'}をPDFにしています。")
        try:
            content = cast(bytes, section_pdf(report, number) if number else book_pdf(report))
        except NoPdfHere as refusal:
            raise Refused(str(refusal)) from refusal
        made = {"content": content, "made_at": timezone.now()}
        PublicationPdf.objects.update_or_create(publication=publication, section=number, defaults=made)
    return Result(f"公表第{publication.number}号のPDFを、公表資料のページに載せました。")


def _confirmers(work: LongWork) -> Access:
    access = plan_of(work).access
    require(access.may_confirm, MAY_NOT)
    return access


PUBLICATION_PDFS = Kind(KIND, make_pdfs, access=_confirmers)


def make_all_sheets(work: LongWork, progress: Progress) -> Result:
    """One .xlsx a 年度, as `sheet_download` gives it; `parameters` name layout and edition, "" the plan's own."""
    plan = plan_of(work)
    form = form_of(plan, work.parameters["layout"], work.parameters["edition"])
    title, total = form.design.title, len(plan.years)
    stream, report = io.BytesIO(), []
    with ZipFile(stream, "w", ZIP_STORED) as archive:  # a workbook is compressed already
        for done, year in enumerate(plan.years):
            progress(done, total, f"{wareki(year)}の{title}を作っています。")
            name = f"{plan.slug}_{title}_{year}年度.xlsx"
            archive.writestr(name, sheet_bytes(plan, year, access=plan.access, form=form))
            report.append(ReportLine(wareki(year), f"「{name}」を入れました。"))
    file = ResultFile(f"{plan.slug}_{title}_全年度.zip", "application/zip", stream.getvalue())
    return Result(f"{total}年度分の{title}を一つのファイルにまとめました。", file, tuple(report))


ALL_SHEETS = Kind("all_sheets", make_all_sheets)
