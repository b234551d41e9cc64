"""What an edited evaluation sheet would change, cell by cell. Nothing is written here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.core.exceptions import ValidationError

from core.cell_texts import CellTexts, NotUnderstood
from core.figures import NOT_COUNTED
from core.fiscal_years import wareki
from core.numerals import squeeze, typed
from core.prose import printed, unprinted
from core.reader import read_cell
from core.sheets.design import Line
from core.sheets.keys import as_printed
from core.sheets.matching import FoundCell, same
from core.sheets.placed import CellKey, Holds
from core.uploads.tables import TableCell
from core.values import Value
from core.words import NOT_ENTERED, WITHHELD, Side, ValueKind
from evaluations.exchange.importing.changes import PlanKey, TextChange, ValueChange
from evaluations.exchange.importing.preview import PreviewLine
from evaluations.exchange.importing.report import MAX_REMARKS, Remarks, Unknown, place_of
from evaluations.exchange.importing.stored import stored_plan, stored_texts
from evaluations.exchange.sheet_import.reading import Reading
from evaluations.exchange.sheet_import.source import SheetSource
from evaluations.models import TEXT_FIELDS, TEXT_LABELS
from evaluations.reports.sheets.blocks import shown, shown_actual
from plans.access import Access
from plans.models import Measure
from plans.prose_field import LONGEST, refuse_controls

SHEET_REASON = "評価シートの取り込み"
"""What the history says of such a change."""
WHY_NOT = {
    Holds.DERIVED: "計算で出る値のため、取り込みません。",
    Holds.SHOWN: "ほかのページの内容のため、取り込みません。もとのページで直してください。",
    Holds.FIXED: "様式の文字のため、取り込みません。",
}
OUTSIDE = "値や文章の欄ではないため、取り込みません。"
NO_KEYS = (
    "取り込み用の隠しシートがないため、欄を見出しで探しました。出力したときの内容が分からないので、"
    "いまの内容と違うところをすべて示します。一件ずつ確かめてください。"
)
OUTDATED = "このシートを出力したあとに、計画の値か文章が変わっています。"
MOVED = "行か列が動いているため、欄を見出しで探しました。"
PARTS_ELSEWHERE = "分子・分母は「入力」のページで直せます。"
PIECES_MISSING = (
    "ページに分かれた文章の一部が見つからないため、取り込めません。「出力」で新しいシートを受け取り、直してください。"
)
OTHER_PAGES = (
    "文章のページの分かれ方がいまと違うため、取り込めません。「出力」で新しいシートを受け取り、直してください。"
)
EMPTY_AFTER_MOVE = (
    "行か列が動いたため、文章を消したのかどうか分かりません。消すときは、評価の文章のページで消してください。"
)


@dataclass(frozen=True)
class SheetDifference(Remarks):
    """`changes` are all the differences of values and texts; `problems` say of these and of other cells why they
    cannot be taken in."""

    changes: tuple[PreviewLine, ...] = ()

    @property
    def possible(self) -> tuple[PreviewLine, ...]:
        """The changes that can be made, the contested ones if the person says so."""
        return tuple(one for one in self.changes if not one.problem)


def sheet_difference(source: SheetSource, *, access: Access | None) -> SheetDifference:
    """What differs between the file and what is kept, as far as it was edited since the export. Seven queries."""
    key = PlanKey.of(source.plan)
    texts = stored_texts(source.plan, source.printed.stamp.year)
    reading = Reading(source, key, stored_plan(key), texts, access)
    changes = [*_value_changes(reading), *_text_changes(reading)]
    return SheetDifference(
        changes=tuple(sorted(changes, key=lambda one: place_of(one.change.address))),
        **reading.report.in_order(),
        unknown=tuple(sorted(islice(_unknown(reading, changes), MAX_REMARKS), key=lambda one: place_of(one.address))),
        notes=tuple(_notes(source, reading)),
    )


def _unknown(reading: Reading, changes: list[PreviewLine]) -> Iterator[Unknown]:
    """Edited cells that mean nothing to us, and what was written where nothing was printed."""
    source = reading.source
    edited = {(one.change.code, one.change.year) for one in changes if isinstance(one.change, ValueChange)}
    for found in source.matching.found:
        key = found.printed.key
        if key.holds not in WHY_NOT or found.is_as_printed:
            continue
        # Without its keys the sheet is compared with today's figures, which follow values that are reported already.
        if key.holds is Holds.DERIVED and not source.has_keys and (key.name, key.year) in edited:
            continue
        note = f"{_derived_place(reading, key)}{WHY_NOT[key.holds]}"
        yield Unknown(found.address, found.printed.text, _said(found.cell), note)
    for address, cell in source.matching.strangers:
        yield Unknown(address, "", _said(cell), OUTSIDE)


def _derived_place(reading: Reading, key: CellKey) -> str:
    """「指標名」令和4年度 乖離値：; "" for what is no figure of a measure."""
    measure = reading.stored.measures.get(key.name) if key.holds is Holds.DERIVED else None
    return f"「{measure.title}」{wareki(key.year)} {Line(key.field).label}：" if measure else ""


def _said(cell: TableCell) -> str:
    return cell.text or cell.problem


def _notes(source: SheetSource, reading: Reading) -> Iterator[str]:
    if not source.has_keys:
        yield NO_KEYS
    elif source.matching.is_moved:
        yield MOVED
    if source.is_outdated:
        yield OUTDATED
    lost = sum(cell.key.holds in (Holds.VALUE, Holds.TEXT) for cell in source.matching.lost)
    if lost:
        yield f"値や文章の欄のうち{lost}か所が見つかりません。見つからない欄は、そのままにします。"


def _value_changes(reading: Reading) -> Iterator[PreviewLine]:
    """Every edited value, in the order of the sheet. A measure that is in several 節 is read once."""
    seen: dict[tuple[str, int, str], FoundCell] = {}
    for found in reading.source.matching.found:
        key = found.printed.key
        if key.holds is not Holds.VALUE or found.is_as_printed:
            continue
        cell = (key.name, key.year, key.field)
        first = seen.setdefault(cell, found)
        if first is found:
            change = _value_change(reading, found)
            if change:
                yield change
        elif not same(first.cell.text, found.cell.text):
            _report(
                reading,
                found,
                f"同じ値がほかの欄（{first.address}）にもあり、書かれていることが違います。どちらかにそろえてください"
                f"{typed(found.cell.text)}。",
            )


def _value_change(reading: Reading, found: FoundCell) -> PreviewLine | None:
    """One edited cell; None where nothing changes or it cannot be taken in."""
    key, stored = found.printed.key, reading.stored
    measure = stored.measures.get(key.name)
    if squeeze(found.cell.text) in WITHHELD:
        return None
    if measure is None or key.year not in reading.source.plan.years:
        _report(
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
        _report(reading, found, cell.problem or cell.wrong_date)
        return None
    try:
        understood = read_cell(CellTexts(value=_typed(cell, kind)), kind=kind, side=side, stored=current)
    except NotUnderstood as problem:
        remedy = PARTS_ELSEWHERE if current.numerator is not None else ""
        _report(reading, found, f"{problem.sentence}。{remedy}")
        return None
    for warning in understood.warnings:
        reading.report.warn(found.address, f"{_place_of_value(reading, found)}：{warning}。")
    if kind is ValueKind.RATE and understood.value.number is not None and 0 < understood.value.number < 1:
        reading.report.warn(
            found.address,
            f"{_place_of_value(reading, found)}：1％に満たない割合と読みました。70％のときは 70 と入力してください"
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


def _place_of_value(reading: Reading, found: FoundCell) -> str:
    """「指標名」令和4年度 実績値."""
    key = found.printed.key
    measure = reading.stored.measures.get(key.name)
    return f"「{measure.title if measure else key.name}」{wareki(key.year)} {Side(key.field).label}"


def _report(reading: Reading, found: FoundCell, sentence: str) -> None:
    reading.report.problem(found.address, f"{_place_of_value(reading, found)}：{sentence}")


def _text_changes(reading: Reading) -> Iterator[PreviewLine]:
    """Every edited text, in the order of the sheet."""
    pieces: dict[tuple[str, str], list[FoundCell]] = {}
    for found in reading.source.matching.found:
        if found.printed.key.holds is Holds.TEXT:
            pieces.setdefault((found.printed.key.name, found.printed.key.field), []).append(found)
    for (number, name), found_pieces in pieces.items():
        if any(not piece.is_as_printed for piece in found_pieces):
            change = _text_change(reading, int(number), name, found_pieces)
            if change:
                yield change


def _text_change(reading: Reading, number: int, name: str, pieces: Sequence[FoundCell]) -> PreviewLine | None:
    """One edited text; None where nothing changes or it cannot be taken in."""
    address = next(piece.address for piece in pieces if not piece.is_as_printed)
    place = f"第{number}節 {wareki(reading.year)}「{TEXT_LABELS.get(name, name)}」"
    new = _joined([(piece.printed.joint, _text(piece)) for piece in pieces])
    if squeeze(new) in WITHHELD:
        return None
    problem = _text_problem(reading, number, name, pieces, new)
    if problem:
        reading.report.problem(address, f"{place}：{problem}")
        return None
    evaluation = reading.evaluations.get(number)
    current = getattr(evaluation, name) if evaluation else ""
    if printed(current) == printed(new):
        return None
    before = _joined([(piece.printed.joint, piece.printed.text) for piece in pieces])
    agrees = printed(current) == printed(before) or (not current and before in WITHHELD)
    # Over a text that another user changed, the file's is taken as it is; else what was not edited stays as typed.
    kept = unprinted(current, new) if agrees else new
    change = TextChange(reading.key, number, reading.year, name, current, kept, address)
    locked = reading.stored.lock_reason(number, reading.year, reading.access)
    return reading.changed(change, printed=before, agrees=agrees, problem=locked)


def _text_problem(reading: Reading, number: int, name: str, pieces: Sequence[FoundCell], new: str) -> str:
    """Why the text cannot be taken in; "" where it can."""
    if name not in TEXT_FIELDS or number not in reading.stored.sections:
        return "この節が、いまの計画にありません。「出力」で新しいシートを受け取ってください。"
    broken = next((piece.cell.problem for piece in pieces if piece.cell.problem), "")
    if broken:
        return broken
    if any((cell.key.name, cell.key.field) == (str(number), name) for cell in reading.source.matching.lost):
        return PIECES_MISSING
    if reading.source.has_other_pages:
        return OTHER_PAGES
    if reading.source.matching.is_moved and any(p.cell.is_blank and p.printed.text for p in pieces):
        return EMPTY_AFTER_MOVE
    if len(new) > LONGEST:
        return f"{LONGEST:,}文字までにしてください（{len(new):,}文字あります）。"
    try:
        refuse_controls(new)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def _text(piece: FoundCell) -> str:
    """The text of a cell with one kind of line end; programs write the other one in their own way."""
    return piece.cell.text.replace("\r\n", "\n").replace("\r", "\n")


def _joined(pieces: Sequence[tuple[str, str]]) -> str:
    """The pieces with the line ends between them that the pages had cut away, and no blank behind the last word."""
    return "".join(f"{joint}{text}" for joint, text in pieces).strip("\n").rstrip()
