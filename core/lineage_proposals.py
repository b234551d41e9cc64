"""What the tool proposes for measures that are undecided: counterparts by the catalogue, by volume, by name."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.catalogue import Follows
from core.lineage import How, Tie, Traits, differences
from core.numerals import squeeze


@dataclass(frozen=True)
class Proposal:
    """A tie that the tool proposes, and why. `is_found`: a counterpart was found, or the law ended it."""

    tie: Tie
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
    ended = [Proposal(Tie(How.ENDED, (code,), note=why), why) for code, why in gone.items() if code in known]
    nothing = "前の計画に対応する指標が見つかりません"
    fresh = [Proposal(Tie(How.NEW, news=(new,)), nothing, is_found=False) for new in proposing.news]
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
            self._take(Tie(How.SPLIT, (whole,), tuple(codes), _GUIDELINE), "国の基本指針の対応")
        for whole, codes in _several(merged):
            self._take(Tie(How.MERGED, tuple(codes), (whole,), _GUIDELINE), "国の基本指針の対応")

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
            self._take(Tie(How.SAME, (old.code,), (new.code,)), basis)
            return
        note = "、".join(changed) if how is How.SAME else "、".join([_GUIDELINE, *changed])
        self._take(Tie(How.REDEFINED, (old.code,), (new.code,), note), basis)

    def _take(self, tie: Tie, basis: str) -> None:
        self.found.append(Proposal(tie, basis))
        for code in tie.olds:
            self.olds.pop(code, None)
        for code in tie.news:
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
