"""The round trip of an evaluation sheet in a real browser: chosen, received, edited, looked at, accepted."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from core.words import Side
from evaluations.models import Evaluation
from plans.models import Role, YearlyValue, YearState
from tests.axe import violations
from tests.browser import enter
from tests.builders import a_measure, a_plan, a_section, a_user, a_value, in_state
from tests.sheet_files import edited, place_of
from tests.test_accessibility import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(context, live_server) -> User:
    section = a_section(a_plan())
    for code in ("a", "b"):
        measure = a_measure(section, code, title=f"指標{code}")
        a_value(measure, 2022, 4, side=Side.PLANNED)
        a_value(measure, 2022, 3)
    Evaluation.objects.create(section_year=in_state(section, 2022, YearState.DRAFT), issues_text="続ける。")
    user = a_user(Role.EDITOR, username="editor")
    sign_in(context, "editor", live_server.url)
    return user


@pytest.mark.parametrize("width", [1280, 360])
def test_a_sheet_goes_out_and_comes_back_by_keyboard(page, editor, tmp_path, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/plans/122319-6/exports/")
    page.get_by_label("様式", exact=True).select_option("kanri")
    page.get_by_label("数値の書き方").select_option("new")
    with page.expect_download() as download:
        page.get_by_role("button", name="令和4年度の評価シート").press("Enter")
    received = Path(download.value.path()).read_bytes()
    places = [place_of(received, code, "actual", 2022) for code in ("a", "b")]
    (tmp_path / "sheet.xlsx").write_bytes(edited(received, {places[0]: "５人", places[1]: 9, "Z3": "メモ"}))

    page.goto("/plans/122319-6/import/")
    page.get_by_label("取り込むファイル").set_input_files(tmp_path / "sheet.xlsx")
    enter(page.get_by_role("button", name="内容を確かめる"))
    found = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_role("checkbox", name="指標b").press("Space")
    page.get_by_role("button", name="印を付けたものを取り込む").press("Enter")

    assert download.value.suggested_filename == "122319-6_管理シート_2022年度.xlsx"
    assert (found, wide) == ([], width)
    page.get_by_text("変更 1 件を取り込みました。").wait_for()
    actuals = YearlyValue.objects.filter(side="actual").order_by("measure__code").values_list("number", flat=True)
    assert list(actuals) == [5, 3]
