"""Charts in a browser, under the site's own content security policy. The page here holds nothing but charts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from playwright.sync_api import Page, expect

from core.charts import rendered
from tests.axe import violations
from tests.core.charts.test_charts import INTERIM, a_chart

pytestmark = [pytest.mark.browser, pytest.mark.urls(__name__)]

CHARTS = [INTERIM, a_chart(("16", "0"), ("1234567", "-3"), ("4", None), key="1-2", title="施設入所者数 <b>の削減")]
PAGE = """{% from "charts/_chart.html" import chart_scripts, show_chart %}<!doctype html>
    <html lang="ja"><head><title>グラフ</title><link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="{{ static('css/site.css') }}">
    </head><body><main><h1>グラフ</h1><p class="far">{{ far }}</p>
    {% for chart in charts %}{{ show_chart(chart) }}{% endfor %}</main>
    {{ chart_scripts() }}</body></html>"""


# The browser tells what it sees of the first chart, and is idle: the page, which asked for both before, has had them.
LOOKED_AT = """() => new Promise((seen) => {
    const look = () => requestIdleCallback(() => requestIdleCallback(seen));
    new IntersectionObserver(look).observe(document.querySelector("[data-chart]"));
})"""


@login_not_required
def charts_page(request: HttpRequest) -> HttpResponse:
    far = "下 " * 8000 if "far" in request.GET else ""
    page = engines["jinja2"].from_string(PAGE)
    return HttpResponse(page.render({"charts": [rendered(chart) for chart in CHARTS], "far": far}))


urlpatterns = [path("", charts_page)]


@pytest.fixture
def library_requests(page: Page) -> Iterator[list[str]]:
    """Each request for the library."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "plotly" in request.url else None)
    return asked


def wait_for_drawn(page: Page, chart: int = 0) -> None:
    """Until the chart is drawn and what is done with it afterwards is done too."""
    figure = page.locator("[data-chart]").nth(chart)
    expect(figure.locator(".modebar")).to_be_visible()
    expect(figure.locator("[data-chart-explore]")).to_be_hidden()


def test_library_waits_until_a_chart_is_scrolled_to_and_is_fetched_once(page, library_requests):
    page.goto("/?far")
    page.evaluate(LOOKED_AT)
    before = page.locator("script[src*=plotly]").count()

    for chart in range(len(CHARTS)):
        page.locator("[data-chart]").nth(chart).scroll_into_view_if_needed()
        wait_for_drawn(page, chart)

    assert (before, len(library_requests)) == (0, 1)


def test_button_draws_a_chart_and_hands_the_keyboard_on_to_its_tools(page):
    page.add_init_script("delete window.IntersectionObserver")
    page.goto("/")

    page.get_by_role("button", name="グラフを操作する").first.press("Enter")
    wait_for_drawn(page)

    assert page.evaluate("document.activeElement.classList.contains('modebar-btn')") is True
    assert page.locator("[data-chart-explore]").first.is_hidden()


def test_bar_of_tools_speaks_japanese_and_leads_to_no_other_host(page):
    page.goto("/")
    wait_for_drawn(page)

    titles = page.locator(".modebar").first.locator(".modebar-btn").evaluate_all("all => all.map(e => e.dataset.title)")

    assert titles == ["拡大する範囲を選ぶ", "表示範囲を動かす", "元の表示に戻す", "画像として保存"]
    assert page.locator(".chart a").count() == 0


@pytest.mark.parametrize("channel", ["[data-chart-save]", ".modebar-btn[data-title='画像として保存']"])
def test_picture_is_saved_under_the_title_from_either_door(page, tmp_path, channel):
    page.goto("/")
    wait_for_drawn(page)

    with page.expect_download() as waiting:
        page.locator(channel).first.press("Enter")
    waiting.value.save_as(tmp_path / "chart.png")

    assert waiting.value.suggested_filename == "地域生活への移行者数.png"
    header = Path(tmp_path / "chart.png").read_bytes()[:24]
    assert (header[1:4], int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == (b"PNG", 1600, 960)


def test_svg_stays_when_the_library_cannot_be_had(page):
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto("/")

    page.locator("[data-chart-explore]").first.click()
    page.get_by_text("グラフを準備できませんでした").wait_for()

    assert page.locator("svg.chart-svg").first.is_visible()
    assert page.locator(".chart-drawn").count() == 0


def test_paper_gets_the_svg(page):
    page.goto("/")
    wait_for_drawn(page)

    page.emulate_media(media="print")

    assert page.locator("svg.chart-svg").first.bounding_box()["width"] > 200
    assert page.locator(".chart-plotly").first.is_hidden()


def test_drawn_charts_are_accessible_and_fit_a_telephone(page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    wait_for_drawn(page)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    # Hidden from the eye, the SVG still tells a screen reader what the chart says.
    assert page.get_by_role("img", name=INTERIM.title).count() == 1
