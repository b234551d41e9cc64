"""What a package would change, as lines: each created thing, master field, side of a 年度, text and 状態 is one."""

import copy

import pytest

from core.packages.changes import ChangeKind, PackageChange, gone_measures, gone_sections, package_changes
from tests.packages import CONFIRMED_AT, a_content


def edited(edit) -> dict:
    """The small package after `edit`."""
    content = copy.deepcopy(a_content())
    edit(content)
    return content


def changes(edit) -> list[PackageChange]:
    """From the small package to the edited one."""
    return package_changes(a_content()["municipality"], a_content(), edited(edit))


def test_the_first_package_creates_everything_and_brings_its_values():
    found = package_changes(None, None, a_content())

    assert [(c.kind, c.place, c.field, c.new) for c in found] == [
        (ChangeKind.CREATED, "自治体", "作成", "印西市（122319）"),
        (ChangeKind.CREATED, "計画", "作成", "第7期障がい福祉計画（122319-7、2024〜2025年度）"),
        (ChangeKind.CREATED, "節", "作成", "第1節 地域生活への移行"),
        (ChangeKind.CREATED, "成果目標", "作成", "1-1 地域生活への移行者数"),
        (ChangeKind.CREATED, "活動指標", "作成", "2-1 生活介護の利用者数"),
        (
            ChangeKind.VALUE,
            "「地域生活への移行者数」令和6年度",
            "実績値",
            {"number": "2", "wording": "２人", "certainty": "final"},
        ),
        (ChangeKind.VALUE, "「地域生活への移行者数」令和7年度", "計画値", {"number": "4"}),
        (ChangeKind.VALUE, "「生活介護の利用者数」令和6年度", "計画値", {"number": "10.5"}),
        (
            ChangeKind.VALUE,
            "「生活介護の利用者数」令和7年度",
            "計画値",
            {"state": "not_set", "wording": "設定しない"},
        ),
        (ChangeKind.STATE, "第1節 令和6年度", "状態", "確定"),
        (ChangeKind.TEXT, "第1節 令和6年度", "評価（達成状況の分析）", "2人が移行した。"),
        (ChangeKind.PUBLICATION, "令和6年度", "公表", "第1号"),
    ]


def test_the_same_content_changes_nothing():
    assert changes(lambda content: None) == []


def set_value(content, year, side, value):
    content["measures"][0]["years"][year][side] = value


def reopen(content):
    content["sections"][0]["years"]["2024"] = {"state": "未確定"}
    for measure in content["measures"]:
        measure["years"]["2024"]["actual"] = "確認中"


def move_to_a_new_section(content):
    content["sections"].append(
        {"number": 2, "title": "訪問", "sheet_part": 1, "targets": [], "years": content["sections"][0]["years"]}
    )
    content["measures"][1]["section"] = 2


def shorten(content):
    content["plan"]["end_year"] = 2024
    del content["sections"][0]["years"]["2025"]
    for measure in content["measures"]:
        del measure["years"]["2025"]


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (lambda c: c["municipality"].update(population=99_000), [("印西市", "人口", "110000", "99000")]),
        (lambda c: c["municipality"].update(is_fictional=True), [("印西市", "架空の自治体", "いいえ", "はい")]),
        (lambda c: c["plan"].update(near_high="120"), [("第7期障がい福祉計画", "見込みどおりの上限", "120.5", "120")]),
        (lambda c: c["sections"][0].update(title="移行"), [("第1節", "節名", "地域生活への移行", "移行")]),
        (
            lambda c: c["sections"][0]["targets"][0].update(goal_text=""),
            [("第1節 成果目標", "目標", "①6%以上", None)],
        ),
        (lambda c: c["sections"][0]["targets"].clear(), [("第1節", "成果目標", "移行", None)]),
        (
            lambda c: c["measures"][0].update(direction="less", baseline=None),
            [("「地域生活への移行者数」", "方向", "増", "減"), ("「地域生活への移行者数」", "基準値", "36", None)],
        ),
        (
            lambda c: c["measures"][1]["indicator"].update(related_sections=[]),
            [("「生活介護の利用者数」", "関連する節", "1", None)],
        ),
        (
            lambda c: c["measures"][1].update(parent="1-1", parent_role="subset"),
            [
                ("「生活介護の利用者数」", "親との関係", None, "内数"),
                ("「生活介護の利用者数」", "親指標", None, "1-1"),
            ],
        ),
        (
            lambda c: set_value(c, "2025", "planned", {"number": "5"}),
            [("「地域生活への移行者数」令和7年度", "計画値", {"number": "4"}, {"number": "5"})],
        ),
        (
            lambda c: set_value(c, "2025", "planned", None),
            [("「地域生活への移行者数」令和7年度", "計画値", {"number": "4"}, None)],
        ),
        (
            lambda c: c["sections"][0]["years"]["2024"]["texts"].update(check_text="", act_text="続ける。"),
            [
                ("第1節 令和6年度", "評価（達成状況の分析）", "2人が移行した。", None),
                ("第1節 令和6年度", "次年度における取組", None, "続ける。"),
            ],
        ),
        (
            lambda c: c["sections"][0]["years"]["2024"].update(confirmed_at="2025-09-01T00:00:00+00:00"),
            [("第1節 令和6年度", "確定日時", CONFIRMED_AT, "2025-09-01T00:00:00+00:00")],
        ),
        (
            reopen,
            [
                (
                    "「地域生活への移行者数」令和6年度",
                    "実績値",
                    {"number": "2", "wording": "２人", "certainty": "final"},
                    None,
                ),
                ("第1節 令和6年度", "状態", "確定", "未確定"),
                ("第1節 令和6年度", "評価（達成状況の分析）", "2人が移行した。", None),
            ],
        ),
        (
            lambda c: c["publications"][0].update(withdrawn=True),
            [("令和6年度", "公表", "第1号", "第1号（取り下げ）")],
        ),
        (lambda c: c["publications"].clear(), [("令和6年度", "公表", "第1号", None)]),
        (
            move_to_a_new_section,
            [
                ("節", "作成", None, "第2節 訪問"),
                ("「生活介護の利用者数」", "節番号", "1", "2"),
                ("第2節 令和6年度", "状態", "未確定", "確定"),
                ("第2節 令和6年度", "評価（達成状況の分析）", None, "2人が移行した。"),
            ],
        ),
        (
            shorten,
            [
                ("第7期障がい福祉計画", "終了年度", "2025", "2024"),
                ("「地域生活への移行者数」令和7年度", "計画値", {"number": "4"}, None),
                (
                    "「生活介護の利用者数」令和7年度",
                    "計画値",
                    {"state": "not_set", "wording": "設定しない"},
                    None,
                ),
            ],
        ),
    ],
)
def test_each_difference_is_one_line(edit, lines):
    assert [(c.place, c.field, c.old, c.new) for c in changes(edit)] == lines


def test_a_line_knows_what_it_is_about():
    (line,) = changes(lambda c: set_value(c, "2025", "planned", {"number": "5"}))

    assert (line.kind, line.section, line.code, line.year, line.side) == (ChangeKind.VALUE, 1, "1-1", 2025, "planned")


def test_what_is_gone_is_named():
    def lose(content):
        content["measures"][0]["family"] = "indicator"
        del content["measures"][1]
        content["sections"][0]["number"] = 3

    lost = gone_measures(a_content(), edited(lose))

    assert gone_sections(a_content(), edited(lose)) == ["第1節 地域生活への移行"]
    assert [(measure["code"], measure["family"]) for measure in lost] == [("1-1", "target"), ("2-1", "indicator")]
    assert (gone_sections(None, a_content()), gone_measures(None, a_content())) == ([], [])


def test_a_measure_that_is_gone_is_one_line():
    lines = changes(lambda content: content["measures"].pop())

    assert [(c.place, c.field, c.old, c.new) for c in lines] == [
        ("活動指標", "取り除き", "2-1 生活介護の利用者数", None)
    ]
