"""The matrix of links: services in rows by 区分, 成果目標 in columns."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from evaluations.links.goal_chains import LinkedRow, linked_row
from evaluations.links.goal_columns import GoalColumn
from indicators.queries import service_of
from plans.models import Measure
from plans.queries import MeasureRow

SIGNS = {"place": "節", "linked": "●", "partly": "◐", "offered": "○", "none": ""}


@dataclass(frozen=True)
class LinkCell:
    """Where one row of the matrix meets one 成果目標. `kind` is a key of SIGNS; `mark` is 参, 参4, 市 or ""."""

    kind: str
    mark: str
    words: str

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]

    @property
    def is_tied(self) -> bool:
        return self.kind in ("place", "linked", "partly")


@dataclass(frozen=True)
class LinkRow:
    """One service of one 節 with its quantities, or one 活動指標 without a service, as they read in one year."""

    title: str
    indicators: tuple[LinkedRow, ...]
    cells: tuple[LinkCell, ...]

    @property
    def quantities(self) -> list[tuple[str, LinkedRow]]:
        """利用者数, 利用日数 …, or the name itself where the row is about one."""
        is_one = len(self.indicators) == 1
        return [(one.measure.title if is_one else _quantity(one.measure), one) for one in self.indicators]


@dataclass(frozen=True)
class LinkGroup:
    """The rows of one 区分."""

    title: str
    rows: tuple[LinkRow, ...]


def link_groups(indicators: Iterable[MeasureRow], columns: tuple[GoalColumn, ...], year: int) -> tuple[LinkGroup, ...]:
    """By 区分 of the service, else by 節; in each, users and amount of one service as one row."""
    services: dict[tuple[int, str], list[MeasureRow]] = defaultdict(list)
    for row in indicators:
        services[_row_key(row.measure)].append(row)
    groups: dict[str, list[LinkRow]] = defaultdict(list)
    for rows in services.values():
        measure, service = rows[0].measure, service_of(rows[0].measure)
        title = service.name if service and len(rows) > 1 else measure.title
        cells = tuple(_cell(column, rows) for column in columns)
        read = tuple(linked_row(row, year) for row in rows)
        groups[service.category if service else measure.section.title].append(LinkRow(title, read, cells))
    return tuple(LinkGroup(title, tuple(rows)) for title, rows in groups.items())


def _row_key(measure: Measure) -> tuple[int, str]:
    """A part of a whole (うち精神障害者) may belong to another goal than the whole: it has a row of its own."""
    service = service_of(measure)
    if service is None or measure.parent_id is not None:
        return measure.section_id, f"measure {measure.code}"
    return measure.section_id, service.code


def _cell(column: GoalColumn, rows: list[MeasureRow]) -> LinkCell:
    ids = [row.measure.pk for row in rows]
    linked = [row for row in rows if row.measure.pk in column.linked]
    named = next((column.named[pk] for pk in ids if pk in column.named), None)
    if column.in_place & set(ids):
        return LinkCell("place", "", "同じ節の指標")
    if not linked:
        words = f"結んでいない（{named.words}）" if named else "結んでいない"
        return LinkCell("offered" if named else "none", named.mark if named else "", words)
    mark, source = (named.mark, named.words) if named else ("市", "市が加えた")
    if len(linked) == len(rows):
        return LinkCell("linked", mark, f"結んでいる（{source}）")
    some = "・".join(_quantity(row.measure) for row in linked)
    return LinkCell("partly", mark, f"{some}だけ結んでいる（{source}）")


def _quantity(measure: Measure) -> str:
    """利用者数, 利用日数 …; the name where it is not stated what is counted."""
    return measure.activity_indicator.get_amount_of_display() or measure.title
