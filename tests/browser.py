"""Buttons and links that lead to another page, which is loaded with its scripts when these return.

A test that looks sooner sees the page before, or half of the next one, as the machine will have it.
"""

from playwright.sync_api import Locator


def click(target: Locator) -> None:
    """Click it and wait for the page it leads to."""
    with target.page.expect_navigation():
        target.click()


def enter(target: Locator) -> None:
    """The same by keyboard."""
    with target.page.expect_navigation():
        target.press("Enter")
