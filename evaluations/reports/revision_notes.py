"""What a report says under its figures of 計画変更, in lines of plain text."""

from collections.abc import Iterable, Iterator

from core.fiscal_months import wareki_day
from core.fiscal_years import wareki
from core.prose import circled
from core.words import ValueKind
from plans.models import Plan
from plans.planned_versions import versions_in_words
from plans.queries import MeasureRow, decisions_of


def revision_notes(plan: Plan, rows: Iterable[MeasureRow]) -> Iterator[str]:
    """Which 計画値 of these rows were changed in mid-period, when and why; figures print the current ones."""
    rows = tuple(rows)
    for one in decisions_of(rows):
        day = f"（{wareki_day(one.decided_on)}決定）" if one.decided_on else ""
        yield f"第{one.number}回計画変更{day}：{one.reason}"
    for row in rows:
        measure = row.measure
        kind, unit = ValueKind(measure.value_kind), plan.municipality.unit(measure.unit)
        changed = [
            f"{wareki(cell.year)} {versions_in_words(cell.versions, kind, unit)}" for cell in row.cells if cell.versions
        ]
        if changed:
            place = f"{measure.section.label} {circled(measure.label)}{measure.title}"
            yield f"計画値の変更　{place}：{'、'.join(changed)}"
