"""入力様式: hand them out, take them back many at a time, look at what they change and write it."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.numerals import KEY_DIGITS, read_digits
from core.workbooks.file import XLSX
from evaluations.exchange.entry_forms.files import EXTENSIONS, MAX_BYTES
from evaluations.exchange.entry_forms.making import EVERYBODY, Owner, due_day, form_bytes, form_name, forms_zip
from evaluations.exchange.entry_forms.merging import FORM_REASON, ReturnedForms, merged
from evaluations.exchange.entry_forms.page import Returned, owner_lines, rival_name
from evaluations.exchange.entry_forms.reading import desk_of, read_form
from evaluations.exchange.entry_forms.work import ENTRY_FORMS, MAY_NOT, readings_in, title_of
from evaluations.exchange.importing.confirming import say_count, write_chosen
from evaluations.exchange.importing.preview import Outcome, Preview, PreviewLost, signed, unsigned
from evaluations.long_work.page import GONE, found_for
from evaluations.long_work.views import begin
from plans.access import plan_for, require, require_year
from plans.models import Plan
from plans.requests import PersonRequest, as_download
from plans.signed_previews import MAX_SIGNED
from plans.value_rows import newest_number

MAX_FILES = 30
MAX_TOTAL = 20 * 1024 * 1024
AT_ONCE = 200 * 1024
"""Bytes that are read within a request; ten forms of thirty measures, and less than a second."""
MAX_CHOICES = 900
"""Each may be a field of the form, and a form has a thousand."""
NOTHING = Returned()


@require_http_methods(["GET", "HEAD", "POST"])
def entry_forms(request: PersonRequest, slug: str, year: int) -> HttpResponse:
    """GET says who gets a form; POST reads those that were returned, or writes what was confirmed."""
    plan = _plan(request, slug, year)
    if request.method != "POST":
        return _page(request, plan, year, _kept(request, plan, year) if "work" in request.GET else NOTHING)
    if "preview" in request.POST:
        return _confirm(request, plan, year)
    return _take(request, plan, year, request.FILES.getlist("files"))


@require_safe
def entry_form_download(request: PersonRequest, slug: str, year: int) -> HttpResponse:
    """The form of one 担当課 of ?department=, of those measures without one (none), or without it the whole plan."""
    plan = _plan(request, slug, year)
    owner = _owner(plan, request.GET.get("department", ""))
    content = form_bytes(plan, year, owner, access=plan.access)
    return as_download(content, XLSX, form_name(plan, year, owner))


@require_safe
def entry_forms_download(request: PersonRequest, slug: str, year: int) -> HttpResponse:
    """One form for each 担当課, together in a zip."""
    plan = _plan(request, slug, year)
    content = forms_zip(plan, year, access=plan.access)
    return as_download(content, "application/zip", f"{plan.slug}_入力様式_{year}年度.zip")


def _plan(request: PersonRequest, slug: str, year: int) -> Plan:
    """The plan for a person who may enter; Http404 for a year that it does not have."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_write, MAY_NOT)
    require_year(plan, year)
    return plan


def _owner(plan: Plan, asked: str) -> Owner:
    if asked in ("", "none"):
        return Owner() if asked else EVERYBODY
    department = plan.municipality.departments.filter(pk=read_digits(asked, KEY_DIGITS) or 0).first()
    if department is None:
        raise Http404("この担当課はありません。")
    return Owner(department)


def _take(request: PersonRequest, plan: Plan, year: int, files: list[UploadedFile]) -> HttpResponse:
    """Read the files: few and small ones at once, others as long work that leads back here. Nothing is written."""
    failure = _why_not(files)
    if failure:
        return _page(request, plan, year, Returned(failure=failure))
    # One byte more than allowed is enough to see that it is too much.
    named = [(name, file.read(MAX_BYTES + 1)) for name, file in zip(_names(files), files, strict=True)]
    if sum(len(content) for _, content in named) > AT_ONCE:
        back, asked = reverse("evaluations:entry_forms", args=[plan.slug, year]), {"year": year}
        return begin(request, ENTRY_FORMS, title_of(year), plan=plan, parameters=asked, files=named, back=back)
    desk = desk_of(plan, year, access=plan.access)
    forms = merged(read_form(name, content, desk) for name, content in named)
    return _page(request, plan, year, _to_confirm(request, plan, forms))


def _why_not(files: Sequence[UploadedFile]) -> str:
    """Why these files are not read at all; "" where they are."""
    if not files:
        return "ファイルが選ばれていません。返ってきた入力様式を選んでください。"
    if len(files) > MAX_FILES:
        return f"一度に選べるのは{MAX_FILES}個までです（{len(files)}個）。分けて選んでください。"
    if sum(file.size or 0 for file in files) > MAX_TOTAL:
        return f"ファイルが合わせて{MAX_TOTAL // 1024 // 1024}MBを超えています。分けて選んでください。"
    return ""


def _kept(request: PersonRequest, plan: Plan, year: int) -> Returned:
    """What came of the long work of ?work=, for the page of its year."""
    file = found_for(request.user, request.GET["work"], plan, ENTRY_FORMS)
    if file is None or file.work.parameters["year"] != year:
        return Returned(failure=GONE)
    return _to_confirm(request, plan, merged(readings_in(bytes(file.content), plan)))


def _names(files: Iterable[UploadedFile]) -> list[str]:
    """The names of the files, numbered where two of several folders are called alike."""
    names: list[str] = []
    for number, file in enumerate(files, start=1):
        name = file.name or f"{number}番目のファイル"
        names.append(f"{number}番目の{name}" if name in names else name)
    return names


def _to_confirm(request: PersonRequest, plan: Plan, forms: ReturnedForms) -> Returned:
    """The files with the signed text that confirms what they change."""
    preview = forms.preview
    if not preview.changes:
        return Returned(forms=forms)
    text = signed(preview, plan, request.user, revision=newest_number(plan))
    if len(text) > MAX_SIGNED or len(preview.contested) > MAX_CHOICES:
        return Returned(f"変更が{len(preview.changes):,}件あり、一度に扱えません。ファイルを分けて選んでください。")
    return Returned(forms=forms, signed=text)


def _confirm(request: PersonRequest, plan: Plan, year: int) -> HttpResponse:
    """Write what was looked at; what others changed since comes back to be chosen."""
    try:
        preview = unsigned(request.POST["preview"], plan, request.user, revision=newest_number(plan))
    except PreviewLost as error:
        return _page(request, plan, year, Returned(failure=str(error)))
    chosen = _chosen(preview, request.POST)
    if not chosen.changes:
        messages.info(request, "取り込むものが選ばれていません。まだ何も書き込んでいません。")
        return _page(request, plan, year, _to_confirm(request, plan, ReturnedForms((), preview)))
    done = write_chosen(chosen, plan, request.user, reason=FORM_REASON)
    if done.outcome:
        return _page(request, plan, year, _refused(request, plan, done.outcome))
    say_count(request, done.count)
    return redirect("evaluations:entry_forms", plan.slug, year)


def _refused(request: PersonRequest, plan: Plan, outcome: Outcome) -> Returned:
    """Why nothing was written, or what others changed since, to be chosen."""
    if outcome.preview is None:
        return Returned(outcome.failure, refused=tuple(one.sentence for one in outcome.problems))
    return _to_confirm(request, plan, ReturnedForms((), outcome.preview))


def _chosen(preview: Preview, sent: QueryDict) -> Preview:
    """What the person chose: all uncontested that they did not leave out, and what they put over what is stored."""
    left = set(sent.getlist("leave"))
    accepted = [str(place) for place in range(len(preview.lines)) if str(place) not in left]
    rivals = [
        sent.get(rival_name(number), "") for number in {line.rival for line in preview.lines if line.rival is not None}
    ]
    return preview.chosen([*sent.getlist("overwrite"), *rivals], accepted)


def _page(request: PersonRequest, plan: Plan, year: int, outcome: Returned) -> HttpResponse:
    context = {
        "plan": plan,
        "active": "entry",
        "year": year,
        "owners": owner_lines(plan, year),
        "due": due_day(plan, year),
        "outcome": outcome,
        "extensions": ",".join(EXTENSIONS),
        "most": MAX_FILES,
        "megabytes": MAX_BYTES // 1024 // 1024,
    }
    return render(request, "evaluations/entry_forms.html", context)
