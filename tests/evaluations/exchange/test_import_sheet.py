"""`manage.py import_sheet`: what it prints, what it writes, and the whole way through a real LibreOffice and back."""

import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from core.sheets.keys import KEY_SHEET
from core.uploads.xlsx_files import XlsxBook
from core.words import Side
from evaluations.models import Evaluation
from evaluations.reports.sheets.of_plan import sheet_bytes
from plans.models import Change, Channel, Plan, YearlyValue, YearState
from plans.sheet_layouts import form_of
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_value, in_state
from tests.demo_city import the_demo
from tests.sheet_files import a_sheet, edited, place_of, resaved, with_ever_fewer_keys, without_keys

pytestmark = pytest.mark.django_db
FORMS = [(layout, edition) for layout in ("inzai", "kanri") for edition in ("old", "new")]
LONG = "".join(f"第{n}に、地域での暮らしを続けるための取組を進めた。\n" for n in range(120)).strip()


@pytest.fixture
def plan():
    section = a_section(a_plan())
    measure = a_measure(section, "a", title="地域移行者数")
    a_value(measure, 2022, 4, side=Side.PLANNED)
    a_value(measure, 2022, 3)
    row = in_state(section, 2022, YearState.DRAFT)
    Evaluation.objects.create(section_year=row, issues_text="続ける。\n二行目。", version=1)
    return section.plan


def import_sheet(tmp_path, content, *options) -> str:
    """What the command prints; CommandError where it stops."""
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(content)
    printed = io.StringIO()
    call_command("import_sheet", path, *options, stdout=printed, stderr=io.StringIO())
    return printed.getvalue()


def as_json(tmp_path, content, *options) -> dict:
    return json.loads(import_sheet(tmp_path, content, "--dry-run", "--format", "json", *options))


def counts(found: dict) -> tuple[int, int, int]:
    return len(found["changes"]), len(found["problems"]), len(found["unknown"])


def actual() -> int:
    return int(YearlyValue.objects.get(measure__code="a", side="actual").number)


def test_an_unedited_sheet_is_no_change(plan, tmp_path):
    assert import_sheet(tmp_path, a_sheet(plan)) == "変更 0 件\n"
    assert counts(as_json(tmp_path, a_sheet(plan))) == (0, 0, 0)


def test_changes_are_printed_and_written_as_the_operator(plan, tmp_path):
    content = a_sheet(plan)
    value, text = place_of(content, "a", "actual", 2022), place_of(content, "1", "issues_text")
    new = edited(content, {value: 5, text: "続ける。\n新しい行。"})

    dry = import_sheet(tmp_path, new, "--dry-run")
    assert actual() == 3
    done = import_sheet(tmp_path, new)

    assert dry == done
    assert sorted(done.splitlines()) == sorted(
        [
            "「地域移行者数」令和4年度 実績値：3 → 5",
            "第1節 令和4年度「課題と今後の実施について」：続ける。 ⏎ 二行目。 → 続ける。 ⏎ 新しい行。",
            "変更 2 件",
        ]
    )
    assert (actual(), Evaluation.objects.get().issues_text) == (5, "続ける。\n新しい行。")
    assert set(Change.objects.values_list("by", "channel", "reason")) == {
        (None, Channel.COMMAND, "評価シートの取り込み")
    }
    assert import_sheet(tmp_path, new) == "変更 0 件\n"


def test_json_names_each_change_by_the_words_of_the_table(plan, tmp_path):
    content = a_sheet(plan)
    value, text = place_of(content, "a", "actual", 2022), place_of(content, "1", "issues_text")

    found = as_json(tmp_path, edited(content, {value: 5, text: "やめる。", "Z9": "メモ"}))

    by_address = {change["address"]: change for change in found["changes"]}
    assert by_address[value] == {
        "address": value,
        "place": "「地域移行者数」令和4年度 実績値",
        "指標コード": "a",
        "年度": 2022,
        "項目": "実績値",
        "old": "3",
        "new": "5",
        "printed": "3",
        "conflict": False,
    }
    assert (by_address[text]["節番号"], by_address[text]["項目"]) == (1, "issues_text")
    assert [(one["address"], one["old"], one["new"]) for one in found["unknown"]] == [("Z9", "", "メモ")]
    assert (found["problems"], found["warnings"], found["notes"]) == ([], [], [])


def test_a_problem_stops_everything_with_its_address(plan, tmp_path):
    content = a_sheet(plan)
    value, planned = place_of(content, "a", "actual", 2022), place_of(content, "a", "planned", 2022)
    printed = io.StringIO()
    (tmp_path / "bad.xlsx").write_bytes(edited(content, {value: "十二人", planned: 5}))

    with pytest.raises(CommandError, match="問題が 1 件あるため") as stopped:
        call_command("import_sheet", tmp_path / "bad.xlsx", stdout=printed)

    assert stopped.value.returncode == 2
    assert printed.getvalue() == f"{value} 「地域移行者数」令和4年度 実績値：数値で入力してください（入力：十二人）。\n"
    assert Change.objects.count() == 0


def test_problems_stand_in_the_json_too(plan, tmp_path):
    content = a_sheet(plan)
    value = place_of(content, "a", "actual", 2022)
    printed = io.StringIO()
    (tmp_path / "bad.xlsx").write_bytes(edited(content, {value: "十二人"}))

    with pytest.raises(CommandError):
        call_command("import_sheet", tmp_path / "bad.xlsx", "--format", "json", stdout=printed)

    assert counts(json.loads(printed.getvalue())) == (0, 1, 0)


def test_a_newer_value_is_a_problem_unless_the_operator_says_so(plan, tmp_path):
    content = a_sheet(plan)
    value = place_of(content, "a", "actual", 2022)
    YearlyValue.objects.filter(measure__code="a", side="actual").update(number=7)
    new = edited(content, {value: 5})

    with pytest.raises(CommandError):
        import_sheet(tmp_path, new)
    assert actual() == 7
    said = import_sheet(tmp_path, new, "--overwrite")

    assert said == "「地域移行者数」令和4年度 実績値：7 → 5\n変更 1 件\n"
    assert actual() == 5


@pytest.mark.parametrize("state", [YearState.CONFIRMED, YearState.PUBLISHED])
def test_locks_hold_for_the_operator(plan, tmp_path, state):
    content = a_sheet(plan)
    in_state(plan.sections.get(), 2022, state)

    with pytest.raises(CommandError):
        import_sheet(tmp_path, edited(content, {place_of(content, "a", "actual", 2022): 5}))

    assert actual() == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"a,b"), ("a.xlsx", b""), ("a.xlsx", b"PK\x03\x04"), ("a.xlsx", b"x" * 100), ("a.pdf", b"%PDF")],
)
def test_what_is_no_sheet_is_one_problem(plan, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    printed = io.StringIO()

    with pytest.raises(CommandError) as stopped:
        call_command("import_sheet", tmp_path / name, stdout=printed)

    assert stopped.value.returncode == 2
    assert printed.getvalue().startswith("A1 ")


def test_a_missing_file_and_an_unknown_plan_are_named(plan, tmp_path):
    (tmp_path / "sheet.xlsx").write_bytes(a_sheet(plan))

    with pytest.raises(CommandError, match="を開けません"):
        call_command("import_sheet", tmp_path / "none.xlsx")
    with pytest.raises(CommandError, match="計画「none」はありません"):
        call_command("import_sheet", tmp_path / "sheet.xlsx", plan="none")


def test_the_plan_may_be_named_where_two_have_the_same_title(plan, tmp_path):
    twin = a_plan(a_municipality("129992", "印西市"), name=plan.name)
    a_section(twin)
    bare = without_keys(a_sheet(plan))

    with pytest.raises(CommandError):
        import_sheet(tmp_path, bare)
    assert import_sheet(tmp_path, bare, "--plan", plan.slug) == "変更 0 件\n"


# --- Through LibreOffice ---


@pytest.fixture
def demo() -> list[Plan]:
    the_demo()
    plans = [Plan.objects.get(slug="122319-6"), Plan.objects.get(slug="129992-7")]
    first = Evaluation.objects.filter(section_year__section__plan=plans[1], section_year__section__number=1)
    first.update(issues_text=LONG)
    return plans


def year_of(plan: Plan) -> int:
    return plan.start_year + (plan.slug == "122319-6")


# What LibreOffice makes of a file does not depend on the database.
@pytest.mark.sqlite
@pytest.mark.libreoffice
def test_what_libreoffice_saves_comes_back_unchanged_and_one_edit_is_one_change(demo, soffice, tmp_path):
    sheets = {
        f"{plan.slug}-{layout}-{edition}.xlsx": sheet_bytes(
            plan, year_of(plan), access=None, form=form_of(plan, layout, edition)
        )
        for plan in demo
        for layout, edition in FORMS
    }

    saved = resaved(soffice, tmp_path, sheets)

    for name, content in saved.items():
        book = XlsxBook(content)
        assert (KEY_SHEET in book.hidden, "fukushi-pdca" in book.properties) == (True, True), name
        slug = name[:8]
        code = {"122319-6": "2-3", "129992-7": "1-1"}[slug]
        # The year after, because the sheet's own is 確定 or 公表.
        place = place_of(content, code, "planned", year_of(Plan.objects.get(slug=slug)) + 1)
        for unedited, edited_once in with_ever_fewer_keys(content, place, "77人"):
            assert counts(as_json(tmp_path, unedited)) == (0, 0, 0), name
            found = as_json(tmp_path, edited_once)
            shown = [(change["address"], change["指標コード"], change["new"]) for change in found["changes"]]
            assert shown == [(place, code, "77（原文：77人）")], name
            assert (found["problems"], found["unknown"]) == ([], []), name


def test_the_sheet_itself_is_shown_first_and_the_keys_are_not(plan):
    book = openpyxl.load_workbook(io.BytesIO(a_sheet(plan)))

    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [
        ("評価シート", "visible"),
        (KEY_SHEET, "veryHidden"),
    ]
    assert book.active.title == "評価シート"
