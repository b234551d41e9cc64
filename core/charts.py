"""Charts: one object, two renderings. This is the door; what a chart says and how it is drawn stand beside it."""

from dataclasses import dataclass
from typing import Any

from core.chart_figure import PlannedActualChart, YearPoint
from core.chart_plotly import to_plotly
from core.chart_svg import to_svg

__all__ = ["PlannedActualChart", "RenderedChart", "YearPoint", "rendered", "to_plotly", "to_svg"]


@dataclass(frozen=True)
class RenderedChart:
    """What templates/charts/_chart.html prints. `svg` is finished markup: every text in it is escaped already."""

    key: str
    title: str
    summary: str
    svg: str
    plotly: dict[str, Any]

    @property
    def spec_id(self) -> str:
        """The id of the element that carries the plotly figure."""
        return f"chart-{self.key}-spec"


def rendered(chart: PlannedActualChart) -> RenderedChart:
    """The chart in both renderings."""
    return RenderedChart(chart.key, chart.title, chart.summary, to_svg(chart), to_plotly(chart))
