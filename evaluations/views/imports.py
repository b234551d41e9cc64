"""取り込み: upload → problems by cell address, or a preview → confirm."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.table_files import EXTENSIONS, MAX_BYTES, read_table
from core.tables import NotReadable
from core.tidy import REQUIRED
from evaluations.importing.applying import ImportRefused, apply_import
from evaluations.importing.planning import import_for_person
from evaluations.importing.preview import MAX_SIGNED, Preview, PreviewLost, signed, unsigned
from evaluations.importing.report import Remark
from evaluations.places import PersonRequest
from plans.access import plan_for, require
from plans.models import Door, Plan
from plans.refusals import Cause

MAY_NOT = "取り込みは、入力・確認・確定・管理の役割の人だけができます。"
MAX_PROBLEMS = 200


@dataclass(frozen=True)
class Outcome:
    """What the page has to say after a file or a confirmation: problems, or a preview to confirm."""

    name: str = ""
    failure: str = ""
    problems: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    preview: Preview | None = None
    signed: str = ""

    @property
    def shown_problems(self) -> tuple[Remark, ...]:
        return self.problems[:MAX_PROBLEMS]

    @property
    def hidden_problems(self) -> int:
        return max(len(self.problems) - MAX_PROBLEMS, 0)


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
    """The problems of an uploaded file, or its changes to look at. Nothing is written."""
    if file is None:
        return Outcome(failure="ファイルが選ばれていません。取り込むファイルを選んでください。")
    name = file.name or ""
    try:
        # One byte more than allowed is enough to see that it is too much.
        table = read_table(name, file.read(MAX_BYTES + 1))
    except NotReadable as error:
        return Outcome(name, failure=f"{error}（{error.address}）")
    found = import_for_person(table, plan)
    if found.problems or not found.changes:
        return Outcome(name, problems=found.problems, warnings=found.warnings, preview=Preview(()))
    return _to_confirm(request, plan, Preview(found.changes), name=name, warnings=found.warnings)


def _to_confirm(
    request: PersonRequest, plan: Plan, preview: Preview, *, name: str = "", warnings: tuple[Remark, ...] = ()
) -> Outcome:
    """The preview with the signed text that confirms it."""
    text = signed(preview, plan, request.user)
    if len(text) > MAX_SIGNED:
        count = f"{len(preview.changes):,}"
        return Outcome(name, failure=f"変更が{count}件あり、一度に扱えません。表を年度か節で分けてください。")
    return Outcome(name, warnings=warnings, preview=preview, signed=text)


def _confirm(request: PersonRequest, plan: Plan) -> HttpResponse:
    """Write what was looked at; what others changed since comes back to be chosen."""
    try:
        preview = unsigned(request.POST["preview"], plan, request.user)
    except PreviewLost as error:
        return _page(request, plan, Outcome(failure=str(error)))
    chosen = preview.chosen(request.POST.getlist("overwrite"))
    try:
        count = apply_import(chosen, by=request.user, door=Door.UPLOAD)
    except ImportRefused as error:
        others = tuple(Remark(r.change.address, r.sentence) for r in error.refused if r.cause is not Cause.CONFLICT)
        again = preview.after_conflict(chosen, error.refused)
        outcome = Outcome(problems=others) if others else _to_confirm(request, plan, again)
        return _page(request, plan, outcome)
    if count:
        messages.success(request, f"変更 {count} 件を取り込みました。")
    else:
        messages.info(request, "変更はありませんでした。")
    return redirect("evaluations:dashboard", plan.slug)


def _page(request: PersonRequest, plan: Plan, outcome: Outcome) -> HttpResponse:
    context = {
        "plan": plan,
        "active": "import",
        "outcome": outcome,
        "required": REQUIRED,
        "extensions": ",".join(EXTENSIONS),
        "megabytes": MAX_BYTES // 1024 // 1024,
    }
    return render(request, "evaluations/import.html", context)
