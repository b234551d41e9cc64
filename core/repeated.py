"""Sentences that are repeated from one year's text in the next without a change."""

import re
import unicodedata

SHORTEST = 6
"""Characters that count. A shorter line (「課題」「特になし。」) is a heading or a set phrase, which may recur."""

_END = re.compile(r"(?<=[。！？])|\n")
_BULLET = re.compile(r"^(?:[■□●○・※☆◆◇▶\-*＊]|[①-⑳]|[(（]?[0-9０-９]{1,2}[)）.．、])+")
_NOT_COUNTED = re.compile(r"[\s、。，．,.・「」『』（）()!?！？]")


def repeated_sentences(now: str, before: str) -> list[str]:
    """The sentences of `now`, as written, that are in `before` too, in their order and each once.

    Width of letters, blanks, punctuation and the bullet in front make no difference.
    """
    known = {_normalised(sentence) for sentence in _sentences(before)}
    found = {key: sentence for sentence in reversed(_sentences(now)) if (key := _normalised(sentence)) in known}
    return [sentence for key, sentence in reversed(found.items()) if len(key) >= SHORTEST]


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _END.split(text) if part.strip()]


def _normalised(sentence: str) -> str:
    bare = _BULLET.sub("", sentence.strip())
    return _NOT_COUNTED.sub("", unicodedata.normalize("NFKC", bare))
