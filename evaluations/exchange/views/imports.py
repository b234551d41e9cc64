"""取り込み: upload → problems by cell address, or a preview → confirm."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.tidy import REQUIRED
from core.uploads.table_files import EXTENSIONS, MAX_BYTES
from evaluations.exchange.importing.confirming import chosen_in, say_count, write_chosen
from evaluations.exchange.importing.preview import Outcome, Preview, signed
from evaluations.exchange.long_import import MAY_NOT, READ_TABLE, WRITE_CHANGES, from_kept
from evaluations.exchange.upload import read_upload, reason_of, takes_long
from evaluations.long_work.kinds import Kind
from evaluations.long_work.page import GONE, found_for
from evaluations.long_work.views import begin
from plans.access import plan_for, require
from plans.models import Plan
from plans.requests import PersonRequest
from plans.value_rows import newest_number, newest_revision

LONG_CHANGES = 3_000
"""Changes that are written in about a second."""


@require_http_methods(["GET", "HEAD", "POST"])
def import_table(request: PersonRequest, slug: str) -> HttpResponse:
    """GET says what may be uploaded; POST reads a file, or writes what was confirmed."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT)
    if request.method != "POST":
        return _page(request, plan, _found(request, plan, request.GET["work"]) if "work" in request.GET else Outcome())
    return _confirm(request, plan) if "preview" in request.POST else _upload(request, plan)


def _upload(request: PersonRequest, plan: Plan) -> HttpResponse:
    """What the chosen file would change; of a large table, as a long work."""
    file = request.FILES.get("file")
    if file is None:
        return _page(request, plan, Outcome(failure="ファイルが選ばれていません。取り込むファイルを選んでください。"))
    # One byte more than allowed is enough to see that it is too much.
    name, content = file.name or "", file.read(MAX_BYTES + 1)
    if takes_long(name, content):
        return _begin(request, plan, READ_TABLE, f"「{name}」の取り込み：内容の確認", (name, content))
    return _page(request, plan, read_upload(request.user, plan, name, content))


def _found(request: PersonRequest, plan: Plan, key: str) -> Outcome:
    """What a long work found for this page."""
    file = found_for(request.user, key, plan, READ_TABLE, WRITE_CHANGES)
    return from_kept(bytes(file.content), plan, request.user) if file else Outcome(failure=GONE)


def _confirm(request: PersonRequest, plan: Plan) -> HttpResponse:
    """Write what was looked at; what others changed since comes back to be chosen. Very many as a long work."""
    done = chosen_in(request.POST, plan, request.user)
    if isinstance(done, Preview):
        if len(done.changes) > LONG_CHANGES:
            text = signed(done, plan, request.user, revision=newest_number(plan))
            title = f"変更{len(done.changes):,}件の取り込み：書き込み"
            return _begin(request, plan, WRITE_CHANGES, title, ("changes", text.encode()))
        done = write_chosen(done, plan, request.user, reason=reason_of(done))
    if done.outcome:
        if done.message:
            messages.info(request, done.message)
        return _page(request, plan, done.outcome)
    say_count(request, done.count)
    return redirect("evaluations:dashboard", plan.slug)


def _begin(request: PersonRequest, plan: Plan, kind: Kind, title: str, file: tuple[str, bytes]) -> HttpResponse:
    here = reverse("evaluations:import", args=[plan.slug])
    return begin(request, kind, title, plan=plan, parameters={}, files=[file], back=here)


def _page(request: PersonRequest, plan: Plan, outcome: Outcome) -> HttpResponse:
    context = {
        "plan": plan,
        "active": "import",
        "outcome": outcome,
        "revision": newest_revision(plan),
        "required": REQUIRED,
        "extensions": ",".join(EXTENSIONS),
        "megabytes": MAX_BYTES // 1024 // 1024,
    }
    return render(request, "evaluations/import.html", context)
