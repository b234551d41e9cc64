"""県へ渡すファイル made: what is in it, what never is, and when there is a new edition."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from core.packages.file import read_package
from core.values import Value
from core.words import Side
from evaluations.entry.texts import save_texts
from evaluations.models import ActionItem, ActivityRecord, MadePackage
from evaluations.prefecture.package_content import content_of
from evaluations.prefecture.packages import make_package, package_editions
from evaluations.publishing.publication import publish, withdraw_publication
from indicators.models import MonthlyReading
from plans.actions import CellChange, record_values
from plans.models import Change, Channel, Department, Measure, Role, SectionYear, YearState
from plans.refusals import Refused
from tests.builders import (
    a_full_plan,
    a_measure,
    a_municipality,
    a_plan,
    a_revision,
    a_section,
    a_user,
    a_value,
    in_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(prefecture):
    return a_municipality(prefecture=prefecture)


@pytest.fixture
def plan(city, manager):
    """2021 確定, 2022 a draft."""
    plan = a_full_plan(municipality=city)
    in_state(plan.sections.get(), 2021, YearState.CONFIRMED, manager)
    return plan


def made(plan, by=None) -> MadePackage:
    return make_package(plan, by=by, channel=Channel.SCREEN)[0]


def sides(plan, code: str) -> dict:
    measures = {measure["code"]: measure for measure in content_of(plan)["measures"]}
    return measures[code]["years"]


def test_a_year_that_is_not_confirmed_says_so_and_nothing_else(plan):
    section = content_of(plan)["sections"][0]

    assert section["years"]["2022"] == {"state": "未確定"}
    assert sides(plan, "t1") == {
        "2021": {"planned": {"number": "1"}, "actual": {"number": "2"}},
        "2022": {"planned": {"number": "1"}, "actual": "確認中"},
        "2023": {"planned": None, "actual": "確認中"},
    }


@pytest.mark.parametrize("state", [YearState.DRAFT, YearState.SUBMITTED, YearState.RETURNED])
def test_a_draft_is_never_in_the_file(plan, manager, state):
    section = plan.sections.get()
    measure = plan.measures.get(code="t1")
    secret = CellChange(measure, 2022, Side.ACTUAL, Value(number=2), Value(number=31337, note="下書きの注記"))
    record_values([secret], by=manager, channel=Channel.SCREEN)
    save_texts(section, 2022, {"do_text": "下書きの文章"}, version=0, by=manager, channel=Channel.SCREEN)
    in_state(section, 2022, state, manager)

    body = made(plan, manager).body

    assert [word for word in ("31337", "下書き") if word in body] == []


def test_what_stays_in_the_house_is_not_in_the_file(plan, manager):
    section = plan.sections.get()
    plan.measures.update(department=Department.objects.create(municipality=plan.municipality, name="障がい福祉課"))
    record = ActivityRecord.objects.create(plan=plan, fiscal_year=2021, title="内輪の会議")
    record.sections.add(section)
    ActionItem.objects.create(plan=plan, section=section, fiscal_year=2021, action="内輪の取組")
    indicator = plan.measures.get(code="i1").activity_indicator
    MonthlyReading.objects.create(indicator=indicator, fiscal_year=2021, month=4, number=98765)
    plan.opinions.create(
        fiscal_year=2021, council="協議会", held_on=date(2022, 7, 1), number=1, opinion="内輪の意見", published=True
    )

    body = made(plan, manager).body

    kept_back = ("障がい福祉課", "内輪", "98765", "協議会", manager.username, "差し戻し")
    assert [word for word in kept_back if word in body] == []


def test_everything_that_is_said_of_a_value_is_in_the_file(plan):
    measure = a_measure(plan.sections.get(), "r-1", value_kind="rate")
    a_value(
        measure,
        2021,
        "66.6667",
        numerator=2,
        denominator=3,
        wording="６６．７％",
        as_of="令和4年5月末",
        certainty="preliminary",
        note="2人÷3人",
    )

    assert sides(plan, "r-1")["2021"]["actual"] == {
        "number": "66.6667",
        "numerator": "2",
        "denominator": "3",
        "wording": "６６．７％",
        "as_of": "令和4年5月末",
        "certainty": "preliminary",
        "note": "2人÷3人",
    }


def test_of_a_plan_that_was_changed_the_file_holds_what_stands(plan, manager):
    a_revision(plan)
    measure = plan.measures.get(code="t1")
    change = CellChange(measure, 2022, Side.PLANNED, Value(number=1), Value(number=15, wording="１５人"))
    record_values([change], by=manager, channel=Channel.SCREEN)

    assert sides(plan, "t1")["2022"]["planned"] == {"number": "15", "wording": "１５人"}


def test_the_file_knows_the_numbers_of_the_publications_and_counts_published_years_as_confirmed(plan, manager):
    first = publish(plan, 2021, by=manager, reason="", channel=Channel.SCREEN)
    withdraw_publication(first, by=manager, reason="誤り", channel=Channel.SCREEN)
    publish(plan, 2021, by=manager, reason="", channel=Channel.SCREEN)

    content = content_of(plan)

    assert [(p["number"], p["fiscal_year"], p["withdrawn"]) for p in content["publications"]] == [
        (1, 2021, True),
        (2, 2021, False),
    ]
    assert SectionYear.objects.get(fiscal_year=2021).state == YearState.PUBLISHED
    assert content["sections"][0]["years"]["2021"]["state"] == "確定"


def test_the_file_says_who_made_it_by_role_and_reads_back(plan, manager):
    edition = made(plan, manager)

    package = read_package(edition.body.encode())

    assert (package.header.number, package.header.made_by, package.header.prefecture) == (
        1,
        "管理",
        ("120006", "千葉県"),
    )
    assert package.content == content_of(plan)
    assert (package.sha256, package.header.made_at) == (edition.sha256, edition.made_at)


def test_a_new_edition_is_made_only_where_something_changed(plan, manager):
    first, is_new = make_package(plan, by=manager, channel=Channel.SCREEN)
    again, made_again = make_package(plan, by=None, channel=Channel.COMMAND)
    in_state(plan.sections.get(), 2022, YearState.CONFIRMED, manager)
    second, made_second = make_package(plan, by=None, channel=Channel.COMMAND)

    assert (is_new, made_again, made_second) == (True, False, True)
    assert (again, second.number, second.role) == (first, 2, "システム管理")
    assert list(Change.objects.filter(subject="package").order_by("id").values_list("by", "old", "new")) == [
        (manager.pk, None, "第1版"),
        (None, "第1版", "第2版"),
    ]
    assert [edition.number for edition in package_editions(plan).made] == [2, 1]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PREFECTURE])
def test_who_does_not_write_makes_no_file(plan, city, role):
    home = city.prefecture if role == Role.PREFECTURE else city

    with pytest.raises(PermissionDenied):
        make_package(plan, by=a_user(role, home), channel=Channel.SCREEN)


def test_a_plan_that_does_not_fit_into_a_file_is_told_where(plan):
    Measure.objects.filter(code="t1").update(definition="字" * 32_768)

    with pytest.raises(Refused, match="「内容 › 指標 t1 › 定義・算出方法」が32767字を超えています（32768字）。$"):
        made(plan)

    assert not MadePackage.objects.exists()


def test_measures_stand_in_the_same_order_whatever_the_database_sorts_by():
    section = a_section(a_plan())
    for code in ("1-10", "1-1", "1_2", "1-2", "10", "a", "B"):
        a_measure(section, code, order=1)

    assert [measure["code"] for measure in content_of(section.plan)["measures"]] == [
        "1-1",
        "1-10",
        "1-2",
        "10",
        "1_2",
        "B",
        "a",
    ]
