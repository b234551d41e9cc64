"""The figures of a year in one sentence, for every kind and state."""

from decimal import Decimal

import pytest

from core.figures import Figures, Nature, hidden
from core.pace import Interim
from core.spoken_figures import circumstances_in_words, figures_in_words, nature_in_words
from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Direction, State, ValueKind


def number(text: str, **fields) -> Value:
    return Value(Decimal(text), **fields)


RATE, NEAR = Nature(ValueKind.RATE), Nature(direction=Direction.NEAR)
PRESENCE, TEXT, LESS = Nature(ValueKind.PRESENCE), Nature(ValueKind.TEXT), Nature(direction=Direction.LESS)
SHARE = number("66.7", numerator=Decimal(2), denominator=Decimal(3))


@pytest.mark.parametrize(
    ("figures", "unit", "said"),
    [
        (
            Figures(number("4"), number("3")),
            "人",
            "計画値 4人、実績値 3人、差 マイナス1人、達成率 75.0%、判定 未達。",
        ),
        (Figures(number("4"), EMPTY), "人", "計画値 4人、実績値 未入力、判定 未入力。"),
        (Figures(EMPTY, number("15")), "人", "計画値 なし、実績値 15人、判定 計画値なし。"),
        (
            Figures(number("0"), number("2"), NEAR),
            "人/月",
            "計画値 0人、実績値 2人、差 プラス2人、判定 計画0・実績2。",
        ),
        (
            Figures(number("0"), number("-2"), NEAR),
            "",
            "計画値 0、実績値 マイナス2、差 マイナス2、判定 計画0・実績マイナス2。",
        ),
        (
            Figures(number("40"), number("-2")),
            "人",
            "計画値 40人、実績値 マイナス2人、差 マイナス42人、達成率 マイナス5.0%、判定 未達。",
        ),
        (
            Figures(number("100"), SHARE, RATE),
            "%",
            "計画値 100%、実績値 66.7%、差 マイナス33.3ポイント、達成率 66.7%、判定 未達。",
        ),
        (Figures(number("1"), number("0"), PRESENCE), "", "計画値 有、実績値 無、判定 未達。"),
        (
            Figures(Value(state=State.WORDS_ONLY, wording="検討"), Value(state=State.WORDS_ONLY, wording="済"), TEXT),
            "",
            "計画値 記述のみ、実績値 記述のみ。",
        ),
        (Figures(number("4"), Value(state=State.PENDING)), "件", "計画値 4件、実績値 集計中、判定 集計中。"),
        (
            Figures(Value(state=State.NOT_SET), Value(state=State.CANCELLED)),
            "件",
            "計画値 設定しない、実績値 中止、判定 計画値なし。",
        ),
        (hidden(Figures(number("4"), number("3"))), "人", "計画値 4人、実績値 確認中。"),
        (Figures(outside="開始前"), "人", "計画値 なし、実績値 開始前、判定 計画値なし。"),
    ],
)
def test_a_year_is_said_in_one_sentence(figures, unit, said):
    assert figures_in_words(2021, figures, unit=unit) == f"令和3年度、{said}"


def test_the_planned_value_is_called_as_the_city_calls_it():
    said = figures_in_words(2019, Figures(number("4"), number("4"), NEAR), planned_word="見込量", unit="人")

    assert said == "令和元年度、見込量 4人、実績値 4人、差 0人、達成率 100.0%、判定 見込みどおり。"


@pytest.mark.parametrize(
    ("figures", "way", "said"),
    [
        (Figures(number("4"), number("3", wording="3人")), None, ""),
        (
            Figures(number("5", wording="有5人"), number("3", wording="3名")),
            None,
            "計画の原文：有5人。実績の原文：3名。",
        ),
        (
            Figures(
                EMPTY,
                number("3", as_of="令和4年3月末", certainty=Certainty.PRELIMINARY, note="※速報。\n①を含む"),
            ),
            None,
            "確定度：速報。時点：令和4年3月末。注記：注：速報。　【まる1】を含む。",
        ),
        (Figures(number("100"), SHARE, RATE), None, "内訳：分子 2、分母 3。"),
        (Figures(number("30"), number("33"), LESS, baseline=Decimal(36)), None, "削減率：50.0%。"),
        (
            Figures(EMPTY, number("2")),
            Interim(Decimal(4), 2023, Decimal("1.333")),
            "期間途中：令和5年度の目標 4人に対し 2人（均等に進むとこの年度で 1.3人）。",
        ),
        (Figures(EMPTY, number("1"), PRESENCE), Interim(Decimal(1), 2023), "期間途中：令和5年度の目標 有。"),
        (Figures(EMPTY, EMPTY), Interim(Decimal(4), 2023), "期間途中：令和5年度の目標 4人。"),
    ],
)
def test_what_stands_beside_a_year_is_said_after_it(figures, way, said):
    assert circumstances_in_words(figures, unit="人", interim=way) == said


@pytest.mark.parametrize(
    ("nature", "unit", "said"),
    [
        (Nature(), "人", "単位は、人。増えるほどよい指標。年度末の数。"),
        (NEAR, "人日/月", "単位は、1か月あたりの人日。見込みに近いほどよい指標。年度末の数。"),
        (LESS, "", "減るほどよい指標。年度末の数。"),
        (PRESENCE, "", "有か無かで表す指標。"),
        (TEXT, "", "文章で表す指標。"),
    ],
)
def test_a_measure_is_told_by_its_unit_and_direction(nature, unit, said):
    assert nature_in_words(Figures(nature=nature), Accumulation.YEAR_END, unit) == said
