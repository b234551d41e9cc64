"""One year of a city in a real browser: enter, be warned, save, hand on, return, confirm, publish, read, download."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser import click
from tests.demo_city import PASSWORD, the_demo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAN = "/plans/122319-6/"
GRID = f"{PLAN}entry/2023/sections/3/"
SECTION = f"{PLAN}sections/3/2023/"


@pytest.fixture
def demo(live_server):
    the_demo()


@pytest.fixture
def person(window, demo):
    """Somebody at a desk of their own, logged in through the form."""

    def sit_down(username: str) -> Page:
        page = window().new_page()
        page.goto("/login/")
        page.get_by_label("ユーザー名").fill(username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(re.compile("/plans/"))
        return page

    return sit_down


def actual(page: Page, code: str = "3-1"):
    return page.locator(f'[data-measure="{code}"] input[data-field="actual"]')


def press(page: Page, name: str | re.Pattern[str], **options: bool) -> None:
    click(page.get_by_role("button", name=name, **options))


def save(page: Page) -> None:
    press(page, "保存", exact=True)


def year_cell(page: Page, code: str = "3-1", year: int = 2023):
    return page.locator(f'[data-measure="{code}"] [data-year="{year}"]')


def test_a_year_goes_from_the_first_figure_to_the_residents(person, page):
    editor = person("editor")
    editor.goto(GRID)

    # A typing that cannot be read is named in its place, and is still there.
    actual(editor).fill("十二回")
    save(editor)
    expect(editor.get_by_role("alert")).to_contain_text("十二回")
    expect(actual(editor)).to_have_value("十二回")

    actual(editor).fill("２回")
    save(editor)
    expect(editor.get_by_role("status")).to_contain_text("２回 → 2")
    expect(actual(editor)).to_have_value("2")

    # Leaving with an unsaved text warns; saving does not.
    editor.goto(f"{SECTION}edit/")
    editor.get_by_label("課題と今後の実施について").fill("検証を年2回行い、短期入所の受け皿を広げる。")
    editor.once("dialog", lambda dialog: dialog.dismiss())
    with editor.expect_event("dialog") as asked:
        editor.get_by_role("link", name="ふくしPDCA").click()
    assert asked.value.type == "beforeunload"
    press(editor, re.compile("文章を保存"))

    editor.goto(SECTION)
    expect(year_cell(editor)).to_contain_text("200.0%")
    expect(year_cell(editor)).to_contain_text("達成")
    expect(editor.get_by_text("短期入所の受け皿を広げる").first).to_be_visible()
    chart = editor.locator("figure[data-chart]").first
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".js-plotly-plot").first).to_be_visible()
    press(editor, "提出する")

    # The viewer sees nothing of it yet.
    viewer = person("viewer")
    viewer.goto(SECTION)
    expect(year_cell(viewer)).to_contain_text("確認中")
    assert "受け皿" not in viewer.content()

    checker = person("checker")
    checker.goto(SECTION)
    checker.get_by_text("差し戻す…").click()
    checker.get_by_label("差し戻しの理由").fill("回数の根拠を注記してください。")
    press(checker, "差し戻す")

    editor.goto(GRID)
    expect(editor.get_by_text("回数の根拠を注記してください。").first).to_be_visible()
    editor.locator('[data-measure="3-1"]').get_by_text(re.compile("時点・確定度・注記")).click()
    editor.locator('[data-measure="3-1"]').get_by_label(re.compile("注記")).fill("協議会で6月と12月に実施。")
    save(editor)
    editor.goto(SECTION)
    press(editor, "提出する")

    checker.goto(SECTION)
    press(checker, "確認済みにする")
    confirmer = person("confirmer")
    confirmer.goto(SECTION)
    press(confirmer, "確定する")

    # Locked for everyone, and it says why.
    editor.goto(GRID)
    expect(editor.get_by_text(re.compile("確定しているため変更できません")).first).to_be_visible()
    expect(actual(editor)).to_have_count(0)
    viewer.goto(SECTION)
    expect(year_cell(viewer)).to_contain_text("200.0%")

    # Published: a resident reads without login, and not before.
    assert page.goto("/published/122319-6/sections/3/2023/").status == 404
    confirmer.goto(f"{PLAN}publish/")
    press(confirmer, re.compile("令和5年度.*公表する内容を確かめる"))
    press(confirmer, re.compile("令和5年度.*を公表する$"))
    page.goto("/published/122319-6/sections/3/2023/")
    expect(year_cell(page)).to_contain_text("200.0%")
    expect(page.get_by_text("短期入所の受け皿を広げる")).to_be_visible()
    with page.expect_download() as caught:
        page.evaluate("location.href = '/published/122319-6/data.csv'")
    rows = caught.value.path().read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + 24 * 3
    assert sum("令和5年度" in row and ",200.0," in row for row in rows) == 1

    # The Excel sheet at one click.
    viewer.goto(SECTION)
    with viewer.expect_download() as caught:
        viewer.get_by_role("link", name="Excelの評価シート").click()
    sheet = openpyxl.load_workbook(io.BytesIO(caught.value.path().read_bytes())).active
    said = {cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "検証を年2回行い、短期入所の受け皿を広げる。" in said
    assert 200 in said


def test_a_second_editor_sees_both_values_and_chooses(person):
    first, second = person("editor"), person("manager")
    first.goto(GRID)
    second.goto(GRID)

    actual(first).fill("1")
    save(first)
    expect(first.get_by_role("status")).to_contain_text("保存しました")
    actual(second).fill("3")
    save(second)

    expect(second.get_by_role("alert")).to_contain_text("保存していません")
    mine = second.get_by_label(re.compile("自分の入力「3」"))
    theirs = second.get_by_label(re.compile("いまの値「1」"))
    expect(mine).to_be_visible()
    expect(theirs).to_be_visible()
    mine.check()
    save(second)
    expect(second.get_by_role("status")).to_contain_text("保存しました")
    first.reload()
    expect(actual(first)).to_have_value("3")
    first.goto(f"{PLAN}measures/3-1/")
    lines = first.locator("table.history tbody tr")
    expect(lines.nth(0)).to_contain_text("manager")
    expect(lines.nth(1)).to_contain_text("editor")
