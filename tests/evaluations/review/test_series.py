"""The years of a measure over several plans: continued, visibly broken, and hidden from whom they must be."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.words import Side
from evaluations.review.outlook_choice import choose_outlook
from evaluations.review.series import descent_of, series_of
from plans.access import plan_for
from plans.models import Measure, YearState
from plans.queries import rows_across
from tests.builders import (
    a_link,
    a_measure,
    a_municipality,
    a_plan,
    a_prefecture_user,
    a_section,
    a_value,
    in_state,
)
from tests.carry_over_plans import a_goal, confirmed, measures, two_plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(prefecture):
    return a_municipality(prefecture=prefecture)


@pytest.fixture
def plans(city):
    return two_plans(city)


def tied(plans, how="same", note="", old=None, new=None):
    [before], [after] = measures(plans[0], "a", **(old or {})), measures(plans[1], "x", **(new or {}))
    a_link(plans[1], before, after, how, note=note)
    return before, after


def series(person, measure):
    plan = plan_for(person, measure.plan.slug)
    measure = Measure.objects.select_related("section").get(pk=measure.pk)
    measure.plan = plan
    descent = descent_of(plan, measure)
    return series_of(plan, descent, rows_across([*descent.earlier, measure], access=plan.access))


def told(found):
    """Each stretch: 指標コード, the words of the break before it, and what is seen of its actuals."""
    return [
        (
            stretch.measure.code,
            stretch.break_words,
            [cell.figures.actual_word or f"{cell.figures.actual.number:.0f}" for cell in stretch.row.cells],
        )
        for stretch in found.stretches
    ]


def page(client, person, measure):
    client.force_login(person)
    return client.get(reverse("evaluations:measure", args=[measure.plan.slug, measure.code])).text


# --- What it says ---


@pytest.mark.parametrize(
    ("how", "words"),
    [("same", ""), ("redefined", "令和6年度から定義を見直し"), ("split", "令和6年度から分割")],
)
def test_the_years_of_the_old_measure_stand_before_the_new_ones(plans, viewer, how, words):
    before, after = tied(plans, how)
    confirmed(before, y2021=6, y2022=9)
    confirmed(after, y2024=14)

    assert told(series(viewer, after)) == [
        ("a", "", ["6", "9", "確認中"]),
        ("x", words, ["14", "確認中", "確認中"]),
    ]


def test_both_measures_of_a_merger_stand_before_the_break(plans, viewer):
    before, after = tied(plans, "merged")
    [other] = measures(plans[0], "b")
    a_link(plans[1], other, after, "merged")
    confirmed(before, y2023=6)
    a_value(other, 2023, 4)

    assert told(series(viewer, after)) == [
        ("a", "", ["確認中", "確認中", "6"]),
        ("b", "", ["確認中", "確認中", "4"]),
        ("x", "令和6年度から統合", ["確認中", "確認中", "確認中"]),
    ]


def test_the_chain_is_followed_over_three_plans(plans, editor):
    before, after = tied(plans, "redefined")
    third = a_plan(generation=8, start=2027, end=2029, previous=plans[1])
    [newest] = measures(third, "y")
    a_link(third, after, newest, "same")
    a_value(before, 2021, 1)
    a_value(after, 2024, 2)
    a_value(newest, 2027, 3)

    assert told(series(editor, newest)) == [
        ("a", "", ["1", "未入力", "未入力"]),
        ("x", "令和6年度から定義を見直し", ["2", "未入力", "未入力"]),
        ("y", "", ["3", "未入力", "未入力"]),
    ]


@pytest.mark.parametrize("how", ["new", None])
def test_a_measure_that_comes_from_nothing_has_no_series(client, plans, viewer, how):
    [measure] = measures(plans[1], "x")
    if how:
        a_link(plans[1], new=measure, how=how)

    assert series(viewer, measure) is None
    assert "前の計画からの推移" not in page(client, viewer, measure)


def test_the_page_shows_years_break_reason_and_onward(client, plans, viewer):
    before, after = tied(plans, "redefined", note="新規から全体に変えた。")
    confirmed(before, y2021=6)

    new_page, old_page = page(client, viewer, after), page(client, viewer, before)

    assert '<strong class="break">令和6年度から定義を見直し</strong>' in new_page
    assert "新規から全体に変えた。" in new_page
    assert new_page.index("令和3年度") < new_page.rindex("令和6年度")
    onward = (
        f'見直し：<a href="/plans/{plans[1].slug}/measures/x/">指標x</a>（第7期障害福祉計画）<br>新規から全体に変えた。'
    )
    assert onward in old_page


def test_an_end_is_told_on_the_page_of_the_old_measure(client, plans, viewer):
    [measure] = measures(plans[0], "a")
    a_link(plans[1], measure, how="ended", note="事業の終了。")

    assert "終了：<a" in page(client, viewer, measure)
    assert "事業の終了。" in page(client, viewer, measure)


# --- The chart ---


def charts(found):
    return [(chart.title, chart.summary) for chart in found.charts]


def test_a_continued_series_is_one_chart(plans, editor):
    before, after = tied(plans)
    a_value(before, 2021, 6)
    a_goal(after, 2026, 20)

    [(title, summary)] = charts(series(editor, after))

    assert title == "指標x（第6期障害福祉計画から第7期障害福祉計画まで）"
    assert summary == (
        "令和3年度：計画値なし、実績6人。令和4年度：計画値なし、実績は未入力。令和5年度：計画値なし、実績は未入力。"
        "令和6年度：計画値なし、実績は未入力。令和7年度：計画値なし、実績は未入力。令和8年度：計画20人、実績は未入力。"
    )


def test_a_broken_series_says_and_draws_its_break(plans, editor):
    _, after = tied(plans, "redefined")

    [chart] = series(editor, after).charts

    assert "令和6年度から定義を見直し。令和6年度：計画値なし、実績は未入力。" in chart.summary
    assert chart.svg.count('class="chart-break"') == 1
    assert ">定義を見直し</text>" in chart.svg
    xs = json.loads(chart.plotly)["data"][0]["x"]
    assert xs == [0, 1, 2, 3.4, 4.4, 5.4]


@pytest.mark.parametrize("changed", [{"unit": "件"}, {"value_kind": "rate"}])
def test_another_quantity_gets_a_chart_of_its_own(plans, editor, changed):
    _, after = tied(plans, "redefined", new=changed)

    assert [chart.title for chart in series(editor, after).charts] == [
        "指標x（第7期障害福祉計画）",
        "指標a（第6期障害福祉計画）",
    ]


def test_what_was_merged_gets_a_chart_each(plans, editor):
    _, after = tied(plans, "merged")
    [other] = measures(plans[0], "b")
    a_link(plans[1], other, after, "merged")

    found = series(editor, after)

    assert [chart.title for chart in found.charts] == [
        "指標x（第7期障害福祉計画）",
        "指標a（第6期障害福祉計画）",
        "指標b（第6期障害福祉計画）",
    ]
    assert len({chart.key for chart in found.charts}) == 3


def test_a_presence_has_a_table_and_no_chart(plans, editor):
    _, after = tied(plans, old={"value_kind": "presence", "unit": ""}, new={"value_kind": "presence", "unit": ""})

    assert charts(series(editor, after)) == []


# --- Who sees what ---


@pytest.mark.parametrize("state", YearState.values)
def test_drafts_of_an_old_plan_are_for_the_writers_of_the_city(client, plans, viewer, editor, state):
    before, after = tied(plans)
    a_value(before, 2023, 31337)
    in_state(before.section, 2023, state)
    prefecture = a_prefecture_user(before.plan.municipality.prefecture)

    shown = {
        name: "31337" in page(client, person, after)
        for name, person in (("editor", editor), ("viewer", viewer), ("pref", prefecture))
    }

    settled = state in (YearState.CONFIRMED, YearState.PUBLISHED)
    assert shown == {"editor": True, "viewer": settled, "pref": settled}


def test_what_was_expected_of_the_old_plan_is_history_and_not_copied(client, plans, viewer, editor):
    before, after = tied(plans)
    for year, number in ((2021, 20), (2022, 24)):
        a_value(before, year, number)
    choose_outlook(before, "average", "新しい事業所が開くため。", version=0, by=editor, channel="screen")
    a_value(before, 2023, 25)
    words = "令和4年度までの実績を見て市が採った見込み：28人（平均の増減から）（理由：新しい事業所が開くため。）"

    seen = words in page(client, editor, after), words in page(client, viewer, after)
    for year in (2021, 2022):
        in_state(before.section, year, YearState.CONFIRMED)

    assert (seen, words in page(client, viewer, after)) == ((True, False), True)
    assert not hasattr(Measure.objects.get(pk=after.pk), "outlook")


# --- Questions ---


def test_a_longer_chain_asks_no_more(client, plans, editor):
    before, after = tied(plans)
    short = asked(client, editor, after)

    newest = after
    for number in range(8, 12):
        plan = a_plan(
            generation=number, start=2006 + 3 * (number - 1), end=2008 + 3 * (number - 1), previous=newest.plan
        )
        section = a_section(plan)
        older, newest = newest, a_measure(section, "x")
        a_link(plan, older, newest, "redefined" if number % 2 else "same")
        for other in range(30):
            a_link(plan, new=a_measure(section, f"z{other}"), how="new")
    long = asked(client, editor, newest)

    assert (long, long <= 12) == (short, True)


def asked(client, person, measure):
    client.force_login(person)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("evaluations:measure", args=[measure.plan.slug, measure.code]))
    return len(queries)


def test_figures_of_the_old_plan_are_judged_by_its_own_bounds(plans, editor):
    before, after = tied(plans, old={"direction": "near"}, new={"direction": "near"})
    plans[0].near_low, plans[0].near_high = 50, 150
    plans[0].save()
    for measure, year in ((before, 2021), (after, 2024)):
        a_value(measure, year, 100, side=Side.PLANNED)
        a_value(measure, year, 60)

    readings = [stretch.row.cells[0].figures.reading for stretch in series(editor, after).stretches]

    assert readings == ["見込みどおり", "見込みを下回る"]
