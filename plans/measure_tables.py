"""The table that 成果目標 and 活動指標 share: one measure a row, one fiscal year a cell."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django_tables2.data import TableListData
from django_tables2.utils import OrderBy, OrderByTuple

from core.fiscal_years import wareki
from core.search_words import folded
from core.words import Direction
from plans.measure_listing import TONE_RANK, MeasureListing
from plans.queries import MeasureRow

ROWS_ON_A_PAGE = 25
USUAL_ORDER = "section"
NOT_AN_ORDER = "並べ順の「{}」はこの一覧で選べないため、無視しました。表の見出しから選び直してください。"


class MeasureData(TableListData):
    """Rows in the order that the columns' `order` gives them; django-tables2 calls it for querysets alone."""

    data: list[MeasureRow]

    def order_by(self, aliases: OrderByTuple) -> None:
        """The first column decides, the next ones among its equals."""
        for alias in reversed(aliases):
            column = self.table.columns[alias.bare].column
            self.data, _ = column.order(self.data, alias.is_descending)


class FragmentColumn(tables.TemplateColumn):
    """Cells printed by a fragment that gets the row, its value, the plan and the listing, and nothing else of the page:
    the context of a whole page, made anew for each cell, takes longer than the cell.

    Rows can be ordered by a column with a `key`, which is None for what has no place in the order. `hint` says in its
    head what the order goes by, `ways` the order in words, ascending and descending.
    """

    def __init__(
        self,
        *,
        key: Callable[[MeasureRow], Any] | None = None,
        hint: str = "",
        ways: tuple[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(orderable=key is not None, **kwargs)
        self.key, self.hint = key, hint
        self.ways = ways or (f"{self.verbose_name}の順", f"{self.verbose_name}の逆順")

    def order(self, rows: Sequence[MeasureRow], is_descending: bool) -> tuple[list[MeasureRow], bool]:
        """The rows by `key`, equal ones as they came; what has none comes last, whichever way round."""
        keyed = [(self.key(row), row) for row in rows] if self.key else []
        known = [(key, row) for key, row in keyed if key is not None]
        known.sort(key=lambda pair: pair[0], reverse=is_descending)
        return [row for _, row in known] + [row for key, row in keyed if key is None], True

    @cached_property
    def fragment(self) -> Any:
        """Looked up once a table, not once a cell."""
        return get_template(self.template_name)

    def render(self, *, record: MeasureRow, value: object, table: "MeasureTable", **more: object) -> str:
        """The fragment with what it names."""
        listing = table.listing
        context = {"record": record, "value": value, "plan": listing.plan, "listing": listing}
        return mark_safe(self.fragment.render(context))  # noqa: S308 - the template escapes


def _behind_first(row: MeasureRow, year: int) -> tuple[int, str, bool, Any] | None:
    """By 判定, what wants attention first; within one 判定 what is further from its plan on the wrong side."""
    figures = row.cell(year).figures
    if not figures.reading:
        return None
    away = figures.deviation_rate
    if away is not None and figures.nature.direction is Direction.LESS:
        away = -away
    return TONE_RANK.index(figures.tone), figures.reading, away is None, away or 0


class MeasureTable(tables.Table):
    """One row a measure, by 節 unless the address requests another order. The year that the filter goes by is marked.

    `?per_page=all` shows every row, as a printed list should.
    """

    caption = "指標ごとの計画値と実績値"
    wrap_class = "figures listed"
    may_show_all = True

    section = FragmentColumn(
        template_name="tables/_section.html",
        verbose_name="節",
        key=lambda row: row.measure.section.number,
        attrs={"td": {"class": "section-cell"}},
    )
    label = FragmentColumn(
        template_name="tables/_label.html", verbose_name="番号", attrs={"td": {"class": "label-cell"}}
    )
    title = FragmentColumn(
        template_name="tables/_title.html",
        verbose_name="指標名",
        key=lambda row: folded(row.measure.title),
        attrs={"td": {"class": "measure"}, "row_header": True},
    )
    unit = FragmentColumn(template_name="tables/_unit.html", verbose_name="単位", attrs={"td": {"class": "unit-cell"}})

    def __init__(self, listing: MeasureListing, request: HttpRequest) -> None:
        self.listing = listing
        years = [(f"year_{year}", _year_column(listing, year)) for year in listing.plan.years]
        super().__init__(
            MeasureData(listing.rows),
            extra_columns=years,
            row_attrs={"data-measure": lambda record: record.measure.code},
        )
        asked = OrderByTuple(filter(None, request.GET.getlist(self.prefixed_order_by_field)))
        names = {column.name for column in self.columns.iterorderable()}
        self.orders = [order for order in asked if order.bare in names] or [OrderBy(USUAL_ORDER)]
        self.order_by = self.orders
        self.ignored = [NOT_AN_ORDER.format(order[:40]) for order in asked if order.bare not in names]
        self.shows_all = request.GET.get(self.prefixed_per_page_field) == "all" and len(self.rows) > ROWS_ON_A_PAGE
        if not self.shows_all:
            self.paginator = Paginator(self.rows, ROWS_ON_A_PAGE)
            self.page = self.paginator.get_page(request.GET.get(self.prefixed_page_field))

    @property
    def order_in_words(self) -> str:
        """The order of the rows, for later readers and for print."""
        return "、".join(self.columns[order.bare].column.ways[order.is_descending] for order in self.orders)


def _year_column(listing: MeasureListing, year: int) -> FragmentColumn:
    marked = {"class": "current-year"} if year == listing.year else {}
    return FragmentColumn(
        template_name="tables/_year_figures.html",
        # The cell of this year out of the row, as django-tables2 spells a path.
        accessor=f"by_year__{year}",
        verbose_name=wareki(year),
        key=lambda row: _behind_first(row, year),
        hint="判定",
        ways=(f"{wareki(year)}の判定で届いていないものから", f"{wareki(year)}の判定で届いたものから"),
        attrs={"th": marked, "td": {"data-year": str(year), **marked}},
    )
