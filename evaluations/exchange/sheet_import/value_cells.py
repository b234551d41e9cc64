"""The figures of an edited sheet: each changed cell as a change of one value, or as a problem by its address."""

from collections.abc import Iterator

from core.cell_texts import CellTexts, NotUnderstood
from core.figures import NOT_COUNTED
from core.fiscal_years import wareki
from core.numerals import squeeze, typed
from core.reader import read_cell
from core.sheets.keys import as_printed
from core.sheets.matching import FoundCell, same
from core.sheets.placed import Holds
from core.uploads.tables import TableCell
from core.values import Value
from core.words import NOT_ENTERED, WITHHELD, Side, ValueKind
from evaluations.exchange.importing.changes import ValueChange
from evaluations.exchange.importing.preview import PreviewLine
from evaluations.exchange.sheet_import.reading import Reading
from evaluations.reports.sheets.blocks import shown, shown_actual
from plans.models import Measure

PARTS_ELSEWHERE = "分子・分母は「入力」のページで直せます。"


def value_changes(reading: Reading) -> Iterator[PreviewLine]:
    """Every edited value, in the order of the sheet. A measure that is in several 節 is read once."""
    seen: dict[tuple[str, int, str], FoundCell] = {}
    for found in reading.source.matching.found:
        key = found.printed.key
        if key.holds is not Holds.VALUE or found.is_as_printed:
            continue
        cell = (key.name, key.year, key.field)
        first = seen.setdefault(cell, found)
        if first is found:
            change = _change(reading, found)
            if change:
                yield change
        elif not same(first.cell.text, found.cell.text):
            _problem(
                reading,
                found,
                f"同じ値がほかの欄（{first.address}）にもあり、書かれていることが違います。どちらかにそろえてください"
                f"{typed(found.cell.text)}。",
            )


def _change(reading: Reading, found: FoundCell) -> PreviewLine | None:
    """One edited cell; None where nothing changes or it cannot be taken in."""
    key, stored = found.printed.key, reading.stored
    measure = stored.measures.get(key.name)
    if squeeze(found.cell.text) in WITHHELD:
        return None
    if measure is None or key.year not in reading.source.plan.years:
        _problem(
            reading, found, "この指標か年度が、いまの計画にありません。「出力」で新しいシートを受け取ってください。"
        )
        return None
    side = Side(key.field)
    current = stored.value(key.name, key.year, side)
    new = _read(reading, found, measure, side, current)
    if new is None or new == current:
        return None
    change = ValueChange(reading.key, key.name, measure.title, key.year, side, current, new, found.address)
    agrees = _agrees(found.printed.text, current, side, measure, key.year)
    problem = stored.why_not(measure, key.year, new, reading.access)
    return reading.changed(change, printed=found.printed.text, agrees=agrees, problem=problem)


def _read(reading: Reading, found: FoundCell, measure: Measure, side: Side, current: Value) -> Value | None:
    """The value that was typed; None, and a problem, where it cannot be read."""
    cell, kind = found.cell, ValueKind(measure.value_kind)
    if cell.problem or cell.is_date:
        _problem(reading, found, cell.problem or cell.wrong_date)
        return None
    try:
        understood = read_cell(CellTexts(value=_typed(cell, kind)), kind=kind, side=side, stored=current)
    except NotUnderstood as problem:
        remedy = PARTS_ELSEWHERE if current.numerator is not None else ""
        _problem(reading, found, f"{problem.sentence}。{remedy}")
        return None
    for warning in understood.warnings:
        reading.report.warn(found.address, f"{_place(reading, found)}：{warning}。")
    if kind is ValueKind.RATE and understood.value.number is not None and 0 < understood.value.number < 1:
        reading.report.warn(
            found.address,
            f"{_place(reading, found)}：1％に満たない割合と読みました。70％のときは 70 と入力してください"
            f"{typed(cell.text)}。",
        )
    return understood.value


def _typed(cell: TableCell, kind: ValueKind) -> str:
    """A cell as it was typed: a percentage outside a 割合 keeps its %, and is then a problem."""
    return f"{cell.text}%" if cell.is_percent and kind is not ValueKind.RATE else cell.text


def _agrees(printed: str, current: Value, side: Side, measure: Measure, year: int) -> bool:
    """Whether what is kept now is what was printed. Words for nothing (未入力, 確認中, 開始前) agree with nothing."""
    kind = ValueKind(measure.value_kind)
    now = as_printed(shown(current, kind) if side is Side.PLANNED else shown_actual(current, kind))
    is_nothing = not now or current == NOT_COUNTED
    return same(now, printed) or (is_nothing and printed in (NOT_ENTERED, *WITHHELD, measure.outside(year)))


def _place(reading: Reading, found: FoundCell) -> str:
    """「指標名」令和4年度 実績値."""
    key = found.printed.key
    measure = reading.stored.measures.get(key.name)
    return f"「{measure.title if measure else key.name}」{wareki(key.year)} {Side(key.field).label}"


def _problem(reading: Reading, found: FoundCell, sentence: str) -> None:
    reading.report.problem(found.address, f"{_place(reading, found)}：{sentence}")
