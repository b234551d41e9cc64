"""The pages of entry in a browser: by keyboard, by paste, without a script, and nothing lost by leaving."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.words import ValueKind
from plans.models import YearlyValue
from tests.axe import violations
from tests.browser import click, enter
from tests.builders import a_measure, a_plan, a_section, a_user, a_value

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def section():
    section = a_section(a_plan())
    for number in range(4):
        a_measure(section, f"m{number}", order=number, definition="住民票の異動による。")
    return section


@pytest.fixture
def editor(page, section):
    sign_in(page, a_user())
    return page


def sign_in(page, user):
    page.goto("/login/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "pass-word-12")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/plans/**")


def grid(section):
    return reverse("evaluations:entry_section", args=[section.plan.slug, 2022, section.number])


def texts(section):
    return reverse("evaluations:edit_texts", args=[section.plan.slug, section.number, 2022])


def actual(page, number):
    return page.locator(f'[data-measure="m{number}"] input[data-field="actual"]')


def kept():
    rows = YearlyValue.objects.filter(fiscal_year=2022, side="actual").select_related("measure")
    return {row.measure.code: f"{row.number.normalize():f}" for row in rows}


def test_a_column_is_typed_with_the_enter_key_alone_and_the_last_one_leads_to_the_button(editor, section):
    editor.goto(grid(section))
    actual(editor, 0).focus()

    for number in range(4):
        editor.keyboard.type(str(number + 10))
        editor.keyboard.press("Enter")
    editor.keyboard.press("Enter")
    editor.get_by_text("第1節の4件を保存しました。").wait_for()

    assert kept() == {"m0": "10", "m1": "11", "m2": "12", "m3": "13"}


def test_after_saving_the_message_has_the_focus_and_the_next_keys_lead_into_the_page(editor, section):
    editor.goto(grid(section))
    actual(editor, 0).fill("5")

    enter(editor.get_by_role("button", name="保存", exact=True))

    expect(editor.locator(":focus")).to_contain_text("第1節の1件を保存しました。")
    editor.keyboard.press("Tab")
    expect(editor.locator(":focus")).to_have_text("評価の文章を書く")


def test_what_could_not_be_read_has_the_focus_and_the_next_key_leads_to_its_cell(editor, section):
    editor.goto(grid(section))
    actual(editor, 2).fill("十二人")

    enter(editor.get_by_role("button", name="保存", exact=True))

    expect(editor.locator(":focus")).to_contain_text("まだ保存していません。")
    editor.keyboard.press("Tab")
    editor.keyboard.press("Enter")
    expect(actual(editor, 2)).to_be_focused()


def test_the_arrows_move_within_a_column_and_keep_what_was_typed(editor, section):
    editor.goto(grid(section))
    actual(editor, 1).fill("5")

    editor.keyboard.press("ArrowDown")
    editor.keyboard.type("6")
    editor.keyboard.press("ArrowUp")

    assert [actual(editor, number).input_value() for number in (1, 2)] == ["5", "6"]
    expect(actual(editor, 1)).to_be_focused()


def test_a_column_pasted_from_a_sheet_fills_down(editor, section):
    editor.goto(grid(section))

    actual(editor, 1).evaluate(
        """field => {
          const data = new DataTransfer();
          data.setData("text/plain", "１２人\\t余り\\r\\n集計中\\r\\n3\\r\\n");
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )

    assert [actual(editor, number).input_value() for number in range(4)] == ["", "１２人", "集計中", "3"]


def test_a_number_is_typed_and_saved_without_any_script(plain_page, section):
    page = plain_page
    sign_in(page, a_user())

    page.goto(grid(section))
    actual(page, 0).fill("１２人")
    actual(page, 0).press("Enter")
    page.get_by_text("１２人 → 12 と読み取りました").wait_for()

    assert kept() == {"m0": "12"}


@pytest.mark.parametrize("place", [grid, texts])
def test_leaving_with_something_unsaved_warns_and_saving_does_not(editor, section, place):
    warned = []
    editor.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    field = actual(editor, 0) if place is grid else editor.locator("[name=do_text]")

    editor.goto(place(section))
    field.press_sequentially("12")
    click(editor.locator(".save-bar button.primary"))
    expect(editor.locator(".messages .success")).to_be_visible()
    after_saving = list(warned)
    field.press_sequentially("3")
    editor.goto("/help/")

    assert (after_saving, warned) == ([], ["beforeunload"])


def test_sending_the_record_warns_of_texts_that_are_not_saved(editor, section):
    warned = []
    editor.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))

    editor.goto(texts(section))
    editor.locator("[name=do_text]").press_sequentially("書きかけ")
    editor.locator("#record > summary").click()
    editor.locator("[name=title]").fill("協議会")
    editor.get_by_role("button", name="記録を加える").click()
    editor.get_by_text("取組記録「協議会」を保存しました。").wait_for()

    assert warned == ["beforeunload"]


def test_two_people_choose_between_their_values_in_the_browser(editor, window, section):
    second = window().new_page()
    sign_in(second, a_user())
    for page in (editor, second):
        page.goto(grid(section))
    for page, text in ((editor, "15"), (second, "12")):
        actual(page, 0).fill(text)
        click(page.get_by_role("button", name="保存", exact=True))

    second.get_by_label("いまの値「15」を残す").check()
    click(second.get_by_role("button", name="保存", exact=True))

    assert second.locator(".messages").is_visible()
    assert kept() == {"m0": "15"}


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_the_pages_of_entry_and_nothing_is_wider_than_the_screen(editor, section, width):
    a_value(a_measure(section, "rate", value_kind=ValueKind.RATE), 2021, 5)
    a_measure(section, "prose", value_kind=ValueKind.TEXT)
    editor.set_viewport_size({"width": width, "height": 800})
    year = reverse("evaluations:entry_year", args=[section.plan.slug, 2022])

    found, widths = [], []
    for address in (year, grid(section), texts(section)):
        editor.goto(address)
        editor.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        found += violations(editor)
        widths.append(editor.evaluate("document.documentElement.scrollWidth"))
    editor.goto(grid(section))
    actual(editor, 0).fill("十二")
    click(editor.locator(".save-bar button.primary"))
    expect(editor.get_by_role("alert")).to_be_visible()
    found += violations(editor)

    assert found == []
    assert [one for one in widths if one > width] == []
