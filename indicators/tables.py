"""The list of 活動指標 as a table."""

from plans.measure_tables import FragmentColumn, MeasureTable


class IndicatorTable(MeasureTable):
    """節, 番号, 指標名, 単位, the service and the years."""

    caption = "活動指標の年度ごとの計画値と実績値"

    service = FragmentColumn(
        template_name="indicators/_service.html",
        verbose_name="サービス",
        orderable=False,
        attrs={"td": {"class": "service-cell"}},
    )

    class Meta:
        sequence = ("section", "service", "label", "title", "unit", "...")
