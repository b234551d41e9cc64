"""Residents read what was published, without a login, and nothing else."""

import csv
import hashlib
import io
import json
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from django.urls import reverse

from core.tidy import COLUMNS
from core.words import Family, Side, State
from evaluations.models import ActivityRecord, Evaluation
from evaluations.publishing.publication import publish, withdraw_publication
from plans.models import Channel, Role, SectionYear, YearState
from plans.workflow import MOVE_BY_NAME, move_section_year
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state

pytestmark = pytest.mark.django_db
LIST = reverse("evaluations:published_list")


@pytest.fixture
def plan(confirmer):
    """第1節 is 確定 in 2021 and 2022, 第2節 in 2021 alone; every value of a draft is a number told apart by its 9s."""
    plan = a_plan()
    for number, draft_years in ((1, (2023,)), (2, (2022, 2023))):
        section = a_section(plan, number, f"節の名{number}")
        measure = a_measure(section, f"{number}-1", title=f"指標の名{number}")
        for year in plan.years:
            a_value(measure, year, 10 * number, side=Side.PLANNED)
            drafted = year in draft_years
            a_value(measure, year, f"9999{number}" if drafted else year - 2000, note="下書きの注記" if drafted else "")
            row = in_state(section, year, YearState.DRAFT if drafted else YearState.CONFIRMED, confirmer)
            Evaluation.objects.create(
                section_year=row,
                do_text=f"{year}年{number}節の取組",
                issues_text="下書きの課題" if drafted else "続ける。",
            )
    return plan


def publish_it(plan, by, year=2022):
    return publish(plan, year, by=by, reason="", channel=Channel.SCREEN)


def url(name, plan, *args):
    return reverse(f"evaluations:published_{name}", args=[plan.slug, *args])


def every_page(plan, versions=(1,)):
    """The addresses of everything a resident may open after 2022 was published, data and bodies included."""
    return [
        LIST,
        url("plan", plan),
        url("section", plan, 1, 2022),
        url("data", plan, "csv"),
        url("data", plan, "json"),
        *(url("version", plan, number) for number in versions),
        *(url("version", plan, number) + "?format=json" for number in versions),
    ]


def contents(client, addresses):
    responses = {address: client.get(address) for address in addresses}
    assert {address: response.status_code for address, response in responses.items()} == dict.fromkeys(addresses, 200)
    return {address: response.text for address, response in responses.items()}


def table_of(client, plan):
    text = client.get(url("data", plan, "csv")).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


class Cells(HTMLParser):
    """The words of each year cell of the figures tables, by 指標コード and year."""

    def __init__(self, html):
        super().__init__()
        self.found, self.code, self.year = {}, "", ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.code = given.get("data-measure", self.code)
        if "data-year" in given:
            self.year = given["data-year"]
            self.found[self.code, self.year] = []

    def handle_endtag(self, tag):
        if tag == "td":
            self.year = ""

    def handle_data(self, data):
        if self.year and data.strip():
            self.found[self.code, self.year].append(data.strip())


def test_with_nothing_published_the_list_says_so(client, plan):
    assert "公表しているものは、まだありません。" in client.get(LIST).text


@pytest.mark.parametrize("address", [("plan",), ("section", 1, 2022), ("data", "csv"), ("version", 1)])
def test_before_the_first_publication_there_is_no_page(client, plan, address):
    assert client.get(url(address[0], plan, *address[1:])).status_code == 404


def test_everybody_may_read_what_was_published(client, plan, confirmer):
    publish_it(plan, confirmer)

    pages = contents(client, every_page(plan))

    assert "令和4年度の評価" in pages[LIST]
    assert url("section", plan, 1, 2022) in pages[url("plan", plan)]
    assert "2022年1節の取組" in pages[url("section", plan, 1, 2022)]


def test_drafts_appear_on_no_page(client, plan, confirmer):
    publish_it(plan, confirmer)

    text = "".join(contents(client, every_page(plan)).values())

    forbidden = ("9999", "下書き", "2023年", "2022年2節", "2021年")
    assert [word for word in forbidden if word in text.replace("2023年度", "").replace("2021年度", "")] == []


def test_no_person_is_named_on_any_page(client, plan, confirmer):
    publish_it(plan, confirmer)

    assert [a for a, text in contents(client, every_page(plan)).items() if confirmer.username in text] == []


@pytest.mark.parametrize(("number", "year"), [(2, 2022), (1, 2021), (1, 2023), (9, 2022), (1, 1999)])
def test_what_is_not_published_is_not_found(client, plan, confirmer, number, year):
    publish_it(plan, confirmer)

    response = client.get(url("section", plan, number, year))

    assert response.status_code == 404
    assert "ページが見つかりません" in response.text


def test_the_overview_names_what_is_not_published(client, plan, confirmer):
    publish_it(plan, confirmer)

    text = client.get(url("plan", plan)).text

    assert "未公表の節：</strong>第2節 節の名2" in text
    assert url("section", plan, 2, 2022) not in text


def test_the_table_is_every_measure_and_year_in_the_columns_of_the_exchange(client, plan, confirmer):
    publish_it(plan, confirmer)

    rows = table_of(client, plan)

    assert tuple(rows[0]) == COLUMNS
    assert [(r["指標コード"], r["年度"], r["計画値"], r["実績値"], r["実績値状態"], r["判定"]) for r in rows] == [
        ("1-1", "2021", "10", "", "未公表", ""),
        ("1-1", "2022", "10", "22", "", "達成"),
        ("1-1", "2023", "10", "", "未公表", ""),
        ("2-1", "2021", "20", "", "未公表", ""),
        ("2-1", "2022", "20", "", "未公表", ""),
        ("2-1", "2023", "20", "", "未公表", ""),
    ]


def test_each_year_of_the_table_is_that_of_its_own_publication(client, plan, confirmer):
    publish_it(plan, confirmer, 2022)
    publish_it(plan, confirmer, 2021)

    rows = table_of(client, plan)

    assert [(r["指標コード"], r["年度"], r["実績値"]) for r in rows if r["実績値"]] == [
        ("1-1", "2021", "21"),
        ("1-1", "2022", "22"),
        ("2-1", "2021", "21"),
    ]


def test_json_and_csv_say_the_same(client, plan, confirmer):
    publish_it(plan, confirmer)

    from_json = json.loads(client.get(url("data", plan, "json")).content, parse_float=Decimal)

    as_text = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in from_json]
    assert as_text == table_of(client, plan)


def test_page_and_table_agree_in_every_figure_of_the_year(client, plan, confirmer):
    section = plan.sections.get(number=1)
    rate = a_measure(section, "1-2", title="割合の指標", value_kind="rate", unit="%")
    a_value(rate, 2022, 100, side=Side.PLANNED)
    a_value(rate, 2022, "66.7", numerator=Decimal(2), denominator=Decimal(3))
    presence = a_measure(section, "1-3", title="有無の指標", value_kind="presence", unit="")
    a_value(presence, 2022, 1, side=Side.PLANNED, wording="有")
    a_value(presence, 2022, 0, wording="無")
    pending = a_measure(section, "1-4", title="集計中の指標", direction="near")
    a_value(pending, 2022, "0.5", side=Side.PLANNED)
    a_value(pending, 2022, state=State.PENDING)
    publish_it(plan, confirmer)

    cells = Cells(client.get(url("section", plan, 1, 2022)).text).found
    rows = {row["指標コード"]: row for row in table_of(client, plan) if row["年度"] == "2022" and row["節番号"] == "1"}

    assert {
        code: [rows[code][c] for c in ("計画値", "実績値", "実績値状態", "差", "達成率", "判定")] for code in rows
    } == {
        "1-1": ["10", "22", "", "12", "220.0", "達成"],
        "1-2": ["100", "66.7", "", "-33.3", "66.7", "未達"],
        "1-3": ["1", "0", "", "", "", "未達"],
        "1-4": ["0.5", "", "集計中", "", "", "集計中"],
    }
    shown = {code: cells[code, "2022"] for code in rows}
    assert shown["1-1"][:8] == ["計画値", "10人", "実績値", "22人", "差", "+12人", "達成率", "220.0%"]
    assert shown["1-2"][:10] == [
        *("計画値", "100%", "実績値", "66.7%", "内訳", "2 ÷ 3", "差", "-33.3ポイント", "達成率", "66.7%")
    ]
    assert shown["1-3"][:6] == ["計画値", "有", "実績値", "無", "判定", "未達"]
    assert shown["1-4"][:6] == ["計画値", "0.5人", "実績値", "集計中", "判定", "集計中"]


def test_earlier_years_are_shown_where_they_are_confirmed(client, plan, confirmer):
    publish_it(plan, confirmer)

    cells = Cells(client.get(url("section", plan, 1, 2022)).text).found

    assert {year: words[3] for (_, year), words in cells.items()} == {"2021": "21人", "2022": "22人", "2023": "未公表"}


def test_the_published_table_read_back_changes_nothing(client, plan, confirmer, tmp_path, capsys):
    publish_it(plan, confirmer)
    file = tmp_path / "data.csv"
    file.write_bytes(client.get(url("data", plan, "csv")).content)

    call_command("import_plan", str(file))

    assert capsys.readouterr().out.splitlines()[-1] == "変更 0 件"


def test_what_a_measure_means_and_where_it_comes_from_is_told(client, plan, confirmer):
    plan.measures.filter(code="1-1").update(definition="延べの人数", data_source="市の集計")
    publish_it(plan, confirmer)

    text = client.get(url("section", plan, 1, 2022)).text

    assert ("延べの人数" in text, "出典：市の集計" in text) == (True, True)


def test_changing_what_is_live_changes_nothing_that_is_published(client, plan, confirmer):
    publish_it(plan, confirmer)
    before = contents(client, every_page(plan))

    move_section_year(
        plan.sections.get(number=1),
        2022,
        MOVE_BY_NAME["reopen"],
        by=confirmer,
        channel=Channel.SCREEN,
        text="直します。",
    )
    plan.measures.update(title="別の名", unit="件", direction="less", baseline=5)
    plan.sections.update(title="別の節")
    plan.measures.get(code="1-1").values.update(number=7)
    Evaluation.objects.update(do_text="別の文")
    ActivityRecord.objects.create(plan=plan, fiscal_year=2022, title="後の会議").sections.set(plan.sections.all())
    a_measure(plan.sections.get(number=1), "1-9", family=Family.INDICATOR)
    type(plan).objects.update(name="別の計画", near_low=1, near_high=999)
    type(plan.municipality).objects.update(name="別の市", planned_word="見込量", place_word="箇所")

    assert contents(client, every_page(plan)) == before


def test_the_next_publication_shows_what_changed_and_keeps_the_older_one(client, plan, confirmer):
    publish_it(plan, confirmer)
    Evaluation.objects.filter(section_year__section__number=1).update(do_text="書き直した文")
    publish_it(plan, confirmer)

    pages = contents(client, every_page(plan, versions=(1, 2)))

    assert "書き直した文" in pages[url("section", plan, 1, 2022)]
    older = pages[url("version", plan, 1)]
    assert ("2022年1節の取組" in older, "これは前に公表した内容です。" in older, url("version", plan, 2) in older) == (
        True,
        True,
        True,
    )
    assert "これは前に公表した内容です。" not in pages[url("version", plan, 2)]
    assert "新しいものに置き換え" in pages[url("plan", plan)]


def test_a_withdrawn_publication_says_when_and_why_and_nothing_else(client, plan, confirmer):
    publication = publish_it(plan, confirmer)
    withdraw_publication(publication, by=confirmer, reason="数値の誤り", channel=Channel.SCREEN)

    page, body = (client.get(url("version", plan, 1) + query) for query in ("", "?format=json"))

    assert (page.status_code, body.status_code) == (410, 410)
    assert "数値の誤り" in page.text
    assert [word for word in ("取組", "指標の名", "節の名", confirmer.username) if word in page.text + body.text] == []


def test_after_a_withdrawal_nothing_of_it_can_be_read(client, plan, confirmer):
    withdraw_publication(publish_it(plan, confirmer), by=confirmer, reason="誤り", channel=Channel.SCREEN)

    addresses = [url("section", plan, 1, 2022), url("data", plan, "csv"), url("data", plan, "json")]

    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert "いま公表しているものはありません。" in client.get(url("plan", plan)).text
    assert plan.slug not in client.get(LIST).text


def test_withdrawing_the_newer_one_does_not_bring_the_older_one_back(client, plan, confirmer):
    publish_it(plan, confirmer)
    Evaluation.objects.filter(section_year__section__number=1).update(do_text="書き直した文")
    withdraw_publication(publish_it(plan, confirmer), by=confirmer, reason="誤り", channel=Channel.SCREEN)

    assert client.get(url("section", plan, 1, 2022)).status_code == 404
    assert "第2号に置き換えた後" in client.get(url("version", plan, 1)).text


def test_the_body_downloads_as_the_bytes_that_were_hashed(client, plan, confirmer):
    publication = publish_it(plan, confirmer)

    content = client.get(url("version", plan, 1) + "?format=json").content

    assert hashlib.sha256(content).hexdigest() == publication.sha256
    assert publication.sha256 in client.get(url("version", plan, 1)).text


def test_unchanged_data_need_not_be_sent_again(client, plan, confirmer):
    publish_it(plan, confirmer)
    etag = client.get(url("data", plan, "csv"))["ETag"]

    assert client.get(url("data", plan, "csv"), headers={"If-None-Match": etag}).status_code == 304
    publish_it(plan, confirmer, 2021)
    assert client.get(url("data", plan, "csv"), headers={"If-None-Match": etag}).status_code == 200


def test_the_table_keeps_one_name_for_a_measure_renamed_between_two_years(client, plan, confirmer):
    publish_it(plan, confirmer, 2021)
    plan.measures.filter(code="1-1").update(title="新しい名")
    publish_it(plan, confirmer, 2022)

    rows = [row for row in table_of(client, plan) if row["指標コード"] == "1-1"]

    assert [(row["年度"], row["指標名"], row["実績値"]) for row in rows] == [
        ("2021", "新しい名", "21"),
        ("2022", "新しい名", "22"),
        ("2023", "新しい名", ""),
    ]


def test_a_measure_added_later_is_unpublished_in_the_year_before(client, plan, confirmer):
    publish_it(plan, confirmer, 2021)
    later = a_measure(plan.sections.get(number=1), "1-2")
    for year in (2021, 2022):
        a_value(later, year, 3, side=Side.PLANNED)
        a_value(later, year, 4)
    publish_it(plan, confirmer, 2022)

    rows = [row for row in table_of(client, plan) if row["指標コード"] == "1-2"]

    assert [(row["年度"], row["計画値"], row["実績値"], row["実績値状態"]) for row in rows] == [
        ("2021", "3", "", "未公表"),
        ("2022", "3", "4", ""),
        ("2023", "", "", "未公表"),
    ]


def test_a_fictional_city_is_marked_on_every_page(client):
    city = a_municipality("129992", "みほん市", is_fictional=True)
    plan = a_plan(city)
    section = a_section(plan)
    a_value(a_measure(section, "1-1"), 2022, 1)
    confirmer = a_user(Role.CONFIRMER, city)
    in_state(section, 2022, YearState.CONFIRMED, confirmer)
    publish_it(plan, confirmer)

    marked = [address for address in every_page(plan) if "架空の自治体の見本" in client.get(address).text]

    assert marked == [LIST, url("plan", plan), url("section", plan, 1, 2022), url("version", plan, 1)]


@pytest.mark.parametrize("measures", [1, 30])
def test_no_page_asks_more_for_more_measures(client, confirmer, measures, django_assert_num_queries):
    plan = a_plan()
    section = a_section(plan)
    for number in range(measures):
        a_value(a_measure(section, f"1-{number + 1}"), 2022, number)
    in_state(section, 2022, YearState.CONFIRMED, confirmer)
    publish_it(plan, confirmer)

    offer_a_pdf = (url("plan", plan), url("section", plan, 1, 2022), url("version", plan, 1))
    for address in every_page(plan):
        with django_assert_num_queries(3 if address in offer_a_pdf else 2):
            client.get(address)


def test_members_of_any_city_read_the_same(client, plan, confirmer):
    publish_it(plan, confirmer)
    client.force_login(a_user(Role.VIEWER, a_municipality("129992", "みほん市")))

    contents(client, every_page(plan))


def test_states_of_later_drafts_do_not_matter_to_the_pages(client, plan, confirmer):
    publish_it(plan, confirmer)
    before = contents(client, every_page(plan))

    SectionYear.objects.all().delete()

    assert contents(client, every_page(plan)) == before


def test_the_table_holds_a_measure_that_was_taken_away_before_the_plan_grew(client, plan, confirmer):
    """What described it, and which years there were, is known to an older publication alone."""
    gone = a_measure(plan.sections.get(number=1), "1-9", title="やめた指標")
    publish_it(plan, confirmer, 2021)
    gone.delete()
    plan.end_year, plan.name = 2024, "第6期障害福祉計画（改定）"
    plan.save()
    plan.sections.filter(number=1).update(title="新しい節名")
    publish_it(plan, confirmer, 2022)

    rows = table_of(client, plan)
    files = [client.get(f"/published/{plan.slug}/{name}").status_code for name in ("data.json", "open-data/data.csv")]

    assert [
        (row["年度"], row["計画値"], row["実績値状態"], row["判定"]) for row in rows if row["指標コード"] == "1-9"
    ] == [
        ("2021", "", "未入力", "計画値なし"),
        ("2022", "", "未公表", ""),
        ("2023", "", "未公表", ""),
        ("2024", "", "未公表", ""),
    ]
    assert {(row["計画名"], row["終了年度"]) for row in rows} == {("第6期障害福祉計画（改定）", "2024")}
    assert {row["節名"] for row in rows if row["節番号"] == "1"} == {"新しい節名"}
    assert files == [200, 200]
