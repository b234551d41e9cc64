"""正誤表: how a publication differs from the one before it of the same 年度, made from their bodies alone.

What was published and is said differently now (誤 → 正) is kept apart from what is published for the first time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.errata_statements import ORDER, PLANNED, VERSIONS, Body, Key, Parts, Statement, statements
from core.prose import differing
from core.words import UNPUBLISHED, Word

BLANK = "記載なし"
GONE = "（削除）"
LONG = 40
"""Characters: of longer texts the sentences that differ are shown."""


class ErratumKind(Word):
    """Why a line is in the 正誤表, in the order of the page."""

    CORRECTED = "corrected", "訂正"
    REVISED = "revised", "計画変更による変更"
    ADDED = "added", "追加公表"
    TAKEN_BACK = "taken_back", "公表をやめたもの"

    @property
    def heads(self) -> tuple[str, str]:
        """The headings over the old and the new text: 誤 and 正 only where something was wrong."""
        return ("誤", "正") if self is ErratumKind.CORRECTED else ("前の号", "この号")


@dataclass(frozen=True)
class Erratum:
    """One line: where, what, of which 年度 (None: of none in particular), and how it was and is said."""

    kind: ErratumKind
    place: str
    field: str
    year: int | None
    old: str
    new: str


@dataclass(frozen=True)
class Errata:
    """All lines, in the order of reading."""

    lines: tuple[Erratum, ...] = ()

    def of(self, kind: ErratumKind) -> tuple[Erratum, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line.kind is kind)

    @property
    def corrections(self) -> tuple[Erratum, ...]:
        """What was said wrong."""
        return self.of(ErratumKind.CORRECTED)

    @property
    def groups(self) -> tuple[tuple[ErratumKind, tuple[Erratum, ...]], ...]:
        """The kinds that have any lines, with them."""
        return tuple((kind, self.of(kind)) for kind in ErratumKind if self.of(kind))

    @property
    def counts(self) -> str:
        """「訂正 2件、追加公表 5件」; "" for none."""
        return "、".join(f"{kind.label} {len(lines)}件" for kind, lines in self.groups)


def errata(old: Body, new: Body) -> Errata:
    """The lines of the 正誤表 from `old` to `new`; empty exactly where both say the same."""
    before, after = statements(old), statements(new)
    lines = (line for key in _in_order(list(before), list(after)) for line in _line(key, before, after))
    return Errata(tuple(lines))


def _in_order(before: list[Key], after: list[Key]) -> list[Key]:
    """The keys in the new body's order; a key that it no longer has follows the key that preceded it."""
    known = set(after)
    tails: dict[Key | None, list[Key]] = {}
    last: Key | None = None
    for key in before:
        if key in known:
            last = key
        else:
            tails.setdefault(last, []).append(key)
    return [*tails.get(None, []), *(key for one in after for key in (one, *tails.get(one, [])))]


Side = Mapping[Key, Statement]


def _line(key: Key, before: Side, after: Side) -> Iterator[Erratum]:
    old, new = before.get(key), after.get(key)
    said = new or old
    if said is None or _falls_with_its_item(said.of, before, after):
        return
    if old is None or new is None:
        if not _is_listed_elsewhere(key, before, after):
            yield _appeared(key, said, is_new=old is None)
    elif not (old.is_published and new.is_published):
        if old.is_published != new.is_published:
            kind = ErratumKind.ADDED if new.is_published else ErratumKind.TAKEN_BACK
            yield Erratum(kind, new.place, new.field, new.year, _whole(old.parts), _whole(new.parts))
    elif old.parts != new.parts and not _is_listed_elsewhere(key, before, after):
        yield _changed(key, old, new, before, after)


def _falls_with_its_item(item: Key, before: Side, after: Side) -> bool:
    """Whether its 節, 指標 or 記録 has a line of its own that is enough, because the whole item is new or gone."""
    return bool(item) and (item in before) != (item in after)


def _appeared(key: Key, said: Statement, *, is_new: bool) -> Erratum:
    is_held = key[0] == "held" and len(key) == 2  # a 節 whose evaluation was, or is, 未公表
    if is_new:
        kind = ErratumKind.REVISED if key[0] == "revision" or key[-1] == VERSIONS else ErratumKind.ADDED
        return Erratum(kind, said.place, said.field, said.year, UNPUBLISHED if is_held else BLANK, _whole(said.parts))
    kind = ErratumKind.TAKEN_BACK if is_held else ErratumKind.CORRECTED
    return Erratum(kind, said.place, said.field, said.year, _whole(said.parts), UNPUBLISHED if is_held else GONE)


def _changed(key: Key, old: Statement, new: Statement, before: Side, after: Side) -> Erratum:
    is_revised = key[-1] == PLANNED and _another(key, VERSIONS, before) != _another(key, VERSIONS, after)
    kind = ErratumKind.REVISED if is_revised else ErratumKind.CORRECTED
    return Erratum(kind, new.place, new.field, new.year, *_sides(old.parts, new.parts))


def _is_listed_elsewhere(key: Key, before: Side, after: Side) -> bool:
    """Whether another line already covers it: a changed 計画値 that of its versions, 指標 that come or go that of the
    order.
    """
    if key[-1] == VERSIONS:
        return _another(key, PLANNED, before) != _another(key, PLANNED, after)
    if key[-1] == ORDER and key in before and key in after:
        old, new = (side[key].parts[0][1].split("、") for side in (before, after))
        return [code for code in old if code in new] == [code for code in new if code in old]
    return False


def _another(key: Key, name: str, side: Side) -> Parts:
    """Another statement about the same 計画値."""
    found = side.get((*key[:-1], name))
    return found.parts if found else ()


def _sides(old: Parts, new: Parts) -> tuple[str, str]:
    """The old and the new text: the statement itself, and those of its further parts that changed."""
    pairs = [(name, text, dict(new).get(name, "")) for name, text in old]
    pairs += [(name, "", text) for name, text in new if name not in dict(old)]
    shown = [(name, *_texts(was, now)) for name, was, now in pairs if not name or was != now]
    return _joined([(name, was) for name, was, _ in shown]), _joined([(name, now) for name, _, now in shown])


def _texts(old: str, new: str) -> tuple[str, str]:
    if old != new and old and new and max(len(old), len(new)) > LONG:
        was, now = differing(old, new)
        if was != now:
            return (was if was.strip("…") else f"…（{BLANK}）…"), (now if now.strip("…") else f"…{GONE}…")
    return old or BLANK, new or BLANK


def _whole(parts: Parts) -> str:
    return _joined([(name, text) for name, text in parts if text or not name])


def _joined(parts: list[tuple[str, str]]) -> str:
    return "".join(text if not name else f"（{name}：{text}）" for name, text in parts)
