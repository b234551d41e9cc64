"""変更履歴."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.access import is_manager_among, require_membership
from plans.history_table import HistoryTable, history_filters, page_of


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Who changed what in one's cities, newest first."""
    memberships = require_membership(request.user)
    filters, changes = history_filters(request.user, request.GET)
    page = page_of(changes, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    context = {"filters": filters, "page": page, "table": HistoryTable(page.lines)}
    return render(request, "plans/history.html", context | {"manages": is_manager_among(memberships)})
