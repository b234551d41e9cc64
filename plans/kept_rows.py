"""What the kinds of rows share that people add, change and delete: the right to write, locks, the conflict rule of a
`version`, the history, the form and the answer of a view.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from core.fiscal_years import wareki
from core.numerals import KEY_DIGITS, read_digits
from plans.access import Access, access_for
from plans.actions import bump
from plans.history_writer import write_line
from plans.models import Change, Municipality, Plan, Section
from plans.refusals import Conflict, Locked, Refused
from plans.requests import PersonRequest
from plans.row_locks import lock_section_years

Row = TypeVar("Row", bound=models.Model)
Columns = Mapping[str, Any]
"""What a row shall say, by the names of its columns (`section_id`, not `section`)."""
NEVER_DRAWN = -1
A_MOMENT = timedelta(seconds=30)


@dataclass(frozen=True)
class KeptRows(Generic[Row]):
    """One kind of rows of a plan with a `version`, and how the history calls it. `place` are the columns by which a
    line belongs to a 節 or a 年度.

    The methods are steps of actions: they are called in a transaction, after rights and locks.
    """

    model: type[Row]
    subject: str
    field: str | Callable[[Row], str]
    in_words: Callable[[Row], str]
    place: tuple[str, ...] = ()

    def made_just_now(self, plan: Plan, columns: Columns, by: User) -> Row | None:
        """The row that this person stored with these columns a moment ago; None otherwise."""
        same = self.model._default_manager.filter(plan=plan, **columns).order_by("-pk").first()
        return same if same and made_just_now(plan, self.subject, self.in_words(same), by=by) else None

    def add(self, plan: Plan, columns: Columns, *, by: User, channel: str) -> Row:
        """Store a new row; what is not given is what the model says."""
        row = self.model._default_manager.create(plan=plan, **columns)
        self._note(row, None, self.in_words(row), by, channel)
        return row

    def change(self, current: Row, columns: Columns, *, by: User, channel: str) -> None:
        """Set these columns of a row that is locked and still what the person saw."""
        old = self.in_words(current)
        self.model._default_manager.filter(pk=current.pk).update(**columns, version=F("version") + 1)
        current.refresh_from_db()
        self._note(current, old, self.in_words(current), by, channel)

    def delete(self, current: Row, *, by: User, channel: str) -> None:
        """Delete a row that is locked and still what the person saw."""
        self._note(current, self.in_words(current), None, by, channel)
        current.delete()

    def _note(self, row: Any, old: str | None, new: str | None, by: User, channel: str) -> None:
        field = self.field if isinstance(self.field, str) else self.field(row)
        place = {name: getattr(row, name) for name in self.place}
        write_line(row.plan, self.subject, field, old, new, by=by, channel=channel, **place)


def columns_of(row: models.Model, *, but: tuple[str, ...]) -> dict[str, Any]:
    """The columns of a row without its key, its plan, its version and these."""
    names = (field.attname for field in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in names if name not in ("id", "plan_id", "version", *but)}


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


def unchanged(row: Row, version: int) -> Row:
    """The stored row, locked, which is still of the version that was drawn. Raises Conflict."""
    current = as_it_stands(row)
    refuse_outdated(current, version)
    return current


def to_change(row: Row, columns: Columns, version: int) -> Row | None:
    """The same where these columns change it; None where it says so already, whatever the version."""
    current = as_it_stands(row)
    if all(getattr(current, name) == value for name, value in columns.items()):
        return None
    refuse_outdated(current, version)
    return current


def asked_row(rows: models.QuerySet[Row], plan: Plan, key: str, sentence: str) -> Row | None:
    """The row of a plan with this key, to be edited; None without a key. Http404 with the sentence for one that is not
    there, or where the person of `plan.access` may not write. One query.
    """
    if not key:
        return None
    found: Any = rows.filter(pk=read_digits(key, KEY_DIGITS) or 0).first()
    if found is None or not plan.access.may_write:
        raise Http404(sentence)
    found.plan = plan
    return found


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

    def start_again(self, current: Any) -> None:
        """Let the next save start from what is stored now, which the page shows next to what was typed."""
        if current is not None:
            self.set_version(current.version)

    def set_version(self, version: int) -> None:
        """Let the next save start from this version, with what was typed."""
        self.data = {name: self[name].data for name in self.fields} | {"version": str(version)}


class RowForm(VersionedForm):
    """The form of one row, with fields named like its columns. `row` is the one that is edited, None for a new one,
    which starts from `initial`; `choices` are what the person may choose from, by field.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        row: models.Model | None,
        initial: dict[str, Any] | None = None,
        choices: Mapping[str, list[Any]] | None = None,
        auto_id: str,
    ) -> None:
        stored = {name: getattr(row, name) for name in self.base_fields} if row else initial
        super().__init__(data, initial=stored, auto_id=auto_id)
        for name, offered in (choices or {}).items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    @property
    def new(self) -> dict[str, Any]:
        """What the row shall say."""
        return {name: said for name, said in self.cleaned_data.items() if name != "version"}


def answer(
    request: PersonRequest,
    act: Callable[[], tuple[str, str]],
    form: VersionedForm | None,
    page_again: Callable[..., HttpResponse],
) -> HttpResponse:
    """Do what a form requests. `act` returns the sentence that confirms it, and the address to go on to. Where it is
    refused, the page comes again with what was typed, the reason and what is stored now: saving again is then a
    decision.
    """
    try:
        done, onward = act()
    except Refused as refused:
        if form is not None:
            form.start_again(refused.current)
        return page_again(form=form, refused=refused, current=refused.current)
    messages.success(request, done)
    return redirect(onward)
