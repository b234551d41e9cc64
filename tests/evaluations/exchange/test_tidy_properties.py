"""Whatever a plan holds, its table read back changes nothing and gives the same table in an empty place."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.uploads.table_files import read_table
from core.words import Accumulation, Certainty, Direction, Side, State, ValueKind
from evaluations.exchange.importing.planning import import_for_operator
from plans.tidy import tidy_file
from tests.builders import a_measure, a_plan, a_section
from tests.tidy_tables import exported

pytestmark = pytest.mark.django_db

# What the reader lets in: no control characters but the line end, nothing around the text.
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Zs")) | st.sampled_from("=+-@'、 \n"), max_size=12
).map(str.strip)
some_words = words.filter(bool)
numbers = st.decimals(-(10**11) + 1, 10**11 - 1, places=4) | st.integers(-9, 999).map(Decimal)


@st.composite
def values(draw, kind, side):
    """Fields of one stored value that the reader could have made."""
    states = [state for state in State if state is not State.NOT_SET or side is Side.PLANNED]
    state = draw(st.none() | st.sampled_from(states))
    if kind is ValueKind.TEXT:
        state = State.WORDS_ONLY
    fields = {"wording": draw(some_words if state is State.WORDS_ONLY else words)}
    if state:
        fields["state"] = state
    elif kind is ValueKind.PRESENCE:
        fields["number"] = draw(st.sampled_from([0, 1]))
    elif kind is ValueKind.RATE and side is Side.ACTUAL and draw(st.booleans()):
        over, under = Decimal(draw(st.integers(0, 999))), Decimal(draw(st.integers(1, 999)))
        percent = (over * 100 / under).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP")
        fields |= {"number": percent, "numerator": over, "denominator": under}
    else:
        fields["number"] = draw(numbers)
    if side is Side.ACTUAL:
        fields |= {
            "as_of": draw(words).replace("\n", ""),
            "certainty": draw(st.none() | st.sampled_from(Certainty)),
            "note": draw(words),
        }
    return fields


@st.composite
def measures(draw):
    """One measure with the values of one year."""
    kind = draw(st.sampled_from(ValueKind))
    return {
        "title": draw(some_words.map(lambda text: text.replace("\n", "")).filter(bool)),
        "unit": draw(words.map(lambda text: text.replace("\n", ""))),
        "value_kind": kind,
        "direction": draw(st.sampled_from(Direction)),
        "accumulation": draw(st.sampled_from(Accumulation)),
        "baseline": draw(st.none() | numbers),
        "values": {side: draw(st.none() | values(kind, side)) for side in Side},
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(drawn=st.lists(measures(), min_size=1, max_size=3), extension=st.sampled_from(["csv", "json", "xlsx"]))
def test_reading_an_export_changes_nothing(drawn, extension, db):
    with transaction.atomic():
        section = a_section(a_plan())
        for number, fields in enumerate(drawn):
            store(section, number, **fields)
        content, _ = tidy_file(exported(), extension)

        read = import_for_operator(read_table(f"t.{extension}", content))
        transaction.set_rollback(True)  # the next example begins with an empty database

    assert (read.changes, read.problems) == ((), ())


def store(section, number, *, values, **fields):
    measure = a_measure(section, f"m{number}", order=number, **fields)
    for side, cell in values.items():
        if cell:
            kept = {name: "" if field is None else field for name, field in cell.items()}
            measure.values.create(fiscal_year=2022, side=side, **kept)
