"""What twelve months make of their year, worked by hand and by a second, naive computation."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cell_texts import NotUnderstood
from core.fiscal_months import MONTHS, month_name, read_month
from core.monthly import YearFromMonths, read_month_value
from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, State

AVERAGE, TOTAL = Accumulation.MONTHLY_AVERAGE, Accumulation.YEAR_TOTAL
END, RUNNING = Accumulation.YEAR_END, Accumulation.CUMULATIVE
PENDING, NONE = Value(state=State.PENDING), Value(state=State.NOT_APPLICABLE)


def number(text, *, provisional=False):
    return Value(Decimal(text), certainty=Certainty.PRELIMINARY if provisional else None)


def year(accumulation, texts, **others):
    """Months from April on; `others` by month name (m3=…) go over them."""
    months = {month: number(text) for month, text in zip(MONTHS, texts.split(), strict=False)}
    return YearFromMonths(2025, accumulation, months | {int(name[1:]): value for name, value in others.items()})


FULL = "60 61 62 63 63 63 64 64 64 65 65 65"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            year(AVERAGE, FULL),
            ("63.3", "12か月の平均", "合計 759 ÷ 12 ＝ 63.25", "令和7年4月〜令和8年3月の月別値から", "確定値"),
        ),
        (
            year(AVERAGE, "10 11 11"),
            (
                "10.7",
                "3か月分の平均（あと9か月）",
                "合計 32 ÷ 3 ≒ 10.6667",
                "令和7年4月〜令和7年6月の月別値（3か月分）から",
                "速報",
            ),
        ),
        (
            year(AVERAGE, "1 0 0 0 0 0 0 0 0 1 1 0"),
            ("0.3", "12か月の平均", "合計 3 ÷ 12 ＝ 0.25", "令和7年4月〜令和8年3月の月別値から", "確定値"),
        ),
        (
            year(AVERAGE, FULL, m3=number(65, provisional=True)),
            ("63.3", "12か月の平均", "合計 759 ÷ 12 ＝ 63.25", "令和7年4月〜令和8年3月の月別値から", "速報"),
        ),
        (
            year(AVERAGE, "", **{f"m{m}": NONE for m in MONTHS[:6]}, **{f"m{m}": number(3) for m in MONTHS[6:]}),
            (
                "3.0",
                "6か月分の平均（ほかの月は該当なし・中止）",
                "合計 18 ÷ 6 ＝ 3",
                "令和7年10月〜令和8年3月の月別値（6か月分）から",
                "確定値",
            ),
        ),
        (
            year(TOTAL, "1 0 2 0 0 1 0 0 3 0 0 1"),
            ("8", "12か月の合計", "12か月の合計 8", "令和7年4月〜令和8年3月の月別値から", "確定値"),
        ),
        (
            year(TOTAL, "1 2", m6=PENDING),
            (
                "3",
                "2か月分の合計（あと10か月）",
                "2か月の合計 3",
                "令和7年4月〜令和7年5月の月別値（2か月分）から",
                "速報",
            ),
        ),
        (year(END, FULL), ("65", "3月の値", "3月の値 65", "令和8年3月の月別値から", "確定値")),
        (year(END, "", m3=number(57)), ("57", "3月の値", "3月の値 57", "令和8年3月の月別値から", "確定値")),
        (
            year(END, "57 58 56"),
            (
                "56",
                "6月の値（3月はまだありません）",
                "6月の値（3月はまだありません） 56",
                "令和7年6月の月別値から",
                "速報",
            ),
        ),
        (
            year(RUNNING, "2 2 5", m3=PENDING),
            (
                "5",
                "6月までの累計（3月はまだありません）",
                "6月までの累計（3月はまだありません） 5",
                "令和7年6月の月別値から",
                "速報",
            ),
        ),
    ],
)
def test_the_months_make_the_year_by_the_way_the_measure_adds_up(made, said):
    assert (f"{made.rounded}", made.words, made.formula, made.as_of, made.certainty.label) == said


@pytest.mark.parametrize("accumulation", Accumulation)
@pytest.mark.parametrize("months", [{}, {4: PENDING}, {4: NONE, 3: NONE}])
def test_no_number_makes_no_year(accumulation, months):
    made = YearFromMonths(2025, accumulation, months)

    assert (made.amount, made.rounded, made.formula, made.as_of, made.taken_over(EMPTY)) == (None, None, "", "", None)
    assert made.obstacle(EMPTY) == "月別の値がまだありません。"


def naive(accumulation, months):
    """The same with fractions: (figure × 10 rounded half away from zero, or the figure), straight from the rule."""
    known = (months[month].number for month in MONTHS if month in months)
    numbers = [Fraction(number) for number in known if number is not None]
    if not numbers:
        return None
    if accumulation in (END, RUNNING):
        return numbers[-1]
    if accumulation is TOTAL:
        return sum(numbers)
    tenths = sum(numbers) / len(numbers) * 10
    away = floor(abs(tenths) + Fraction(1, 2))
    return Fraction(away if tenths >= 0 else -away, 10)


values = st.one_of(
    st.builds(lambda n, p: number(n, provisional=p), st.decimals(-99999, 99999, places=2), st.booleans()),
    st.sampled_from([PENDING, NONE, Value(state=State.WITHHELD)]),
)


@given(st.sampled_from(Accumulation), st.dictionaries(st.sampled_from(MONTHS), values))
def test_a_second_computation_comes_to_the_same(accumulation, months):
    made = YearFromMonths(2025, accumulation, months)

    assert (None if made.rounded is None else Fraction(made.rounded)) == naive(accumulation, months)
    assert made.count == sum(value.number is not None for value in months.values())


def test_what_is_taken_over_carries_time_certainty_and_how_it_came_about():
    made = year(AVERAGE, FULL)

    assert made.taken_over(Value(number=Decimal(60), wording="60人", as_of="5月末", note="6月に訂正")) == Value(
        number=Decimal("63.3"),
        as_of="令和7年4月〜令和8年3月の月別値から",
        certainty=Certainty.FINAL,
        note="6月に訂正\n月別値から：12か月の平均、合計 759 ÷ 12 ＝ 63.25",
    )


def test_a_later_take_over_replaces_its_own_line_alone():
    first = year(AVERAGE, "60 61").taken_over(Value(note="国保連の請求による"))

    second = year(AVERAGE, FULL).taken_over(first)

    assert second.note == "国保連の請求による\n月別値から：12か月の平均、合計 759 ÷ 12 ＝ 63.25"
    assert year(AVERAGE, FULL).taken_over(second) == second


def test_what_cannot_be_kept_is_said_before_it_is_tried():
    huge = year(TOTAL, " ".join(["99999999999"] * 2))

    assert huge.obstacle(EMPTY) == "値が大きすぎます。整数部は11桁までです。"
    assert year(TOTAL, "1").obstacle(Value(number=Decimal(1), note="長" * 1000)).startswith("年度の実績の注記が長すぎ")
    assert year(TOTAL, "1").obstacle(EMPTY) == ""


@pytest.mark.parametrize(
    ("text", "provisional", "read"),
    [
        ("１２人", False, number(12)),
        ("1,234.5", True, number("1234.5", provisional=True)),
        ("0", False, number(0)),
        ("", True, EMPTY),
        ("未入力", False, EMPTY),
        ("集計中", True, PENDING),
        ("－", False, NONE),
        ("中止", False, Value(state=State.CANCELLED)),
    ],
)
def test_a_month_is_read_as_people_type_it(text, provisional, read):
    assert read_month_value(text, provisional=provisional) == read


@pytest.mark.parametrize("text", ["十二人", "検討中", "設定しない", "3 4", "123456789012"])
def test_what_no_month_can_be_is_refused_with_a_sentence(text):
    with pytest.raises(NotUnderstood) as refused:
        read_month_value(text)

    assert text in refused.value.sentence


@pytest.mark.parametrize(
    ("fiscal_year", "month", "name"),
    [
        (2025, 4, "令和7年4月"),
        (2025, 3, "令和8年3月"),
        (2019, 4, "平成31年4月"),
        (2019, 5, "令和元年5月"),
        (2018, 3, "平成31年3月"),
        (2018, 12, "平成30年12月"),
    ],
)
def test_a_month_has_the_era_of_its_own_day(fiscal_year, month, name):
    assert month_name(fiscal_year, month) == name
    assert read_month(name) == (fiscal_year, month)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("4月", (None, 4)),
        ("３", (None, 3)),
        ("令和7年4月", (2025, 4)),
        ("令和8年3月分", (2025, 3)),
        ("R7.12", (2025, 12)),
        ("r0801", (2025, 1)),
        ("R07.4.1", (2025, 4)),
        ("2025-04", (2025, 4)),
        ("2026/1", (2025, 1)),
        ("2025-04-01", (2025, 4)),
        ("2025年4月1日", (2025, 4)),
        ("202603", (2025, 3)),
        ("20260331", (2025, 3)),
    ],
)
def test_months_of_files_are_read_in_every_usual_form(text, read):
    assert read_month(text) == read


@pytest.mark.parametrize("text", ["", "13月", "0", "合計", "7年4月", "202513", "2025", "4〜6月"])
def test_what_names_no_month_is_refused(text):
    with pytest.raises(ValueError, match="月は「4月」"):
        read_month(text)
