"""What an action raises where it refuses, and why cells of a year may not be written: rights, locks, conflicts. Every
action that writes values or months checks the latter.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from django.contrib.auth.models import User

from core.values import EMPTY, Value
from plans.access import States, access_for, lock_reason, state_of
from plans.models import Measure, Plan


class OneChange(Protocol):
    """What a year's value and a month have in common: from `old`, what the person saw, to `new`."""

    @property
    def measure(self) -> Measure: ...
    @property
    def fiscal_year(self) -> int: ...
    @property
    def old(self) -> Value: ...
    @property
    def new(self) -> Value: ...
    @property
    def key(self) -> Hashable: ...
    @property
    def place(self) -> str: ...


T = TypeVar("T")
C = TypeVar("C", bound=OneChange)


class Cause(StrEnum):
    """Why a change was refused."""

    CONFLICT = "conflict"
    LOCKED = "locked"
    FORBIDDEN = "forbidden"
    INVALID = "invalid"


@dataclass(frozen=True)
class Refusal(Generic[T]):
    """One change that could not be made. `current` is the current value, shown next to what was typed."""

    change: T
    cause: Cause
    sentence: str
    current: Any = EMPTY


class Refused(Exception):  # noqa: N818 - what an action says is no error of the program
    """Nothing was written; the text is a sentence for the person."""

    current: Any = None
    """What is stored now, where another user changed it in between; otherwise None."""


class Conflict(Refused):
    """Another user changed what the person saw. `current` is what is stored now, None where it was deleted."""

    def __init__(self, current: Any, sentence: str = "") -> None:
        self.current = current
        changed = "ほかの人が先に変更しました。いまの内容を確かめてください。"
        super().__init__(sentence or (changed if current is not None else "ほかの人が先に削除しました。"))


class Locked(Refused):
    """A year is locked; the text says why."""


class ChangesRefused(Refused, Generic[T]):
    """Some of many changes could not be made. `refusals` says why, each with a sentence for the person."""

    def __init__(self, refusals: Iterable[Refusal[T]]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(refusal.sentence for refusal in self.refusals))


@dataclass(frozen=True)
class FieldRefused:
    """Why one field could not be changed; `current` is its current value where another user changed it, else None."""

    name: str
    sentence: str
    current: Any = None


class FieldsRefused(Refused):
    """Some fields could not be changed. `fields` says why, by field of the row or column of the table."""

    def __init__(self, fields: Iterable[FieldRefused]) -> None:
        self.fields = tuple(fields)
        super().__init__("\n".join(field.sentence for field in self.fields))


def one_plan(changes: Iterable[OneChange]) -> Plan:
    """The plan that all of these changes belong to, with its 自治体; ValueError where they are of several."""
    plans = {change.measure.plan_id for change in changes}
    if len(plans) != 1:
        raise ValueError("an action takes the changes of one plan at a time")
    return Plan.objects.select_related("municipality").get(pk=plans.pop())


def refusals_of(
    changes: Iterable[C],
    plan: Plan,
    by: User | None,
    years: States,
    stored: Mapping[Any, Value],
    *,
    wrong: Callable[[C, Plan], str],
    in_words: Callable[[Value], str],
) -> list[Refusal[C]]:
    """Every reason why these changes may not be written; the rows of `years` are locked by the caller.

    `stored` are the current values by key; a key that is absent is 未入力. `wrong` says what is not valid in itself, as
    the end of a sentence that begins with the place, "" where all is well. `by` None is the operator, whose rights are
    not checked.
    """
    access = access_for(by, plan.municipality) if by else None
    changes = list(changes)
    moved = _moved(changes)
    refusals, seen = [], set()
    for change in changes:
        current = stored.get(change.key, EMPTY)
        state = state_of(years.get((change.measure.section_id, change.fiscal_year)))
        locked = access.lock_reason(state) if access else lock_reason(state)
        if by and (access is None or not access.may_enter(change.measure)):
            cause, sentence = Cause.FORBIDDEN, f"{change.place}を入力する権限がありません。"
        elif invalid := wrong(change, plan):
            cause, sentence = Cause.INVALID, f"{change.place}{invalid}"
        elif change.measure.pk in moved:
            cause = Cause.CONFLICT
            sentence = f"{change.place}は、ほかの人が指標を別の節に移しています。ページを開き直してください。"
        elif change.key in seen:
            cause, sentence = Cause.INVALID, f"{change.place}が二度あります。一つにしてください。"
        elif locked:
            cause, sentence = Cause.LOCKED, f"{change.place}は{locked}"
        elif current not in (change.old, change.new):
            cause = Cause.CONFLICT
            sentence = (
                f"{change.place}は、ほかの人が「{in_words(current)}」に変更しています（入力：{in_words(change.new)}）。"
            )
        else:
            seen.add(change.key)
            continue
        refusals.append(Refusal(change, cause, sentence, current))
    return refusals


def _moved(changes: Iterable[OneChange]) -> set[int]:
    """The ids of measures that were moved to another 節, with other locks, since the caller read them. One query."""
    sections = {change.measure.pk: change.measure.section_id for change in changes}
    current = Measure.objects.filter(pk__in=sections).values_list("pk", "section_id")
    return sections.keys() - {pk for pk, section in current if sections[pk] == section}
