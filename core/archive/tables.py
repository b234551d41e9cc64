"""The other form of old sheets: one row of years heads a table, with one row or a few rows a goal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.archive.blocks import Block, FigureRow, YearCell, YearRow, year_rows
from core.archive.outline import Outline
from core.archive.placing import Placing, Reading, place
from core.archive.sheet import ArchiveSheet, Printed
from core.archive.words import Column, RowKind, column_of, is_filler, row_kind, section_heading, section_number

ONE_ROW = "1行に一つの目標。値は、年度と計画・実績の見出しの真下"


@dataclass(frozen=True)
class Table:
    """A heading with its columns, and the rows beneath it. `sides` is a second row of headings (計画｜実績)."""

    row: int
    years: tuple[YearCell, ...]
    left: tuple[Printed, ...]
    sides: tuple[Printed, ...]
    end: int

    def column(self, *kinds: Column) -> int | None:
        """The first column for one of these, in their order."""
        columns = {column_of(cell.text): cell.column for cell in reversed(self.left)}
        return next((columns[kind] for kind in kinds if kind in columns), None)

    @property
    def first(self) -> int:
        return min(year.column for year in self.years)

    def cells(self) -> Iterator[Printed]:
        yield from self.left
        yield from (year.cell for year in self.years)
        yield from self.sides


def tables_of(sheet: ArchiveSheet, outline: Outline) -> list[Table]:
    """Every table, down to the next heading."""
    heads = {}
    for number, cells in sheet.rows.items():
        runs = year_rows(cells)
        if runs and runs[0].is_table_head:
            heads[number] = runs
    stops = sorted({*heads, *(heading.row for heading in outline.headings)})
    tables = []
    for row, runs in heads.items():
        end = next((stop for stop in stops if stop > row), sheet.lines)
        years = tuple(year for run in runs for year in run.years)
        sides = _sides(sheet.row(row + 1), years)
        tables.append(Table(row, _with_sides(sheet, runs, sides), runs[0].left, sides, end))
    return tables


def _sides(cells: Sequence[Printed], years: Sequence[YearCell]) -> tuple[Printed, ...]:
    """The second row of headings, where every cell from the first year on says 計画, 実績 or 乖離."""
    under = [cell for cell in cells if cell.column >= years[0].column]
    is_heading = len(under) > 1 and all(row_kind(cell.text) for cell in under)
    return tuple(cells) if is_heading else ()


def _with_sides(sheet: ArchiveSheet, runs: Sequence[YearRow], sides: Sequence[Printed]) -> tuple[YearCell, ...]:
    """The columns of the table: each cell of the second row under the nearest year at or before it."""
    years = [year for run in runs for year in run.years]
    if not sides:
        above = sheet.row(runs[0].row - 1)
        kinds = [_kind_above(above, run) for run in runs]
        if len(runs) > 1 and all(kinds):
            return tuple(replace(year, kind=kind) for run, kind in zip(runs, kinds, strict=True) for year in run.years)
        return tuple(years)
    found = []
    for cell in sides:
        over = [year for year in years if year.column <= cell.column]
        kind = row_kind(cell.text)
        if over and kind:
            found.append(replace(over[-1], column=cell.column, kind=kind))
    return tuple(found)


def _kind_above(above: Sequence[Printed], run: YearRow) -> RowKind | None:
    """計画 or 実績 as the row above says over these years."""
    over = [cell for cell in above if run.years[0].column <= cell.column <= run.years[-1].column]
    return row_kind(over[0].text) if over else None


def table_blocks(sheet: ArchiveSheet, table: Table) -> list[tuple[Block, Placing]]:
    """The goals of a table, each as a block of its own."""
    groups: list[tuple[Printed | None, Printed | None, list[FigureRow]]] = []
    first = table.row + (2 if table.sides else 1)
    has_sides = any(year.kind for year in table.years)
    for number in range(first, table.end):
        title, unit, label, values = _row(sheet.row(number), table)
        if not values and label is None:
            continue
        if title is not None or not groups or (has_sides and values):
            groups.append((title, unit, []))
        if has_sides:
            groups[-1][2].extend(_by_heading(table, values))
        elif label is not None:
            kind = row_kind(label.text)
            groups[-1][2].extend([FigureRow(kind, label, tuple(values))] if kind else [])
    return [_block(table, title, unit, rows) for title, unit, rows in groups if rows]


def _row(
    cells: Sequence[Printed], table: Table
) -> tuple[Printed | None, Printed | None, Printed | None, list[Printed]]:
    """Title, unit, label and values of one row."""
    columns = {year.column for year in table.years}
    before = [cell for cell in cells if cell.column < table.first and not is_filler(cell.text)]
    label = next((cell for cell in before if row_kind(cell.text)), None)
    unit_column = table.column(Column.UNIT)
    unit = next((cell for cell in before if cell.column == unit_column), None)
    named = [cell for cell in before if cell not in (label, unit) and not _names_section(cell)]
    column = table.column(Column.TITLE, Column.GOAL)
    title = next((cell for cell in named if cell.column == column), named[-1] if named and column is None else None)
    return title, unit, label, [cell for cell in cells if cell.column in columns]


def _names_section(cell: Printed) -> bool:
    return section_number(cell.text) is not None or section_heading(cell.text) is not None


def _by_heading(table: Table, values: Sequence[Printed]) -> Iterator[FigureRow]:
    """One row of values by the sides of their columns, as rows of figures."""
    kinds = {year.column: year for year in table.years}
    for kind in RowKind:
        cells = tuple(cell for cell in values if kinds[cell.column].kind is kind)
        if cells:
            yield FigureRow(kind, kinds[cells[0].column].cell, cells)


def _block(
    table: Table, title: Printed | None, unit: Printed | None, rows: Sequence[FigureRow]
) -> tuple[Block, Placing]:
    years = tuple(replace(year, kind=None) for year in table.years)
    block = Block(rows[0].cells[0].row if rows[0].cells else rows[0].label.row, title, unit, years, tuple(rows))
    if any(year.kind for year in table.years):
        at = {year.column: year.year for year in table.years}
        reading = Reading(ONE_ROW, {(row.kind, at[cell.column]): cell for row in rows for cell in row.cells})
        return block, Placing(reading, (reading,), f"{ONE_ROW}。")
    return block, place(block, is_table=True)
