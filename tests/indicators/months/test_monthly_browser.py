"""The page of months in a browser: by keyboard, by paste, without a script, for everyone, on every width."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.words import Accumulation, Family
from indicators.models import MonthlyReading
from plans.models import YearlyValue
from tests.axe import violations
from tests.browser import click
from tests.builders import a_measure, a_plan, a_section, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address():
    section = a_section(a_plan())
    for code in ("users", "hours"):
        a_measure(
            section,
            code,
            family=Family.INDICATOR,
            title=f"居宅介護（{code}）",
            unit="人/月",
            accumulation=Accumulation.MONTHLY_AVERAGE,
        )
    return reverse("indicators:monthly", args=[section.plan.slug, 2022])


@pytest.fixture
def editor(page, address):
    sign_in(page)
    return page


def sign_in(page):
    page.goto("/login/")
    page.fill("[name=username]", a_user().username)
    page.fill("[name=password]", "pass-word-12")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/plans/**")


def field(page, code, month):
    return page.locator(f'[data-measure="{code}"] input[data-field="month-{month}"]')


def kept():
    rows = MonthlyReading.objects.filter(number__isnull=False).select_related("indicator__measure")
    return {(row.indicator.measure.code, row.month): int(row.number) for row in rows}


def test_months_are_typed_and_taken_over_by_keyboard_alone(editor, address):
    editor.goto(address)
    field(editor, "users", 4).focus()

    for text in ("12", "240"):
        editor.keyboard.type(text)
        editor.keyboard.press("Enter")
    editor.keyboard.press("Enter")
    editor.get_by_text("第1節の月別の値2件を保存しました。").wait_for()
    editor.get_by_role("button", name=re.compile("年度の実績に反映する.*hours")).press("Enter")
    editor.get_by_text("1件を第1節の年度の実績に反映しました。").wait_for()

    assert kept() == {("users", 4): 12, ("hours", 4): 240}
    assert [(row.measure.code, row.number) for row in YearlyValue.objects.all()] == [("hours", Decimal(240))]


def test_a_block_from_a_sheet_fills_as_it_lies_there(editor, address):
    editor.goto(address)
    field(editor, "users", 5).focus()

    editor.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "1\\t2\\t3\\r\\n40\\t50\\t60\\r\\n");
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    editor.locator(".save-bar button.primary").click()
    editor.get_by_text("第1節の月別の値6件を保存しました。").wait_for()

    assert kept() == {
        **{("users", month): number for month, number in ((5, 1), (6, 2), (7, 3))},
        **{("hours", month): number for month, number in ((5, 40), (6, 50), (7, 60))},
    }


def test_the_page_works_without_a_script(plain_page, address):
    page = plain_page
    sign_in(page)
    page.goto(address)
    field(page, "users", 4).fill("７")
    click(page.get_by_role("button", name="月別の値を保存"))
    page.get_by_label(re.compile("まとめて反映する.*users")).check()
    click(page.get_by_role("button", name="印を付けた指標を年度の実績に反映する"))

    assert "1件を第1節の年度の実績に反映しました。" in page.locator(".messages").inner_text()
    assert kept() == {("users", 4): 7}


@pytest.mark.sqlite
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(editor, address, width):
    editor.set_viewport_size({"width": width, "height": 800})
    found, widths = [], []

    def save(text, said):
        field(editor, "users", 4).fill(text)
        click(editor.locator(".save-bar button.primary"))
        expect(editor.get_by_role("main")).to_contain_text(said)
        found.extend(violations(editor))
        widths.append(editor.evaluate("document.documentElement.scrollWidth"))

    editor.goto(address)
    save("5", "1件を保存しました。")
    MonthlyReading.objects.update(number=9)
    save("12", "いまの値「9」を残す")
    editor.goto(address)
    save("十二", "数値で入力してください（入力：十二）")

    assert found == []
    assert [one for one in widths if one > width] == []


@pytest.mark.sqlite
@pytest.mark.parametrize("width", [1280, 360])
def test_a_file_comes_in_through_the_pages_and_axe_finds_nothing_there(editor, address, width):
    editor.set_viewport_size({"width": width, "height": 800})
    found, widths = [], []

    def look():
        found.extend(violations(editor))
        widths.append(editor.evaluate("document.documentElement.scrollWidth"))

    editor.goto(address)
    click(editor.get_by_role("link", name="月別のファイルを取り込む"))
    click(editor.get_by_role("button", name="読み方を保存"))
    look()
    for label, text in (("読み方の名前", "集計"), ("サービスの列", "種類"), ("月の列", "月"), ("利用者数の列", "人数")):
        editor.get_by_label(label).first.fill(text)
    editor.get_by_label("居宅介護（users）のコード・名前").fill("11")
    click(editor.get_by_role("button", name="読み方を保存"))
    look()
    table = "種類,月,人数\n11,4月,12\n99,4月,5\n".encode("cp932")
    editor.get_by_label("取り込むファイル").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": table})
    click(editor.get_by_role("button", name="内容を確かめる"))
    look()
    editor.get_by_role("button", name="1件を取り込む").click()
    editor.get_by_text("月別の値1件を取り込みました。").wait_for()

    assert kept() == {("users", 4): 12}
    assert found == []
    assert [one for one in widths if one > width] == []
