"""What a cell of a workbook shows. Nothing that a person typed becomes a formula or a number."""

from decimal import Decimal

from openpyxl.cell import Cell
from openpyxl.styles import Border, Side

from core.characters import OPENS_A_FORMULA, escaped
from core.numerals import plain

NO_BORDER = Border(left=Side(), right=Side(), top=Side(), bottom=Side())
"""For a named style: without it openpyxl writes none, and reads none back either."""
Shown = str | Decimal | None
"""A number, the words that are shown for one (集計中, 有5人) or are a text, or nothing."""


def put(cell: Cell, value: Shown) -> None:
    """Write the value into the cell. A number stays a number; text stays text, whatever it begins with."""
    if isinstance(value, Decimal):
        cell.value = Decimal(plain(value))
    elif value and (text := escaped(value)):
        cell.value = text
        cell.data_type = "s"
        if value.startswith(OPENS_A_FORMULA):
            cell.quotePrefix = True
