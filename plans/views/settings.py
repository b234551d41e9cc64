"""計画の設定."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from plans.access import plan_for, require
from plans.lineage import plans_around
from plans.plan_settings_forms import settings_forms
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def plan_settings(request: PersonRequest, slug: str) -> HttpResponse:
    """The plan's frame, in small forms. Where a colleague's value is newer, the answer is 409 with both."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_manage, "計画の設定を変えられるのは、管理の役割の人だけです。")
    forms = settings_forms(plan, request.POST if request.method == "POST" else None, page=request.GET.get("page"))
    sent = forms.get(request.POST.get("do", ""))
    if request.method == "POST":
        if sent is None:
            raise BadRequest("unknown action")
        changed = sent.save(request.user)
        if changed is not None:
            messages.success(request, f"設定を{changed}件変更しました。" if changed else "変更はありませんでした。")
            return redirect(request.get_full_path())
    context = {"plan": plan, "active": "settings", "forms": forms, "sent": sent, "around": plans_around(plan)}
    return render(request, "plans/plan_settings.html", context, status=409 if sent and sent.conflicted else 200)
