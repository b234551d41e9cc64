"""Cells written as text against the same cells written by openpyxl."""

from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.numerals import plain
from core.signs import escaped
from core.workbooks.file import saved
from core.workbooks.sheet_xml import SheetXml

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**11), max_value=10**11, places=3)
EDGY = ["=1+1", " 前後の空白 ", "<b>&amp;\"'", "1行目\n2行目", "]]>", "３人", "_x000D_"]
TEXTS = st.text(max_size=30) | st.sampled_from(EDGY)
PLACES = st.tuples(st.integers(1, 40), st.integers(1, 60))


def sheet_with(cells: SheetXml):
    workbook = Workbook()
    workbook.active.title = "シート"
    return load_workbook(BytesIO(saved(workbook, {"シート": cells})))["シート"]


@given(st.dictionaries(PLACES, st.none() | NUMBERS | TEXTS, max_size=12))
def test_what_is_put_is_what_openpyxl_writes(values):
    cells, workbook = SheetXml(), Workbook()
    for (row, column), value in values.items():
        cells.put(row, column, value)
        cell = workbook.active.cell(row, column)
        if value is not None:
            cell.value = Decimal(plain(value)) if isinstance(value, Decimal) else escaped(value)
            cell.data_type = "n" if isinstance(value, Decimal) else "s"
    by_openpyxl = BytesIO()
    workbook.save(by_openpyxl)

    ours, theirs = sheet_with(cells), load_workbook(by_openpyxl).active

    assert [said_by(ours.cell(*place)) for place in values] == [said_by(theirs.cell(*place)) for place in values]


def said_by(cell):
    """What a cell holds: a formula would say "f"."""
    return (cell.value, cell.data_type) if cell.value else None


def test_a_cell_over_several_rows_and_columns_has_its_look_in_each_and_is_merged():
    workbook = Workbook()
    looked = workbook.active["A1"]
    looked.number_format = "0.0"
    style = looked.style_id
    del workbook.active["A1"]
    cells = SheetXml()
    cells.put(2, 3, Decimal("1.5"), style, rows=2, columns=2)

    file = saved(workbook, {workbook.active.title: cells})
    sheet = load_workbook(BytesIO(file)).active

    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["C2:D3"]
    assert sheet["C2"].value == 1.5
    assert load_workbook(BytesIO(file), read_only=True).active.calculate_dimension() == "A1:D3"
    assert sheet["C2"].number_format == "0.0"


def test_heights_and_widths_are_those_that_were_given():
    cells = SheetXml([30.0, 12.75], [7.5, 100 / 7])
    cells.put(1, 1, "見出し")

    sheet = sheet_with(cells)

    assert [sheet.row_dimensions[row].height for row in (1, 2, 3)] == [30.0, 12.75, None]
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [7.5, 100 / 7]


def test_a_sheet_that_has_cells_already_is_refused():
    workbook = Workbook()
    workbook.active["A1"] = "書いてある"

    with pytest.raises(ValueError, match="has cells already"):
        saved(workbook, {workbook.active.title: SheetXml()})
