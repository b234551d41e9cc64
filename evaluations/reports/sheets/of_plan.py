"""The evaluation sheet of a plan and year: finished rows and texts become the plain data that `core` lays out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from core.sheets.book import SheetBook, Stamp
from core.sheets.design import Content, Edition, Measures
from core.sheets.keys import PrintedSheet, printed_sheet
from core.sheets.pages import lay_out
from core.sheets.workbook import write_evaluation_sheet
from evaluations.publishing.citations import mark_among, not_published, with_newest_body
from evaluations.publishing.published_year import PublishedYear
from evaluations.reports.sheets.blocks import SheetRows, sheet_rows
from evaluations.reports.sheets.of_publication import Arrangement, filled_section, made_book, publication_book
from evaluations.reports.sheets.texts import SheetTexts, sheet_texts
from plans.access import Access, States, state_of
from plans.models import Plan, Section, YearState
from plans.queries import section_years
from plans.sheet_layouts import SheetForm, form_of

NO_STAMP = Stamp("", 0, {})


@dataclass(frozen=True)
class _Material:
    """Everything that is fetched for a sheet."""

    form: SheetForm
    sections: tuple[Section, ...]
    states: States
    rows: SheetRows
    texts: SheetTexts

    @property
    def parts(self) -> tuple[tuple[Section, ...], ...]:
        return tuple(tuple(part) for _, part in groupby(self.sections, key=lambda section: section.sheet_part))


def sheet_bytes(plan: Plan, year: int, *, access: Access | None, form: SheetForm | None = None) -> bytes:
    """The sheet as an .xlsx file, as this reader may see it. `access` None is the operator, who sees everything.

    `form` None is the plan's own layout and edition.
    """
    form = form or form_of(plan)
    book = marked_book(plan, year, access=access, form=form)
    return write_evaluation_sheet(book, form.design, form.edition)


def marked_book(plan: Plan, year: int, *, access: Access | None, form: SheetForm) -> SheetBook:
    """What `sheet_book` returns, with its source: which publication it prints, or that it prints none."""
    material = _material(plan, year, access, form)
    book = _book(plan, year, access, material)
    return replace(book, mark=mark_among(material.sections, year, lambda one: _says_the_same(book, material, one)))


def sheet_as_printed(plan: Plan, year: int, *, access: Access | None, form: SheetForm) -> PrintedSheet:
    """What the sheet would print now, cell by cell."""
    # The publication it cites is not compared; its line takes its room all the same.
    book = replace(sheet_book(plan, year, access=access, form=form), mark=not_published())
    placed = lay_out(book, form.design, form.edition)
    return printed_sheet(placed, book.stamp, form.design.key, form.edition)


def sheet_book(plan: Plan, year: int, *, access: Access | None, form: SheetForm | None = None) -> SheetBook:
    """The evaluation of one year: all 節, actuals up to that year, its texts. Seven queries however many measures."""
    return _book(plan, year, access, _material(plan, year, access, form or form_of(plan)))


def _material(plan: Plan, year: int, access: Access | None, form: SheetForm) -> _Material:
    states = section_years(plan, along=["evaluation"])
    design = form.design
    # 目標値設定の考え方 is kept with the measures of the goals and comes along with them.
    measures = design.measures | ({Measures.TARGETS} if Content.RATIONALE in design.contents else set())
    rows = sheet_rows(plan, measures, access=access, states=states, prints_words=form.edition is Edition.NEW)
    return _Material(
        form=form,
        sections=tuple(with_newest_body(plan.sections.all(), year).order_by("sheet_part", "number")),
        states=states,
        rows=rows,
        texts=sheet_texts(plan, year, design.contents, rows.rows, access=access, states=states),
    )


def _book(plan: Plan, year: int, access: Access | None, material: _Material) -> SheetBook:
    texts, rows = material.texts, material.rows
    parts = tuple(
        tuple(filled_section(section, year, texts, rows, texts.result_title(section)) for section in part)
        for part in material.parts
    )
    states = _states_in_words(material.sections, year, material.states)
    versions = _versions(material) if access is None or access.sees_drafts else {}
    return made_book(plan, year, material.form, parts, states, rows, texts, versions=versions)


def _says_the_same(book: SheetBook, material: _Material, published: PublishedYear) -> bool:
    """Whether the sheet prints what this publication would print in the same arrangement."""
    try:
        other = publication_book(published, material.form, _arrangement(material))
    except KeyError:  # a 節 or 指標 is new
        return False
    return replace(book, subtitle=(), stamp=NO_STAMP) == replace(other, subtitle=(), stamp=NO_STAMP)


def _arrangement(material: _Material) -> Arrangement:
    numbers = {section.pk: section.number for section in material.sections}
    return Arrangement(
        parts=tuple(tuple(section.number for section in part) for part in material.parts),
        result_titles={section.number: material.texts.result_title(section) for section in material.sections},
        codes={
            measures: {numbers[pk]: tuple(row.measure.code for row in rows) for pk, rows in of.items()}
            for measures, of in material.rows.by_place.items()
        },
        rows=tuple(row.measure.code for row in material.rows.rows),
    )


def _versions(material: _Material) -> dict[str, int]:
    """By 節番号 how often values, texts and state of its years had been changed."""
    numbers = {section.pk: str(section.number) for section in material.sections}
    versions = dict.fromkeys(numbers.values(), 0)
    for (section, _), row in material.states.items():
        versions[numbers[section]] += row.version
    return versions


def _states_in_words(sections: Iterable[Section], year: int, states: States) -> str:
    """「状態：公表 第1節・第2節 下書き 第3節」: a report that is passed on must name its states."""
    by_state: dict[str, list[str]] = {}
    for section in sorted(sections, key=lambda s: s.number):
        by_state.setdefault(state_of(states.get((section.pk, year))), []).append(section.label)
    return "状態：" + "　".join(
        f"{state.label} {'・'.join(by_state[state])}" for state in reversed(YearState) if state in by_state
    )
