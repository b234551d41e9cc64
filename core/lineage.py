"""What becomes of a measure from one 期 to the next: how it continues, and what does not fit.

Plain values; what is stored of it are the rows of `plans.MeasureLink`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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
class Tie:
    """One decision: measures of the plan before and of the new one, by code, and how the ones become the others.

    継続 and 見直し tie one to one, 分割 one to several, 統合 several to one; 終了 has no new measure, 新規 no old one.
    Codes are kept sorted, so that two ties of the same measures are equal.
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
        """A name for a field of a form; two ties of one plan never share it."""
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


def why_not(tie: Tie, olds: Mapping[str, Traits], news: Mapping[str, Traits]) -> str:
    """Why a link between measures is not possible, as a sentence; "" where it is. Every code must be known."""
    if not _has_its_shape(tie):
        return _SHAPES[tie.how]
    if tie.how is How.SAME and (changed := differences(olds[tie.olds[0]], news[tie.news[0]])):
        return (
            f"「{news[tie.news[0]].title}」は前の計画と数え方が違う（{'、'.join(changed)}）ため、「継続」にできません。"
            "「見直し」を選ぶか、指標の設定を前の計画に合わせてください。"
        )
    if tie.how is How.ENDED and not tie.note:
        return f"「{olds[tie.olds[0]].title}」を終了する理由を書いてください。"
    return ""


def _has_its_shape(tie: Tie) -> bool:
    olds, news = len(tie.olds), len(tie.news)
    if tie.how is How.SPLIT:
        return olds == 1 and news > 1
    if tie.how is How.MERGED:
        return olds > 1 and news == 1
    return (olds, news) == (int(tie.how is not How.NEW), int(tie.how is not How.ENDED))
