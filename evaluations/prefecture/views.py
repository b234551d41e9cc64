"""Pages of a prefecture: 集計 of its cities, also as a tidy table, and 受領 of their package files."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.packages.file import EXTENSION, MAX_BYTES, PackageRefused, read_package
from core.rollup_table import rollup_csv
from evaluations.prefecture.page import chosen_term, comparison, own_plans, term_choices
from evaluations.prefecture.receipts_page import Receipt, received_plans, signed, unsigned
from evaluations.prefecture.receiving import MAY_NOT, incoming, receive
from plans.access import is_manager_among, memberships_of, prefecture_for, require
from plans.models import Channel, Municipality, PlanKind
from plans.refusals import Refused
from plans.requests import PersonRequest, as_download
from plans.rollup import rollup
from plans.signed_previews import MAX_SIGNED


@require_safe
def prefecture(request: HttpRequest, code: str) -> HttpResponse:
    """The cities' confirmed figures of one 期 and 年度. `?city=` and `?measure=` choose what is compared."""
    memberships = memberships_of(request.user)
    found = prefecture_for(memberships, code)
    choices = term_choices(found)
    context = {
        "prefecture": found,
        "plans": own_plans(found),
        "choices": choices,
        "manages": is_manager_among(memberships),
    }
    if chosen := chosen_term(choices, request.GET):
        choice, term = chosen
        seen = rollup(found, term)
        context |= {
            "choice": choice,
            "term": term,
            "rollup": seen,
            "comparison": comparison(found, term, seen, request.GET),
        }
    return render(request, "prefectures/prefecture.html", context)


@require_safe
def prefecture_table(request: HttpRequest, code: str) -> HttpResponse:
    """The same totals as CSV: one row per measure, 年度 and figure."""
    found = prefecture_for(memberships_of(request.user), code)
    chosen = chosen_term(term_choices(found), request.GET)
    if chosen is None:
        raise Http404("計画のある市区町村がまだありません。")
    _, term = chosen
    head = {
        "団体コード": found.code,
        "都道府県名": found.name,
        "計画種別": PlanKind(term.kind).label,
        "計画期": str(term.generation),
        "年度": str(term.year),
    }
    name = f"{found.code}-{term.kind}-{term.generation}_{term.year}年度.csv"
    return as_download(rollup_csv(rollup(found, term).totals, head), "text/csv; charset=utf-8", name)


@require_http_methods(["GET", "HEAD", "POST"])
def packages(request: PersonRequest, code: str) -> HttpResponse:
    """GET lists what was imported; POST checks a file, or imports what was confirmed."""
    prefecture = prefecture_for(memberships_of(request.user), code)
    if request.method != "POST":
        return _page(request, prefecture, Receipt())
    require(prefecture.access.may_receive, MAY_NOT)
    if "package" in request.POST:
        return _confirm(request, prefecture)
    return _page(request, prefecture, _read(request, prefecture, request.FILES.get("file")))


def _read(request: PersonRequest, prefecture: Municipality, file: UploadedFile | None) -> Receipt:
    """Why an uploaded file is refused, or its changes to look at. Nothing is written."""
    if file is None:
        return Receipt(failure="ファイルが選ばれていません。受け取るファイルを選んでください。")
    name = file.name or ""
    # One byte more than allowed is enough to see that it is too much.
    content = file.read(MAX_BYTES + 1)
    try:
        found = incoming(read_package(content), prefecture)
    except (PackageRefused, Refused) as error:
        return Receipt(name, failure=str(error))
    text = signed(content.decode("utf-8-sig"), found, prefecture, request.user)
    if len(text) > MAX_SIGNED:
        return Receipt(
            name,
            failure="ファイルが大きく、画面からは受け取れません。システム管理者に、"
            "コマンド import_package での受け取りを頼んでください。",
        )
    return Receipt(name, found=found, signed=text)


def _confirm(request: PersonRequest, prefecture: Municipality) -> HttpResponse:
    """Import what was looked at."""
    try:
        file, seen = unsigned(request.POST["package"], prefecture, request.user)
        found = receive(
            read_package(file.encode()), prefecture, by=request.user, channel=Channel.UPLOAD, seen_sha256=seen
        )
    except (PackageRefused, Refused) as error:
        return _page(request, prefecture, Receipt(failure=str(error)), status=409)
    name, number = found.package.content["municipality"]["name"], found.package.header.number
    messages.success(request, f"{name}のファイル（第{number}版）を受け取りました。変更 {len(found.changes)} 件。")
    return redirect("evaluations:packages", prefecture.code)


def _page(request: PersonRequest, prefecture: Municipality, receipt: Receipt, status: int = 200) -> HttpResponse:
    context = {
        "prefecture": prefecture,
        "receipt": receipt,
        "plans": received_plans(prefecture),
        "extension": EXTENSION,
        "megabytes": MAX_BYTES // 1024 // 1024,
    }
    return render(request, "prefectures/packages.html", context, status=status)
