"""axe (WCAG 2.1 AA) on every page in a real browser, wide and narrow, with the real city's plan."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext

from evaluations.models import Evaluation
from evaluations.publishing.publication import publish
from plans.models import Channel, Municipality, Plan
from tests.axe import violations
from tests.builders import a_draft, a_work
from tests.demo_city import the_demo
from tests.test_access_rights import GET_PAGES, WORK

# What axe finds does not depend on the database.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

NOT_PAGES = (
    *("healthz", "evaluations:published_data", "evaluations:tidy_download", "evaluations:sheet_download"),
    "evaluations:opinions_table",
    "evaluations:published_open_data_file",
    "evaluations:carry_over_table",
    "evaluations:calendar_download",
    "evaluations:prefecture_table",
    "indicators:volume_table",
    "evaluations:package_download",
    "evaluations:revisions_table",
    "evaluations:entry_form_download",
    "evaluations:entry_forms_download",
    "evaluations:published_body",
    "evaluations:published_errata_table",
    "evaluations:text_download",
    "evaluations:published_section_text",
    "evaluations:published_version_text",
    "evaluations:published_sheet",
    "evaluations:work_state",
    "evaluations:work_result",
)
PUBLISHED_YEAR = {"evaluations:published_section": {"slug": "122319-6", "number": 1, "year": 2022}}
ADDRESSES = {
    name: reverse(name, kwargs=PUBLISHED_YEAR.get(name, kwargs))
    for name, (kwargs, _) in GET_PAGES.items()
    if name not in NOT_PAGES
}


@pytest.fixture
def demo():
    the_demo()
    for username, code, generation in (("manager", "122319", 7), ("other", "129992", 8)):
        city = Municipality.objects.get(code=code)
        a_draft(city, generation=generation, by=User.objects.get(username=username))
    a_work(Plan.objects.get(slug="122319-6"), User.objects.get(username="manager"), key=WORK)
    publish_again()


def publish_again() -> None:
    """A second publication with its 正誤表, and what a third would correct."""
    plan = Plan.objects.get(slug="122319-6")
    texts = Evaluation.objects.filter(section_year__section__plan=plan, section_year__fiscal_year=2022)
    texts.update(check_text="直した評価です。")
    publish(plan, 2022, by=User.objects.get(username="confirmer"), reason="", channel=Channel.SCREEN)
    texts.update(check_text="また直した評価です。")


def sign_in(context: BrowserContext, username: str, home: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username=username))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": home}])


def elsewhere(address: str) -> str:
    """The same page of the fictional city."""
    for here, there in (("122319-7/sections/7-1", "129992-8/sections/8-1"), ("122319-7", "129992-8")):
        address = address.replace(here, there)
    return address.replace("122319-6", "129992-7").replace("/1-1", "/2-1")


@pytest.mark.parametrize(("username", "width"), [("manager", 360), ("viewer", 360), ("other", 1280)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(context, page, live_server, demo, username, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(context, username, live_server.url)

    found = {}
    refusals = set()
    for name, address in ADDRESSES.items():
        answer = page.goto(elsewhere(address) if username == "other" else address)
        # Refusals of one kind differ in a sentence at the most: one of them is looked at.
        if answer.status in refusals:
            continue
        if answer.status != 200:
            refusals.add(answer.status)
        problems = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            problems.append("wider than the screen")
        if answer.status >= 500:
            problems.append(f"status {answer.status}")
        if problems:
            found[name] = problems

    assert found == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_the_next_steps_of_an_administrator(context, page, live_server, width):
    page.set_viewport_size({"width": width, "height": 900})
    User.objects.create_superuser("root")
    sign_in(context, "root", live_server.url)

    answer = page.goto("/")

    assert (answer.status, violations(page)) == (200, [])
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_axe_finds_nothing_for_residents_and_at_the_login(page, live_server, demo):
    public = ["plans:help", *(name for name in ADDRESSES if "published" in name)]

    found = {}
    for address in [reverse("plans:login"), *(ADDRESSES[name] for name in public)]:
        answer = page.goto(address)
        if problems := violations(page) or (answer.status != 200 and [answer.status]):
            found[address] = problems

    assert found == {}
