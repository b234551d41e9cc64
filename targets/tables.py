"""The list of 成果目標 as a table."""

from plans.measure_tables import MeasureTable


class TargetTable(MeasureTable):
    """節, 番号, 指標名, 単位 and the years."""

    caption = "成果目標の年度ごとの計画値と実績値"
