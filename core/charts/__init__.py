"""The chart of 計画 and 実績: what it says (`figure`), drawn as SVG (`svg`) and for plotly (`plotly`).

The picture of 成果目標 and their 活動指標 is in `links` and `links_svg`.
"""

import json
from dataclasses import dataclass

from core.charts.figure import PlannedActualChart, YearPoint
from core.charts.plotly import COMMON, own_part, to_plotly
from core.charts.svg import to_svg

__all__ = ["PlannedActualChart", "RenderedChart", "YearPoint", "rendered", "shared_by_all", "to_plotly", "to_svg"]


@dataclass(frozen=True)
class RenderedChart:
    """What templates/charts/_chart.html prints. `svg` is finished markup, `plotly` what the chart adds to the shared
    part of all figures, as JSON for a script element: every text in them is escaped already.

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
    return RenderedChart(
        chart.key, chart.title, chart.summary, to_svg(chart), _for_a_script(own_part(chart)), chart.is_long
    )


def shared_by_all() -> str:
    """The part of all figures that a page sends once, as JSON for a script element."""
    return _for_a_script(COMMON)


def _for_a_script(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
