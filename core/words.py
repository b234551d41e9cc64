"""The fixed vocabulary of the field: English in code, Japanese for people. Source: design glossary and figure rules."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A stored English word with the Japanese word that people read and exchange files print."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs for a model field or a select element."""
        return [(word.value, word.label) for word in cls]

    @classmethod
    def from_label(cls, label: str) -> Self:
        """The member whose Japanese word this is; ValueError where there is none."""
        for word in cls:
            if word.label == label:
                return word
        raise ValueError(label)


class Family(Word):
    """種別: which of the two kinds of measure."""

    TARGET = "target", "成果目標"
    INDICATOR = "indicator", "活動指標"


class ValueKind(Word):
    """種類: what the values of a measure are. A 割合 is its percent number; 有無 is 1 or 0."""

    NUMBER = "number", "数値"
    RATE = "rate", "割合"
    PRESENCE = "presence", "有無"
    TEXT = "text", "文章"


class Direction(Word):
    """方向: more is better, less is better, or near the plan."""

    MORE = "more", "増"
    LESS = "less", "減"
    NEAR = "near", "見込"


class Accumulation(Word):
    """集計: how a year's value comes about. A 累計 is itself the running total."""

    YEAR_TOTAL = "year_total", "年度計"
    MONTHLY_AVERAGE = "monthly_average", "月平均"
    YEAR_END = "year_end", "年度末"
    CUMULATIVE = "cumulative", "累計"


class State(Word):
    """Why there is no number. 未入力 is not among them: it is the absence of a row."""

    PENDING = "pending", "集計中"
    NOT_APPLICABLE = "not_applicable", "該当なし"
    CANCELLED = "cancelled", "中止"
    WITHHELD = "withheld", "非公表"
    NOT_SET = "not_set", "設定しない"
    WORDS_ONLY = "words_only", "記述のみ"


class Certainty(Word):
    """確定度 of an actual."""

    EXPECTED = "expected", "見込み"
    PRELIMINARY = "preliminary", "速報"
    FINAL = "final", "確定値"


class Side(Word):
    """計画 or 実績."""

    PLANNED = "planned", "計画値"
    ACTUAL = "actual", "実績値"


class ParentRole(Word):
    """親との関係: a part counted inside the whole, or one of the parts that make it up."""

    SUBSET = "subset", "内数"
    ADDEND = "addend", "内訳"


class Scope(Word):
    """範囲: whose figure it is, the city's own or that of the 圏域 it shares."""

    CITY = "city", "市区町村"
    AREA = "area", "圏域"


WORDS_OF_A_MEASURE: Mapping[str, type[Word]] = {
    "family": Family,
    "value_kind": ValueKind,
    "direction": Direction,
    "accumulation": Accumulation,
    "parent_role": ParentRole,
    "scope": Scope,
}
"""By the field of a measure that keeps one of these words."""

NOT_ENTERED = "未入力"
UNDER_REVIEW = "確認中"
UNPUBLISHED = "未公表"
WITHHELD = (UNDER_REVIEW, UNPUBLISHED)
"""The word in place of a value that a reader may not see; read back, it leaves the cell unchanged."""
NOT_BEGUN = "開始前"
ENDED = "終了後"
