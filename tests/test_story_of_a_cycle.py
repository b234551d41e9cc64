"""The cycle of the guideline in a real browser: watched, heard, acted on, and carried into the next plan."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.words import Side
from evaluations.models import ActionItem, CouncilOpinion, Outlook
from plans.models import MeasureLink, Plan, YearlyValue
from tests.browser import enter
from tests.test_accessibility import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo")]

MIHON = "/plans/129992-7/"
NEXT_OF_INZAI = "/plans/122319-7/"
NEXT_OF_MIHON = "/plans/129992-8/"


@pytest.fixture
def desk(context, page, live_server):
    """A desk at which somebody sits down."""

    def sit_down(username: str) -> Page:
        sign_in(context, username, live_server.url)
        return page

    return sit_down


def press(page: Page, name: str | re.Pattern[str]) -> None:
    enter(page.get_by_role("button", name=name).first)


def actual(code: str, year: int) -> YearlyValue:
    return YearlyValue.objects.get(measure__code=code, fiscal_year=year, side=Side.ACTUAL)


def test_months_are_typed_and_imported_and_taken_over_into_the_year(desk):
    page = desk("other")
    page.goto(f"{MIHON}indicators/monthly/2026/?section=4")
    for number, users in ((4, "21"), (5, "22")):
        page.locator(f'[data-measure="doko_engo-users"] input[data-field="month-{number}"]').fill(users)
    press(page, "月別の値を保存")
    page.get_by_text("第4節の月別の値2件を保存しました。").wait_for()

    enter(page.get_by_role("link", name="月別のファイルを取り込む"))
    for label, text in (
        ("読み方の名前", "国保連"),
        ("サービスの列", "種類"),
        ("月の列", "月"),
        ("利用者数の列", "人数"),
    ):
        page.get_by_label(label).first.fill(text)
    page.get_by_label("同行援護の利用者数のコード・名前").fill("15")
    press(page, "読み方を保存")
    table = "種類,月,人数\r\n15,6月,23\r\n15,7月,24\r\n77,6月,9\r\n".encode("cp932")
    page.get_by_label("取り込むファイル").set_input_files({"name": "6-7.csv", "mimeType": "text/csv", "buffer": table})
    press(page, "内容を確かめる")
    press(page, "2件を取り込む")
    page.get_by_text("月別の値2件を取り込みました。").wait_for()

    page.goto(f"{MIHON}indicators/monthly/2026/?section=4")
    press(page, re.compile("年度の実績に反映する.*同行援護の利用者数"))
    page.get_by_text("1件を第4節の年度の実績に反映しました。").wait_for()

    taken = actual("doko_engo-users", 2026)
    assert (taken.number, taken.certainty) == (22.5, "preliminary")


def test_an_outlook_is_chosen_an_opinion_answered_and_an_action_carried_into_the_next_year(desk):
    page = desk("other")
    page.goto(f"{MIHON}measures/shuro_b-users/")
    page.get_by_text("市が採る見込みを選ぶ").press("Enter")
    page.get_by_label("市が採る見込み").select_option("hold")
    page.get_by_label("理由").first.fill("新しい事業所の予定がないため。")
    press(page, re.compile("見込みを保存"))
    expect(page.get_by_text("見込みを保存しました。")).to_be_visible()

    page.goto(f"{MIHON}opinions/?state=UNANSWERED")
    enter(page.get_by_role("link", name=re.compile("直す")).first)
    page.locator("#opinion-response").fill("受講後の登録と派遣の調整も助成に加える。")
    page.locator("#opinion-status").select_option("ANSWERED")
    press(page, "この意見を保存")
    expect(page.get_by_role("status")).to_contain_text("意見を保存しました。")

    page.goto(f"{MIHON}actions/")
    waiting = page.locator("[data-action]").filter(has_text="再開に向けて2事業所と協議する。")
    enter(waiting.get_by_role("link", name=re.compile("結果を書く")))
    page.locator("#report-outcome").fill("1事業所と条件を詰めている。")
    press(page, "結果を保存")
    enter(waiting.get_by_role("link", name=re.compile("結果を書く")))
    press(page, "令和7年度へ引き継ぐ")
    page.goto(f"{MIHON}sections/9/2025/")
    expect(page.get_by_role("region", name="前年度に決めた取組の表")).to_contain_text("1事業所と条件を詰めている。")

    carried = ActionItem.objects.filter(section__number=9, action="再開に向けて2事業所と協議する。")
    answered = CouncilOpinion.objects.filter(response__contains="派遣の調整")
    assert list(carried.order_by("fiscal_year").values_list("fiscal_year", flat=True)) == [2024, 2025]
    assert [one.status for one in answered] == ["ANSWERED"]
    assert Outlook.objects.get(measure__code="shuro_b-users").method == "hold"


@pytest.mark.parametrize(
    ("person", "generation", "address"),
    [("manager", "7", NEXT_OF_INZAI), ("other", "8", NEXT_OF_MIHON)],
    ids=["印西市 第6期 → 第7期", "みほん市 第7期 → 第8期"],
)
def test_the_next_plan_is_opened_and_its_paper_lists_each_change(desk, person, generation, address):
    page = desk(person)
    page.goto("/plans/new/")
    page.locator("[name=generation]").fill(generation)
    page.locator("button.primary").press("Enter")
    page.wait_for_url(f"**{address.replace('/plans/', '/plans/new/')}")
    press(page, "計画を作る")
    page.wait_for_url(f"**{address}")
    expect(page.get_by_role("status")).to_contain_text("を作りました")

    page.goto(f"{address}carry-over/")
    # The city's own 指標, which the guideline does not know, come along with their 節.
    press(page, re.compile(r"この\d+件をすべてこの計画に加える"))
    page.get_by_text(re.compile(r"前の計画の指標\d+件を、継続としてこの計画に加えました。")).wait_for()
    press(page, "選んだ案のとおりに決める")
    page.get_by_text(re.compile(r"引き継ぎ方を\d+件決めました。")).wait_for()
    press(page, re.compile(r"前の計画にない\d+件を新規と決める"))
    page.get_by_text(re.compile(r"引き継ぎ方を\d+件決めました。")).wait_for()

    page.goto(f"{address}carry-over/paper/")
    paper = page.locator("main").inner_text()
    plan = Plan.objects.get(slug=address.split("/")[2])
    links = MeasureLink.objects.filter(plan=plan).select_related("old", "new")
    undecided = (
        plan.measures.filter(earlier_links=None).count() + plan.previous.measures.filter(later_links=None).count()
    )
    named = {one.title for link in links for one in (link.old, link.new) if one}
    assert (undecided, len(links) > 20) == (0, True)
    assert [title for title in sorted(named) if title not in paper] == []
