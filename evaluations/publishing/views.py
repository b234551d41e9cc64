"""公表 and its withdrawal: each its own act, shown with what it does."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.fiscal_years import wareki
from core.pdf import offers_pdf
from evaluations.long_work.runner_process import start_runner
from evaluations.publishing.publication import publish as publish_year
from evaluations.publishing.publication import withdraw_publication
from evaluations.publishing.publication_pdfs import ask_for_pdfs
from evaluations.publishing.publish_page import publish_page
from plans.access import plan_for, require
from plans.models import Channel, Plan
from plans.refusals import Refused
from plans.requests import PersonRequest

STALE = "ページを開き直して、もう一度操作してください。"
LONGEST_REASON = 2000


class CheckForm(forms.Form):
    """See what publishing one 年度 would change."""

    def __init__(self, plan: Plan, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["year"] = forms.TypedChoiceField(
            coerce=int,
            choices=[(year, year) for year in plan.years],
            error_messages={"required": STALE, "invalid_choice": STALE},
        )

    @property
    def place(self) -> str:
        """The id of this form on the page."""
        return f"year-{self.data.get('year', '')}"


class PublishForm(CheckForm):
    """Publish one 年度, as the person saw it."""

    seen_number = forms.IntegerField(error_messages={"required": STALE, "invalid": STALE})
    seen_sha256 = forms.CharField(error_messages={"required": STALE})
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)
    correction_reason = forms.CharField(required=False, max_length=LONGEST_REASON)


class WithdrawForm(forms.Form):
    """Withdraw one publication of this plan; the number of another plan's is refused."""

    reason = forms.CharField(max_length=LONGEST_REASON, error_messages={"required": "取り下げの理由を書いてください。"})

    def __init__(self, plan: Plan, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["number"] = forms.ModelChoiceField(
            plan.publications.select_related("plan__municipality").defer("body"),
            to_field_name="number",
            error_messages={"required": STALE, "invalid_choice": STALE},
        )

    @property
    def place(self) -> str:
        """The id of this form on the page."""
        return f"publication-{self.data.get('number', '')}"


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
