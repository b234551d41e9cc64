"""The picture of goals and indicators: what it says, that nothing hangs on colour, that seventy fit."""

import re

import pytest
from defusedxml import ElementTree

from core.charts.links import GoalNode, IndicatorNode, LinkChart, NodeGroup, Reading, bearing_of, readings_of
from core.charts.links_svg import STROKES, WIDTH, link_svg
from core.figures import Tone
from core.goal_chain import Bearing

GOOD, BEHIND = Reading("見込みどおり", Tone.GOOD), Reading("見込みを下回る", Tone.BEHIND)
MISSED, MET = Reading("未達", Tone.BEHIND), Reading("達成", Tone.GOOD)
SVG = "{http://www.w3.org/2000/svg}"


def node(name, *goals, readings=(GOOD,), bearing=Bearing.BACKS):
    return IndicatorNode(name, readings, bearing, goals)


def chart(*groups, goals=2):
    names = [GoalNode("第1節 地域への移行", MISSED), GoalNode("第2節 一般就労", MET)]
    names += [GoalNode(f"第{number}節 そのほかの成果目標", MET) for number in range(3, goals + 1)]
    return LinkChart("k", "関係", tuple(names), tuple(NodeGroup(title, tuple(nodes)) for title, *nodes in groups))


def drawing(picture):
    return ElementTree.fromstring(link_svg(picture))


def texts(svg):
    return ["".join(each.itertext()) for each in svg.iter(f"{SVG}text")]


def ties(svg):
    """The lines of the picture, without those of the legend."""
    return [path for path in svg.iter(f"{SVG}path") if "C" in path.attrib["d"]]


def test_the_summary_says_for_each_goal_what_supports_it():
    picture = chart(("居住系", node("ホーム", 0), node("入所", 0, 1, readings=(BEHIND,))), ("日中", node("訓練", 1)))

    assert picture.summary == (
        "第1節 地域への移行（未達）：ホーム（見込みどおり。目標を支える）、入所（見込みを下回る。目標を支える）。"
        "第2節 一般就労（達成）：入所（見込みを下回る。目標を支える）、訓練（見込みどおり。目標を支える）。"
    )


def test_a_goal_without_lines_says_so():
    assert chart(("日中", node("訓練", 1))).summary.startswith("第1節 地域への移行（未達）：なし。")


def test_quantities_that_read_alike_are_said_once_and_others_each():
    alike = readings_of([("利用者数", "見込みどおり", Tone.GOOD), ("利用日数", "見込みどおり", Tone.GOOD)])
    apart = readings_of([("利用者数", "見込みどおり", Tone.GOOD), ("利用日数", "未入力", Tone.MISSING)])

    assert [reading.said for reading in alike] == ["見込みどおり"]
    assert [reading.said for reading in apart] == ["利用者数は見込みどおり", "利用日数は未入力"]


def test_every_reading_stands_in_words_beside_its_sign():
    apart = (Reading("見込みどおり", Tone.GOOD, "利用者数"), Reading("未入力", Tone.MISSING, "利用日数"))

    said = texts(drawing(chart(("日中", node("訓練", 0, readings=apart), node("B型", 1, readings=(BEHIND,))))))

    assert {"● 利用者数：見込みどおり", "○ 利用日数：未入力", "▲ 見込みを下回る", "▲ 未達", "● 達成"} <= set(said)


def test_lines_are_told_apart_by_their_dashes_and_the_legend_names_each():
    svg = drawing(chart(("日中", *(node(str(bearing), 0, bearing=bearing) for bearing in Bearing))))

    legend = svg.find(f"{SVG}g[@class='links-legend']")

    dashes = [stroke[2] for stroke in STROKES.values()]
    assert len(set(dashes)) == len(Bearing)
    assert [path.attrib.get("stroke-dasharray") for path in legend.iter(f"{SVG}path")] == dashes
    assert texts(legend) == ["目標を支える", "目標に足りない", "判断できない"]
    assert {path.attrib.get("stroke-dasharray") for path in ties(svg)} == set(dashes)


@pytest.mark.parametrize(
    ("said", "together"),
    [
        ([Bearing.BACKS], Bearing.BACKS),
        ([Bearing.BACKS, Bearing.LACKS], Bearing.LACKS),
        ([Bearing.SILENT, Bearing.BACKS], Bearing.BACKS),
        ([Bearing.SILENT], Bearing.SILENT),
    ],
)
def test_users_and_days_together_show_what_falls_short_first(said, together):
    assert bearing_of(said) is together


def test_there_is_a_line_for_each_tie_and_no_other():
    assert len(ties(drawing(chart(("日中", node("訓練", 0, 1), node("B型", 1), node("何にも", *[])))))) == 3


def test_names_are_escaped():
    svg = link_svg(chart(("<b>", node("A&B", 0))))

    assert ("<b>" in svg, "&lt;b&gt;" in svg, "A&amp;B" in svg) == (False, True, True)


def test_seventy_indicators_are_divided_into_pictures_of_twenty_rows_with_nobody_lost():
    groups = [
        (f"区分{g}", *(node(f"サービス{g}-{n}", n % 8) for n in range(size))) for g, size in enumerate([9, 25, 30, 6])
    ]
    whole = chart(*groups, goals=8)

    parts = whole.divided()

    rows = [[one.name for group in part.groups for one in group.nodes] for part in parts]
    assert [name for part in rows for name in part] == [
        f"サービス{g}-{n}" for g, s in enumerate([9, 25, 30, 6]) for n in range(s)
    ]
    assert max(len(part) for part in rows) <= 20
    assert len({part.key for part in parts}) == len(parts)
    assert parts[0].title == f"関係（1／{len(parts)}：区分0）"
    before = {(one.name, whole.goals[goal].name) for group in whole.groups for one in group.nodes for goal in one.goals}
    after = {
        (one.name, part.goals[goal].name)
        for part in parts
        for group in part.groups
        for one in group.nodes
        for goal in one.goals
    }
    assert after == before


def test_a_picture_of_nothing_is_none():
    assert chart().divided() == []


def test_nothing_leaves_the_picture_and_no_goal_covers_another():
    picture = chart(("日中活動系サービス", *(node("とても長い名前のサービス" * 4, n % 8) for n in range(3))), goals=8)

    svg = drawing(picture)

    height = float(svg.attrib["height"])
    boxes = [(float(r.attrib["y"]), float(r.attrib["y"]) + float(r.attrib["height"])) for r in svg.iter(f"{SVG}rect")]
    assert all(0 <= float(each.attrib["y"]) <= height for each in svg.iter(f"{SVG}text"))
    assert all(low[1] <= high[0] for low, high in zip(boxes, boxes[1:], strict=False))
    assert boxes[-1][1] <= height
    for path in ties(svg):
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.attrib["d"])]
        assert min(numbers) >= 0
        assert max(numbers) <= max(WIDTH, height)
