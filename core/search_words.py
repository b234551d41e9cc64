"""Finding by words as people type them: 全角 or 半角, large or small letters, in any order."""

import unicodedata
from collections.abc import Iterable


def folded(text: str) -> str:
    """The text with the differences taken out that a person searching does not mean: ＡＢ, ab, ｻｰﾋﾞｽ, ①."""
    return unicodedata.normalize("NFKC", text).casefold()


def matches(query: str, texts: Iterable[str]) -> bool:
    """Whether every word of the query stands in one of the texts. A blank query matches all."""
    searched = [folded(text) for text in texts]
    return all(any(word in text for text in searched) for word in folded(query).split())
