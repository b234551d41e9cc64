"""The evaluation sheet of a publication: from its body and from nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.citation import Mark
from core.fiscal_years import both_eras, wareki
from core.sheets.book import SheetBook, SheetSection, Stamp
from core.sheets.design import Content, Edition, Measures
from core.sheets.workbook import write_evaluation_sheet
from core.words import UNPUBLISHED, Family
from evaluations.publishing.citations import citation_of
from evaluations.publishing.published_year import PublishedYear
from evaluations.reports.sheets.blocks import SheetRows
from evaluations.reports.sheets.texts import SheetTexts, sheet_notes
from plans.models import Plan, Section, YearState
from plans.queries import MeasureRow
from plans.sheet_layouts import SheetForm, shipped_designs

SHEETS: Mapping[str, SheetForm] = {key: SheetForm(design, Edition.NEW) for key, design in shipped_designs().items()}
"""The layouts that residents may choose from: those of every release, with figures that distinguish 未入力 from 0."""


@dataclass(frozen=True)
class Arrangement:
    """The arrangement of the sheet, which no publication stores.

    `parts` are the 節番号 of each part, `result_titles` the headings over the results, `codes` the 指標コード of each
    節, and `rows` those of all measures in their order.
    """

    parts: tuple[tuple[int, ...], ...]
    result_titles: Mapping[int, str]
    codes: Mapping[Measures, Mapping[int, tuple[str, ...]]]
    rows: tuple[str, ...]


def publication_sheet(published: PublishedYear, form: SheetForm) -> bytes:
    """The sheet as an .xlsx file, with the number and hash of the publication. No query."""
    book = publication_book(published, form, _plainly(published), citation_of(published.publication))
    return write_evaluation_sheet(book, form.design, form.edition)


def publication_book(
    published: PublishedYear, form: SheetForm, arrangement: Arrangement, mark: Mark | None = None
) -> SheetBook:
    """What the publication says, arranged like this; KeyError for a 節 or 指標 that it does not know. No query."""
    sections = {one.section.number: one for one in published.sections}
    by_code = {row.measure.code: row for one in published.sections for row in one.rows}
    rows = SheetRows(
        tuple(by_code[code] for code in arrangement.rows),
        {
            measures: {number: tuple(by_code[code] for code in codes) for number, codes in of.items()}
            for measures, of in arrangement.codes.items()
        },
        prints_words=form.edition is Edition.NEW,
    )
    heard = {None: published.opinions} | {number: one.opinions for number, one in sections.items()}
    texts = SheetTexts(
        wanted=form.design.contents,
        withheld=lambda number: "" if sections[number].evaluation else UNPUBLISHED,
        evaluations={number: one.evaluation for number, one in sections.items() if one.evaluation},
        targets={number: one.targets for number, one in sections.items()},
        rationales={number: one.reasons for number, one in sections.items()},
        opinions=heard if Content.OPINIONS in form.design.contents else {},
        # 取組 are published with what became of them: as texts, the year after.
    )

    def section(number: int) -> SheetSection:
        # Texts and blocks are kept by 節番号: the 節 of a publication has no key.
        one = Section(pk=number, number=number, title=sections[number].section.title)
        return filled_section(one, published.year, texts, rows, arrangement.result_titles.get(number, ""))

    parts = tuple(tuple(section(number) for number in part) for part in arrangement.parts)
    return made_book(published.plan, published.year, form, parts, _states_in_words(published), rows, texts, mark=mark)


def made_book(
    plan: Plan,
    year: int,
    form: SheetForm,
    parts: tuple[tuple[SheetSection, ...], ...],
    states: str,
    rows: SheetRows,
    texts: SheetTexts,
    *,
    versions: Mapping[str, int] | None = None,
    mark: Mark | None = None,
) -> SheetBook:
    """These sections as a sheet, under the names of plan and year. `versions` as in its stamp."""
    return SheetBook(
        title=f"{plan.municipality.name} {plan.name} {form.design.title}（{wareki(year)}）",
        year_label=f"{both_eras(year)}の評価",
        years=plan.years,
        parts=parts,
        subtitle=(states,),
        notes=(*sheet_notes(plan, form, rows.rows), *texts.notes),
        stamp=Stamp(plan.slug, year, versions or {}),
        mark=mark,
    )


def filled_section(section: Section, year: int, texts: SheetTexts, rows: SheetRows, result_title: str) -> SheetSection:
    """One 節 with its texts and blocks."""
    words = texts.of(section)
    blocks = rows.blocks(section, year, {result_title, words[Content.TARGET_TITLE]})
    return SheetSection(number=section.number, texts=words, blocks=blocks, result_title=result_title)


def _plainly(published: PublishedYear) -> Arrangement:
    """Every measure under its own 節. 評価シートに表を載せる指標 are the goals that have any figure."""
    rows = {one.section.number: one.rows for one in published.sections}
    goals = {n: tuple(row for row in of if row.measure.family == Family.TARGET) for n, of in rows.items()}
    others = {n: tuple(row for row in of if row.measure.family != Family.TARGET) for n, of in rows.items()}
    figured = {n: tuple(row for row in of if _has_figures(row)) for n, of in goals.items()}
    codes = {Measures.BLOCKS: figured, Measures.TARGETS: goals, Measures.INDICATORS: others}
    return Arrangement(
        parts=(tuple(rows),),
        result_titles={},
        codes={measures: {n: _codes(of) for n, of in by.items()} for measures, by in codes.items()},
        rows=tuple(code for of in rows.values() for code in _codes(of)),
    )


def _codes(rows: Iterable[MeasureRow]) -> tuple[str, ...]:
    return tuple(row.measure.code for row in rows)


def _has_figures(row: MeasureRow) -> bool:
    return any(cell.figures.planned.amount is not None or cell.figures.actual.amount is not None for cell in row.cells)


def _states_in_words(published: PublishedYear) -> str:
    """「状態：公表 第1節・第2節　未公表 第3節」."""
    held = [one.section.label for one in published.published_sections]
    others = [one.section.label for one in published.unpublished_sections]
    words = ((YearState.PUBLISHED.label, held), (UNPUBLISHED, others))
    return "状態：" + "　".join(f"{word} {'・'.join(labels)}" for word, labels in words if labels)
