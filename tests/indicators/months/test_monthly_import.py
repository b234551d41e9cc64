"""Monthly files through a saved mapping: read in both encodings, looked at first, counted, written once."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.values import EMPTY, Value
from core.words import Certainty, Family, Side
from indicators.models import MonthlyMapping, Service
from indicators.months.readings import ReadingChange, record_readings, stored_readings
from plans.models import Change, Channel, Department, Measure, Role, YearlyValue, YearState
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.page_forms import form_with
from tests.page_readers import failure_on, found_words, rows_of

pytestmark = pytest.mark.django_db

PROBLEMS = ".//div[@class='notice error']/ul/li"
FILE = """出力日,2022/6/1,,
サービス種類,サービス提供月,利用者数,利用量,備考
11,令和4年4月,"1,012",９３０.5,
１１,202205,63,955,
22,令和4年4月,9,138,
99,令和4年4月,5,50,知らないコード
11,令和3年4月,60,900,前の年度
合計,,"1,089",2023.5,
"""


@pytest.fixture
def section():
    return a_section(a_plan(), title="訪問系サービス")


@pytest.fixture
def measures(section):
    made = {}
    for code, unit in (("home-users", "人/月"), ("home-hours", "時間/月"), ("doko-users", "人/月")):
        made[code] = a_measure(section, code, family=Family.INDICATOR, title=code, unit=unit)
    return made


@pytest.fixture
def mapping(section, measures):
    return MonthlyMapping.objects.create(
        municipality=section.plan.municipality,
        name="国保連の集計",
        header_row=2,
        service_column="サービス種類",
        month_column="サービス提供月",
        users_column="利用者数",
        amount_column="利用量",
        codes={
            "home-users": {"column": "users", "codes": ["11"]},
            "home-hours": {"column": "amount", "codes": ["11"]},
            "doko-users": {"column": "users", "codes": ["22"]},
        },
    )


def place(section, more="", year=2022):
    return reverse("indicators:monthly", args=[section.plan.slug, year]) + "?import=1" + more


def upload(client, section, mapping, content, name="months.csv", **fields):
    file = SimpleUploadedFile(name, content)
    return client.post(place(section), {"mapping": mapping.pk, "file": file} | fields)


def kept(measure):
    return {month: value for (_, month), value in stored_readings([measure], 2022).items()}


def number(text, *, provisional=False):
    return Value(Decimal(text), certainty=Certainty.PRELIMINARY if provisional else None)


def as_xlsx(text):
    book = openpyxl.Workbook()
    for line in text.replace('"1,012"', "1012").replace('"1,089"', "1089").splitlines():
        book.active.append(line.split(","))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


READ = {
    "home-users": {4: number(1012), 5: number(63)},
    "home-hours": {4: number("930.5"), 5: number(955)},
    "doko-users": {4: number(9)},
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("months.csv", FILE.encode("cp932")),
        ("months.csv", FILE.encode()),
        ("months.csv", FILE.encode("utf-8-sig")),
        ("months.xlsx", as_xlsx(FILE)),
    ],
    ids=["cp932", "utf-8", "utf-8 with its mark", "xlsx"],
)
def test_a_file_is_looked_at_first_and_written_when_confirmed(as_editor, section, measures, mapping, name, content):
    preview = upload(as_editor, section, mapping, content, name)
    before = [kept(measure) for measure in measures.values()]

    answer = as_editor.post(place(section), form_with(preview, "preview"), follow=True)

    assert before == [{}, {}, {}]
    assert {code: kept(measure) for code, measure in measures.items()} == READ
    assert "月別の値5件を取り込みました。年度の実績は変わっていません。" in answer.text
    assert {line.channel for line in Change.objects.all()} == {"upload"}


def test_the_control_totals_account_for_every_row(as_editor, section, measures, mapping):
    preview = upload(as_editor, section, mapping, FILE.encode())

    assert rows_of(preview, "ファイルの行") == [
        ["読む行", "3", "1084", "2023.5"],
        ["コードの対応がない行", "2", "1094", "2073.5"],
        ["ほかの年度の行", "1", "60", "900"],
        ["ファイル全体", "6", "2238", "4997"],
    ]
    months = rows_of(preview, "読む行の月ごとの合計")
    assert [row[:3] for row in months] == [["令和4年4月", "2", "1021"], ["令和4年5月", "1", "63"]]
    assert found_words(preview, ".//details/ul/li") == ["99：1行", "合計：1行"]


def test_the_same_file_again_changes_nothing(as_editor, section, measures, mapping):
    preview = upload(as_editor, section, mapping, FILE.encode())
    as_editor.post(place(section), form_with(preview, "preview"))
    before = Change.objects.count()

    again = upload(as_editor, section, mapping, FILE.encode())

    assert "いまの内容と違うところはありません。" in again.text
    assert "いまの値と同じ：5件" in again.text
    assert ('name="preview"' in again.text, Change.objects.count()) == (False, before)


def test_a_preliminary_file_marks_its_months_and_a_final_one_takes_the_mark_off(as_editor, section, measures, mapping):
    preview = upload(as_editor, section, mapping, FILE.encode(), provisional="1")
    as_editor.post(place(section), form_with(preview, "preview"))
    first = kept(measures["doko-users"])

    preview = upload(as_editor, section, mapping, FILE.encode())
    as_editor.post(place(section), form_with(preview, "preview"))

    assert (first, kept(measures["doko-users"])) == ({4: number(9, provisional=True)}, {4: number(9)})


def test_a_blank_cell_changes_nothing_and_no_year_is_touched(as_editor, section, measures, mapping):
    record_readings(
        [ReadingChange(measures["doko-users"], 2022, 4, EMPTY, number(8))], by=None, channel=Channel.COMMAND
    )
    a_value(measures["doko-users"], 2022, 77)
    blank = FILE.replace("22,令和4年4月,9,138,", "22,令和4年4月,,138,")

    preview = upload(as_editor, section, mapping, blank.encode())
    as_editor.post(place(section), form_with(preview, "preview"))

    assert kept(measures["doko-users"]) == {4: number(8)}
    assert [row.number for row in YearlyValue.objects.filter(side=Side.ACTUAL)] == [77]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("22,令和4年4月,9", "22,4〜6月,9", ("B5", "月は「4月」")),
        ("22,令和4年4月,9", "22,令和4年4月,九", ("C5", "数値で入力してください（入力：九）")),
        ("99,令和4年4月,5", "22,令和4年4月,5", ("C6", "行が二つあります（C5）。")),
    ],
)
def test_a_problem_is_named_by_its_cell_and_nothing_can_be_confirmed(
    as_editor, section, measures, mapping, old, new, said
):
    answer = upload(as_editor, section, mapping, FILE.replace(old, new).encode())

    [problem] = found_words(answer, PROBLEMS)
    assert (problem.startswith(said[0]), said[1] in problem) == (True, True)
    assert 'name="preview"' not in answer.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("months.csv", FILE.replace("利用量", "日数").encode(), "見出し「利用量」の列がありません。"),
        ("months.csv", FILE.replace("備考", "利用量").encode(), "見出し「利用量」の列が二つ以上あります。"),
        ("months.csv", b"", "ファイルが空です。"),
        ("months.csv", b"a\n", "2行目に見出しがありません。"),
        ("months.pdf", b"%PDF", "取り込めるのは"),
        ("months.xlsx", b"PK-nothing", "ブックとして読み取れません。"),
        ("months.csv", b"\xff\xfe\x00\x01", "文字コードが分かりません。"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(as_editor, section, measures, mapping, name, content, said):
    answer = upload(as_editor, section, mapping, content, name)

    assert said in failure_on(answer)


def test_what_another_changed_since_is_not_overwritten(as_editor, section, measures, mapping):
    preview = upload(as_editor, section, mapping, FILE.encode())
    record_readings(
        [ReadingChange(measures["doko-users"], 2022, 4, EMPTY, number(7))], by=None, channel=Channel.COMMAND
    )

    answer = as_editor.post(place(section), form_with(preview, "preview"))

    assert "令和4年4月は、ほかの人が「7」に変更しています（入力：9）。" in answer.text
    assert {code: kept(measure) for code, measure in measures.items()} == {
        "home-users": {},
        "home-hours": {},
        "doko-users": {4: number(7)},
    }


def test_a_preview_of_another_person_or_year_or_an_altered_one_is_refused(as_editor, section, measures, mapping):
    fields = form_with(upload(as_editor, section, mapping, FILE.encode()), "preview")

    said = [
        failure_on(as_editor.post(place(section, year=2023), fields)),
        failure_on(as_editor.post(place(section), {"preview": fields["preview"] + "x"})),
    ]
    as_editor.force_login(a_user(Role.MANAGER))
    said.append(failure_on(as_editor.post(place(section), fields)))

    assert said == ["確かめた内容を読み取れませんでした。もう一度ファイルを選んでください。"] * 3


def test_a_confirmed_year_is_a_problem(as_editor, section, measures, mapping):
    in_state(section, 2022, YearState.CONFIRMED)

    answer = upload(as_editor, section, mapping, FILE.encode())

    assert [problem[:18] for problem in found_words(answer, PROBLEMS)] == ["第1節は確定しているため変更できませ"]


def test_rows_of_other_departments_are_passed_over_and_counted(client, section, measures, mapping):
    department = Department.objects.create(municipality=section.plan.municipality, name="福祉課")
    Measure.objects.filter(code="doko-users").update(department=department)
    client.force_login(a_user(Role.EDITOR, department=department))

    preview = upload(client, section, mapping, FILE.encode())
    client.post(place(section), form_with(preview, "preview"))

    assert "ほかの担当課の指標のため読まない：4件" in preview.text
    assert [kept(measure) for measure in measures.values()] == [{}, {}, {4: number(9)}]


# --- The mapping ---


def posted(**fields):
    texts = {
        "name": "集計表",
        "header_row": "1",
        "service_column": "サービス",
        "month_column": "月",
        "users_column": "人数",
        "amount_column": "",
        "save-mapping": "new",
        "version": "0",
    }
    return texts | {"codes-home-users": "居宅介護、11", "column-home-users": "users"} | fields


def test_a_mapping_is_proposed_by_service_and_unit_and_kept(as_editor, section, measures):
    service = Service.objects.create(code="home", name="居宅介護", category="訪問系")
    part = a_measure(section, "home-part", family=Family.INDICATOR, unit="時間/月", order=30000)
    for indicator in (measures["home-hours"].activity_indicator, part.activity_indicator):
        indicator.service = service
        indicator.save()

    fields = form_with(as_editor.get(place(section)), "service_column")
    as_editor.post(place(section), posted(**{"users_column": "人数", "codes-home-users": "１１,居宅　介護,11"}))

    names = ("codes-home-hours", "codes-home-part", "column-home-hours", "column-home-users")
    assert [fields[name] for name in names] == [
        "居宅介護",
        "",
        "amount",
        "users",
    ]
    kept_mapping = MonthlyMapping.objects.get()
    assert (kept_mapping.name, kept_mapping.users_column) == ("集計表", "人数")
    assert kept_mapping.codes == {"home-users": {"column": "users", "codes": ["11", "居宅介護"]}}
    line = Change.objects.get()
    assert (line.subject, line.field, line.old) == ("setting", "月別ファイルの読み方「集計表」", None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "読み方の名前を入力してください。"),
        ({"header_row": "0"}, "見出しの行は1から100までの数字で入力してください。"),
        ({"header_row": "二"}, "見出しの行は1から100までの数字で入力してください。"),
        ({"header_row": "00000000199"}, "見出しの行は1から100までの数字で入力してください。"),
        ({"users_column": ""}, "利用者数の列か量の列の、少なくとも一つを入力してください。"),
        ({"service_column": "長" * 61}, "サービスの列は60文字までで入力してください（61文字あります）。"),
        ({"codes-home-users": ""}, "コードの対応を、少なくとも一つの指標に入力してください。"),
        (
            {"codes-doko-users": "11", "column-doko-users": "users"},
            "コード「11」の同じ列は「home-users」が読みます。どちらか一つにしてください。",
        ),
    ],
)
def test_a_mapping_that_reads_nothing_is_refused_in_its_place(as_editor, section, measures, fields, said):
    answer = as_editor.post(place(section), posted(**fields))

    assert said in answer.text
    assert MonthlyMapping.objects.count() == 0


def test_a_mapping_that_another_changed_is_not_overwritten(as_editor, section, measures, mapping):
    fields = form_with(as_editor.get(place(section, f"&mapping={mapping.pk}")), "service_column")
    MonthlyMapping.objects.update(version=2, name="もう変わった")

    answer = as_editor.post(place(section), fields | {"save-mapping": mapping.pk, "name": "自分の名前"})

    assert "ほかの人がこの読み方を変更しました。" in answer.text
    assert MonthlyMapping.objects.get().name == "もう変わった"


def test_the_codes_of_other_plans_stay_when_a_mapping_is_changed(as_editor, section, measures, mapping):
    mapping.codes["old-plan"] = {"column": "users", "codes": ["33"]}
    mapping.save()
    fields = form_with(as_editor.get(place(section, f"&mapping={mapping.pk}")), "service_column")

    as_editor.post(place(section), fields | {"save-mapping": mapping.pk, "codes-doko-users": ""})

    mapping.refresh_from_db()
    assert (sorted(mapping.codes), mapping.version) == (["home-hours", "home-users", "old-plan"], 2)


def test_two_mappings_have_two_names(as_editor, section, measures, mapping):
    answer = as_editor.post(place(section), posted(name="国保連の集計"))

    assert "同じ名前の読み方がもうあります。" in answer.text
    assert MonthlyMapping.objects.count() == 1


# --- Who may ---


def test_only_those_who_write_come_in(client, section, measures, mapping):
    people = {
        403: a_user(Role.VIEWER),
        404: a_user(Role.MANAGER, a_municipality("129992", "みほん市")),
        200: a_user(Role.EDITOR),
    }

    answers = {}
    for status, person in people.items():
        client.force_login(person)
        answers[status] = client.get(place(section)).status_code, upload(client, section, mapping, b"x").status_code

    assert answers == {403: (403, 403), 404: (404, 404), 200: (200, 200)}


def test_the_mapping_of_another_city_is_not_found(as_editor, section, measures):
    other = MonthlyMapping.objects.create(
        municipality=a_municipality("129992", "みほん市"),
        name="よそ",
        service_column="a",
        month_column="b",
        users_column="c",
    )

    assert as_editor.get(place(section, f"&mapping={other.pk}")).status_code == 404
    assert upload(as_editor, section, other, b"x").status_code == 404


def test_the_page_asks_no_more_for_more_measures(as_editor, section, measures, mapping):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            as_editor.get(place(section, f"&mapping={mapping.pk}"))
        return len(queries)

    few = asked()
    for place_number in range(30):
        a_measure(section, f"i{place_number}", family=Family.INDICATOR)

    assert asked() == few <= 12
