"""The texts of an edited sheet: the pieces of each, joined over its pages, as a change of one text or as a problem."""

from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError

from core.fiscal_years import wareki
from core.numerals import squeeze
from core.prose import printed, unprinted
from core.sheets.matching import FoundCell
from core.sheets.placed import Holds
from core.words import WITHHELD
from evaluations.exchange.importing.changes import TextChange
from evaluations.exchange.importing.preview import PreviewLine
from evaluations.exchange.sheet_import.reading import Reading
from evaluations.models import TEXT_FIELDS, TEXT_LABELS
from plans.prose_field import LONGEST, refuse_controls

PIECES_MISSING = (
    "ページに分かれた文章の一部が見つからないため、取り込めません。「出力」で新しいシートを受け取り、直してください。"
)
OTHER_PAGES = (
    "文章のページの分かれ方がいまと違うため、取り込めません。「出力」で新しいシートを受け取り、直してください。"
)
EMPTY_AFTER_MOVE = (
    "行か列が動いたため、文章を消したのかどうか分かりません。消すときは、評価の文章のページで消してください。"
)


def text_changes(reading: Reading) -> Iterator[PreviewLine]:
    """Every edited text, in the order of the sheet."""
    pieces: dict[tuple[str, str], list[FoundCell]] = {}
    for found in reading.source.matching.found:
        if found.printed.key.holds is Holds.TEXT:
            pieces.setdefault((found.printed.key.name, found.printed.key.field), []).append(found)
    for (number, name), found_pieces in pieces.items():
        if any(not piece.is_as_printed for piece in found_pieces):
            change = _change(reading, int(number), name, found_pieces)
            if change:
                yield change


def _change(reading: Reading, number: int, name: str, pieces: Sequence[FoundCell]) -> PreviewLine | None:
    """One edited text; None where nothing changes or it cannot be taken in."""
    address = next(piece.address for piece in pieces if not piece.is_as_printed)
    place = f"第{number}節 {wareki(reading.year)}「{TEXT_LABELS.get(name, name)}」"
    new = _joined([(piece.printed.joint, _text(piece)) for piece in pieces])
    if squeeze(new) in WITHHELD:
        return None
    problem = _problem(reading, number, name, pieces, new)
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


def _problem(reading: Reading, number: int, name: str, pieces: Sequence[FoundCell], new: str) -> str:
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
