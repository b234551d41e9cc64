"""The orders a list of measures may stand in. What has no answer stands last, whichever way round."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.figures import Figures, Tone
from core.search_words import folded
from plans.queries import MeasureRow

TONE_RANK = (Tone.BEHIND, Tone.FINDING, Tone.MISSING, Tone.GOOD, Tone.QUIET)
"""What wants attention comes first."""


@dataclass(frozen=True)
class Order:
    """One order by the words of its two directions. `key` gives None for what has no place in it."""

    name: str
    ascending: str
    descending: str
    key: Callable[[MeasureRow, int], Any]
    of_year: bool = False

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Both directions as options, the descending one with a minus as in the addresses of the column heads."""
        return [(self.name, self.ascending), (f"-{self.name}", self.descending)]


def _figures(row: MeasureRow, year: int) -> Figures:
    return row.cell(year).figures


def _rate(row: MeasureRow, year: int) -> Decimal | None:
    return _figures(row, year).achievement_rate


def _reading(row: MeasureRow, year: int) -> tuple[int, str] | None:
    figures = _figures(row, year)
    return (TONE_RANK.index(figures.tone), figures.reading) if figures.reading else None


ORDERS = {
    order.name: order
    for order in (
        Order("section", "節の順", "節の逆順", lambda row, year: row.measure.section.number),
        Order("title", "指標名の順", "指標名の逆順", lambda row, year: folded(row.measure.title)),
        Order(
            "planned", "計画の小さい順", "計画の大きい順", lambda row, year: _figures(row, year).planned.amount, True
        ),
        Order("actual", "実績の小さい順", "実績の大きい順", lambda row, year: _figures(row, year).actual.amount, True),
        Order("rate", "達成率の低い順", "達成率の高い順", _rate, True),
        Order("reading", "判定の順（届いていないものから）", "判定の順（届いたものから）", _reading, True),
    )
}
USUAL_ORDER = "section"
ORDER_CHOICES = [choice for order in ORDERS.values() for choice in order.choices]


def in_order(rows: Iterable[MeasureRow], chosen: str, year: int) -> list[MeasureRow]:
    """The rows in one of ORDER_CHOICES, equal ones as they came."""
    order = ORDERS[chosen.removeprefix("-")]
    keyed = [(order.key(row, year), row) for row in rows]
    known = [(key, row) for key, row in keyed if key is not None]
    known.sort(key=lambda pair: pair[0], reverse=chosen.startswith("-"))
    return [row for _, row in known] + [row for key, row in keyed if key is None]
