"""過去の評価シート: text or file → proposal with questions → preview → confirm."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.archive.proposal import Proposal
from core.archive.reading import read_archive
from core.archive.sheet import EXTENSIONS, MAX_CHARACTERS, ArchiveSheet, read_file, read_text
from core.uploads.table_files import MAX_BYTES
from core.uploads.tables import NotReadable
from evaluations.exchange.archive.kept import Kept, fields_of, signed_archive, unsigned_archive
from evaluations.exchange.archive.page import ArchivePage, archive_page
from evaluations.exchange.archive.wanted import ARCHIVE_REASON, changes_of, proposal_for
from evaluations.exchange.importing.confirming import confirm, say_count, to_confirm
from evaluations.exchange.importing.preview import Outcome, Preview, PreviewLost
from evaluations.exchange.long_import import MAY_NOT
from evaluations.exchange.upload import MAX_SHEET_CHANGES
from plans.access import plan_for, require
from plans.models import Plan
from plans.requests import PersonRequest

NOTHING_GIVEN = "ファイルも文字もありません。ファイルを選ぶか、評価シートの範囲を貼り付けてください。"
LONGEST_FORM = 2_400_000
"""Characters of a form that comes back; a longer one is refused on its way."""

LONGEST_TYPED = 2 * MAX_CHARACTERS + 1
"""As a browser counts, where one character may be two. What it cuts here is still too long to be read: it is refused,
with the text, and never read in part."""


@dataclass(frozen=True)
class Shown:
    """What one step shows. `typed` is what was pasted and could not be read; `kept` travels on; `open` questions have
    no answer and leave out what they are about."""

    failure: str = ""
    typed: str = ""
    kept: str = ""
    page: ArchivePage | None = None
    outcome: Outcome | None = None
    open: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: PersonRequest, slug: str) -> HttpResponse:
    """GET says what may be read; POST reads, takes the choices, or writes what was confirmed."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT)
    if request.method != "POST":
        return _page(request, plan, Shown())
    if "kept" not in request.POST:
        return _page(request, plan, _read(request, plan))
    try:
        kept = unsigned_archive(request.POST["kept"], plan, request.user)
        proposal = read_archive(kept.sheet, plan.years)
    except (PreviewLost, NotReadable) as error:
        return _page(request, plan, Shown(failure=str(error)))
    if "preview" in request.POST:
        return _confirm(request, plan, kept)
    if "back" in request.POST:
        return _page(request, plan, _questions(request, plan, kept, proposal))
    answered = replace(kept, fields=fields_of(request.POST))
    return _page(request, plan, _preview(request, plan, answered, proposal))


def _read(request: PersonRequest, plan: Plan) -> Shown:
    """The proposal of a file or of pasted text; what was typed comes back where it cannot be read."""
    typed = request.POST.get("text", "")
    file = request.FILES.get("file")
    try:
        name, sheet = _sheet(file, typed)
        proposal = read_archive(sheet, plan.years)
    except NotReadable as error:
        return Shown(failure=error.about(file.name or "" if file else ""), typed=typed)
    return _questions(request, plan, Kept(name, sheet), proposal)


def _sheet(file: UploadedFile | None, typed: str) -> tuple[str, ArchiveSheet]:
    if file is not None:
        return file.name or "", read_file(file.name or "", file.read(MAX_BYTES + 1))
    if not typed.strip():
        raise NotReadable(NOTHING_GIVEN)
    return "貼り付けた文字", read_text(typed)


def _questions(request: PersonRequest, plan: Plan, kept: Kept, proposal: Proposal) -> Shown:
    here = proposal_for(proposal, plan, kept.filled, access=plan.access)
    return Shown(kept=signed_archive(kept, plan, request.user), page=archive_page(kept, here))


def _preview(request: PersonRequest, plan: Plan, kept: Kept, proposal: Proposal) -> Shown:
    """What the choices would change; with problems, the questions stay, with what was chosen."""
    here = proposal_for(proposal, plan, kept.filled, access=plan.access)
    found, content = changes_of(here, kept.filled)
    travelling = signed_archive(kept, plan, request.user)
    outcome = Outcome(kept.name, problems=found.problems, warnings=found.warnings)
    if found.problems:
        return Shown(kept=travelling, page=archive_page(kept, here), outcome=outcome)
    preview = Preview.of(found.changes, is_sheet=True)
    outcome = to_confirm(preview, plan, request.user, outcome) if found.changes else replace(outcome, preview=preview)
    if len(found.changes) > MAX_SHEET_CHANGES or len(outcome.signed) + len(travelling) > LONGEST_FORM:
        count = f"{len(found.changes):,}"
        outcome = Outcome(kept.name, failure=f"変更が{count}件あり、一度に扱えません。節ごとに分けてください。")
    return Shown(kept=travelling, outcome=replace(outcome, kept=travelling), open=len(content.unanswered))


def _confirm(request: PersonRequest, plan: Plan, kept: Kept) -> HttpResponse:
    """Write what was looked at; the choices travel on with what comes back."""
    done = confirm(request.POST, plan, request.user, reason=ARCHIVE_REASON)
    if done.outcome:
        if done.message:
            messages.info(request, done.message)
        travelling = signed_archive(kept, plan, request.user)
        return _page(request, plan, Shown(kept=travelling, outcome=replace(done.outcome, kept=travelling)))
    say_count(request, done.count)
    return redirect("evaluations:dashboard", plan.slug)


def _page(request: PersonRequest, plan: Plan, shown: Shown) -> HttpResponse:
    context = {
        "plan": plan,
        "active": "import",
        "shown": shown,
        "extensions": ",".join(EXTENSIONS),
        "most": f"{MAX_CHARACTERS:,}",
        "longest_typed": LONGEST_TYPED,
    }
    return render(request, "evaluations/archive.html", context)
