"""The way in, and the list of plans."""

import re

import pytest
from django.contrib.auth.models import User

from plans.models import Membership, Role, YearState
from plans.plan_list import StateCount, cities_page, plan_list_rows
from tests.builders import a_measure, a_municipality, a_plan, a_prefecture_user, a_section, a_user, in_state

pytestmark = [pytest.mark.django_db]
NOON = "2026-11-22 12:00:00+09:00"


@pytest.fixture(autouse=True)
def _in_fiscal_2026(time_machine):
    time_machine.move_to(NOON)


def test_residents_are_led_to_what_was_published(client):
    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/published/")


@pytest.mark.parametrize(
    ("plans", "slug"),
    [
        ([(6, 2021, 2023), (7, 2024, 2026)], "122319-7"),
        ([(5, 2018, 2020), (6, 2021, 2023)], "122319-6"),
        ([(7, 2024, 2026), (8, 2027, 2029)], "122319-7"),
    ],
)
def test_a_person_of_one_city_starts_in_its_current_plan(client, plans, slug):
    for generation, start, end in plans:
        a_plan(generation=generation, start=start, end=end)
    client.force_login(a_user(Role.VIEWER))

    assert client.get("/")["Location"] == f"/plans/{slug}/"


def test_beside_a_plan_for_children_the_plan_for_all_comes_first(client):
    a_plan(kind="child", generation=3, start=2024, end=2026)
    a_plan(generation=7, start=2024, end=2026)
    client.force_login(a_user(Role.VIEWER))

    assert client.get("/")["Location"] == "/plans/122319-7/"


def test_a_city_whose_plans_lie_in_the_future_starts_at_the_list(client):
    a_plan(generation=8, start=2027, end=2029)
    client.force_login(a_user(Role.VIEWER))

    assert client.get("/")["Location"] == "/plans/"


def test_the_prefecture_and_people_of_several_cities_start_at_the_list(client):
    chiba = a_municipality("120006", "千葉県", kind="prefecture")
    a_plan(a_municipality(prefecture=chiba))
    of_two_cities = a_user(Role.EDITOR)
    Membership.objects.create(user=of_two_cities, municipality=a_municipality("129992", "みほん市"), role=Role.VIEWER)

    for user in (a_prefecture_user(chiba), of_two_cities):
        client.force_login(user)
        assert client.get("/")["Location"] == "/plans/"


STAFF = {"staff": {"is_staff": True}, "superuser": {"is_superuser": True, "is_staff": True}}


@pytest.mark.parametrize(
    ("path", "rights"), [("/", {}), ("/plans/", {}), *(("/plans/", rights) for rights in STAFF.values())]
)
def test_a_user_without_a_city_is_told_what_to_do(client, path, rights):
    client.force_login(User.objects.create_user("dareka", **rights))

    response = client.get(path)

    assert response.status_code == 403
    assert "まだどの自治体にも登録されていません" in response.text


def rows_for(user):
    return plan_list_rows(user, cities_page(user))


@pytest.mark.parametrize("rights", STAFF.values(), ids=STAFF)
def test_the_first_login_of_an_administrator_leads_to_the_next_steps(client, rights):
    User.objects.create_user("root", password="pass-word-12", **rights)

    response = client.post("/login/", {"username": "root", "password": "pass-word-12"}, follow=True)
    steps = response.text.partition("<main")[2].partition("</main>")[0]

    assert (response.redirect_chain, response.status_code) == ([("/", 302)], 200)
    assert re.findall('href="([^"]*)"', steps) == [
        "/admin/",
        "/admin/plans/municipality/add/",
        "/admin/auth/user/add/",
        "/admin/plans/membership/add/",
        "/people/",
        "/plans/new/",
        "/help/#roles",
    ]


def test_the_next_steps_lead_to_pages_that_open_for_the_administrator_and_then_for_the_manager(client):
    client.force_login(User.objects.create_superuser("root"))
    addresses = re.findall(r'<a\s+href="(/[^"]*)"', client.get("/").text.partition("<ol>")[2].partition("</ol>")[0])
    of_admin = [client.get(address).status_code for address in addresses if address.startswith("/admin/")]

    client.force_login(a_user(Role.MANAGER))
    of_manager = [client.get(address).status_code for address in addresses if not address.startswith("/admin/")]

    assert (of_admin, of_manager) == ([200] * 3, [200] * 2)


def test_a_superuser_who_may_not_open_the_admin_is_told_so(client):
    client.force_login(User.objects.create_user("root", is_superuser=True))

    response = client.get("/")

    assert response.status_code == 200
    assert "「スタッフ権限」" in response.text


def test_an_administrator_with_a_role_starts_where_the_role_says(client):
    a_plan(generation=7, start=2024, end=2026)
    root = a_user(Role.MANAGER)
    User.objects.filter(pk=root.pk).update(is_superuser=True, is_staff=True)
    client.force_login(root)

    assert client.get("/")["Location"] == "/plans/122319-7/"


def test_the_next_steps_ask_three_questions(client, django_assert_num_queries):
    client.force_login(User.objects.create_superuser("root"))

    with django_assert_num_queries(3):
        client.get("/")


def test_the_list_shows_own_plans_alone(client):
    a_plan()
    a_plan(a_municipality("129992", "みほん市"), generation=7, start=2024, end=2026)
    client.force_login(a_user(Role.VIEWER))

    response = client.get("/plans/")

    assert response.text.count("<tr data-plan=") == 1
    assert "みほん市" not in response.text


def test_the_prefecture_sees_the_plans_of_its_cities():
    chiba = a_municipality("120006", "千葉県", kind="prefecture")
    inzai = a_plan(a_municipality(prefecture=chiba))
    a_plan(a_municipality("130001", "東京都", kind="prefecture"))

    rows = rows_for(a_prefecture_user(chiba))

    assert [(row.municipality.name, [p.plan for p in row.plans]) for row in rows] == [("印西市", [inzai])]


def test_progress_counts_the_sections_of_the_year_due_by_state(plan):
    first, second, _ = (a_section(plan, number) for number in (1, 2, 3))
    in_state(first, 2023, YearState.CONFIRMED)
    in_state(second, 2023, YearState.SUBMITTED)
    in_state(second, 2022, YearState.PUBLISHED)

    [[summary]] = [city.plans for city in rows_for(a_user(Role.VIEWER))]

    assert (summary.year, summary.sections, summary.states) == (
        2023,
        3,
        (
            StateCount("DRAFT", "下書き", 1),
            StateCount("SUBMITTED", "確認待ち", 1),
            StateCount("CONFIRMED", "確定", 1),
        ),
    )


@pytest.mark.parametrize("plans", [1, 10])
def test_the_list_does_not_ask_more_for_more_plans(client, plans, django_assert_num_queries):
    for number in range(plans):
        in_state(a_section(a_plan(generation=number + 1, start=2006 + number, end=2008 + number)), 2023, "CONFIRMED")
    client.force_login(a_user(Role.VIEWER))

    with django_assert_num_queries(7):
        response = client.get("/plans/")

    assert response.text.count("<tr data-plan=") == plans


def test_a_prefecture_pages_through_its_cities_and_finds_one_by_name_or_code(client):
    chiba = a_municipality("120006", "千葉県", kind="prefecture")
    for number in range(60):
        a_plan(a_municipality(f"1210{number:02}", f"市{number}", prefecture=chiba))
    a_plan(a_municipality("130001", "ほかの県の市59"))
    client.force_login(a_prefecture_user(chiba))

    def listed(query: str) -> list[str]:
        return re.findall(r'<h2 id="city-(\d+)"', client.get(f"/plans/{query}").text)

    every = [f"1210{number:02}" for number in range(60)]
    assert [listed(f"?page={number}") for number in (1, 2, 3)] == [every[:25], every[25:50], every[50:]]
    assert [listed(query) for query in ("?q=市59", "?q=121059", "?q=市5&page=2", "?page=x")] == [
        ["121059"],
        ["121059"],
        ["121005", *every[50:]],
        every[:25],
    ]
    assert "この名前か団体コードの自治体はありません。" in client.get("/plans/?q=どこにもない").text


def test_the_plans_of_a_city_stand_by_their_years():
    plans = [
        a_plan(kind="comprehensive", generation=4, start=2024, end=2029),
        a_plan(kind="child", generation=3, start=2024, end=2026),
        a_plan(generation=7, start=2024, end=2026),
        a_plan(generation=6, start=2021, end=2023),
        a_plan(kind="child", generation=2, start=2021, end=2023),
        a_plan(generation=5, start=2018, end=2020),
    ]
    there = a_plan(a_municipality("129992", "みほん市"), generation=5, start=2018, end=2020)
    user = a_user(Role.VIEWER)
    Membership.objects.create(user=user, municipality=there.municipality, role=Role.VIEWER)

    cities = rows_for(user)

    comprehensive, child_3, for_all_7, for_all_6, child_2, for_all_5 = plans
    assert [[([row.plan for row in one.plans], one.has_others) for one in city.periods] for city in cities] == [
        [
            ([for_all_7, child_3], True),
            ([comprehensive], True),
            ([for_all_6, child_2], True),
            ([for_all_5], False),
        ],
        [([there], False)],
    ]


def test_plans_of_the_same_years_can_be_looked_at_side_by_side(client):
    a_plan(generation=7, start=2024, end=2026)
    client.force_login(a_user(Role.VIEWER))
    alone = client.get("/plans/").text

    a_plan(kind="child", generation=3, start=2024, end=2026)
    beside = client.get("/plans/").text

    assert ["/plans/122319-7/beside/" in text for text in (alone, beside)] == [False, True]


def test_an_empty_list_says_so(client):
    client.force_login(a_user(Role.VIEWER))

    assert "開くことのできる計画がまだありません" in client.get("/plans/").text


def test_the_kind_of_a_plan_is_written_as_the_city_writes_it(client):
    city = a_municipality(disability_word="障がい")
    a_plan(city)
    client.force_login(a_user())

    assert "障がい福祉計画</td>" in client.get("/plans/").text


@pytest.mark.parametrize(
    ("role", "is_offered"),
    [(Role.VIEWER, False), (Role.EDITOR, False), (Role.CONFIRMER, False), (Role.MANAGER, True)],
)
@pytest.mark.parametrize("path", ["/plans/", "/plans/122319-7/", "/help/", "/published/"])
def test_the_page_of_people_is_offered_to_those_who_may_open_it(client, path, role, is_offered):
    a_plan(generation=7, start=2024, end=2026)
    client.force_login(a_user(role))

    assert ('href="/people/"' in client.get(path).text) is is_offered


@pytest.mark.parametrize(("generation", "start", "wanted"), [(8, 2027, "計画値"), (7, 2024, "実績")])
def test_a_plan_that_has_not_begun_asks_for_its_planned_values(client, generation, start, wanted):
    plan = a_plan(generation=generation, start=start, end=start + 2)
    client.force_login(a_user(Role.EDITOR))

    assert f"の{wanted}を入力する</a>" in client.get(f"/plans/{plan.slug}/").text


@pytest.mark.parametrize(
    ("year", "said"),
    [
        (2027, "令和9年度はまだ始まっていないため、足りない実績はありません。"),
        (2026, "未入力 1"),
    ],
)
def test_nothing_is_missing_in_a_year_that_has_not_begun(client, year, said):
    plan = a_plan(generation=7, start=2025, end=2027)
    a_measure(a_section(plan), "a")
    client.force_login(a_user(Role.EDITOR))

    missing = (
        client.get(f"/plans/{plan.slug}/?year={year}").text.partition('id="missing"')[2].partition("</section>")[0]
    )

    assert said in missing
    assert ("未入力" in missing) is (year == 2026)


@pytest.mark.parametrize(
    ("role", "state", "said"),
    [
        (Role.VIEWER, YearState.DRAFT, "確認中 下書き"),
        (Role.VIEWER, YearState.CONFIRMED, "未入力 入力 0／1 確定"),
        (Role.EDITOR, YearState.DRAFT, "未入力 入力 0／1 下書き"),
    ],
)
def test_nobody_is_told_that_nothing_is_entered_where_they_may_not_see_it(client, role, state, said, section):
    a_measure(section, "a")
    in_state(section, 2022, state)
    client.force_login(a_user(role))

    cell = re.search(r'data-label="令和4年度">(.*?)</td>', client.get("/plans/122319-6/?year=2022").text, re.S)[1]

    assert " ".join(re.sub("<[^>]*>", " ", cell).split()).startswith(said)


@pytest.mark.parametrize("path", ["/plans/122319-6/?year=2022", "/plans/122319-6/beside/"])
@pytest.mark.parametrize(("role", "said"), [(Role.VIEWER, "確定した実績"), (Role.EDITOR, "実績の入力")])
def test_what_is_counted_is_named_by_what_the_person_sees(client, path, role, said):
    a_measure(a_section(a_plan()), "a")
    client.force_login(a_user(role))

    shown = client.get(path).text

    assert set(re.findall(r"(確定した実績|実績の入力)\s*(?:</li>|<span)", shown)) == {said}


def test_beside_others_a_plan_that_has_not_begun_lacks_nothing(client):
    plan = a_plan(generation=8, start=2027, end=2029)
    a_measure(a_section(plan), "a")
    client.force_login(a_user(Role.EDITOR))

    assert "令和9年度はまだ始まっていないため" in client.get(f"/plans/{plan.slug}/beside/").text
