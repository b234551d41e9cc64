"""コード一覧: the words allowed in columns of words, each with its meaning for readers who know no plan."""

from core.words import (
    NOT_ENTERED,
    UNPUBLISHED,
    Accumulation,
    Certainty,
    Direction,
    Family,
    ParentRole,
    State,
    ValueKind,
)

Codes = tuple[tuple[str, str], ...]
"""Word and meaning."""

KINDS = (
    ("障害福祉計画", "障害者総合支援法による自治体の計画"),
    ("障害児福祉計画", "児童福祉法による自治体の計画"),
    ("障害者計画", "障害者基本法による自治体の計画"),
)
_MEANINGS = {
    Family.TARGET: "計画の期間に達成する目標",
    Family.INDICATOR: "サービスの利用者数など、目標に向けた活動の量",
    ValueKind.NUMBER: "人数・回数などの数",
    ValueKind.RATE: "全体に占める割合。%の数字で書く",
    ValueKind.PRESENCE: "有るか無いか。有を1、無を0で書く",
    ValueKind.TEXT: "言葉で書くもの。数値の列は空欄になる",
    Direction.MORE: "多いほどよい",
    Direction.LESS: "少ないほどよい",
    Direction.NEAR: "計画に近いほど、見込みが正しい",
    Accumulation.YEAR_TOTAL: "年度の合計",
    Accumulation.MONTHLY_AVERAGE: "年度の月平均",
    Accumulation.YEAR_END: "年度末の時点",
    Accumulation.CUMULATIVE: "計画の開始からの累計",
    ParentRole.SUBSET: "親指標に含まれる数（うち数）",
    ParentRole.ADDEND: "合わせると親指標になる数",
    State.PENDING: "まだ数えている",
    State.NOT_APPLICABLE: "その年度には当てはまらない",
    State.CANCELLED: "行事などを中止した",
    State.WITHHELD: "数はあるが公表しない",
    State.NOT_SET: "計画値を設定しないと決めた",
    State.WORDS_ONLY: "数値がなく、原文の言葉だけがある",
    Certainty.EXPECTED: "見込みの値",
    Certainty.PRELIMINARY: "速報の値。後で変わることがある",
    Certainty.FINAL: "確定した値",
}
_ACTUAL_ONLY = (
    (NOT_ENTERED, "まだ入力していない。0ではない"),
    (UNPUBLISHED, "その年度と節の評価をまだ公表していない"),
)
READINGS = (
    "達成、未達、見込みどおり、見込みを上回る、見込みを下回る、計画・実績とも0、計画0・実績n（nは数）、計画値なし"
)


def codes_of(*words: Family | ValueKind | Direction | Accumulation | ParentRole | State | Certainty) -> Codes:
    """These words as files print them, each with its meaning."""
    return tuple((word.label, _MEANINGS[word]) for word in words)


PLANNED_STATES = codes_of(*State)
ACTUAL_STATES = (*codes_of(*(state for state in State if state is not State.NOT_SET)), *_ACTUAL_ONLY)
_MISSING = "|".join(word for word, _ in ACTUAL_STATES if word != UNPUBLISHED)
READING = (
    r"達成|未達|見込みどおり|見込みを(?:上|下)回る|計画・実績とも0|計画0・実績-?[0-9]+(?:\.[0-9]+)?|計画値なし|"
    + _MISSING
)
"""What 判定 may be, as one regular expression."""
