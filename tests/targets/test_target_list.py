"""成果目標 of a plan as a list: who sees what, search, filters, orders, odd addresses."""

import re

import pytest

from core.words import Direction, Side, State, ValueKind
from plans.models import Department, Role, YearState
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
from tests.page_forms import form_with
from tests.page_readers import page_tree, words

pytestmark = pytest.mark.django_db

CITY_ROLES = [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER, Role.MANAGER]


@pytest.fixture
def plan():
    """Three measures in two 節 with figures of 2022: 達成 (b), 未達 (a), nothing entered (c)."""
    plan = a_plan()
    first, second = a_section(plan, 1, "地域生活への移行"), a_section(plan, 2, "就労への移行")
    measures = {
        "a": a_measure(first, "a", title="ＡＢＣ研修の受講者", order=1, definition="年度内に修了した人"),
        "b": a_measure(first, "b", title="グループホームの利用者", order=2, direction=Direction.LESS),
        "c": a_measure(second, "c", title="ﾃﾚﾜｰｸで働く人", order=1),
    }
    for code, planned, actual in (("a", 10, 5), ("b", 4, 3), ("c", 7, None)):
        a_value(measures[code], 2022, planned, side=Side.PLANNED)
        if actual is not None:
            a_value(measures[code], 2022, actual)
    return plan


@pytest.fixture
def listed(client, plan):
    """A function: the codes in the order in which an editor sees them at ?… ."""
    client.force_login(a_user(Role.EDITOR))

    def codes(query=""):
        return codes_in(client.get(address(plan) + query))

    return codes


def address(plan):
    return f"/plans/{plan.slug}/targets/"


def codes_in(response):
    assert response.status_code == 200
    return re.findall(r'<tr data-measure="([^"]*)"', response.text)


def cells(response, code):
    """The year cells of a measure as words, by year."""
    row = re.search(rf'<tr data-measure="{code}".*?</tr>', response.text, re.DOTALL).group()
    found = re.findall(r'<td data-year="(\d+)"[^>]*>(.*?)</td>', row, re.DOTALL)
    return {int(year): re.sub(r"<[^>]*>|\s+", " ", html).split() for year, html in found}


@pytest.mark.parametrize("role", CITY_ROLES)
def test_every_role_of_the_city_reads_the_list(client, plan, role):
    client.force_login(a_user(role))

    assert codes_in(client.get(address(plan))) == ["a", "b", "c"]


def test_the_prefecture_reads_the_lists_of_its_cities(client):
    chiba = a_municipality("120006", "千葉県", kind="prefecture")
    plan = a_full_plan(municipality=a_municipality(prefecture=chiba))
    client.force_login(a_prefecture_user(chiba))

    assert codes_in(client.get(address(plan))) == ["t1"]


def test_the_list_of_another_city_does_not_exist(client, plan):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    assert client.get(address(plan)).status_code == 404


def test_anonymous_is_sent_to_the_login(client, plan):
    response = client.get(address(plan))

    assert (response.status_code, response["Location"]) == (302, f"/login/?next={address(plan)}")


def test_the_list_is_only_read(client, plan):
    client.force_login(a_user(Role.MANAGER))

    assert client.post(address(plan)).status_code == 405


@pytest.mark.parametrize("role", CITY_ROLES)
def test_the_list_does_not_ask_more_for_more(client, role, django_assert_num_queries):
    small, large = a_full_plan(1), a_full_plan(30, generation=7, start=2024, end=2026)
    client.force_login(a_user(role))

    for plan, query, rows in ((small, "", 1), (large, "", 25), (large, "?per_page=all", 30)):
        with django_assert_num_queries(7):
            response = client.get(address(plan) + query)
        assert len(codes_in(response)) == rows


def test_a_cell_says_plan_actual_difference_rate_and_reading(client, plan):
    client.force_login(a_user(Role.EDITOR))

    assert cells(client.get(address(plan)), "a") == {
        2021: ["計画値", "なし", "実績値", "未入力", "判定", "計画値なし"],
        2022: ["計画値", "10", "実績値", "5", "差", "-5", "達成率", "50.0%", "判定", "未達"],
        2023: ["計画値", "なし", "実績値", "未入力", "判定", "計画値なし"],
    }


def test_a_reading_that_only_repeats_the_state_is_marked_for_narrow_screens(client):
    section = a_section(a_plan())
    measures = {code: a_measure(section, code) for code in ("empty", "pending", "read", "unplanned")}
    for code in ("empty", "pending", "read"):
        a_value(measures[code], 2021, 10, side=Side.PLANNED)
    a_value(measures["pending"], 2021, state=State.PENDING)
    a_value(measures["read"], 2021, 5)
    client.force_login(a_user(Role.EDITOR))

    shown = client.get(address(section.plan)).text

    first_years = re.findall(r'<tr[^>]*data-measure="(\w+)".*?<td[^>]*data-year="2021"[^>]*>(.*?)</td>', shown, re.S)
    assert {code: "repeats" in cell for code, cell in first_years} == {
        "empty": True,
        "pending": True,
        "read": False,
        "unplanned": False,
    }


def test_a_viewer_sees_that_an_unconfirmed_actual_is_being_checked(client, plan):
    client.force_login(a_user(Role.VIEWER))

    response = client.get(address(plan) + "?year=2022")

    assert cells(response, "a")[2022] == ["計画値", "10", "実績値", "確認中"]


def test_a_viewer_cannot_learn_an_unconfirmed_actual_from_filter_or_order(client, plan):
    client.force_login(a_user(Role.VIEWER))

    for order in ("year_2022", "-year_2022"):
        assert codes_in(client.get(address(plan) + f"?sort={order}")) == ["a", "b", "c"]
    assert codes_in(client.get(address(plan) + "?year=2022&reading=確認中")) == ["a", "b", "c"]
    assert "無視しました" in client.get(address(plan) + "?year=2022&reading=未達").text


def test_a_viewer_sees_confirmed_actuals(client, plan):
    in_state(plan.sections.get(number=1), 2022, YearState.CONFIRMED)
    client.force_login(a_user(Role.VIEWER))

    assert cells(client.get(address(plan)), "b")[2022][2:4] == ["実績値", "3"]


def test_a_goal_of_the_last_year_is_named_in_the_years_before(client):
    plan = a_plan()
    measure = a_measure(a_section(plan), "goal", unit="か所")
    a_value(measure, 2023, 4, side=Side.PLANNED)
    client.force_login(a_user(Role.EDITOR))

    assert cells(client.get(address(plan)), "goal")[2021][-2:] == ["期間途中：令和5年度の目標", "4か所"]


def test_presence_and_states_are_written_in_words(client):
    plan = a_plan()
    section = a_section(plan)
    office, pending = a_measure(section, "office", value_kind=ValueKind.PRESENCE), a_measure(section, "pending")
    a_value(office, 2021, 1, side=Side.PLANNED)
    a_value(office, 2021, 0)
    a_value(pending, 2021, 4, side=Side.PLANNED)
    a_value(pending, 2021, state=State.PENDING)
    client.force_login(a_user(Role.EDITOR))

    response = client.get(address(plan))

    assert cells(response, "office")[2021] == ["計画値", "有", "実績値", "無", "判定", "未達"]
    assert cells(response, "pending")[2021] == ["計画値", "4", "実績値", "集計中", "判定", "集計中"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("abc", ["a"]),
        ("ａｂｃ　研修", ["a"]),
        ("グループﾎｰﾑ", ["b"]),
        ("テレワーク", ["c"]),
        ("修了", ["a"]),
        ("C", ["a", "c"]),
        ("   ", ["a", "b", "c"]),
        ("ない語", []),
    ],
)
def test_the_search_looks_at_name_code_and_definition_in_any_width(listed, asked, found):
    assert listed(f"?q={asked}") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?section=2", ["c"]),
        ("?reading=未達", ["a"]),
        ("?reading=達成", ["b"]),
        ("?reading=未入力&year=2022", ["c"]),
        ("?reading=未達&year=2021", []),
        ("?direction=less", ["b"]),
        ("?section=1&reading=達成&direction=less&q=ホーム", ["b"]),
        ("?section=&reading=&q=", ["a", "b", "c"]),
    ],
)
def test_the_list_is_narrowed_by_section_reading_and_direction(listed, query, found):
    assert listed(query) == found


def test_the_list_is_narrowed_by_department(listed, plan):
    department = Department.objects.create(municipality=plan.municipality, name="障がい福祉課")
    plan.measures.filter(code="b").update(department=department)

    assert listed(f"?department={department.pk}") == ["b"]
    assert listed("?department=none") == ["a", "c"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?sort=section", ["a", "b", "c"]),
        ("?sort=-section", ["c", "a", "b"]),
        ("?sort=title", ["a", "b", "c"]),
        ("?sort=-title", ["c", "b", "a"]),
        ("?sort=year_2022", ["a", "c", "b"]),
        ("?sort=-year_2022", ["b", "c", "a"]),
        ("?sort=-section&sort=-title", ["c", "b", "a"]),
        ("?sort=unit", ["a", "b", "c"]),
    ],
)
def test_the_list_is_put_in_order_by_the_heads_that_sort(listed, query, found):
    assert listed(query) == found


def test_a_year_puts_what_is_furthest_behind_its_plan_first_and_what_is_not_judged_last(client):
    plan = a_plan()
    section = a_section(plan)
    for number, (code, planned, actual, fields) in enumerate(
        (
            ("text", None, None, {"value_kind": ValueKind.TEXT}),
            ("met", 10, 12, {}),
            ("near", 10, 9, {}),
            ("far", 10, 1, {}),
            ("fewer", 10, 15, {"direction": Direction.LESS}),
            ("none", 0, 3, {"direction": Direction.LESS}),
            ("empty", 10, None, {}),
        )
    ):
        measure = a_measure(section, code, order=number, **fields)
        if planned is not None:
            a_value(measure, 2022, planned, side=Side.PLANNED)
        if actual is not None:
            a_value(measure, 2022, actual)
    client.force_login(a_user(Role.EDITOR))

    def found(order):
        return codes_in(client.get(f"{address(plan)}?sort={order}"))

    assert found("year_2022") == ["far", "fewer", "near", "none", "empty", "met", "text"]
    assert found("-year_2022") == ["met", "empty", "none", "near", "fewer", "far", "text"]


def test_the_year_shown_first_is_the_latest_with_an_actual(client, plan):
    client.force_login(a_user(Role.EDITOR))

    assert '<option value="2022" selected>' in client.get(address(plan)).text


@pytest.mark.parametrize(
    ("query", "marked", "words"),
    [
        ("", ("ascending", "節"), "（節の順）"),
        ("?sort=-title", ("descending", "指標名"), "（指標名の逆順）"),
        ("?sort=-year_2022", ("descending", "令和4年度"), "（令和4年度の判定で届いたものから）"),
    ],
)
def test_the_head_that_the_list_is_ordered_by_is_marked_and_said_in_words(client, plan, query, marked, words):
    client.force_login(a_user(Role.EDITOR))

    html = client.get(address(plan) + query).text

    assert re.findall(r'aria-sort="(\w+)">\s*<a[^>]*>([^<]*)<', html) == [marked]
    assert words in html


def test_heads_say_what_they_sort_by_and_keep_the_conditions(client, plan):
    client.force_login(a_user(Role.EDITOR))

    page = client.get(address(plan) + "?direction=less&sort=title&page=1")

    assert [(head.get("href"), words(head)) for head in page_tree(page).findall(".//a[@class='sort']")] == [
        ("?direction=less&sort=section", "節↕（並べ替える）"),
        ("?direction=less&sort=-title", "指標名▲（昇順に並んでいます。降順にする）"),
        ("?direction=less&sort=year_2021", "令和3年度判定↕（並べ替える）"),
        ("?direction=less&sort=year_2022", "令和4年度判定↕（並べ替える）"),
        ("?direction=less&sort=year_2023", "令和5年度判定↕（並べ替える）"),
    ]


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("?year=1999", "年度（判定）の「1999」は"),
        ("?year=abc", "年度（判定）の「abc」は"),
        ("?section=99", "節の「99」は"),
        ("?reading=%3Cscript%3E", "判定の「&lt;script&gt;」は"),
        ("?direction=up", "方向の「up」は"),
        ("?department=7", "担当課の「7」は"),
        ("?sort=-nothing", "並べ順の「-nothing」は"),
        ("?sort=-rate&year=2022", "並べ順の「-rate」は"),
        ("?q=" + "長" * 101, "検索のことばは100字まで"),
        ("?q=%00", "検索のことばは100字まで"),
    ],
)
def test_what_an_address_asks_in_vain_is_ignored_with_a_note(client, plan, query, note):
    client.force_login(a_user(Role.EDITOR))

    response = client.get(address(plan) + query)

    assert codes_in(response) == ["a", "b", "c"]
    assert note in response.text


@pytest.mark.parametrize(
    "query",
    [
        "?page=x",
        "?page=999",
        "?page=-1",
        "?per_page=0",
        "?per_page=-5",
        "?per_page=all",
        "?sort=title&sort=-title",
        "?x=1",
    ],
)
def test_odd_addresses_do_no_harm(listed, query):
    assert sorted(listed(query)) == ["a", "b", "c"]


def test_the_list_counts_what_it_shows_and_names_the_conditions(client, plan):
    client.force_login(a_user(Role.EDITOR))

    html = client.get(address(plan) + "?q=研修&reading=未達").text

    assert "3件中1件" in html
    assert "（「研修」を含む、令和4年度の判定：未達、節の順）" in html


def test_a_list_narrowed_to_nothing_says_how_to_widen_it(client, plan):
    client.force_login(a_user(Role.EDITOR))

    html = client.get(address(plan) + "?q=ない語").text

    assert "条件に合う指標はありません。" in html
    assert f'<a href="{address(plan)}">条件を消してすべて表示する</a>' in html


@pytest.mark.parametrize(("role", "said"), [(Role.MANAGER, "取り込み</a>から"), (Role.VIEWER, "管理の担当者が")])
def test_a_plan_without_targets_says_what_to_do(client, role, said):
    plan = a_plan()
    client.force_login(a_user(role))

    html = client.get(address(plan)).text

    assert "この計画に成果目標はまだありません。" in html
    assert said in html


def a_long_list(client, query=""):
    """An editor's answer at the list of a plan of 51 measures."""
    plan = a_full_plan(51)
    client.force_login(a_user(Role.EDITOR))
    return client.get(address(plan) + query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [f"t{number}" for number in range(1, 26)]),
        ("?page=3", ["t51"]),
        ("?page=4", ["t51"]),
        ("?sort=-year_2021&page=3", ["t51"]),
        ("?per_page=all", [f"t{number}" for number in range(1, 52)]),
        ("?per_page=all&page=2", [f"t{number}" for number in range(1, 52)]),
        ("?per_page=40", [f"t{number}" for number in range(1, 26)]),
    ],
)
def test_a_page_holds_25_measures_and_all_of_them_on_request(client, query, found):
    assert codes_in(a_long_list(client, query)) == found


def links_below(response):
    """Address and words of the links below the table."""
    below = response.text.partition("</table>")[2]
    return [
        (link, re.sub(r"<[^>]*>", "", words)) for link, words in re.findall(r'href="(\?[^"]*)"[^>]*>(.*?)</a>', below)
    ]


def test_pages_and_the_whole_list_keep_conditions_and_order(client):
    asked = "?reading=達成&sort=-title&page=2"
    kept = "?reading=%E9%81%94%E6%88%90&amp;sort=-title"

    assert links_below(a_long_list(client, asked)) == [
        (f"{kept}&amp;page=1", "‹ 前へ"),
        (f"{kept}&amp;page=1", "1ページ"),
        (f"{kept}&amp;page=2", "2ページ"),
        (f"{kept}&amp;page=3", "3ページ"),
        (f"{kept}&amp;page=3", "次へ ›"),
        (f"{kept}&amp;per_page=all", "すべて表示（印刷用）"),
    ]


def test_the_whole_list_leads_back_to_pages(client):
    response = a_long_list(client, "?sort=-title&per_page=all")

    assert links_below(response) == [("?sort=-title", "ページに分けて表示")]


def test_a_list_of_one_page_leads_to_no_other(listed, client, plan):
    for query in ("", "?per_page=all"):
        assert links_below(client.get(address(plan) + query)) == []


@pytest.mark.browser
def test_the_heads_sort_on_a_phone_without_scripts(chromium, live_server, client, plan):
    client.force_login(a_user(Role.EDITOR))
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context = chromium.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    context.add_cookies([session])
    page = context.new_page()
    page.goto(live_server.url + address(plan))

    page.get_by_role("link", name="令和4年度").filter(has_text="並べ替える").click()
    found = [row.get_attribute("data-measure") for row in page.locator("tbody tr").all()]
    context.close()

    assert found == ["a", "c", "b"]


def test_the_form_keeps_order_and_whole_list(client):
    sent = form_with(a_long_list(client, "?sort=-title&per_page=all&page=2"), "q")

    assert {name: sent.get(name) for name in ("sort", "per_page", "page")} == {
        "sort": "-title",
        "per_page": "all",
        "page": None,
    }


def test_names_and_sections_lead_to_their_pages(client, plan):
    client.force_login(a_user(Role.EDITOR))

    html = client.get(address(plan)).text

    assert f'href="/plans/{plan.slug}/measures/a/">ＡＢＣ研修の受講者</a>' in html
    assert f'href="/plans/{plan.slug}/sections/1/2022/">第1節</a>' in html
    assert f'href="/plans/{plan.slug}/exports/"' in html


def test_units_and_plan_words_are_written_as_the_city_writes_them(client):
    city = a_municipality(planned_word="見込量", place_word="カ所")
    plan = a_plan(city)
    a_measure(a_section(plan), "base", unit="か所")
    client.force_login(a_user(Role.EDITOR))

    html = client.get(address(plan)).text

    assert "<dt>見込量</dt>" in html
    assert re.findall(r'data-label="単位">\s*(\S+?)\s*</td>', html) == ["カ所"]
