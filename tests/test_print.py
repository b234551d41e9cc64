"""Pages as a browser prints them: whole rows and charts, repeated heads, no blank sheet, and the width of A3."""

import subprocess

import pytest

from core.words import Side
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_value, an_indicator, linked
from tests.demo_city import the_demo
from tests.test_accessibility import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def many():
    """The demo, and a plan of 印西市 with three goals and eighty-six services."""
    the_demo()
    plan = a_plan(a_municipality(), generation=7, start=2024, end=2026)
    goals = [a_section(plan, number, f"成果目標{number}") for number in (1, 2, 3)]
    for goal in goals:
        a_measure(goal, f"goal-{goal.number}")
    services = a_section(plan, 4, "サービス")
    for number in range(86):
        measure = linked(an_indicator(services, f"s{number}", title=f"サービス{number}の利用者数"), goals[number % 3])
        a_value(measure, 2024, 10, side=Side.PLANNED)
        a_value(measure, 2024, number)
    return plan


def printed(page, address: str, paper: str, folder) -> list[str]:
    """The text of each page that the browser prints."""
    page.goto(address)
    file = folder / "printed.pdf"
    page.pdf(path=str(file), format=paper)
    text = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, text=True, check=True).stdout
    return [one.strip() for one in text.split("\f")[:-1]]


def test_pages_are_printed_whole_without_a_blank_sheet_and_shorter_on_a3(context, page, live_server, many, tmp_path):
    sign_in(context, "confirmer", live_server.url)
    section, links = "/plans/122319-6/sections/2/2022/", f"/plans/{many.slug}/links/"
    addresses = [section, links, "/plans/122319-6/", "/plans/122319-6/targets/", "/published/122319-6/sections/2/2022/"]

    sheets = {
        (address, paper): printed(page, address, paper, tmp_path) for address in addresses for paper in ("A4", "A3")
    }

    assert [key for key, pages in sheets.items() if not all(pages)] == []
    # The 節 with seven measures took five sheets before, 86 services twelve and a blank one.
    most = {(section, "A4"): 3, (section, "A3"): 2, (links, "A4"): 9, (links, "A3"): 5}
    assert {key: len(sheets[key]) for key in most if len(sheets[key]) > most[key]} == {}
    matrix = sum("活動指標と令和6年度の判定" in one for one in sheets[links, "A4"])
    figures = sum("令和3年度 （2021） 令和4年度" in one.replace("\n", " ") for one in sheets[section, "A4"])
    assert (matrix, figures) >= (3, 2)
