"""勘案事項: the list of 参考5 for each service, copied here by hand from the reference, and what the plan proposes."""

from decimal import Decimal

import pytest

from core.volumes import Effect, Spread
from core.words import Accumulation, Family, Side
from indicators.models import Service
from indicators.volumes.content import COMMON, COMMON_OF_CHILDREN, EMPLOYED, LEAVERS, reference_of
from indicators.volumes.ground import ground_of
from indicators.volumes.services import ServiceMeasures, Volume, home_visit_codes
from plans.catalogue import national_catalogue
from plans.models import Measure
from tests.builders import a_measure, a_plan, a_section, a_service, a_value, a_volume

NOW, NEED, EACH = "現に利用している者の数", "障害者等のニーズ", "平均的な一人当たり利用量"
LEAVE = "施設入所者の地域生活への移行者数(成果目標)"
DISCHARGED = "入院中の精神障害者の地域生活への移行うち地域生活への移行後に当該サービスの利用が見込まれる者の数"
WORK = "福祉施設利用者の一般就労への移行者数(成果目標)"
CHILD_NOW, CHILD_NEED = "現に利用している障害児の数", "障害児等のニーズ"
CHILDREN, NURSERIES = "地域における児童数の推移", "保育所等での障害児の受入状況"
DISCHARGED_CHILDREN = "入所施設から退所後に利用が見込まれる障害児の数"

HOME = (NOW, NEED, EACH)
TO_DAY_CARE = (NOW, NEED, EACH, LEAVE)
TO_WORK = (NOW, NEED, EACH, LEAVE, DISCHARGED)
FOR_CHILDREN = (CHILD_NOW, CHILD_NEED, EACH, CHILDREN, NURSERIES, DISCHARGED_CHILDREN)
IN_HOMES = (CHILD_NOW, CHILD_NEED, CHILDREN)

# 参考5 障害福祉サービスの量を見込む際の勘案事項, service by service in the order of the reference.
PRINTED = {
    "居宅介護": HOME,
    "重度訪問介護": HOME,
    "同行援護": HOME,
    "行動援護": HOME,
    "重度障害者等包括支援": HOME,
    "生活介護": TO_DAY_CARE,
    "自立訓練（機能訓練）": TO_DAY_CARE,
    "自立訓練（生活訓練）": TO_WORK,
    "就労移行支援": (*TO_WORK, WORK),
    "就労継続支援（A型）": TO_WORK,
    "就労継続支援（B型）": TO_WORK,
    "療養介護": (NOW, NEED),
    "短期入所（福祉型）": TO_WORK,
    "短期入所（医療型）": TO_WORK,
    "共同生活援助（グループホーム）": (NOW, NEED, LEAVE, DISCHARGED),
    "施設入所支援": (NOW, NEED, LEAVE, DISCHARGED),
    "計画相談支援": (NEED,),
    "地域移行支援": (LEAVE, DISCHARGED),
    "地域定着支援": (NEED, LEAVE, DISCHARGED),
    "児童発達支援": FOR_CHILDREN,
    "放課後等デイサービス": FOR_CHILDREN,
    "保育所等訪問支援": FOR_CHILDREN,
    "医療型児童発達支援": FOR_CHILDREN,
    "障害児相談支援": (CHILD_NEED,),
    "福祉型障害児入所施設": IN_HOMES,
    "医療型障害児入所施設": IN_HOMES,
}
# The sentences with ※ that stand below the factors of a service.
PRINTED_NOTES = {
    **dict.fromkeys(
        ("居宅介護", "重度訪問介護", "同行援護", "行動援護", "重度障害者等包括支援"),
        ("サービスの量は、障害福祉サービスの訪問系はまとめて、それ以外のサービスはそれぞれ種類ごとに見込む。",),
    ),
    "就労移行支援": ("障害者等のニーズは特別支援学校卒業者等新たに就労移行支援事業の対象者と見込まれる者の数を含む",),
    "就労継続支援（A型）": ("障害者等のニーズは地域の雇用情勢を含む",),
    "施設入所支援": (
        "障害者等のニーズはグループホーム等での対応が困難な者といった真に必要と判断される数を含む",
        "施設入所者の地域生活への移行者数(成果目標)は減として見込む",
    ),
    "計画相談支援": ("障害者等のニーズは障害福祉サービス及び地域相談支援の利用者数を含む",),
    "地域定着支援": ("単身である障害者の数・居住している家族による支援を受けられない障害者の数を含む",),
    "障害児相談支援": ("障害児通所支援の利用児童数を見込む",),
}
NOT_TREATED = ("就労選択支援", "就労定着支援", "自立生活援助", "居宅訪問型児童発達支援")
"""障害福祉サービス and 障害児支援 that came after 第4期. 地域生活支援事業 is no part of 参考5 at all."""
CATEGORIES = ("訪問系", "日中活動系", "居住系", "相談支援", "障害児支援")


@pytest.fixture
def services(db):
    a_service()
    return list(Service.objects.all())


def volume_of(service):
    return Volume(service.code, service.name, service.category, (ServiceMeasures(service, Measure()),))


def test_each_service_has_the_factors_and_notes_that_the_reference_prints(services):
    found = {service.name: reference_of(volume_of(service)) for service in services}
    known = {name: reference for name, reference in found.items() if reference.is_known}

    assert {name: reference.factors for name, reference in known.items()} == PRINTED
    assert {name: reference.notes for name, reference in known.items() if reference.notes} == PRINTED_NOTES


def test_the_fixture_knows_no_service_that_is_not_printed(services):
    by_code = {service.code: service.name for service in services}
    named = [by_code[code] for group in national_catalogue().factors for code in group.services]

    assert sorted(named) == sorted(PRINTED)


def test_services_after_the_fourth_plan_begin_with_the_three_common_factors(services):
    others = [service for service in services if service.category in CATEGORIES and service.name not in PRINTED]

    assert [service.name for service in others] == sorted(NOT_TREATED, key=[service.name for service in services].index)
    for service in others:
        reference = reference_of(volume_of(service))
        common = COMMON_OF_CHILDREN if service.category == "障害児支援" else COMMON
        assert (reference.is_known, reference.factors, reference.notes) == (False, common, ())
    assert (HOME, (CHILD_NOW, CHILD_NEED, EACH)) == (COMMON, COMMON_OF_CHILDREN)


def test_the_five_that_are_forecast_together():
    assert home_visit_codes() == ("kyotaku_kaigo", "judo_homon", "doko_engo", "kodo_engo", "judo_hokatsu")


# --- What the plan proposes ---


@pytest.fixture
def plan(db):
    """第7期 2024–2026 with 57 people in facilities in 2024."""
    plan = a_plan(generation=7, start=2024, end=2026)
    section = a_section(plan)
    [users] = a_volume(section, "shisetsu_nyusho", "")
    a_value(users, 2024, 57)
    return plan


def proposed(plan, key="shisetsu_nyusho"):
    return ground_of(plan, key, None).proposed(2024)


def a_goal(plan, code, number=4, **fields):
    goal = a_measure(plan.sections.get(), code, accumulation=Accumulation.CUMULATIVE, **fields)
    if number is not None:
        a_value(goal, 2026, number, side=Side.PLANNED)
    return goal


def test_who_uses_it_now_is_proposed_from_the_actual_with_its_year(plan):
    found = proposed(plan)[NOW]

    assert (found.number, found.unit, found.source) == (Decimal(57), "人/月", "令和6年度の実績")


@pytest.mark.parametrize(
    "fields",
    [
        {"catalogue_code": "7-1-1", "title": "移行する人"},
        # Of an older 期, as a city carried it over.
        {"catalogue_code": "6-1-1", "title": "移行する人"},
        {"title": "地域生活への移行者数"},
        {"title": "地域生活移行者数"},
    ],
)
def test_the_leavers_are_proposed_from_the_goal_of_the_plan_and_taken_off(plan, fields):
    a_goal(plan, "1-1", **fields)

    found = proposed(plan)[LEAVERS]

    assert (found.number, found.effect, found.spread) == (Decimal(4), Effect.SUBTRACT, Spread.EVEN)
    assert found.source == f"成果目標 1-1「{fields['title']}」令和8年度の目標"


def test_a_code_comes_before_a_name(plan):
    a_goal(plan, "x", 9, title="地域生活への移行者数")
    a_goal(plan, "y", 4, catalogue_code="7-1-1", title="移行する人")

    assert proposed(plan)[LEAVERS].number == Decimal(4)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "地域生活への移行の検討"},
        # Of the same name, but the catalogue says that it is something else.
        {"title": "地域生活への移行者数", "catalogue_code": "7-1-2"},
        {"title": "地域生活への移行者数", "value_kind": "rate"},
        {"title": "地域生活への移行者数", "family": Family.INDICATOR},
    ],
)
def test_what_is_not_the_goal_is_not_proposed(plan, fields):
    a_goal(plan, "1-1", **fields)

    assert LEAVERS not in proposed(plan)


def test_a_goal_without_a_figure_proposes_none_and_takes_nobody_off(plan):
    a_goal(plan, "1-1", None, catalogue_code="7-1-1")

    found = proposed(plan)[LEAVERS]

    assert (found.number, found.effect) == (None, Effect.NONE)


def test_elsewhere_the_leavers_are_no_effect_until_somebody_says_so(plan):
    a_goal(plan, "1-1", catalogue_code="7-1-1")
    a_volume(plan.sections.get(), "kyodo_enjo", "")

    assert proposed(plan, "kyodo_enjo")[LEAVERS].effect is Effect.NONE


def test_those_who_find_work_are_proposed_as_a_number_of_every_year(plan):
    section = plan.sections.get()
    goal = a_measure(section, "2-1", catalogue_code="7-4-1", title="一般就労への移行者数")
    a_value(goal, 2026, 12, side=Side.PLANNED)
    a_volume(section, "shuro_iko", "days")

    found = proposed(plan, "shuro_iko")[EMPLOYED]

    assert (found.number, found.effect, found.spread) == (Decimal(12), Effect.NONE, Spread.EACH)


def test_the_line_of_a_goal_goes_through_every_plan_to_the_eighth():
    codes = [[entry.code for entry in national_catalogue().line_of(code)] for code in ("4-1-1", "4-4-1")]

    assert codes == [["4-1-1", "5-1-1", "6-1-1", "7-1-1", "8-1-1"], ["4-4-1", "5-4-1", "6-4-1", "7-4-1", "8-3-1"]]


def test_nothing_is_proposed_of_a_year_that_is_not_entered(plan):
    assert NOW not in ground_of(plan, "shisetsu_nyusho", None).proposed(2025)
