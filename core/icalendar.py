"""Days of a calendar as an iCalendar file (RFC 5545): whole days, so that no time zone is needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.characters import is_control

PRODUCT = "-//fukushi-pdca//calendar//JA"
LONGEST = 75
"""Octets of one line without its end; what is longer goes on in the next line, behind one blank."""
LINE_END = "\r\n"


@dataclass(frozen=True)
class CalendarDay:
    """One entry of a whole day. `uid` never changes: a file read in again moves the entry instead of adding one.

    `changed_at` is an aware datetime, `revision` counts the changes. `is_tentative`: proposed, not decided.
    """

    uid: str
    day: date
    summary: str
    changed_at: datetime
    revision: int = 0
    description: str = ""
    url: str = ""
    is_tentative: bool = False


def calendar_file(name: str, days: Iterable[CalendarDay]) -> bytes:
    """The file as UTF-8. `name` is what a calendar program calls it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_text(name)}"]
    for one in days:
        lines += _event(one)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}{LINE_END}" for line in lines for part in _folded(line)).encode()


def _event(one: CalendarDay) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(one.uid)}"
    yield f"DTSTAMP:{one.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}"
    # The end is the first day that no longer belongs to it.
    yield f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}"
    yield f"SEQUENCE:{one.revision}"
    yield f"STATUS:{'TENTATIVE' if one.is_tentative else 'CONFIRMED'}"
    # A due date does not make anyone busy.
    yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_text(one.summary)}"
    if one.description:
        yield f"DESCRIPTION:{_text(one.description)}"
    if one.url:
        yield f"URL:{_uri(one.url)}"
    yield "END:VEVENT"


def _text(words: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line end escaped, characters that no file may hold left out."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(character for character in lines if character in "\n\t" or not is_control(character))
    for character, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        kept = kept.replace(character, escaped)
    return kept


def _uri(address: str) -> str:
    """A URI value is no TEXT: nothing is escaped, and nothing that would end its line stays."""
    return "".join(character for character in address if not is_control(character))


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, broken between characters; all but the first begin with a blank."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LONGEST:
            yield part
            part, size = " ", 1
        part += character
        size += octets
    yield part
