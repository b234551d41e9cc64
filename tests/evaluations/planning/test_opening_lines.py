"""One 指標 of a plan to come: what its typed texts mean, and which 基準値 the plan before proposes."""

from decimal import Decimal

import pytest

from core.values import Value
from core.words import Certainty, Side, State
from evaluations.planning.opening.groups import Offered, proposals
from evaluations.planning.opening.lines import Line, Use
from plans.catalogue import national_catalogue
from plans.models import YearState
from tests.builders import a_measure, a_plan, a_section, a_value, in_state

YEARS = (2027, 2028, 2029)


def entry(code):
    return national_catalogue().by_code()[code]


def line(code, *, years=YEARS, **typed):
    return Line(Offered(entry(code), years), YEARS, typed, is_seen=True)


def number(text, wording=""):
    return Value(number=Decimal(text), wording=wording)


@pytest.mark.parametrize(
    ("found", "values", "problems"),
    [
        (line("8-1-1", y2029="3"), {2029: number("3")}, {}),
        (line("8-1-1", y2029="３人以上"), {2029: number("3", "３人以上")}, {}),
        (line("8-1-1", y2029=""), {}, {}),
        (line("8-1-1", y2027="3"), {}, {}),
        (line("8-8-1", y2029="有"), {2029: number("1", "有")}, {}),
        (line("8-3-5", y2029="5割"), {2029: number("50", "5割")}, {}),
        (line("kyotaku_kaigo-users", y2027="60", y2029="６５"), {2027: number("60"), 2029: number("65")}, {}),
        (line("kyotaku_kaigo-users", years=(2028, 2029), y2027="60", y2028="61"), {2028: number("61")}, {}),
        (line("8-1-1", y2029="三人"), {}, {"y2029": "数値で入力してください（入力：三人）。"}),
        (line("8-1-1", use="no", y2029="三人"), {}, {}),
        (line("8-1-1", baseline="三十六"), {}, {"baseline": "数値で入力してください（入力：三十六）。"}),
        (
            line("8-1-1", baseline_year="去年"),
            {},
            {"baseline_year": "年度は「2021年度」「令和3年度」「R3」のように入力してください（入力：去年）。"},
        ),
        (line("8-1-1", use="not_set", y2029="三人"), {}, {"reason": "設定しない理由を書いてください。"}),
        (
            line("8-1-1", use="not_set", reason="対象者がいないため"),
            {2029: Value(state=State.NOT_SET, wording="対象者がいないため")},
            {},
        ),
        (
            line("kyotaku_kaigo-users", years=(2028, 2029), use="not_set", reason="なし"),
            dict.fromkeys((2028, 2029), Value(state=State.NOT_SET, wording="なし")),
            {},
        ),
        (
            line("8-1-1", use="not_set", reason="一行\n二行"),
            {2029: Value(state=State.NOT_SET, wording="一行\n二行")},
            {"reason": "改行や制御文字は使えません。取り除いてください。"},
        ),
    ],
)
def test_what_is_typed_means_values_or_problems(found, values, problems):
    assert (found.values, found.problems) == (values, problems)


@pytest.mark.parametrize(
    ("found", "title", "direction", "accumulation", "arithmetic", "same"),
    [
        (
            line("8-1-2", baseline="36"),
            "施設入所者数",
            "減",
            "年度末",
            "基準値36人 × （100％ − 5％） ＝ 34.2人 → 34人以下",
            True,
        ),
        (
            line("8-1-2", baseline="36", form="count"),
            "施設入所者数の削減",
            "増",
            "累計",
            "基準値36人 × 5％ ＝ 1.8人 → 2人以上",
            False,
        ),
        (line("8-1-1", baseline="３６人"), "地域移行者数", "増", "累計", "基準値36人 × 6％ ＝ 2.16人 → 3人以上", False),
        (
            line("8-3-1", baseline="7"),
            "一般就労への移行者数",
            "増",
            "年度計",
            "基準値7人/年 × 1.31 ＝ 9.17人/年 → 10人/年以上",
            True,
        ),
        (line("8-8-1"), "質の向上に係る体制の構築", "増", "年度末", "有", False),
    ],
)
def test_the_form_of_a_line_decides_how_it_is_counted(found, title, direction, accumulation, arithmetic, same):
    one = found.entry

    assert (one.title, one.direction.label, one.accumulation.label) == (title, direction, accumulation)
    assert (found.arithmetic, found.baseline_is_same_quantity) == (arithmetic, same)


@pytest.mark.parametrize(
    ("goal", "short"), [("3", False), ("2.16", False), ("2", True), ("", False), ("設定しない", False)]
)
def test_a_goal_below_the_level_is_said_to_fall_short(goal, short):
    assert line("8-1-1", baseline="36", y2029=goal).falls_short is short


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"baseline": "36", "baseline_year": "令和7年度"}, "令和7年度末 施設入所者数 36人"),
        ({"baseline": "36", "baseline_year": "R6"}, "令和6年度 施設入所者数 36人"),
        ({"baseline": "36", "baseline_year": ""}, "施設入所者数 36人"),
        ({"baseline": "", "baseline_year": "R6"}, ""),
    ],
)
def test_a_baseline_is_kept_with_what_it_counts(typed, words):
    assert line("8-1-1", **typed).baseline_text == words


def test_an_unknown_choice_is_the_usual_one():
    assert (line("8-1-1", use="いいえ").use, line("8-1-2", form="?").form) == (Use.PLANNED, "stock")


@pytest.fixture
def plan(db):
    """みほん市's 第7期 in small: 2024 確定, 2025 in draft."""
    return a_plan(generation=7, start=2024, end=2026, name="第7期障害福祉計画")


@pytest.fixture
def stock(plan):
    section = a_section(plan)
    in_state(section, 2024, YearState.CONFIRMED)
    return a_measure(section, "1-2", title="施設入所者数", direction="less")


def proposed(plan, *codes):
    return proposals(plan, [entry(code) for code in codes], national_catalogue())


def test_the_confirmed_actual_of_the_plan_before_is_proposed_with_its_origin(plan, stock):
    a_value(stock, 2024, 57)
    a_value(stock, 2025, 56)  # a draft

    found = proposed(plan, "8-1-1", "8-1-2")

    words = "57人　第7期障害福祉計画「施設入所者数」の令和6年度の実績（確定）"
    assert {code: (one.words, one.is_of_year) for code, one in found.items()} == {
        "8-1-1": (words, False),
        "8-1-2": (words, False),
    }


def test_the_year_of_the_guideline_comes_before_a_later_one(plan, stock):
    in_state(stock.section, 2025, YearState.CONFIRMED)
    in_state(stock.section, 2026, YearState.CONFIRMED)
    for year, people in ((2024, 57), (2025, 56), (2026, 54)):
        a_value(stock, year, people)

    found = proposed(plan, "8-1-2")["8-1-2"]

    assert (found.number, found.year, found.is_of_year) == (56, 2025, True)


def test_a_preliminary_figure_says_so_of_itself_and_an_expected_one_is_none(plan, stock):
    in_state(stock.section, 2025, YearState.CONFIRMED)
    a_value(stock, 2024, 57, certainty=Certainty.PRELIMINARY)
    a_value(stock, 2025, 56, certainty=Certainty.EXPECTED)

    assert proposed(plan, "8-1-2")["8-1-2"].origin == "第7期障害福祉計画「施設入所者数」の令和6年度の実績（速報）"


def test_nothing_is_proposed_from_drafts_states_or_plans(plan, stock):
    a_value(stock, 2024, state=State.PENDING)
    a_value(stock, 2025, 56)
    a_value(stock, 2026, 55, side=Side.PLANNED)

    assert proposed(plan, "8-1-2") == {}


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        ({"title": "一般就労への移行者数"}, True),
        ({"title": "一般就労への 移行者"}, True),
        ({"title": "就職した人", "catalogue_code": "7-4-1"}, True),
        ({"title": "就職した人"}, False),
        ({"title": "一般就労への移行者数", "value_kind": "rate"}, False),
    ],
)
def test_the_same_thing_is_told_by_the_catalogue_or_by_its_name(plan, fields, is_found):
    section = a_section(plan)
    in_state(section, 2024, YearState.CONFIRMED)
    a_value(a_measure(section, "4-1", **fields), 2024, 8)

    assert ("8-3-1" in proposed(plan, "8-3-1")) is is_found


def test_of_two_measures_of_one_name_none_is_the_same_thing(plan, stock):
    a_value(stock, 2024, 57)
    a_value(a_measure(stock.section, "1-3", title="施設入所者数"), 2024, 58)

    assert proposed(plan, "8-1-2") == {}


def test_a_plan_without_one_before_proposes_nothing():
    assert proposed(None, "8-1-2") == {}


def test_a_proposed_baseline_is_kept_with_its_origin(plan, stock):
    a_value(stock, 2024, 57)
    proposal = proposed(plan, "8-1-2")["8-1-2"]

    found = Line(Offered(entry("8-1-2"), YEARS), YEARS, {}, proposal=proposal)

    assert (found.text("baseline"), found.text("baseline_year")) == ("57", "令和6年度")
    assert found.baseline_text == "57人（第7期障害福祉計画「施設入所者数」の令和6年度の実績（確定））"
    assert found.other_year_words == "国の基準は令和7年度です。その値が確定したら直してください。"
