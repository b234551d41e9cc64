"""Fiscal years (年度): April to March, kept as the Western year in which they start."""

import re
from datetime import date

from core.numerals import squeeze, typed

FIRST_YEAR, LAST_YEAR = 1926, 2199
LONGEST_PLAN = 12
"""Years. 障害者計画 of some cities run for ten or twelve."""
_ERAS = (("昭和", "S", 1926), ("平成", "H", 1989), ("令和", "R", 2019))
"""Name, letter, and the year that is 元年: as a fiscal year, 2019 is 令和元年度 throughout."""
BEFORE_ERA = {era: start - 1 for name, letter, start in _ERAS for era in (name, letter)}
"""By name and by letter of an era, the year to which its count is added: 令和3 is 2018 + 3."""

_YEAR = r"(?:西暦)?[0-9]{4}|(?:昭和|平成|令和|[SHR]\.?)(?:元|[0-9]{1,2})"
# One year, or the same year in both eras: 2021年度, 2019年(令和元)年度, 平成31年度/令和元年度.
_FORMS = re.compile(
    rf"(?P<first>{_YEAR})(?:年度?)?(?:(?P<mark>[(/・])(?P<second>{_YEAR})(?:年度?)?(?P<close>\)?)(?:年度?)?)?"
)


def read_fiscal_year(text: str) -> int:
    """The fiscal year meant by any form in print (平成32年度 is 2020); ValueError with a sentence otherwise."""
    squeezed = squeeze(text).upper()
    form = _FORMS.fullmatch(squeezed)
    if form is None or (form["mark"] == "(") != bool(form["close"]):
        raise ValueError(f"年度は「2021年度」「令和3年度」「R3」のように入力してください{typed(text)}")
    years = {_western(form[name]) for name in ("first", "second") if form[name]}
    if len(years) > 1:
        raise ValueError(f"西暦と和暦が同じ年度になっていません{typed(text)}")
    year = years.pop()
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"年度は {FIRST_YEAR} から {LAST_YEAR} までで入力してください{typed(text)}")
    return year


def _western(written: str) -> int:
    """The starting year of one matched form; an era's year 0 falls out of every range and so becomes a problem."""
    digits = written.removeprefix("西暦")
    if digits.isdecimal():
        return int(digits)
    era = written[0] if written[0] in BEFORE_ERA else written[:2]
    count = written.removeprefix(era).removeprefix(".")
    number = 1 if count == "元" else int(count)
    return BEFORE_ERA[era] + number if number else 0


def _era(year: int) -> tuple[str, str]:
    """Era and its year as printed: (令和, 元). ValueError before 昭和, which no plan reaches."""
    for era, _, start in reversed(_ERAS):
        if year >= start:
            return era, "元" if year == start else str(year - start + 1)
    raise ValueError(f"{year}年度は和暦で表せません")


def wareki(year: int) -> str:
    """令和3年度; 2019 is 令和元年度."""
    era, count = _era(year)
    return f"{era}{count}年度"


def both_eras(year: int) -> str:
    """令和3年度（2021年度）."""
    return f"{wareki(year)}（{year}年度）"


def current_fiscal_year(today: date) -> int:
    """The fiscal year that contains the day."""
    return today.year if today.month >= 4 else today.year - 1
