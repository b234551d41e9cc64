"""The actions with which a city amends its catalogue: change an entry, leave it out, add one, take an amendment back.

A plan that was opened before keeps what it was opened with.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from core.catalogue import Entry, LevelKind
from core.numerals import plain
from core.words import Accumulation, Direction, ValueKind
from plans.access import require_manager
from plans.catalogue import national_catalogue
from plans.history_writer import write_line
from plans.kept_rows import Columns, columns_of, made_just_now
from plans.models import CatalogueAmendment, Municipality, Subject
from plans.refusals import Conflict

MAY_NOT = "カタログを変えられるのは、管理の役割の人だけです。"
TAKEN_BACK = "ほかの人が先に国の内容に戻しました。"


def unamended(entry: Entry) -> CatalogueAmendment:
    """What the national catalogue says, as a row that is not stored."""
    return CatalogueAmendment(
        title=entry.title,
        unit=entry.unit,
        value_kind=entry.value_kind,
        direction=entry.direction,
        accumulation=entry.accumulation,
        goal=entry.goal,
        family=entry.family,
        level_text=entry.level_text,
        level_kind=entry.level.kind if entry.level else "",
        level_number=entry.level.number if entry.level else None,
        note=entry.note,
        source=entry.source,
    )


def content_of(row: CatalogueAmendment) -> dict[str, Any]:
    """The columns of an amendment that say how the city wants the entry."""
    return columns_of(row, but=("municipality_id", "generation", "code", "service_code"))


@transaction.atomic
def amend_entry(
    municipality: Municipality, code: str, new: Columns, *, version: int, by: User, channel: str
) -> CatalogueAmendment:
    """Store how the city wants a national entry, from the version that was drawn (0: not amended yet).

    Saved with the national content, it records that the city has checked it. Raises PermissionDenied, Conflict.
    """
    current = _start(municipality, code, by)
    national = national_catalogue().by_code().get(code)
    if national is None and current is None:
        raise Conflict(None, TAKEN_BACK)
    if current and content_of(current) == new:
        return current
    _refuse_outdated(current, version)
    old = in_words(current) if current else _national_in_words(code)
    if current:
        CatalogueAmendment.objects.filter(pk=current.pk).update(**new, version=F("version") + 1)
        current.refresh_from_db()
    else:
        place = {"generation": national.generation, "service_code": national.service} if national else {}
        current = CatalogueAmendment.objects.create(municipality=municipality, code=code, **place, **new)
    _note(municipality, code, old, in_words(current), by, channel)
    return current


@transaction.atomic
def add_entry(
    municipality: Municipality, generation: int, new: Columns, *, by: User, channel: str
) -> CatalogueAmendment:
    """Add an entry of the city's own for one 期, with the next free code; sent twice, it is one.

    Raises PermissionDenied.
    """
    _start(municipality, "", by)
    own = CatalogueAmendment.objects.filter(municipality=municipality)
    same = own.filter(generation=generation, **new).order_by("-pk").first()
    if same and made_just_now(municipality, Subject.SETTING, in_words(same), by=by):
        return same
    taken = set(own.values_list("code", flat=True))
    numbers = range(1, len(taken) + 2)
    code = next(code for number in numbers if (code := f"{generation}-c{number}") not in taken)
    row = CatalogueAmendment.objects.create(municipality=municipality, generation=generation, code=code, **new)
    _note(municipality, code, None, in_words(row), by, channel)
    return row


@transaction.atomic
def take_back(municipality: Municipality, code: str, *, version: int, by: User, channel: str) -> None:
    """Delete an amendment: the national entry applies again; an entry of the city's own disappears.

    Raises PermissionDenied, Conflict.
    """
    current = _start(municipality, code, by)
    if current is None:
        raise Conflict(None, TAKEN_BACK)
    _refuse_outdated(current, version)
    _note(municipality, code, in_words(current), _national_in_words(code), by, channel)
    current.delete()


def in_words(row: CatalogueAmendment) -> str:
    """One line for the history."""
    number = row.level_number
    level = "" if number is None else f"{LevelKind(row.level_kind).label} {plain(number)}"
    parts = [
        row.title,
        f"単位：{row.unit}" if row.unit else "",
        ValueKind(row.value_kind).label,
        Direction(row.direction).label,
        Accumulation(row.accumulation).label,
        f"国の水準：{row.level_text}" if row.level_text else "",
        f"水準の計算：{level}" if level else "",
        f"注記：{row.note}" if row.note else "",
        f"出典：{row.source}" if row.source else "",
        "使わない" if row.left_out else "",
    ]
    return "／".join(part for part in parts if part)


def _start(municipality: Municipality, code: str, by: User) -> CatalogueAmendment | None:
    """Check the rights and lock the city's row: others who amend must wait. Returns what is stored of this entry, or
    None.
    """
    require_manager(by, municipality, MAY_NOT)
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    return CatalogueAmendment.objects.filter(municipality=municipality, code=code).first()


def _refuse_outdated(current: CatalogueAmendment | None, version: int) -> None:
    if (current.version if current else 0) != version:
        raise Conflict(current, "" if current else TAKEN_BACK)


def _national_in_words(code: str) -> str | None:
    entry = national_catalogue().by_code().get(code)
    return f"国の内容：{in_words(unamended(entry))}" if entry else None


def _note(municipality: Municipality, code: str, old: str | None, new: str | None, by: User, channel: str) -> None:
    write_line(municipality, Subject.SETTING, f"カタログ {code}", old, new, by=by, channel=channel)
