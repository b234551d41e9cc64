"""The page /history/: filters, pages, and the same number of queries however much there is."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Change, Channel, Role, Subject
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user
from tests.page_readers import found_words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_editor")]


def a_line(measure, *, by=None, year=2022, subject=Subject.MASTER, new="あ") -> Change:
    return Change.objects.create(
        by=by,
        channel=Channel.SCREEN,
        municipality=measure.plan.municipality,
        plan=measure.plan,
        section=measure.section,
        measure=measure,
        fiscal_year=year,
        subject=subject,
        field="指標名",
        old="い",
        new=new,
    )


def lines_on(page) -> list[str]:
    """The new sides of the lines, as the list shows them."""
    return found_words(page, ".//td[@data-label='変更後']")


def shown(client, query="") -> list[str]:
    """The new sides of the lines on the page."""
    return lines_on(client.get(f"/history/{query}"))


def test_a_line_links_to_its_measure_and_stands_in_japanese_time(client, editor, time_machine):
    time_machine.move_to("2026-06-01 23:30:00+00:00", tick=False)
    client.force_login(editor)
    a_line(a_measure(a_section(a_plan()), "1-1", title="移行者数"), by=editor)

    text = client.get("/history/").text

    assert '<a href="/plans/122319-6/measures/1-1/">第1節 令和4年度「移行者数」</a>' in text
    assert "2026年6月2日 08:30" in text


def test_each_filter_leaves_what_was_asked_for(client, editor):
    plan, later = a_plan(), a_plan(generation=7, start=2024, end=2026)
    one, two = a_measure(a_section(plan, 1), "a"), a_measure(a_section(plan, 2), "b")
    a_line(one, new="一")
    a_line(two, new="二", by=editor, year=2023)
    a_line(a_measure(a_section(later, 3), "c"), new="三", subject=Subject.SETTING)

    found = {
        query: shown(client, query)
        for query in (
            "",
            "?plan=122319-7",
            "?year=2023",
            "?section=1",
            "?code=B",
            f"?by={editor.pk}",
            "?by=null",
            "?subject=setting",
            "?plan=122319-6&section=2",
            "?until=2000-01-01",
            "?since=2000-01-01",
        )
    }

    assert found == {
        "": ["三", "二", "一"],
        "?plan=122319-7": ["三"],
        "?year=2023": ["二"],
        "?section=1": ["一"],
        "?code=B": ["二"],
        f"?by={editor.pk}": ["二"],
        "?by=null": ["三", "一"],
        "?subject=setting": ["三"],
        "?plan=122319-6&section=2": ["二"],
        "?until=2000-01-01": [],
        "?since=2000-01-01": ["三", "二", "一"],
    }


def test_an_answer_that_makes_no_sense_is_named_and_left_out(client, editor):
    a_line(a_measure(a_section(a_plan())), new="一")

    response = client.get("/history/?plan=999999-1&section=x&since=ok&page=abc")

    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert lines_on(response) == ["一"]


def test_another_citys_plans_and_people_are_not_offered(client, editor):
    other_city = a_municipality("129992", "みほん市")
    stranger = a_user(Role.EDITOR, other_city, username="taro")
    a_line(a_measure(a_section(a_plan(other_city))), by=stranger)
    a_line(a_measure(a_section(a_plan())), by=editor)

    text = client.get("/history/").text

    assert [word in text for word in ("みほん市", "taro", "hanako")] == [False, False, True]


def linked(client, query: str, rel: str) -> str:
    """The query of the link to the page of older (next) or newer (prev) lines; "" where there is none."""
    found = re.search(f'rel="{rel}" href="([^"]*)"|href="([^"]*)" rel="{rel}"', client.get(f"/history/{query}").text)
    return html.unescape(found[1] or found[2]) if found else ""


def test_pages_of_fifty_lead_through_every_line_once_and_back(client, editor, time_machine):
    """Many lines of one moment, as an import leaves them; a line that comes in meanwhile moves no other."""
    time_machine.move_to("2026-06-01 00:00:00+00:00", tick=False)
    client.force_login(editor)
    measure = a_measure(a_section(a_plan()))
    for number in range(120):
        a_line(measure, new=str(number))
    newest_first = [str(number) for number in range(119, -1, -1)]

    queries = [""]
    while older := linked(client, queries[-1], "next"):
        queries.append(older)
        a_line(measure, new=f"later {len(queries)}", year=2023)
    back = [queries[-1]]
    while newer := linked(client, back[-1], "prev"):
        back.append(newer)

    assert sum((shown(client, f"{query or '?'}&year=2022") for query in queries), []) == newest_first
    assert [shown(client, query) for query in back[:3]] == [newest_first[100:], newest_first[50:100], newest_first[:50]]
    assert shown(client, back[-1])[0] == "later 3"


@pytest.mark.parametrize("position", ["abc", "20260601T000000000000-x", f"20260601T000000000000-{10**30}", "-1"])
def test_a_position_that_makes_no_sense_shows_lines_all_the_same(client, editor, position):
    a_line(a_measure(a_section(a_plan())), new="一")

    assert [client.get(f"/history/?{way}={position}").status_code for way in ("before", "after")] == [200, 200]


# PostgreSQL reads a table of a few rows whole, whatever indexes there are.
@pytest.mark.sqlite
def test_neither_the_lines_nor_the_people_are_found_by_reading_all_changes(client, editor):
    a_line(a_measure(a_section(a_plan())), by=editor)

    with CaptureQueriesContext(connection) as asked:
        client.get("/history/")
    plans = []
    with connection.cursor() as cursor:
        for query in asked:
            if "plans_change" in query["sql"]:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plans += [row[-1] for row in cursor.fetchall()]

    assert [step for step in plans if step.startswith("SCAN plans_change") or "change_" in step] == [
        "SEARCH U0 USING COVERING INDEX change_by_person (by_id=? AND municipality_id=?)",
        "SEARCH plans_change USING INDEX change_by_municipality (municipality_id=?)",
    ]
    assert [step for step in plans if "TEMP B-TREE" in step and "RIGHT PART" not in step] == [
        "USE TEMP B-TREE FOR ORDER BY"  # of the people
    ]


def test_an_empty_history_says_so(client, editor):
    assert "この条件に当てはまる変更はありません。" in client.get("/history/").text


def test_somebody_without_a_city_is_told_what_to_do(client):
    client.force_login(User.objects.create_superuser("root"))

    assert client.get("/history/").status_code == 403


@pytest.mark.parametrize("lines", [1, 30])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_the_page_does_not_ask_more_for_more_lines(client, role, lines, django_assert_num_queries, section):
    for number in range(lines):
        a_line(a_measure(section), by=a_user(Role.EDITOR), subject=Subject.TEXT, new=str(number))
    client.force_login(a_user(role))

    with django_assert_num_queries(8):
        response = client.get("/history/")

    assert response.text.count("/measures/") == lines
