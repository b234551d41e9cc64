"""The page of import: who may, what a file would change, the confirmation, and what others did in between."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from core.values import Value
from core.words import Family, Side
from evaluations.exchange.importing.applying import apply_import
from evaluations.exchange.importing.changes import PlanKey, ValueChange
from evaluations.models import ActionItem
from plans.models import Change, Channel, Department, Measure, Municipality, Plan, Role, Section, YearlyValue, YearState
from plans.row_locks import lock_section_year
from plans.signed_previews import MAX_AGE
from plans.tidy import tidy_file
from tests.builders import (
    a_full_plan,
    a_measure,
    a_municipality,
    a_plan,
    a_prefecture_user,
    a_section,
    a_user,
    a_value,
    in_state,
)
from tests.page_readers import failure_on, messages_on, page_tree, words
from tests.patience import PATIENCE, until
from tests.tidy_tables import a_csv, edited, exported

pytestmark = pytest.mark.django_db
TITLE = "地域生活への移行"
KEY = PlanKey("122319", "disability", 6)


@pytest.fixture
def measure():
    """1-1 of 印西市 第6期: planned 4 and actual 3 in 2021."""
    measure = a_measure(a_section(a_plan(), title="第1節"), "1-1", title=TITLE)
    a_value(measure, 2021, 4, side=Side.PLANNED)
    a_value(measure, 2021, 3)
    return measure


def address(slug="122319-6"):
    return reverse("evaluations:import", args=[slug])


def upload(client, content, name="table.csv", slug="122319-6"):
    return client.post(address(slug), {"file": SimpleUploadedFile(name, content)})


def signed_in(response):
    return re.search(r'name="preview" value="([^"]+)"', response.text)[1]


def confirm(client, response, **more):
    return client.post(address(), {"preview": signed_in(response), **more}, follow=True)


def problems_in(response):
    return re.findall(r'nowrap">([A-Z]+\d+)</th><td data-label="問題と直し方">(.*?)</td></tr>', response.text)


def sides_in(response):
    """What is stored and what is typed, of each line."""
    rows = page_tree(response).findall(".//td[@data-label='今']/..")
    return [(words(row.find("td[@data-label='今']")), words(row.find(".//strong"))) for row in rows]


def stored(year=2021, side=Side.ACTUAL):
    row = YearlyValue.objects.filter(measure__code="1-1", fiscal_year=year, side=side).first()
    return row.value if row else None


# --- Who ---


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.VIEWER, 403),
        (Role.EDITOR, 200),
        (Role.CHECKER, 200),
        (Role.CONFIRMER, 200),
        (Role.MANAGER, 200),
        (Role.PREFECTURE, 403),
    ],
)
def test_whoever_may_enter_may_import(client, measure, role, status):
    client.force_login(a_user(role))

    found = [client.get(address()).status_code, upload(client, a_csv()).status_code]

    assert found == [status, status]


def test_strangers_find_nothing_and_the_anonymous_are_asked_to_log_in(client, measure):
    anonymous = client.get(address())
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）")))

    assert (anonymous.status_code, anonymous.url) == (302, f"/login/?next={address()}")
    assert [client.get(address()).status_code, upload(client, a_csv()).status_code] == [404, 404]


def test_the_prefecture_reads_and_does_not_import(client):
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    a_plan(a_municipality(prefecture=prefecture))
    client.force_login(a_prefecture_user(prefecture))

    assert client.get(address()).status_code == 403


# --- What the page says ---


@pytest.mark.parametrize("measures", [1, 30])
def test_the_page_asks_little(client, measures, django_assert_max_num_queries):
    a_full_plan(measures)
    client.force_login(a_user())

    with django_assert_max_num_queries(5):
        response = client.get(address())

    assert 'href="/plans/122319-6/exports/tidy.xlsx"' in response.text
    assert "団体コード、計画期、節番号、種別、指標コード、指標名、年度" in response.text


def test_a_preview_asks_no_more_for_more(client, django_assert_max_num_queries):
    plan = a_full_plan(30)
    client.force_login(a_user())
    content, _ = tidy_file([row | {"注記": "注"} if row["実績値"] else row for row in exported(plan.slug)], "csv")

    with django_assert_max_num_queries(12):
        response = upload(client, content)

    assert "120件が変わります" in response.text


def test_a_file_is_previewed_and_written_only_when_confirmed(client, measure):
    editor = a_user()
    client.force_login(editor)

    preview = upload(client, edited(exported(), "1-1", 2022, 実績値="５人", 実績値状態=""))
    before = stored(2022)
    done = confirm(client, preview)

    assert before is None
    assert "「地域生活への移行」令和4年度 実績値" in preview.text
    assert "5（原文：５人）" in preview.text
    assert done.redirect_chain == [("/plans/122319-6/", 302)]
    assert messages_on(done) == ["変更 1 件を取り込みました。"]
    assert stored(2022) == Value(Decimal(5), wording="５人")
    assert [(c.by, c.channel) for c in Change.objects.all()] == [(editor, "upload")]


def test_a_table_without_changes_says_so(client, measure):
    client.force_login(a_user())

    response = upload(client, tidy_file(exported(), "csv")[0])

    assert "いまの内容と違うところはありません" in response.text
    assert 'name="preview"' not in response.text


def test_problems_are_named_by_address_and_nothing_can_be_confirmed(client, measure):
    client.force_login(a_user())

    response = upload(client, a_csv({"実績値": "十二人", "計画値": "9"}))

    assert problems_in(response) == [
        ("H2", "「地域生活への移行」令和3年度 実績値：数値で入力してください（入力：十二人）。")
    ]
    assert 'name="preview"' not in response.text
    assert stored() == Value(Decimal(3))


def test_warnings_are_shown_and_do_not_hinder(client, measure):
    client.force_login(a_user())

    response = upload(client, a_csv({"実績値": "無し", "備考欄": "x"}))

    assert "注意（2件）" in response.text
    assert "「該当なし」と読みました" in response.text
    assert signed_in(response)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "ファイルが選ばれていません"),
        ({"file": SimpleUploadedFile("a.pdf", b"%PDF")}, "取り込めるのは"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK")}, "ブックとして読み取れません"),
        ({"file": SimpleUploadedFile("a.csv", b"x" * (10 * 1024 * 1024 + 1))}, "ファイルが大きすぎます"),
    ],
)
def test_what_is_no_table_is_said_in_a_sentence(client, measure, files, sentence):
    client.force_login(a_user())

    response = client.post(address(), files)

    assert response.status_code == 200
    assert sentence in response.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("写真.pdf", b"%PDF", "「写真.pdf」：取り込めるのは"),
        ("県へ.json", b'{"package": "x"}', "「県へ.json」：一覧表のJSONではありません。県へ渡すファイルや様式の"),
        (
            "途中.json",
            b'[{"a": 1',
            "「途中.json」：JSONとして読み取れません。途中で切れているか、書き換えられています。",
        ),
    ],
)
def test_a_refusal_of_the_whole_file_names_the_file_and_no_cell(client, measure, name, content, said):
    client.force_login(a_user())

    failure = failure_on(upload(client, content, name))

    assert failure.startswith(said)
    assert "A1" not in failure


def test_a_refusal_for_one_cell_names_the_file_and_the_cell(client, measure):
    client.force_login(a_user())

    failure = failure_on(upload(client, b"a," * 200, "広い.csv"))

    assert failure == "「広い.csv」：列が多すぎます。100列までにしてください。（CW1）"


def test_texts_of_a_file_are_shown_as_texts(client, measure):
    client.force_login(a_user())

    response = upload(client, a_csv({"注記": "<script>alert(1)</script>", "<b>": "x"}))

    assert "<script>alert" not in response.text
    assert "<b>" not in response.text


# --- Rights on what is in the file ---


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ({"団体コード": "129992"}, ("A2", "「団体コード」がこの計画（122319）と違います。")),
        ({"計画期": "7"}, ("B2", "「計画期」がこの計画（6）と違います。")),
        ({"計画種別": "障害児福祉計画"}, ("H2", "「計画種別」がこの計画（障害福祉計画）と違います。")),
    ],
)
def test_a_table_of_another_plan_is_a_problem(client, measure, texts, found):
    a_plan(a_municipality("129992", "みほん市（架空）"))
    a_plan(generation=7, start=2024, end=2026)
    client.force_login(a_user(Role.MANAGER))

    response = upload(client, a_csv(texts | {"実績値": "9"}))

    assert [(place, sentence[: len(found[1])]) for place, sentence in problems_in(response)] == [found]
    assert YearlyValue.objects.filter(number=9).count() == 0


@pytest.mark.parametrize(
    ("texts", "place", "beginning"),
    [
        ({"指標コード": "1-2", "指標名": "新しい指標"}, "E2", "成果目標の作成（1-2 新しい指標）"),
        ({"節名": "新しい名"}, "H2", "「第1節」節名（新しい名）"),
        ({"指標名": "新しい名"}, "F2", "「地域生活への移行」指標名（新しい名）"),
        ({"自治体名": "いんざい市"}, "H2", "「印西市」自治体名（いんざい市）"),
        ({"計画名": "新しい名"}, "H2", "「第6期障害福祉計画」計画名（新しい名）"),
    ],
)
def test_masters_need_the_manager(client, measure, texts, place, beginning):
    client.force_login(a_user(Role.CONFIRMER))
    refused = upload(client, a_csv(texts))
    client.force_login(a_user(Role.MANAGER))
    allowed = upload(client, a_csv(texts))

    assert problems_in(refused) == [(place, f"{beginning}は「管理」の役割の人だけが取り込めます。")]
    assert "変更 1 件を取り込みました。" in confirm(client, allowed).text


def test_a_manager_makes_a_measure_with_its_values(client, measure):
    client.force_login(a_user(Role.MANAGER))
    new = {"種別": "活動指標", "節番号": "2", "節名": "居宅", "指標コード": "k", "指標名": "居宅介護", "計画値": "1"}

    done = confirm(client, upload(client, a_csv(new)))

    assert "変更 3 件を取り込みました。" in done.text
    assert Section.objects.get(number=2).title == "居宅"
    assert Measure.objects.get(code="k").family == Family.INDICATOR


def test_values_of_another_department_are_a_problem(client, measure):
    city = measure.plan.municipality
    own, other = (Department.objects.create(municipality=city, name=name) for name in ("障がい福祉課", "こども課"))
    Measure.objects.filter(pk=measure.pk).update(department=other)
    client.force_login(a_user(department=own))

    response = upload(client, a_csv({"実績値": "9"}))

    assert problems_in(response) == [
        ("H2", "「地域生活への移行」令和3年度 実績値を入力する権限がありません。担当課の人に頼んでください。")
    ]


@pytest.mark.parametrize(
    ("state", "role", "locked"),
    [
        (YearState.SUBMITTED, Role.EDITOR, True),
        (YearState.SUBMITTED, Role.CHECKER, False),
        (YearState.RETURNED, Role.EDITOR, False),
        (YearState.CONFIRMED, Role.MANAGER, True),
        (YearState.PUBLISHED, Role.CONFIRMER, True),
    ],
)
def test_a_locked_year_says_why(client, measure, state, role, locked):
    in_state(measure.section, 2021, state)
    client.force_login(a_user(role))

    response = upload(client, a_csv({"実績値": "9"}))

    assert [place for place, _ in problems_in(response)] == (["H2"] if locked else [])
    assert ("変更できません" in response.text) is locked


# --- Between preview and confirmation ---


def test_a_value_changed_meanwhile_comes_back_with_both_and_is_kept_unless_chosen(client, measure):
    client.force_login(a_user())
    preview = upload(client, a_csv({"実績値": "9", "計画値": "8"}))
    YearlyValue.objects.filter(side=Side.ACTUAL).update(number=7)

    conflict = confirm(client, preview)
    unwritten = (stored(), stored(side=Side.PLANNED))
    done = confirm(client, conflict)

    assert "ほかの人が1か所を変更しました" in conflict.text
    assert sides_in(conflict) == [("7", "9"), ("4", "8")]
    assert unwritten == (Value(Decimal(7)), Value(Decimal(4)))
    assert "変更 1 件を取り込みました。" in done.text
    assert (stored(), stored(side=Side.PLANNED)) == (Value(Decimal(7)), Value(Decimal(8)))


def test_a_value_changed_meanwhile_is_replaced_when_chosen(client, measure):
    client.force_login(a_user())
    preview = upload(client, a_csv({"実績値": "9"}))
    YearlyValue.objects.filter(side=Side.ACTUAL).update(number=7)
    conflict = confirm(client, preview)

    confirm(client, conflict, overwrite="0")

    assert stored() == Value(Decimal(9))
    assert Change.objects.get().old == {"number": "7"}


def test_a_name_changed_meanwhile_comes_back_too(client, measure):
    client.force_login(a_user(Role.MANAGER))
    preview = upload(client, a_csv({"指標名": "新しい名"}))
    Measure.objects.update(title="ほかの名")

    conflict = confirm(client, preview)

    assert sides_in(conflict) == [("ほかの名", "新しい名")]
    assert Measure.objects.get().title == "ほかの名"


def test_a_year_locked_meanwhile_is_not_written(client, measure):
    client.force_login(a_user())
    preview = upload(client, a_csv({"実績値": "9"}))
    in_state(measure.section, 2021, YearState.CONFIRMED)

    response = confirm(client, preview)

    assert [place for place, _ in problems_in(response)] == ["H2"]
    assert stored() == Value(Decimal(3))


def test_a_measure_does_not_move_into_a_section_confirmed_meanwhile(client, measure):
    other = a_section(measure.plan, 2, title="第2節")
    client.force_login(a_user(Role.MANAGER))
    preview = upload(client, a_csv({"節番号": "2"}))
    in_state(other, 2022, YearState.CONFIRMED)

    response = confirm(client, preview)

    assert [sentence.split("。")[0] for _, sentence in problems_in(response)] == [
        f"「{TITLE}」節番号は、この間に確定または公表した年度があるため移せません"
    ]
    assert Measure.objects.get().section == measure.section


@pytest.mark.parametrize(("year", "texts"), [(2022, {"種類": "有無"}), (2023, {"終了年度": "2022"})])
def test_a_value_entered_meanwhile_is_not_left_without_its_kind_or_year(client, measure, year, texts):
    YearlyValue.objects.all().delete()
    client.force_login(a_user(Role.MANAGER))
    preview = upload(client, a_csv(texts))
    a_value(measure, year, 5)

    response = confirm(client, preview)

    name = TITLE if "種類" in texts else measure.plan.name
    said = f"「{name}」{next(iter(texts))}は、この間に入力された値に合わないため変えられません"
    assert [sentence.split("。")[0] for _, sentence in problems_in(response)] == [said]
    assert (Measure.objects.get().value_kind, Plan.objects.get().end_year) == ("number", 2023)


IN_A_YEAR = {
    "確定": lambda measure: in_state(measure.section, 2023, YearState.CONFIRMED),
    "協議会意見": lambda measure: measure.plan.opinions.create(
        fiscal_year=2023, council="協議会", held_on=date(2024, 2, 1), number=1, opinion="意見"
    ),
    "取組": lambda measure: ActionItem.objects.create(
        plan=measure.plan, section=measure.section, fiscal_year=2023, action="広げる。"
    ),
}


@pytest.mark.parametrize("what", IN_A_YEAR)
def test_a_plan_is_not_shortened_by_a_year_that_is_in_use(client, measure, what):
    client.force_login(a_user(Role.MANAGER))
    IN_A_YEAR[what](measure)

    preview = upload(client, a_csv({"終了年度": "2022"}))

    assert [sentence for _, sentence in problems_in(preview)] == [
        "2023年度には入力があるため、計画の期間から外せません。"
    ]


@pytest.mark.parametrize("what", IN_A_YEAR)
def test_a_plan_is_not_shortened_by_a_year_that_came_into_use_meanwhile(client, measure, what):
    client.force_login(a_user(Role.MANAGER))
    preview = upload(client, a_csv({"終了年度": "2022"}))
    IN_A_YEAR[what](measure)

    response = confirm(client, preview)

    said = f"「{measure.plan.name}」終了年度は、この間に、外れる年度に確定や協議会意見などが加わったため変えられません"
    assert [sentence.split("。")[0] for _, sentence in problems_in(response)] == [said]
    assert Plan.objects.get().end_year == 2023


def somebody_waits_for_us():
    """Whether another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
        return cursor.fetchone()[0]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_import_waits_for_its_years_without_holding_the_plan(client, measure):
    """Publishing locks the years first and then the plan; the other way round each would wait for the other."""
    editor = a_user()
    change = ValueChange(KEY, "1-1", TITLE, 2021, Side.ACTUAL, Value(Decimal(3)), Value(Decimal(9)))

    def import_it():
        try:
            return apply_import([change], by=editor, channel=Channel.UPLOAD)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_section_year(measure.section, 2021)
            waiting = pool.submit(import_it)
            until(somebody_waits_for_us)
            plan = Plan.objects.select_for_update(no_key=True, nowait=True).get()
        assert (plan, waiting.result(timeout=PATIENCE)) == (measure.plan, 1)


def test_a_role_lost_meanwhile_is_lost(client, measure, manager):
    client.force_login(manager)
    preview = upload(client, a_csv({"指標名": "新しい名"}))
    manager.memberships.update(role=Role.EDITOR)

    assert confirm(client, preview).status_code == 403
    assert Measure.objects.get().title == TITLE


def test_the_same_confirmation_twice_writes_once(client, measure):
    client.force_login(a_user())
    preview = upload(client, a_csv({"実績値": "9"}))
    confirm(client, preview)

    again = confirm(client, preview)

    assert messages_on(again) == ["変更はありませんでした。"]
    assert Change.objects.count() == 1


def test_what_was_signed_cannot_be_altered(client, measure):
    client.force_login(a_user())
    preview = signed_in(upload(client, a_csv({"実績値": "9"})))

    response = client.post(address(), {"preview": preview[:-2] + "xx"})

    assert "確かめた内容を読み取れませんでした" in response.text
    assert stored() == Value(Decimal(3))


def test_what_was_signed_belongs_to_one_person_and_one_plan(client, measure):
    other_plan = a_plan(generation=7, start=2024, end=2026)
    editor = a_user()
    client.force_login(editor)
    preview = signed_in(upload(client, a_csv({"実績値": "9"})))

    elsewhere = client.post(address(other_plan.slug), {"preview": preview})
    client.force_login(a_user())
    by_another = client.post(address(), {"preview": preview})

    assert "ほかの計画か、ほかの人が確かめた内容です" in elsewhere.text
    assert "ほかの計画か、ほかの人が確かめた内容です" in by_another.text
    assert stored() == Value(Decimal(3))


def test_a_preview_grows_old(client, measure):
    editor = a_user()
    client.force_login(editor)
    preview = signed_in(upload(client, a_csv({"実績値": "9"})))

    with time_machine.travel(timezone.now() + MAX_AGE, tick=False):
        client.force_login(editor)
        response = client.post(address(), {"preview": preview})

    assert "時間がたちすぎました" in response.text
    assert stored() == Value(Decimal(3))


def test_a_plan_is_not_made_from_the_page(client, measure):
    client.force_login(a_user(Role.MANAGER))

    upload(client, a_csv({"団体コード": "120006"}))

    assert (Plan.objects.count(), Municipality.objects.count()) == (1, 1)
