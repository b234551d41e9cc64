"""The list of plans, the way in, 使い方 and 変更履歴."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from plans import manual
from plans.access import is_manager_among, is_operator_alone, prefectures_of, require_membership
from plans.catalogue import national_catalogue
from plans.history import HistoryFilters, HistoryTable, changes_for, page_of
from plans.plan_list import cities_page, current_plan, plan_list_rows


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The plan of one's city; for residents what was published, for an administrator without a role the next steps."""
    if not request.user.is_authenticated:
        return redirect("evaluations:published_list")
    if is_operator_alone(request.user):
        return render(request, "plans/first_steps.html", {"manages": False})
    plan = current_plan(require_membership(request.user), timezone.localdate())
    return redirect(plan) if plan else redirect("plans:plan_list")


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Every plan one may open, by 自治体."""
    memberships = require_membership(request.user)
    words = " ".join(request.GET.get("q", "").split())
    page = cities_page(request.user, words, request.GET.get("page", "1"))
    context = {
        "cities": plan_list_rows(request.user, page),
        "page": page,
        "words": words,
        "prefectures": prefectures_of(memberships),
        "manages": is_manager_among(memberships),
        "newest_period": national_catalogue().periods[-1],
    }
    return render(request, "plans/plan_list.html", context)


@require_safe
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    """The manual, on one page, for everyone."""
    context = {
        "rights": manual.RIGHTS,
        "roles": manual.role_rights(),
        "typed": manual.typed_examples(),
        "zeros": manual.zero_examples(),
        "examples": manual.figure_examples(),
        "reduction": manual.reduction_example().figures,
        "columns": manual.columns(),
        "volume_examples": manual.volume_examples(),
        "split_example": manual.split_example(),
        "link_examples": manual.link_examples(),
        "question_examples": manual.question_examples(),
    }
    return render(request, "plans/help.html", context)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Who changed what in one's cities, newest first."""
    memberships = require_membership(request.user)
    filters = HistoryFilters(request.user, request.GET)
    changes = filters.narrowed(changes_for(request.user))
    page = page_of(changes, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    context = {"filters": filters, "page": page, "table": HistoryTable(page.lines)}
    return render(request, "plans/history.html", context | {"manages": is_manager_among(memberships)})
