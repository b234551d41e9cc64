"""Long work in a real browser, with the runner that the web server starts: begun, cancelled, begun again, fetched."""

import io
import threading
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from core.words import Side
from plans.models import Role
from tests.axe import violations
from tests.builders import a_measure, a_plan, a_section, a_user, a_value
from tests.long_works import GO_ON, SETTINGS, database_url
from tests.patience import PATIENCE
from tests.test_accessibility import sign_in

# That a runner finds its database is tested on both in test_long_work_runners.py.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
YEARS = tuple(range(2018, 2030))


@pytest.fixture
def go_on(tmp_path) -> Path:
    """The file that lets the work go on once it is there."""
    return tmp_path / "go-on"


@pytest.fixture
def editor(context, live_server, settings, monkeypatch, go_on) -> User:
    """Somebody with a plan of twelve years, and a web server that starts its runner."""
    settings.WORK_RUNNER = True
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", SETTINGS)
    monkeypatch.setenv(GO_ON, str(go_on))
    plan = a_plan(start=YEARS[0], end=YEARS[-1])
    measure = a_measure(a_section(plan))
    for year in YEARS:
        a_value(measure, year, 4, side=Side.PLANNED)
    user = a_user(Role.EDITOR, username="editor")
    sign_in(context, "editor", live_server.url)
    yield user
    go_on.touch()
    # The runners must have left the database before it is emptied.
    for thread in threading.enumerate():
        if thread.name == "wait-for-runner":
            thread.join(PATIENCE)


def test_all_sheets_are_begun_cancelled_begun_again_and_fetched_by_keyboard(page, editor, go_on):
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto("/plans/122319-6/exports/")
    page.get_by_role("button", name="すべての年度をまとめて出力").press("Enter")
    page.get_by_role("heading", name="実行中").wait_for()
    page.get_by_text("12のうち0が終わりました。").wait_for()
    found = violations(page)
    page.get_by_role("button", name="取り消す").press("Enter")
    page.get_by_text("途中までの結果は残していません。").wait_for()
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth")
    go_on.touch()
    page.get_by_role("button", name="もう一度始める").press("Enter")
    page.get_by_role("link", name="結果を受け取る").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="結果を受け取る").press("Enter")

    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert archive.namelist() == [f"122319-6_評価シート_{year}年度.xlsx" for year in YEARS]
    assert (found, wide, download.value.suggested_filename) == ([], 360, "122319-6_評価シート_全年度.zip")
