"""評価シートの様式 of a city: choosing one, adding another without code, and which of them an export has."""

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.sheets.design import Edition
from core.sheets.design_file import MAX_BYTES, read_design
from core.sheets.workbook import write_evaluation_sheet
from evaluations.reports.sheets.of_plan import sheet_book
from plans.models import Change, Door, Role, SheetLayout, Subject
from plans.sheet_layout_files import MOST, add_layout
from plans.sheet_layouts import FOLDER, SheetForm, form_of
from tests.builders import a_draft, a_full_plan, a_municipality, a_plan, a_user
from tests.drafts import made, only
from tests.plans.test_plan_settings import send

pytestmark = pytest.mark.django_db


def a_layout(key="our-own", **fields) -> bytes:
    """A layout of our own: the ministry's, under another name."""
    layout = json.loads((FOLDER / "kanri.json").read_text())
    return json.dumps(layout | {"key": key, "name": "うちの様式"} | fields).encode()


@pytest.fixture
def plan():
    return a_full_plan()


@pytest.fixture
def manager(client):
    user = a_user(Role.MANAGER)
    client.force_login(user)
    return user


def address(plan):
    return reverse("plans:sheet_layouts", args=[plan.slug])


def upload(client, plan, content, **more):
    return client.post(address(plan), {"action": "add", "file": SimpleUploadedFile("own.json", content), **more})


def history() -> list[tuple]:
    return list(Change.objects.order_by("id").values_list("subject", "field", "old", "new"))


def sheet_of(client, plan, **asked):
    response = client.get(reverse("evaluations:sheet_download", args=[plan.slug, 2022]), asked)
    return openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0], response["Content-Disposition"]


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


def test_the_export_form_offers_every_layout_with_the_plans_own_first(client, plan, manager):
    add_layout(plan.municipality, a_layout(), replace=False, by=manager, door=Door.SCREEN)
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


def test_a_layout_that_was_removed_meanwhile_is_not_chosen(client, plan, manager):
    add_layout(plan.municipality, a_layout(), replace=False, by=manager, door=Door.SCREEN)
    SheetLayout.objects.all().delete()

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


# --- Adding another ---


def test_a_manager_adds_a_layout_without_code_and_prints_by_it(client, plan, manager):
    response = upload(client, plan, a_layout(sheet_name="うちの表", title="評価表"))

    sheet, _ = sheet_of(client, plan, layout="our-own")
    assert response.status_code == 302
    assert (sheet.title, sheet["A1"].value) == ("うちの表", "印西市 第6期障害福祉計画 評価表（令和4年度）")
    assert history() == [(Subject.SETTING, "評価シートの様式", None, "「うちの様式」（our-own）")]
    assert "様式「うちの様式」を加えました。" in client.get(address(plan)).text


def test_a_sheet_in_a_layout_of_the_citys_own_asks_no_more_than_a_page_may(
    client, plan, manager, django_assert_max_num_queries
):
    upload(client, plan, a_layout())
    sheet_of(client, plan, layout="our-own")  # the first of a process also asks SQLite whether it knows JSON

    with django_assert_max_num_queries(12):
        sheet_of(client, plan, layout="our-own")


def test_a_layout_belongs_to_its_city_alone(client, plan, manager):
    upload(client, plan, a_layout())
    other = a_plan(a_municipality("129992", "みほん市（架空）"), generation=7, start=2024, end=2026)
    client.force_login(a_user(Role.MANAGER, other.municipality))

    assert "<strong>うちの様式</strong>" not in client.get(address(other)).text
    assert client.get(reverse("plans:sheet_layout_file", args=[other.slug, "our-own"])).status_code == 404


def test_the_problems_of_a_file_are_told_by_their_place_and_nothing_is_kept(client, plan, manager):
    response = upload(client, plan, a_layout(paper={"size": "A5", "orientation": "portrait"}, colour="red"))

    assert "paper.size：A3・A4・B4 のどれかにしてください（入力：A5）。" in response.text
    assert "項目「colour」は使えません。" in response.text
    assert (SheetLayout.objects.count(), history()) == (0, [])


@pytest.mark.parametrize("content", [b"", b"{", b" " * (MAX_BYTES + 10), b"\x00" * 10])
def test_what_is_no_layout_is_refused(client, plan, manager, content):
    response = upload(client, plan, content) if content else client.post(address(plan), {"action": "add"})

    assert "様式を変えていません。" in response.text
    assert SheetLayout.objects.count() == 0


def test_a_shipped_layout_is_not_replaced(client, plan, manager):
    response = upload(client, plan, a_layout(key="inzai"), replace="1")

    assert "初めからある様式のものです。" in response.text


def test_a_layout_is_replaced_only_where_the_person_says_so(client, plan, manager):
    upload(client, plan, a_layout())

    refused = upload(client, plan, a_layout(name="新しい様式"))
    taken = upload(client, plan, a_layout(name="新しい様式"), replace="1")

    assert "置き換えるときは「同じ記号の様式を置き換える」に印を付けてください。" in refused.text
    assert taken.status_code == 302
    assert SheetLayout.objects.get().name == "新しい様式"
    assert history()[-1][2:] == ("「うちの様式」（our-own）", "「新しい様式」（our-own）")


def test_a_city_has_so_many_layouts_and_no_more(client, plan, manager):
    SheetLayout.objects.bulk_create(
        SheetLayout(municipality=plan.municipality, key=f"k{n}", name="様式", content=a_layout().decode())
        for n in range(MOST)
    )

    response = upload(client, plan, a_layout())

    assert f"様式は{MOST}個までです。" in response.text


def test_a_layout_in_use_stays_and_one_without_use_is_removed(client, plan, manager):
    upload(client, plan, a_layout())
    plan.sheet_layout = "our-own"
    plan.save()
    remove = {"action": "remove", "key": "our-own"}

    kept = client.post(address(plan), remove)
    plan.sheet_layout = "inzai"
    plan.save()
    client.post(address(plan), remove)
    again = client.post(address(plan), remove, follow=True)

    assert "で使っています。" in kept.text
    assert SheetLayout.objects.count() == 0
    assert history()[-1][2:] == ("「うちの様式」（our-own）", None)
    assert "その様式は、すでにありません。" in again.text


def test_a_file_that_a_later_release_reads_no_more_is_named_and_breaks_no_page(client, plan, manager):
    upload(client, plan, a_layout())
    SheetLayout.objects.update(content='{"format": 0}')

    pages = [client.get(address(plan)), client.get(reverse("evaluations:exports", args=[plan.slug]))]
    sheet = client.get(reverse("evaluations:sheet_download", args=[plan.slug, 2022]), {"layout": "our-own"})

    assert [page.status_code for page in pages] == [200, 200]
    assert "この様式は、この版では読み取れません。" in pages[0].text
    assert sheet.status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_layouts_are_for_managers(client, plan, role):
    client.force_login(a_user(role))

    answers = [client.get(address(plan)), upload(client, plan, a_layout())]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert SheetLayout.objects.count() == 0


def test_strangers_find_no_layouts(client, plan):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）")))

    answers = [client.get(address(plan)), upload(client, plan, a_layout())]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("key", ["inzai", "kanri"])
def test_a_layout_comes_back_as_the_file_it_is(client, plan, manager, key):
    response = client.get(reverse("plans:sheet_layout_file", args=[plan.slug, key]))

    assert response.content == (FOLDER / f"{key}.json").read_bytes()


def test_every_shipped_layout_stands_under_its_own_key():
    keys = {path.stem: read_design(path.read_bytes()).key for path in FOLDER.glob("*.json")}

    assert keys == {key: key for key in keys}
    assert {"inzai", "kanri"} <= keys.keys()


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
    design = read_design(a_layout(**fields))

    book = sheet_book(plan, 2022, access=None, form=SheetForm(design, edition))

    assert write_evaluation_sheet(book, design, edition)
    assert form_of(plan).design.key == "inzai"
