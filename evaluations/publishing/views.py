"""公表 and its withdrawal: each its own act, shown with what it does."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.fiscal_years import wareki
from core.pdf import offers_pdf
from evaluations.long_work.runner_process import start_runner
from evaluations.publishing.publication import publish as publish_year
from evaluations.publishing.publication import withdraw_publication
from evaluations.publishing.publication_forms import CheckForm, PublishForm, WithdrawForm
from evaluations.publishing.publication_pdfs import ask_for_pdfs
from evaluations.publishing.publish_page import publish_page
from plans.access import plan_for, require
from plans.models import Channel, Plan
from plans.refusals import Refused
from plans.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: PersonRequest, slug: str) -> HttpResponse:
    """The states of each 年度 and the publications there are; what a 年度 would publish, once it is checked."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_confirm, "公表と取り下げは、確定の役割がある人の操作です。")
    if request.method != "POST":
        return _page(request, plan)
    acts = {"check": _check, "withdraw": _withdraw}
    return acts.get(request.POST.get("do", ""), _publish)(request, plan)


def _check(request: PersonRequest, plan: Plan) -> HttpResponse:
    form = CheckForm(plan, request.POST)
    if not form.is_valid():
        return _page(request, plan, form)
    return _page(request, plan, check=form.cleaned_data["year"])


def _publish(request: PersonRequest, plan: Plan) -> HttpResponse:
    form = PublishForm(plan, request.POST)
    if not form.is_valid():
        return _page(request, plan, form, check=form.cleaned_data.get("year"))
    year = form.cleaned_data["year"]
    try:
        done = publish_year(plan, by=request.user, channel=Channel.SCREEN, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, plan, form, check=year, status=409)
    messages.success(request, f"{wareki(year)}の評価を第{done.number}号として公表しました。")
    if ask_for_pdfs(done, by=request.user):
        start_runner()
        messages.info(request, "公表資料のPDFを作り始めました。でき上がると、公表資料のページに載ります。")
    return redirect("evaluations:publish", plan.slug)


def _withdraw(request: PersonRequest, plan: Plan) -> HttpResponse:
    form = WithdrawForm(plan, request.POST)
    if not form.is_valid():
        return _page(request, plan, form)
    publication, reason = form.cleaned_data["number"], form.cleaned_data["reason"]
    try:
        withdraw_publication(publication, by=request.user, reason=reason, channel=Channel.SCREEN)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, plan, form, status=409)
    messages.success(request, f"第{publication.number}号を取り下げました。理由は公表資料のページに表示されます。")
    return redirect("evaluations:publish", plan.slug)


def _page(
    request: PersonRequest,
    plan: Plan,
    form: CheckForm | WithdrawForm | None = None,
    *,
    check: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """The current page, with the problems of the form that was sent and the reason typed there."""
    page = publish_page(plan, check=check)
    context = {"plan": plan, "active": "publish", "page": page, "sent": form, "offers_pdf": offers_pdf()}
    return render(request, "evaluations/publish.html", context, status=status)
