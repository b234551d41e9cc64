"""入力様式 in a real browser, by keyboard: received, filled in, brought back twice, chosen between, written."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from plans.models import Department, Role
from tests.axe import violations
from tests.browser import enter
from tests.builders import a_measure, a_plan, a_section, a_user
from tests.entry_form_files import filled
from tests.evaluations.exchange.test_entry_forms import actual
from tests.test_accessibility import sign_in

# What a browser does here does not depend on the database.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(context, live_server) -> User:
    plan = a_plan()
    section = a_section(plan)
    own = Department.objects.create(municipality=plan.municipality, name="障がい福祉課")
    for code in ("a", "b", "c"):
        a_measure(section, code, title=f"指標{code}", department=own)
    user = a_user(Role.EDITOR, username="editor")
    sign_in(context, "editor", live_server.url)
    return user


def test_a_form_goes_out_and_two_of_it_come_back(page, editor, tmp_path):
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto("/plans/122319-6/entry/2022/")
    enter(page.get_by_role("link", name="入力様式を配る・受け取る"))
    with page.expect_download() as download:
        page.get_by_role("link", name="障がい福祉課の入力様式").press("Enter")
    received = Path(download.value.path()).read_bytes()
    answers = {("b", "value"): 2, ("c", "value"): "三"}
    (tmp_path / "one.xlsx").write_bytes(filled(received, answers | {("a", "value"): 1}))
    (tmp_path / "two.xlsx").write_bytes(filled(received, answers | {("a", "value"): 9}))
    page.get_by_label("返ってきたファイル").set_input_files([tmp_path / "one.xlsx", tmp_path / "two.xlsx"])
    enter(page.get_by_role("button", name="内容を確かめる"))
    page.get_by_role("heading", name="ファイルによって違うもの").wait_for()
    expect(page.locator(":focus")).to_contain_text("まだ何も書き込んでいません。")
    found = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_role("radio", name="いまの内容を残す").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="選んだとおりに取り込む").press("Enter")
    page.get_by_text("変更 2 件を取り込みました。").wait_for()

    assert download.value.suggested_filename == "122319-6_入力様式_2022年度_障がい福祉課.xlsx"
    assert (found, wide) == ([], 360)
    assert [actual(code) and int(actual(code).number) for code in "abc"] == [9, 2, None]
