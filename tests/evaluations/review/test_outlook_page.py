"""The outlook that a city chooses: who may, what two people do to each other, and what it never betrays or changes."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.words import Accumulation, Side, ValueKind
from evaluations.models import Outlook
from evaluations.publishing.publication import publish
from evaluations.review.outlook_choice import choose_outlook
from evaluations.review.outlooks import prospect_of
from plans.access import plan_for
from plans.models import Change, Channel, Department, Role, Subject, YearState
from plans.queries import measure_rows
from plans.refusals import Conflict, Refused
from tests.builders import (
    a_measure,
    a_municipality,
    a_plan,
    a_prefecture_user,
    a_section,
    a_user,
    a_value,
    in_state,
)
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db

REASON = "来年度にグループホームが開くため。"


@pytest.fixture
def city(prefecture):
    return a_municipality(prefecture=prefecture)


@pytest.fixture
def measure(section):
    """A goal of 35 in 2023; 20 and 24 so far."""
    measure = a_measure(section, "1-1", title="地域移行者数")
    a_value(measure, 2023, 35, side=Side.PLANNED)
    a_value(measure, 2021, 20)
    a_value(measure, 2022, 24)
    return measure


def address(measure):
    return reverse("evaluations:measure", args=[measure.plan.slug, measure.code])


def choose(measure, by, method="average", reason=REASON, version=0, own=None):
    choose_outlook(measure, method, reason, own=own, version=version, by=by, channel=Channel.SCREEN)


def kept(measure):
    found = Outlook.objects.filter(measure=measure).first()
    return found and (found.method, found.own, found.reason, found.basis_year, found.version)


def settle(section, *years):
    for year in years:
        in_state(section, year, YearState.CONFIRMED)


# --- The verb ---


def test_a_choice_is_kept_with_its_reason_and_leaves_one_line_in_the_history(measure, editor):
    choose(measure, editor)

    assert kept(measure) == ("average", None, REASON, 2022, 1)
    assert list(Change.objects.values_list("subject", "field", "measure", "fiscal_year", "old", "new", "by")) == [
        (Subject.OUTLOOK, "達成見込み", measure.pk, None, None, f"平均の増減／理由：{REASON}", editor.pk)
    ]


def test_a_choice_can_be_changed_and_taken_back(measure, editor):
    choose(measure, editor)
    choose(measure, editor, "own", own=Decimal("30.5"), version=1)
    choose(measure, editor, "", "計画を変更するため。", version=2)

    assert kept(measure) == ("", None, "計画を変更するため。", 2022, 3)
    assert [change.new for change in Change.objects.order_by("id")][1:] == [
        f"市が見込む値 30.5／理由：{REASON}",
        "選ばない／理由：計画を変更するため。",
    ]


def test_a_choice_that_was_taken_back_shows_nowhere(client, section, measure, editor):
    choose(measure, editor)
    choose(measure, editor, "", "計画を変更するため。", version=1)
    client.force_login(editor)

    page = client.get(reverse("evaluations:section_year", args=[section.plan.slug, 1, 2022])).text

    assert "見込み 28人" not in page
    assert form_with(client.get(address(measure)), "method")["reason"] == ""


def test_choosing_the_same_again_writes_nothing(measure, editor):
    choose(measure, editor)
    choose(measure, editor)

    assert (kept(measure)[-1], Change.objects.count()) == (1, 1)


def test_confirmed_years_do_not_lock_an_outlook(section, measure, editor):
    settle(section, 2021, 2022, 2023)

    choose(measure, editor)

    assert kept(measure)[0] == "average"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PREFECTURE, None])
def test_who_may_not_enter_may_not_choose(measure, role):
    city = a_municipality("120006") if role == Role.PREFECTURE else None

    with pytest.raises(PermissionDenied):
        choose(measure, a_user(role, city))

    assert kept(measure) is None


def test_a_person_with_a_department_chooses_for_its_measures_alone(measure):
    department = Department.objects.create(municipality=measure.plan.municipality, name="福祉課")
    person = a_user(department=department)

    with pytest.raises(PermissionDenied):
        choose(measure, person)
    measure.department = department
    measure.save()
    choose(measure, person)

    assert kept(measure)[0] == "average"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"reason": ""}, "理由を書いてください。"),
        ({"method": ""}, "市が採る見込みを選んでください。"),
        ({"method": "own"}, "「市が見込む値」を選んだときにだけ、その値を入力してください。"),
        ({"own": Decimal(3)}, "「市が見込む値」を選んだときにだけ、その値を入力してください。"),
        ({"method": "own", "own": Decimal(-1)}, "市が見込む値は、0以上にしてください。"),
    ],
)
def test_what_makes_no_choice_is_refused_with_the_remedy(measure, editor, wanted, sentence):
    with pytest.raises(Refused, match=sentence):
        choose(measure, editor, **wanted)

    assert kept(measure) is None


def test_nothing_is_chosen_from_a_single_actual(section, editor):
    measure = a_measure(section)
    a_value(measure, 2021, 20)

    with pytest.raises(Refused, match="実績が2年度分以上そろい"):
        choose(measure, editor, "own", own=Decimal(5))


@pytest.mark.parametrize(
    "broken",
    [
        {"method": "guess"},
        {"method": "own"},
        {"own": Decimal(3)},
        {"reason": ""},
        {"method": "", "reason": ""},
        {"version": 0},
    ],
)
def test_the_database_refuses_half_a_choice(measure, editor, broken):
    whole = {"method": "hold", "reason": "理由", "basis_year": 2022, "chosen_at": timezone.now(), "chosen_by": editor}

    with pytest.raises(IntegrityError), transaction.atomic():
        Outlook.objects.create(measure=measure, **(whole | broken))


# --- Two people ---


def test_the_second_of_two_sees_what_the_first_chose_and_loses_nothing(client, measure, editor):
    client.force_login(editor)
    drawn = form_with(client.get(address(measure)), "method")
    choose(measure, a_user(username="taro"), "hold", "先に選んだ理由")

    page = client.post(address(measure), drawn | {"method": "average", "reason": REASON})
    again = form_with(page, "method")

    assert kept(measure)[:3] == ("hold", None, "先に選んだ理由")
    assert "ほかの人が先に変更しました。" in page.text
    assert "先に選んだ理由" in page.text
    assert (again["method"], again["reason"], again["version"]) == ("average", REASON, "1")
    client.post(address(measure), again)
    assert kept(measure)[:3] == ("average", None, REASON)


def test_a_form_without_its_version_overwrites_nothing(measure, editor):
    choose(measure, editor)

    with pytest.raises(Conflict):
        choose(measure, editor, "hold", version=-1)


@pytest.mark.django_db(transaction=True)
def test_of_two_first_choices_at_the_same_moment_one_is_kept_and_one_told(measure):
    people, start = [a_user(username="hanako"), a_user(username="taro")], Barrier(2)

    def act(person, method):
        try:
            start.wait()
            choose(measure, person, method)
            return "kept"
        except Conflict:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(act, people, ("hold", "average")))

    assert answers == ["kept", "told"]
    assert (Outlook.objects.count(), Change.objects.count()) == (1, 1)


# --- The pages ---


def test_the_measure_page_shows_methods_range_need_and_choice(client, measure, editor):
    choose(measure, editor)
    client.force_login(editor)

    page = client.get(address(measure)).text

    for words in (
        "令和4年度の24人に、令和3年度から令和4年度までの増減の平均（年+4人）を足していく",
        "20〜32人",
        "令和5年度の目標35人まで、あと年11人の増加が必要、過去最大は年4人（令和4年度）です。",
        "市が採る見込み：28人（平均の増減から）",
        REASON,
    ):
        assert words in page


def test_a_choice_is_made_on_the_page_without_a_script(client, measure, editor):
    client.force_login(editor)
    drawn = form_with(client.get(address(measure)), "method")

    answer = client.post(address(measure), drawn | {"method": "own", "own": "３０人", "reason": REASON})

    assert (answer.status_code, answer["Location"]) == (302, f"{address(measure)}#outlook")
    assert kept(measure) == ("own", 30, REASON, 2022, 1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"method": "own", "own": "", "reason": REASON}, "値を入力してください。"),
        ({"method": "own", "own": "三十", "reason": REASON}, "数値で入力してください（入力：三十）"),
        ({"method": "own", "own": "－", "reason": REASON}, "市が見込む値は数字で入力してください。"),
        ({"method": "own", "own": "-5", "reason": REASON}, "市が見込む値は、0以上にしてください。"),
        ({"method": "hold", "own": "30", "reason": REASON}, "使わないときは空欄にします。"),
        ({"method": "hold", "own": "", "reason": ""}, "理由を書いてください。"),
        ({"method": "", "own": "", "reason": REASON}, "市が採る見込みを選んでください。"),
        ({"method": "guess", "own": "", "reason": REASON}, "一覧の方法から選んでください。"),
    ],
)
def test_a_problem_is_told_and_what_was_typed_stays(client, measure, editor, typed, sentence):
    client.force_login(editor)
    drawn = form_with(client.get(address(measure)), "method")

    page = client.post(address(measure), drawn | typed)

    assert (page.status_code, kept(measure)) == (200, None)
    assert sentence in page.text
    assert form_with(page, "method")["own"] == typed["own"]


def test_each_role_finds_what_is_for_it(client, section, measure, stranger):
    settle(section, 2021, 2022)
    choose(measure, a_user(username="first"))
    people = {role.value: a_user(role) for role in Role if role != Role.PREFECTURE}
    people["prefecture"] = a_prefecture_user(a_municipality("120006"))

    seen, posted = {}, {}
    for role, person in people.items():
        client.force_login(person)
        page = client.get(address(measure)).text
        seen[role] = (REASON in page, 'name="method"' in page)
        posted[role] = client.post(address(measure), {"method": "", "version": "9"}).status_code
    client.force_login(stranger)

    writers = ("editor", "checker", "confirmer", "manager")
    assert seen == {role: (True, role in writers) for role in people}
    assert posted == {role: 200 if role in writers else 403 for role in people}
    assert client.post(address(measure)).status_code == 404
    client.logout()
    assert client.post(address(measure)).status_code == 302


def test_the_choice_stands_in_the_cell_of_the_last_year_and_on_the_dashboard(client, section, measure, editor):
    choose(measure, editor)
    client.force_login(editor)

    pdca = client.get(reverse("evaluations:section_year", args=[section.plan.slug, 1, 2022])).text
    dashboard = client.get(reverse("evaluations:dashboard", args=[section.plan.slug])).text

    assert pdca.count("見込み 28人（平均の増減から）") == 1
    assert dashboard.count("見込み 28人（平均の増減から）") == 1


def test_pages_ask_no_more_for_more_choices(client, section, measure, editor):
    pages = [
        reverse("evaluations:section_year", args=[section.plan.slug, 1, 2022]),
        reverse("evaluations:dashboard", args=[section.plan.slug]),
    ]
    client.force_login(editor)

    def asked():
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            counts.append(len(queries))
        return counts

    without = asked()
    choose(measure, editor)
    for number in range(5):
        more = a_measure(section, f"more{number}")
        a_value(more, 2023, 35, side=Side.PLANNED)
        a_value(more, 2021, 20)
        a_value(more, 2022, 24)
        choose(more, editor)

    assert asked() == without


def test_newer_actuals_ask_whether_the_choice_still_holds(client, editor):
    section = a_section(a_plan(generation=7, end=2026))
    measure = a_measure(section, "p", accumulation=Accumulation.YEAR_END)
    a_value(measure, 2021, 20)
    a_value(measure, 2022, 24)
    choose(measure, editor)
    a_value(measure, 2023, 26)
    client.force_login(editor)

    page = client.get(address(measure)).text

    assert "選んだあとに令和5年度の実績が入りました。" in page


def test_a_running_total_grows_from_the_first_year_in_which_it_is_counted(editor):
    plan = plan_for(editor, a_plan(generation=7, end=2026).slug)
    measure = a_measure(a_section(plan), "r", accumulation=Accumulation.CUMULATIVE, since_year=2023)
    a_value(measure, 2023, 10)
    a_value(measure, 2024, 20)

    [row] = measure_rows(plan, [measure], access=plan.access)

    found = prospect_of(row)
    assert [change.amount for change in found.changes] == [10, 10]
    assert [one.values[2026] for one in found.projections] == [40, 40, 40]


@pytest.mark.parametrize("kind", [ValueKind.PRESENCE, ValueKind.TEXT])
def test_what_is_no_number_has_no_outlook(client, section, editor, kind):
    measure = a_measure(section, "k", value_kind=kind)
    client.force_login(editor)

    assert "達成見込み" not in client.get(address(measure)).text


# --- Nothing is betrayed ---


def test_hidden_actuals_are_never_betrayed_by_an_outlook(client, section, editor):
    measure = a_measure(section, "1-1")
    a_value(measure, 2023, 40000, side=Side.PLANNED)
    a_value(measure, 2021, 20)
    a_value(measure, 2022, 31337)
    settle(section, 2021)
    choose(measure, editor, "own", "令和4年度が31337人だったため。", own=Decimal(32765))
    client.force_login(a_user(Role.VIEWER))
    slug = section.plan.slug
    pages = [
        address(measure),
        reverse("evaluations:section_year", args=[slug, 1, 2023]),
        reverse("evaluations:dashboard", args=[slug]),
        reverse("plans:history"),
    ]

    shown = "".join(client.get(page).text for page in pages)

    assert [words for words in ("31337", "32765", "62654", "市が見込む値", "過去最大") if words in shown] == []
    assert "見られる実績が2年度分以上そろい" in shown


def test_a_reader_gets_an_outlook_over_the_years_that_are_settled(client):
    section = a_section(a_plan(generation=7, end=2026))
    measure = a_measure(section, "p", accumulation=Accumulation.YEAR_END)
    for year, number in ((2021, 20), (2022, 24), (2023, 31337)):
        a_value(measure, year, number)
    settle(section, 2021, 2022)
    choose(measure, a_user(), "hold", "令和5年度の速報から。")
    client.force_login(a_user(Role.VIEWER))

    page = client.get(address(measure)).text

    assert "令和5年度の見込み" in page
    assert "令和4年度の24人がそのまま続く" in page
    assert [words for words in ("31337", "速報から", "市が採る見込み") if words in page] == []


def test_settling_every_year_shows_the_choice_and_reopening_hides_it_again(client, section, measure, editor):
    choose(measure, editor)
    client.force_login(a_user(Role.VIEWER))

    seen = []
    for state in (YearState.DRAFT, YearState.CONFIRMED, YearState.RETURNED):
        in_state(section, 2021, YearState.CONFIRMED)
        in_state(section, 2022, state)
        seen.append(REASON in client.get(address(measure)).text)

    assert seen == [False, True, False]


# --- Nothing is changed ---


def test_exports_and_published_pages_know_nothing_of_an_outlook(client, section, measure, editor):
    manager = a_user(Role.MANAGER)
    settle(section, 2021, 2022)
    publish(section.plan, 2022, by=manager, reason="", channel=Channel.SCREEN)
    client.force_login(manager)
    slug = section.plan.slug
    files = [
        reverse("evaluations:tidy_download", args=[slug, "csv"]),
        reverse("evaluations:tidy_download", args=[slug, "json"]),
        reverse("evaluations:published_data", args=[slug, "csv"]),
        reverse("evaluations:published_section", args=[slug, 1, 2022]),
    ]

    def contents():
        return [without_tokens(client.get(file)) for file in files]

    before = contents()

    choose(measure, editor, "own", own=Decimal(31337))

    assert contents() == before
    with pytest.raises(Refused, match="同じ内容です"):
        publish(section.plan, 2022, by=manager, reason="差し替え", channel=Channel.SCREEN)


def without_tokens(answer) -> str:
    """The text of an answer without what is new in every one."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return re.sub('name="csrfmiddlewaretoken" value="[^"]*"', "", content.decode("utf-8"))
