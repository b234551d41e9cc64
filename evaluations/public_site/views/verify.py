"""番号を確かめる: which publication a 識別番号 or a file belongs to, for everyone."""

from hashlib import file_digest

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.citation import read_number
from core.uploads.table_files import MAX_BYTES
from evaluations.public_site.published import verified

NO_FILE = "確かめるファイルを選んでください。"
TOO_LARGE = f"ファイルが大きすぎます。公表した内容（JSON）は{MAX_BYTES // 1024 // 1024}MBを超えません。"


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """?number= finds by the first digits or all of them; a file that is sent, by its own SHA-256."""
    if request.method == "POST":
        return _file(request)
    typed = request.GET.get("number", "")
    context: dict[str, object] = {"typed": typed}
    if typed.strip():
        try:
            digits = read_number(typed)
            context |= {"digits": digits, "found": verified(digits)}
        except ValueError as problem:
            context["problem"] = str(problem)
    return render(request, "published/verify.html", context)


def _file(request: HttpRequest) -> HttpResponse:
    """The file is hashed and never read."""
    file = request.FILES.get("file")
    problem = NO_FILE if file is None else TOO_LARGE if (file.size or 0) > MAX_BYTES else ""
    if file is None or problem:
        return render(request, "published/verify.html", {"file_problem": problem}, status=400)
    digits = file_digest(file, "sha256").hexdigest()
    context = {"digits": digits, "found": verified(digits), "file_name": file.name}
    return render(request, "published/verify.html", context)
