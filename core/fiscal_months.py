"""The twelve months of a fiscal year, and months as people and files write them."""

import re
from datetime import date

from core.fiscal_years import current_fiscal_year
from core.numerals import squeeze, typed

MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
"""April to March, in the order of the fiscal year."""
LAST_MONTH = MONTHS[-1]

# The month in which an era is first printed: 令和元年5月, 平成元年1月.
_ERAS = (("令和", "R", (2019, 5)), ("平成", "H", (1989, 1)), ("昭和", "S", (1926, 12)))
_OFFSETS = {letter: start[0] - 1 for name, short, start in _ERAS for letter in (name, short)}
_MONTH_ALONE = re.compile(r"(?P<month>[0-9]{1,2})月?(?:分)?")
_WITH_YEAR = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS])?\.?(?P<year>[0-9]{1,4}|元)[年./-](?P<month>[0-9]{1,2})"
    r"(?:月(?:分)?|[./-][0-9]{1,2}(?:日)?|月[0-9]{1,2}日)?"
)
_DIGITS = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?:[0-9]{2})?")
_ERA_DIGITS = re.compile(r"(?P<era>[RHS])(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?:[0-9]{2})?")


def calendar_year(fiscal_year: int, month: int) -> int:
    """January to March belong to the calendar year after the one that names the fiscal year."""
    return fiscal_year + 1 if month < MONTHS[0] else fiscal_year


def first_day(fiscal_year: int, month: int) -> date:
    """The first day of a month of the fiscal year."""
    return date(calendar_year(fiscal_year, month), month, 1)


def last_day(fiscal_year: int) -> date:
    """31 March, on which the fiscal year ends."""
    return date(fiscal_year + 1, 3, 31)


def month_name(fiscal_year: int, month: int) -> str:
    """令和7年4月; the era of the month itself, so that 2019 begins with 平成31年4月."""
    year = calendar_year(fiscal_year, month)
    era, start = next((name, start) for name, _, start in _ERAS if (year, month) >= start)
    count = year - start[0] + 1
    return f"{era}{'元' if count == 1 else count}年{month}月"


def western_day(day: date) -> str:
    """「2022年5月20日」, as pages print the days of meetings."""
    return f"{day.year}年{day.month}月{day.day}日"


def wareki_day(day: date) -> str:
    """令和4年10月1日."""
    return f"{month_name(current_fiscal_year(day), day.month)}{day.day}日"


def read_month(text: str) -> tuple[int | None, int]:
    """(fiscal year or None where none is written, month): 4月, 令和7年4月, R7.4, 2025-04-01, 202504, R0704.

    ValueError with a sentence for anything else.
    """
    squeezed = squeeze(text).upper()
    if match := _MONTH_ALONE.fullmatch(squeezed):
        year, month = None, int(match["month"])
    elif match := _ERA_DIGITS.fullmatch(squeezed) or _WITH_YEAR.fullmatch(squeezed):
        year, month = _western(match["era"], match["year"]), int(match["month"])
    elif match := _DIGITS.fullmatch(squeezed):
        year, month = int(match["year"]), int(match["month"])
    else:
        month = year = 0
    # A year of two digits without its era could be of either calendar.
    if month not in MONTHS or (year is not None and year < 1000):
        raise ValueError(f"月は「4月」「令和7年4月」「2025-04」「202504」のように書いてください{typed(text)}")
    if year is None:
        return None, month
    return (year - 1 if month < MONTHS[0] else year), month


def _western(era: str | None, year: str) -> int:
    count = 1 if year == "元" else int(year)
    return count + _OFFSETS[era] if era else count
