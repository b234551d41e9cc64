"""A preview between upload and confirmation: its lines for the page, and the signed text that travels with the form.

The signed text names everything by the table's own words and is bound to plan and person, so that neither a session
nor a temporary file is needed and nothing in it can be altered on the way.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.contrib.auth.models import User
from django.core import signing

from core.prose import differing
from core.values import Value
from evaluations.exchange.importing.changes import (
    GoalTextChange,
    ImportChange,
    MasterChange,
    NewMeasure,
    NewSection,
    PlanKey,
    Refused,
    TextChange,
    ValueChange,
    as_list,
    from_list,
)
from evaluations.exchange.importing.report import Remark, Remarks, Unknown
from plans.models import Plan
from plans.refusals import Cause
from plans.signed_previews import MAX_AGE

SALT = "evaluations.import"
MAX_SHOWN, MAX_PROBLEMS = 1000, 200


class PreviewLost(ValueError):  # noqa: N818 - a sentence for a person
    """The signed text is too old, altered, or of another plan or person."""


Change = TypeVar("Change", bound=ImportChange)


@dataclass(frozen=True)
class PreviewLine(Generic[Change]):
    """One change that a file would make. `contested`: what is stored now is neither what the file says nor what it was
    exported with, and a person has to choose; after a confirmation, another user changed it since.

    `printed` is what the file said when it was exported, None where no one can know or there was no file of ours.
    `problem` says why the change cannot be made (a lock, a missing right); "" where it can. `source` names the file
    that a change comes from, where there are several; lines of one `rival` number say different things of one cell, and
    one of them at most can be chosen. `index` is the place of the line among all.
    """

    change: Change
    printed: str | None = None
    contested: bool = False
    problem: str = ""
    source: str = ""
    rival: int | None = None
    index: int = 0

    @property
    def waits(self) -> bool:
        """Whether a person has to choose."""
        return self.contested or self.rival is not None

    @property
    def old(self) -> str:
        return self._sides[0]

    @property
    def new(self) -> str:
        return self._sides[1]

    @property
    def _sides(self) -> tuple[str, str]:
        """Both sides; of a text the sentences that differ, unless the two have nothing in common to leave out."""
        if not isinstance(self.change, TextChange | GoalTextChange) or not (self.change.old and self.change.new):
            return self.change.sides
        return differing(self.change.old, self.change.new)


@dataclass(frozen=True)
class PreviewGroup:
    """Lines of one kind, with how many more there are than are shown."""

    title: str
    lines: tuple[PreviewLine, ...]
    hidden: int


@dataclass(frozen=True)
class Preview:
    """Changes that wait to be confirmed. `is_sheet`: they are accepted row by row."""

    lines: tuple[PreviewLine, ...] = ()
    is_sheet: bool = False

    @classmethod
    def of(cls, changes: Iterable[ImportChange], *, is_sheet: bool = False) -> "Preview":
        """The preview of changes of which nothing else is to be said."""
        return cls(tuple(map(PreviewLine, changes)), is_sheet)

    @classmethod
    def of_sheet(cls, lines: Iterable[PreviewLine]) -> "Preview":
        """The preview of an edited sheet or form; what was printed is shown where that is another than today's."""
        return cls(tuple(line if line.contested else replace(line, printed=None) for line in lines), is_sheet=True)

    @property
    def changes(self) -> tuple[ImportChange, ...]:
        return tuple(line.change for line in self.lines)

    @property
    def contested(self) -> frozenset[int]:
        """The places of the lines that wait for a choice."""
        return frozenset(place for place, line in enumerate(self.lines) if line.waits)

    @property
    def groups(self) -> list[PreviewGroup]:
        """The lines by kind, the contested first in each."""
        lines = [replace(line, index=place) for place, line in enumerate(self.lines)]
        titles = dict.fromkeys(line.change.group for line in lines)
        return [_group(title, [line for line in lines if line.change.group == title]) for title in titles]

    def chosen(self, overwrite: Iterable[str], accept: Iterable[str] = ()) -> "Preview":
        """The changes to make: the contested ones only where the person chose to put theirs over the newer value, the
        others of a sheet only where the person left them marked."""
        wanted, accepted = set(overwrite), set(accept)
        chosen: list[PreviewLine] = []
        left: list[PreviewLine] = []
        for place, line in enumerate(self.lines):
            is_chosen = str(place) in wanted if line.waits else not self.is_sheet or str(place) in accepted
            (chosen if is_chosen else left).append(line)
        sections = {line.change.number for line in left if isinstance(line.change, NewSection)}
        codes = {line.change.code for line in left if isinstance(line.change, NewMeasure)}
        codes |= {c.code for c in self.changes if isinstance(c, NewMeasure) and int(c.columns["節番号"]) in sections}
        # What belongs to a 節 or a 指標 that is not made cannot be made either.
        whole = [line for line in chosen if not _belongs(line.change, sections, codes)]
        return replace(self, lines=tuple(replace(line, contested=False, rival=None) for line in whole))

    def after_conflict(self, refused: Iterable[Refused]) -> "Preview":
        """The chosen changes again, those refused now from what is stored."""
        current = {id(each.change): each.current for each in refused if each.cause is Cause.CONFLICT}
        lines = (
            replace(line, change=_from(line.change, current[id(line.change)]), contested=True)
            if id(line.change) in current
            else replace(line, contested=False)
            for line in self.lines
        )
        return replace(self, lines=tuple(lines))


def line_as_list(line: PreviewLine) -> list[Any]:
    """A line as plain texts and numbers."""
    return [as_list(line.change), line.printed, line.contested, line.problem, line.source, line.rival]


def line_from_list(key: PlanKey, items: list[Any]) -> PreviewLine:
    """The line that `line_as_list` wrote."""
    change, *rest = items
    return PreviewLine(from_list(key, change), *rest)


@dataclass(frozen=True)
class Outcome(Remarks):
    """Problems, or a preview to confirm; of an evaluation sheet both, for its other cells may be taken in. `kept` is
    what a page needs for going a step back."""

    preview: Preview | None = None
    signed: str = ""
    kept: str = ""

    @property
    def is_sheet(self) -> bool:
        return bool(self.preview and self.preview.is_sheet)

    @property
    def shown_problems(self) -> tuple[Remark, ...]:
        return self.problems[:MAX_PROBLEMS]

    @property
    def hidden_problems(self) -> int:
        return max(len(self.problems) - MAX_PROBLEMS, 0)

    @property
    def shown_unknown(self) -> tuple[Unknown, ...]:
        return self.unknown[:MAX_PROBLEMS]

    @property
    def hidden_unknown(self) -> int:
        return max(len(self.unknown) - MAX_PROBLEMS, 0)


def signed(preview: Preview, plan: Plan, person: User, *, revision: int) -> str:
    """The preview as a text that only this person can send back, for this plan while this is its newest 計画変更."""
    body = {
        "plan": plan.pk,
        "person": person.pk,
        "lines": [line_as_list(line) for line in preview.lines],
        "is_sheet": preview.is_sheet,
        "revision": revision,
    }
    return signing.dumps(body, salt=SALT, compress=True)


def unsigned(text: str, plan: Plan, person: User, *, revision: int) -> Preview:
    """The preview that was signed; PreviewLost with a sentence otherwise."""
    try:
        body: dict[str, Any] = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.SignatureExpired as error:
        raise PreviewLost("確かめてから時間がたちすぎました。もう一度ファイルを選んでください。") from error
    except signing.BadSignature as error:
        raise PreviewLost("確かめた内容を読み取れませんでした。もう一度ファイルを選んでください。") from error
    if (body["plan"], body["person"]) != (plan.pk, person.pk):
        raise PreviewLost("ほかの計画か、ほかの人が確かめた内容です。もう一度ファイルを選んでください。")
    if body.get("revision", 0) != revision:
        raise PreviewLost("確かめている間に、計画変更の登録が変わりました。もう一度ファイルを選んでください。")
    key = PlanKey.of(plan)
    try:
        return Preview(tuple(line_from_list(key, items) for items in body["lines"]), bool(body["is_sheet"]))
    except (KeyError, TypeError, ValueError) as error:  # signed before an upgrade that changed its form
        raise PreviewLost("システムが更新されました。もう一度ファイルを選んでください。") from error


def _belongs(change: ImportChange, sections: set[int], codes: set[str]) -> bool:
    """Whether a change is of one of these 節 or 指標."""
    if isinstance(change, ValueChange | NewMeasure):
        return change.code in codes
    return isinstance(change, TextChange | GoalTextChange) and change.section in sections


def _group(title: str, lines: list[PreviewLine]) -> PreviewGroup:
    ordered = sorted(lines, key=lambda line: not line.waits)
    # A line that waits is always shown: it is chosen on the page.
    count = max(MAX_SHOWN, sum(line.waits for line in lines))
    return PreviewGroup(title, tuple(ordered[:count]), max(len(lines) - count, 0))


def _from(change: ImportChange, current: Value | str) -> ImportChange:
    if isinstance(change, ValueChange) and isinstance(current, Value):
        return replace(change, old=current)
    if isinstance(change, MasterChange | TextChange | GoalTextChange) and isinstance(current, str):
        return replace(change, old=current)
    raise TypeError(change)
