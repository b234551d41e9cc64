"""計画変更: opening, correcting and removing one; the page with 当初 and 変更後 side by side, and its table."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.values import EMPTY, Value
from core.words import Family, Side, State, ValueKind
from evaluations.planning.revisions import correct_revision, days_of, open_revision, remove_revision, why_not_on
from evaluations.publishing.citations import not_published
from plans.actions import CellChange, record_values
from plans.models import Change, Channel, Municipality, PlanRevision, Role, Subject, YearlyValue, YearState
from plans.refusals import Conflict, Refused
from tests.builders import (
    a_measure,
    a_municipality,
    a_plan,
    a_prefecture_user,
    a_revision,
    a_section,
    a_user,
    a_value,
    changed_plan,
    in_state,
)
from tests.page_forms import form_with
from tests.page_readers import page_tree, rows_of, words

pytestmark = pytest.mark.django_db

DAY = date(2022, 10, 1)
REASON = "事業所が増えたため"


@pytest.fixture
def plan():
    """第1節 with one measure: 12 planned in 2022."""
    plan = a_plan()
    measure = a_measure(a_section(plan), "a", title="地域移行者数")
    a_value(measure, 2022, 12, side=Side.PLANNED)
    return plan


def place(plan, revision=None):
    address = reverse("evaluations:revisions", args=[plan.slug])
    return address if revision is None else f"{address}?revision={revision}"


def drawn(client, plan, revision=None):
    return form_with(client.get(place(plan, revision)), "decided_on") | {"do": "save"}


def opened(plan, day=DAY, reason=REASON, newest=0, by=None):
    return open_revision(plan, day, reason, seen_newest=newest, by=by or a_user(Role.MANAGER), channel=Channel.SCREEN)


def kept(plan):
    return [(r.number, r.decided_on, r.reason) for r in plan.revisions.order_by("number")]


def plan_value(plan, new, *, code="a", year=2022, old=12):
    measure = plan.measures.get(code=code)
    values = [Value(number=None if side is None else Decimal(side)) for side in (old, new)]
    record_values([CellChange(measure, year, Side.PLANNED, *values)], by=None, channel=Channel.COMMAND)


# --- Opening ---


def test_a_manager_opens_a_revision_with_its_day_and_reason(as_manager, plan):
    typed = {"decided_on": "2022-10-01", "reason": REASON}

    page = as_manager.post(place(plan), drawn(as_manager, plan) | typed, follow=True)

    revision = plan.revisions.get(number=1)
    assert kept(plan) == [(0, None, ""), (1, DAY, REASON)]
    assert revision.opened_by.username == "kanri"
    assert "第1回変更を登録しました。これからの計画値は第1回変更の値として記録します。" in page.text
    assert "令和4年10月1日" in page.text


def test_opening_correcting_and_removing_are_lines_of_the_history(plan):
    by = a_user(Role.MANAGER)
    revision = opened(plan, by=by)
    correct_revision(revision, DAY, "別の理由", version=0, by=by, channel=Channel.SCREEN)
    remove_revision(revision, version=1, by=by, channel=Channel.SCREEN)

    lines = Change.objects.filter(subject=Subject.REVISION).order_by("id")

    first, second = "決定日：令和4年10月1日／理由：事業所が増えたため", "決定日：令和4年10月1日／理由：別の理由"
    assert [(line.by, line.plan, line.field, line.old, line.new) for line in lines] == [
        (by, plan, "第1回変更", None, first),
        (by, plan, "第1回変更", first, second),
        (by, plan, "第1回変更", second, None),
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"decided_on": ""}, "決定日を入力してください。"),
        ({"decided_on": "10月"}, "決定日は「2022-10-01」のように入力してください。"),
        ({"decided_on": "2020-03-31"}, "計画が作られる前の日です。決定日は令和2年4月1日以後にしてください。"),
        ({"decided_on": "2024-04-01"}, "計画の期間が終わった後の日です。決定日は令和6年3月31日までにしてください。"),
        ({"reason": " "}, "理由を書いてください。"),
        ({"reason": "あ" * 1001}, "1000文字までで入力してください（1001文字あります）。"),
        ({"reason": "理\x0b由"}, "目に見えない制御文字が含まれています。"),
    ],
)
def test_a_problem_is_named_and_what_was_typed_stays(as_manager, plan, typed, sentence):
    fields = {"decided_on": "2022-10-01", "reason": REASON} | typed

    page = as_manager.post(place(plan), drawn(as_manager, plan) | fields)

    assert kept(plan) == [(0, None, "")]
    assert sentence in page.text
    again = form_with(page, "decided_on")
    assert (again["decided_on"], again["reason"].strip()) == (fields["decided_on"], fields["reason"].strip())


@pytest.mark.parametrize(
    ("number", "today", "first", "last"),
    [
        (1, date(2022, 6, 1), date(2021, 3, 20), date(2023, 6, 2)),
        (1, date(2026, 6, 1), date(2021, 3, 20), date(2024, 3, 31)),
        (0, date(2026, 6, 1), date(2020, 4, 1), DAY),
        (2, date(2026, 6, 1), DAY, date(2024, 3, 31)),
    ],
)
def test_the_days_of_a_revision_keep_the_order_of_the_plan(number, today, first, last):
    plan = a_plan()
    adopted = PlanRevision(plan=plan, number=0, decided_on=date(2021, 3, 20))
    revisions = [adopted] if number == 1 else [adopted, PlanRevision(plan=plan, number=1, decided_on=DAY)]

    days = days_of(plan, revisions, number, today)

    assert (days.first, days.last) == (first, last)
    assert [bool(why_not_on(days, day)) for day in (first, last)] == [False, False]


def test_a_revision_comes_not_before_the_one_before_it(plan):
    opened(plan)

    with pytest.raises(Refused, match=r"第1回変更（令和4年10月1日）より前の日です。決定日は令和4年10月1日以後に"):
        opened(plan, day=date(2022, 9, 30), newest=1)


def test_the_day_of_first_adoption_may_be_recorded_and_bounds_the_rest(as_manager, plan):
    fields = drawn(as_manager, plan, 0)

    as_manager.post(place(plan, 0), fields | {"decided_on": "2021-03-20"})
    page = as_manager.post(place(plan), drawn(as_manager, plan) | {"decided_on": "2021-03-19", "reason": REASON})

    assert "reason" not in fields
    assert kept(plan) == [(0, date(2021, 3, 20), "")]
    assert "計画の策定（令和3年3月20日）より前の日です。" in page.text


def test_of_two_managers_who_open_at_once_the_second_sees_the_first_and_decides(as_manager, plan):
    fields = drawn(as_manager, plan) | {"decided_on": "2022-11-01", "reason": "別の理由"}
    opened(plan)

    page = as_manager.post(place(plan), fields)
    between = kept(plan)
    as_manager.post(place(plan), form_with(page, "decided_on") | {"do": "save"})

    assert "ほかの人が先に計画変更を登録または削除しました。" in page.text
    assert REASON in page.text
    assert between == [(0, None, ""), (1, DAY, REASON)]
    assert kept(plan) == [*between, (2, date(2022, 11, 1), "別の理由")]


def test_a_revision_without_day_or_reason_does_not_get_into_the_database(plan):
    for fields in ({"decided_on": None, "reason": REASON}, {"decided_on": DAY, "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanRevision.objects.create(plan=plan, number=1, **fields)


# --- Correcting and removing ---


def test_day_and_reason_are_corrected(as_manager, plan):
    opened(plan)

    page = as_manager.post(place(plan, 1), drawn(as_manager, plan, 1) | {"reason": "直した理由"}, follow=True)

    assert kept(plan)[1] == (1, DAY, "直した理由")
    assert "第1回変更を保存しました。" in page.text


def test_a_colleagues_correction_is_shown_before_it_is_written_over(as_manager, plan):
    revision = opened(plan)
    fields = drawn(as_manager, plan, 1) | {"reason": "自分の理由"}
    correct_revision(revision, DAY, "同僚の理由", version=0, by=a_user(Role.MANAGER), channel=Channel.SCREEN)

    page = as_manager.post(place(plan, 1), fields)
    between = kept(plan)[1]
    as_manager.post(place(plan, 1), form_with(page, "decided_on") | {"do": "save"})

    assert "理由：同僚の理由" in page.text
    assert (between[2], kept(plan)[1][2]) == ("同僚の理由", "自分の理由")


def test_a_revision_that_changed_nothing_is_removed_and_values_go_into_the_first_plan_again(as_manager, plan):
    opened(plan)
    page = as_manager.get(place(plan, 1)).text

    as_manager.post(place(plan, 1), drawn(as_manager, plan, 1) | {"do": "delete"})
    plan_value(plan, 15)

    assert "この計画変更を削除" in page
    assert kept(plan) == [(0, None, "")]
    assert [(row.revision, row.replaced_in) for row in YearlyValue.objects.all()] == [(0, None)]


@pytest.mark.parametrize("new", [15, None])
def test_a_revision_that_changed_or_took_away_a_value_stays(as_manager, plan, new):
    opened(plan)
    fields = drawn(as_manager, plan, 1)
    plan_value(plan, new)

    page = as_manager.post(place(plan, 1), fields | {"do": "delete"})

    assert len(kept(plan)) == 2
    assert "第1回変更で変えた計画値が1件あるため削除できません。" in page.text
    assert "この計画変更を削除" not in as_manager.get(place(plan, 1)).text


def test_only_the_newest_revision_is_removed_and_never_the_first_plan(plan):
    by = a_user(Role.MANAGER)
    first = opened(plan, by=by)
    opened(plan, newest=1, by=by)

    with pytest.raises(Refused, match="第1回変更より後の計画変更があります。"):
        remove_revision(first, version=0, by=by, channel=Channel.SCREEN)
    with pytest.raises(Refused, match="当初の計画は削除できません。"):
        remove_revision(plan.revisions.get(number=0), version=0, by=by, channel=Channel.SCREEN)


def test_what_was_corrected_meanwhile_is_not_removed(plan):
    by = a_user(Role.MANAGER)
    revision = opened(plan, by=by)
    correct_revision(revision, DAY, "直した理由", version=0, by=by, channel=Channel.SCREEN)

    with pytest.raises(Conflict):
        remove_revision(revision, version=0, by=by, channel=Channel.SCREEN)


# --- Who ---


def test_everybody_of_the_plan_reads_and_managers_alone_change(client, plan):
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    plan.municipality.prefecture = prefecture
    plan.municipality.save()
    revision = opened(plan, by=a_user(Role.MANAGER, plan.municipality))
    plan_value(plan, 15)
    others = [a_user(role) for role in (Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER)]
    others.append(a_prefecture_user(prefecture))

    answers = []
    for person in others:
        client.force_login(person)
        page = client.get(place(plan))
        posted = [client.post(place(plan, query), {"do": act}) for query, act in ((None, "save"), (1, "delete"))]
        edits = client.get(place(plan, 1))
        answers.append((REASON in page.text, 'id="revision' in page.text, *(a.status_code for a in (*posted, edits))))
        for act in (
            lambda by=person: opened(plan, newest=1, by=by),
            lambda by=person: correct_revision(revision, DAY, "x", version=0, by=by, channel=Channel.SCREEN),
            lambda by=person: remove_revision(revision, version=0, by=by, channel=Channel.SCREEN),
        ):
            with pytest.raises(PermissionDenied):
                act()

    assert answers == [(True, False, 403, 403, 404)] * 5
    assert kept(plan) == [(0, None, ""), (1, DAY, REASON)]


def test_another_citys_manager_finds_nothing(client, plan):
    opened(plan)
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    answers = [client.get(place(plan)), client.post(place(plan), {"do": "save"})]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_viewer_reads_of_a_revision_in_the_history(client, plan):
    opened(plan)
    client.force_login(a_user(Role.VIEWER))

    assert REASON in client.get(reverse("plans:history")).text


# --- The page ---


def test_first_and_changed_values_stand_side_by_side_with_difference_and_reason(client, plan):
    section = plan.sections.get()
    rate = a_measure(section, "b", title="定着率", value_kind=ValueKind.RATE, unit="%")
    a_revision(plan, 1, reason="一つ目")
    a_revision(plan, 2, reason="二つ目")
    YearlyValue.objects.all().delete()
    changed_plan(plan.measures.get(code="a"), 2022, 12, 15, 20)
    changed_plan(rate, 2023, 50, None, "62.5")
    a_value(rate, 2022, 50, side=Side.PLANNED)
    client.force_login(a_user(Role.VIEWER))

    page = client.get(place(plan))

    headings = ("当初", "第1回変更後", "第2回変更後")
    rows = page_tree(page).findall(".//tr[@data-measure]")
    assert [(row.get("data-measure"), row.get("data-year")) for row in rows] == [("a", "2022"), ("b", "2023")]
    assert [[cell.get("data-label") for cell in row[3:6]] for row in rows] == [list(headings)] * 2
    assert [[words(cell) for cell in row[3:7]] for row in rows] == [
        ["12人", "15人", "20人", "+8人"],
        ["50%", "変更なし", "62.5%", "+12.5ポイント"],
    ]
    assert [[words(reason) for reason in row[7]] for row in rows] == [
        ["第1回：一つ目", "第2回：二つ目"],
        ["第2回：二つ目"],
    ]
    assert [row[3] for row in rows_of(page, "計画の策定と変更の一覧")] == ["―", "1件", "2件"]


def test_those_who_write_find_the_way_to_each_open_year_and_why_others_are_not(client, plan):
    in_state(plan.sections.get(), 2021, YearState.CONFIRMED)
    in_state(plan.sections.get(), 2022, YearState.SUBMITTED)
    opened(plan)

    links = {}
    for role in (Role.VIEWER, Role.EDITOR, Role.CHECKER):
        client.force_login(a_user(role))
        page = client.get(place(plan)).text
        links[role] = (
            [reverse("evaluations:entry_section", args=[plan.slug, year, 1]) in page for year in plan.years],
            [reason in page for reason in ("確定しているため変更できません。", "確認待ちのため変更できません。")],
        )

    assert links == {
        Role.VIEWER: ([False] * 3, [False, False]),
        Role.EDITOR: ([False, False, True], [True, True]),
        Role.CHECKER: ([False, True, True], [True, False]),
    }


def test_a_plan_as_first_adopted_says_so(client, plan):
    client.force_login(a_user(Role.VIEWER))

    assert "この計画は、当初のままです。" in client.get(place(plan)).text


def test_settings_and_overview_lead_to_the_page(as_manager, plan):
    before = place(plan) in as_manager.get(reverse("evaluations:dashboard", args=[plan.slug])).text
    opened(plan)

    after = as_manager.get(reverse("evaluations:dashboard", args=[plan.slug])).text

    assert before is False
    assert "この計画は1回変更されています（第1回変更：令和4年10月1日決定）。" in after
    assert place(plan) in as_manager.get(reverse("plans:plan_settings", args=[plan.slug])).text


# --- The table ---


def cells(response):
    book = load_workbook(io.BytesIO(response.content))
    return [tuple(cell.value for cell in row) for row in book.active.iter_rows()]


def table(client, plan):
    return client.get(reverse("evaluations:revisions_table", args=[plan.slug]))


def test_the_table_has_numbers_as_numbers_and_nothing_becomes_a_formula(stopped_clock, client, plan):
    section = plan.sections.get()
    a_revision(plan, 1, reason="=1+1\n二行目")
    a_revision(plan, 2, day=date(2023, 4, 1), reason="二つ目")
    plan_value(plan, 15)
    words = a_measure(section, "b", title="設置", value_kind=ValueKind.PRESENCE, unit="か所", family=Family.INDICATOR)
    record_values(
        [CellChange(words, 2023, Side.PLANNED, EMPTY, Value(state=State.NOT_SET))], by=None, channel=Channel.COMMAND
    )
    YearlyValue.objects.filter(number=15).update(revision=1)
    YearlyValue.objects.filter(number=12).update(replaced_in=1)
    client.force_login(a_user(Role.VIEWER))

    response = table(client, plan)

    blank = (None,) * 9
    assert cells(response) == [
        ("印西市 第6期障害福祉計画 計画変更", *blank),
        ("第1回変更（令和4年10月1日決定）：=1+1　二行目", *blank),
        ("第2回変更（令和5年4月1日決定）：二つ目", *blank),
        (None, *blank),
        (
            *("節", "指標コード", "指標", "単位", "年度"),
            *("当初", "第1回変更後", "第2回変更後", "当初との差", "変更の理由"),
        ),
        ("第1節", "a", "地域移行者数", "人", "令和4年度", 12, 15, "変更なし", 3, "第1回：=1+1\n二行目"),
        ("第1節", "b", "設置", "か所", "令和5年度", "なし", "変更なし", "設定しない", None, "第2回：二つ目"),
        (None, *blank),
        (not_published().words, *blank),
    ]
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [sheet.cell(6, column).data_type for column in (6, 7, 9, 10)] == ["n", "n", "n", "s"]
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$5:$5")


def test_a_table_without_changes_says_so(stopped_clock, client, plan):
    client.force_login(a_user(Role.VIEWER))

    assert [row[0] for row in cells(table(client, plan))][-3:] == [
        "変更した計画値はありません。",
        None,
        not_published().words,
    ]


# --- Bars and simultaneous people ---


def questions(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked.captured_queries)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_more_changes_ask_no_more(client, plan, role):
    client.force_login(a_user(role))
    a_revision(plan)
    plan_value(plan, 15)
    section = plan.sections.get()
    in_state(section, 2021, YearState.CONFIRMED)
    names = {"revisions": (), "revisions_table": (), "section_year": (1, 2022), "dashboard": (), "measure": ("a",)}
    if role == Role.MANAGER:
        names |= {"publish": (), "import": (), "entry_section": (2022, 1)}
    addresses = [reverse(f"evaluations:{name}", args=[plan.slug, *more]) for name, more in names.items()]
    few = {address: questions(client, address) for address in addresses}

    for number in range(2, 31):
        changed_plan(a_measure(section, f"n{number}"), 2022, number, number + 1)
    a_revision(plan, 2)
    many = {address: questions(client, address) for address in addresses}

    assert many == few
    assert max(many.values()) <= 12


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_open_in_the_same_moment_open_one(plan):
    people, together = [a_user(Role.MANAGER), a_user(Role.MANAGER)], Barrier(2)

    def act(by):
        try:
            together.wait()
            return opened(plan, by=by).number
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(map(str, pool.map(act, people)))

    assert outcomes == ["1", "ほかの人が先に計画変更を登録または削除しました。いまの一覧を確かめてください。"]


@pytest.mark.django_db(transaction=True)
def test_a_revision_is_not_removed_under_a_value_that_is_just_written_into_it(plan):
    by, together = a_user(Role.MANAGER), Barrier(2)
    revision = opened(plan, by=by)

    def write():
        together.wait()
        plan_value(plan, 15)

    def remove():
        together.wait()
        remove_revision(revision, version=0, by=by, channel=Channel.SCREEN)

    def outcome(act):
        try:
            act()
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        written, removed = pool.map(outcome, (write, remove))

    rows = [(row.revision, row.replaced_in, row.number) for row in YearlyValue.objects.order_by("revision")]
    assert written == "done"
    assert (removed == "done", rows) in [(True, [(0, None, 15)]), (False, [(0, 1, 12), (1, None, 15)])]
