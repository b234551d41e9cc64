"""The filters of 活動指標 in addition to those that all measures share."""

from indicators.queries import service_of
from plans.measure_filters import Facet, Option
from plans.measure_listing import FACETS, searched_texts
from plans.queries import MeasureRow, YearCell

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
