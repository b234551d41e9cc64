"""The list of 活動指標 as a table."""

from indicators.queries import service_of
from plans.measure_tables import FragmentColumn, MeasureTable
from plans.queries import MeasureRow


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
