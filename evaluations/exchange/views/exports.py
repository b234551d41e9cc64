"""出力: the evaluation sheet and the tidy table, as the person may see them, and the file for the prefecture."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.packages.file import EXTENSION
from core.pdf import offers_pdf
from core.workbooks.file import XLSX
from evaluations.prefecture.packages import MAY_NOT, make_package, package_editions
from evaluations.publishing.publication import standing
from evaluations.reports.report import report_of_plan
from evaluations.reports.sheets.of_plan import sheet_bytes
from evaluations.reports.text_version import CONTENT_TYPE, text_bytes
from plans.access import plan_for, require, require_year
from plans.models import Channel, Plan
from plans.refusals import Refused
from plans.requests import PersonRequest, as_download
from plans.sheet_layouts import EDITIONS, form_of, layout_choices, substitute_note
from plans.tidy import tidy_file, tidy_rows


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: PersonRequest, slug: str) -> HttpResponse:
    """Every file there is, each with what it is for; POST makes a new edition of the file for the prefecture."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_write, MAY_NOT)
        _make_package(request, plan)
        return redirect("evaluations:exports", slug)
    context = {
        "plan": plan,
        "active": "exports",
        "packages": package_editions(plan),
        "layouts": layout_choices(plan.municipality),
        "layout": form_of(plan).design.key,
        "layout_note": substitute_note(plan),
        "editions": EDITIONS,
        "standing": standing(plan.publications.defer("body")),
        "sections": plan.sections.order_by("number"),
        "offers_pdf": offers_pdf(),
    }
    return render(request, "evaluations/exports.html", context)


@require_safe
def package_download(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One edition of the file for the prefecture, as it was made."""
    plan = plan_for(request.user, slug)
    made = get_object_or_404(plan.made_packages, number=number)
    return as_download(made.body.encode(), "application/json", f"{plan.slug}_package-{number}{EXTENSION}")


@require_safe
def tidy_download(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """The tidy table as csv, xlsx or json."""
    plan = plan_for(request.user, slug)
    try:
        content, content_type = tidy_file(tidy_rows(plan, access=plan.access), extension)
    except KeyError as error:
        raise Http404("この形式の出力はありません。") from error
    return as_download(content, content_type, f"{plan.slug}.{extension}")


@require_safe
def text_download(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """The text version of one year."""
    plan = plan_for(request.user, slug)
    require_year(plan, year)
    content = text_bytes(report_of_plan(plan, year, access=plan.access))
    return as_download(content, CONTENT_TYPE, f"{plan.slug}_{year}年度_テキスト版.txt")


@require_safe
def sheet_download(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """The evaluation sheet of one year, in the plan's layout or the one of ?layout= and ?edition=."""
    plan = plan_for(request.user, slug)
    require_year(plan, year)
    try:
        form = form_of(plan, request.GET.get("layout", ""), request.GET.get("edition", ""))
    except Refused as error:
        raise Http404(str(error)) from error
    content = sheet_bytes(plan, year, access=plan.access, form=form)
    return as_download(content, XLSX, f"{plan.slug}_{form.design.title}_{year}年度.xlsx")


def _make_package(request: PersonRequest, plan: Plan) -> None:
    try:
        made, is_new = make_package(plan, by=request.user, channel=Channel.SCREEN)
    except Refused as error:
        messages.error(request, str(error))
        return
    if is_new:
        messages.success(
            request,
            f"県へ渡すファイルの第{made.number}版を作りました。このページの「県へ渡すファイル」で受け取ってください。",
        )
    else:
        messages.info(request, f"第{made.number}版から変わっていません。第{made.number}版をそのまま渡せます。")
