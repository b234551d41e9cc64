"""The evaluation sheet's pages: what holds for every book, however long its texts and many its blocks."""

from decimal import Decimal

import pytest

from core.evaluation_sheet import SheetBlock, SheetBook, SheetSection
from core.sheet_layout import Columns, Role, SheetLayout, text_height
from core.sheet_pages import HEADING_HEIGHT, lay_out

SENTENCES = "".join(f"第{n}に、地域での暮らしを続けるための取組を進めた。" for n in range(150))


def block(years: int, title: str = "①利用者") -> SheetBlock:
    names = tuple(f"{2021 + year}年度" for year in range(years))
    return SheetBlock(title, "利用者数（人/月）", names, (Decimal(4),) * years, ("集計中",) * years, (None,) * years)


def book(*sections: SheetSection) -> SheetBook:
    return SheetBook("みほん市（架空） 評価シート", "令和4年度", (sections, sections), ("状態：下書き",), ("注記",))


SHORT = SheetSection("短い節", "第1節", "概要", "実績", "本文", (block(3),), "課題")
BOOKS = {
    "short": book(SHORT, SHORT),
    "long texts": book(SHORT, SheetSection("長い節", "第2節", SENTENCES, "実績", SENTENCES, (block(3),), SENTENCES)),
    "a long text beside one block": book(SheetSection("節", "第1節", SENTENCES, blocks=(block(4),))),
    "thirty blocks": book(SheetSection("節", "第1節", "概要", blocks=tuple(block(6, f"{n}番") for n in range(30)))),
    "a title taller than a page": book(SheetSection("節", "第1節", blocks=(block(3, SENTENCES), block(3)))),
    "no heading over its text": book(SheetSection("節", "第1節", narrative=SENTENCES)),
    "nothing in it": book(SheetSection("節", "第1節")),
}


def pages(layout: SheetLayout) -> list[range]:
    """The row numbers of each page."""
    starts = [1, *(row + 1 for row in layout.breaks)]
    ends = [*(row + 1 for row in layout.breaks), len(layout.heights) + 1]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


@pytest.mark.parametrize("name", BOOKS)
def test_no_cell_crosses_a_page(name):
    layout = lay_out(BOOKS[name])

    whole = [
        sum(cell.row in page and cell.row + cell.rows - 1 in page for page in pages(layout)) for cell in layout.cells
    ]
    assert set(whole) == {1}


@pytest.mark.parametrize("name", [name for name in BOOKS if name != "a title taller than a page"])
def test_every_page_fits_on_its_paper(name):
    layout = lay_out(BOOKS[name])

    rows = [sum(layout.heights[row - 1] for row in page) for page in pages(layout)]
    filled = [rows[0], *(HEADING_HEIGHT + height for height in rows[1:])]
    years = (len(layout.widths) - 8) // 2
    assert max(filled) <= Columns(years).page_height


@pytest.mark.parametrize("name", BOOKS)
def test_every_cell_is_tall_enough_for_its_text_and_covered_once(name):
    layout = lay_out(BOOKS[name])

    covered = [
        (row, column)
        for cell in layout.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    ]
    cut = [
        cell
        for cell in layout.cells
        if isinstance(cell.value, str)
        and cell.role not in (Role.TITLE, Role.HEADING)
        and text_height(cell.value, sum(layout.widths[cell.column - 1 : cell.column - 1 + cell.columns]))
        > sum(layout.heights[cell.row - 1 : cell.row - 1 + cell.rows]) + 0.01
    ]
    assert cut == []
    rows, columns = range(1, len(layout.heights) + 1), range(1, len(layout.widths) + 1)
    assert sorted(covered) == [(row, column) for row in rows for column in columns]


def test_what_goes_on_over_the_page_says_so_and_loses_nothing():
    section = SheetSection("長い節", "第2節", SENTENCES, "経過", SENTENCES, (block(3),), SENTENCES)

    layout = lay_out(SheetBook("評価シート", "令和4年度", ((section,),)))

    columns = Columns(3)
    for column in (3, columns.left + 1, columns.issues):
        texts = [c.value for c in layout.cells if c.column == column and c.role is Role.TEXT]
        assert "".join(str(text) for text in texts if text) == SENTENCES
    titles = [cell.value for cell in layout.cells if cell.role is Role.TARGET]
    assert titles == ["■長い節", *["■長い節（続き）"] * (len(titles) - 1)]
    assert len(titles) > 1


def test_a_section_that_fits_on_a_page_is_not_divided():
    third = SheetSection("節", "第1節", SENTENCES[: len(SENTENCES) // 6])

    layout = lay_out(SheetBook("評価シート", "令和4年度", ((third, third, third),)))

    titles = [cell.value for cell in layout.cells if cell.role is Role.TARGET]
    assert titles == ["■節"] * 3
    assert len(layout.breaks) == 1


def test_notes_do_not_stand_on_a_page_of_their_own():
    notes = ("注記",) * 12
    section = SheetSection("節", "第1節", SENTENCES[: len(SENTENCES) // 6])

    layout = lay_out(SheetBook("評価シート", "令和4年度", ((section, section),), notes=notes))

    last_page = pages(layout)[-1]
    assert [cell.role for cell in layout.cells if cell.row in last_page].count(Role.TARGET) == 1
    assert [cell.value for cell in layout.cells if cell.role is Role.NOTE] == list(notes)
