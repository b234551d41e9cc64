"""The calendar file: its lines by hand, and for any text that what goes in comes out again unfolded."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from core.characters import is_control
from core.icalendar import CalendarDay, calendar_file

STAMP = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


def a_day(**fields):
    given = {"uid": "entry-2025.122319-7@fukushi-pdca", "day": date(2026, 6, 15), "summary": "実績の入力"}
    return CalendarDay(**given | {"changed_at": STAMP} | fields)


def physical_lines(content: bytes) -> list[bytes]:
    assert content.endswith(b"\r\n")
    return content[:-2].split(b"\r\n")


def unfolded(content: bytes) -> list[str]:
    """The content lines, by the words of the RFC: a line end followed by one blank is nothing."""
    return content.decode("utf-8").replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def property_of(content: bytes, name: str) -> str:
    [found] = [line.removeprefix(f"{name}:") for line in unfolded(content) if line.startswith(f"{name}:")]
    return found


def unescaped(value: str) -> str:
    """Sign by sign, as slowly as one reads it."""
    said, signs = "", iter(value)
    for sign in signs:
        if sign == "\\":
            following = next(signs)
            said += "\n" if following in "nN" else following
        else:
            assert sign not in ";,"
            said += sign
    return said


def cleaned(text: str) -> str:
    one_end = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in one_end if sign in "\n\t" or not is_control(sign))


def test_a_day_is_written_line_by_line():
    day = a_day(revision=2, description="一行目\n二行目", url="https://pdca.example/plans/122319-7/calendar/")

    assert unfolded(calendar_file("印西市 日程", [day])) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//fukushi-pdca//calendar//JA",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:印西市 日程",
        "BEGIN:VEVENT",
        "UID:entry-2025.122319-7@fukushi-pdca",
        "DTSTAMP:20261122T030405Z",
        "DTSTART;VALUE=DATE:20260615",
        "DTEND;VALUE=DATE:20260616",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "SUMMARY:実績の入力",
        "DESCRIPTION:一行目\\n二行目",
        "URL:https://pdca.example/plans/122319-7/calendar/",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_signs_with_a_meaning_are_escaped():
    content = calendar_file("x", [a_day(summary="1,2;3\\4\r\n5")])

    assert property_of(content, "SUMMARY") == "1\\,2\\;3\\\\4\\n5"


def test_what_is_only_proposed_is_tentative():
    assert property_of(calendar_file("x", [a_day(is_tentative=True)]), "STATUS") == "TENTATIVE"


def test_the_stamp_is_told_in_universal_time():
    noon_in_tokyo = datetime(2026, 4, 1, 0, 30, tzinfo=timezone(timedelta(hours=9)))

    assert property_of(calendar_file("x", [a_day(changed_at=noon_in_tokyo)]), "DTSTAMP") == "20260331T153000Z"


def test_the_last_day_of_a_year_ends_in_the_next():
    content = calendar_file("x", [a_day(day=date(2027, 12, 31))])

    assert b"DTEND;VALUE=DATE:20280101\r\n" in content


def test_a_line_is_broken_between_characters_at_75_octets():
    # SUMMARY: is 8 octets, then 22 signs of three octets are 74; the next one would be 77.
    content = calendar_file("x", [a_day(summary="あ" * 23)])

    folded = [line for line in physical_lines(content) if line.startswith((b"SUMMARY", b" "))]
    assert folded == [b"SUMMARY:" + "あ".encode() * 22, b" " + "あ".encode()]


@given(texts=st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_what_goes_in_comes_out_again(texts):
    days = [a_day(uid=f"{number}@x", summary=f"S{text}", description=f"D{text}") for number, text in enumerate(texts)]

    content = calendar_file(texts[0], days)

    lines = unfolded(content)
    said = [unescaped(line.removeprefix("SUMMARY:")) for line in lines if line.startswith("SUMMARY:")]
    more = [unescaped(line.removeprefix("DESCRIPTION:")) for line in lines if line.startswith("DESCRIPTION:")]
    assert said == [f"S{cleaned(text)}" for text in texts]
    assert more == [f"D{cleaned(text)}" for text in texts]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(texts)


@given(text=st.text(alphabet=st.characters(codec="utf-8"), min_size=20, max_size=400))
def test_no_line_is_longer_than_75_octets_and_none_breaks_a_character(text):
    lines = physical_lines(calendar_file(text, [a_day(summary=text, description=text * 2)]))

    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode("utf-8")
        assert b"\r" not in line
        assert b"\n" not in line
