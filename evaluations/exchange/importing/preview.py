"""A preview between upload and confirmation: its lines for the page, and the signed text that travels with the form.

The signed text names everything by the table's own words and is bound to plan and person, so that neither a session
nor a temporary file is needed and nothing in it can be altered on the way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

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
    TextChange,
    ValueChange,
    as_list,
    from_list,
)
from evaluations.exchange.importing.refused import Refused
from plans.models import Plan
from plans.refusals import Cause
from plans.signed_previews import MAX_AGE

SALT = "evaluations.import"
MAX_SHOWN = 1000


class PreviewLost(ValueError):  # noqa: N818 - a sentence for a person
    """The signed text is too old, altered, or of another plan or person."""


@dataclass(frozen=True)
class PreviewLine:
    """One change as the page shows it. `contested`: somebody changed it since, and `old` is what stands now.

    `printed` is what an evaluation sheet said when it was exported, None where that is nothing to show. `source` names
    the file that a change comes from, where there are several; lines of one `rival` number say different things of one
    cell, and one of them at most can be chosen.
    """

    index: int
    change: ImportChange
    contested: bool = False
    printed: str | None = None
    source: str = ""
    rival: int | None = None

    @property
    def old(self) -> str:
        return self._sides[0]

    @property
    def new(self) -> str:
        return self._sides[1]

    @property
    def _sides(self) -> tuple[str, str]:
        """Both sides; of a text the sentences that differ, unless the two have nothing in common to stand for."""
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
    """Changes that wait to be confirmed; `contested` are the places of those that somebody else changed since.

    `is_sheet`: they come from an evaluation sheet and are accepted row by row; `printed` says, by place, what the sheet
    had said of the contested ones when it was exported. `sources` and `rivals` are of many files, by place: see
    `PreviewLine`.
    """

    changes: tuple[ImportChange, ...]
    contested: frozenset[int] = frozenset()
    is_sheet: bool = False
    printed: Mapping[int, str] = field(default_factory=dict)
    sources: Mapping[int, str] = field(default_factory=dict)
    rivals: Mapping[int, int] = field(default_factory=dict)

    @property
    def groups(self) -> list[PreviewGroup]:
        """The lines by kind, the contested first in each."""
        lines = [
            PreviewLine(
                place,
                change,
                place in self.contested,
                self.printed.get(place),
                self.sources.get(place, ""),
                self.rivals.get(place),
            )
            for place, change in enumerate(self.changes)
        ]
        titles = dict.fromkeys(change.group for change in self.changes)
        return [_group(title, [line for line in lines if line.change.group == title]) for title in titles]

    def chosen(self, overwrite: Iterable[str], accept: Iterable[str] = ()) -> "Preview":
        """The changes to make: the contested ones only where the person chose to put theirs over the newer value, the
        others of a sheet only where the person left them marked."""
        wanted, accepted = set(overwrite), set(accept)
        places = [
            place
            for place in range(len(self.changes))
            if (str(place) in wanted if place in self.contested else not self.is_sheet or str(place) in accepted)
        ]
        places = self._that_hold(places)
        printed = {number: self.printed[place] for number, place in enumerate(places) if place in self.printed}
        sources = {number: self.sources[place] for number, place in enumerate(places) if place in self.sources}
        changes = tuple(self.changes[place] for place in places)
        return Preview(changes, is_sheet=self.is_sheet, printed=printed, sources=sources)

    def _that_hold(self, places: list[int]) -> list[int]:
        """Without what belongs to a 節 or a 指標 that is to be made by this import and was not chosen."""
        left = [change for place, change in enumerate(self.changes) if place not in set(places)]
        sections = {change.number for change in left if isinstance(change, NewSection)}
        codes = {change.code for change in left if isinstance(change, NewMeasure)}
        codes |= {c.code for c in self.changes if isinstance(c, NewMeasure) and int(c.columns["節番号"]) in sections}
        return [place for place in places if not _belongs(self.changes[place], sections, codes)]

    def after_conflict(self, refused: Iterable[Refused]) -> "Preview":
        """The chosen changes again, those refused now from what stands."""
        current = {id(each.change): each.current for each in refused if each.cause is Cause.CONFLICT}
        changes = [_from(change, current[id(change)]) if id(change) in current else change for change in self.changes]
        contested = frozenset(place for place, change in enumerate(self.changes) if id(change) in current)
        return replace(self, changes=tuple(changes), contested=contested)


def signed(preview: Preview, plan: Plan, person: User, *, revision: int) -> str:
    """The preview as a text that only this person can send back, for this plan while this is its newest 計画変更."""
    body = {
        "plan": plan.pk,
        "person": person.pk,
        "changes": [as_list(change) for change in preview.changes],
        "contested": sorted(preview.contested),
        "is_sheet": preview.is_sheet,
        "printed": sorted(preview.printed.items()),
        "sources": sorted(preview.sources.items()),
        "rivals": sorted(preview.rivals.items()),
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
        changes = tuple(from_list(key, items) for items in body["changes"])
        printed = {int(place): str(text) for place, text in body["printed"]}
        sources = {int(place): str(name) for place, name in body["sources"]}
        rivals = {int(place): int(number) for place, number in body["rivals"]}
        return Preview(changes, frozenset(body["contested"]), bool(body["is_sheet"]), printed, sources, rivals)
    except (KeyError, TypeError, ValueError) as error:  # signed before an upgrade that changed its form
        raise PreviewLost("システムが更新されました。もう一度ファイルを選んでください。") from error


def _belongs(change: ImportChange, sections: set[int], codes: set[str]) -> bool:
    """Whether a change is of one of these 節 or 指標."""
    if isinstance(change, ValueChange | NewMeasure):
        return change.code in codes
    return isinstance(change, TextChange | GoalTextChange) and change.section in sections


def _group(title: str, lines: list[PreviewLine]) -> PreviewGroup:
    ordered = sorted(lines, key=lambda line: not line.contested)
    # A contested line is always shown: it is chosen on the page.
    count = max(MAX_SHOWN, sum(line.contested for line in lines))
    return PreviewGroup(title, tuple(ordered[:count]), max(len(lines) - count, 0))


def _from(change: ImportChange, current: Value | str) -> ImportChange:
    if isinstance(change, ValueChange) and isinstance(current, Value):
        return replace(change, old=current)
    if isinstance(change, MasterChange | TextChange | GoalTextChange) and isinstance(current, str):
        return replace(change, old=current)
    raise TypeError(change)
