"""What a package may hold: a file whose sum fits is refused all the same where its content does not."""

import json
from typing import Any

import pytest

from core.packages.content import CITY, INDICATOR, MEASURE, PLAN, SECTION, TARGET, TARGET_ITEM, TEXTS, Fields
from core.packages.file import PackageRefused, read_package
from core.packages.shapes import Items, Maybe, OneOf, Text
from core.uploads.tables import MAX_CELL
from evaluations.models import TEXT_LABELS, Evaluation
from indicators.models import ActivityIndicator
from plans.models import Measure, Municipality, Plan, Section
from targets.models import OutcomeTarget, TargetItem
from tests.packages import a_file, resummed

REMADE = "市区町村に、ファイルを作り直してもらってください。"


def changed(path: tuple, value: Any) -> bytes:
    """A package with one thing changed (`...` takes it out), with a sum that fits."""
    document = json.loads(a_file())
    *way, last = path
    place = document
    for key in way:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return resummed(document)


C = "content"
M0, M1, S0 = (C, "measures", 0), (C, "measures", 1), (C, "sections", 0)
A24, P25 = (*M0, "years", "2024", "actual"), (*M0, "years", "2025", "planned")
DEEP: Any = "x"
for _ in range(200):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("number",), 0, "「見出し › 版」は1から32767までです（入力：0）。"),
        (("number",), "2", "「見出し › 版」が整数ではありません（入力：2）。"),
        (("number",), True, "「見出し › 版」が整数ではありません（入力：True）。"),
        (("made_at",), "2026-06-03", "「見出し › 作成日時」が日時"),
        (("made_at",), "2026-06-03T10:00:00+09:00", "「見出し › 作成日時」が日時"),
        (("made_at",), 20260603, "「見出し › 作成日時」が日時"),
        (("made_by",), "市" * 21, "「見出し › 作成者の役割」が20字を超えています（21字）。"),
        (("software",), None, "「見出し › ソフトウェアの版」が文字ではありません（入力：None）。"),
        (("extra",), 1, "「見出し」に、知らない項目があります（入力：extra）。"),
        (("made_by",), ..., "「見出し」に「作成者の役割」がありません。"),
        (("prefecture", "code"), "120001", "「見出し › 都道府県 › 団体コード」が市区町村のもの（122319）と合いません"),
        (("prefecture", "code"), "130001", "「見出し › 都道府県 › 団体コード」が市区町村のもの（122319）と合いません"),
        (("prefecture", "code"), "122319", "「見出し › 都道府県 › 団体コード」の書き方が違います（入力：122319）。"),
        ((C,), None, "「内容」の形が違います。"),
        ((C,), DEEP, "「内容」の形が違います。"),
        ((C, "measures"), {}, "「内容 › 指標」が一覧ではありません。"),
        ((C, "measures"), [{}] * 1001, "「内容 › 指標」が1000件を超えています（1001件）。"),
        ((C, "municipality", "code"), "122318", "「自治体 › 団体コード」の検査数字（6桁目）が合いません（122318）。"),
        ((C, "municipality", "code"), "120006", "「自治体 › 団体コード」が都道府県のものです。"),
        ((C, "municipality", "population"), 0, "「内容 › 自治体 › 人口」は1から"),
        ((C, "municipality", "population"), None, "「自治体 › 人口」と時点は、そろっていなければなりません。"),
        ((C, "municipality", "population_as_of"), "2026-4-1", "「内容 › 自治体 › 人口の時点」が日付"),
        ((C, "municipality", "place_word"), "個所", "「内容 › 自治体 › 「か所」の表記」に、知らないことばがあります"),
        ((C, "municipality", "is_fictional"), 0, "「内容 › 自治体 › 架空の自治体」がはい・いいえの値ではありません"),
        ((C, "plan", "end_year"), 2023, "「計画 › 終了年度」は開始年度以後、12年以内です。"),
        ((C, "plan", "end_year"), 2036, "「計画 › 終了年度」は開始年度以後、12年以内です。"),
        ((C, "plan", "near_low"), "130", "「計画 › 見込みどおりの上限」が下限より小さいか、大きすぎます。"),
        ((C, "plan", "near_low"), "80.25", "「内容 › 計画 › 見込みどおりの下限」が数値（整数部11桁、小数部1桁まで）"),
        ((C, "plan", "name"), "", "「内容 › 計画 › 計画名」が空です。"),
        ((C, "plan", "name"), "市\0", "「内容 › 計画 › 計画名」に、文字として扱えない符号があります。"),
        ((*S0, "years", "2025"), ..., "「第1節 › 年度」が計画の期間と合いません。"),
        ((*S0, "years", "2026"), {"state": "未確定"}, "「第1節 › 年度」が計画の期間と合いません。"),
        ((*S0, "years", "R7"), {"state": "未確定"}, "「内容 › 節 1 › 年度」に、年度ではない項目があります"),
        ((*S0, "years", "2024", "texts"), ..., "「内容 › 節 1 › 年度 › 2024年度」に「評価の文章」がありません。"),
        ((*S0, "years", "2024", "state"), "下書き", "「内容 › 節 1 › 年度 › 2024年度」に、知らない項目があります"),
        (
            (*S0, "years", "2024", "texts", "do_text"),
            "字" * (MAX_CELL + 1),
            "「内容 › 節 1 › 年度 › 2024年度 › 評価",
        ),
        ((C, "sections"), [], "「指標 1-1 › 節番号」の節がありません。"),
        ((*M0, "code"), "１－１", "「内容 › 指標 １－１ › 指標コード」の書き方が違います（入力：１－１）。"),
        ((*M0, "code"), "2-1", "「指標 › 指標コード」に、同じものが二つあります。"),
        ((*M0, "order"), 3, "「指標」の並びが違います。"),
        ((*M0, "family"), "goal", "「内容 › 指標 1-1 › 種別」に、知らないことばがあります（入力：goal）。"),
        ((*M0, "parent"), "9-9", "「指標 1-1 › 親指標」がありません。"),
        ((*M0, "parent"), "1-1", "「指標 1-1 › 親指標」がありません。"),
        ((*M0, "parent_role"), "subset", "「指標 1-1 › 親との関係」が親指標と合いません。"),
        ((*M0, "target_item"), None, "「指標 1-1 › 目標項目」が種別と合いません。"),
        ((*M0, "target_item", "target"), 2, "「指標 1-1 › 成果目標の並び順」の成果目標が、この節にありません。"),
        ((*M1, "indicator", "related_sections"), [2], "「指標 2-1 › 関連する節」に、ない節があります。"),
        ((*M1, "indicator", "related_sections"), [1, 1], "「指標 2-1 › 関連する節」に、同じものが二つあります。"),
        ((*M0, "since_year"), 2025, ""),
        (A24, "確認中", "「指標 1-1 › 2024年度 › 実績値」は、確定していない年度だけ「確認中」です。"),
        (
            (*M0, "years", "2025", "actual"),
            None,
            "「指標 1-1 › 2025年度 › 実績値」は、確定していない年度だけ「確認中」です。",
        ),
        (A24, {}, "「指標 1-1 › 2024年度 › 実績値」には、数値か状態のどちらか一つがいります。"),
        (A24, {"number": "1", "state": "pending"}, "「指標 1-1 › 2024年度 › 実績値」には、数値か状態のどちらか"),
        (A24, {"number": 1}, "「内容 › 指標 1-1 › 年度 › 2024年度 › 実績値 › 値」が数値"),
        (A24, {"number": "1.50"}, "「内容 › 指標 1-1 › 年度 › 2024年度 › 実績値 › 値」が数値"),
        (A24, {"number": "-0"}, "「内容 › 指標 1-1 › 年度 › 2024年度 › 実績値 › 値」が数値"),
        (A24, {"number": "1e3"}, "「内容 › 指標 1-1 › 年度 › 2024年度 › 実績値 › 値」が数値"),
        (A24, {"number": "1" * 12}, "「内容 › 指標 1-1 › 年度 › 2024年度 › 実績値 › 値」が数値"),
        (A24, {"state": "not_set"}, "「内容 › 指標 1-1 › 年度 › 2024年度 › 実績値 › 状態」に、知らない"),
        (A24, {"state": "words_only"}, "「指標 1-1 › 2024年度 › 実績値 › 原文」がありません。"),
        (A24, {"number": "1", "note": ""}, "「指標 1-1 › 2024年度 › 実績値」に、空の項目があります。"),
        (A24, {"number": "1", "numerator": "1"}, "「指標 1-1 › 2024年度 › 実績値 › 分母」と分子は、そろって"),
        (A24, {"number": "1", "numerator": "1", "denominator": "0"}, "「指標 1-1 › 2024年度 › 実績値 › 分母」が0以下"),
        (A24, {"number": "1", "numerator": "-1", "denominator": "2"}, "「指標 1-1 › 2024年度 › 実績値 › 分子」が0より"),
        (
            A24,
            {"state": "pending", "numerator": "1", "denominator": "2"},
            "「指標 1-1 › 2024年度 › 実績値 › 値」がないのに",
        ),
        (P25, {"number": "4", "note": "x"}, "「内容 › 指標 1-1 › 年度 › 2025年度 › 計画値」に、知らない項目"),
        (P25, "確認中", "「内容 › 指標 1-1 › 年度 › 2025年度 › 計画値」の形が違います。"),
        ((C, "publications", 0, "fiscal_year"), 2027, "「公表 › 年度」が計画の期間の外です。"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(path, value, sentence):
    file = changed(path, value)

    if not sentence:
        assert read_package(file)
        return
    with pytest.raises(PackageRefused) as refused:
        read_package(file)
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith(REMADE)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Municipality, CITY),
        (Plan, PLAN),
        (Section, SECTION),
        (OutcomeTarget, TARGET),
        (Evaluation, TEXTS),
        (Measure, MEASURE),
        (TargetItem, {name: field for name, field in TARGET_ITEM.items() if name != "target"}),
        (ActivityIndicator, {name: field for name, field in INDICATOR.items() if name == "amount_of"}),
    ],
)
def test_the_package_knows_lengths_and_words_as_the_database_does(model, fields: Fields):
    said = {name: _bounds(shape) for name, (_, shape) in fields.items()}

    kept = {name: _kept(model._meta.get_field(name)) for name in fields}

    assert said == kept


def _bounds(shape) -> tuple:
    """The longest text, and the words of which one must be chosen."""
    shape = shape.shape if isinstance(shape, Maybe) else shape
    if isinstance(shape, Text):
        return shape.longest, frozenset()
    return None, frozenset(shape.words) if isinstance(shape, OneOf) else frozenset()


def _kept(field) -> tuple:
    if field.choices:
        words = {value for value, _ in field.choices if value}
        return None, frozenset(words | ({""} if field.blank else set()))
    if field.get_internal_type() == "TextField":
        return MAX_CELL, frozenset()
    return (field.max_length if field.get_internal_type() in ("CharField", "SlugField") else None), frozenset()


def test_every_field_that_a_city_can_fill_in_is_in_the_package_or_left_out_on_purpose():
    left_out = {
        # On what terms a city opens its data is for the city to say.
        Municipality: {"id", "kind", "prefecture", "open_data_licence", "open_data_contact"},
        # How a city prints its sheet is its own: its layouts are not known where the file goes.
        Plan: {"id", "municipality", "previous", "sheet_layout", "sheet_edition"},
        Section: {"id", "plan"},
        OutcomeTarget: {"id", "section"},
        Measure: {"id", "plan", "section", "department", "parent"},
        TargetItem: {"measure", "outcome_target"},
    }
    named = {Municipality: CITY, Plan: PLAN, Section: SECTION, OutcomeTarget: TARGET, Measure: MEASURE}

    found = {model: {field.name for field in model._meta.concrete_fields} for model in left_out}

    assert found == {
        model: names | (set(named[model]) if model in named else {"rationale", "national_level"})
        for model, names in left_out.items()
    }


def test_the_texts_of_an_evaluation_are_called_as_on_the_pages():
    assert {name: word for name, (word, _) in TEXTS.items()} == TEXT_LABELS


def test_a_list_names_the_place_of_what_does_not_fit():
    with pytest.raises(ValueError, match="「年度の2番目」が空です。"):
        Items(Text(3, blank=False), 5)(["a", ""], ("年度",))
