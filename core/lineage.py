"""What becomes of a measure from one 期 to the next: how it continues, what does not fit, and what to propose:
counterparts by the catalogue, by volume, by name.

Plain values; what is stored of it are the rows of `plans.MeasureLink`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.catalogue import Follows
from core.numerals import squeeze
from core.words import Accumulation, Direction, Family, ValueKind, Word

UNDECIDED = "未定"
OPPOSITE = {Direction.MORE, Direction.LESS}
"""Under the opposite 方向, the same title counts another quantity (削減数 4人以上, 入所者数 55人以下)."""


class How(Word):
    """How a measure continues. Only 継続 continues the series."""

    SAME = "same", "継続"
    REDEFINED = "redefined", "見直し"
    SPLIT = "split", "分割"
    MERGED = "merged", "統合"
    ENDED = "ended", "終了"
    NEW = "new", "新規"


GOES_ON = (How.SAME, How.REDEFINED, How.SPLIT, How.MERGED)
BREAKS = {How.REDEFINED: "定義を見直し", How.SPLIT: "分割", How.MERGED: "統合"}
"""What a broken series says at the break."""
_SHAPES = {
    How.SAME: "「継続」では、前の計画の指標を一つ、この計画の指標を一つ選んでください。",
    How.REDEFINED: "「見直し」では、前の計画の指標を一つ、この計画の指標を一つ選んでください。",
    How.SPLIT: "「分割」では、前の計画の指標を一つ、この計画の指標を二つ以上選んでください。",
    How.MERGED: "「統合」では、前の計画の指標を二つ以上、この計画の指標を一つ選んでください。",
    How.ENDED: "「終了」では、前の計画の指標だけを一つ選んでください。",
    How.NEW: "「新規」では、この計画の指標だけを一つ選んでください。",
}


@dataclass(frozen=True)
class Traits:
    """What of a measure decides whether another one is the same quantity. `place` is the 節名, `service` a code."""

    code: str
    title: str
    family: Family
    unit: str
    kind: ValueKind
    direction: Direction
    accumulation: Accumulation
    place: str = ""
    catalogue_code: str = ""
    service: str = ""


@dataclass(frozen=True)
class LineageLink:
    """One decision: measures of the plan before and of the new one, by code, and how the ones become the others.

    継続 and 見直し join one to one, 分割 one to several, 統合 several to one; 終了 has no new measure, 新規 no old one.
    Codes are kept sorted, so that two links of the same measures are equal.
    """

    how: How
    olds: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "olds", tuple(sorted(self.olds)))
        object.__setattr__(self, "news", tuple(sorted(self.news)))

    @property
    def ends(self) -> frozenset[tuple[str, str]]:
        """Every measure of it: ("old", code) and ("new", code)."""
        return frozenset([*(("old", code) for code in self.olds), *(("new", code) for code in self.news)])

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Old and new code of each line that is kept; "" where there is none."""
        return tuple((old, new) for old in self.olds or ("",) for new in self.news or ("",))

    @property
    def key(self) -> str:
        """A name for a field of a form; two links of one plan never share it."""
        return f"{self.how}:{','.join(self.olds)}:{','.join(self.news)}"


def differences(old: Traits, new: Traits) -> list[str]:
    """「単位：人 → 件」 for each trait whose difference makes two series out of one."""
    found = []
    if squeeze(old.unit) != squeeze(new.unit):
        found.append(f"単位：{old.unit or 'なし'} → {new.unit or 'なし'}")
    if old.kind is not new.kind:
        found.append(f"種類：{old.kind.label} → {new.kind.label}")
    if old.accumulation is not new.accumulation:
        found.append(f"集計：{old.accumulation.label} → {new.accumulation.label}")
    if {old.direction, new.direction} == OPPOSITE:
        found.append(f"方向：{old.direction.label} → {new.direction.label}")
    return found


def why_not(lineage: LineageLink, olds: Mapping[str, Traits], news: Mapping[str, Traits]) -> str:
    """Why a link between measures is not possible, as a sentence; "" where it is. Every code must be known."""
    if not _has_its_shape(lineage):
        return _SHAPES[lineage.how]
    if lineage.how is How.SAME and (changed := differences(olds[lineage.olds[0]], news[lineage.news[0]])):
        return (
            f"「{news[lineage.news[0]].title}」は前の計画と数え方が違う（{'、'.join(changed)}）ため、「継続」にできません。"
            "「見直し」を選ぶか、指標の設定を前の計画に合わせてください。"
        )
    if lineage.how is How.ENDED and not lineage.note:
        return f"「{olds[lineage.olds[0]].title}」を終了する理由を書いてください。"
    return ""


def _has_its_shape(lineage: LineageLink) -> bool:
    olds, news = len(lineage.olds), len(lineage.news)
    if lineage.how is How.SPLIT:
        return olds == 1 and news > 1
    if lineage.how is How.MERGED:
        return olds > 1 and news == 1
    return (olds, news) == (int(lineage.how is not How.NEW), int(lineage.how is not How.ENDED))


@dataclass(frozen=True)
class Proposal:
    """A link that the tool proposes, and why. `is_found`: a counterpart was found, or the law ended it."""

    lineage: LineageLink
    basis: str
    is_found: bool = True


def propose(
    olds: Sequence[Traits],
    news: Sequence[Traits],
    *,
    follows: Mapping[str, Sequence[Follows]],
    gone: Mapping[str, str],
) -> list[Proposal]:
    """What to decide of measures that are undecided on both sides; an old one without counterpart is left out.

    By the catalogue (`follows`: what an entry was in the 期 before), else by the code of a service volume, else by
    指標名. `gone`: by code of an old measure, why the law or the city ended it.
    """
    proposing = _Proposing([old for old in olds if old.code not in gone], news)
    proposing.by_catalogue(follows)
    proposing.one_to_one(_volumes, "同じサービスの同じ量")
    proposing.one_to_one(_titles, "同じ指標名")
    proposing.one_to_one(_titles_in_place, "同じ節の同じ指標名")
    known = {old.code for old in olds}
    ended = [Proposal(LineageLink(How.ENDED, (code,), note=why), why) for code, why in gone.items() if code in known]
    nothing = "前の計画に対応する指標が見つかりません"
    fresh = [Proposal(LineageLink(How.NEW, news=(new,)), nothing, is_found=False) for new in proposing.news]
    return [*proposing.found, *ended, *fresh]


Keys = Callable[[Traits], list[tuple[str, ...]]]
_GUIDELINE = "国の基本指針の見直しによる"


class _Proposing:
    """What is still without a counterpart, by code, and what was found."""

    def __init__(self, olds: Iterable[Traits], news: Iterable[Traits]) -> None:
        self.olds = {old.code: old for old in olds}
        self.news = {new.code: new for new in news}
        self.found: list[Proposal] = []

    def by_catalogue(self, follows: Mapping[str, Sequence[Follows]]) -> None:
        pairs = [
            (old, new, how)
            for new in self.news.values()
            for code, how in _before(new, follows)
            for old in self.olds.values()
            if old.catalogue_code == code
        ]
        parts, wholes = Counter(old.code for old, _, _ in pairs), Counter(new.code for _, new, _ in pairs)
        split: dict[str, list[str]] = defaultdict(list)
        merged: dict[str, list[str]] = defaultdict(list)
        for old, new, how in pairs:
            if how is How.SPLIT and parts[old.code] > 1 and wholes[new.code] == 1:
                split[old.code].append(new.code)
            elif how is How.MERGED and wholes[new.code] > 1 and parts[old.code] == 1:
                merged[new.code].append(old.code)
            elif parts[old.code] == wholes[new.code] == 1:
                self._pair(old, new, "国の基本指針の対応", how)
        # One part alone is none: where the catalogue says different things of one measure, people decide.
        for whole, codes in _several(split):
            self._take(LineageLink(How.SPLIT, (whole,), tuple(codes), _GUIDELINE), "国の基本指針の対応")
        for whole, codes in _several(merged):
            self._take(LineageLink(How.MERGED, tuple(codes), (whole,), _GUIDELINE), "国の基本指針の対応")

    def one_to_one(self, keys: Keys, basis: str) -> None:
        """Ties where exactly one old and one new measure have a key in common."""
        by_old, by_new = _unique(self.olds.values(), keys), _unique(self.news.values(), keys)
        for key, old in by_old.items():
            new = by_new.get(key)
            if new is not None and old.code in self.olds and new.code in self.news:
                self._pair(old, new, basis, How.SAME)

    def _pair(self, old: Traits, new: Traits, basis: str, how: How) -> None:
        changed = differences(old, new)
        if how is How.SAME and not changed:
            self._take(LineageLink(How.SAME, (old.code,), (new.code,)), basis)
            return
        note = "、".join(changed) if how is How.SAME else "、".join([_GUIDELINE, *changed])
        self._take(LineageLink(How.REDEFINED, (old.code,), (new.code,), note), basis)

    def _take(self, lineage: LineageLink, basis: str) -> None:
        self.found.append(Proposal(lineage, basis))
        for code in lineage.olds:
            self.olds.pop(code, None)
        for code in lineage.news:
            self.news.pop(code, None)


def _several(parts: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    return [(whole, codes) for whole, codes in parts.items() if len(codes) > 1]


def _before(new: Traits, follows: Mapping[str, Sequence[Follows]]) -> list[tuple[str, How]]:
    """What a measure was in the 期 before by the catalogue; the volumes of services keep their code for ever."""
    if not new.catalogue_code:
        return []
    earlier = [(follow.code, How(follow.how)) for follow in follows.get(new.catalogue_code, ())]
    return earlier or [(new.catalogue_code, How.SAME)]


def _volumes(one: Traits) -> list[tuple[str, ...]]:
    codes = {code for code in (one.code, one.catalogue_code) if code}
    return [(one.service, code) for code in sorted(codes)] if one.service else []


def _titles(one: Traits) -> list[tuple[str, ...]]:
    return [(one.family, squeeze(one.title))]


def _titles_in_place(one: Traits) -> list[tuple[str, ...]]:
    return [(one.family, squeeze(one.title), squeeze(one.place))]


def _unique(measures: Iterable[Traits], keys: Keys) -> dict[tuple[str, ...], Traits]:
    """The measures by each of their keys, without the keys that several of them have."""
    found: dict[tuple[str, ...], list[Traits]] = defaultdict(list)
    for one in measures:
        for key in keys(one):
            found[key].append(one)
    return {key: group[0] for key, group in found.items() if len(group) == 1}
