"""The layout file of the evaluation sheet: what a reader makes of it, and every problem named by its place."""

import copy
import json

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from core.sheets.design import WRITABLE, Content, Edition, Line, Measures, Role
from core.sheets.design_file import MAX_BYTES, DesignRefused, read_design
from core.sheets.grid import Grid
from evaluations.models import TEXT_FIELDS

FOLDER = settings.BASE_DIR / "fixtures" / "sheet_layouts"
INZAI = json.loads((FOLDER / "inzai.json").read_text())
KANRI = json.loads((FOLDER / "kanri.json").read_text())


def problems(layout) -> list[str]:
    with pytest.raises(DesignRefused) as refused:
        read_design(json.dumps(layout).encode(), "own")
    return list(refused.value.problems)


def changed(layout=INZAI, **fields):
    return copy.deepcopy(layout) | fields


def in_first_box(**fields):
    layout = copy.deepcopy(INZAI)
    layout["bands"][0]["boxes"][0] |= fields
    return layout


def in_figures(layout=INZAI, **fields):
    layout = copy.deepcopy(layout)
    next(box for band in layout["bands"] for box in band["boxes"] if "figures" in box)["figures"] |= fields
    return layout


def test_the_inzai_layout_has_the_columns_of_the_citys_sheet():
    design = read_design((FOLDER / "inzai.json").read_bytes(), "own")

    boxes = [(box.headings, box.contents) for box in design.boxes]
    assert boxes == [
        (("成果目標",), (Content.TARGET_TITLE,)),
        (("節別",), (Content.SECTION_LABEL,)),
        (("成果目標の概要",), (Content.OUTLINE,)),
        (("実績", "実績"), ()),
        (("課題と今後の実施について",), (Content.ISSUES_TEXT,)),
    ]
    assert Grid(design, 3).widths == [93, 48, 300, *[99, 108, 54, 54, 54] * 2, 150]
    assert design.lines(Edition.OLD) == (Line.PLANNED, Line.ACTUAL, Line.LEGACY_DEVIATION)
    assert design.lines(Edition.NEW) == (
        Line.PLANNED,
        Line.ACTUAL,
        Line.DIFFERENCE,
        Line.ACHIEVEMENT_RATE,
        Line.READING,
    )


def test_the_control_sheet_has_the_boxes_of_the_ministrys_manual_and_no_rate():
    design = read_design((FOLDER / "kanri.json").read_bytes(), "own")

    labels = list(dict.fromkeys(box.label for box in design.boxes if box.label))
    headings = [heading for box in design.boxes for heading in box.headings]
    assert labels == ["成果目標", "計画（P）", "実施（D）", "評価（C）", "協議会等意見", "改善（A）"]
    assert headings[:6] == ["目標値", "目標値設定の考え方", "主な活動指標", "内容", "評価", "改善方策（案）"]
    assert {line for edition in Edition for line in design.lines(edition)} == {Line.PLANNED, Line.ACTUAL}
    assert design.measures == {Measures.TARGETS, Measures.INDICATORS}


def test_the_texts_that_a_sheet_may_bring_back_are_those_of_the_evaluation():
    assert tuple(content.value for content in WRITABLE) == TEXT_FIELDS


def test_a_role_that_the_file_passes_over_looks_plain():
    layout = changed()
    del layout["looks"]["note"]

    assert read_design(json.dumps(layout).encode(), "own").looks[Role.NOTE].size == 10.5


@pytest.mark.parametrize(
    ("layout", "sentence"),
    [
        ([], "{ } で囲んだ項目の並びにしてください。"),
        (changed(format=2), "format：この版で読める形は 1 です（入力：2）。"),
        (changed(name=5), "name：60文字までの、改行のない文字にしてください（入力：5）。"),
        (changed(sheet_name="a/b"), "sheet_name：シート名に使えない文字があります（入力：a/b）。"),
        (
            changed(paper={"size": "A5", "orientation": "portrait"}),
            "paper.size：A3・A4・B4 のどれかにしてください（入力：A5）。",
        ),
        (changed(colour="red"), "項目「colour」は使えません。つづりを確かめてください。"),
        (
            changed(looks={"text": {"fill": "red"}}),
            "looks.text.fill：色は E3E6E8 のような6けたで書いてください（入力：red）。",
        ),
        (changed(looks={"text": {"size": 400}}), "looks.text.size：5から40までの数にしてください（入力：400）。"),
        (changed(bands=[]), "bands：1個から30個までの並び [ ] にしてください。"),
        (in_first_box(width="広く"), "bands[0].boxes[0].width：30から2000までの数にしてください（入力：広く）。"),
        (in_first_box(width=True), "bands[0].boxes[0].width：30から2000までの数にしてください（入力：True）。"),
        (in_first_box(label="成果"), "bands[0].boxes[0]：label・content・figures のどれか1つを書いてください。"),
        (
            in_first_box(heading=["一", "二"]),
            "bands[0].boxes[0].heading：見出しは1つか、横に並べる表（across）の数だけ書いてください。",
        ),
        (
            in_first_box(content="overview"),
            "bands[0].boxes[0].prefix：前に記号を置けるのは、成果目標・節の名前の欄だけです。",
        ),
        (in_first_box(joined=True), "bands[0].boxes[0].joined：上とつなげられるのは label の欄だけです。"),
        (in_figures(old=["planned", "planned"]), "bands[0].boxes[3].figures.old：同じ行が二度あります。"),
        (in_figures(across=1.5), "bands[0].boxes[3].figures.across：整数にしてください（入力：1.5）。"),
        (
            in_figures(years="once"),
            "bands[0].boxes[3].figures.unit：年度を一度だけ印刷する表（years が once）には、単位の列の幅が必要です。",
        ),
        (in_figures(KANRI, measures="blocks"), "bands：measures の blocks は、ほかの数値の表と一緒には使えません。"),
        (in_figures(KANRI, measures="indicators"), "bands：同じ measures の数値の表が二度あります。"),
        (
            in_first_box(content="issues_text"),
            "bands：「課題と今後の実施について」（issues_text）が二度あります。1つの欄にしてください。",
        ),
        (
            changed(headings="page", bands=KANRI["bands"]),
            "headings：見出しを各ページに繰り返す様式（page）は、段（bands）を1つにしてください。",
        ),
        (changed(KANRI, bands=KANRI["bands"][::-1]), "bands：見出しの段（head）は、ほかの段より前に置いてください。"),
    ],
)
def test_a_mistake_is_named_by_its_place_with_the_remedy(layout, sentence):
    assert sentence in problems(layout)


def test_an_unknown_content_is_answered_with_the_ones_there_are():
    (sentence,) = [s for s in problems(in_first_box(content="title")) if "content" in s]

    assert sentence.startswith("bands[0].boxes[0].content：target_title・section_label・")
    assert sentence.endswith("のどれかにしてください（入力：title）。")


def test_every_mistake_is_told_at_once():
    assert len(problems(changed(title="", name="", looks={"text": {"size": 0}}))) == 3


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{", b"[" * 50_000, b" " * (MAX_BYTES + 1), b'{"a": 1e999}', b"null", b"3"]
)
def test_what_is_no_layout_is_refused_in_a_sentence(content):
    with pytest.raises(DesignRefused) as refused:
        read_design(content, "own")

    assert all(sentence.endswith("。") for sentence in refused.value.problems)


def test_a_layout_of_more_columns_than_we_read_back_is_refused():
    layout = changed(KANRI, bands=[])
    for number in range(12):
        boxes = [{"label": f"{n}", "width": 30 + number * 0.75} for n in range(11)]
        layout["bands"].append({"boxes": [*boxes, {"content": "target_title"}]})

    assert any("列が細かく分かれすぎます" in sentence for sentence in problems(layout))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(INZAI)), inner, max_size=3),
    max_leaves=8,
)


def outcome(layout) -> int:
    """How many bands the reader found, or how many problems: something in any case."""
    try:
        return len(read_design(json.dumps(layout).encode(), "own").bands)
    except DesignRefused as refused:
        return len(refused.problems)


@given(st.sampled_from(sorted(INZAI)), json_values)
def test_no_value_in_a_layout_breaks_the_reader(key, value):
    assert outcome(changed(**{key: value})) > 0
