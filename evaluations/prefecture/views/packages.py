"""受領 of the cities' package files by a prefecture: upload → what it would change, or why not → confirm."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.packages.file import EXTENSION, MAX_BYTES, PackageRefused, read_package
from evaluations.prefecture.receipts_page import Receipt, received_plans, signed, unsigned
from evaluations.prefecture.receiving import MAY_NOT, incoming, receive
from plans.access import memberships_of, prefecture_for, require
from plans.models import Channel, Municipality
from plans.refusals import Refused
from plans.requests import PersonRequest
from plans.signed_previews import MAX_SIGNED


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
