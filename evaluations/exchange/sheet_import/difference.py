"""What an edited evaluation sheet would change, cell by cell. Nothing is written here."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.fiscal_years import wareki
from core.sheets.design import Line
from core.sheets.placed import CellKey, Holds
from core.uploads.tables import TableCell
from evaluations.exchange.importing.changes import PlanKey, ValueChange
from evaluations.exchange.importing.preview import PreviewLine
from evaluations.exchange.importing.report import MAX_REMARKS, Remarks, Unknown, place_of
from evaluations.exchange.importing.stored import stored_plan, stored_texts
from evaluations.exchange.sheet_import.reading import Reading
from evaluations.exchange.sheet_import.source import SheetSource
from evaluations.exchange.sheet_import.text_cells import text_changes
from evaluations.exchange.sheet_import.value_cells import value_changes
from plans.access import Access

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
    changes = [*value_changes(reading), *text_changes(reading)]
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
