"""The yearly cells of a table against what is stored: one change for each side of a measure × 年度 that differs."""

from collections.abc import Callable, Iterator

from core.cell_texts import LABELS, CellTexts, NotUnderstood
from core.figures import NOT_COUNTED
from core.fiscal_years import wareki
from core.prose import full_stop
from core.reader import read_cell
from core.tidy import Row
from core.values import Value
from core.words import Side, ValueKind
from evaluations.exchange.importing.changes import PlanKey, ValueChange
from evaluations.exchange.importing.masters import FinalPlan
from evaluations.exchange.importing.report import Report
from evaluations.exchange.importing.rows import ImportRow
from evaluations.exchange.importing.stored import StoredPlan
from evaluations.exchange.importing.wanted import WantedMeasure, WantedPlan
from plans.measures.rules import objection_to_kind

FIELDS = {side: {"value": side.label, "state": f"{side.label}状態", "wording": f"{side.label}原文"} for side in Side}
FIELDS[Side.ACTUAL] |= {name: LABELS[name] for name in ("numerator", "denominator", "as_of", "certainty", "note")}
"""Which column holds which part of a cell."""
_SHOWN_IN = {"number": "value", "state": "state"}  # the parts of a Value that have another name in a table
LockReason = Callable[[str], str]


def plan_cells(
    wanted: WantedPlan, stored: StoredPlan, final: FinalPlan, report: Report, lock_reason: LockReason
) -> Iterator[ValueChange]:
    """The changes of values, in the order of the table; `lock_reason` says why a state locks, "" where it does not."""
    for code, measure in wanted.measures.items():
        columns = final.measures[code]
        if "種類" not in columns or "節番号" not in columns:
            continue
        cells = _Cells(wanted.key, code, columns, stored, report)
        changes = []
        for year, row in measure.years.items():
            if final.years and year not in final.years:
                span = f"{final.years.start}から{final.years.stop - 1}まで"
                report.problem(row.address("年度"), f"計画の期間（{span}）の外の年度です（入力：{year}）。")
                continue
            changes += [change for side in Side if (change := cells.change(row, year, side))]
        cells.check_kind(measure, changes)
        for change in changes:
            if reason := lock_reason(stored.state(int(columns["節番号"]), change.year)):
                report.problem(change.address, f"{change.place}は{reason}")
            yield change


class _Cells:
    """The cells of one measure; `columns` are its master columns as they will be."""

    def __init__(self, key: PlanKey, code: str, columns: Row, stored: StoredPlan, report: Report) -> None:
        self.key, self.code, self.title, self.stored, self.report = key, code, columns["指標名"], stored, report
        self.kind = ValueKind.from_label(columns["種類"])
        self.measure = stored.measures.get(code)

    def change(self, row: ImportRow, year: int, side: Side) -> ValueChange | None:
        """One cell; None where nothing changes or nothing could be read."""
        fields = FIELDS[side]
        if row.broken.intersection(fields.values()):
            return None
        texts = CellTexts(**{name: row.texts.get(column) for name, column in fields.items()})
        if texts == CellTexts():
            return None
        old, said = self.stored.value(self.code, year, side), f"「{self.title}」{wareki(year)} {side.label}"
        try:
            understood = read_cell(texts, kind=self.kind, side=side, stored=old)
        except NotUnderstood as problem:
            place = row.address(fields[problem.field], *fields.values())
            self.report.problem(place, f"{said}：{full_stop(problem.sentence)}")
            return None
        for warning in understood.warnings:
            self.report.warn(row.address(*fields.values()), f"{said}：{full_stop(warning)}")
        if understood.untouched or understood.value == old:
            return None
        outside = self.measure.outside(year) if self.measure else ""
        if outside and understood.value == NOT_COUNTED and not old.is_entered:
            return None  # what is exported for such a year
        place = row.address(*_changed_columns(old, understood.value, fields), *fields.values())
        if outside and understood.value.number is not None:
            self.report.problem(place, f"{said}：この指標の{outside}の年度です。空欄にしてください。")
            return None
        return ValueChange(self.key, self.code, self.title, year, side, old, understood.value, place)

    def check_kind(self, wanted: WantedMeasure, changes: list[ValueChange]) -> None:
        """A changed 種類 may not leave behind values that it does not know."""
        if self.measure is None or self.measure.value_kind == self.kind:
            return
        current = {(year, side): value for (of, year, side), value in self.stored.values.items() if of == self.code}
        current |= {(change.year, change.side): change.new for change in changes}
        replaced = [value for of, _, value in self.stored.replaced if of == self.code]
        objection = objection_to_kind(self.kind, current.values(), replaced)
        if objection:
            self.report.problem(wanted.at("種類"), objection.sentence)


def _changed_columns(old: Value, new: Value, fields: dict[str, str]) -> list[str]:
    names = [name for name in Value.__slots__ if getattr(old, name) != getattr(new, name)]
    return [fields[_SHOWN_IN.get(name, name)] for name in names if _SHOWN_IN.get(name, name) in fields]
