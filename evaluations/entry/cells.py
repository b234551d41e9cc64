"""One cell of the entry grid: what the person saw, what they typed, and the change that follows.

A change is what this person changed against what they saw. Fields left as they were shown are not read again, so that
an untouched row posts nothing, and the untouched fields of a changed cell keep their stored values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.cell_texts import LABELS
from core.figures import shown_number
from core.numerals import plain
from core.reader import CellTexts, NotUnderstood, Understood, echo, read_cell
from core.values import Value
from core.words import NOT_ENTERED, Certainty, Side, State, ValueKind
from plans.actions import CellChange, CellKey
from plans.history import NO_PLAN, side_in_words
from plans.models import Change, Measure
from plans.refusals import Cause, Refusal

CIRCUMSTANCES = ("as_of", "certainty", "note")
PARTS = ("numerator", "denominator")
MINE, THEIRS = "mine", "theirs"


@dataclass
class EntryCell:
    """One side of one measure in the year of the grid.

    `stored` is the current value, `seen` the value when the page was drawn, `typed` the posted texts by field (a field
    that was not posted is absent). `asked`: the page offered a choice between two values; `choice` is the one chosen.
    """

    measure: Measure
    year: int
    side: Side
    stored: Value
    seen: Value
    typed: Mapping[str, str] = field(default_factory=dict)
    asked: bool = False
    choice: str = ""
    refusal: Refusal[CellChange] | None = None
    last_change: Change | None = None

    @property
    def prefix(self) -> str:
        """The part that the names of this cell's fields share; also its address in the page."""
        return f"{self.side.value}-{self.measure.code}"

    @property
    def kind(self) -> ValueKind:
        return ValueKind(self.measure.value_kind)

    @property
    def is_prose(self) -> bool:
        """文章: the value field takes the words themselves."""
        return self.kind is ValueKind.TEXT

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of this cell in the form."""
        wording = () if self.is_prose else ("wording",)
        if self.side is Side.PLANNED:
            return "value", "state", *wording
        parts = PARTS if self.kind is ValueKind.RATE else ()
        return "value", "state", *parts, *CIRCUMSTANCES, *wording

    # --- What was changed ---

    @cached_property
    def changed(self) -> dict[str, str]:
        """The posted texts that differ from what the page showed."""
        before = texts_of(self.seen, self.kind)
        return {name: text for name, text in self.typed.items() if _comparable(text) != _comparable(before[name])}

    @property
    def is_touched(self) -> bool:
        """Whether the person changed anything here."""
        return bool(self.changed)

    @cached_property
    def _outcome(self) -> Understood | NotUnderstood:
        try:
            return read_cell(self._texts(), kind=self.kind, side=self.side, stored=self.seen)
        except NotUnderstood as problem:
            return problem

    def _texts(self) -> CellTexts:
        """The changed fields for the reader. Of value and state the one that was changed counts, not what it replaces.

        Typing 12 over 集計中 needs no second click, nor does choosing 集計中 over 12.
        """
        texts = dict(self.changed)
        if "state" in texts and "value" not in texts:
            texts["value"] = ""
        return CellTexts(**texts)

    @property
    def change(self) -> CellChange | None:
        """What this person changed; None for nothing, for a problem, and where they keep the other's value."""
        if not self.is_touched or self.problem or (self.asked and self.choice == THEIRS) or self.mine == self.seen:
            return None
        return CellChange(self.measure, self.year, self.side, self.seen, self.mine)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader passed over or took in a way worth saying."""
        return () if isinstance(self._outcome, NotUnderstood) or not self.is_touched else self._outcome.warnings

    # --- What is wrong ---

    @property
    def problem(self) -> str:
        """The sentence to show at this cell; "" where all is well."""
        if self.asked and self.is_touched and self.choice not in (MINE, THEIRS):
            return "どちらの値を残すか選んでください。"
        if self.asked and self.choice == THEIRS:
            return ""
        if self.is_touched and isinstance(self._outcome, NotUnderstood):
            return self._outcome.sentence
        if self.is_refused_for_conflict:
            return f"ほかの人が「{self.stored_words}」に変更しています。どちらの値を残すか選んでください。"
        return self.refusal.sentence if self.refusal else ""

    @property
    def problem_field(self) -> str:
        """The name of the field the sentence is about."""
        if self.is_conflict and self.problem and not (self.choice == MINE and isinstance(self._outcome, NotUnderstood)):
            return f"{self.prefix}-choice-mine"
        at_fault = self._outcome.field if self.is_touched and isinstance(self._outcome, NotUnderstood) else "value"
        return f"{self.prefix}-{at_fault}"

    @property
    def is_conflict(self) -> bool:
        """Whether both values must be shown with a choice between them."""
        return self.is_refused_for_conflict or (self.asked and self.is_touched)

    @property
    def is_refused_for_conflict(self) -> bool:
        return self.refusal is not None and self.refusal.cause is Cause.CONFLICT

    @property
    def mine(self) -> Value:
        """What was typed, as understood; what was seen where it could not be."""
        return self.seen if isinstance(self._outcome, NotUnderstood) else self._outcome.value

    # --- What the page shows ---

    @cached_property
    def shown(self) -> dict[str, str]:
        """The texts of the fields: those typed where something was changed, else those of the stored value."""
        if not self.is_touched:
            return texts_of(self.stored, self.kind)
        texts = {**texts_of(self.seen, self.kind), **self.typed}
        if "value" in self.changed and "state" not in self.changed and texts["value"].strip():
            texts["state"] = ""
        if "state" in self.changed and "value" not in self.changed:
            texts["value"] = ""
        return texts

    @property
    def next_seen(self) -> Value:
        """The value that the page now drawn shows as the previous one: the newer one where there is a conflict."""
        return self.stored if self.is_refused_for_conflict or not self.is_touched else self.seen

    @cached_property
    def inputs(self) -> dict[str, dict[str, str | bool]]:
        """Name, text and whether it is at fault, by field: what the template prints."""
        wrong = self.problem_field if self.problem else ""
        return {
            name: {
                "name": f"{self.prefix}-{name}",
                "text": self.shown[name],
                "invalid": f"{self.prefix}-{name}" == wrong,
            }
            for name in self.fields
        }

    @property
    def wants_details_open(self) -> bool:
        """Whether a problem is in the folded part."""
        shown = (f"{self.prefix}-value", *([f"{self.prefix}-state"] if self.side is Side.ACTUAL else []))
        return bool(self.problem) and self.problem_field not in (*shown, f"{self.prefix}-choice-mine")

    @property
    def stored_words(self) -> str:
        """The stored value in a word; a year without a plan says so."""
        if self.side is Side.PLANNED and not self.stored.is_entered:
            return NO_PLAN
        return words_of(self.stored, self.kind)

    @property
    def mine_in_words(self) -> str:
        """What was typed with its circumstances, for a choice."""
        return side_in_words(self.mine.as_dict() or None, self.kind)

    @property
    def stored_in_words(self) -> str:
        """The stored value with its circumstances, for a choice."""
        return side_in_words(self.stored.as_dict() or None, self.kind)

    @property
    def typed_in_words(self) -> str:
        """Every changed text as it was typed, where it could not be saved."""
        return "、".join(f"{LABELS[name]}「{text}」" for name, text in self.changed.items())

    @property
    def state_options(self) -> list[tuple[str, str]]:
        """Value and label of each choice in 状態. The first is for a value that is typed."""
        words = {ValueKind.TEXT: "文章を入力", ValueKind.PRESENCE: "有・無を入力"}
        own = [state for state in State if self.side is Side.PLANNED or state is not State.NOT_SET]
        if self.is_prose:
            own.remove(State.WORDS_ONLY)
        nothing = NO_PLAN if self.side is Side.PLANNED else NOT_ENTERED
        return [("", words.get(self.kind, "数値を入力")), (NOT_ENTERED, nothing), *((s.label, s.label) for s in own)]

    @property
    def certainty_options(self) -> list[str]:
        return ["", *(certainty.label for certainty in Certainty)]

    @property
    def echo(self) -> str:
        """「１２人 → 12」 where what was typed differs from what was understood; else ""."""
        typed = self.changed.get("value", "").strip()
        if not typed or self.is_prose or not self.change:
            return ""
        understood = words_of(self.mine, self.kind)
        return "" if typed == understood else f"{typed} → {understood}"

    @property
    def key(self) -> CellKey:
        return self.measure.pk, self.year, self.side

    def refused(self, refusal: Refusal[CellChange]) -> "EntryCell":
        """The same cell with its refusal, and with the value that is stored now."""
        return replace(self, refusal=refusal, stored=refusal.current, asked=False, choice="")


def words_of(value: Value, kind: ValueKind) -> str:
    """A value in a word: 12, 66.7, 有, 集計中, 未入力."""
    if value.number is None:
        return value.missing_word
    return echo(value, kind) if kind is ValueKind.PRESENCE else shown_number(value, kind)


def texts_of(value: Value, kind: ValueKind) -> dict[str, str]:
    """A kept value as the texts that a person would type into the fields."""
    return {
        "value": _value_text(value, kind),
        "state": _state_text(value, kind),
        "wording": value.wording,
        "numerator": "" if value.numerator is None else plain(value.numerator),
        "denominator": "" if value.denominator is None else plain(value.denominator),
        "as_of": value.as_of,
        "certainty": value.certainty.label if value.certainty else "",
        "note": value.note,
    }


def _value_text(value: Value, kind: ValueKind) -> str:
    if kind is ValueKind.TEXT and value.state is State.WORDS_ONLY:
        return value.wording
    return "" if value.number is None else words_of(value, kind)


def _state_text(value: Value, kind: ValueKind) -> str:
    if not value.is_entered:
        return NOT_ENTERED
    if value.state is None or (kind is ValueKind.TEXT and value.state is State.WORDS_ONLY):
        return ""
    return value.state.label


def _comparable(text: str) -> str:
    """The text without what a browser adds: its line ends, and blanks around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
