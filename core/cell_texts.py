"""The texts of one cell as a form, a CSV or a sheet gave them, cleaned and held to their limits."""

from dataclasses import dataclass, fields, replace

from core.characters import EDGES, is_control
from core.numerals import typed
from core.words import ValueKind

MAX_LENGTHS = {"wording": 1000, "note": 1000, "as_of": 100}
LABELS = {
    "value": "値",
    "state": "状態",
    "wording": "原文",
    "numerator": "分子",
    "denominator": "分母",
    "as_of": "時点",
    "certainty": "確定度",
    "note": "注記",
}


class NotUnderstood(ValueError):
    """A text that cannot be read. `field` is its field; `sentence` names the problem and the remedy."""

    def __init__(self, field: str, sentence: str):
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class CellTexts:
    """None: the column or field is absent and changes nothing. Blank: it is there, and clears."""

    value: str | None = None
    state: str | None = None
    wording: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    as_of: str | None = None
    certainty: str | None = None
    note: str | None = None

    def cleaned(self, kind: ValueKind) -> "CellTexts":
        """The same without blanks around the texts; NotUnderstood for a control character or an overlong text."""
        lines_allowed = {"wording", "note"} | ({"value"} if kind is ValueKind.TEXT else set())
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(
            self, **{name: _cleaned(name, text, name in lines_allowed) for name, text in given.items() if text}
        )


def _cleaned(field: str, text: str, lines_allowed: bool) -> str:
    text = text.strip(EDGES).replace("\r\n", "\n").replace("\r", "\n")
    if any(is_control(character) and not (character == "\n" and lines_allowed) for character in text):
        raise NotUnderstood(field, f"{LABELS[field]}に改行や制御文字は使えません。取り除いてください{typed(text)}")
    limit = MAX_LENGTHS.get(field, MAX_LENGTHS["wording"])
    if len(text) > limit:
        raise NotUnderstood(field, f"{LABELS[field]}は{limit}文字までで入力してください（{len(text)}文字あります）")
    return text
