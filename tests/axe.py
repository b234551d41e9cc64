"""What axe finds against WCAG 2.1 AA on a page as it stands in the browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Without `resultTypes` axe also describes every element that passed, in a quarter of its time.
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "resultTypes": ["violations"],
    "preload": False,
}


def violations(page: Page) -> list[str]:
    """Each broken rule with the first element that breaks it; [] where all is well."""
    found = Axe().run(page, options=OPTIONS)
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found.response["violations"]]
