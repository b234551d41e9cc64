"""The lines of one 節 of a draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evaluations.models import PlanDraft
from evaluations.planning.opening.draft_sections import OwnMeasure, save_section
from evaluations.planning.opening.pages import draft_for
from evaluations.planning.opening.section_page import SectionPage, section_page
from evaluations.planning.views.opening import gone
from plans.kept_rows import read_version
from plans.refusals import Conflict, Refused
from plans.requests import PersonRequest


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
