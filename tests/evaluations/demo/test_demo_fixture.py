"""The two demo plans in fixtures/: the real sheet is copied faithfully, the fictional city shows every case."""

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.conf import settings

from core.figures import Figures, Nature
from core.values import EMPTY, Value
from core.words import Accumulation, Direction, Family, ParentRole, Side, ValueKind

FIXTURES = settings.BASE_DIR / "fixtures"
PLAN_FILES = ("inzai_122319-6.json", "mihon_129992-7.json")

# 乖離値 of the twelve printed blocks under 2021, 2022 and 2023, as they stand on the city's sheet; "" is a blank cell.
PRINTED_DEVIATIONS = {
    "1-1": ("", "", "0.0%"),
    "2-1": ("", "", "0.0%"),
    "2-2": ("", "", "0.0%"),
    "2-3": ("", "", "0.0%"),
    "2-4": ("", "", "0.0%"),
    "2-5": ("", "", "0.0%"),
    "2-6": ("", "", "0.0%"),
    "2-7": ("0.0%", "100.0%", "0.0%"),
    "3-1": ("100.0%", "100.0%", "0.0%"),
    "4-1": ("", "", "0.0%"),
    "4-2": ("", "", "0.0%"),
    "4-3": ("", "", "0.0%"),
}
# 計画値 and 実績値 of the same blocks, None where the cell is blank.
PRINTED_FIGURES = {
    "1-1": ((None, None, 4), (0, 2, None)),
    "2-1": ((None, None, 4), (3, 2, None)),
    "2-2": ((None, None, 2), (0, 0, None)),
    "2-3": ((None, None, 35), (27, 27, None)),
    "2-4": ((None, None, 4), (0, 0, None)),
    "2-5": ((None, None, 3), (0, 1, None)),
    "2-6": ((None, None, 8), (0, 9, None)),
    "2-7": ((1, 1, 1), (0, 1, None)),
    "3-1": ((1, 1, 1), (1, 1, None)),
    "4-1": ((None, None, 17), (15, 11, None)),
    "4-2": ((None, None, 12), (6, 9, None)),
    "4-3": ((None, None, 100), (100, 100, None)),
}
# Goal of 2023 and actual of 2022 where the sheet gives them in prose only.
PROSE_WORDINGS = {
    "1-2": ("4人", None),
    "5-1": (
        "1か所",
        "児童発達支援センターの設置に向け、必要となる人員、設備及び運営に関する基準等について検討を行った。",
    ),
    "5-2": ("有", "有"),
    "5-3": ("1か所", "1か所"),
    "5-4": ("有5人", "3名"),
    "6-1": ("有", "有"),
    "6-2": ("有", "有"),
    "6-3": ("3件", "4件"),
    "6-4": ("3件", "4件"),
    "6-5": ("3回", "4回"),
    "7-1": ("6人", "4人(子ども発達センター1人、障がい福祉課支援係3人)"),
    "7-2": ("有 1回", "有"),
}


def read(name):
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"), parse_float=Decimal)


def measures_of(plan):
    return {measure["code"]: measure for section in plan["sections"] for measure in section["measures"]}


def value(measure, year, side):
    found = [v for v in measure["values"] if (v["year"], v["side"]) == (year, side)]
    fields = {name: field for cell in found for name, field in cell.items() if field not in (None, "")}
    return Value.from_dict({k: v for k, v in fields.items() if k not in ("year", "side")}) if found else EMPTY


def section_of(plan, number):
    return next(section for section in plan["sections"] if section["number"] == number)


@pytest.fixture(scope="module")
def inzai():
    return read("inzai_122319-6.json")


@pytest.fixture(scope="module")
def mihon():
    return read("mihon_129992-7.json")


def test_the_sheet_has_24_goals_in_seven_sections(inzai):
    assert [len(section["measures"]) for section in inzai["sections"]] == [2, 7, 1, 3, 4, 5, 2]


def test_codes_and_numbers_follow_section_and_place(inzai):
    found = [(m["code"], m["label"]) for m in measures_of(inzai).values()]

    assert found == [
        (f"{s['number']}-{n}", str(n)) for s in inzai["sections"] for n in range(1, len(s["measures"]) + 1)
    ]


def test_twelve_goals_have_a_printed_block_and_twelve_live_in_prose(inzai):
    with_block = [code for code, measure in measures_of(inzai).items() if measure["sheet_block"]]

    assert with_block == list(PRINTED_DEVIATIONS)
    assert [code for code in measures_of(inzai) if code not in with_block] == list(PROSE_WORDINGS)


def test_each_printed_block_keeps_its_figures_under_their_years(inzai):
    measures = measures_of(inzai)

    found = {
        code: tuple(
            tuple(value(measures[code], year, side).number for year in (2021, 2022, 2023))
            for side in (Side.PLANNED, Side.ACTUAL)
        )
        for code in PRINTED_FIGURES
    }

    assert found == PRINTED_FIGURES


def test_the_old_deviation_of_all_36_cells_is_the_printed_one(inzai):
    measures = measures_of(inzai)

    found = {
        code: tuple(old_deviation(measures[code], year) for year in (2021, 2022, 2023)) for code in PRINTED_DEVIATIONS
    }

    assert found == PRINTED_DEVIATIONS


def old_deviation(measure, year):
    nature = Nature(ValueKind(measure["value_kind"]), Direction(measure["direction"]))
    figures = Figures(value(measure, year, Side.PLANNED), value(measure, year, Side.ACTUAL), nature)
    if figures.legacy_deviation is None:
        return ""
    return f"{figures.legacy_deviation.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def test_goals_without_a_block_keep_the_printed_wording(inzai):
    measures = measures_of(inzai)

    found = {
        code: (
            value(measures[code], 2023, Side.PLANNED).wording,
            value(measures[code], 2022, Side.ACTUAL).wording or None,
        )
        for code in PROSE_WORDINGS
    }

    assert found == PROSE_WORDINGS


def test_actuals_without_a_stated_year_say_so(inzai):
    undated = [
        code for code, m in measures_of(inzai).items() if value(m, 2022, Side.ACTUAL).as_of == "資料に年度の記載なし"
    ]

    assert undated == ["5-1", "5-2", "5-3", "5-4", "6-1", "6-2", "6-3", "6-4", "6-5", "7-2"]


def test_the_last_year_has_no_actuals(inzai):
    assert [
        v for m in measures_of(inzai).values() for v in m["values"] if (v["year"], v["side"]) == (2023, "actual")
    ] == []


def test_movers_count_as_a_running_total_beside_the_36_residents_of_2019(inzai):
    movers = measures_of(inzai)["1-1"]

    kept = (movers["accumulation"], movers["baseline"], movers["baseline_year"], movers["baseline_text"])

    assert kept == (Accumulation.CUMULATIVE, 36, 2019, "【2019年度末時点 施設入所者数】 36人")
    assert "読み取りによる" in movers["definition"]


def test_more_is_better_for_the_count_of_reduction(inzai):
    reduction = measures_of(inzai)["1-2"]

    assert (reduction["direction"], reduction["unit"], len(reduction["values"])) == (Direction.MORE, "人", 1)


def test_measure_names_are_the_printed_titles_without_their_number(inzai):
    names = {code: measures_of(inzai)[code]["title"] for code in ("1-1", "2-1", "2-2", "4-2", "4-3", "5-4", "7-2")}

    assert names == {
        "1-1": "施設入所者の地域生活への移行",
        "2-1": "精神障害者の地域移行支援利用者数",
        "2-2": "精神障害者の地域定着支援利用者",
        "4-2": "就労定着支援事業の新規利用者",
        "4-3": "就労定着率8割以上の市内就労定着支援事業所の割合",
        "5-4": "医療的ケア児支援のための関係機関の協議の場の設置及びコーディネーターの配置",
        "7-2": "障害者自立支援審査支払等システムによる審査結果の共有",
    }


def test_both_wordings_of_the_training_are_kept_and_flagged(inzai):
    training = measures_of(inzai)["7-1"]

    found = {year: value(training, year, Side.ACTUAL) for year in (2021, 2022)}

    assert [(v.number, v.wording) for v in found.values()] == [
        (3, "3人(子ども発達センター2人、障がい福祉課支援係1人)"),
        (4, "4人(子ども発達センター1人、障がい福祉課支援係3人)"),
    ]
    assert all("虐待防止に係る研修" in v.note and "都道府県が実施する" in v.note for v in found.values())


def test_texts_are_the_city_s_own_down_to_the_misprint(inzai):
    third = section_of(inzai, 3)

    assert third["targets"][0]["goal_text"] == (
        "【目標】 地域生活支援拠点等の機能の拡充のため、運協状況の検証及び検討を行います。 "
        "①運用状況の検証及び検討の回数 年1回"
    )
    assert third["evaluations"]["2022"]["do_text"] == (
        "緊急時対応を含めた短期入所6床と、強度行動障がいのある人の入所可能なグループホーム2棟の設置に加え、"
        "グループホーム1棟を整備し、更なる機能強化を推進するために、基幹相談支援センターを設置した。"
    )


def test_the_goal_follows_the_overview_in_every_section(inzai):
    texts = [section["targets"][0] for section in inzai["sections"]]

    assert [text["goal_text"].startswith("【目標】") for text in texts] == [True] * 7
    assert [text["overview"][-1] for text in texts] == ["。"] * 7


def test_no_markup_or_layout_blanks_are_left_in_the_texts(inzai):
    texts = [text for s in inzai["sections"] for text in s["evaluations"]["2022"].values()]
    texts += [text for s in inzai["sections"] for text in s["targets"][0].values() if isinstance(text, str)]

    assert [text for text in texts if "<" in text or "  " in text or text != text.strip()] == []


def test_issues_stand_as_printed_and_the_first_section_has_none(inzai):
    found = [section["evaluations"]["2022"]["issues_text"] for section in inzai["sections"]]

    assert found == [
        "",
        "今後も継続して実施する。",
        "今後も継続して実施する。",
        "就労支援事業所や市の就労相談員等と連携し、継続的に支援をしていく。",
        "今後も障害のある子どもへの支援体制構築を図る。",
        "今後も継続して実施する。",
        "今後も継続して実施する。",
    ]


def test_results_head_their_column_as_printed(inzai):
    found = [section["targets"][0]["result_title"] for section in inzai["sections"]]

    assert found[:5] == [
        "施設入所者の地域生活への移行",
        "精神障がいにも対応した地域包括ケアシステムの構築",
        "地域生活支援拠点等の整備",
        "",
        "障がいのある子どもに対する重層的な地域支援体制の構築",
    ]
    assert found[6] == (
        "障害福祉サービス等に係る各種研修の活用、障害者自立支援審査支払等システムによる審査結果を事業者と共有する体制の構築"
    )


def test_meetings_belong_to_the_sections_that_print_them(inzai):
    found = [(r["sections"], r["held_on"], r["fiscal_year"], r["participants"]) for r in inzai["records"]]

    assert found == [
        ([2], "2020-08-28", 2020, 7),
        ([2], "2020-12-04", 2020, 9),
        ([2], None, 2021, None),
        ([2], None, 2022, 9),
        ([6, 7], None, 2021, None),
        ([6, 7], "2022-05-09", 2022, 8),
        ([6, 7], "2023-01-20", 2022, 9),
    ]


def test_the_fictional_city_says_so_and_belongs_to_no_prefecture(mihon):
    assert mihon["municipality"] == {
        "code": "129992",
        "name": "みほん市（架空）",
        "kind": "city",
        "prefecture_code": None,
        "is_fictional": True,
    }
    assert "（架空）" in mihon["plan"]["name"]


def test_the_fictional_city_has_33_indicators_and_six_goals(mihon):
    families = [measure["family"] for measure in measures_of(mihon).values()]

    assert (families.count(Family.INDICATOR), families.count(Family.TARGET)) == (33, 6)


def test_every_indicator_of_the_fictional_city_is_planned_every_year(mihon):
    indicators = [m for m in measures_of(mihon).values() if m["family"] == Family.INDICATOR]

    assert [
        m["code"] for m in indicators if not all(value(m, y, Side.PLANNED).is_entered for y in (2024, 2025, 2026))
    ] == []


def test_the_fictional_city_shows_what_people_ask_about(mihon):
    measures = measures_of(mihon)

    found = {
        "zero plan with users": figures_of_2024(measures["chiiki_iko-users"]),
        "zero and zero": figures_of_2024(measures["chiiki_teichaku-users"]),
        "decimals": figures_of_2024(measures["jiritsu_enjo-users"]),
        "being counted": value(measures["shuro_sentaku-users"], 2025, Side.ACTUAL).missing_word,
        "percentage": (
            value(measures["2-2"], 2024, Side.ACTUAL).numerator,
            value(measures["2-2"], 2024, Side.ACTUAL).denominator,
        ),
        "part of a whole": (
            measures["kyodo_enjo-users-seishin"]["parent"],
            measures["kyodo_enjo-users-seishin"]["parent_role"],
        ),
        "fewer is better": (
            measures["shisetsu_nyusho-users"]["direction"],
            measures["shisetsu_nyusho-users"]["baseline"],
        ),
    }

    assert found == {
        "zero plan with users": (0, 2),
        "zero and zero": (0, 0),
        "decimals": (1, Decimal("0.3")),
        "being counted": "集計中",
        "percentage": (2, 3),
        "part of a whole": ("kyodo_enjo-users", ParentRole.SUBSET),
        "fewer is better": (Direction.LESS, 58),
    }


def figures_of_2024(measure):
    return value(measure, 2024, Side.PLANNED).number, value(measure, 2024, Side.ACTUAL).number


@pytest.mark.parametrize("name", PLAN_FILES)
def test_codes_are_unique_and_references_meet_their_row(name):
    plan, services = read(name), {row["fields"]["code"] for row in read("services.json")}
    measures = measures_of(plan)

    assert len(measures) == sum(len(section["measures"]) for section in plan["sections"])
    assert {m["service"] for m in measures.values()} - {None} <= services
    assert {m["parent"] for m in measures.values()} - {None} <= set(measures)
    assert [m["code"] for m in measures.values() if (m["target"] is None) is (m["family"] == Family.TARGET)] == []


@pytest.mark.parametrize("name", PLAN_FILES)
def test_every_cell_is_a_number_or_a_state_and_only_actuals_have_circumstances(name):
    cells = [cell for measure in measures_of(read(name)).values() for cell in measure["values"]]

    assert [c for c in cells if ("number" in c) is ("state" in c)] == []
    assert [c for c in cells if c["side"] == Side.PLANNED and (c["as_of"] or c["certainty"] or c["note"])] == []


def test_services_know_from_when_to_when_they_exist():
    fields = {row["fields"]["code"]: row["fields"] for row in read("services.json")}

    limits = {code: (f["since"], f["until"]) for code, f in fields.items() if f["since"] or f["until"]}

    assert (len(fields), len(read("services.json"))) == (49, 49)
    assert limits == {
        "iryo_jido_hattatsu": (None, "2024-03-31"),
        "jiritsu_enjo": ("2018-04-01", None),
        "shuro_sentaku": ("2025-10-01", None),
        "shuro_teichaku": ("2018-04-01", None),
    }
    assert all(date.fromisoformat(day) for pair in limits.values() for day in pair if day)
