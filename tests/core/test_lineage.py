"""How measures go on from one 期 to the next: what fits, what is proposed, and that every proposal fits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue import Follows
from core.lineage import How, LineageLink, Proposal, Traits, differences, propose, why_not
from core.words import Accumulation, Direction, Family, ValueKind

USERS = Traits(
    code="1-1",
    title="地域移行支援の利用者数",
    family=Family.INDICATOR,
    unit="人",
    kind=ValueKind.NUMBER,
    direction=Direction.NEAR,
    accumulation=Accumulation.YEAR_TOTAL,
    place="相談支援",
)
PARTNER = "国の基本指針の対応"
REASON = "国の基本指針の見直しによる"


def proposed(olds, news, follows=None, gone=None):
    return propose(olds, news, follows=follows or {}, gone=gone or {})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, []),
        ({"unit": " 人 "}, []),
        ({"unit": "件"}, ["単位：人 → 件"]),
        ({"unit": ""}, ["単位：人 → なし"]),
        ({"kind": ValueKind.RATE, "unit": "%"}, ["単位：人 → %", "種類：数値 → 割合"]),
        ({"accumulation": Accumulation.MONTHLY_AVERAGE}, ["集計：年度計 → 月平均"]),
        ({"direction": Direction.MORE}, []),
        ({"title": "別の名前", "place": "別の節"}, []),
    ],
)
def test_a_series_is_another_one_where_unit_kind_or_accumulation_differ(changed, words):
    assert differences(USERS, replace(USERS, **changed)) == words


def test_a_count_of_reduction_and_a_ceiling_are_two_quantities():
    reduction, ceiling = replace(USERS, direction=Direction.MORE), replace(USERS, direction=Direction.LESS)

    assert differences(reduction, ceiling) == ["方向：増 → 減"]


@pytest.mark.parametrize(
    ("lineage", "sentence"),
    [
        (LineageLink(How.SAME, ("a",), ("x",)), ""),
        (LineageLink(How.REDEFINED, ("a",), ("x",)), ""),
        (LineageLink(How.SPLIT, ("a",), ("x", "y")), ""),
        (LineageLink(How.MERGED, ("a", "b"), ("x",)), ""),
        (LineageLink(How.ENDED, ("a",), note="事業が終わったため。"), ""),
        (LineageLink(How.NEW, news=("x",)), ""),
        (
            LineageLink(How.SAME, ("a", "b"), ("x",)),
            "「継続」では、前の計画の指標を一つ、この計画の指標を一つ選んでください。",
        ),
        (
            LineageLink(How.REDEFINED, ("a",)),
            "「見直し」では、前の計画の指標を一つ、この計画の指標を一つ選んでください。",
        ),
        (
            LineageLink(How.SPLIT, ("a",), ("x",)),
            "「分割」では、前の計画の指標を一つ、この計画の指標を二つ以上選んでください。",
        ),
        (
            LineageLink(How.SPLIT, ("a", "b"), ("x", "y")),
            "「分割」では、前の計画の指標を一つ、この計画の指標を二つ以上選んでください。",
        ),
        (
            LineageLink(How.MERGED, ("a",), ("x",)),
            "「統合」では、前の計画の指標を二つ以上、この計画の指標を一つ選んでください。",
        ),
        (LineageLink(How.ENDED, ("a",), ("x",), "理由"), "「終了」では、前の計画の指標だけを一つ選んでください。"),
        (LineageLink(How.ENDED, ("a",)), "「地域移行支援の利用者数」を終了する理由を書いてください。"),
        (LineageLink(How.NEW, ("a",), ("x",)), "「新規」では、この計画の指標だけを一つ選んでください。"),
        (
            LineageLink(How.SAME, ("a",), ("other",)),
            (
                "「地域移行支援の利用者数」は前の計画と数え方が違う（単位：人 → 件）ため、「継続」にできません。"
                "「見直し」を選ぶか、指標の設定を前の計画に合わせてください。"
            ),
        ),
    ],
)
def test_a_tie_that_cannot_stand_says_why(lineage, sentence):
    olds = {"a": USERS, "b": USERS}
    news = {"x": USERS, "y": USERS, "other": replace(USERS, unit="件")}

    assert why_not(lineage, olds, news) == sentence


def test_ties_of_the_same_measures_are_equal_in_any_order():
    assert LineageLink(How.MERGED, ("b", "a"), ("x",)) == LineageLink(How.MERGED, ("a", "b"), ("x",))


@pytest.mark.parametrize(
    ("old", "new", "lineage", "basis"),
    [
        # The catalogue comes first, whatever the names are.
        (
            {"catalogue_code": "7-1-1"},
            {"catalogue_code": "8-1-1", "title": "地域移行者数"},
            LineageLink(How.SAME, ("1-1",), ("n",)),
            PARTNER,
        ),
        (
            {"catalogue_code": "7-5-1"},
            {"catalogue_code": "8-4-1"},
            LineageLink(How.REDEFINED, ("1-1",), ("n",), REASON),
            PARTNER,
        ),
        # What the catalogue calls the same is 見直し where the city counts otherwise.
        (
            {"catalogue_code": "7-1-1"},
            {"catalogue_code": "8-1-1", "unit": "人/年"},
            LineageLink(How.REDEFINED, ("1-1",), ("n",), "単位：人 → 人/年"),
            PARTNER,
        ),
        # The volume of a service keeps its code for ever.
        (
            {"catalogue_code": "kyotaku_kaigo-users"},
            {"catalogue_code": "kyotaku_kaigo-users"},
            LineageLink(How.SAME, ("1-1",), ("n",)),
            PARTNER,
        ),
        (
            {"code": "kyotaku_kaigo-users", "service": "kyotaku_kaigo"},
            {"catalogue_code": "kyotaku_kaigo-users", "service": "kyotaku_kaigo", "title": "別の名前"},
            LineageLink(How.SAME, ("kyotaku_kaigo-users",), ("n",)),
            "同じサービスの同じ量",
        ),
        # Widths and blanks of a name drift.
        (
            {"title": "就労継続支援（Ａ型）の 利用者数"},
            {"title": "就労継続支援(A型)の利用者数"},
            LineageLink(How.SAME, ("1-1",), ("n",)),
            "同じ指標名",
        ),
        (
            {"title": "会議"},
            {"title": "会議", "unit": "回"},
            LineageLink(How.REDEFINED, ("1-1",), ("n",), "単位：人 → 回"),
            "同じ指標名",
        ),
        # A part of a 分割 whose other part the city does not have.
        (
            {"catalogue_code": "6-5-3"},
            {"catalogue_code": "7-5-3"},
            LineageLink(How.REDEFINED, ("1-1",), ("n",), REASON),
            PARTNER,
        ),
    ],
)
def test_a_counterpart_is_proposed_by_catalogue_then_volume_then_name(old, new, lineage, basis):
    follows = {
        "8-1-1": [Follows("7-1-1", "same")],
        "8-4-1": [Follows("7-5-1", "redefined")],
        "7-5-3": [Follows("6-5-3", "split")],
    }

    found = proposed([replace(USERS, **old)], [replace(USERS, code="n", **new)], follows)

    assert found == [Proposal(lineage, basis)]


def test_what_the_guideline_divided_and_put_together_is_proposed_so():
    centre = replace(USERS, code="5-3", catalogue_code="6-5-3", title="事業所の確保")
    parts = [replace(USERS, code=f"5-{n}", catalogue_code=f"7-5-{n}", title=f"事業所{n}") for n in (3, 4)]
    whole = replace(USERS, code="4-3", catalogue_code="8-4-3", title="両事業所")
    follows = {
        "7-5-3": [Follows("6-5-3", "split")],
        "7-5-4": [Follows("6-5-3", "split")],
        "8-4-3": [Follows("7-5-3", "merged"), Follows("7-5-4", "merged")],
    }

    divided = proposed([centre], parts, follows)
    together = proposed(parts, [whole], follows)

    assert divided == [Proposal(LineageLink(How.SPLIT, ("5-3",), ("5-3", "5-4"), REASON), PARTNER)]
    assert together == [Proposal(LineageLink(How.MERGED, ("5-3", "5-4"), ("4-3",), REASON), PARTNER)]


def test_two_measures_of_one_name_are_told_apart_by_their_section_or_not_at_all():
    olds = [replace(USERS, code=code, title="会議", place=place) for code, place in (("a", "第一"), ("b", "第二"))]
    there = replace(USERS, code="x", title="会議", place="第二")
    nowhere = replace(USERS, code="x", title="会議", place="第三")

    assert proposed(olds, [there]) == [Proposal(LineageLink(How.SAME, ("b",), ("x",)), "同じ節の同じ指標名")]
    assert [one.lineage.how for one in proposed(olds, [nowhere])] == [How.NEW]


def test_a_measure_of_the_other_family_is_no_counterpart_by_name():
    goal = replace(USERS, code="x", family=Family.TARGET)

    assert [one.lineage for one in proposed([USERS], [goal])] == [LineageLink(How.NEW, news=("x",))]


def test_what_the_law_ended_is_proposed_to_end_even_where_a_name_is_the_same():
    found = proposed([USERS], [replace(USERS, code="x")], gone={"1-1": "終わったサービスです。"})

    assert found == [
        Proposal(LineageLink(How.ENDED, ("1-1",), note="終わったサービスです。"), "終わったサービスです。"),
        Proposal(LineageLink(How.NEW, news=("x",)), "前の計画に対応する指標が見つかりません", is_found=False),
    ]


def test_one_part_alone_is_no_split():
    old = replace(USERS, title="会議", catalogue_code="6-2")
    news = [replace(old, code="x"), replace(old, code="y", catalogue_code="7-1")]

    found = proposed([old], news, follows={"7-1": [Follows("6-2", "split")]})

    assert [one.lineage.how for one in found] == [How.NEW, How.NEW]


def some_measures(prefix: str):
    one = st.builds(
        lambda title, unit, mark, kind: replace(
            USERS, title=title, unit=unit, catalogue_code=mark, kind=kind, service="s" if title == "量" else ""
        ),
        st.sampled_from(["会議", "量", "人数", "割合"]),
        st.sampled_from(["人", "件"]),
        st.sampled_from(["", "6-1", "6-2", "7-1", "7-2"]),
        st.sampled_from([ValueKind.NUMBER, ValueKind.RATE]),
    )
    return st.lists(one, max_size=6).map(
        lambda found: [replace(measure, code=f"{prefix}{n}") for n, measure in enumerate(found)]
    )


LINES = st.dictionaries(
    st.sampled_from(["7-1", "7-2"]),
    st.lists(
        st.builds(Follows, st.sampled_from(["6-1", "6-2"]), st.sampled_from(["same", "redefined", "split", "merged"])),
        max_size=2,
        unique_by=lambda one: one.code,
    ),
)


@given(some_measures("o"), some_measures("n"), LINES)
def test_every_proposal_fits_and_no_measure_is_in_two_of_them(olds, news, follows):
    found = propose(olds, news, follows=follows, gone={})

    known = {one.code: one for one in olds}, {one.code: one for one in news}
    assert [why_not(one.lineage, *known) for one in found] == [""] * len(found)
    ends = [end for one in found for end in one.lineage.ends]
    assert len(ends) == len(set(ends))
    assert {code for side, code in ends if side == "new"} == set(known[1])
