"""A measure that begins or ends within the plan: other years have no zeros, nothing missing and nothing to enter."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.figures import Figures, hidden
from core.second_opinion import derived_columns
from core.values import EMPTY, Value
from core.words import Side
from evaluations.entry.todo import year_todo
from evaluations.publishing.publication import publish
from evaluations.review.overview import overview
from plans.access import plan_for
from plans.actions import CellChange, record_values
from plans.models import Channel, Municipality, YearState
from plans.queries import measure_rows
from plans.refusals import ChangesRefused
from plans.rollup import Term, rollup
from plans.tally import tally
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_value, in_state
from tests.tidy_tables import exported, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure():
    """就労選択支援 as a plan of 2021 to 2023 would have it, if the service began in 2022."""
    return a_measure(a_section(a_plan()), "sentaku", family="indicator", since_year=2022, direction="near")


def the_row(measure, editor):
    plan = plan_for(editor, measure.plan.slug)
    return measure_rows(plan, [measure], access=plan.access)[0]


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (None, None, ["", "", ""]),
        (2022, None, ["開始前", "", ""]),
        (None, 2022, ["", "", "終了後"]),
        (2022, 2022, ["開始前", "", "終了後"]),
    ],
)
def test_a_measure_says_which_years_are_not_its_own(since, until, words):
    measure = a_measure(a_section(a_plan()), since_year=since, until_year=until)

    assert [measure.outside(year) for year in (2021, 2022, 2023)] == words


def test_a_year_outside_reads_as_such_and_derives_nothing():
    figures = Figures(outside="開始前")

    assert (figures.actual_word, figures.exported_state, figures.reading) == ("開始前", "該当なし", "計画値なし")
    assert (figures.difference, figures.legacy_deviation) == (None, None)


def test_that_a_year_is_outside_is_no_secret():
    assert hidden(Figures(outside="開始前")).actual_word == "開始前"


def test_a_value_that_stands_in_a_year_outside_is_shown_and_withheld_as_any_other():
    figures = Figures(actual=Value(number=Decimal(3)), outside="開始前")

    assert (figures.is_outside, figures.actual_word, hidden(figures).actual_word) == (False, "", "確認中")


def test_pages_count_nothing_as_missing_in_a_year_outside(measure, editor):
    plan = plan_for(editor, measure.plan.slug)

    first, second = overview(plan, 2021), overview(plan, 2022)

    assert (first.missing, first.measures, first.heat[0].cells[0].measures) == ((), 0, 0)
    assert (second.missing, second.measures) == (((measure.section, 1),), 1)
    assert (tally([the_row(measure, editor)], 2021), tally([the_row(measure, editor)], 2022)) == (
        (),
        (("missing", "未入力", 1),),
    )
    assert [one.missing for one in year_todo(plan, 2021).of_others] == [()]


def test_the_grid_has_no_field_in_a_year_outside_and_says_why(client, measure, editor):
    client.force_login(editor)

    pages = {
        year: client.get(reverse("evaluations:entry_section", args=[measure.plan.slug, year, 1])).text
        for year in (2021, 2022)
    }

    assert 'data-field="actual"' not in pages[2021]
    assert "令和4年度から数える指標です。" in pages[2021]
    assert 'data-field="actual"' in pages[2022]


def test_no_number_is_taken_for_a_year_outside(measure, editor):
    change = CellChange(measure, 2021, Side.ACTUAL, EMPTY, Value(number=Decimal(0)))

    with pytest.raises(ChangesRefused, match="この指標の開始前の年度です。数値は入力できません。"):
        record_values([change], by=editor, channel=Channel.SCREEN)


def test_the_table_says_not_applicable_and_reads_itself_back_without_a_change(measure):
    rows = exported()

    outside = next(row for row in rows if row["年度"] == "2021")
    assert (outside["実績値"], outside["実績値状態"], outside["計画値状態"]) == ("", "該当なし", "")
    assert derived_columns(outside)["判定"] == outside["判定"] == "計画値なし"
    assert planned(*rows).changes == ()


def test_a_zero_typed_into_a_table_for_a_year_outside_is_a_problem_with_its_address(measure):
    found = planned({"種別": "活動指標", "指標コード": "sentaku", "指標名": measure.title, "実績値": "0"})

    assert [(remark.address, remark.sentence) for remark in found.problems] == [
        ("H2", f"「{measure.title}」令和3年度 実績値：この指標の開始前の年度です。空欄にしてください。")
    ]


def test_a_published_page_says_that_the_year_is_outside(client, measure, confirmer):
    a_value(measure, 2022, 4)
    in_state(measure.section, 2022, YearState.CONFIRMED, confirmer)
    publish(measure.plan, 2022, by=confirmer, reason="", channel=Channel.SCREEN)

    page = client.get(reverse("evaluations:published_section", args=[measure.plan.slug, 1, 2022])).text

    assert "開始前" in page
    assert ">未入力<" not in page


def test_a_prefecture_leaves_the_city_out_by_its_reason(measure):
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    city = measure.plan.municipality
    city.prefecture = prefecture
    city.save()
    in_state(measure.section, 2021, YearState.CONFIRMED)

    (total,) = rollup(prefecture, Term("disability", 6, 2021)).totals

    assert +total.actual.excluded == {"該当なし": 1}
