"""A whole sheet: outline → texts, goals and figures of each 節 → what is sure, what is a question, what is left."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.archive.asking import ask_planned_years
from core.archive.asking_texts import ask_evaluation_year, ask_same, ask_undated
from core.archive.blocks import Block, blocks_beneath, year_rows
from core.archive.goals import Goal, goals_in
from core.archive.outline import SectionLines, outline_of
from core.archive.placing import Placing, place
from core.archive.proposal import Fate, Mark, Proposal, Question
from core.archive.section_reading import SectionReader
from core.archive.section_texts import SectionText, overview_cell, section_texts
from core.archive.sentences import years_named
from core.archive.sheet import ArchiveSheet, Printed, digit_runs
from core.archive.tables import Table, table_blocks, tables_of
from core.archive.words import is_filler
from core.uploads.tables import NotReadable

MAX_MEASURES = 100
MAX_QUESTIONS = 300
"""The most questions about a sheet; one of 24 goals leaves about forty. The fields of all must fit into one form."""
NOTHING_FOUND = (
    "年度の並んだ見出しと、「計画値」「実績値」などの行が見つかりません。"
    "評価シートの、見出しから最後の行までを写して貼り付けてください。"
)


class Marks:
    """What became of everything printed, cell by cell."""

    def __init__(self) -> None:
        self.claims: dict[Printed, list[tuple[int, int, Fate]]] = defaultdict(list)

    def claim(self, cell: Printed | None, fate: Fate, start: int = 0, end: int | None = None) -> None:
        """Say that a cell, or a part of it, was understood."""
        if cell:
            self.claims[cell].append((start, len(cell.text) if end is None else end, fate))

    def all_of(self, sheet: ArchiveSheet) -> Iterator[Mark]:
        """Every run of digits, and every cell without any, with its fate. The narrowest claim counts."""
        for cell in sheet:
            for start, end in digit_runs(cell.text) or [(0, len(cell.text))]:
                inside = [claim for claim in self.claims[cell] if claim[0] <= start and end <= claim[1]]
                nearest = min(inside, key=lambda claim: (claim[1] - claim[0], list(Fate).index(claim[2])), default=None)
                yield Mark(cell, start, end, nearest[2] if nearest else Fate.UNREAD)


def read_archive(sheet: ArchiveSheet, years: Sequence[int]) -> Proposal:
    """What a sheet says of a plan of these years. NotReadable for one without any figures or goals."""
    outline, marks = outline_of(sheet), Marks()
    tables = tables_of(sheet, outline)
    for heading in outline.headings:
        for cell in heading.cells:
            marks.claim(cell, Fate.HEADING)
    for table in tables:
        for cell in table.cells():
            marks.claim(cell, Fate.HEADING)
    for cell in outline.before:
        if years_named(cell.text):
            marks.claim(cell, Fate.ASKED)
    in_tables = [pair for table in tables for pair in table_blocks(sheet, table)]
    used = set[str]()
    readers = [_read_section(sheet, lines, tables, in_tables, years, marks, used) for lines in outline.sections]
    sections = [reader.section() for reader in readers]
    count = sum(len(section.measures) for section in sections)
    names_sections = any(lines.cells for lines in outline.sections)
    if not count or not (names_sections or any(section.columns.all for section in sections)):
        raise NotReadable(NOTHING_FOUND)
    if count > MAX_MEASURES:
        raise NotReadable(
            f"目標が多すぎます（{count}件）。一度に読み取れるのは{MAX_MEASURES}件までです。節ごとに分けてください。"
        )
    asked_of_each = [question for reader in readers for question in reader.questions]
    questions = _each_by_its_own_key([*ask_same(sections), *asked_of_each])
    if len(questions) > MAX_QUESTIONS:
        raise NotReadable(
            f"確かめていただくことが多すぎます（{len(questions):,}件）。一度に読み取れるのは{MAX_QUESTIONS}件までです。"
            "節ごとに分けてください。"
        )
    questions += ask_planned_years(readers, years)
    questions[:0] = [
        ask_evaluation_year(sections, questions, outline.before, years),
        *ask_undated(questions, years),
    ]
    found = tuple(marks.all_of(sheet))
    unread = dict.fromkeys(mark.cell for mark in found if mark.fate is Fate.UNREAD and not is_filler(mark.cell.text))
    return Proposal(
        sheet,
        years,
        tuple(sections),
        tuple(questions),
        tuple(unread),
        found,
    )


def _each_by_its_own_key(questions: Iterable[Question]) -> list[Question]:
    """The questions; where a number of a 節 is printed twice, their keys would be the same."""
    seen = Counter[str]()
    found = []
    for question in questions:
        seen[question.key] += 1
        times = seen[question.key]
        found.append(question if times == 1 else replace(question, key=f"{question.key}.{times}"))
    return found


def _read_section(
    sheet: ArchiveSheet,
    lines: SectionLines,
    tables: Sequence[Table],
    in_tables: Sequence[tuple[Block, Placing]],
    years: Sequence[int],
    marks: Marks,
    used: set[str],
) -> SectionReader:
    """One 節: its texts, goals and blocks."""
    for cell in lines.cells:
        marks.claim(cell, Fate.HEADING)
    table_rows = {row for table in tables for row in range(table.row, table.end)}
    blocks = [
        *_own_blocks(sheet, lines, table_rows),
        *((block, placing) for block, placing in in_tables if lines.first <= block.row < lines.end),
    ]
    taken = {cell for block, _ in blocks for cell in block.cells()} | set(lines.cells)
    cells = [cell for cell in sheet.span(lines.first, lines.end) if cell not in taken]
    cells = [cell for cell in cells if cell.row not in table_rows]
    overview = overview_cell(lines, cells)
    texts = list(section_texts(lines, overview, cells))
    texts += [
        SectionText("result_title", block.name, block.title)
        for block, _ in blocks
        if block.title and lines.title and block.title.text == lines.title and block.row == lines.first
    ]
    for text in texts:
        marks.claim(text.cell, Fate.TEXT)
    goals: list[Goal] = goals_in([overview] if overview else [])
    reader = SectionReader(lines, goals, blocks, texts, years, marks.claim, used)
    reader.read(_orphans(cells, texts))
    return reader


def _own_blocks(sheet: ArchiveSheet, lines: SectionLines, table_rows: set[int]) -> Iterator[tuple[Block, Placing]]:
    """The blocks that have a row of years of their own."""
    for row in range(lines.first, lines.end):
        heads = [run for run in year_rows(sheet.row(row)) if not run.is_table_head] if row not in table_rows else []
        if heads:
            yield from ((block, place(block)) for block in blocks_beneath(sheet, heads, lines.end))


def _orphans(cells: Iterable[Printed], texts: Iterable[SectionText]) -> list[Printed]:
    """Sentences in a row of their own."""
    used = {text.cell for text in texts}
    rows = Counter(cell.row for cell in cells if not is_filler(cell.text))
    return [cell for cell in cells if rows[cell.row] == 1 and cell not in used and not is_filler(cell.text)]
