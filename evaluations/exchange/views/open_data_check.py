"""公開前の点検: whether any file of the city keeps the rules of machine-readable data."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.open_data.check import MOST_SHOWN, Verdict, check_open_data
from core.open_data.checked_file import EXTENSIONS, MAX_CELLS
from core.open_data.machine_characters import EXAMPLES
from core.open_data.rules import RULES
from core.uploads.table_files import MAX_BYTES
from core.uploads.tables import NotReadable
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def open_data_check(request: PersonRequest) -> HttpResponse:
    """GET names the rules; POST looks at a file. Nothing of it is kept."""
    name, verdict, failure = "", None, ""
    if request.method == "POST":
        name, verdict, failure = _checked(request)
    context = {
        "name": name,
        "verdict": verdict,
        "failure": failure,
        "rules": RULES,
        "most_shown": MOST_SHOWN,
        "signs": EXAMPLES,
        "extensions": ",".join(EXTENSIONS),
        "megabytes": MAX_BYTES // 1024 // 1024,
        "cells": f"{MAX_CELLS:,}",
    }
    return render(request, "evaluations/open_data_check.html", context)


def _checked(request: PersonRequest) -> tuple[str, Verdict | None, str]:
    """Name, verdict, and why there is none."""
    file = request.FILES.get("file")
    if file is None:
        return "", None, "ファイルが選ばれていません。点検するファイルを選んでください。"
    name = file.name or ""
    try:
        # One byte more than allowed is enough to see that it is too much.
        return name, check_open_data(name, file.read(MAX_BYTES + 1)), ""
    except NotReadable as error:
        return name, None, error.about(name)
