"""The list of plans, and the way in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from plans.access import is_manager_among, is_operator_alone, prefectures_of, require_membership
from plans.catalogue import national_catalogue
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
