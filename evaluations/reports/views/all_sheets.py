"""The evaluation sheets of all years of a plan, requested on 出力."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from evaluations.long_work.views import begin
from evaluations.reports.sheets.all_sheets import ALL_SHEETS
from plans.access import plan_for
from plans.refusals import Refused
from plans.requests import PersonRequest
from plans.sheet_layouts import form_of


@require_POST
def all_sheets(request: PersonRequest, slug: str) -> HttpResponse:
    """Request the evaluation sheets of all years in one file."""
    plan = plan_for(request.user, slug)
    asked = {name: request.POST.get(name, "") for name in ("layout", "edition")}
    try:
        title = form_of(plan, **asked).design.title
    except Refused as error:
        messages.error(request, str(error))
        return redirect("evaluations:exports", slug)
    return begin(request, ALL_SHEETS, f"すべての年度の{title}", plan=plan, parameters=asked)
