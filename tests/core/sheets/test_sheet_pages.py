"""The evaluation sheet's pages: what holds for every book and layout, however long its texts and many its blocks."""

from decimal import Decimal

import pytest

from core.sheets.book import SheetBlock, SheetBook, SheetSection
from core.sheets.design import Content, Edition, Line, Measures, Role
from core.sheets.grid import Grid
from core.sheets.pages import lay_out
from core.sheets.placed import Holds, PlacedSheet
from core.text_width import text_height
from plans.sheet_layouts import shipped_designs

DESIGNS = shipped_designs()
YEARS = (2021, 2022, 2023)
SENTENCES = "".join(f"第{n}に、地域での暮らしを続けるための取組を進めた。" for n in range(150))
FLOWING = (Content.OUTLINE, Content.DO_TEXT, Content.CHECK_TEXT, Content.ISSUES_TEXT, Content.ACT_TEXT)


def block(years: int, title: str = "①利用者") -> SheetBlock:
    words, numbers = ("集計中",) * years, (Decimal(4),) * years
    values = dict.fromkeys(Line, numbers) | {Line.ACTUAL: words, Line.READING: ("見込みを下回る",) * years}
    return SheetBlock(title, title, "利用者数（人/月）", values, unit="人/月")


def section(title: str = "短い節", text: str = "", blocks: tuple[SheetBlock, ...] = (), **more) -> SheetSection:
    names = {Content.TARGET_TITLE: title, Content.SECTION_LABEL: "第1節"}
    texts = names | dict.fromkeys(FLOWING, text) | more.pop("texts", {})
    return SheetSection(1, texts, dict.fromkeys(Measures, blocks), **more)


def book(*sections: SheetSection, years: int = 3) -> SheetBook:
    spoken = tuple(range(2021, 2021 + years))
    return SheetBook(
        "みほん市（架空） 評価シート", "令和4年度", spoken, (sections, sections), ("状態：下書き",), ("注記",)
    )


SHORT = section(text="本文", blocks=(block(3),), result_title="実績")
BOOKS = {
    "short": book(SHORT, SHORT),
    "long texts": book(SHORT, section("長い節", SENTENCES, (block(3),), result_title="経過")),
    "a long text beside one block": book(section("節", "", (block(4),), texts={Content.OUTLINE: SENTENCES}), years=4),
    "thirty blocks": book(section("節", "概要", tuple(block(6, f"{n}番") for n in range(30))), years=6),
    "forty measures and long texts": book(section("節", SENTENCES, tuple(block(3, f"{n}番") for n in range(40)))),
    "a title taller than a page": book(section("節", "", (block(3, SENTENCES), block(3)))),
    "no heading over its text": book(section("節", SENTENCES)),
    "twelve years": book(section("節", "本文", (block(12), block(12))), years=12),
    "nothing in it": book(section("節")),
}
CASES = [(key, edition, name) for key in DESIGNS for edition in Edition for name in BOOKS]


def pages(placed: PlacedSheet) -> list[range]:
    """The row numbers of each page."""
    starts = [1, *(row + 1 for row in placed.breaks)]
    ends = [*(row + 1 for row in placed.breaks), len(placed.heights) + 1]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


@pytest.mark.parametrize(("key", "edition", "name"), CASES)
def test_no_cell_crosses_a_page(key, edition, name):
    placed = lay_out(BOOKS[name], DESIGNS[key], edition)

    whole = [
        sum(cell.row in page and cell.row + cell.rows - 1 in page for page in pages(placed)) for cell in placed.cells
    ]
    assert set(whole) == {1}


@pytest.mark.parametrize(
    ("key", "edition", "name"), [case for case in CASES if case[2] != "a title taller than a page"]
)
def test_every_page_fits_on_its_paper(key, edition, name):
    design = DESIGNS[key]
    placed = lay_out(BOOKS[name], design, edition)

    rows = [sum(placed.heights[row - 1] for row in page) for page in pages(placed)]
    repeated = placed.heights[placed.repeated_row - 1]
    filled = [rows[0], *(repeated + height for height in rows[1:])]
    width, height = design.paper.room
    assert max(filled) * placed.scale / 100 <= height
    assert sum(placed.widths) * placed.scale / 100 <= width


@pytest.mark.parametrize(("key", "edition", "name"), CASES)
def test_every_cell_is_tall_enough_for_its_text_and_covered_once(key, edition, name):
    design = DESIGNS[key]
    placed = lay_out(BOOKS[name], design, edition)

    covered = [
        (row, column)
        for cell in placed.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    ]
    cut = [
        cell
        for cell in placed.cells
        if isinstance(cell.value, str)
        and cell.role is not Role.TITLE
        and text_height(
            cell.value,
            sum(placed.widths[cell.column - 1 : cell.column - 1 + cell.columns]),
            design.looks[cell.role].size,
        )
        > sum(placed.heights[cell.row - 1 : cell.row - 1 + cell.rows]) + 0.01
    ]
    assert cut == []
    rows, columns = range(1, len(placed.heights) + 1), range(1, len(placed.widths) + 1)
    assert sorted(covered) == [(row, column) for row in rows for column in columns]


@pytest.mark.parametrize("key", DESIGNS)
def test_what_goes_on_over_the_page_says_so_and_loses_nothing(key):
    text = SENTENCES.replace("第50に", "\n\n第50に").replace("第60に", "\n第60に")
    one = section("長い節", text, (block(3),), result_title="経過")

    placed = lay_out(SheetBook("評価シート", "令和4年度", YEARS, ((one,),)), DESIGNS[key], Edition.OLD)

    pieces: dict[str, str] = {}
    for cell in placed.cells:
        if cell.key.holds is Holds.TEXT:
            pieces[cell.key.field] = pieces.get(cell.key.field, "") + cell.joint + str(cell.value or "")
    written = {content.value for content in FLOWING[1:]} & {content.value for content in DESIGNS[key].contents}
    assert {name: pieces[name] for name in written} == dict.fromkeys(written, text)
    prefix = "■" if key == "inzai" else ""
    titles = [cell.value for cell in placed.cells if cell.role is Role.TARGET]
    assert titles == [f"{prefix}長い節", *[f"{prefix}長い節（続き）"] * (len(titles) - 1)]
    assert len(titles) > 1


def test_a_section_that_fits_on_a_page_is_not_divided():
    third = section("節", texts={Content.OUTLINE: SENTENCES[: len(SENTENCES) // 6]})

    placed = lay_out(
        SheetBook("評価シート", "令和4年度", YEARS, ((third, third, third),)), DESIGNS["inzai"], Edition.OLD
    )

    titles = [cell.value for cell in placed.cells if cell.role is Role.TARGET]
    assert titles == ["■節"] * 3
    assert len(placed.breaks) == 1


def test_notes_do_not_stand_on_a_page_of_their_own():
    notes = ("注記",) * 12
    one = section("節", texts={Content.OUTLINE: SENTENCES[: len(SENTENCES) // 6]})

    placed = lay_out(
        SheetBook("評価シート", "令和4年度", YEARS, ((one, one),), notes=notes), DESIGNS["inzai"], Edition.OLD
    )

    last_page = pages(placed)[-1]
    assert [cell.role for cell in placed.cells if cell.row in last_page].count(Role.TARGET) == 1
    assert [cell.value for cell in placed.cells if cell.role is Role.NOTE] == list(notes)


def test_each_section_of_the_control_sheet_has_a_page_of_its_own_under_one_label():
    placed = lay_out(book(SHORT, SHORT), DESIGNS["kanri"], Edition.NEW)

    names = [[c.value for c in placed.cells if c.row in page and c.role is Role.TARGET] for page in pages(placed)]
    labels = [c.value for c in placed.cells if c.column == 1 and c.role is Role.LABEL and c.row in pages(placed)[0]]
    assert names == [["短い節"]] * 4
    assert labels == ["成果目標", "計画（P）", "実施（D）", "評価（C）", "協議会等意見", "改善（A）"]


def test_a_section_without_measures_has_no_empty_table():
    placed = lay_out(book(section("節", "本文")), DESIGNS["kanri"], Edition.NEW)

    headings = [cell.value for cell in placed.cells if cell.role is Role.HEADING]
    assert "内容" in headings
    assert not {"目標値", "主な活動指標"} & set(headings)


@pytest.mark.parametrize("years", [1, 3, 4, 6, 12])
@pytest.mark.parametrize("key", DESIGNS)
def test_columns_fill_the_table_and_stand_on_whole_pixels(key, years):
    grid = Grid(DESIGNS[key], years)

    assert sum(grid.widths) == grid.total
    assert {width % 0.75 for width in grid.widths} == {0.0}
    assert min(grid.widths) > 0
    assert [spans[-1].right for spans in grid.bands] == [grid.total] * len(grid.bands)
