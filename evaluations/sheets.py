"""The evaluation sheet of a plan and year: finished rows and texts become the plain data that `core` lays out."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from core.evaluation_sheet import SheetBlock, SheetBook, SheetSection, Shown
from core.fiscal_years import both_eras, wareki
from core.prose import circled, printed_lines
from core.values import Value
from core.words import NOT_ENTERED, UNDER_REVIEW, ValueKind
from core.workbook import write_evaluation_sheet
from evaluations.models import Evaluation
from plans.access import Access, state_of
from plans.models import Plan, Section, SectionYear, YearState
from plans.queries import MeasureRow, YearCell, by_section, measure_rows, measures_of
from targets.models import OutcomeTarget

TENTH = Decimal("0.1")
NOTES = (
    "乖離値（旧様式）＝ 実績値 ÷ 計画値 × 100。計画値がない年度は空欄です。",
    "実績が未入力の年度も乖離値は 0.0% と印刷されますが、実績が0という意味ではありません。",
    "表のない目標は、成果目標の概要と実績の文章に記載しています。",
)


def sheet_bytes(plan: Plan, year: int, *, access: Access | None) -> bytes:
    """The sheet as an .xlsx file, as this reader may see it. `access` None is the operator, who sees everything."""
    return write_evaluation_sheet(sheet_book(plan, year, access=access))


def sheet_book(plan: Plan, year: int, *, access: Access | None) -> SheetBook:
    """The evaluation of one year: all 節, actuals up to that year, its texts. Five queries however many measures."""
    states = {
        (row.section_id, row.fiscal_year): row
        for row in SectionYear.objects.filter(section__plan=plan).select_related("evaluation")
    }
    rows = by_section(measure_rows(plan, measures_of(plan).filter(sheet_block=True), access=access, states=states))
    targets = _targets_by_section(plan)
    sections = list(plan.sections.order_by("sheet_part", "number"))
    parts = tuple(
        tuple(
            _section(plan, section, year, access, states, targets.get(section.pk, []), rows.get(section.pk, []))
            for section in part
        )
        for _, part in groupby(sections, key=lambda section: section.sheet_part)
    )
    return SheetBook(
        title=f"{plan.municipality.name} {plan.name} 評価シート（{wareki(year)}）",
        year_label=f"{both_eras(year)}の評価",
        parts=parts,
        subtitle=(_states_in_words(sections, year, states),),
        notes=NOTES,
    )


def _section(
    plan: Plan,
    section: Section,
    year: int,
    access: Access | None,
    states: dict[tuple[int, int], SectionYear],
    targets: list[OutcomeTarget],
    rows: list[MeasureRow],
) -> SheetSection:
    section_year = states.get((section.pk, year))
    visible = access is None or access.sees_actuals(state_of(section_year))
    evaluation: Evaluation | None = getattr(section_year, "evaluation", None)
    first = targets[0] if targets else None
    result_title = first.result_title if first else ""
    return SheetSection(
        target_title=first.title if first else section.title,
        number_label=section.label,
        outline="\n".join(_outline(target) for target in targets),
        result_title=result_title,
        narrative=_text(evaluation, "do_text", visible),
        blocks=tuple(_block(plan, row, year, {result_title, first.title if first else section.title}) for row in rows),
        issues=_text(evaluation, "issues_text", visible),
    )


def _outline(target: OutcomeTarget) -> str:
    """概要, an empty line, 目標; either may be missing."""
    passages = ["\n".join(printed_lines(text)) for text in (target.overview, target.goal_text) if text]
    return "\n\n".join(passages)


def _text(evaluation: Evaluation | None, name: str, visible: bool) -> str:
    if not visible:
        return UNDER_REVIEW
    return "\n".join(printed_lines(getattr(evaluation, name))) if evaluation else ""


def _block(plan: Plan, row: MeasureRow, year: int, headings: set[str]) -> SheetBlock:
    """One block. A measure named like the heading over the results bears no title of its own, as 第1節 prints it."""
    measure = row.measure
    kind = ValueKind(measure.value_kind)
    unit = f"（{measure.unit}）" if measure.unit else ""
    return SheetBlock(
        title="" if measure.title in headings else f"{circled(measure.label)}{measure.title}",
        quantity=measure.quantity or f"実績{unit}",
        years=tuple(f"{y}年度" for y in plan.years),
        planned=tuple(_shown(cell.figures.planned, kind) for cell in row.cells),
        actual=tuple(_actual(cell, kind) if cell.year <= year else None for cell in row.cells),
        deviation=tuple(_deviation(cell, year) for cell in row.cells),
        is_percent=kind is ValueKind.RATE,
    )


def _actual(cell: YearCell, kind: ValueKind) -> Shown:
    """未入力 stays blank on the old form; every other word is printed."""
    word = cell.figures.actual_word
    return _shown(cell.figures.actual, kind) if not word else (None if word == NOT_ENTERED else word)


def _shown(value: Value, kind: ValueKind) -> Shown:
    if value.amount is None:
        return value.wording or value.state.label if value.state else None
    if kind is ValueKind.PRESENCE:
        return value.wording or ("有" if value.amount else "無")
    return _tenths(value.amount) if value.numerator is not None else value.amount.normalize() + 0


def _deviation(cell: YearCell, year: int) -> Decimal | None:
    """旧様式 to one decimal; a year after the sheet's is printed as not entered."""
    figures = cell.figures
    if cell.year > year:
        return Decimal("0.0") if figures.nature.has_rates and figures.planned.amount else None
    return None if figures.legacy_deviation is None else _tenths(figures.legacy_deviation)


def _tenths(number: Decimal) -> Decimal:
    return number.quantize(TENTH, ROUND_HALF_UP)


def _targets_by_section(plan: Plan) -> dict[int, list[OutcomeTarget]]:
    found: dict[int, list[OutcomeTarget]] = {}
    for target in OutcomeTarget.objects.filter(section__plan=plan).order_by("order"):
        found.setdefault(target.section_id, []).append(target)
    return found


def _states_in_words(sections: Iterable[Section], year: int, states: dict[tuple[int, int], SectionYear]) -> str:
    """「状態：公表 第1節・第2節　下書き 第3節」: what a paper handed round must say of itself."""
    by_state: dict[str, list[str]] = {}
    for section in sorted(sections, key=lambda s: s.number):
        by_state.setdefault(state_of(states.get((section.pk, year))), []).append(section.label)
    return "状態：" + "　".join(
        f"{state.label} {'・'.join(by_state[state])}" for state in reversed(YearState) if state in by_state
    )
