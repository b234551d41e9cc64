"""The table that 成果目標 and 活動指標 share: one measure a row, one fiscal year a cell."""

from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.template.loader import get_template
from django_tables2.data import TableListData

from core.fiscal_years import wareki
from plans.measure_listing import MeasureListing
from plans.queries import MeasureRow

ROWS_ON_A_PAGE = 200
"""A printed list should be whole; beyond this a browser on an office machine grows slow."""


class RowsInOrder(TableListData):
    """Rows that the listing has put in order: the table only marks the column they stand by."""

    def order_by(self, aliases: object) -> None:
        """Nothing is left to do."""


class FragmentColumn(tables.TemplateColumn):
    """Cells printed by a fragment that gets the row, its value, the plan and the listing, and nothing else of the page:
    the context of a whole page, made anew for each cell, takes longer than the cell.
    """

    @cached_property
    def fragment(self) -> Any:
        """Looked up once a table, not once a cell."""
        return get_template(self.template_name)

    def render(self, *, record: MeasureRow, value: object, table: "MeasureTable", **more: object) -> str:
        """The fragment with what it names."""
        listing = table.listing
        return self.fragment.render({"record": record, "value": value, "plan": listing.plan, "listing": listing})


class MeasureTable(tables.Table):
    """One row a measure. The year that filter and order go by is marked."""

    caption = "指標ごとの計画値と実績値"
    wrap_class = "figures listed"

    section = FragmentColumn(
        template_name="tables/_section.html", verbose_name="節", orderable=True, attrs={"td": {"class": "section-cell"}}
    )
    label = FragmentColumn(
        template_name="tables/_label.html", verbose_name="番号", orderable=False, attrs={"td": {"class": "label-cell"}}
    )
    title = FragmentColumn(
        template_name="tables/_title.html",
        verbose_name="指標名",
        orderable=True,
        attrs={"td": {"class": "measure"}, "row_header": True},
    )
    unit = FragmentColumn(
        template_name="tables/_unit.html", verbose_name="単位", orderable=False, attrs={"td": {"class": "unit-cell"}}
    )

    def __init__(self, listing: MeasureListing, **kwargs) -> None:
        self.listing = listing
        years = [(f"year_{year}", _year_column(listing, year)) for year in listing.plan.years]
        super().__init__(
            RowsInOrder(listing.rows),
            extra_columns=years,
            order_by=listing.order,
            row_attrs={"data-measure": lambda record: record.measure.code},
            **kwargs,
        )
        self.paginator = Paginator(self.rows, ROWS_ON_A_PAGE)
        self.page = self.paginator.get_page(listing.page)


def _year_column(listing: MeasureListing, year: int) -> FragmentColumn:
    head: dict[str, str] = {}
    cell = {"data-year": str(year)}
    if year == listing.year:
        head["class"] = cell["class"] = "current-year"
        if listing.order_is_of_year:
            head["aria-sort"] = "descending" if listing.order.startswith("-") else "ascending"
    return FragmentColumn(
        template_name="tables/_year_figures.html",
        # The cell of this year out of the row, as django-tables2 spells a path.
        accessor=f"by_year__{year}",
        verbose_name=wareki(year),
        orderable=False,
        attrs={"th": head, "td": cell},
    )
