"""The texts of a 節 on an old sheet: 概要 and 目標, what was done, and 課題; each from its own cell or part of one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.archive.outline import SectionLines
from core.archive.sheet import Printed
from core.archive.words import Column, circled_number, is_filler
from core.prose import CIRCLED

SHORTEST_PASSAGE = 40
_GOALS_BEGIN = re.compile(rf"【|[{CIRCLED}]")


@dataclass(frozen=True, slots=True)
class SectionText:
    """A text for one field of a 節, with the cell that contains it."""

    field: str
    text: str
    cell: Printed


def overview_cell(lines: SectionLines, cells: Sequence[Printed]) -> Printed | None:
    """The cell of 概要: under its heading, else the first passage of the first row."""
    column = lines.heading.column(Column.OVERVIEW) if lines.heading else None
    under = next((cell for cell in cells if cell.row == lines.first and cell.column == column), None)
    if under or column is not None:
        return under
    return next((cell for cell in cells if cell.row == lines.first and len(cell.text) >= SHORTEST_PASSAGE), None)


def section_texts(lines: SectionLines, overview: Printed | None, rest: Sequence[Printed]) -> Iterator[SectionText]:
    """The texts of the first row of a 節. `rest` are its cells without the names of the 節 and without figures."""
    if overview:
        yield from _overview(overview)
    column = lines.heading.column(Column.ISSUES) if lines.heading else None
    cells = [cell for cell in rest if cell.row == lines.first and cell != overview and not is_filler(cell.text)]
    if cells and column is not None and cells[-1].column >= column:
        yield SectionText("issues_text", cells[-1].text, cells[-1])
        cells = cells[:-1]
    yield from _results(lines.title, cells)


def _overview(cell: Printed) -> Iterator[SectionText]:
    """概要 up to the first 【目標】 or ①, and the rest."""
    begin = _GOALS_BEGIN.search(cell.text)
    place = begin.start() if begin else len(cell.text)
    for field, text in (("overview", cell.text[:place]), ("goal_text", cell.text[place:])):
        if text.strip():
            yield SectionText(field, text.strip(), cell)


def _results(title: str, cells: Sequence[Printed]) -> Iterator[SectionText]:
    """A heading and what was done, in two cells, or in one where the heading is the title of the 節."""
    passages = list(cells)
    if passages and _is_heading(passages[0], title, len(passages)):
        yield SectionText("result_title", passages[0].text, passages[0])
        passages = passages[1:]
    elif passages and title and passages[0].text.startswith(f"{title}\n"):
        first = passages[0]
        yield SectionText("result_title", title, first)
        yield SectionText("do_text", first.text.removeprefix(title).strip(), first)
        passages = passages[1:]
    if len(passages) == 1:
        yield SectionText("do_text", passages[0].text, passages[0])


def _is_heading(cell: Printed, title: str, count: int) -> bool:
    if cell.text == title:
        return True
    is_line = "\n" not in cell.text and "。" not in cell.text and circled_number(cell.text) is None
    return is_line and len(cell.text) <= 200 and (count > 1 or len(cell.text) < SHORTEST_PASSAGE)
