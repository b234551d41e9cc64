"""Monthly files: choose how they are read, look at what would change, confirm. Nothing is written before that."""

from dataclasses import dataclass, field
from functools import partial

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.uploads.table_files import MAX_BYTES, read_table
from core.uploads.tables import NotReadable
from core.values import Value
from indicators.models import MonthlyMapping
from indicators.months.files import FileProblem, FoundMonths, found_months, has_columns
from indicators.months.grid import monthly_measures
from indicators.months.mappings import COLUMN_CHOICES, MappingForm, mapping_form, save_mapping
from indicators.months.readings import ReadingChange, record_readings
from plans.access import require, require_year
from plans.models import Channel, Measure, Plan
from plans.queries import section_years
from plans.refusals import ChangesRefused, Refused
from plans.requests import PersonRequest
from plans.signed_previews import MAX_AGE

MAY_NOT = "月別ファイルの取り込みは、入力・確認・確定・管理の役割の人だけができます。"
EXTENSIONS = ".csv,.xlsx"
SALT = "indicators.monthly.import"
MAX_SHOWN = 200
LOST = "確かめた内容を読み取れませんでした。もう一度ファイルを選んでください。"


@dataclass
class ImportPage:
    """What the page has to say: a form, or a file with its problems, totals and changes."""

    plan: Plan
    year: int
    measures: list[Measure]
    mappings: list[MonthlyMapping]
    form: MappingForm | None = None
    chosen: MonthlyMapping | None = None
    name: str = ""
    failure: str = ""
    found: FoundMonths | None = None
    problems: list[FileProblem] = field(default_factory=list)
    signed: str = ""
    provisional: bool = False

    @property
    def address(self) -> str:
        return reverse("indicators:monthly", args=[self.plan.slug, self.year]) + "?import=1"

    @property
    def shown_problems(self) -> list[FileProblem]:
        return self.problems[:MAX_SHOWN]

    @property
    def hidden_problems(self) -> int:
        return max(len(self.problems) - MAX_SHOWN, 0)


def monthly_import(request: PersonRequest, plan: Plan, year: int) -> HttpResponse:
    """`?import=1`; with `mapping=new` or a mapping's number the form for how a file is read."""
    require(plan.access.may_write, MAY_NOT)
    require_year(plan, year)
    measures, mappings = list(monthly_measures(plan, year)), list(plan.municipality.monthly_mappings.all())
    page = ImportPage(plan, year, measures, mappings)
    if request.method != "POST":
        _open_form(request, page)
    elif "save-mapping" in request.POST:
        return _save_mapping(request, page)
    elif "preview" in request.POST:
        return _confirm(request, page)
    else:
        _read(request, page)
    return _drawn(request, page)


def _open_form(request: PersonRequest, page: ImportPage) -> None:
    asked = request.GET.get("mapping", "" if page.mappings else "new")
    if asked:
        page.chosen = _mapping(page, asked)
        page.form = mapping_form(page.chosen, page.measures)


def _mapping(page: ImportPage, asked: str) -> MonthlyMapping | None:
    """The mapping of this number, None for a new one; Http404 for one the city does not have."""
    if asked == "new":
        return None
    found = next((one for one in page.mappings if str(one.pk) == asked), None)
    if found is None:
        raise Http404("この自治体に、その読み方はありません。")
    return found


def _save_mapping(request: PersonRequest, page: ImportPage) -> HttpResponse:
    page.chosen = _mapping(page, request.POST["save-mapping"])
    page.form = form = mapping_form(page.chosen, page.measures, request.POST)
    if form.problems or form.failure:
        return _drawn(request, page)
    try:
        save_mapping(
            page.plan.municipality,
            page.chosen,
            form.values(),
            version=form.version,
            by=request.user,
            channel=Channel.SCREEN,
        )
    except Refused as error:
        form.failure = str(error)
        return _drawn(request, page)
    messages.success(request, f"読み方「{form.text('name')}」を保存しました。続けてファイルを選べます。")
    return redirect(page.address)


def _read(request: PersonRequest, page: ImportPage) -> None:
    """The problems of an uploaded file, or its changes to look at."""
    page.chosen = _mapping(page, request.POST.get("mapping", ""))
    page.provisional = "provisional" in request.POST
    file: UploadedFile | None = request.FILES.get("file")
    if page.chosen is None or file is None:
        page.failure = "ファイルが選ばれていません。取り込むファイルを選んでください。"
        return
    page.name = file.name or ""
    try:
        # One byte more than allowed is enough to see that it is too much.
        table = read_table(
            page.name,
            file.read(MAX_BYTES + 1),
            header_row=page.chosen.header_row,
            is_wanted=partial(has_columns, page.chosen),
        )
        page.found = found_months(
            table,
            page.chosen,
            page.year,
            page.measures,
            access=page.plan.access,
            states=section_years(page.plan),
            provisional=page.provisional,
        )
    except NotReadable as error:
        page.failure = error.about(page.name)
        return
    page.problems = page.found.problems
    if page.found.changes and not page.problems:
        page.signed = _signed(page, page.found.changes, request)


def _signed(page: ImportPage, changes: list[ReadingChange], request: PersonRequest) -> str:
    """The changes as a text that only this person can send back, for this plan and year."""
    body = [[c.measure.code, c.month, c.old.as_dict(), c.new.as_dict()] for c in changes]
    return signing.dumps(body, salt=_salt(page, request), compress=True)


def _salt(page: ImportPage, request: PersonRequest) -> str:
    return f"{SALT}.{page.plan.pk}.{page.year}.{request.user.pk}"


def _confirm(request: PersonRequest, page: ImportPage) -> HttpResponse:
    """Write what was looked at, or say what changed since."""
    by_code = {measure.code: measure for measure in page.measures}
    try:
        body = signing.loads(request.POST["preview"], salt=_salt(page, request), max_age=MAX_AGE)
        changes = [
            ReadingChange(by_code[code], page.year, month, Value.from_dict(old), Value.from_dict(new))
            for code, month, old, new in body
        ]
    except (signing.BadSignature, KeyError):
        page.failure = LOST
        return _drawn(request, page)
    try:
        lines = record_readings(changes, by=request.user, channel=Channel.UPLOAD)
    except ChangesRefused as error:
        page.problems = [FileProblem("", refusal.sentence) for refusal in error.refusals]
        return _drawn(request, page)
    messages.success(request, f"月別の値{len(lines)}件を取り込みました。年度の実績は変わっていません。")
    return redirect(
        reverse("indicators:monthly", args=[page.plan.slug, page.year])
        + f"?section={changes[0].measure.section.number}"
    )


def _drawn(request: PersonRequest, page: ImportPage) -> HttpResponse:
    context = {
        "plan": page.plan,
        "active": "indicators",
        "year": page.year,
        "page": page,
        "address": page.address,
        "columns": COLUMN_CHOICES,
        "extensions": EXTENSIONS,
        "megabytes": MAX_BYTES // 1024 // 1024,
    }
    return render(request, "indicators/monthly_import.html", context)
