"""The page of a prefecture: who opens it, what it shows, and its table."""

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.municipality_codes import read_code
from evaluations.demo.sample import MOST_CITIES, PREFECTURE_CODE, city_code, create_sample, sample_cities
from plans.models import Municipality, Plan, Role, YearlyValue, YearState
from tests.axe import violations
from tests.builders import a_measure, a_municipality, a_plan, a_prefecture_user, a_section, a_user, in_state
from tests.page_readers import found_words, page_tree

pytestmark = pytest.mark.django_db
ADDRESS = f"/prefectures/{PREFECTURE_CODE}/"
TERM = "?generation=7&year=2024"


@pytest.fixture
def sample():
    return create_sample(12)[0]


@pytest.fixture
def person(client, sample):
    user = a_prefecture_user(sample)
    client.force_login(user)
    return user


def test_any_member_of_the_prefecture_reads_it_its_cities_are_told_and_others_find_nothing(client, sample):
    people = {
        "pref": a_prefecture_user(sample),
        "viewer": a_user(Role.VIEWER, sample),
        "city": a_user(Role.MANAGER, sample_cities().first()),
        "stranger": a_user(Role.MANAGER, a_municipality()),
    }

    answers = {}
    for name, person in people.items():
        client.force_login(person)
        answers[name] = client.get(ADDRESS)

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "pref": 200,
        "viewer": 200,
        "city": 403,
        "stranger": 404,
    }
    assert "架空県の集計を見られるのは、架空県に登録された人だけです。" in answers["city"].content.decode()


def test_the_list_of_plans_leads_to_the_prefecture(client, person):
    assert f'href="{ADDRESS}"' in client.get("/plans/").content.decode()


def test_the_page_names_whom_it_leaves_out_and_says_how_it_matched(client, person):
    page = client.get(ADDRESS + TERM).content.decode()

    assert page.count("<tr data-measure") == 30
    assert "を除く" in page
    assert "うち20種類は名前で対応させました" in page
    assert "架空の自治体の見本データです" in page


@pytest.mark.parametrize("query", ["?generation=99", "?year=1999", "?kind=x", "?generation=７", "?year=%00"])
def test_a_term_that_nobody_has_is_not_found(client, person, query):
    assert client.get(ADDRESS + query).status_code == 404


def test_the_page_asks_no_more_for_more_cities(client, person):
    counts = []
    for cities in (12, 60):
        create_sample(cities)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{ADDRESS}{TERM}&city={city_code(1)}")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12


def test_similar_cities_have_half_to_double_the_population_and_those_without_are_not_compared(client, person):
    cities = list(sample_cities().order_by("code"))
    for city, population in zip(cities, [100, 50, 200, 49, 201], strict=False):
        Municipality.objects.filter(pk=city.pk).update(population=population)
    for city in cities[5:]:
        Municipality.objects.filter(pk=city.pk).update(population=None, population_as_of=None)

    page = client.get(f"{ADDRESS}{TERM}&city={cities[0].code}")

    assert [int(cell.text) for cell in page_tree(page).findall(".//td[@data-label='人口']")] == [100, 50, 200]
    assert "人口を登録していない7市区町村は比べません。" in page.text


def test_a_year_in_which_a_city_does_not_count_a_measure_is_not_called_missing(client):
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    population = {"prefecture": prefecture, "population": 100, "population_as_of": date(2024, 4, 1)}
    section = a_section(a_plan(a_municipality(**population)))
    a_measure(section, "1", title="移行者数", since_year=2022)
    in_state(section, 2021, YearState.CONFIRMED)
    client.force_login(a_prefecture_user(prefecture))

    page = client.get("/prefectures/120006/?generation=6&year=2021&city=122319")

    assert found_words(page, ".//td[@data-label='実績値']") == ["開始前"]
    assert found_words(page, ".//td[@data-label='実績の合計']") == ["なし 0市区町村（該当なし1を除く）"]


def test_a_population_stands_with_its_day(sample):
    with pytest.raises(IntegrityError):
        Municipality.objects.filter(pk=sample.pk).update(population=None, population_as_of=date(2024, 4, 1))


def test_the_table_has_one_row_per_measure_and_figure_with_the_exclusions_as_columns(client, person):
    answer = client.get(f"{ADDRESS}rollup.csv{TERM}")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    one = [row for row in rows if row["指標名"] == "一般就労への移行者数"]
    plan = Plan.objects.filter(generation=7).count()
    assert [row["数字の名前"] for row in one][:6] == [
        "計画の合計",
        "実績の合計",
        "そろった市区町村の計画の合計",
        "そろった市区町村の実績の合計",
        "合計の達成率",
        "達成率の中央値",
    ]
    # Every city is either in a figure or left out of it for one reason.
    reasons = list(rows[0])[14:]
    assert {sum(int(row[column]) for column in ("市区町村数", *reasons)) for row in rows} == {12}
    assert {row["未提出"] for row in rows} == {str(12 - plan)}


def test_a_prefecture_without_plans_says_so(client):
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    client.force_login(a_prefecture_user(prefecture))

    assert "計画のある市区町村がまだありません" in client.get("/prefectures/120006/").content.decode()


def test_a_second_sample_adds_only_what_is_missing():
    create_sample(3)
    before = list(YearlyValue.objects.order_by("pk").values_list("pk", "number"))

    _, again = create_sample(3)
    _, more = create_sample(5)

    assert (again, more) == (0, 2)
    assert list(YearlyValue.objects.order_by("pk").values_list("pk", "number"))[: len(before)] == before


def test_sample_cities_are_plainly_fictional_under_codes_that_nobody_has():
    create_sample(3)

    assert list(sample_cities().values_list("name", flat=True)) == ["架空001市", "架空002市", "架空003市"]
    assert [read_code(city_code(n)) for n in (1, 999, 1000, MOST_CITIES)][2][:2] == "98"
    with pytest.raises(ValueError, match="市区町村の数"):
        city_code(MOST_CITIES + 1)


def test_production_refuses_a_sample_without_force(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="--force"):
        call_command("create_sample", cities=1)


@pytest.mark.browser
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_works_in_a_browser_by_keyboard_and_axe_finds_nothing(context, page, live_server, width):
    prefecture, _ = create_sample(12)
    signed_in = Client()
    signed_in.force_login(a_prefecture_user(prefecture))
    context.add_cookies([{"name": "sessionid", "value": signed_in.cookies["sessionid"].value, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("evaluations:prefecture", args=[PREFECTURE_CODE]) + TERM)

    page.get_by_role("button", name="比べる").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**city=**")

    assert page.get_by_text("（選んだ市区町村）").count() == 1
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
