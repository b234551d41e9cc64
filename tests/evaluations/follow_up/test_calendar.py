"""日程 as people read it: what the database knows of each date, the page, the box of the dashboard, and the file."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from core.words import State
from core.yearly_round import RoundStep
from evaluations.follow_up.calendar_page import calendar_page
from evaluations.follow_up.deadlines import change_deadline
from evaluations.follow_up.round_facts import Fact, RoundFacts, YearProgress
from evaluations.models import Evaluation
from indicators.models import MonthlyReading
from plans.access import plan_for
from plans.models import Role, YearState
from tests.builders import a_deadline, a_measure, a_municipality, a_section, a_user, a_value, in_state

pytestmark = pytest.mark.django_db
NOON = "2022-11-22 12:00:00+09:00"
PROGRESS = {2021: YearProgress(measures=4, entered=3, sections=2, settled=1, published=0)}


@pytest.fixture(autouse=True)
def _in_november_2022(time_machine):
    time_machine.move_to(NOON)


def text_of(client, plan, role, name="calendar"):
    client.force_login(a_user(role))
    return client.get(reverse(f"evaluations:{name}", args=[plan.slug])).text


def lines(plan, role=Role.EDITOR):
    """Title, words and facts of each line, as this role sees it."""
    page = calendar_page(plan_for(a_user(role), plan.slug))
    return {line.title_in_words: (line.standing[1], line.known) for line in page.lines}


def months(measure, year, *numbers):
    for month in numbers:
        MonthlyReading.objects.create(indicator=measure.activity_indicator, fiscal_year=year, month=month, number=1)


# --- What the database knows ---


@pytest.mark.parametrize(
    ("step", "fact"),
    [
        (RoundStep.ENTRY, Fact("4件中3件に実績", is_done=False)),
        (RoundStep.CONFIRM, Fact("2節中1節が確定", is_done=False)),
        (RoundStep.PUBLISH, Fact("2節中0節を公表", is_done=False)),
        (RoundStep.COUNCIL, Fact("意見の記録 5件")),
        (RoundStep.BUDGET, Fact("2節中1節に予算・事業への反映の記載")),
        (RoundStep.MONTHS, Fact("月別に入力している2件中1件に6月の値", is_done=False)),
        (RoundStep.REVIEW, Fact()),
        (RoundStep.NEXT_PLAN, Fact()),
        (RoundStep.OTHER, Fact()),
    ],
)
def test_each_step_says_what_is_known_of_it(step, fact):
    facts = RoundFacts(PROGRESS, True, {2021: {1: {4, 5, 6}, 2: {4, 5}}}, {2021: 5}, {2021: 1})

    assert facts.of(step, 2021, date(2021, 8, 31)) == fact


def test_nothing_is_known_of_years_outside_the_plan():
    facts = RoundFacts(PROGRESS, sees_drafts=True)

    assert [facts.of(RoundStep.ENTRY, year, date(2021, 6, 15)) for year in (2020, None)] == [Fact(), Fact()]


@pytest.mark.parametrize(
    ("progress", "is_done"),
    [
        (YearProgress(measures=4, entered=4, sections=2, settled=0, published=0), True),
        (YearProgress(measures=4, entered=3, sections=2, settled=2, published=0), True),
        (YearProgress(measures=0, entered=0, sections=2, settled=0, published=0), False),
        (YearProgress(measures=0, entered=0, sections=0, settled=0, published=0), False),
    ],
)
def test_the_entry_of_a_year_is_done_when_everything_is_in_or_the_year_is_closed(progress, is_done):
    assert RoundFacts({2021: progress}, True).of(RoundStep.ENTRY, 2021, date(2022, 6, 15)).is_done is is_done


def test_months_are_done_when_every_indicator_that_is_counted_by_month_has_the_last_one_due():
    facts = RoundFacts(PROGRESS, True, {2021: {1: {6, 7}, 2: {6}}})

    found = [facts.of(RoundStep.MONTHS, 2021, due).is_done for due in (date(2021, 8, 31), date(2021, 9, 1))]

    assert found == [True, False]


def test_a_year_without_any_month_may_be_one_that_is_not_counted_by_month():
    facts = RoundFacts(PROGRESS, sees_drafts=True)

    assert facts.of(RoundStep.MONTHS, 2021, date(2021, 8, 31)) == Fact("月別の値はまだありません")


def test_the_facts_are_counted_from_what_is_kept(plan):
    first, second = a_section(plan, 1), a_section(plan, 2)
    goal = a_measure(first, "1-1")
    users = a_measure(second, "i-1", family="indicator")
    a_measure(second, "i-2", family="indicator", since_year=2022)
    a_value(goal, 2021, 0)
    a_value(users, 2021, state=State.PENDING)
    done = in_state(first, 2021, YearState.PUBLISHED)
    in_state(second, 2021, YearState.CONFIRMED)
    months(users, 2021, 4, 5, 6)
    Evaluation.objects.create(section_year=done, budget_text="事業を続ける。")
    plan.opinions.create(fiscal_year=2021, council="協議会", held_on=date(2022, 7, 1), number=1, opinion="意見")

    found = lines(plan)

    assert {title: found[f"{title}（令和3年度）"] for title in ("実績の入力", "確認・確定", "公表")} == {
        "実績の入力": ("済", "2件中2件に実績"),
        "確認・確定": ("済", "2節中2節が確定"),
        "公表": ("標準の時期を過ぎています", "2節中1節を公表"),
    }
    assert found["協議会への提出（令和3年度）"] == ("済んだかどうかの記録なし", "意見の記録 1件")
    assert found["令和5年度予算への反映（令和3年度）"][1] == "2節中1節に予算・事業への反映の記載"
    assert found["4〜6月の月別の値（令和3年度）"] == ("済", "月別に入力している1件中1件に6月の値")
    assert found["7〜9月の月別の値（令和3年度）"][0] == "標準の時期を過ぎています"
    assert found["実績の入力（令和4年度）"] == ("これから", "")


def test_who_does_not_see_drafts_is_told_only_what_is_settled(plan, section):
    measure = a_measure(section, "i-1", family="indicator")
    a_value(measure, 2021, 31337)
    months(measure, 2021, 4, 5, 6)

    found = lines(plan, Role.VIEWER)
    in_state(section, 2021, YearState.CONFIRMED)
    settled = lines(plan, Role.VIEWER)

    assert found["実績の入力（令和3年度）"] == ("標準の時期を過ぎています", "")
    assert found["4〜6月の月別の値（令和3年度）"] == ("済んだかどうかの記録なし", "")
    assert settled["実績の入力（令和3年度）"] == ("済", "")
    assert settled["確認・確定（令和3年度）"] == ("済", "1節中1節が確定")


# --- The page ---


def test_the_citys_own_dates_stand_in_place_of_the_proposal_with_their_state_in_words(plan):
    a_deadline(plan, "2022-11-10", title="過ぎた予定")
    a_deadline(plan, "2022-11-30", title="今月の予定")
    a_deadline(plan, "2022-12-28", title="来月の予定")
    a_deadline(plan, "2023-01-04", title="先の予定")
    by = a_user(Role.MANAGER)
    a_deadline(plan, "2022-10-01", title="済ませた予定", done_at=timezone.now(), done_by=by)

    assert lines(plan) == {
        "済ませた予定": ("済", ""),
        "過ぎた予定": ("期限を過ぎています", ""),
        "今月の予定": ("今月", ""),
        "来月の予定": ("来月", ""),
        "先の予定": ("これから", ""),
    }


def test_the_dates_stand_by_fiscal_year_and_month(plan):
    for day in ("2022-03-31", "2022-04-01", "2022-04-28", "2024-06-14"):
        a_deadline(plan, day)

    page = calendar_page(plan_for(a_user(Role.VIEWER), plan.slug))

    assert [(y.year, y.is_after, y.is_now, [(m.name, len(m.lines)) for m in y.months]) for y in page.years] == [
        (2021, False, False, [("令和4年3月", 1)]),
        (2022, False, True, [("令和4年4月", 2)]),
        (2024, True, False, [("令和6年6月", 1)]),
    ]


def test_a_proposal_says_that_it_is_one_and_only_managers_may_take_it_over(client, plan):
    found = {role: text_of(client, plan, role) for role in (Role.MANAGER, Role.EDITOR, Role.VIEWER)}

    assert ["この市の日程は、まだ決めていません。" in text for text in found.values()] == [True] * 3
    assert ["標準の日程を取り込んで直す" in text for text in found.values()] == [True, False, False]
    assert ["予定を加える" in text for text in found.values()] == [True, False, False]


def test_months_are_proposed_where_indicators_are_counted_by_month(plan, section):
    before = [title for title in lines(plan) if "月別の値" in title]
    a_measure(section, family="indicator")

    assert (before, len([title for title in lines(plan) if "月別の値" in title])) == ([], 12)


@pytest.mark.parametrize(
    ("role", "addresses"),
    [
        (Role.EDITOR, ("/plans/122319-6/entry/2021/", "/plans/122319-6/opinions/?year=2021")),
        (Role.VIEWER, ("/plans/122319-6/?year=2021", "/plans/122319-6/opinions/?year=2021")),
    ],
)
def test_a_step_leads_to_where_this_person_does_it_or_sees_how_far_it_is(client, plan, role, addresses):
    a_deadline(plan, "2022-06-15", step=RoundStep.ENTRY, fiscal_year=2021)
    a_deadline(plan, "2022-07-31", step=RoundStep.COUNCIL, fiscal_year=2021)
    a_deadline(plan, "2022-09-30", step=RoundStep.REVIEW, fiscal_year=2020)

    page = calendar_page(plan_for(a_user(role), plan.slug))

    assert tuple(line.link for line in page.lines) == (*addresses, "")


# --- The dashboard ---


def test_the_dashboard_tells_what_is_overdue_then_this_month_and_the_next(client, plan, section):
    a_measure(section, "1-1")
    a_deadline(plan, "2022-06-15", title="実績の入力", step=RoundStep.ENTRY, fiscal_year=2021)
    a_deadline(plan, "2022-11-30", title="今月の会議")
    a_deadline(plan, "2022-12-28", title="来月の会議")
    a_deadline(plan, "2023-01-04", title="先の予定")
    a_deadline(plan, "2022-11-29", title="済んだ予定", done_at=timezone.now(), done_by=a_user(Role.MANAGER))

    page = text_of(client, plan, Role.EDITOR, "dashboard")

    box = page[page.index('id="due-soon"') : page.index("日程をすべて見る")]
    order = [box.index(words) for words in ("実績の入力（令和3年度）", "今月の会議", "来月の会議")]
    assert order == sorted(order)
    assert "1件中0件に実績" in box
    assert ("期限を過ぎています" in box, "先の予定" in box, "済んだ予定" in box) == (True, False, False)


def test_the_dashboard_lists_five_overdue_dates_and_counts_the_others(client, plan):
    for day in range(1, 9):
        a_deadline(plan, f"2022-10-{day:02}")

    page = text_of(client, plan, Role.EDITOR, "dashboard")

    assert page.count("期限を過ぎています") == 5
    assert "ほかに期限を過ぎた予定が3件" in page


def test_a_proposal_is_never_overdue_on_the_dashboard(client, plan):
    a_section(plan)

    page = text_of(client, plan, Role.MANAGER, "dashboard")

    assert 'id="due-soon"' not in page


def test_the_dashboard_shows_what_is_proposed_for_this_month_as_a_proposal(client, plan, time_machine):
    time_machine.move_to("2023-11-22 12:00:00+09:00")

    page = text_of(client, plan, Role.VIEWER, "dashboard")

    assert "（標準の日程の案）" in page
    assert "次期計画の素案を協議会へ出す" in page


def test_months_that_are_all_in_are_no_longer_due_on_the_dashboard(client, plan):
    users = a_measure(a_section(plan), "i-1", family="indicator")
    a_deadline(plan, "2022-11-30", title="7〜9月の月別の値", step=RoundStep.MONTHS, fiscal_year=2022)
    months(users, 2022, 4, 5, 6, 7, 8)
    missing = text_of(client, plan, Role.EDITOR, "dashboard")
    months(users, 2022, 9)

    there = text_of(client, plan, Role.EDITOR, "dashboard")

    assert "月別に入力している1件中0件に9月の値" in missing
    assert ("7〜9月の月別の値" in missing, "7〜9月の月別の値" in there) == (True, False)


# --- The file ---


def events(content: bytes) -> list[dict[str, str]]:
    """Each entry of the file by property, unfolded."""
    found, text = [], content.decode("utf-8").replace("\r\n ", "")
    for part in text.split("BEGIN:VEVENT\r\n")[1:]:
        body = part.split("END:VEVENT")[0].strip().split("\r\n")
        found.append({line.split(":", 1)[0]: line.split(":", 1)[1] for line in body})
    return found


def download(client, plan, role=Role.VIEWER):
    client.force_login(a_user(role))
    return client.get(reverse("evaluations:calendar_download", args=[plan.slug]))


def test_the_file_holds_every_date_with_what_the_page_says_of_it(client, plan):
    deadline = a_deadline(plan, "2022-12-15", title="素案, 案", step="council", fiscal_year=2021, note="会場は\n市役所")
    a_deadline(plan, "2022-10-01", title="済", done_at=timezone.now(), done_by=a_user(Role.MANAGER))
    stamp = datetime(2022, 4, 1, 9, 0, tzinfo=UTC)
    type(deadline).objects.filter(pk=deadline.pk).update(changed_at=stamp, version=3)

    answer = download(client, plan)

    ticked, ours = events(answer.content)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert (ticked["SUMMARY"], ticked["STATUS"]) == ("【済】済 印西市", "CONFIRMED")
    assert ours == {
        "UID": f"{deadline.key}.122319-6@fukushi-pdca",
        "DTSTAMP": "20220401T090000Z",
        "DTSTART;VALUE=DATE": "20221215",
        "DTEND;VALUE=DATE": "20221216",
        "SEQUENCE": "3",
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
        "SUMMARY": "素案\\, 案（令和3年度） 印西市",
        "DESCRIPTION": "第6期障害福祉計画\\n協議会への提出\\n会場は\\n市役所",
        "URL": "http://testserver/plans/122319-6/calendar/",
    }


def test_a_date_keeps_its_name_when_it_is_taken_over_and_moved(client, plan):
    client.force_login(a_user(Role.MANAGER))
    proposed = {one["UID"]: one for one in events(download(client, plan).content)}
    client.force_login(a_user(Role.MANAGER))
    client.post(reverse("evaluations:calendar", args=[plan.slug]), {"do": "take_over"})
    deadline = plan.deadlines.get(key="entry-2022")
    moved = {"due_on": date(2023, 6, 1), "fiscal_year": 2022}
    change_deadline(deadline, moved, version=0, by=a_user(Role.MANAGER), channel="screen")

    own = {one["UID"]: one for one in events(download(client, plan).content)}

    name = "entry-2022.122319-6@fukushi-pdca"
    assert own.keys() <= proposed.keys()
    assert [
        (one[name]["DTSTART;VALUE=DATE"], one[name]["STATUS"], one[name]["SEQUENCE"]) for one in (proposed, own)
    ] == [
        ("20230615", "TENTATIVE", "0"),
        ("20230601", "CONFIRMED", "1"),
    ]
    assert proposed[name]["SUMMARY"] == "【案】実績の入力（令和4年度） 印西市"


def test_the_file_of_another_city_is_not_found(client, plan):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    assert client.get(reverse("evaluations:calendar_download", args=[plan.slug])).status_code == 404
