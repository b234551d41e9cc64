"""The evaluation sheet out and in, against openpyxl doing nothing but the same cells; and many of them one by one."""

import io
from copy import copy
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.read_only import EmptyCell
from openpyxl.styles import NamedStyle

from core.sheets.workbook import write_evaluation_sheet
from evaluations.demo.sample import START, sample_cities
from evaluations.exchange.sheet_import.difference import sheet_difference
from evaluations.exchange.sheet_import.source import find_source, sheet_book_in
from evaluations.reports.sheets.of_plan import sheet_book, sheet_bytes
from plans.models import Plan
from plans.sheet_layouts import form_of
from tests.bench.harness import Row, measure

MOST_GROWTH = 30 * 1024
"""Kilobytes that many sheets may take more than one. One sheet alone takes that much."""
Bare = tuple[list[tuple[str, list[tuple[int, int, Any, int]], list[str]]], list[Any]]


def sheet_measurements(times: int, count: int) -> tuple[list[Row], dict[str, Any]]:
    """Rows of one plan's sheet, and what so many of them take of memory when they are written one after another."""
    plan = _plans()[-1]
    content = sheet_bytes(plan, START, access=None)
    grown = _growth(count)
    form, book = form_of(plan), sheet_book(plan, START, access=None)
    bare = _bare(content)
    floor_out, floor_in = (lambda: _built(bare)), (lambda: _touched(content))
    rows = [
        measure(f"評価シートの書き出し（{what}）÷ openpyxlで同じセル", ours, floor, times=times)
        for what, ours, floor in (
            ("読み取り済みの行から", lambda: write_evaluation_sheet(book, form.design, form.edition), floor_out),
            ("データベースから", lambda: sheet_bytes(plan, START, access=None), floor_out),
        )
    ]
    name = "評価シートの取り込み（違いの一覧まで、データベースとの照合も）÷ openpyxlで同じセル"
    rows.append(measure(name, lambda: _difference(plan, content), floor_in, times=times))
    return rows, grown


def _plans() -> list[Plan]:
    return list(Plan.objects.filter(municipality__in=sample_cities()).select_related("municipality").order_by("pk"))


def _difference(plan: Plan, content: bytes) -> None:
    book = sheet_book_in("sheet.xlsx", content)
    if book is None or sheet_difference(find_source(book, [plan], access=None), access=None).changes:
        raise RuntimeError("a sheet that nobody edited has changes")


def _bare(content: bytes) -> Bare:
    """The cells of a workbook as plain values, each with the number of its look; and every look."""
    looks: dict[Any, int] = {}
    sheets = []
    # Read without a tree, as the tree has no looks for what lies under a merge.
    plain = load_workbook(io.BytesIO(content), read_only=True)
    for sheet, whole in zip(plain.worksheets, load_workbook(io.BytesIO(content)).worksheets, strict=True):
        cells = []
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell, EmptyCell):
                    continue
                look = (cell.font, cell.border, cell.fill, cell.alignment, cell.number_format)
                cells.append((cell.row, cell.column, cell.value, looks.setdefault(look, len(looks))))
        sheets.append((sheet.title, cells, [str(one) for one in whole.merged_cells.ranges]))
    return sheets, list(looks)


def _built(bare: Bare) -> bytes:
    """These cells with these looks and merges, in a new workbook, saved."""
    sheets, looks = bare
    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, look in enumerate(looks):
        font, border, fill, alignment = map(copy, look[:4])
        workbook.add_named_style(
            NamedStyle(f"{number}", font=font, border=border, fill=fill, alignment=alignment, number_format=look[4])
        )
    for title, cells, merges in sheets:
        sheet = workbook.create_sheet(title)
        for row, column, value, look in cells:
            cell = sheet.cell(row, column)
            cell.style = f"{look}"
            if value is not None:
                cell.value = value
        for merge in merges:
            sheet.merged_cells.add(merge)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _touched(content: bytes) -> int:
    """How many cells hold something."""
    book = load_workbook(io.BytesIO(content))
    return sum(cell.value is not None for sheet in book.worksheets for line in sheet.iter_rows() for cell in line)


def _growth(count: int) -> dict[str, Any]:
    """Sheets of one plan after the other: the peak of memory after the first, the tenth and the last."""
    plans = _plans()
    peaks = {}
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    for number in range(1, count + 1):
        sheet_bytes(plans[number % len(plans)], START, access=None)
        if number in (1, 10, count):
            peaks[number] = _peak()
    return {
        "peak_kilobytes_after_sheets": peaks,
        "sheets_in_bounded_memory": peaks[count] - peaks[1] < MOST_GROWTH,
    }


def _peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
