"""What a page or a paper prints of one measure in one year."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.figures import Figures, Nature, hidden
from core.pace import Interim
from core.values import EMPTY, Value
from core.words import Certainty, Direction, State, ValueKind
from plans.cell_words import CellNote, CellWords, cell_words
from plans.queries import YearCell

NUMBER, RATE = Nature(), Nature(ValueKind.RATE)
PRESENCE = Nature(ValueKind.PRESENCE)
LESS = Nature(direction=Direction.LESS)
NOTHING = CellWords("なし", True, "未入力", True, "", "", "", "", "", "", "", "", "計画値なし", "quiet", ())


def cell(planned=EMPTY, actual=EMPTY, nature=NUMBER, **more) -> YearCell:
    return YearCell(2021, Figures(planned, actual, nature), **more)


def number(amount, **more) -> Value:
    return Value(Decimal(amount), **more)


def test_a_year_with_plan_and_actual_says_every_figure_with_its_unit():
    words = cell_words(cell(number(16), number(18)), "人")

    assert words == CellWords(
        planned="16人",
        planned_is_word=False,
        actual="18人",
        actual_is_word=False,
        certainty="",
        parts="",
        difference="+2人",
        achievement_rate="112.5%",
        formula="実績18 ÷ 計画16 × 100",
        deviation_rate="12.5%",
        legacy_deviation="112.5%",
        reduction_rate="",
        reading="達成",
        tone="good",
        notes=(),
    )


@pytest.mark.parametrize(
    ("shown", "differs"),
    [
        (cell(), {}),
        (
            cell(number(0), number(2)),
            {"planned": "0人", "actual": "2人", "planned_is_word": False, "actual_is_word": False}
            | {"difference": "+2人", "reading": "計画0・実績2", "tone": "finding"},
        ),
        (cell(Value(state=State.NOT_SET), Value(state=State.PENDING)), {"planned": "設定しない", "actual": "集計中"}),
        (
            cell(number(1), number(1), PRESENCE),
            {"planned": "有", "actual": "有", "planned_is_word": False, "actual_is_word": False}
            | {"reading": "達成", "tone": "good"},
        ),
    ],
)
def test_what_is_missing_is_a_word_and_what_cannot_be_computed_is_blank(shown, differs):
    assert cell_words(shown, "人") == replace(NOTHING, **differs)


def test_the_difference_of_a_rate_is_in_points_and_its_parts_are_told():
    actual = number("66.7", numerator=Decimal(2), denominator=Decimal(3), certainty=Certainty.PRELIMINARY)

    words = cell_words(cell(number(100), actual, RATE), "%")

    assert (words.actual, words.parts, words.difference) == ("66.7%", "2 ÷ 3", "-33.3ポイント")
    assert words.certainty == Certainty.PRELIMINARY.label


def test_an_actual_that_the_reader_may_not_see_leaves_the_plan_alone():
    kept_back = YearCell(2021, hidden(Figures(number(4), number(3), NUMBER)))

    assert cell_words(kept_back, "人") == replace(
        NOTHING, planned="4人", planned_is_word=False, actual="確認中", reading="", tone=""
    )


def test_the_notes_stand_in_one_order_and_say_which_are_for_the_screen_alone():
    shown = cell(
        number(4, wording="4人程度"),
        EMPTY,
        interim=Interim(Decimal(9), 2023, Decimal(3)),
        outlook="8人（平均の増減から）",
    )

    assert cell_words(shown, "人").notes == (
        CellNote("期間途中：令和5年度の目標 9人", end="（均等に進むとこの年度で 3.0人）"),
        CellNote("見込み 8人（平均の増減から）", look="outlook", for_paper=False),
        CellNote("旧様式の表では「0.0%」", for_paper=False),
        CellNote("計画の原文：4人程度"),
    )


def test_a_goal_of_the_last_year_is_set_against_the_actual_in_one_sentence():
    shown = cell(EMPTY, number(2), interim=Interim(Decimal(9), 2023, Decimal(3)))

    [note] = cell_words(shown, "人").notes

    assert (note.sentence, note.unbroken) == (
        "期間途中：令和5年度の目標 9人 に対し 2人（均等に進むとこの年度で 3.0人）",
        "に対し 2人",
    )
