"""計画を新しく作る: begin a draft, set its frame, fill in the lines of its 節, make the plan."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.fiscal_years import current_fiscal_year
from evaluations.models import PlanDraft
from evaluations.planning.opening.drafts import (
    OwnMeasure,
    PlanExists,
    add_own_section,
    change_frame,
    discard_draft,
    remove_own_section,
    save_section,
    start_draft,
)
from evaluations.planning.opening.forms import FrameForm, SectionTitleForm
from evaluations.planning.opening.opening import open_plan
from evaluations.planning.opening.pages import (
    DraftPage,
    SectionPage,
    StartPage,
    draft_for,
    draft_page,
    section_page,
    start_page,
)
from plans.kept_rows import read_version
from plans.models import Channel
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: PersonRequest) -> HttpResponse:
    """Which plan; the drafts that are there already."""
    page = start_page(request.user)
    form = page.form(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _start_drawn(request, page, form)
    said, year = form.cleaned_data, current_fiscal_year(timezone.localdate()) + 1
    try:
        draft = start_draft(form.city, said["kind"], said["generation"], first_year=year, by=request.user)
    except PlanExists as exists:
        return _start_drawn(request, page, form, exists=exists)
    return redirect("evaluations:draft", draft.slug)


def _start_drawn(request: PersonRequest, page: StartPage, form: Any, **more: Any) -> HttpResponse:
    return render(request, "evaluations/new_plan.html", {"page": page, "form": form} | more)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: PersonRequest, slug: str) -> HttpResponse:
    """The draft: its frame, its 節, and the button that makes the plan."""
    found = draft_for(request.user, slug)
    if request.method != "POST":
        return _draft_drawn(request, draft_page(found))
    action = {
        "save": _save_frame,
        "create": _create,
        "add_section": _add_section,
        "discard": _discard,
    }.get(request.POST.get("do", ""))
    if "remove_section" in request.POST:
        action = _remove_section
    if action is None:
        raise BadRequest("unknown action")
    try:
        return action(request, found)
    except Conflict:
        return gone(request)


def gone(request: PersonRequest) -> HttpResponse:
    """Redirect a person whose draft another user threw away, or made a plan."""
    messages.warning(request, "この下書きはもうありません。ほかの人が計画を作ったか、下書きを捨てました。")
    return redirect("evaluations:new_plan")


def _save_frame(request: PersonRequest, found: PlanDraft) -> HttpResponse:
    refused = _keep_frame(request, found)
    if refused is None:
        messages.success(request, "計画の枠と節の並びを保存しました。")
    return refused or redirect("evaluations:draft", found.slug)


def _keep_frame(request: PersonRequest, found: PlanDraft) -> HttpResponse | None:
    """Save the frame, as every button of the form does; the page that says why not, where it cannot be."""
    page = draft_page(found)
    form = page.form(request.POST)
    if not form.is_valid():
        return _draft_drawn(request, page, form=form)
    try:
        change_frame(found, form.frame, form.places, version=form.started_from, by=request.user)
    except Refused as refused:
        return _draft_refused(request, page, form, refused)
    found.refresh_from_db()
    return None


def _create(request: PersonRequest, found: PlanDraft) -> HttpResponse:
    """Save the frame and make the plan, both or neither."""
    page = draft_page(found)
    form = page.form(request.POST)
    if not form.is_valid():
        return _draft_drawn(request, page, form=form)
    seen, by = request.POST.get("seen", ""), request.user
    try:
        plan = open_plan(
            found, form.frame, form.places, version=form.started_from, seen=seen, by=by, channel=Channel.SCREEN
        )
    except PlanExists as exists:
        messages.warning(request, str(exists))
        return redirect(exists.plan)
    except Refused as refused:
        return _draft_refused(request, draft_page(found), form, refused)
    messages.success(
        request, f"「{plan.name}」を作りました（{plan.sections.count()}節、{plan.measures.count()}指標）。"
    )
    carried = "前の計画からの引き継ぎを決め、" if plan.previous else ""
    messages.info(request, f"次は、{carried}「設定」で指標の担当課を決め、「入力」で計画値の残りを入れてください。")
    return redirect(plan)


def _draft_refused(request: PersonRequest, page: DraftPage, form: FrameForm, refused: Refused) -> HttpResponse:
    """The page with what was typed and the reason; the next save starts from what is kept now."""
    current = refused.current if isinstance(refused, Conflict) else None
    if isinstance(refused, Conflict) and current is None:
        raise refused
    form.start_again(current)
    return _draft_drawn(request, page, form=form, refused=refused, current=current, status=409 if current else 200)


def _add_section(request: PersonRequest, found: PlanDraft) -> HttpResponse:
    if (kept_back := _keep_frame(request, found)) is not None:
        return kept_back
    title_form = SectionTitleForm(request.POST, prefix="new")
    if not title_form.is_valid():
        return _draft_drawn(request, draft_page(found), title_form=title_form)
    try:
        section = add_own_section(found, title_form.cleaned_data["title"], by=request.user)
    except Refused as refused:
        return _draft_drawn(request, draft_page(found), title_form=title_form, refused=refused)
    messages.success(request, f"「{section.title}」を加えました。")
    return redirect("evaluations:draft_section", found.slug, section.key)


def _remove_section(request: PersonRequest, found: PlanDraft) -> HttpResponse:
    if (kept_back := _keep_frame(request, found)) is not None:
        return kept_back
    try:
        remove_own_section(found, request.POST["remove_section"], by=request.user)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "節を下書きから取り除きました。")
    return redirect("evaluations:draft", found.slug)


def _discard(request: PersonRequest, found: PlanDraft) -> HttpResponse:
    discard_draft(found, by=request.user)
    messages.success(request, f"「{found.name}」の下書きを捨てました。")
    return redirect("evaluations:new_plan")


def _draft_drawn(request: PersonRequest, page: DraftPage, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "page": page,
        "draft": page.draft,
        "municipality": page.draft.municipality,
        "form": page.form(),
        "title_form": SectionTitleForm(prefix="new"),
    }
    return render(request, "evaluations/draft.html", context | more, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def draft_section(request: PersonRequest, slug: str, key: str) -> HttpResponse:
    """The lines of one 節; ?own=<code> changes a 指標 of the city's own."""
    page = section_page(draft_for(request.user, slug), key, request.GET.get("own", ""))
    if request.method != "POST":
        return _section_drawn(request, page)
    return _save_section(request, page)


def _save_section(request: PersonRequest, page: SectionPage) -> HttpResponse:
    """Keep everything as it was typed, problems and all; each button keeps the lines too."""
    own_form = page.own_form(request.POST) if request.POST.get("do") == "own" else None
    own = None
    if own_form is not None and own_form.is_valid():
        own = OwnMeasure(page.own.code if page.own else "", own_form.masters)
    try:
        save_section(
            page.draft,
            page.part.row,
            page.typed(request.POST),
            own=own,
            removed=request.POST.get("remove_own", ""),
            version=read_version(request.POST.get("version", "")),
            by=request.user,
        )
    except Conflict as conflict:
        if not PlanDraft.objects.filter(pk=page.draft.pk).exists():
            return gone(request)
        again = page.with_typed(request.POST)
        if conflict.current is not None:
            again = again.against(conflict.current)
        return _section_drawn(request, again, own_form=own_form, refused=conflict, status=409)
    except Refused as refused:
        return _section_drawn(request, page.with_typed(request.POST), own_form=own_form, refused=refused)
    fresh = section_page(page.draft, page.part.key, request.GET.get("own", "") if own is None else "")
    if own_form is not None and own is None:
        return _section_drawn(request, fresh, own_form=own_form)
    return _saved(request, fresh)


def _saved(request: PersonRequest, page: SectionPage) -> HttpResponse:
    count = len(page.part.problems)
    if count:
        messages.warning(request, f"入力を保存しました。読み取れない入力が{count}か所あります。")
        return redirect("evaluations:draft_section", page.draft.slug, page.part.key)
    messages.success(request, f"「{page.part.row.title}」を保存しました。")
    if request.POST.get("do") == "next":
        if page.following is None:
            return redirect("evaluations:draft", page.draft.slug)
        return redirect("evaluations:draft_section", page.draft.slug, page.following.key)
    return redirect("evaluations:draft_section", page.draft.slug, page.part.key)


def _section_drawn(request: PersonRequest, page: SectionPage, status: int = 200, **more: Any) -> HttpResponse:
    own_form = more.pop("own_form", None) or page.own_form()
    context = {"page": page, "draft": page.draft, "municipality": page.draft.municipality, "own_form": own_form}
    return render(request, "evaluations/draft_section.html", context | more, status=status)
