"""Finding by words as people type them: 全角 or 半角, large or small letters, in any order."""

import unicodedata
from collections.abc import Iterable


def folded(text: str) -> str:
    """The text without the differences that a search ignores: ＡＢ and ab, ｻｰﾋﾞｽ and サービス, ① and 1."""
    return unicodedata.normalize("NFKC", text).casefold()


def matches(query: str, texts: Iterable[str]) -> bool:
    """Whether each word of the query is in one of the texts. A blank query matches all."""
    searched = [folded(text) for text in texts]
    return all(any(word in text for text in searched) for word in folded(query).split())
