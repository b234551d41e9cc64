"""The evaluation sheets of all years of a plan in one archive, made one after the other."""

import io
from zipfile import ZIP_STORED, ZipFile

from core.fiscal_years import wareki
from evaluations.long_work.kinds import Kind, Progress, ReportLine, Result, ResultFile, plan_of
from evaluations.models import LongWork
from evaluations.reports.sheets.of_plan import sheet_bytes
from plans.sheet_layouts import form_of


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
