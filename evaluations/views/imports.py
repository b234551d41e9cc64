"""取り込み: upload → problems by cell address, or a preview → confirm."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.table_files import EXTENSIONS, MAX_BYTES, read_table
from core.tables import NotReadable
from core.tidy import REQUIRED
from core.xlsx_files import XlsxBook
from evaluations.entry_forms.files import is_form
from evaluations.entry_forms.merging import FORM_REASON, merged
from evaluations.entry_forms.reading import desk_of, read_form
from evaluations.importing.applying import REASON
from evaluations.importing.confirming import confirm, to_confirm
from evaluations.importing.outcome import Outcome
from evaluations.importing.planning import import_for_person
from evaluations.importing.preview import Preview
from evaluations.importing.rows import has_required
from evaluations.places import PersonRequest
from evaluations.sheet_import.difference import SHEET_REASON, sheet_difference
from evaluations.sheet_import.preview import sheet_preview
from evaluations.sheet_import.source import find_source, sheet_book_in
from plans.access import plan_for, require
from plans.models import Plan
from plans.value_rows import newest_revision

MAY_NOT = "取り込みは、入力・確認・確定・管理の役割の人だけができます。"
MAX_SHEET_CHANGES = 900
"""Each is a box on the form, and a form has a thousand fields."""
FORMS_PAGE = "「入力」の「入力様式」のページで取り込んでください。"


@require_http_methods(["GET", "HEAD", "POST"])
def import_table(request: PersonRequest, slug: str) -> HttpResponse:
    """GET says what may be uploaded; POST reads a file, or writes what was confirmed."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT)
    if request.method != "POST":
        return _page(request, plan, Outcome())
    if "preview" in request.POST:
        return _confirm(request, plan)
    return _page(request, plan, _read(request, plan, request.FILES.get("file")))


def _read(request: PersonRequest, plan: Plan, file: UploadedFile | None) -> Outcome:
    """The problems of an uploaded table or evaluation sheet, or its changes to look at. Nothing is written."""
    if file is None:
        return Outcome(failure="ファイルが選ばれていません。取り込むファイルを選んでください。")
    name = file.name or ""
    # One byte more than allowed is enough to see that it is too much.
    content = file.read(MAX_BYTES + 1)
    try:
        book = sheet_book_in(name, content)
        if book:
            read = _read_form(plan, name, content) if is_form(book) else _read_sheet(plan, name, book)
            return to_confirm(read.preview, plan, request.user, read) if read.preview and read.preview.changes else read
        table = read_table(name, content, is_wanted=has_required)
    except NotReadable as error:
        return Outcome(name, failure=f"{error}（{error.address}）")
    found = import_for_person(table, plan)
    if found.problems or not found.changes:
        return Outcome(name, problems=found.problems, warnings=found.warnings, preview=Preview(()))
    return to_confirm(Preview(found.changes), plan, request.user, Outcome(name, warnings=found.warnings))


def _read_sheet(plan: Plan, name: str, book: XlsxBook) -> Outcome:
    """What differs on an edited evaluation sheet. Its problems do not keep the other cells from being taken in."""
    found = sheet_difference(find_source(book, [plan], access=plan.access), access=plan.access)
    preview = sheet_preview(found)
    count = len(preview.changes)
    if count > MAX_SHEET_CHANGES:
        return Outcome(name, failure=f"変更が{count:,}件あり、一度に扱えません。一覧表で取り込んでください。")
    return Outcome(name, "", found.problems, found.warnings, found.unknown, found.notes, preview)


def _read_form(plan: Plan, name: str, content: bytes) -> Outcome:
    """What one returned 入力様式 changes, of whatever year; many together have a page of their own."""
    reading = read_form(name, content, desk_of(plan, None, access=plan.access))
    preview = merged([reading]).preview
    if len(preview.changes) > MAX_SHEET_CHANGES:
        return Outcome(name, failure=f"変更が{len(preview.changes):,}件あり、一度に扱えません。{FORMS_PAGE}")
    remarks = (reading.problems, reading.warnings, reading.unknown, reading.notes)
    return Outcome(name, reading.failure, *remarks, preview)


def _confirm(request: PersonRequest, plan: Plan) -> HttpResponse:
    """Write what was looked at; what others changed since comes back to be chosen."""
    done = confirm(request.POST, plan, request.user, reason=_reason)
    if done.outcome:
        if done.message:
            messages.info(request, done.message)
        return _page(request, plan, done.outcome)
    if done.count:
        messages.success(request, f"変更 {done.count} 件を取り込みました。")
    else:
        messages.info(request, "変更はありませんでした。")
    return redirect("evaluations:dashboard", plan.slug)


def _reason(preview: Preview) -> str:
    """What the history says of its changes."""
    return FORM_REASON if preview.sources else SHEET_REASON if preview.is_sheet else REASON


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
