"""正誤表: the difference of two publications of one 年度, line by line, made by itself."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errata import errata
from core.tidy import COLUMNS, DERIVED

TEXTS = ("do_text", "check_text", "proposal", "issues_text", "act_text", "budget_text")
OF_YEAR = [name for name in COLUMNS[COLUMNS.index("年度") :] if name not in (*DERIVED, "年度和暦")]


def a_cell(code: str, year: int, planned: str, actual: str, **columns: str) -> dict:
    cell = dict.fromkeys(COLUMNS, "") | {"指標コード": code, "年度": str(year), "計画値": planned, "実績値": actual}
    return cell | columns


def a_body() -> dict:
    """第1節 with two 指標 and texts is published, 第2節 with one 指標 is 未公表; format 1."""

    def measure(code: str, label: str, title: str) -> dict:
        facts = {"code": code, "family": "target", "label": label, "title": title, "unit": "人", "direction": "more"}
        return facts | {"value_kind": "number", "definition": "", "parent": None, "rationale": "", "baseline": None}

    held = {
        "published": True,
        "targets": [{"title": "地域移行", "overview": "概要です。", "goal_text": "4人とします。"}],
        "texts": dict.fromkeys(TEXTS, "") | {"check_text": "一つ目の文です。二つ目の文です。三つ目の文です。" * 2},
        "records": [
            {"held_on": "2022-07-01", "fiscal_year": 2022, "title": "部会", "participants": 8, "content": "事例検討"}
        ],
    }
    return {
        "format": 1,
        "municipality": {"code": "122319", "name": "印西市"},
        "plan": {"name": "第6期障害福祉計画", "near_low": "80"},
        "fiscal_year": 2022,
        "sections": [
            {"number": 1, "title": "節の名1", "measures": ["1-1", "1-2"]} | held,
            {"number": 2, "title": "節の名2", "measures": ["2-1"], "published": False},
        ],
        "measures": {
            code: measure(code, label, title)
            for code, label, title in (("1-1", "1", "移行者"), ("1-2", "2", "会議"), ("2-1", "1", "事業所"))
        },
        "rows": [
            a_cell("1-1", 2021, "1", "1"),
            a_cell("1-1", 2022, "2", "1", 判定="未達"),
            a_cell("1-2", 2022, "", "", 実績値状態="未入力"),
            a_cell("2-1", 2022, "3", "", 実績値状態="未公表"),
        ],
    }


def with_opinions(body: dict) -> None:
    one = {"council": "協議会", "held_on": "2023-07-01", "number": 1, "place": "第1節", "speaker": "委員"}
    one |= {"opinion": "意見です。", "response": "", "reflected": "", "status": "UNANSWERED"}
    body |= {"format": 2, "opinions": []}
    body["sections"][0]["opinions"] = [one]


def revised(body: dict) -> None:
    """第1回計画変更 makes 5 of the 計画値 2."""
    body |= {"format": 3, "revisions": [{"number": 1, "decided_on": "2022-10-01", "reason": "増えたため"}]}
    versions = [{"number": n, "計画値": v, "計画値状態": "", "計画値原文": ""} for n, v in ((0, "2"), (1, "5"))]
    body["measures"]["1-1"]["versions"] = {"2022": versions}
    body["rows"][1]["計画値"] = "5"


def second_published(body: dict) -> None:
    section = body["sections"][1]
    section |= {"published": True, "targets": [], "texts": dict.fromkeys(TEXTS, "") | {"do_text": "行った。"}}
    section["records"] = []
    body["rows"][3] |= {"実績値": "4", "実績値状態": ""}


def without_second_measure(body: dict) -> None:
    body["sections"][0]["measures"].remove("1-2")
    del body["measures"]["1-2"], body["rows"][2]


def put(path: str, value: object) -> Callable[[dict], None]:
    """A change of one place: 「rows.1.実績値」."""

    def change(body: dict) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: object = body
        for step in way:
            place = place[step]  # type: ignore[index]
        place[last] = value  # type: ignore[index]

    return change


TEXT = "sections/0/texts/check_text"
SENTENCES = "一つ目の文です。二つ目の文です。三つ目の文です。"
CORRECTED, REVISED, ADDED, TAKEN_BACK = "訂正", "計画変更による変更", "追加公表", "公表をやめたもの"
CASES = {
    "a value": (put("rows/1/実績値", "2"), [(CORRECTED, "第1節 ①移行者", "実績値", 2022, "1人", "2人")]),
    "a value of an earlier year": (
        put("rows/0/実績値", "0"),
        [(CORRECTED, "第1節 ①移行者", "実績値", 2021, "1人", "0人")],
    ),
    "未入力 was printed, too": (
        lambda body: body["rows"][2].update(実績値="3", 実績値状態=""),
        [(CORRECTED, "第1節 ②会議", "実績値", 2022, "未入力", "3人")],
    ),
    "a state": (
        lambda body: body["rows"][1].update(実績値="", 実績値状態="集計中"),
        [(CORRECTED, "第1節 ①移行者", "実績値", 2022, "1人", "集計中")],
    ),
    "what hangs on a value": (
        put("rows/1/注記", "数え直した"),
        [(CORRECTED, "第1節 ①移行者", "実績値", 2022, "1人（注記：記載なし）", "1人（注記：数え直した）")],
    ),
    "what is computed follows": (put("rows/1/判定", "達成"), []),
    "a wrong 計画値": (put("rows/1/計画値", "5"), [(CORRECTED, "第1節 ①移行者", "計画値", 2022, "2人", "5人")]),
    "a 計画変更 is no error": (
        revised,
        [
            (REVISED, "計画全体", "第1回計画変更", None, "記載なし", "2022-10-01決定：増えたため"),
            (REVISED, "第1節 ①移行者", "計画値", 2022, "2人", "5人"),
        ],
    ),
    "a passage of a long text": (
        put(TEXT, f"{SENTENCES}一つ目の文です。直した文です。三つ目の文です。"),
        [(CORRECTED, "第1節", "評価（達成状況の分析）", 2022, "…二つ目の文です。…", "…直した文です。…")],
    ),
    "a sentence more in a long text": (
        put(TEXT, f"{SENTENCES * 2}四つ目の文です。"),
        [(CORRECTED, "第1節", "評価（達成状況の分析）", 2022, "…（記載なし）…", "…四つ目の文です。")],
    ),
    "a goal": (
        put("sections/0/targets/0/goal_text", "5人とします。"),
        [(CORRECTED, "第1節", "目標", None, "4人とします。", "5人とします。")],
    ),
    "the name of a 指標": (
        put("measures/1-1/title", "地域移行者"),
        [(CORRECTED, "第1節 ①地域移行者", "指標", None, "①移行者", "①地域移行者")],
    ),
    "a fact of a 指標 in words": (
        put("measures/1-1/direction", "less"),
        [(CORRECTED, "第1節 ①移行者", "方向", None, "増", "減")],
    ),
    "a 指標 less": (without_second_measure, [(CORRECTED, "第1節 ②会議", "指標", None, "②会議", "（削除）")]),
    "the order of 指標": (
        put("sections/0/measures", ["1-2", "1-1"]),
        [(CORRECTED, "第1節", "指標の順番", None, "1-1、1-2", "1-2、1-1")],
    ),
    "a record": (
        put("sections/0/records/0/participants", 9),
        [(CORRECTED, "第1節 取組記録「部会」（2022-07-01）", "参加者数", None, "8", "9")],
    ),
    "a record less": (
        put("sections/0/records", []),
        [(CORRECTED, "第1節 取組記録「部会」（2022-07-01）", "取組記録", 2022, "部会（2022-07-01）", "（削除）")],
    ),
    "an opinion more": (
        with_opinions,
        [(ADDED, "第1節 意見1（協議会　2023-07-01）", "意見", 2022, "記載なし", "意見です。")],
    ),
    "a 節 more": (
        second_published,
        [
            (ADDED, "第2節", "評価の文章・取組記録など", None, "未公表", "公表"),
            (ADDED, "第2節 ①事業所", "実績値", 2022, "未公表", "4人"),
        ],
    ),
    "the name of the plan": (
        put("plan/name", "新しい名前"),
        [(CORRECTED, "計画全体", "計画の名前", None, "第6期障害福祉計画", "新しい名前")],
    ),
    "the format alone": (put("format", 2), []),
    "something a later format adds": (
        put("appendix", {"a": 1}),
        [(ADDED, "計画全体", "appendix", None, "記載なし", '{"a": 1}')],
    ),
}


def told(old: dict, new: dict) -> list[tuple]:
    return [(one.kind.label, one.place, one.field, one.year, one.old, one.new) for one in errata(old, new).lines]


@pytest.mark.parametrize("name", CASES)
def test_a_difference_is_told_where_a_reader_finds_it(name):
    change, lines = CASES[name]
    new = a_body()
    change(new)

    assert told(a_body(), new) == lines


def test_what_is_no_longer_published_is_told_apart_from_errors():
    old = a_body()
    second_published(old)

    assert told(old, a_body()) == [
        (TAKEN_BACK, "第2節", "評価の文章・取組記録など", None, "公表", "未公表"),
        (TAKEN_BACK, "第2節 ①事業所", "実績値", 2022, "4人", "未公表"),
    ]


def test_the_counts_say_how_much_of_what():
    new = a_body()
    second_published(new)
    put("rows/1/実績値", "2")(new)

    assert errata(a_body(), new).counts == "訂正 1件、追加公表 2件"


def content(body: dict) -> dict:
    """What a body says, worked out another way: no format, nothing that is computed, lists without an order."""
    said = deepcopy(body)
    said.pop("format")
    said["opinions"] = said.get("opinions", [])
    said["revisions"] = said.get("revisions", [])
    for section in said["sections"]:
        if section["published"]:
            section["opinions"] = section.get("opinions", [])
    said["rows"] = {(row["指標コード"], row["年度"]): {name: row[name] for name in OF_YEAR} for row in body["rows"]}
    return said


@given(*[st.lists(st.sampled_from(sorted(CASES)), max_size=5, unique=True)] * 2)
def test_a_difference_is_empty_exactly_where_both_say_the_same(first, second):
    bodies = [a_body(), a_body()]
    for body, names in zip(bodies, (first, second), strict=True):
        if {"a value", "a state"} <= {*names}:  # a cell has a number or a state, never both
            names = [name for name in names if name != "a state"]
        # What is taken out cannot be changed any more.
        for name in sorted(names, key=lambda one: one.endswith(" less")):
            if not (name == "a 指標 less" and "the order of 指標" in names):
                CASES[name][0](body)

    old, new = bodies
    assert (told(old, new) == []) == (content(old) == content(new))
    assert len(told(old, new)) == len(told(new, old))
