"""評価書 as PDF for the people of the city (one 節 at once, the whole as long work), and all evaluation sheets."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.fiscal_years import wareki
from core.numerals import read_digits
from core.pdf import NoPdfHere
from evaluations.long_work.views import begin
from evaluations.reports.pdf import PDF, PaperSize, section_pdf
from evaluations.reports.report import report_of_plan
from evaluations.reports.work import ALL_SHEETS, REPORT_PDF, pdf_name
from plans.access import plan_for, require_year
from plans.models import Plan
from plans.places import section_in_year, year_asked
from plans.refusals import Refused
from plans.requests import PersonRequest, as_download
from plans.sheet_layouts import form_of

MEASURES_AT_ONCE = 12
"""A 節 with more measures than these takes more than the two seconds that a page may take."""


@require_safe
def paper_section(request: HttpRequest, slug: str, number: int, year: int) -> HttpResponse:
    """One 節 of one 年度, on A4 or on the size of ?size=. One that would take long is requested on 「出力」 instead."""
    plan = plan_for(request.user, slug)
    require_year(plan, year)
    report = report_of_plan(plan, year, access=plan.access)
    alone = report.only(number)
    if alone is None:
        raise Http404(f"この計画に第{number}節はありません。")
    if len(alone.sections[0].rows) > MEASURES_AT_ONCE:
        messages.info(request, f"第{number}節は指標が多く、時間がかかります。下の「評価書（PDF）」から作ってください。")
        return _to_exports(plan)
    try:
        content = section_pdf(report, number, size=_size(request.GET))
    except NoPdfHere as refusal:
        messages.error(request, str(refusal))
        return _to_exports(plan)
    return as_download(content or b"", PDF, pdf_name(slug, year, number))


@require_POST
def make_paper(request: PersonRequest, slug: str) -> HttpResponse:
    """Request the 評価書 of a 年度, or of one of its 節; a short one is sent at once."""
    plan = plan_for(request.user, slug)
    year, size = year_asked(request.POST), _size(request.POST)
    if year not in plan.years:
        messages.error(request, "年度を選んでください。")
        return _to_exports(plan)
    number = read_digits(request.POST.get("section", "")) or 0
    title = f"{wareki(year)}の評価書（PDF）"
    if number:
        section = section_in_year(plan, number, year)
        if section.measures.count() <= MEASURES_AT_ONCE:
            address = reverse("evaluations:paper_section", args=[slug, number, year])
            return redirect(f"{address}?size={size.value}")
        title = f"{wareki(year)}の評価　{section.label}（PDF）"
    asked = {"year": year, "section": number, "size": size.value}
    return begin(request, REPORT_PDF, title, plan=plan, parameters=asked)


def _size(asked: QueryDict) -> PaperSize:
    """A4 unless A3 is requested."""
    return PaperSize.A3 if asked.get("size") == PaperSize.A3 else PaperSize.A4


def _to_exports(plan: Plan) -> HttpResponse:
    return redirect("evaluations:exports", plan.slug)


@require_POST
def all_sheets(request: PersonRequest, slug: str) -> HttpResponse:
    """Request the evaluation sheets of all years in one file."""
    plan = plan_for(request.user, slug)
    asked = {name: request.POST.get(name, "") for name in ("layout", "edition")}
    try:
        title = form_of(plan, **asked).design.title
    except Refused as error:
        messages.error(request, str(error))
        return redirect("evaluations:exports", slug)
    return begin(request, ALL_SHEETS, f"すべての年度の{title}", plan=plan, parameters=asked)
