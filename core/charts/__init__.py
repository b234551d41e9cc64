"""The chart of 計画 and 実績: what it says (`figure`), drawn as SVG (`svg`) and for plotly (`plotly`).

The picture of 成果目標 and their 活動指標 is in `links` and `links_svg`.
"""

import json
from dataclasses import dataclass

from core.charts.figure import PlannedActualChart, YearPoint
from core.charts.plotly import to_plotly
from core.charts.svg import to_svg

__all__ = ["PlannedActualChart", "RenderedChart", "YearPoint", "rendered", "to_plotly", "to_svg"]


@dataclass(frozen=True)
class RenderedChart:
    """What templates/charts/_chart.html prints. `svg` is finished markup, `plotly` the figure as JSON for a script
    element: every text in them is escaped already.

    `is_long`: it scrolls sideways on a telephone.
    """

    key: str
    title: str
    summary: str
    svg: str
    plotly: str
    is_long: bool = False

    @property
    def spec_id(self) -> str:
        """The id of the element that carries the plotly figure."""
        return f"chart-{self.key}-spec"


def rendered(chart: PlannedActualChart) -> RenderedChart:
    """The chart in both renderings."""
    figure = json.dumps(to_plotly(chart), ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        figure = figure.replace(sign, f"\\u{ord(sign):04x}")
    return RenderedChart(chart.key, chart.title, chart.summary, to_svg(chart), figure, chart.is_long)
