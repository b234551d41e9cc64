"""課題 and 取組 that repeat last year's: a cycle that did not turn, or a text that was not revised."""

from dataclasses import dataclass

from core.repeated import repeated_sentences
from evaluations.models import TEXT_LABELS, Evaluation

COMPARED = ("issues_text", "act_text")


@dataclass(frozen=True)
class RepeatedText:
    """One text with the sentences that were already in last year's 課題 or 取組."""

    name: str
    label: str
    sentences: tuple[str, ...]


def repeated_texts(now: Evaluation | None, before: Evaluation | None) -> tuple[RepeatedText, ...]:
    """The repeated sentences of this year's texts; nothing where one of the years has none."""
    if now is None or before is None:
        return ()
    former = "\n".join(getattr(before, name) for name in COMPARED)
    found = ((name, tuple(repeated_sentences(getattr(now, name), former))) for name in COMPARED)
    return tuple(RepeatedText(name, TEXT_LABELS[name], sentences) for name, sentences in found if sentences)
