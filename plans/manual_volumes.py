"""The worked examples of 見込量 in the manual, made by the rules themselves."""

from dataclasses import dataclass
from decimal import Decimal

from core.figures import Figures
from core.numerals import plain
from core.values import Value
from core.volume_miss import Split, split_of
from core.volume_words import scenario_in_words, split_in_words
from core.volumes import Assumptions, Scenario, Use, scenarios

_USES = tuple(
    Use(year, Decimal(users), Decimal(hours))
    for year, users, hours in ((2024, 100, 1000), (2025, 110, 1210), (2026, 121, 1452))
)
_PLANNED, _ACTUAL = Use(2024, Decimal(9), Decimal(180)), Use(2024, Decimal(7), Decimal(138))


@dataclass(frozen=True)
class VolumeExample:
    """One scenario for one year: its formula, and its figures as texts."""

    label: str
    formula: str
    users: str
    per_user: str
    amount: str


def volume_examples() -> list[VolumeExample]:
    """The scenarios that are made of actuals, for the year after the last of them."""
    given = Assumptions(_USES, (2027,), has_amount=True)
    found = []
    for projection in scenarios(given):
        if projection.scenario is Scenario.OWN:
            continue
        [year] = projection.years
        numbers = (year.users, year.per_user or Decimal(0), year.amount or Decimal(0))
        found.append(
            VolumeExample(
                projection.scenario.label, scenario_in_words(projection, given, "人"), *(plain(one) for one in numbers)
            )
        )
    return found


def split_example() -> str:
    """9 people with 20 hours each were planned, 7 came and used 138 hours."""
    split = split_of(_figures(_PLANNED.users, _ACTUAL.users), _figures(_PLANNED.amount, _ACTUAL.amount))
    if not isinstance(split, Split):
        raise TypeError("the example of the manual must split")
    return split_in_words(split, "時間")


def _figures(planned: Decimal | None, actual: Decimal | None) -> Figures:
    return Figures(Value(number=planned), Value(number=actual))
