"""The keys that travel with a sheet, and how its cells are found again: whatever comes back, forged or not."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sheets.book import Stamp
from core.sheets.design import ENTERED, Edition, Line
from core.sheets.keys import CHUNK, PrintedCell, PrintedSheet, key_rows, read_key_rows, read_name
from core.sheets.matching import match
from core.sheets.placed import CellKey, Holds
from core.uploads.tables import TableCell

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
years = st.integers(0, 2100)
keys = st.one_of(
    st.builds(CellKey, st.just(Holds.VALUE), texts, years, st.sampled_from(ENTERED)),
    st.builds(CellKey, st.just(Holds.DERIVED), texts, years, st.just(Line.READING)),
    st.builds(CellKey, st.just(Holds.TEXT), st.from_regex(r"[0-9]{1,3}", fullmatch=True), years, st.just("do_text")),
    st.builds(CellKey, st.sampled_from([Holds.SHOWN, Holds.FIXED]), texts, years, texts),
)
cells = st.builds(
    PrintedCell, st.integers(1, 500), st.integers(1, 60), keys, texts, st.sampled_from(["", "\n", "\n\n"])
)


@given(st.lists(cells, max_size=20), st.dictionaries(st.sampled_from("123"), st.integers(0, 99)))
def test_keys_are_read_as_they_were_written(listed, versions):
    ordered = tuple(sorted(listed, key=lambda cell: (cell.row, cell.column)))
    sheet = PrintedSheet(Stamp("122319-6", 2022, versions), "inzai", Edition.NEW, ordered)

    assert read_key_rows(key_rows(sheet)) == sheet


def test_a_long_row_of_keys_is_spread_over_cells_that_hold_it():
    key = CellKey(Holds.TEXT, "1", field="do_text")
    long = tuple(PrintedCell(3, column, key, "あ" * 20_000) for column in (1, 2))
    sheet = PrintedSheet(Stamp("122319-6", 2022, {}), "inzai", Edition.OLD, long)

    rows = key_rows(sheet)

    assert max(len(text) for row in rows for text in row) <= CHUNK
    assert read_key_rows(rows) == sheet


@pytest.mark.parametrize(
    "rows",
    [[], [[]], [["fukushi-pdca", "1", "x"]], [["fukushi-pdca", "2", "x"], ["{}"]], [["a"], ["b"]], [["", "", "", ""]]],
)
def test_what_is_no_key_sheet_is_none(rows):
    assert read_key_rows(rows) is None


FORGED = [
    [3, "value", "a", 2022, "legacy_deviation", "x", ""],
    [3, "derived", "a", 2022, "actual", "x", ""],
    [3, "derived", "a", 2022, "none", "x", ""],
    [3, "text", "第1節", 0, "do_text", "x", ""],
    [3, "text", "1", 0, "password", "x", ""],
    [3, "nothing", "1", 0, "", "x", ""],
    [0, "fixed", "", 0, "", "x", ""],
    [10**9, "fixed", "", 0, "", "x", ""],
    [3, "fixed", "", 0, "", "x"],
]


def forged_rows(row, *cells) -> list[list[str]]:
    """A key sheet with a right checksum over whatever somebody made up."""
    lines = ["".join(key_rows(PrintedSheet(Stamp("122319-6", 2022, {}), "inzai", Edition.OLD, ()))[1])]
    lines.append(json.dumps([row, *cells]))
    checksum = sha256("\n".join(lines).encode()).hexdigest()
    return [["fukushi-pdca", "1", checksum], *([line] for line in lines)]


@pytest.mark.parametrize("cell", FORGED)
def test_a_forged_key_makes_the_whole_sheet_of_keys_worthless(cell):
    good = [2, "fixed", "", 0, "", "x", ""]

    assert read_key_rows(forged_rows(3, good)) is not None
    assert read_key_rows(forged_rows(3, good, cell)) is None
    assert read_key_rows(forged_rows(10**12, good)) is None


@given(st.recursive(st.none() | st.integers() | texts, lambda inner: st.lists(inner, max_size=4), max_leaves=6))
def test_no_forged_row_of_keys_breaks_the_reader(forged):
    found = read_key_rows(forged_rows(3, forged))

    assert found is None or isinstance(found, PrintedSheet)


def test_a_property_names_the_sheet_and_nothing_else_does():
    sheet = PrintedSheet(Stamp("122319-c2", 2022, {"1": 3, "2": 4}), "our-own", Edition.NEW, ())

    name = read_name(sheet.name)

    assert name is not None
    assert (name.plan, name.year, name.layout, name.edition, name.total) == ("122319-c2", 2022, "our-own", "new", 7)
    assert [read_name(text) for text in ("", "a/b", "x/2022/y/z/１", "x/2022/y/z/1/2")] == [None] * 4


# --- Matching ---

words = st.sampled_from(["計画値", "実績値", "乖離値", "2021年度", "第1節", "第2節", "①", "②"])


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 5), words), unique_by=lambda c: c[:2], min_size=1),
    st.lists(st.lists(words | st.just(""), max_size=6), max_size=14),
)
def test_no_grid_breaks_the_matching_and_no_cell_is_found_twice(listed, grid):
    printed = [PrintedCell(row, column, CellKey(), text) for row, column, text in sorted(listed)]

    found = match([[TableCell(text) for text in line] for line in grid], printed)

    addresses = [one.address for one in found.found]
    assert len(addresses) == len(set(addresses))
    assert len(found.found) + len(found.lost) == len(printed)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 5), words), unique_by=lambda c: c[:2], min_size=1))
def test_a_grid_as_it_was_printed_is_found_whole(listed):
    printed = [PrintedCell(row, column, CellKey(), text) for row, column, text in sorted(listed)]
    grid = [[TableCell() for _ in range(5)] for _ in range(12)]
    for row, column, text in listed:
        grid[row - 1][column - 1] = TableCell(text)

    found = match(grid, printed)

    assert (found.share, found.is_moved, found.lost, found.strangers) == (1, False, (), ())


def test_rows_that_are_all_alike_are_not_matched_for_ever():
    printed = [PrintedCell(row, 1, CellKey(), "計画値") for row in range(1, 2000)]
    grid = [[TableCell("計画値")] for _ in range(1999)]
    grid[0] = [TableCell("x")]

    assert match(grid, printed).found == ()
