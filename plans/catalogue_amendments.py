"""The actions with which a city amends its catalogue: change an entry, leave it out, add one, take an amendment back.

A plan that was opened before keeps what it was opened with.
"""

from dataclasses import dataclass, fields
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from core.catalogue import Entry, LevelKind
from core.numerals import plain
from core.words import Accumulation, Direction, Family, ValueKind
from plans.access import require_manager
from plans.catalogue import national_catalogue
from plans.history_writer import write_line
from plans.kept_rows import made_just_now
from plans.models import CatalogueAmendment, Municipality, Subject
from plans.refusals import Conflict

MAY_NOT = "カタログを変えられるのは、管理の役割の人だけです。"
TAKEN_BACK = "ほかの人が先に国の内容に戻しました。"


@dataclass(frozen=True)
class EntryContent:
    """One entry as a city wants it. `level_kind` "" goes with `level_number` None: no level that is a number."""

    title: str
    unit: str
    value_kind: str
    direction: str
    accumulation: str
    goal: str = ""
    family: str = Family.INDICATOR
    level_text: str = ""
    level_kind: str = ""
    level_number: Decimal | None = None
    note: str = ""
    source: str = ""
    left_out: bool = False

    @classmethod
    def of_entry(cls, entry: Entry) -> "EntryContent":
        """What the national catalogue says."""
        return cls(
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

    @classmethod
    def of(cls, row: CatalogueAmendment) -> "EntryContent":
        """The stored amendment."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})


@transaction.atomic
def amend_entry(
    municipality: Municipality, code: str, new: EntryContent, *, version: int, by: User, channel: str
) -> CatalogueAmendment:
    """Store how the city wants a national entry, from the version that was drawn (0: not amended yet).

    Saved with the national content, it records that the city has checked it. Raises PermissionDenied,
    Conflict.
    """
    current = _start(municipality, code, by)
    national = national_catalogue().by_code().get(code)
    if national is None and current is None:
        raise Conflict(None, TAKEN_BACK)
    if current and EntryContent.of(current) == new:
        return current
    _refuse_outdated(current, version)
    old = in_words(EntryContent.of(current)) if current else _national_in_words(code)
    columns = {field.name: getattr(new, field.name) for field in fields(new)}
    if current:
        CatalogueAmendment.objects.filter(pk=current.pk).update(**columns, version=F("version") + 1)
        current.refresh_from_db()
    else:
        place = {"generation": national.generation, "service_code": national.service} if national else {}
        current = CatalogueAmendment.objects.create(municipality=municipality, code=code, **place, **columns)
    _note(municipality, code, old, in_words(new), by, channel)
    return current


@transaction.atomic
def add_entry(
    municipality: Municipality, generation: int, new: EntryContent, *, by: User, channel: str
) -> CatalogueAmendment:
    """Add an entry of the city's own for one 期, with the next free code; sent twice, it is one.

    Raises PermissionDenied.
    """
    _start(municipality, "", by)
    columns = {field.name: getattr(new, field.name) for field in fields(new)}
    kept = CatalogueAmendment.objects.filter(municipality=municipality, generation=generation, **columns)
    if (same := kept.order_by("-pk").first()) and made_just_now(municipality, Subject.SETTING, in_words(new), by=by):
        return same
    taken = set(CatalogueAmendment.objects.filter(municipality=municipality).values_list("code", flat=True))
    numbers = range(1, len(taken) + 2)
    code = next(code for number in numbers if (code := f"{generation}-c{number}") not in taken)
    row = CatalogueAmendment.objects.create(municipality=municipality, generation=generation, code=code, **columns)
    _note(municipality, code, None, in_words(new), by, channel)
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
    _note(municipality, code, in_words(EntryContent.of(current)), _national_in_words(code), by, channel)
    current.delete()


def in_words(content: EntryContent) -> str:
    """One line for the history."""
    number = content.level_number
    level = "" if number is None else f"{LevelKind(content.level_kind).label} {plain(number)}"
    parts = [
        content.title,
        f"単位：{content.unit}" if content.unit else "",
        ValueKind(content.value_kind).label,
        Direction(content.direction).label,
        Accumulation(content.accumulation).label,
        f"国の水準：{content.level_text}" if content.level_text else "",
        f"水準の計算：{level}" if level else "",
        f"注記：{content.note}" if content.note else "",
        f"出典：{content.source}" if content.source else "",
        "使わない" if content.left_out else "",
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
    return f"国の内容：{in_words(EntryContent.of_entry(entry))}" if entry else None


def _note(municipality: Municipality, code: str, old: str | None, new: str | None, by: User, channel: str) -> None:
    write_line(municipality, Subject.SETTING, f"カタログ {code}", old, new, by=by, channel=channel)
