"""The list of the 活動指標 of a plan: filters and columns in addition to those that all measures share."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.words import Family
from indicators.queries import service_of, services_together
from plans.access import plan_for
from plans.measure_listing import FACETS, Facet, MeasureListing, Option, searched_texts
from plans.measure_tables import FragmentColumn, MeasureTable
from plans.queries import MeasureRow, YearCell, measure_rows, measures_of


def _place_of_service(row: MeasureRow) -> int | None:
    """The services in the order in which the law lists them."""
    service = service_of(row.measure)
    return service.pk if service else None


class IndicatorTable(MeasureTable):
    """節, 番号, 指標名, 単位, the service and the years."""

    caption = "活動指標の年度ごとの計画値と実績値"

    service = FragmentColumn(
        template_name="indicators/_service.html",
        verbose_name="サービス",
        key=_place_of_service,
        attrs={"td": {"class": "service-cell"}},
    )

    class Meta:
        sequence = ("section", "service", "label", "title", "unit", "...")


NO_SERVICE = "none"


def _category(row: MeasureRow, _: YearCell) -> Option:
    service = service_of(row.measure)
    return Option(service.category, service.category) if service else Option(NO_SERVICE, "サービス以外", 1)


def _service(row: MeasureRow, _: YearCell) -> Option | None:
    service = service_of(row.measure)
    return Option(service.code, service.name) if service else None


INDICATOR_FACETS = (*FACETS, Facet("category", "区分", _category), Facet("service", "サービス", _service))


def indicator_texts(row: MeasureRow) -> list[str]:
    """What the search looks at: the service too."""
    service = service_of(row.measure)
    return [*searched_texts(row), *([service.name, service.category] if service else [])]


@require_safe
def indicator_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All of them: search, filter, sort. An invalid value in the address is ignored with a note."""
    plan = plan_for(request.user, slug)
    measures = measures_of(plan).filter(family=Family.INDICATOR).select_related("activity_indicator__service")
    rows = measure_rows(plan, services_together(measures), access=plan.access)
    listing = MeasureListing(plan, rows, request.GET, facets=INDICATOR_FACETS, texts=indicator_texts)
    return render(
        request,
        "indicators/indicator_list.html",
        {"plan": plan, "active": "indicators", "listing": listing, "table": IndicatorTable(listing, request)},
    )
