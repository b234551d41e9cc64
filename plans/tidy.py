"""The tidy table of a plan: every measure × every 年度, as this reader may see it."""

from collections.abc import Iterable, Sequence

from core.tidy import COLUMNS, Row, number_text, year_columns
from core.tidy_files import FORMATS
from core.words import Accumulation, Direction, Family, ParentRole, ValueKind
from plans.access import Access
from plans.models import Measure, Plan, PlanKind
from plans.queries import MeasureRow, measure_rows, measures_of


def tidy_rows(plan: Plan, *, access: Access | None) -> list[Row]:
    """All rows, ordered by 節番号, order and 年度. `access` None is the operator, who sees everything. Four queries."""
    measures = measures_of(plan).select_related("section", "parent")
    return rows_of(plan, measure_rows(plan, measures, access=access))


def rows_of(plan: Plan, measures: Iterable[MeasureRow]) -> list[Row]:
    """The rows of measures already fetched, or kept by a publication, in their order. No query of its own if their
    節, 親指標 and 自治体 are there."""
    of_plan = plan_columns(plan)
    rows = []
    for row in measures:
        master = of_plan | measure_columns(row.measure)
        for cell in row.cells:
            row_texts = master | year_columns(cell.year, cell.figures)
            rows.append({column: row_texts[column] for column in COLUMNS})
    return rows


def tidy_file(rows: Sequence[Row], extension: str) -> tuple[bytes, str]:
    """The table as a csv, json or xlsx file, with its content type; KeyError for another extension."""
    write, content_type = FORMATS[extension]
    return write(rows), content_type


def plan_columns(plan: Plan) -> Row:
    """団体コード to 終了年度."""
    return {
        "団体コード": plan.municipality.code,
        "自治体名": plan.municipality.name,
        "計画種別": PlanKind(plan.kind).label,
        "計画期": str(plan.generation),
        "計画名": plan.name,
        "開始年度": str(plan.start_year),
        "終了年度": str(plan.end_year),
    }


def measure_columns(measure: Measure) -> Row:
    """節番号 to 基準年度. The 方向 of a measure is always written, also where its kind makes no use of it."""
    return {
        "節番号": str(measure.section.number),
        "節名": measure.section.title,
        "種別": Family(measure.family).label,
        "指標コード": measure.code,
        "指標番号": measure.label,
        "指標名": measure.title,
        "親指標": measure.parent.code if measure.parent else "",
        "親との関係": ParentRole(measure.parent_role).label if measure.parent_role else "",
        "単位": measure.unit,
        "種類": ValueKind(measure.value_kind).label,
        "方向": Direction(measure.direction).label,
        "集計": Accumulation(measure.accumulation).label,
        "基準値": number_text(measure.baseline),
        "基準年度": number_text(measure.baseline_year),
    }
