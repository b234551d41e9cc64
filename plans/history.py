"""変更履歴 as nouns: the lines that a person may see, with what they may not see masked."""

from core.reader import echo
from core.values import Value
from core.words import NOT_ENTERED

CIRCUMSTANCES = {"as_of": "時点", "note": "注記", "numerator": "分子", "denominator": "分母"}


def side_in_words(side: dict | str | None) -> str:
    """Old or new of a change as a person reads it: 「12（時点：5月末）」, a text, or 未入力."""
    if side is None:
        return NOT_ENTERED
    if isinstance(side, str):
        return side
    value = Value.from_dict(side)
    more = [f"{word}：{side[name]}" for name, word in CIRCUMSTANCES.items() if name in side]
    if value.wording and value.wording != echo(value):
        more.insert(0, f"原文：{value.wording}")
    if value.certainty:
        more.append(f"確定度：{value.certainty.label}")
    return f"{echo(value)}（{'、'.join(more)}）" if more else echo(value)
