"""The page of goals and indicators: what it shows of the guideline, how a goal is edited, who may."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from core.words import Direction, Side
from evaluations.links.page import links_page
from indicators.models import ActivityIndicator, Service
from indicators.services import create_missing_services
from plans.access import Access
from plans.catalogue import national_catalogue
from plans.models import CatalogueAmendment, Change, Role, YearState
from targets.models import OutcomeTarget
from tests.builders import (
    a_full_plan,
    a_measure,
    a_municipality,
    a_plan,
    a_section,
    a_user,
    a_value,
    an_indicator,
    in_state,
    linked,
)
from tests.core.test_goal_links import LINEAGE, goal_title, tied_by_hand
from tests.page_forms import form_with
from tests.page_readers import page_tree, words

pytestmark = pytest.mark.django_db

INSTITUTION = "福祉施設の入所者の地域生活への移行"
WORK = "福祉施設から一般就労への移行等"


@pytest.fixture
def plan():
    """第7期: two goals, a group home, training with users and days, home help."""
    plan = a_plan(generation=7, start=2024, end=2026)
    for number, title in ((1, INSTITUTION), (2, WORK)):
        a_measure(a_section(plan, number, title), f"{number}-1", title=f"目標{number}")
    services = a_section(plan, 5, "日中活動系サービス")
    an_indicator(services, "gh", "kyodo_enjo", title="共同生活援助の利用者数")
    an_indicator(services, "tr-users", "shuro_iko", title="就労移行支援の利用者数")
    an_indicator(services, "tr-days", "shuro_iko", "days", title="就労移行支援の利用日数")
    an_indicator(services, "help", "kyotaku_kaigo", title="居宅介護の利用者数")
    return plan


def address(plan, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return reverse("evaluations:links", args=[plan.slug]) + (f"?{query}" if query else "")


def kept(plan, number=1):
    section = plan.sections.get(number=number)
    return sorted(section.related_indicators.values_list("measure__code", flat=True))


def measure(plan, code):
    return plan.measures.get(code=code)


def goal(plan, number):
    return plan.sections.get(number=number)


def seen(client, plan, number):
    return form_with(client.get(address(plan, goal=number)), "seen")["seen"]


def save(client, plan, number, *codes, seen_before=None, **more):
    data = {"seen": seen_before or seen(client, plan, number), "linked": list(codes), "do": "save"} | more
    return client.post(address(plan, goal=number), data)


def columns(plan, role=Role.MANAGER, year=None):
    plan.access = Access(role)
    return {column.section.number: column for column in links_page(plan, year).columns}


def codes(rows):
    return [row.measure.code for row in rows]


def cells(page):
    """The words of the matrix by name of its row."""
    rows = page_tree(page).findall(".//div[@aria-labelledby='matrix']//th[@scope='row']/..")
    return {
        re.sub(r"\s", "", words(row[0])).split("未入力")[0].split("計画値なし")[0]: [
            words(one) for one in row.findall("td/span[@class='visually-hidden']")
        ]
        for row in rows
    }


# --- What the guideline says ---


@pytest.fixture
def whole(client):
    """第7期 with the four goals that follow those of 参考3, every volume of the catalogue, and its other names."""
    create_missing_services(settings.BASE_DIR / "fixtures" / "services.json")
    plan = a_plan(generation=7, start=2024, end=2026)
    for number, later in enumerate(LINEAGE.values(), 1):
        a_measure(a_section(plan, number, goal_title(later[7])), f"{number}-1")
    services, known = a_section(plan, 9, "サービス"), Service.objects.in_bulk(field_name="code")
    for volume in national_catalogue().volumes:
        kept = an_indicator(services, volume.code, title=volume.title)
        ActivityIndicator.objects.filter(measure=kept).update(service=known[volume.service], amount_of=volume.amount_of)
    for number, name in enumerate(sorted({name for _, name in tied_by_hand()} - set(volume_codes()))):
        an_indicator(services, f"name-{number}", title=name)
    client.force_login(a_user(Role.MANAGER))
    return plan


def volume_codes():
    return [volume.code for volume in national_catalogue().volumes]


def by_hand(plan):
    """The printed page for this plan: 節番号 and 指標コード of every tie."""
    numbers = {old: number for number, old in enumerate(LINEAGE, 1)}
    names = dict(plan.measures.filter(code__startswith="name-").values_list("title", "code"))
    return {(numbers[old], names.get(tied, tied)) for old, tied in tied_by_hand()}


def test_every_tie_of_the_reference_is_offered_to_a_plan_with_those_services(whole):
    offered = {(number, code) for number, column in columns(whole).items() for code in codes(column.offered)}

    assert offered == by_hand(whole)
    assert len(offered) == 43


def test_one_click_takes_all_of_them_over_and_a_second_finds_nothing_more(client, whole):
    page = client.get(address(whole))

    client.post(address(whole), form_with(page, "seen") | {"do": "take"})

    found = {
        (section.number, code)
        for section in whole.sections.all()
        for code in section.related_indicators.values_list("measure__code", flat=True)
    }
    again = client.get(address(whole)).text
    assert found == by_hand(whole)
    assert (Change.objects.count(), "まだ結んでいない" in again) == (len({code for _, code in found}), False)


def test_the_matrix_says_of_each_cell_whether_it_is_tied_and_who_says_so(as_manager, plan):
    linked(measure(plan, "gh"), goal(plan, 1))
    linked(measure(plan, "tr-users"), goal(plan, 1), goal(plan, 2))
    linked(measure(plan, "help"), goal(plan, 2))

    found = cells(as_manager.get(address(plan)))

    fourth = "第4期の参考資料による・要確認"
    assert found == {
        "共同生活援助の利用者数": [f"結んでいる（{fourth}）", "結んでいない"],
        "shuro_iko利用者数（shuro_iko）": [f"利用者数だけ結んでいる（{fourth}）"] * 2,
        "居宅介護の利用者数": ["結んでいない", "結んでいる（市が加えた）"],
    }


def test_what_the_guideline_has_and_what_the_city_added_are_told_apart(plan):
    linked(measure(plan, "help"), goal(plan, 1))

    column = columns(plan)[1]

    assert (codes(column.offered), codes(column.of_city)) == (["gh", "tr-users", "tr-days"], ["help"])
    assert column.sources == ["第4期の参考資料による・要確認"]


def test_an_indicator_of_its_own_section_belongs_to_a_goal_by_its_place(as_manager, plan):
    an_indicator(goal(plan, 1), "here", "chiiki_iko", title="地域移行支援の利用者数")

    found = cells(as_manager.get(address(plan)))["地域移行支援の利用者数"]
    form = as_manager.get(address(plan, goal=1)).text

    assert found == ["同じ節の指標", "結んでいない"]
    assert 'value="here"' not in form
    assert "here" not in codes(columns(plan)[1].offered)


def test_the_plans_own_term_speaks_for_itself(as_manager, plan):
    advice = "地域の相談支援事業所の人材育成の支援件数"
    a_measure(a_section(plan, 3, "相談支援体制の充実・強化等"), "3-1")
    an_indicator(plan.sections.get(number=5), "advice", title=advice)

    found = cells(as_manager.get(address(plan)))[advice]

    assert found == ["結んでいない", "結んでいない", "結んでいない（第7期の基本指針による）"]


def test_what_a_city_left_out_of_its_catalogue_is_not_offered(plan):
    CatalogueAmendment.objects.create(
        municipality=plan.municipality, generation=0, code="kyodo_enjo-users", title="－", left_out=True
    )

    assert "gh" not in codes(columns(plan)[1].offered)


def test_what_a_city_wrote_into_the_catalogue_itself_is_not_called_the_guidelines(as_manager, plan):
    CatalogueAmendment.objects.create(
        municipality=plan.municipality,
        generation=7,
        code="own-1",
        goal="7-1",
        title="体験利用の回数",
        source="市の方針",
    )
    an_indicator(plan.sections.get(number=5), "trial", title="体験利用の回数")

    found = cells(as_manager.get(address(plan)))["体験利用の回数"]

    assert found == ["結んでいない（市が直した国の一覧による）", "結んでいない"]


def test_a_source_that_is_to_be_checked_shows_so_in_its_mark(client):
    plan = a_plan(generation=8, start=2027, end=2029)
    a_measure(a_section(plan, 1, "精神障害にも対応した地域包括ケアシステムの構築"), "1-1")
    an_indicator(a_section(plan, 5), "meetings", title="保健・医療・福祉関係者による協議の場の開催回数")
    client.force_login(a_user(Role.MANAGER))

    page = client.get(address(plan)).text

    assert '<span class="links-mark">参？</span>' in page
    assert "結んでいない（第8期の基本指針による・要確認）" in page


def test_a_goal_in_words_alone_is_a_column_too(plan):
    OutcomeTarget.objects.create(section=a_section(plan, 3, "地域生活支援の充実"), title="地域生活支援の充実")

    assert list(columns(plan)) == [1, 2, 3]


# --- Editing one goal ---


def test_a_manager_ticks_the_indicators_of_one_goal_and_stays_there(as_manager, plan):
    linked(measure(plan, "help"), goal(plan, 1), goal(plan, 2))

    answer = save(as_manager, plan, 1, "gh", "tr-users")
    page = as_manager.get(answer["Location"])

    assert answer["Location"] == f"{address(plan, goal=1)}#edit"
    assert (kept(plan, 1), kept(plan, 2)) == (["gh", "tr-users"], ["help"])
    assert "第1節の関係を保存しました（変更3件）。" in page.text
    assert ticked(page) == ["gh", "tr-users"]


def ticked(page):
    return sorted(re.findall(r'name="linked" value="([^"]+)" checked', page.text))


def test_saving_and_going_on_opens_the_next_goal(as_manager, plan):
    first = save(as_manager, plan, 1, "gh", do="next")
    last = save(as_manager, plan, 2, do="next")

    assert [answer["Location"] for answer in (first, last)] == [f"{address(plan, goal=2)}#edit"] * 2


def test_the_history_says_who_tied_what(as_manager, plan):
    save(as_manager, plan, 1, "gh")

    page = as_manager.get(reverse("evaluations:measure", args=[plan.slug, "gh"])).text

    assert "関連する成果目標" in page
    assert f"第1節 {INSTITUTION}" in page


def test_a_colleagues_ties_are_shown_and_ones_own_ticks_stay(as_manager, plan):
    linked(measure(plan, "help"), goal(plan, 1))
    before = seen(as_manager, plan, 1)
    linked(measure(plan, "gh"), goal(plan, 1))
    linked(measure(plan, "help"))

    page = save(as_manager, plan, 1, "help", "tr-users", seen_before=before)

    assert kept(plan, 1) == ["gh"]
    assert "まだ保存していません。" in page.text
    assert ticked(page) == ["gh", "tr-users"]
    assert re.findall(r"ほかの人が(結びました|外しました)", page.text) == ["結びました", "外しました"]

    save(as_manager, plan, 1, "gh", "tr-users", seen_before=form_with(page, "seen")["seen"])

    assert kept(plan, 1) == ["gh", "tr-users"]


def test_the_same_form_sent_twice_is_harmless(as_manager, plan):
    before = seen(as_manager, plan, 1)

    for _ in range(2):
        answer = save(as_manager, plan, 1, "gh", seen_before=before)

    assert (answer.status_code, kept(plan, 1), Change.objects.count()) == (302, ["gh"], 1)


def test_saving_nothing_new_says_so(as_manager, plan):
    linked(measure(plan, "gh"), goal(plan, 1))

    page = as_manager.get(save(as_manager, plan, 1, "gh")["Location"])

    assert ("変更はありませんでした。" in page.text, Change.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"seen": "forged"}, "ページを開いたときの内容を確かめられませんでした。"),
        ({"seen": ""}, "ページを開いたときの内容を確かめられませんでした。"),
        ({"linked": ["gh", "no-such"]}, "この計画の活動指標ではないものが含まれています。"),
        ({"linked": ["1-1"]}, "この計画の活動指標ではないものが含まれています。"),
    ],
)
def test_a_form_that_the_page_did_not_draw_is_refused_and_what_was_ticked_stays(as_manager, plan, broken, sentence):
    sent = {"seen": seen(as_manager, plan, 1), "linked": ["gh"], "do": "save"} | broken

    page = as_manager.post(address(plan, goal=1), sent)

    assert (page.status_code, kept(plan, 1), sentence in page.text) == (200, [], True)
    assert ticked(page) == [code for code in sent["linked"] if code == "gh"]


def test_the_token_of_another_goal_does_not_serve(as_manager, plan):
    page = save(as_manager, plan, 1, "gh", seen_before=seen(as_manager, plan, 2))

    assert (kept(plan, 1), "確かめられませんでした" in page.text) == ([], True)


@pytest.mark.parametrize("number", ["", "5", "77", "x"])
def test_only_a_section_with_a_goal_can_be_saved(as_manager, plan, number):
    assert as_manager.post(address(plan, goal=number), {"linked": ["gh"]}).status_code == 404


def test_seventy_services_are_one_small_form(as_manager, plan):
    services = plan.sections.get(number=5)
    for number in range(70):
        an_indicator(services, f"s{number}")

    page = as_manager.get(address(plan, goal=1)).text
    form = page[page.index("links-form") : page.index("</form>", page.index("links-form"))]
    answer = save(as_manager, plan, 1, *(f"s{number}" for number in range(70)))

    assert form.count("<input") == 74 + 2  # the boxes, the token and what was seen
    assert (answer.status_code, len(kept(plan, 1))) == (302, 70)


# --- Taking over ---


def offer(client, plan, number):
    """The form that takes over what the guideline names of one goal."""
    page = client.get(address(plan)).text
    article = page[page.index(f'id="goal-{number}"') :]
    return {"seen": re.findall(r'name="seen" value="([^"]+)"', article)[0], "do": "take"}


def test_one_goal_is_taken_over_alone(as_manager, plan):
    linked(measure(plan, "help"), goal(plan, 2))

    as_manager.post(address(plan), offer(as_manager, plan, 2))

    assert (kept(plan, 1), kept(plan, 2)) == ([], ["help", "tr-days", "tr-users"])


def test_what_a_colleague_took_away_meanwhile_is_not_brought_back(as_manager, plan):
    before = offer(as_manager, plan, 1)
    linked(measure(plan, "help"), goal(plan, 1))

    page = as_manager.post(address(plan), before)

    assert kept(plan, 1) == ["help"]
    assert "ほかの人が先に関係を変更しました。" in page.text


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_forged_offer_is_refused(as_manager, plan, token):
    page = as_manager.post(address(plan), {"do": "take", "seen": token})

    assert (page.status_code, "確かめられませんでした" in page.text, Change.objects.count()) == (200, True, 0)


# --- Who may, and what they see ---


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_others_of_the_city_read_without_forms_and_cannot_write(client, plan, role):
    client.force_login(a_user(role))

    page = client.get(address(plan, goal=1))
    answer = client.post(address(plan, goal=1), {"linked": ["gh"], "do": "save"})

    assert (page.status_code, 'name="seen"' in page.text, "直す" in page.text) == (200, False, False)
    assert (answer.status_code, "管理の役割の人だけです" in answer.text, kept(plan, 1)) == (403, True, [])


def test_strangers_and_passers_by_find_nothing(client, plan):
    answers = [client.post(address(plan, goal=1), {"do": "take"}).status_code]
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))
    answers += [client.get(address(plan)).status_code, client.post(address(plan), {"do": "take"}).status_code]

    assert answers == [302, 404, 404]


def judged(plan):
    """The goal of 第1節 missed, all that is tied to it on its plan, in 2024."""
    for code, planned, actual in (("1-1", 40, 30), ("gh", 60, 60)):
        a_value(measure(plan, code), 2024, planned, side=Side.PLANNED)
        a_value(measure(plan, code), 2024, actual)
    linked(measure(plan, "gh"), goal(plan, 1))


def test_the_page_asks_where_goal_and_indicators_contradict(as_manager, plan):
    judged(plan)

    page = as_manager.get(address(plan)).text

    assert "令和6年度に、目標と活動指標が食い違っているところ" in page
    assert "成果目標は未達ですが、関連する活動指標はすべて見込みどおり以上です。" in page
    assert "見込みどおり" in page


def test_a_year_without_figures_asks_nothing(as_manager, plan):
    judged(plan)

    page = as_manager.get(address(plan, year=2025)).text

    assert "食い違っている" not in page


def test_a_reader_is_told_nothing_that_follows_from_drafts(client, plan):
    judged(plan)
    client.force_login(a_user(Role.VIEWER))

    drafts = client.get(address(plan, year=2024)).text
    in_state(goal(plan, 1), 2024, YearState.CONFIRMED)
    half = client.get(address(plan, year=2024)).text
    for number in (2, 5):
        in_state(goal(plan, number), 2024, YearState.CONFIRMED)
    settled = client.get(address(plan, year=2024)).text

    told = [[word in page for word in ("確認中", "未達</span>", "食い違っている")] for page in (drafts, half, settled)]
    assert told == [[True, False, False], [True, True, False], [False, True, True]]


def test_the_picture_says_in_words_what_it_draws(as_manager, plan):
    judged(plan)
    linked(measure(plan, "tr-users"), goal(plan, 2))

    page = as_manager.get(address(plan)).text

    said = re.findall(r"<desc[^>]*>(.*?)</desc>", page)
    assert said == [
        (
            f"第1節 {INSTITUTION}（未達）：共同生活援助の利用者数（見込みどおり。目標を支える）。"
            f"第2節 {WORK}（判定なし）：shuro_iko（計画値なし。判断できない）。"
        )
    ]


def test_a_plan_without_goals_or_indicators_says_what_is_missing(client):
    client.force_login(a_user(Role.MANAGER))
    nothing, goals_only = a_plan(generation=5), a_plan(generation=6)
    a_measure(a_section(goals_only))

    said = [client.get(address(plan)).text for plan in (nothing, goals_only)]

    assert ["成果目標のある節が、まだありません。" in page for page in said] == [True, False]
    assert ["この計画に活動指標はまだありません。" in page for page in said] == [False, True]


def test_a_plan_in_one_section_needs_no_ties(client):
    plan = a_full_plan(2)
    client.force_login(a_user(Role.MANAGER))

    page = client.get(address(plan))

    assert list(cells(page).values()) == [["同じ節の指標"]] * 2


def test_a_goal_of_another_name_is_named(as_manager, plan):
    goal(plan, 1).outcome_targets.update(title="地域で暮らす")

    assert "成果目標：地域で暮らす" in as_manager.get(address(plan)).text


def test_fewer_in_the_institution_is_what_its_goal_wants(plan):
    institution = an_indicator(
        plan.sections.get(number=5), "in", "shisetsu_nyusho", title="施設入所支援の利用者数", direction=Direction.NEAR
    )
    linked(institution, goal(plan, 1))
    for code, planned, actual in (("1-1", 40, 30), ("in", 57, 40)):
        a_value(measure(plan, code), 2024, planned, side=Side.PLANNED)
        a_value(measure(plan, code), 2024, actual)

    column = columns(plan, year=2024)[1]

    assert column.chain.links[0].word == "見込みを下回る"
    assert column.chain.chain.question == (
        "成果目標は未達ですが、関連する活動指標はすべて見込みどおり以上です（減るほうがよい指標は、見込みどおり以下）。"
        "目標と活動指標の関係を確かめてください。"
    )


def test_the_line_of_fewer_in_the_institution_is_drawn_as_support(as_manager, plan):
    institution = an_indicator(plan.sections.get(number=5), "in", "shisetsu_nyusho", title="施設入所支援の利用者数")
    linked(institution, goal(plan, 1))
    a_value(institution, 2024, 57, side=Side.PLANNED)
    a_value(institution, 2024, 40)

    page = as_manager.get(address(plan, year=2024)).text

    line = re.findall(r'<path d="M[^"]*C[^"]*"[^>]*>', page)
    assert "施設入所支援の利用者数（見込みを下回る。目標を支える）" in page
    assert ["stroke-dasharray" in each for each in line] == [False]
