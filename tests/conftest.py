"""What every test may ask for, and what is said at the end about the parts that could not join in.

The suite runs on the database of DATABASE_URL; `make test` calls it once for SQLite and once for PostgreSQL. With
REQUIRE_ALL=1 a part that did not join in fails the run.
"""

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from tests.patience import PATIENCE

pytest_plugins = ["tests.cast"]

# Playwright's synchronous interface keeps an event loop running in the test's thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# How long an example takes to be made or tried says something of the machine alone.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")

MILLISECONDS = 1000
expect.set_options(timeout=PATIENCE * MILLISECONDS)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
# plotly.js tries to add its map library's style sheet and is refused, which harms nothing: we draw no maps.
HARMLESS_VIOLATIONS = frozenset({"sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o="})

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
PARTS = {"browser": "browser", "libreoffice": "LibreOffice"}
ONLY_ON = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
ASK_A_DATABASE = {"db", "transactional_db", "live_server"}


# --- The ground: quick and quiet settings, one database per run and process ---


@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with override_settings(
        # Tests that are about throttling turn it on; client.login() has no request to count by.
        AXES_ENABLED=False,
        # A process of its own would look into another database; those that are about it turn it on.
        WORK_RUNNER=False,
        # Not the layouts of whoever runs the tests.
        SHEET_LAYOUTS=tmp_path_factory.mktemp("sheet_layouts"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # Pages are tested without collectstatic; the pages of live_server get their files from the finders.
        STORAGES=django_settings.STORAGES
        | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
        WHITENOISE_AUTOREFRESH=True,
        WHITENOISE_USE_FINDERS=True,
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite gets a file of this run alone, so that two people may test the same folder at the same time."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    else:
        # A thread's connection that is kept open would stop the test database from being dropped.
        database["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """Django asks SQLite once a process whether it knows JSON: not in the middle of a test that counts questions."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field


@pytest.fixture
def stopped_clock(time_machine: Any) -> Any:
    """The clock, stopped at a noon: no day and no moment ends while the test runs. To be stopped before a login."""
    time_machine.move_to("2026-11-22 12:00:00+09:00", tick=False)
    return time_machine


# --- The browser ---


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_FLAGS, timeout=PATIENCE * MILLISECONDS
        )
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """`window(**options)` opens a fresh browser window at `live_server`. At the end of the test they must have asked no
    other host, broken no content security policy and raised no script error, on any of their pages."""
    home = urlsplit(live_server.url).netloc
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def note_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.netloc != home:
            problems.append(f"asked another host: {request.url}")

    def note_console(message: ConsoleMessage) -> None:
        if re.search("Content.Security.Policy", message.text) and not _is_harmless(message.text):
            problems.append(f"content security policy: {message.text}")

    def watch(page: Page) -> None:
        page.on("pageerror", note_error)

    def note_error(error: Error) -> None:
        problems.append(f"script error: {error}")

    def open_window(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=live_server.url, locale="ja-JP", timezone_id="Asia/Tokyo", **options)
        context.set_default_timeout(PATIENCE * MILLISECONDS)
        context.on("request", note_request)
        context.on("console", note_console)
        context.on("page", watch)
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()
    assert problems == []


@pytest.fixture
def context(window: Callable[..., BrowserContext]) -> BrowserContext:
    """One window."""
    return window()


@pytest.fixture
def plain_page(window: Callable[..., BrowserContext]) -> Page:
    """A page of a browser that runs no script."""
    return window(java_script_enabled=False).new_page()


def _is_harmless(violation: str) -> bool:
    return any(digest in violation for digest in HARMLESS_VIOLATIONS)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One page of `context`; `page.goto("/plans/")` starts from the live server."""
    return context.new_page()


@pytest.fixture
def soffice() -> Path:
    """LibreOffice's program. Give each call its own -env:UserInstallation, or parallel calls wait for each other."""
    return Path(str(SOFFICE))


# --- What joined in ---


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        left = [item for item in items if not _depends_on_the_database(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _depends_on_the_database(item)]
    # The long ones first, or one process ends the run with them while the others have nothing left to do.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip("no Chromium is installed"))
        if item.get_closest_marker("libreoffice") and not SOFFICE:
            item.add_marker(pytest.mark.skip("no LibreOffice is installed"))
        for name, label in ONLY_ON.items():
            if item.get_closest_marker(name) and name != _vendor():
                item.add_marker(pytest.mark.skip(f"is about {label} alone"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only what may depend on the database; the rest ran before",
    )


def _vendor() -> str:
    """The name in ONLY_ON of the database that this run is on."""
    return "sqlite" if "sqlite" in django_settings.DATABASES["default"]["ENGINE"] else "postgresql"


def _depends_on_the_database(item: pytest.Item) -> bool:
    # What a browser does with a page is the same on both; the stories are told on both all the same.
    if item.get_closest_marker("browser") and not item.path.name.startswith("test_story"):
        return False
    names = set(getattr(item, "fixturenames", ()))
    return bool(names & ASK_A_DATABASE) or any(map(item.get_closest_marker, ("django_db", *ONLY_ON)))


class Attendance:
    """Counts, in the process that sees all reports, which parts ran and which tests were left out."""

    def __init__(self) -> None:
        self.ran: Counter[str] = Counter()
        self.left_out: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and not report.skipped:
            self.ran.update(part for part in PARTS if part in report.keywords)
        is_for_another = any(name in report.keywords for name in ONLY_ON if name != _vendor())
        if report.skipped and not hasattr(report, "wasxfail") and not is_for_another:
            self.left_out.append(report.nodeid)

    @property
    def missing(self) -> list[str]:
        """The parts of which no test ran."""
        return [label for part, label in PARTS.items() if not self.ran[part]]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if REQUIRE_ALL and session.exitstatus == pytest.ExitCode.OK and (self.missing or self.left_out):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        vendor = django_settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
        joined = [f"{label} ({self.ran[part]})" for part, label in PARTS.items() if self.ran[part]]
        terminalreporter.section("what joined in")
        terminalreporter.line(f"database: {vendor}")
        terminalreporter.line(f"joined in: {', '.join(joined) or 'none'}")
        terminalreporter.line(f"did not: {', '.join(self.missing) or 'none'}")
        if REQUIRE_ALL and (self.missing or self.left_out):
            terminalreporter.line("REQUIRE_ALL=1: a part or a test that did not run fails this run", red=True)
            for nodeid in self.left_out:
                terminalreporter.line(f"  left out: {nodeid}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Attendance(), "attendance")
