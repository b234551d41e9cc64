"""What must agree between the parts of a package: codes that are named must be there, years are the plan's, and a value
is one that a database of ours would keep.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.fiscal_years import LONGEST_PLAN
from core.municipality_codes import check_digit
from core.packages.content import CONTENT, SETTLED
from core.packages.shapes import NotFitting, Place
from core.words import UNDER_REVIEW, Family, State


def check_content(content: Any) -> None:
    """Raises NotFitting at the first thing that does not fit."""
    CONTENT(content, ("内容",))
    _check_city(content["municipality"])
    plan, sections = content["plan"], content["sections"]
    years = _check_plan(plan)
    _once((section["number"] for section in sections), ("節", "節番号"))
    for section in sections:
        place = (f"第{section['number']}節",)
        _once((target["order"] for target in section["targets"]), (*place, "成果目標", "並び順"))
        _in_order([target["order"] for target in section["targets"]], (*place, "成果目標"))
        _all_years(section["years"], years, place)
    _once((measure["code"] for measure in content["measures"]), ("指標", "指標コード"))
    by_code = {measure["code"]: measure for measure in content["measures"]}
    by_number = {section["number"]: section for section in sections}
    for code, measure in by_code.items():
        _check_measure(measure, by_code, by_number, (f"指標 {code}",))
        _all_years(measure["years"], years, (f"指標 {code}",))
        for year, sides in measure["years"].items():
            settled = by_number[measure["section"]]["years"][year]["state"] == SETTLED
            _check_sides(sides, settled, (f"指標 {code}", f"{year}年度"))
    _in_order([section["number"] for section in sections], ("節",))
    _in_order([(measure["section"], measure["order"], measure["code"]) for measure in content["measures"]], ("指標",))
    _in_order([publication["number"] for publication in content["publications"]], ("公表",))
    _once((publication["number"] for publication in content["publications"]), ("公表", "公表番号"))
    for publication in content["publications"]:
        _require(str(publication["fiscal_year"]) in years, ("公表", "年度"), "が計画の期間の外です。")


def _check_city(city: Mapping[str, Any]) -> None:
    code, place = city["code"], ("自治体", "団体コード")
    _require(check_digit(code[:5]) == code[5], place, f"の検査数字（6桁目）が合いません（{code}）。")
    _require(code[2:5] != "000", place, "が都道府県のものです。県へ渡すファイルは市区町村が作ります。")
    pair = (city["population"] is None) == (city["population_as_of"] is None)
    _require(pair, ("自治体", "人口"), "と時点は、そろっていなければなりません。")


def _check_plan(plan: Mapping[str, Any]) -> tuple[str, ...]:
    start, end = plan["start_year"], plan["end_year"]
    _require(start <= end < start + LONGEST_PLAN, ("計画", "終了年度"), f"は開始年度以後、{LONGEST_PLAN}年以内です。")
    low, high = Decimal(plan["near_low"]), Decimal(plan["near_high"])
    _require(0 <= low <= high < 10_000, ("計画", "見込みどおりの上限"), "が下限より小さいか、大きすぎます。")
    return tuple(str(year) for year in range(start, end + 1))


def _check_measure(
    measure: Mapping[str, Any],
    by_code: Mapping[str, Mapping[str, Any]],
    by_number: Mapping[int, Mapping[str, Any]],
    place: Place,
) -> None:
    section = by_number.get(measure["section"])
    _require(section is not None, (*place, "節番号"), "の節がありません。")
    parent = measure["parent"]
    _require(parent is None or (parent in by_code and parent != measure["code"]), (*place, "親指標"), "がありません。")
    _require((parent is None) == (measure["parent_role"] == ""), (*place, "親との関係"), "が親指標と合いません。")
    since, until = measure["since_year"], measure["until_year"]
    _require(since is None or until is None or since <= until, (*place, "指標の終了年度"), "が開始年度より前です。")
    is_target = measure["family"] == Family.TARGET
    item, indicator = measure["target_item"], measure["indicator"]
    _require((item is not None) == is_target, (*place, "目標項目"), "が種別と合いません。")
    _require((indicator is None) == is_target, (*place, "活動指標"), "が種別と合いません。")
    if section and item:
        orders = [target["order"] for target in section["targets"]]
        _require(item["target"] in orders, (*place, "成果目標の並び順"), "の成果目標が、この節にありません。")
    if indicator:
        known = all(number in by_number for number in indicator["related_sections"])
        _require(known, (*place, "関連する節"), "に、ない節があります。")
        _in_order(indicator["related_sections"], (*place, "関連する節"))
        _once(indicator["related_sections"], (*place, "関連する節"))


def _check_sides(sides: Mapping[str, Any], settled: bool, place: Place) -> None:
    planned, actual = sides["planned"], sides["actual"]
    here = (*place, "実績値")
    _require((actual == UNDER_REVIEW) != settled, here, f"は、確定していない年度だけ「{UNDER_REVIEW}」です。")
    for side, value in (("計画値", planned), ("実績値", actual)):
        if isinstance(value, dict):
            _check_value(value, (*place, side))


def _check_value(value: Mapping[str, Any], place: Place) -> None:
    _require(("number" in value) != ("state" in value), place, "には、数値か状態のどちらか一つがいります。")
    _require("" not in value.values(), place, "に、空の項目があります。")
    words_only = value.get("state") == State.WORDS_ONLY
    _require(not words_only or "wording" in value, (*place, "原文"), "がありません。")
    _require(
        ("numerator" in value) == ("denominator" in value), (*place, "分母"), "と分子は、そろっていなければなりません。"
    )
    if "numerator" in value:
        _require("number" in value, (*place, "値"), "がないのに、分子と分母があります。")
        _require(Decimal(value["numerator"]) >= 0, (*place, "分子"), "が0より小さい数です。")
        _require(Decimal(value["denominator"]) > 0, (*place, "分母"), "が0以下です。")


def _all_years(found: Iterable[str], years: tuple[str, ...], place: Place) -> None:
    _require(sorted(found) == list(years), (*place, "年度"), "が計画の期間と合いません。")


def _once(keys: Iterable[Any], place: Place) -> None:
    seen = list(keys)
    _require(len(seen) == len(set(seen)), place, "に、同じものが二つあります。")


def _in_order(keys: list[Any], place: Place) -> None:
    _require(keys == sorted(keys), place, "の並びが違います。")


def _require(fits: bool, place: Place, why: str) -> None:
    if not fits:
        raise NotFitting(place, why)
