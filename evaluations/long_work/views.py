"""処理の状況: long works, their progress and their results, each visible only to the person who requested it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.long_work.asking import ask, cancel, remove, start_again
from evaluations.long_work.kinds import Kind
from evaluations.long_work.page import as_json, result_for, work_for, work_page, works_of
from evaluations.long_work.runner_process import start_runner, start_runner_if_unheeded
from evaluations.models import LongWork
from plans.models import Plan
from plans.refusals import Refused
from plans.requests import PersonRequest, as_download


@require_safe
def work_list(request: PersonRequest) -> HttpResponse:
    """Every work that the person requested."""
    works = list(works_of(request.user))
    context = {"works": works, "refreshes": _refreshes(request, works)}
    return render(request, "evaluations/work_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def work(request: PersonRequest, key: UUID) -> HttpResponse:
    """One of them; POST cancels it, starts it again, or removes it."""
    asked = work_for(request.user, key)
    if request.method == "POST":
        return _act(request, asked)
    start_runner_if_unheeded(asked)
    context = {"page": work_page(asked), "refreshes": _refreshes(request, [asked])}
    return render(request, "evaluations/work.html", context)


@require_safe
def work_state(request: PersonRequest, key: UUID) -> JsonResponse:
    """The progress of one work, as JSON."""
    asked = work_for(request.user, key)
    start_runner_if_unheeded(asked)
    return JsonResponse(as_json(asked))


@require_safe
def work_result(request: PersonRequest, key: UUID) -> HttpResponse:
    """The file that the work made."""
    file = result_for(request.user, key)
    return as_download(bytes(file.content), file.content_type, file.name)


def begin(
    request: PersonRequest,
    kind: Kind,
    title: str,
    *,
    plan: Plan,
    parameters: Mapping[str, Any],
    files: Iterable[tuple[str, bytes]] = (),
    back: str = "",
) -> HttpResponse:
    """Request a long work about a plan, have it started, and show it; where it is refused, return to `back` (「出力」
    if not given). For every view that requests one.
    """
    try:
        asked = ask(
            kind.name,
            title,
            by=request.user,
            municipality=plan.municipality,
            plan=plan,
            parameters=parameters,
            files=files,
        )
    except Refused as error:
        messages.error(request, str(error))
        return redirect(back) if back else redirect("evaluations:exports", plan.slug)
    start_runner()
    return redirect("evaluations:work", asked.key)


def _act(request: PersonRequest, asked: LongWork) -> HttpResponse:
    act = request.POST.get("do")
    if act == "remove":
        if remove(asked):
            messages.success(request, f"「{asked.title}」を消しました。")
        return redirect("evaluations:work_list")
    if act == "cancel":
        cancel(asked)
    elif act == "again":
        try:
            if start_again(asked):
                start_runner()
        except Refused as error:
            messages.error(request, str(error))
    return redirect("evaluations:work", asked.key)


def _refreshes(request: PersonRequest, works: Iterable[LongWork]) -> bool | None:
    """Whether the page reloads itself without a script; None where nothing is under way."""
    if not any(one.is_under_way for one in works):
        return None
    return request.GET.get("refresh") != "no"
