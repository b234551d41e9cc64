"""What actions on rows share: the right to write, the locks of their years, and one conflict rule for a `version`."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone

from core.fiscal_years import wareki
from core.numerals import read_digits
from plans.access import Access, access_for
from plans.actions import bump
from plans.locks import lock_section_years
from plans.models import Change, Municipality, Plan, Section
from plans.refusals import Conflict, Locked

Row = TypeVar("Row", bound=models.Model)
NEVER_DRAWN = -1
A_MOMENT = timedelta(seconds=30)


def read_version(text: str) -> int:
    """The version that a form says it was drawn from; one that does not exist where it names none."""
    version = read_digits(text)
    return NEVER_DRAWN if version is None else version


def as_it_stands(row: Row) -> Row:
    """The row as it is stored now, locked until the transaction ends. Raises Conflict where it was deleted."""
    # OF self, and in an order of its own: that of the model may lead to its 節 and plan, which would be locked too.
    # Anyone who writes history refers to them, and would wait for us while we wait for the row.
    rows = type(row)._default_manager.select_for_update(of=("self",))
    current = rows.filter(pk=row.pk).order_by("pk").first()
    if current is None:
        raise Conflict(None)
    return current


def refuse_outdated(current: Any, version: int) -> None:
    """Raise Conflict where the row was saved after the form was drawn."""
    if current.version != version:
        raise Conflict(current)


def made_just_now(place: Plan | Municipality, subject: str, words: str, *, by: Any) -> bool:
    """Whether this person made the very same a moment ago: a button that was pressed twice counts once. To be called
    under the lock of the action, so that the first of the two is already stored. One query.

    `place` is the plan in which it was made, or the 自治体 for what belongs to no plan.
    """
    of = {"plan": place} if isinstance(place, Plan) else {"plan": None, "municipality": place}
    made = Change.objects.filter(by=by, subject=subject, old__isnull=True, **of)
    return words in made.filter(at__gte=timezone.now() - A_MOMENT).values_list("new", flat=True)


def require_writer(by: Any, plan: Plan, sentence: str) -> Access:
    """What this person may do. PermissionDenied with the sentence for a person who may not write in this plan."""
    access = access_for(by, plan.municipality)
    if access is None or not access.may_write:
        raise PermissionDenied(sentence)
    return access


def lock_open_years(plan: Plan, sections: Iterable[Section], keys: set[tuple[int, int]], access: Access) -> None:
    """Lock these (section id, year) until the transaction ends and count a change. Raises Locked."""
    rows = lock_section_years(plan, keys) if keys else {}
    labels = {section.pk: section.label for section in sections}
    for (section, year), row in sorted(rows.items()):
        locked = access.lock_reason(row.state)
        if locked:
            raise Locked(f"{labels[section]} {wareki(year)}は{locked}")
    bump(rows.values())


class VersionedForm(forms.Form):
    """A form that carries, hidden, the version of the row it was drawn from."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def started_from(self) -> int:
        """The version that the page had drawn."""
        return read_version(self.data.get("version", ""))

    def start_again(self, current: models.Model | None) -> None:
        """Let the next save start from what is stored now, which the page shows next to what was typed."""
        if current is not None:
            typed = {name: self.data.get(name, "") for name in self.fields}
            self.data = typed | {"version": str(current.version)}  # type: ignore[attr-defined]
