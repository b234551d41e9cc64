"""評価シートの様式 of a city: choosing one, the operator's folder of others, and which of them an export has."""

import io
import json
import os

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.sheets.design import Edition
from core.sheets.design_file import MAX_BYTES, read_design
from core.sheets.workbook import write_evaluation_sheet
from evaluations.reports.sheets.of_plan import sheet_book
from plans.models import Change, Subject
from plans.sheet_layouts import FOLDER, SheetForm, form_of, layout_choices, shipped_designs
from tests.builders import a_draft, a_full_plan, a_municipality
from tests.drafts import made, only
from tests.page_readers import found_words
from tests.plans.test_plan_settings import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_manager")]
SHIPPED = [("inzai", "印西市の様式"), ("kanri", "管理シート（国の手引きの形）")]


def a_layout(**fields) -> bytes:
    """A layout of our own: the ministry's, under another name."""
    layout = json.loads((FOLDER / "kanri.json").read_text())
    return json.dumps(layout | {"name": "うちの様式"} | fields).encode()


@pytest.fixture
def folder(settings, tmp_path):
    """The operator's folder, empty."""
    settings.SHEET_LAYOUTS = tmp_path / "layouts"
    settings.SHEET_LAYOUTS.mkdir()
    return settings.SHEET_LAYOUTS


@pytest.fixture
def plan():
    return a_full_plan()


def history() -> list[tuple]:
    return list(Change.objects.order_by("id").values_list("subject", "field", "old", "new"))


def sheet_of(client, plan, **asked):
    response = client.get(reverse("evaluations:sheet_download", args=[plan.slug, 2022]), asked)
    return openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0], response["Content-Disposition"]


def pages_of(client, plan):
    """出力 and 設定."""
    return [client.get(reverse(name, args=[plan.slug])) for name in ("evaluations:exports", "plans:plan_settings")]


def notes_on(settings_page) -> list[str]:
    """What is wrong with the layouts, as 設定 says it."""
    return found_words(settings_page, ".//div[@class='notice warning']/ul/li")


def checked() -> str:
    """What `manage.py check` writes."""
    written = io.StringIO()
    call_command("check", stderr=written)
    return written.getvalue()


# --- Choosing ---


def test_a_plan_begins_with_the_old_inzai_layout_and_may_choose_another(client, plan, manager):
    assert (plan.sheet_layout, plan.sheet_edition) == ("inzai", "old")

    send(client, plan, "sheet", sheet_layout="kanri", sheet_edition="new")

    plan.refresh_from_db()
    assert (plan.sheet_layout, plan.sheet_edition) == ("kanri", "new")
    assert history() == [
        (Subject.SETTING, "評価シートの様式", "印西市の様式", "管理シート（国の手引きの形）"),
        (
            Subject.SETTING,
            "様式の新旧",
            "旧様式（乖離値。未入力は空欄）",
            "新様式（差・達成率・判定。未入力は「未入力」）",
        ),
    ]


def test_a_new_plan_goes_on_with_the_sheet_of_the_one_before(plan, manager):
    plan.sheet_layout, plan.sheet_edition = "kanri", "new"
    plan.save()
    draft = a_draft(by=manager)
    only(draft, manager, **{"7_1": {"7-1-1": {"use": "yes", "y2026": "3"}}})

    new = made(draft, manager)

    assert (new.previous, new.sheet_layout, new.sheet_edition) == (plan, "kanri", "new")


def test_an_export_has_the_plans_form_unless_another_is_asked_for(client, plan, manager):
    plan.sheet_layout, plan.sheet_edition = "kanri", "new"
    plan.save()

    own, name = sheet_of(client, plan)
    asked, _ = sheet_of(client, plan, layout="inzai", edition="old")

    assert (own.title, asked.title) == ("管理シート", "評価シート")
    assert "%E7%AE%A1%E7%90%86%E3%82%B7%E3%83%BC%E3%83%88" in name


def test_the_export_form_offers_every_layout_with_the_plans_own_first(client, plan, manager, folder):
    (folder / "our-own.json").write_bytes(a_layout())
    plan.sheet_layout = "our-own"
    plan.save()

    page = client.get(reverse("evaluations:exports", args=[plan.slug])).text

    assert '<option value="our-own" selected>うちの様式</option>' in page
    assert '<option value="inzai">印西市の様式</option>' in page
    assert f'formaction="/plans/{plan.slug}/exports/sheet-2022.xlsx"' in page


@pytest.mark.parametrize("asked", [{"layout": "none"}, {"edition": "newest"}])
def test_an_unknown_form_is_not_found(client, plan, manager, asked):
    response = client.get(reverse("evaluations:sheet_download", args=[plan.slug, 2022]), asked)

    assert response.status_code == 404


def test_a_layout_that_is_not_there_is_not_chosen(client, plan, manager):
    response = send(client, plan, "sheet", sheet_layout="our-own")

    plan.refresh_from_db()
    assert (response.status_code, plan.sheet_layout) == (200, "inzai")


def test_the_command_prints_any_layout_and_edition(plan, tmp_path):
    path = tmp_path / "sheet.xlsx"

    call_command("export_plan", plan.slug, format="sheet", layout="kanri", edition="new", output=path)

    assert openpyxl.load_workbook(path).worksheets[0].title == "管理シート"
    with pytest.raises(CommandError, match="「none」はありません") as refused:
        call_command("export_plan", plan.slug, format="sheet", layout="none", output=path)
    assert refused.value.returncode == 2


# --- The operator's folder ---


def test_a_file_in_the_folder_is_chosen_and_printed_by(client, plan, manager, folder):
    (folder / "own.json").write_bytes(a_layout(sheet_name="うちの表", title="評価表"))

    send(client, plan, "sheet", sheet_layout="own")

    sheet, _ = sheet_of(client, plan)
    assert (sheet.title, sheet["A1"].value) == ("うちの表", "印西市 第6期障害福祉計画 評価表（令和4年度）")
    assert history() == [(Subject.SETTING, "評価シートの様式", "印西市の様式", "うちの様式")]


def test_a_file_with_a_code_is_for_that_city_alone(client, plan, manager, folder):
    for name in ("122319-own", "129992-own", "all"):
        (folder / f"{name}.json").write_bytes(a_layout(name=name))
    (folder / "129992-broken.json").write_bytes(b"{")
    other = a_municipality("129992", "みほん市（架空）")

    choices = [layout_choices(city) for city in (plan.municipality, other)]
    taken = client.get(reverse("evaluations:sheet_download", args=[plan.slug, 2022]), {"layout": "129992-own"})

    assert choices == [[*SHIPPED, (f"{code}-own", f"{code}-own"), ("all", "all")] for code in ("122319", "129992")]
    assert (taken.status_code, "129992" in pages_of(client, plan)[1].text) == (404, False)


def test_a_file_goes_by_its_name_whatever_key_an_upload_to_an_earlier_release_had(plan, folder):
    (folder / "122319-own.json").write_bytes(a_layout(key="own"))

    assert form_of(plan, "122319-own").design.key == "122319-own"


PLACE = "paper.size：A3・A4・B4 のどれかにしてください（入力：A5）。"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("own.json", a_layout(paper={"size": "A5", "orientation": "portrait"}), PLACE),
        ("own.json", a_layout(colour="red"), "項目「colour」は使えません。つづりを確かめてください。"),
        ("own.json", b"", "JSONとして読み取れません。"),
        ("own.json", b" " * (MAX_BYTES + 10), "ファイルが大きすぎます。様式のファイルは100KBまでです。"),
        ("inzai.json", a_layout(), "初めからある様式と同じ名前です。ほかの名前にしてください。"),
        ("Own.JSON", a_layout(), "ファイル名は、英小文字で始まる、"),
        ("様式.json", a_layout(), "ファイル名は、英小文字で始まる、"),
    ],
)
def test_a_file_with_a_mistake_is_named_with_its_place_in_settings_and_check(
    client, plan, manager, folder, name, content, sentence
):
    (folder / name).write_bytes(content)

    exports, settings_page = pages_of(client, plan)

    assert (exports.status_code, layout_choices(plan.municipality)) == (200, SHIPPED)
    assert f"様式のファイル「{name}」：{sentence}" in settings_page.text
    assert f"(plans.W001) 様式のファイル「{name}」：{sentence}" in checked()


def test_what_is_no_file_at_all_is_named_too(client, plan, manager, folder):
    (folder / "folder.json").mkdir()
    (folder / "gone.json").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.json")
    (folder / os.fsdecode("様式".encode("cp932") + b".json")).write_bytes(a_layout())

    notes = notes_on(client.get(reverse("plans:plan_settings", args=[plan.slug])))

    assert [note.split("：")[1] for note in notes[:3]] == ["ファイルを開けません。"] * 3
    assert len(notes) == 4
    assert [page.status_code for page in pages_of(client, plan)] == [200, 200]


def test_a_folder_that_is_named_but_not_there_is_said_and_the_usual_one_may_be_missing(
    client, plan, manager, settings, tmp_path
):
    settings.SHEET_LAYOUTS = tmp_path / "nowhere"
    named = checked(), pages_of(client, plan)[1].text
    settings.BASE_DIR, settings.SHEET_LAYOUTS = tmp_path, tmp_path / "sheet_layouts"
    usual = checked(), pages_of(client, plan)[1].text

    sentence = "様式のファイルを置くフォルダー（SHEET_LAYOUTS）を開けません。"
    assert [sentence in text for text in (*named, *usual)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "評価シートの様式「own」はありません。"),
        (
            a_layout(paper={"size": "A5", "orientation": "portrait"}),
            f"評価シートの様式「own」は、ファイルを直すまで使えません。様式のファイル「own.json」：{PLACE}",
        ),
    ],
)
def test_a_plan_whose_layout_cannot_be_used_has_the_default_one_and_says_so(
    client, plan, manager, folder, tmp_path, content, reason
):
    plan.sheet_layout = "own"
    plan.save()
    if content:
        (folder / "own.json").write_bytes(content)
    written = io.StringIO()

    sheet, _ = sheet_of(client, plan)
    asked = client.get(reverse("evaluations:sheet_download", args=[plan.slug, 2022]), {"layout": "own"})
    call_command("export_plan", plan.slug, format="sheet", output=tmp_path / "sheet.xlsx", stderr=written)

    note = f"{reason}代わりに「印西市の様式」を使います。"
    exports, settings_page = pages_of(client, plan)
    assert (sheet.title, asked.status_code) == ("評価シート", 404)
    assert [page.text.count(note) for page in (exports, settings_page)] == [1, 1]
    assert '<option value="inzai" selected>' in exports.text
    assert notes_on(settings_page) == [note]
    assert written.getvalue().strip() == note


def test_a_layout_that_cannot_be_used_stays_chosen_until_another_is(client, plan, manager, folder):
    plan.sheet_layout = "own"
    plan.save()

    send(client, plan, "sheet", sheet_edition="new")
    plan.refresh_from_db()
    kept = plan.sheet_layout
    send(client, plan, "sheet", sheet_layout="kanri")

    plan.refresh_from_db()
    assert (kept, plan.sheet_layout) == ("own", "kanri")
    assert history()[-1] == (Subject.SETTING, "評価シートの様式", "own", "管理シート（国の手引きの形）")


def test_the_shipped_layouts_go_by_the_names_of_their_files():
    assert [(key, design.key, design.name) for key, design in shipped_designs().items()] == [
        (key, key, name) for key, name in SHIPPED
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"width": 5000},
        {"paper": {"size": "B4", "orientation": "landscape", "left": 150, "right": 150, "top": 150, "bottom": 150}},
        {"looks": {role: {"size": 40} for role in ("title", "text", "label", "heading", "year")}},
        {"headings": "band", "new_page": "part", "heading_height": 100, "row_height": 100},
    ],
)
@pytest.mark.parametrize("edition", Edition)
def test_whatever_the_reader_takes_can_be_printed(plan, fields, edition):
    design = read_design(a_layout(**fields), "own")

    book = sheet_book(plan, 2022, access=None, form=SheetForm(design, edition))

    assert write_evaluation_sheet(book, design, edition)
    assert form_of(plan).design.key == "inzai"
