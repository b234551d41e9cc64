"""集計 of a prefecture's cities, as a page and as a tidy table."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.rollup_table import rollup_csv
from evaluations.prefecture.page import chosen_term, comparison, own_plans, term_choices
from plans.access import is_manager_among, memberships_of, prefecture_for
from plans.downloads import as_download
from plans.models import PlanKind
from plans.rollup import rollup


@require_safe
def prefecture(request: HttpRequest, code: str) -> HttpResponse:
    """The cities' confirmed figures of one 期 and 年度. `?city=` and `?measure=` choose what is compared."""
    memberships = memberships_of(request.user)
    found = prefecture_for(memberships, code)
    choices = term_choices(found)
    context = {
        "prefecture": found,
        "plans": own_plans(found),
        "choices": choices,
        "manages": is_manager_among(memberships),
    }
    if chosen := chosen_term(choices, request.GET):
        choice, term = chosen
        seen = rollup(found, term)
        context |= {
            "choice": choice,
            "term": term,
            "rollup": seen,
            "comparison": comparison(found, term, seen, request.GET),
        }
    return render(request, "prefectures/prefecture.html", context)


@require_safe
def prefecture_table(request: HttpRequest, code: str) -> HttpResponse:
    """The same totals as CSV: one row per measure, 年度 and figure."""
    found = prefecture_for(memberships_of(request.user), code)
    chosen = chosen_term(term_choices(found), request.GET)
    if chosen is None:
        raise Http404("計画のある市区町村がまだありません。")
    _, term = chosen
    head = {
        "団体コード": found.code,
        "都道府県名": found.name,
        "計画種別": PlanKind(term.kind).label,
        "計画期": str(term.generation),
        "年度": str(term.year),
    }
    name = f"{found.code}-{term.kind}-{term.generation}_{term.year}年度.csv"
    return as_download(rollup_csv(rollup(found, term).totals, head), "text/csv; charset=utf-8", name)
