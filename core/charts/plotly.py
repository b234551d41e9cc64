"""The chart as a plotly figure, for looking closer: hover, zoom, hiding a series, the picture to keep.

A plain dict, not plotly.graph_objects: importing and first using that costs a worker about 0.2 s and 20 MB, and it adds
a 6.5 KB template to every figure. The tests put the dict through plotly.graph_objects.Figure, which checks every name.
"""

from decimal import Decimal
from html import escape
from typing import Any

from core.charts.figure import (
    ACTUAL_COLOUR,
    ACTUAL_OUTLINE,
    BREAK,
    FONTS,
    GOAL_COLOUR,
    GRID_COLOUR,
    INK,
    PLANNED_COLOUR,
    YEAR_LINE,
    PlannedActualChart,
    YearPoint,
)
from core.text_width import text_width, wrap

BAR = 0.36
"""Width of a bar, the distance of two years being 1."""
GAP = 0.02
TEXT = 13
TITLE = 17
LINE = 24
PICTURE = {"width": 800, "height": 480}
"""The picture to keep, in pixels before it is drawn at twice the size."""
SIGNS_STACKED = 21
"""Digits that fit over the bars of all years, one value above the other, at the width of a telephone."""
SHORT = 2
"""Digits of a value that may lie over the narrow bar of a month."""

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    # Always there: a tool that shows itself only under a mouse is not found by finger or keyboard.
    "displayModeBar": True,
    # Otherwise the bar has a button that would send the figures to a public cloud.
    "showSendToCloud": False,
    "showTips": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "toggleSpikelines"],
    "locale": "ja",
    # The five words the bar needs, instead of a locale file more to load.
    "locales": {
        "ja": {
            "dictionary": {
                "Zoom": "拡大する範囲を選ぶ",
                "Pan": "表示範囲を動かす",
                "Reset axes": "元の表示に戻す",
                "Download plot as a PNG": "画像として保存",
                "Download plot": "画像として保存",
            },
            "format": {},
        }
    },
}


_HATCH = {
    "shape": "/",
    "fgcolor": ACTUAL_COLOUR,
    "bgcolor": "#ffffff",
    "fillmode": "replace",
    "size": 7,
    "solidity": 0.6,
}
_BARS: dict[str, Any] = {
    "type": "bar",
    "width": BAR,
    "constraintext": "none",
    "cliponaxis": False,
    "hovertemplate": "%{hovertext}<extra></extra>",
}
COMMON: dict[str, Any] = {
    # By the name of the series. A bar of zero is drawn only where it has an outline.
    "series": {
        "計画": _BARS | {"marker": {"color": PLANNED_COLOUR, "line": {"color": PLANNED_COLOUR, "width": 1.5}}},
        "実績": _BARS
        | {"marker": {"color": ACTUAL_COLOUR, "pattern": _HATCH, "line": {"color": ACTUAL_OUTLINE, "width": 1.5}}},
    },
    "layout": {
        "template": "none",
        # The page shows the title above the chart; charts.js takes it off there and keeps it on the picture.
        "title": {
            "font": {"size": TITLE},
            "x": 0.5,
            "y": 1,
            "yanchor": "top",
            "yref": "container",
            "pad": {"t": 14},
            "automargin": True,
        },
        "font": {"family": FONTS, "size": TEXT, "color": INK},
        "height": 300,
        # A finger that draws over the chart scrolls the page until a tool of the bar is chosen.
        "dragmode": False,
        "barmode": "overlay",
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#4d4d4d", "activecolor": PLANNED_COLOUR},
        "xaxis": {
            "tickmode": "array",
            "tickangle": 0,
            "ticklabelstandoff": 4,
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "tick0": 0,
            "tickformat": "~f",
            "gridcolor": GRID_COLOUR,
            "zeroline": True,
            "zerolinecolor": INK,
        },
    },
    "config": CONFIG | {"toImageButtonOptions": {"format": "png", "scale": 2} | PICTURE},
}
"""What all charts share: a page sends it once, and charts.js puts each chart's own part on top of it."""


def to_plotly(chart: PlannedActualChart) -> dict[str, Any]:
    """The whole figure: data, layout and config, ready for JSON."""
    own = own_part(chart)
    return {
        "data": [_merged(COMMON["series"][series["name"]], series) for series in own["data"]],
        "layout": _merged(COMMON["layout"], own["layout"]),
        "config": _merged(COMMON["config"], own["config"]),
    }


def own_part(chart: PlannedActualChart) -> dict[str, Any]:
    """What this chart adds to `COMMON`. Decimal becomes float here and nowhere else."""
    return {
        "data": _bars(chart),
        "layout": _layout(chart),
        "config": {"toImageButtonOptions": {"filename": chart.title}},
    }


def _merged(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(common[name], own[name]) for name in common.keys() & own.keys() if isinstance(own[name], dict)
    }
    return common | own | both


def _bars(chart: PlannedActualChart) -> list[dict[str, Any]]:
    actual = [point.actual for point in chart.points]
    if not chart.has_planned_bars:
        return [_series(chart, "実績", actual, -BAR / 2)]
    planned = [point.planned for point in chart.points]
    return [_series(chart, "計画", planned, -BAR - GAP), _series(chart, "実績", actual, GAP)]


def _series(chart: PlannedActualChart, name: str, numbers: list[Decimal | None], offset: float) -> dict[str, Any]:
    unit = chart.shown_unit
    return {
        "name": name,
        "x": [float(place) for place in chart.places],
        "y": [None if number is None else float(number) for number in numbers],
        "offset": offset,
        "text": ["" if number is None else chart.written(number) for number in numbers],
        "textposition": "none" if _stacks(chart) else "outside",
        # Side by side, many long values would run together; upright they do not.
        "textangle": -90 if _upright(chart) else 0,
        "hovertext": [
            "" if number is None else escape(f"{point.name}　{name} {chart.written(number)}{unit}", quote=False)
            for point, number in zip(chart.points, numbers, strict=True)
        ],
    }


def _layout(chart: PlannedActualChart) -> dict[str, Any]:
    axis = chart.axis
    spare = float(axis.high - axis.low) * _air(chart)
    left = 16 + max(text_width(chart.written(tick), TEXT) for tick in axis.ticks)
    last = float((chart.places or (Decimal(-1),))[-1]) + 0.5
    title = wrap(chart.title, PICTURE["width"] - 4 * TITLE, TITLE)
    goal = chart.goal
    unit = escape(f"（{chart.shown_unit}）" if chart.shown_unit else "", quote=False)
    return {
        "title": {"text": "<br>".join(escape(line, quote=False) for line in title)},
        "margin": {
            "l": left,
            "r": 12
            if goal is None
            else 10 + max(text_width(t, TEXT) for t in (chart.goal_name, chart.with_unit(goal))),
            "t": 64 + LINE * (len(title) - 1),
            "b": (52 if chart.has_many_years or chart.has_remarks else 36) + (LINE if chart.is_broken else 0),
        },
        "xaxis": {
            "tickvals": [float(place) for place in chart.places],
            "ticktext": [_year_name(chart, point) for point in chart.points],
            "range": [-0.5, last],
        },
        "yaxis": {
            "range": [float(axis.low) - (spare if axis.low < 0 else 0), float(axis.high) + spare],
            "dtick": float(axis.step),
            "showticklabels": bool(chart.numbers),
            "showgrid": bool(chart.numbers),
        },
        "shapes": [*_break_lines(chart), *([] if goal is None else [_goal_line(goal, last)])],
        "annotations": [
            {
                "text": unit,
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 1.03,
                "xanchor": "left",
                "xshift": -left,
                "yanchor": "bottom",
            }
            | {"showarrow": False, "font": {"size": 12}},
            *(note for place, point in _placed(chart) for note in _notes(chart, place, point)),
            *_break_labels(chart),
            *([] if goal is None else [_goal_label(chart, goal)]),
        ],
    }


def _air(chart: PlannedActualChart) -> float:
    """Room for the values beyond the ends of the axis, as a share of it."""
    if not _upright(chart):
        return 0.12
    return 0.22 if _stacks(chart) else 0.1 + 0.04 * chart.longest


def _upright(chart: PlannedActualChart) -> bool:
    """Whether the values are too long to fit side by side; of twelve months only the shortest are not."""
    return chart.stacks_values or (not chart.has_planned_bars and chart.longest > SHORT)


def _stacks(chart: PlannedActualChart) -> bool:
    """Whether long values are written one above the other; the longest have to be upright."""
    return chart.stacks_values and chart.longest * len(chart.points) <= SIGNS_STACKED


def _placed(chart: PlannedActualChart) -> list[tuple[float, YearPoint]]:
    """Each year with its position."""
    return [(float(place), point) for place, point in zip(chart.places, chart.points, strict=True)]


def _break_lines(chart: PlannedActualChart) -> list[dict[str, Any]]:
    """A dashed line in the gap before each year from which the series is another one."""
    line = {"color": GOAL_COLOUR, "width": 1.5, "dash": "dot"}
    return [
        {"type": "line", "x0": place, "x1": place, "yref": "paper", "y0": -0.2, "y1": 1, "line": line}
        for place, _ in _breaks(chart)
    ]


def _break_labels(chart: PlannedActualChart) -> list[dict[str, Any]]:
    look = {"yref": "paper", "y": 0, "yshift": -46, "yanchor": "top", "showarrow": False}
    return [{"text": escape(words, quote=False), "x": place} | look for place, words in _breaks(chart)]


def _breaks(chart: PlannedActualChart) -> list[tuple[float, str]]:
    """The middle of each gap, and in what way the series is another one behind it."""
    return [(place - 0.5 - float(BREAK) / 2, point.broken) for place, point in _placed(chart) if point.broken]


def _notes(chart: PlannedActualChart, index: float, point: YearPoint) -> list[dict[str, Any]]:
    """What is written over one year: the words for what is missing, and long values one above the other."""
    places = [(point.planned_mark, index - GAP - BAR / 2), (point.actual_mark, index + GAP + BAR / 2)]
    if not chart.has_planned_bars:
        places = [(point.actual_mark, index)]
    upwards = chart.axis.high > 0
    notes = [
        {"text": _downwards(mark), "x": place, "y": 0, "yanchor": "bottom" if upwards else "top", "showarrow": False}
        | {"font": {"color": "#4d4d4d"}}
        for mark, place in places
        if mark
    ]
    known = [(name, n) for name, n in (("計画", point.planned), ("実績", point.actual)) if n is not None]
    if _stacks(chart) and known:
        top = max([Decimal(0), *(number for _, number in known)])
        text = "<br>".join(f"{name} {chart.written(number)}" for name, number in known)
        # White behind it: the goal line may pass there.
        look = {"showarrow": False, "font": {"size": 11}, "bgcolor": "rgba(255,255,255,0.85)", "borderpad": 0}
        notes.append({"text": text, "x": index, "y": float(top), "yanchor": "bottom"} | look)
    return notes


def _year_name(chart: PlannedActualChart, point: YearPoint) -> str:
    lines = wrap(point.label, TEXT * YEAR_LINE, TEXT) if chart.has_many_years else [point.label]
    return "<br>".join(escape(line, quote=False) for line in [*lines, point.remark] if line)


def _downwards(word: str) -> str:
    """One character per line: the place of a bar is narrow."""
    return "<br>".join(escape(sign, quote=False) for sign in word)


def _goal_line(goal: Decimal, last: float) -> dict[str, Any]:
    line = {"color": GOAL_COLOUR, "width": 2, "dash": "dash"}
    return {"type": "line", "x0": -0.5, "x1": last, "y0": float(goal), "y1": float(goal), "line": line}


def _goal_label(chart: PlannedActualChart, goal: Decimal) -> dict[str, Any]:
    # Not <b>: plotly turns it into a style attribute, which the content security policy refuses.
    text = f"{chart.goal_name}<br>{escape(chart.with_unit(goal), quote=False)}"
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 4, "y": float(goal), "yanchor": "middle"}
    return {"text": text, "align": "left", "showarrow": False, "font": {"weight": 700}} | place
