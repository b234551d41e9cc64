"""A chart over several plans: the gap where a series is another one, said, drawn and escaped; room for many years."""

import json
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree  # of markup made here

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts import PlannedActualChart, to_plotly, to_svg
from tests.core.charts.test_charts import SVG, a_chart, bars, drawn, texts


def broken(chart: PlannedActualChart, *places: int, words: str = "定義を見直し") -> PlannedActualChart:
    """The chart with a break before each of these years."""
    points = tuple(replace(point, broken=words) if n in places else point for n, point in enumerate(chart.points))
    return replace(chart, points=points)


SIX = a_chart(*[("10", "8")] * 6)


def test_the_summary_says_from_which_year_on_the_series_is_another_one():
    chart = broken(a_chart((None, "6"), ("12", None)), 1)

    assert chart.summary == (
        "令和3年度：計画値なし、実績6人。令和4年度から定義を見直し。令和4年度：計画12人、実績は未入力。"
    )


def test_years_move_apart_where_the_series_is_broken():
    chart = broken(SIX, 2, 5)

    assert [str(place) for place in chart.places] == ["0", "1", "2.4", "3.4", "4.4", "5.8"]
    assert [str(place) for place in SIX.places] == ["0", "1", "2", "3", "4", "5"]


def test_svg_draws_a_dashed_line_in_the_gap_with_the_words_below():
    marks = drawn(broken(SIX, 3)).findall(f"{SVG}g[@class='chart-break']")

    [(line, words)] = [tuple(mark) for mark in marks]
    years = [float(text.get("x", "")) for text in drawn(broken(SIX, 3)).iter(f"{SVG}text") if text.text == "年度"]
    assert (line.get("x1"), words.text, words.get("x")) == (line.get("x2"), "定義を見直し", line.get("x1"))
    assert years[2] < float(line.get("x1", "")) < years[3]
    assert years[3] - years[2] == pytest.approx(1.4 * (years[1] - years[0]), abs=0.2)


def test_a_series_that_goes_on_has_no_break():
    assert drawn(SIX).findall(f"{SVG}g[@class='chart-break']") == []
    assert to_plotly(SIX)["layout"]["shapes"] == []


def test_short_values_of_a_long_chart_stand_over_their_own_bars():
    assert texts(SIX)[-4:] == ["10", "8", "10", "8"]
    assert texts(a_chart(*[("1000", "8")] * 6))[-2:] == ["実績 8", "計画 1000"]


def test_a_stacked_value_stands_over_the_word_in_the_place_of_the_other_bar():
    chart = a_chart((None, "1000"), *[("1000", "9000")] * 5)

    words = next(element for element in drawn(chart).iter(f"{SVG}text") if element.get("class") == "chart-missing")
    top = min(float(sign.get("y", "")) for sign in words)
    value = next(element for element in drawn(chart).iter(f"{SVG}text") if element.text == "実績 1000")
    assert float(value.get("y", "")) < top - 8


def test_plotly_draws_the_same_gap_line_and_words():
    spec = to_plotly(broken(SIX, 3))

    figure = go.Figure({"data": spec["data"], "layout": spec["layout"]}).to_dict()

    [line] = spec["layout"]["shapes"]
    note = next(one for one in spec["layout"]["annotations"] if one["text"] == "定義を見直し")
    assert spec["data"][0]["x"] == spec["layout"]["xaxis"]["tickvals"] == [0, 1, 2, 3.4, 4.4, 5.4]
    assert (line["x0"], line["x1"], note["x"]) == pytest.approx((2.7, 2.7, 2.7))
    assert figure["layout"] | {"template": "none"} == spec["layout"]


def test_the_words_of_a_break_carry_no_markup():
    hostile = '<a href="https://example.com">&'
    chart = broken(SIX, 1, words=hostile)

    spec = to_plotly(chart)

    assert "<a" not in json.dumps(spec)
    [mark] = drawn(chart).findall(f"{SVG}g[@class='chart-break']")
    assert mark.findtext(f"{SVG}text") == hostile


NUMBERS = st.none() | st.decimals(min_value=-(10**6), max_value=10**6, places=2)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=12), st.sets(st.integers(1, 11)))
def test_however_a_series_is_broken_no_two_years_share_a_place_and_all_bars_are_on_the_picture(pairs, places):
    chart = broken(a_chart(*((p and str(p), a and str(a)) for p, a in pairs)), *places)

    svg = ElementTree.fromstring(to_svg(chart))  # noqa: S314

    width = Decimal(svg.get("width", ""))
    rights = [
        Decimal(bar.get("x", "")) + Decimal(bar.get("width", ""))
        for year in svg.iterfind(f"{SVG}g[@class='chart-year']")
        for bar in year.iter(f"{SVG}rect")
    ]
    assert all(later - earlier >= 1 for earlier, later in pairwise(chart.places))
    assert all(right <= width for right in rights)
    assert len(bars(chart)) == sum(side is not None for pair in pairs for side in pair)
