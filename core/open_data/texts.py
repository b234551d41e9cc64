"""A text as open data may hold it: no layout by blanks, nothing that a spreadsheet would calculate, years countable.

Each function leaves a text that keeps its rule as it is; so the check uses the same functions as our own files.
Source of the rules: 総務省「統計表における機械判読可能なデータの表記方法の統一ルール」チェック項目1-5, 1-7, 1-10, 1-11.
"""

import re
import unicodedata
from functools import lru_cache

from core.fiscal_years import BEFORE_ERA
from core.numerals import squeeze
from core.open_data.machine_characters import plain_characters

LONGEST_TIME = 40
_ERA = re.compile("[令平昭RHSＲＨＳ㋿㍻㍼]")
_BREAK = r"[\r\n\t\x0b\x0c\x1c-\x1f\x85\u2028\u2029]"
_LAYOUT = re.compile(rf"\s*{_BREAK}+\s*|\s{{2,}}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACED = re.compile(r"[^\W0-9A-Za-z_](?:\s[^\W0-9A-Za-z_])+")
_LIVE = re.compile(r"(?P<quote>'?)(?P<sign>[=@]|[+-](?=.))", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_WIDE = str.maketrans("=+-@", "＝＋－＠")

_DAY = r"(?:年(?:度(?:末|中)?|[0-9]{1,2}月(?:[0-9]{1,2}日|末日?|分)?|末)?)"
_TAIL = r"(?:時点|現在|末現在)?"
_ERA_TIME = re.compile(
    rf"(?P<era>令和|平成|昭和)(?P<year>元|[0-9]{{1,2}}){_DAY}{_TAIL}"
    rf"|(?P<letter>[RHS])\.?(?P<count>元|[0-9]{{1,2}})(?:{_DAY}|[./-][0-9]{{1,2}}[./-][0-9]{{1,2}}){_TAIL}"
)
_ERA_YEAR = re.compile(r"(?:(?:令和|平成|昭和)(?:元|[0-9]{1,2})|(?<![0-9A-Za-z])[RHS]\.?(?:元|[0-9]{1,2}))年")


@lru_cache(maxsize=8192)  # the names of plan, 節 and 指標 recur in row after row
def open_text(text: str) -> str:
    """The text in the form for open data. A text that is in it already comes back as it is."""
    return with_western_year(inert(without_layout(plain_characters(text))))


def without_layout(text: str) -> str:
    """One line, no blanks around it, no two in a row, none between the single characters of a word (合 計)."""
    text = _LAYOUT.sub(" ", _CONTROL.sub("", text)).strip()
    return "".join(text.split()) if _SPACED.fullmatch(text) else text


def is_live(text: str) -> bool:
    """Whether a spreadsheet that opens this text in a CSV would try to calculate it, or a ' keeps it from that."""
    return _LIVE.match(text) is not None and _NUMBER.fullmatch(text) is None


def inert(text: str) -> str:
    """The text with its first character in full width where a spreadsheet would calculate it: ＝1+1."""
    live = _LIVE.match(text) if is_live(text) else None
    return f"{live['quote']}{live['sign'].translate(_WIDE)}{text[live.end() :]}" if live else text


def western_year(text: str) -> int | None:
    """The Western year of a text that is a time in an era and nothing else (令和4年3月末); None of any other."""
    if len(text) > LONGEST_TIME or not _ERA.search(text):
        return None
    time = _ERA_TIME.fullmatch(squeeze(text))
    if time is None:
        return None
    count = time["year"] or time["count"]
    number = 1 if count == "元" else int(count)
    return BEFORE_ERA[time["era"] or time["letter"]] + number if number else None


def with_western_year(text: str) -> str:
    """令和4年3月末（2022年）."""
    year = western_year(text)
    return text if year is None else f"{text}（{year}年）"


def lacks_western_year(heading: str) -> bool:
    """Whether a heading names a year of an era and no Western one (令和3年度 計画値)."""
    squeezed = unicodedata.normalize("NFKC", heading)
    return _ERA_YEAR.search(squeezed) is not None and re.search(r"[0-9]{4}", squeezed) is None
