"""What a city's package says of one plan, as a shape. What crosses from one part to another is in `checks`.

Only 確定 figures are in it. A 節 × 年度 that is not 確定 says 未確定, has no texts, and each of its actuals says
確認中; null is 未入力, and for a plan that none was set. Numbers are exact texts, states and kinds the stored words.
"""

from collections.abc import Mapping
from typing import Any

from core.packages.shapes import (
    ByYear,
    Items,
    Maybe,
    Number,
    OneOf,
    Place,
    Record,
    Shape,
    Text,
    Whole,
    day,
    flag,
    moment,
)
from core.sheets.design import WRITABLE
from core.tidy import CODE_PATTERN
from core.uploads.tables import MAX_CELL
from core.words import UNDER_REVIEW, Accumulation, Certainty, Direction, Family, ParentRole, Scope, State, ValueKind

SETTLED, UNSETTLED = "確定", "未確定"

Content = dict[str, Any]
Fields = Mapping[str, tuple[str, Shape]]

MOST_SECTIONS, MOST_TARGETS, MOST_MEASURES, MOST_PUBLICATIONS = 100, 20, 1000, 1000
_PROSE = Text(MAX_CELL)
_SMALL = Whole(0, 32_767)
_YEAR = Whole(1990, 2100)
_CODE = Text(40, blank=False, pattern=CODE_PATTERN)

CITY: Fields = {
    "code": ("団体コード", Text(6, pattern="[0-9]{6}")),
    "name": ("自治体名", Text(60, blank=False)),
    "is_fictional": ("架空の自治体", flag),
    "disability_word": ("「障害」の表記", OneOf(("障害", "障がい"))),
    "planned_word": ("「計画値」の表記", OneOf(("計画値", "見込量", "目標値"))),
    "place_word": ("「か所」の表記", OneOf(("か所", "カ所", "箇所"))),
    "population": ("人口", Maybe(Whole(1, 2_147_483_647))),
    "population_as_of": ("人口の時点", Maybe(day)),
}
PLAN: Fields = {
    "slug": ("計画の記号", Text(20, blank=False)),
    "kind": ("計画種別", OneOf(("disability", "child", "comprehensive"))),
    "generation": ("期", Whole(1, 99)),
    "name": ("計画名", Text(100, blank=False)),
    "start_year": ("開始年度", _YEAR),
    "end_year": ("終了年度", _YEAR),
    "near_low": ("見込みどおりの下限", Number(places=1)),
    "near_high": ("見込みどおりの上限", Number(places=1)),
}
TARGET: Fields = {
    "order": ("並び順", _SMALL),
    "title": ("成果目標", Text(200)),
    "result_title": ("実績欄の見出し", Text(200)),
    "overview": ("成果目標の概要", _PROSE),
    "goal_text": ("目標", _PROSE),
}
TEXTS: Fields = {content.value: (content.label, _PROSE) for content in WRITABLE}
SECTION: Fields = {
    "number": ("節番号", Whole(1, 32_767)),
    "title": ("節名", Text(200)),
    "sheet_part": ("評価シートの部", _SMALL),
}
MEASURE: Fields = {
    "family": ("種別", OneOf(tuple(Family))),
    "code": ("指標コード", _CODE),
    "order": ("並び順", _SMALL),
    "label": ("指標番号", Text(20)),
    "title": ("指標名", Text(200)),
    "quantity": ("数え方の見出し", Text(60)),
    "unit": ("単位", Text(20)),
    "value_kind": ("種類", OneOf(tuple(ValueKind))),
    "direction": ("方向", OneOf(tuple(Direction))),
    "accumulation": ("集計", OneOf(tuple(Accumulation))),
    "baseline": ("基準値", Maybe(Number())),
    "baseline_year": ("基準年度", Maybe(_SMALL)),
    "baseline_text": ("基準値の説明", Text(200)),
    "baseline_is_same_quantity": ("基準値は目標と同じ量", flag),
    "definition": ("定義・算出方法", _PROSE),
    "data_source": ("出典", Text(200)),
    "scope": ("範囲", OneOf(tuple(Scope))),
    "parent_role": ("親との関係", OneOf(("", *ParentRole))),
    "catalogue_code": ("共通のコード", Text(40)),
    "since_year": ("指標の開始年度", Maybe(_SMALL)),
    "until_year": ("指標の終了年度", Maybe(_SMALL)),
    "sheet_block": ("評価シートに表を載せる", flag),
}
MEASURE_PLACES: Fields = {
    "section": ("節番号", Whole(1, 32_767)),
    "parent": ("親指標", Maybe(_CODE)),
}
TARGET_ITEM: Fields = {
    "target": ("成果目標の並び順", _SMALL),
    "rationale": ("目標値設定の考え方", _PROSE),
    "national_level": ("国の基本指針の水準", Text(200)),
}
INDICATOR: Fields = {
    "service": ("サービス", Maybe(_CODE)),
    "amount_of": ("量の種類", OneOf(("", "users", "days", "hours", "count"))),
    "related_sections": ("関連する節", Items(Whole(1, 32_767), MOST_SECTIONS)),
}
_PLANNED: Fields = {
    "number": ("値", Number()),
    "state": ("状態", OneOf(tuple(State))),
    "wording": ("原文", _PROSE),
}
_ACTUAL: Fields = {
    **_PLANNED,
    "state": ("状態", OneOf([state for state in State if state is not State.NOT_SET])),
    "numerator": ("分子", Number()),
    "denominator": ("分母", Number()),
    "as_of": ("時点", Text(100)),
    "certainty": ("確定度", OneOf(tuple(Certainty))),
    "note": ("注記", _PROSE),
}


def _check_actual(value: Any, place: Place) -> None:
    """An actual, nothing, or the word for one that is not 確定."""
    if value != UNDER_REVIEW:
        Maybe(Record(_ACTUAL, optional=True))(value, place)


def _check_section_year(value: Any, place: Place) -> None:
    """One 節 in one 年度: 未確定 alone, or 確定 with its day and its texts."""
    state = ("状態", OneOf((SETTLED, UNSETTLED)))
    settled = isinstance(value, dict) and value.get("state") == SETTLED
    more: Fields = {"confirmed_at": ("確定日時", moment), "texts": ("評価の文章", Record(TEXTS))}
    Record({"state": state, **(more if settled else {})})(value, place)


_YEARS: Fields = {
    "planned": ("計画値", Maybe(Record(_PLANNED, optional=True))),
    "actual": ("実績値", _check_actual),
}
_SECTION = Record(
    {
        **SECTION,
        "targets": ("成果目標", Items(Record(TARGET), MOST_TARGETS)),
        "years": ("年度", ByYear(_check_section_year)),
    }
)
_MEASURE = Record(
    {
        **MEASURE,
        **MEASURE_PLACES,
        "target_item": ("目標項目", Maybe(Record(TARGET_ITEM))),
        "indicator": ("活動指標", Maybe(Record(INDICATOR))),
        "years": ("年度", ByYear(Record(_YEARS))),
    }
)
_PUBLICATION = Record(
    {
        "number": ("公表番号", Whole(1, 32_767)),
        "fiscal_year": ("年度", _YEAR),
        "at": ("公表日時", moment),
        "withdrawn": ("取り下げ", flag),
    }
)
CONTENT = Record(
    {
        "municipality": ("自治体", Record(CITY)),
        "plan": ("計画", Record(PLAN)),
        "sections": ("節", Items(_SECTION, MOST_SECTIONS, key="number")),
        "measures": ("指標", Items(_MEASURE, MOST_MEASURES, key="code")),
        "publications": ("公表", Items(_PUBLICATION, MOST_PUBLICATIONS, key="number")),
    }
)
