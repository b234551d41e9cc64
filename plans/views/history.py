"""変更履歴."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.access import is_manager_among, require_membership
from plans.history_table import HistoryTable, LinesOfChanges, history_filters

LINES_PER_PAGE = 50


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Who changed what in one's cities, newest first."""
    memberships = require_membership(request.user)
    filters = history_filters(request.user, request.GET)
    table = HistoryTable(LinesOfChanges(filters.qs))
    table.paginator = Paginator(table.rows, LINES_PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    return render(
        request, "plans/history.html", {"filters": filters, "table": table, "manages": is_manager_among(memberships)}
    )
