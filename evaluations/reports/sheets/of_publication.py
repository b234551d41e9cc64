"""The evaluation sheet of a publication: from its body and from nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.citation import Mark
from core.fiscal_years import both_eras, wareki
from core.prose import printed
from core.sheets.book import SheetBook, SheetSection, Stamp
from core.sheets.design import WRITABLE, Content, Edition, Measures
from core.sheets.workbook import write_evaluation_sheet
from core.words import UNPUBLISHED, Family
from evaluations.models import TEXT_FIELDS
from evaluations.publishing.citations import citation_of
from evaluations.publishing.published_year import PublishedYear
from evaluations.publishing.report_sections import ReportSection
from evaluations.reports.sheets.blocks import SheetRows
from evaluations.reports.sheets.texts import opinion_text, outline, rationale_line, remark_on_opinions, sheet_notes
from plans.models import Section, YearState
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
    filled = _Filled(published, form, arrangement)
    plan, year = published.plan, published.year
    heard = remark_on_opinions(len(published.opinions)) if Content.OPINIONS in form.design.contents else ()
    return SheetBook(
        title=f"{plan.municipality.name} {plan.name} {form.design.title}（{wareki(year)}）",
        year_label=f"{both_eras(year)}の評価",
        years=plan.years,
        parts=tuple(tuple(filled.section(number) for number in part) for part in arrangement.parts),
        subtitle=(_states_in_words(published),),
        notes=(*sheet_notes(plan, form, filled.rows.rows), *heard),
        stamp=Stamp(plan.slug, year, {}),
        mark=mark,
    )


class _Filled:
    """One publication in one arrangement."""

    def __init__(self, published: PublishedYear, form: SheetForm, arrangement: Arrangement) -> None:
        self.published, self.form, self.arrangement = published, form, arrangement
        self.sections = {one.section.number: one for one in published.sections}

    @cached_property
    def rows(self) -> SheetRows:
        """The figures, by 節番号."""
        by_code = {row.measure.code: row for one in self.published.sections for row in one.rows}
        places = {
            measures: {number: tuple(by_code[code] for code in codes) for number, codes in of.items()}
            for measures, of in self.arrangement.codes.items()
        }
        listed = tuple(by_code[code] for code in self.arrangement.rows)
        return SheetRows(listed, places, prints_words=self.form.edition is Edition.NEW)

    def section(self, number: int) -> SheetSection:
        """One 節 with its texts and blocks."""
        one = self.sections[number]
        title = one.targets[0].title if one.targets else one.section.title
        result_title = self.arrangement.result_titles.get(number, "")
        texts = {
            Content.TARGET_TITLE: title,
            Content.SECTION_LABEL: one.section.label,
            Content.SECTION_TITLE: one.section.title,
        }
        texts |= {content: self._text(content, one) for content in self.form.design.contents if content not in texts}
        # The blocks are kept by 節番号: the 節 of a publication has no key.
        place = Section(pk=number, number=number, title=one.section.title)
        blocks = self.rows.blocks(place, self.published.year, {result_title, title})
        return SheetSection(number=number, texts=texts, blocks=blocks, result_title=result_title)

    def _text(self, content: Content, one: ReportSection) -> str:
        if content in WRITABLE:
            return self._written(content, one)
        if content is Content.OPINIONS:
            return "\n".join(opinion_text(opinion) for opinion in one.opinions)
        if content is Content.ACTIONS:
            return ""  # 取組 are published with what became of them: as texts, the year after
        if content is Content.RATIONALE:
            return "\n".join(self._rationales(one))
        return "\n".join(outline(target, content) for target in one.targets)

    def _written(self, content: Content, one: ReportSection) -> str:
        if one.evaluation is None:
            return UNPUBLISHED
        return printed(getattr(one.evaluation, content.value)) if content.value in TEXT_FIELDS else ""

    def _rationales(self, one: ReportSection) -> Iterable[str]:
        return (rationale_line(item.measure, item.rationale) for item in one.reasons if item.rationale)


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
