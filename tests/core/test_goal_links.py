"""参考3 of the guideline: every tie of the printed page stands in the catalogue and is proposed to a plan."""

import pytest

from core.goal_links import GoalWording, GuidelineLinks, IndicatorWording, Proposal
from plans.catalogue import national_catalogue

# Copied by hand from the ministry's page 「参考3 成果目標と活動指標の関係」: each goal with its lines as printed.
PRINTED = {
    "施設入所者の地域生活への移行": (
        "生活介護の利用者数、利用日数",
        "自立訓練(機能訓練・生活訓練)の利用者数、利用日数",
        "就労移行支援の利用者数、利用日数",
        "就労継続支援(A型・B型)の利用者数、利用日数",
        "短期入所(福祉型、医療型)の利用者数、利用日数",
        "共同生活援助の利用者数",
        "地域相談支援(地域移行支援、地域定着支援)の利用者数",
        "施設入所支援の利用者数※施設入所者の削減",
    ),
    "入院中の精神障害者の地域生活への移行": (
        "自立訓練(生活訓練)の利用者数、利用日数",
        "就労移行支援の利用者数、利用日数",
        "就労継続支援(A型・B型)の利用者数、利用日数",
        "短期入所(福祉型、医療型)の利用者数、利用日数",
        "共同生活援助の利用者数",
        "地域相談支援(地域移行支援、地域定着支援)の利用者数",
    ),
    "障害者の地域生活の支援": (),
    "福祉施設から一般就労への移行": (
        "就労移行支援の利用者、利用日数",
        "就労移行支援事業等から一般就労への移行者数(就労移行支援、就労継続支援A型、就労継続支援B型)",
        "公共職業安定所におけるチーム支援による福祉施設の利用者の支援件数",
        "委託訓練事業の受講者数",
        "障害者試行雇用事業の開始者数",
        "職場適応援助者による支援の対象者数",
        "障害者就業・生活支援センター事業の支援対象者数",
    ),
}
# The same lines resolved by hand into what a plan keeps: service and what is counted of it, or a name.
USERS_AND_DAYS = ("users", "days")
RESOLVED = {
    "生活介護の利用者数、利用日数": (("seikatsu_kaigo", USERS_AND_DAYS),),
    "自立訓練(機能訓練・生活訓練)の利用者数、利用日数": (
        ("jiritsu_kino", USERS_AND_DAYS),
        ("jiritsu_seikatsu", USERS_AND_DAYS),
    ),
    "自立訓練(生活訓練)の利用者数、利用日数": (("jiritsu_seikatsu", USERS_AND_DAYS),),
    "就労移行支援の利用者数、利用日数": (("shuro_iko", USERS_AND_DAYS),),
    "就労移行支援の利用者、利用日数": (("shuro_iko", USERS_AND_DAYS),),
    "就労継続支援(A型・B型)の利用者数、利用日数": (("shuro_a", USERS_AND_DAYS), ("shuro_b", USERS_AND_DAYS)),
    "短期入所(福祉型、医療型)の利用者数、利用日数": (
        ("tanki_fukushi", USERS_AND_DAYS),
        ("tanki_iryo", USERS_AND_DAYS),
    ),
    "共同生活援助の利用者数": (("kyodo_enjo", ("users",)),),
    "地域相談支援(地域移行支援、地域定着支援)の利用者数": (
        ("chiiki_iko", ("users",)),
        ("chiiki_teichaku", ("users",)),
    ),
    "施設入所支援の利用者数※施設入所者の削減": (("shisetsu_nyusho", ("users",)),),
}
# Which goals of later 期 carry on which of 第4期.
LINEAGE = {
    "4-1": {5: "5-1", 6: "6-1", 7: "7-1", 8: "8-1"},
    "4-2": {5: "5-2", 6: "6-2", 7: "7-2", 8: "8-2"},
    "4-3": {5: "5-3", 6: "6-3", 7: "7-3", 8: "8-5"},
    "4-4": {5: "5-4", 6: "6-4", 7: "7-4", 8: "8-3"},
}

CATALOGUE = national_catalogue()
GUIDELINE = GuidelineLinks(CATALOGUE)


def goal_title(code):
    return next(goal.title for goal in CATALOGUE.goals if goal.code == code)


def tied_by_hand():
    """Every tie of the printed page: (goal of 第4期, volume of the catalogue or name)."""
    codes = {goal_title(goal.code): goal.code for goal in CATALOGUE.goals_of(4)}
    return {
        (codes[title], tied)
        for title, lines in PRINTED.items()
        for line in lines
        for tied in (
            [f"{service}-{amount}" for service, amounts in RESOLVED[line] for amount in amounts]
            if line in RESOLVED
            else [line]
        )
    }


def everything_countable():
    """Every volume of the catalogue as an indicator with its service, and every name of 参考3, by a key of its own."""
    volumes = [(v.code, IndicatorWording(0, v.title, "", v.service, v.amount_of)) for v in CATALOGUE.volumes]
    names = [(line, IndicatorWording(0, line)) for lines in PRINTED.values() for line in lines if line not in RESOLVED]
    return volumes + names


def proposed(generation, goals, indicators):
    wordings = [GoalWording(number, (title,)) for number, (_, title) in enumerate(goals)]
    keyed = [
        IndicatorWording(number, one.title, one.code, one.service, one.amount_of, one.is_part)
        for number, (_, one) in enumerate(indicators)
    ]
    found = GUIDELINE.proposals(generation, wordings, keyed)
    return {(goals[one.goal][0], indicators[one.indicator][0]): one for one in found}


def test_the_fixture_holds_every_tie_of_the_printed_page_and_no_other():
    kept = {
        (links.goal, tied)
        for links in CATALOGUE.links
        for tied in (
            *(v.code for v in CATALOGUE.volumes if v.service in links.services),
            *links.others,
            *links.of_prefecture,
        )
    }

    assert kept == tied_by_hand()
    assert [sum(goal == code for goal, _ in kept) for code in ("4-1", "4-2", "4-3", "4-4")] == [20, 15, 0, 8]
    assert [(links.goal, links.fewer) for links in CATALOGUE.links if links.fewer] == [("4-1", ("shisetsu_nyusho",))]


def test_a_plan_of_the_fourth_term_is_proposed_exactly_the_printed_page():
    goals = [(goal.code, goal.title) for goal in CATALOGUE.goals_of(4)]

    found = proposed(4, goals, everything_countable())

    assert set(found) == tied_by_hand()
    assert {(one.generation, one.needs_check) for one in found.values()} == {(4, False)}


@pytest.mark.parametrize("generation", [5, 6, 7, 8])
def test_later_terms_are_proposed_the_same_by_what_their_goals_follow_to_be_checked(generation):
    goals = [(old, goal_title(later[generation])) for old, later in LINEAGE.items()]

    found = proposed(generation, goals, everything_countable())

    assert set(found) == tied_by_hand()
    assert {(one.generation, one.needs_check) for one in found.values()} == {(4, True)}


def test_the_goals_of_each_term_follow_those_of_the_fourth_by_hand():
    indicator = [("x", IndicatorWording(0, "共同生活援助の利用者数", "", "kyodo_enjo", "users"))]
    later = [(goal.code, goal.title, goal.generation) for goal in CATALOGUE.goals if goal.generation > 4]

    tied = {code for code, title, generation in later if proposed(generation, [(code, title)], indicator)}

    assert tied == {*LINEAGE["4-1"].values(), *LINEAGE["4-2"].values()}


def test_its_own_term_comes_first_and_says_whether_it_is_to_be_checked():
    advice = "地域の相談支援事業所に対する訪問等による専門的な指導・助言件数"
    goals = [("相談", "相談支援体制の充実・強化等"), ("移行", "福祉施設の入所者の地域生活への移行")]

    found = proposed(7, goals, [("助言", IndicatorWording(0, advice)), ("拠点", IndicatorWording(0, "拠点の数"))])

    assert found == {("相談", "助言"): Proposal(0, 0, 7, needs_check=False, entry="7-6-a1", goal_code="7-6")}


def test_the_eighth_term_rests_on_a_secondary_source_and_is_to_be_checked():
    wording = IndicatorWording(0, "何と書いてあっても", code="8-2-a4")

    found = proposed(8, [("精神", goal_title("8-2"))], [("サポーター", wording)])

    assert found == {("精神", "サポーター"): Proposal(0, 0, 8, needs_check=True, entry="8-2-a4", goal_code="8-2")}


@pytest.mark.parametrize(
    ("goal", "is_meant"),
    [
        (GoalWording(0, ("福祉施設の入所者の地域生活への移行",)), True),
        (GoalWording(0, ("施設入所者の地域生活への移行",)), True),
        (GoalWording(0, (" 施設入所者の 地域生活への移行",)), True),
        (GoalWording(0, ("第1節", "施設入所者の地域生活への移行")), True),
        (GoalWording(0, ("地域で暮らすために",), items=("地域生活への移行者数",)), True),
        (GoalWording(0, ("地域で暮らすために",), codes=("7-1-2",)), True),
        (GoalWording(0, ("精神障がいにも対応した地域包括ケアシステムの構築",)), True),
        # The codes of the items say more than a title that happens to be the same.
        (GoalWording(0, ("施設入所者の地域生活への移行",), codes=("7-6-1",)), False),
        (GoalWording(0, ("相談支援体制の充実・強化等",)), False),
        (GoalWording(0, ("地域で暮らすために",)), False),
    ],
)
def test_a_goal_is_recognised_by_codes_titles_and_items(goal, is_meant):
    group_home = IndicatorWording(0, "共同生活援助の利用者数", "", "kyodo_enjo", "users")

    assert bool(GUIDELINE.proposals(7, [goal], [group_home])) is is_meant


@pytest.mark.parametrize(
    ("title", "code", "is_named"),
    [
        ("共同生活援助（グループホーム）の利用者数", "", True),
        ("共同生活援助の利用者数", "", True),
        ("共同生活援助　利用者数", "", True),
        ("共同生活援助の利用日数", "", False),
        ("共同生活援助（うち精神障害者）の利用者数", "", False),
        ("就労継続支援Ａ型の利用日数", "", True),
        ("就労継続支援(B型) 見込量", "", True),
        ("短期入所の利用者数", "", True),
        ("自立訓練（機能訓練）実利用者数", "", True),
        ("地域移行支援事業の利用者数", "", True),
        ("地域移行支援の手引きの配布", "", False),
        ("生活介護事業所の数", "", False),
        ("居宅介護の利用者数", "", False),
        ("重度訪問介護の利用時間", "", False),
        ("グループホームで暮らす人", "kyodo_enjo-users", True),
        ("ヘルパーを使う人", "kyotaku_kaigo-users", False),
        ("短期入所", "no-such-code", True),
    ],
)
def test_an_indicator_without_a_kept_service_is_recognised_by_its_code_or_name(title, code, is_named):
    goal = GoalWording(0, ("施設入所者の地域生活への移行",))

    assert bool(GUIDELINE.proposals(7, [goal], [IndicatorWording(0, title, code)])) is is_named


def test_a_part_of_a_whole_is_not_what_the_page_names():
    goal = GoalWording(0, ("施設入所者の地域生活への移行",))
    part = IndicatorWording(0, "うち精神障害者", "", "kyodo_enjo", "users", is_part=True)

    assert GUIDELINE.proposals(7, [goal], [part]) == []


@pytest.mark.parametrize(
    ("wording", "helps"),
    [
        (IndicatorWording(0, "入所", "", "shisetsu_nyusho", "users"), True),
        (IndicatorWording(0, "施設入所支援の利用者数"), True),
        (IndicatorWording(0, "入所", "shisetsu_nyusho-users"), True),
        (IndicatorWording(0, "共同生活援助の利用者数", "", "kyodo_enjo", "users"), False),
        (IndicatorWording(0, "施設入所者数"), False),
    ],
)
def test_fewer_help_where_the_page_says_reduction(wording, helps):
    assert GUIDELINE.fewer_helps(wording) is helps


def test_a_plan_of_no_known_term_is_proposed_what_the_reference_says():
    goal = GoalWording(0, ("施設入所者の地域生活への移行",))
    group_home = IndicatorWording(0, "共同生活援助の利用者数", "", "kyodo_enjo", "users")

    assert GUIDELINE.proposals(None, [goal], [group_home]) == [Proposal(0, 0, 4, needs_check=True)]
