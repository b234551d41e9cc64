"""The chart of planned and actual values: what it says, its SVG, its plotly figure."""

import json
from decimal import Decimal
from xml.etree import ElementTree  # of markup made here

import plotly.graph_objects as go
import pytest
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from core.charts import PlannedActualChart, RenderedChart, YearPoint, rendered, to_plotly, to_svg
from core.charts.figure import Axis
from core.charts.plotly import COMMON, own_part

SVG = "{http://www.w3.org/2000/svg}"
NUMBERS = st.none() | st.decimals(min_value=-(10**11), max_value=10**11, places=4)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def a_chart(*pairs: tuple[str | None, str | None], goal: str | None = None, **fields) -> PlannedActualChart:
    """Planned and actual from 令和3年度 on."""
    points = tuple(
        YearPoint(2021 + index, f"令和{3 + index}年度", number(planned), number(actual))
        for index, (planned, actual) in enumerate(pairs)
    )
    return PlannedActualChart(
        **{"key": "1-1", "title": "地域生活への移行者数", "unit": "人"} | fields, points=points, goal=number(goal)
    )


INTERIM = a_chart((None, "27"), (None, "24"), ("35", None), goal="35")


def drawn(chart: PlannedActualChart) -> ElementTree.Element:
    return ElementTree.fromstring(to_svg(chart))  # noqa: S314


def texts(chart: PlannedActualChart) -> list[str]:
    return ["".join(element.itertext()) for element in drawn(chart).iter(f"{SVG}text")]


def bars(chart: PlannedActualChart) -> list[tuple[str, float]]:
    """Fill and height of each bar."""
    years = drawn(chart).iterfind(f"{SVG}g[@class='chart-year']")
    return [(bar.get("fill", ""), float(bar.get("height", ""))) for year in years for bar in year.iter(f"{SVG}rect")]


# --- What it says ---


def test_summary_says_each_year_in_a_sentence():
    chart = PlannedActualChart(
        "1-1",
        "退院率",
        "",
        (
            YearPoint(2021, "令和3年度", None, Decimal("66.6666")),
            YearPoint(2022, "令和4年度", None, None, "設定しない", "集計中"),
            YearPoint(2023, "令和5年度", Decimal("0"), None, "", "確認中"),
        ),
        goal=Decimal("90.0"),
        is_percent=True,
    )

    assert chart.summary == (
        "令和3年度：計画値なし、実績66.7%。令和4年度：計画は設定しない、実績は集計中。令和5年度：計画0%、実績は確認中。"
        "最終年度の目標は90%。"
    )


@pytest.mark.parametrize(
    ("pairs", "axis"),
    [
        ([("16", "18")], ("0", "20", "5")),
        ([("1", "0")], ("0", "1", "1")),
        ([("3", None)], ("0", "3", "1")),
        ([("0.5", "0.4")], ("0", "0.5", "0.1")),
        ([("66.7", "100")], ("0", "100", "20")),
        ([("40", "-2")], ("-10", "40", "10")),
        ([("-12", "-30")], ("-30", "0", "10")),
        ([("1234567", "1300000")], ("0", "1500000", "500000")),
        ([("0", "0")], ("0", "1", "1")),
        ([(None, None)], ("0", "1", "1")),
    ],
)
def test_axis_has_round_steps_and_holds_zero(pairs, axis):
    assert a_chart(*pairs).axis == Axis(*map(Decimal, axis))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=6))
def test_axis_holds_every_number_in_few_ticks_and_both_drawings_come_out(pairs):
    chart = a_chart(*((p and str(p), a and str(a)) for p, a in pairs))

    axis = chart.axis

    assert all(axis.low <= value <= axis.high for value in (*chart.numbers, Decimal(0)))
    assert axis.ticks[-1] == axis.high
    assert 2 <= len(axis.ticks) <= 7
    assert drawn(chart).tag == f"{SVG}svg"
    assert json.loads(json.dumps(to_plotly(chart), allow_nan=False)) == to_plotly(chart)


# --- SVG ---


def test_svg_is_a_picture_named_by_its_title_and_described_by_its_summary():
    svg = drawn(INTERIM)

    names = {element.get("id"): element.text for element in svg if element.get("id")}

    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "chart-1-1-title chart-1-1-desc"
    assert names == {"chart-1-1-title": INTERIM.title, "chart-1-1-desc": INTERIM.summary}


def test_svg_writes_values_at_the_bars_and_words_where_there_is_none():
    assert texts(INTERIM) == [
        *["（人）", "実績", "計画", "0", "10", "20", "30", "40"],
        *["計画値なし", "令和3年度", "計画値なし", "令和4年度", "未入力", "令和5年度"],
        *["目標", "35人", "27", "24", "35"],
    ]


def test_svg_draws_no_bar_for_a_missing_value_and_a_thin_one_for_zero():
    chart = a_chart(("16", "0"), (None, None))

    assert bars(chart) == [("#0066be", 120.0), ("url(#chart-1-1-hatch)", 2.5)]


def test_svg_writes_long_values_one_above_the_other_with_their_names():
    chart = a_chart(("1234567", "1234321.5"), ("1300000", None), (None, "998877.25"))

    assert texts(chart)[-4:] == ["実績 1234321.5", "計画 1234567", "計画 1300000", "実績 998877.25"]


def test_svg_of_measures_without_any_number_has_an_axis_without_figures():
    assert texts(a_chart((None, None))) == ["（人）", "実績", "計画", "計画値なし", "未入力", "令和3年度"]


def test_svg_escapes_every_text_and_carries_neither_style_nor_script():
    hostile = '"><script>alert(1)</script>&'
    point = YearPoint(2021, hostile, None, None, hostile, hostile)

    markup = to_svg(PlannedActualChart(hostile, hostile, hostile, (point,), goal=Decimal(1)))

    assert "<script" not in markup
    assert " style=" not in markup
    assert ElementTree.fromstring(markup).findtext(f"{SVG}title") == hostile  # noqa: S314


# --- Plotly ---


@pytest.mark.parametrize(
    "chart",
    [
        INTERIM,
        a_chart(("16", "18"), ("1", "0"), ("4", None)),
        a_chart(("40", "-2"), ("1234567", None)),
        a_chart(*[("0.5", "1234.5")] * 6, is_percent=True),
        a_chart((None, None)),
        a_chart(),
    ],
)
def test_plotly_knows_every_name_in_the_figure(chart):
    spec = to_plotly(chart)

    figure = go.Figure({"data": spec["data"], "layout": spec["layout"]}).to_dict()

    # Building through the library checks names and values. It spells "none" out and drops empty lists.
    figure["layout"] = {"shapes": []} | figure["layout"] | {"template": "none"}
    assert figure == {"data": spec["data"], "layout": spec["layout"]}


def test_plotly_leaves_missing_years_out_and_marks_them_in_words():
    spec = to_plotly(INTERIM)

    assert [(series["name"], series["y"]) for series in spec["data"]] == [
        ("計画", [None, None, 35.0]),
        ("実績", [27.0, 24.0, None]),
    ]
    assert [note["text"] for note in spec["layout"]["annotations"]] == [
        *["（人）", "計<br>画<br>値<br>な<br>し", "計<br>画<br>値<br>な<br>し", "未<br>入<br>力", "目標<br>35人"]
    ]


def test_plotly_says_the_value_under_the_pointer_in_japanese():
    planned, actual = to_plotly(INTERIM)["data"]

    assert planned["hovertext"] == ["", "", "令和5年度　計画 35人"]
    assert actual["hovertext"] == ["令和3年度　実績 27人", "令和4年度　実績 24人", ""]


def test_plotly_draws_the_goal_as_a_dashed_line_and_none_where_every_year_has_its_plan():
    every_year = a_chart(("16", "18"))

    (line,) = to_plotly(INTERIM)["layout"]["shapes"]

    assert (line["y0"], line["y1"], line["line"]["dash"]) == (35.0, 35.0, "dash")
    assert to_plotly(every_year)["layout"]["shapes"] == []


def test_plotly_takes_no_markup_from_a_title_a_unit_or_a_year():
    hostile = '<a href="https://example.com">x</a>'
    point = YearPoint(2021, hostile, Decimal(1), None, "", hostile)

    spec = to_plotly(PlannedActualChart("1", hostile, hostile, (point,), goal=Decimal(1)))
    del spec["config"]["toImageButtonOptions"]  # a file name is no markup

    assert "<a" not in json.dumps(spec)


def test_plotly_config_has_no_logo_and_no_button_to_a_cloud():
    config = to_plotly(INTERIM)["config"]

    assert (config["displaylogo"], config["showSendToCloud"]) == (False, False)
    assert config["toImageButtonOptions"] == {
        "format": "png",
        "filename": "地域生活への移行者数",
        "scale": 2,
        "width": 800,
        "height": 480,
    }


# --- The page ---


def test_rendered_chart_holds_both_drawings_and_the_words():
    chart = rendered(INTERIM)

    assert chart == RenderedChart("1-1", "地域生活への移行者数", INTERIM.summary, to_svg(INTERIM), chart.plotly)
    assert json.loads(chart.plotly) == own_part(INTERIM)


def test_nothing_in_the_figure_ends_the_script_element_that_carries_it():
    chart = rendered(a_chart(("1", "2"), title="</script><!--&amp;", unit="<"))

    assert [sign for sign in "<>&" if sign in chart.plotly] == []
    assert json.loads(chart.plotly)["config"]["toImageButtonOptions"]["filename"] == "</script><!--&amp;"


def test_figure_carries_the_svg_the_figure_for_plotly_and_hidden_tools():
    page = engines["jinja2"].from_string('{% from "charts/_chart.html" import show_chart %}{{ show_chart(chart) }}')
    html = page.render({"chart": rendered(INTERIM)})

    spec = html.split('<script id="chart-1-1-spec" type="application/json">')[1].split("</script>")[0]
    assert to_svg(INTERIM) in html
    assert json.loads(spec) == own_part(INTERIM)
    assert "data-chart-tools hidden" in html


def test_what_all_charts_share_is_sent_once_and_by_no_chart():
    page = engines["jinja2"].from_string('{% from "charts/_chart.html" import chart_scripts %}{{ chart_scripts() }}')
    shared = page.render({}).split('<script id="chart-shared" type="application/json">')[1].split("</script>")[0]

    own = json.loads(rendered(INTERIM).plotly)

    assert json.loads(shared) == COMMON
    assert not own["layout"].keys() & {"template", "font", "legend", "modebar", "height"}
    assert own["config"] == {"toImageButtonOptions": {"filename": INTERIM.title}}
