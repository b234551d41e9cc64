"""The second computation: agrees with the first on everything that can be stored, and says where it does not."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from core import second_opinion
from core.figures import Figures, Nature
from core.tidy import DERIVED, derived_columns, year_columns
from core.values import EMPTY, Value
from core.words import Direction, Side, State, ValueKind
from evaluations.management.commands import verify_figures
from tests.builders import a_measure, a_plan, a_section, a_value
from tests.demo_city import the_demo

numbers = st.decimals(-(10**11) + 1, 10**11 - 1, places=4) | st.integers(-200, 200).map(Decimal)
states = st.sampled_from(State).filter(lambda state: state is not State.NOT_SET).map(lambda s: Value(state=s))


@st.composite
def figures(draw):
    """Any pair of values that one measure may hold in one year."""
    kind = draw(st.sampled_from(ValueKind))
    plain = numbers.map(Value)
    if kind is ValueKind.PRESENCE:
        plain = st.sampled_from([Decimal(0), Decimal(1)]).map(Value)
    if kind is ValueKind.TEXT:
        plain = st.just(Value(state=State.WORDS_ONLY, wording="文"))
    actual = plain
    if kind is ValueKind.RATE:
        actual |= st.builds(with_parts, st.integers(0, 9999), st.integers(1, 9999))
    nature = Nature(kind, draw(st.sampled_from(Direction)), Decimal(80), Decimal(120))
    return Figures(draw(st.just(EMPTY) | states | plain), draw(st.just(EMPTY) | states | actual), nature)


def with_parts(numerator, denominator):
    percent = (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.0001"))
    return Value(percent, numerator=Decimal(numerator), denominator=Decimal(denominator))


@given(figures())
def test_both_computations_agree(pair):
    row = year_columns(2021, pair) | {"種類": pair.nature.kind.label, "方向": pair.nature.direction.label}

    assert second_opinion.derived_columns(row) == derived_columns(pair)


@pytest.mark.django_db
def test_a_plan_whose_figures_agree_is_counted():
    measure = a_measure(a_section(a_plan()))
    a_value(measure, 2021, 4, side=Side.PLANNED)
    a_value(measure, 2021, 3)
    out = StringIO()

    call_command("verify_figures", "122319-6", stdout=out)

    assert out.getvalue() == "印西市 第6期障害福祉計画（122319-6） 3行 一致\n"


@pytest.mark.django_db
def test_the_demo_agrees():
    the_demo()
    out = StringIO()

    call_command("verify_figures", stdout=out)

    assert [line.split()[-2:] for line in out.getvalue().splitlines()] == [["72行", "一致"], ["117行", "一致"]]


@pytest.mark.django_db
def test_the_bounds_of_the_plan_are_used_by_both():
    plan = a_plan(near_low=Decimal(95), near_high=Decimal(105))
    measure = a_measure(a_section(plan), direction=Direction.NEAR)
    a_value(measure, 2021, 100, side=Side.PLANNED)
    a_value(measure, 2021, 110)

    call_command("verify_figures", stdout=(out := StringIO()))

    assert out.getvalue().endswith("3行 一致\n")


@pytest.mark.django_db
def test_each_difference_is_printed_and_ends_in_failure(monkeypatch):
    measure = a_measure(a_section(a_plan()), "1-1")
    a_value(measure, 2021, 4, side=Side.PLANNED)
    a_value(measure, 2021, 3)
    # The two agree on everything that can be stored: only a table altered on its way shows what is printed.
    rows = verify_figures.tidy_rows(measure.plan, access=None)
    monkeypatch.setattr(
        verify_figures, "tidy_rows", lambda plan, access: [rows[0] | {"差": "1", "判定": ""}, *rows[1:]]
    )
    out = StringIO()

    with pytest.raises(CommandError) as failed:
        call_command("verify_figures", stdout=out)

    assert failed.value.returncode == 1
    assert out.getvalue().splitlines() == [
        "122319-6 1-1 2021年度 差：1（再計算 -1）",
        "122319-6 1-1 2021年度 判定：空欄（再計算 未達）",
        "印西市 第6期障害福祉計画（122319-6） 3行 不一致 2",
    ]


@pytest.mark.django_db
def test_a_plan_that_is_not_there_is_said():
    with pytest.raises(CommandError, match="計画「999999-1」はありません。") as refused:
        call_command("verify_figures", "999999-1")

    assert refused.value.returncode == 2


def test_the_second_computation_knows_the_same_columns():
    assert second_opinion.DERIVED == DERIVED
