"""A preview between upload and confirmation: its lines for the page, and the signed text that travels with the form.

The signed text names everything by the table's own words and is bound to plan and person, so that neither a session
nor a temporary file is needed and nothing in it can be altered on the way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core import signing

from core.values import Value
from evaluations.importing.applying import Refused
from evaluations.importing.changes import (
    ImportChange,
    MasterChange,
    PlanKey,
    ValueChange,
    as_list,
    from_list,
)
from plans.models import Plan
from plans.refusals import Cause

SALT = "evaluations.import"
MAX_AGE = timedelta(hours=12)
MAX_SIGNED = 2_000_000
"""Characters; a form with more would be refused on its way back."""
MAX_SHOWN = 1000


class PreviewLost(ValueError):  # noqa: N818 - a sentence for a person
    """The signed text is too old, altered, or of another plan or person."""


@dataclass(frozen=True)
class PreviewLine:
    """One change as the page shows it. `contested`: somebody changed it since, and `old` is what stands now."""

    index: int
    change: ImportChange
    contested: bool = False

    @property
    def old(self) -> str:
        return self.change.sides[0]

    @property
    def new(self) -> str:
        return self.change.sides[1]


@dataclass(frozen=True)
class PreviewGroup:
    """Lines of one kind, with how many more there are than are shown."""

    title: str
    lines: tuple[PreviewLine, ...]
    hidden: int


@dataclass(frozen=True)
class Preview:
    """Changes that wait to be confirmed; `contested` are the places of those that somebody else changed since."""

    changes: tuple[ImportChange, ...]
    contested: frozenset[int] = frozenset()

    @property
    def groups(self) -> list[PreviewGroup]:
        """The lines by kind, the contested first in each."""
        lines = [PreviewLine(place, change, place in self.contested) for place, change in enumerate(self.changes)]
        titles = dict.fromkeys(change.group for change in self.changes)
        return [_group(title, [line for line in lines if line.change.group == title]) for title in titles]

    def chosen(self, overwrite: Iterable[str]) -> list[ImportChange]:
        """The changes to make: the contested ones only where the person chose to put theirs over the newer value."""
        wanted = set(overwrite)
        return [
            change for place, change in enumerate(self.changes) if place not in self.contested or str(place) in wanted
        ]

    def after_conflict(self, chosen: Sequence[ImportChange], refused: Iterable[Refused]) -> "Preview":
        """The chosen changes again, those refused now from what stands."""
        stands = {id(each.change): each.stands for each in refused if each.cause is Cause.CONFLICT}
        changes = [_from(change, stands[id(change)]) if id(change) in stands else change for change in chosen]
        contested = frozenset(place for place, change in enumerate(chosen) if id(change) in stands)
        return Preview(tuple(changes), contested)


def signed(preview: Preview, plan: Plan, person: User) -> str:
    """The preview as a text that only this person can send back, for this plan."""
    body = {
        "plan": plan.pk,
        "person": person.pk,
        "changes": [as_list(change) for change in preview.changes],
        "contested": sorted(preview.contested),
    }
    return signing.dumps(body, salt=SALT, compress=True)


def unsigned(text: str, plan: Plan, person: User) -> Preview:
    """The preview that was signed; PreviewLost with a sentence otherwise."""
    try:
        body: dict[str, Any] = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.SignatureExpired as error:
        raise PreviewLost("確かめてから時間がたちすぎました。もう一度ファイルを選んでください。") from error
    except signing.BadSignature as error:
        raise PreviewLost("確かめた内容を読み取れませんでした。もう一度ファイルを選んでください。") from error
    if (body["plan"], body["person"]) != (plan.pk, person.pk):
        raise PreviewLost("ほかの計画か、ほかの人が確かめた内容です。もう一度ファイルを選んでください。")
    key = PlanKey(plan.municipality.code, plan.kind, plan.generation)
    try:
        changes = tuple(from_list(key, items) for items in body["changes"])
    except (KeyError, TypeError, ValueError) as error:  # signed before an upgrade that changed its form
        raise PreviewLost("システムが更新されました。もう一度ファイルを選んでください。") from error
    return Preview(changes, frozenset(body["contested"]))


def _group(title: str, lines: list[PreviewLine]) -> PreviewGroup:
    ordered = sorted(lines, key=lambda line: not line.contested)
    # A contested line is always shown: it is chosen on the page.
    count = max(MAX_SHOWN, sum(line.contested for line in lines))
    return PreviewGroup(title, tuple(ordered[:count]), max(len(lines) - count, 0))


def _from(change: ImportChange, stands: Value | str) -> ImportChange:
    if isinstance(change, ValueChange) and isinstance(stands, Value):
        return replace(change, old=stands)
    if isinstance(change, MasterChange) and isinstance(stands, str):
        return replace(change, old=stands)
    raise TypeError(change)
