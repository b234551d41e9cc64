"""The source that a report names: the number and hash of its publication, or that it is not published.

The 識別番号 is the SHA-256 of what was published; in print only its first twelve digits are shown, enough to notice a
typing error.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.fiscal_months import wareki_day, western_day
from core.fiscal_years import wareki
from core.numerals import squeeze, typed

SHORT = 12
"""Digits of the hash that are printed, and the fewest by which a publication is looked up."""
WHOLE = 64
GROUP = 4
_HEX = re.compile("[0-9a-f]*")
_AROUND = re.compile(r"\(?sha-?256(?:の先頭[0-9]+桁)?\)?|[:.…-]")


@dataclass(frozen=True)
class Citation:
    """One publication as one would cite it. `day` is the day it was published on."""

    fiscal_year: int
    number: int
    day: date
    sha256: str

    @property
    def name(self) -> str:
        """「令和4年度評価　公表第2号（令和5年6月30日公表）」."""
        return f"{wareki(self.fiscal_year)}評価　公表第{self.number}号（{wareki_day(self.day)}公表）"

    @property
    def short_digits(self) -> str:
        """「1a2b3c4d5e6f」."""
        return self.sha256[:SHORT]

    @property
    def short_number(self) -> str:
        """「1a2b 3c4d 5e6f」."""
        return grouped(self.short_digits)

    @property
    def words(self) -> str:
        """The line that is printed on a report."""
        return f"{self.name}　識別番号 {self.short_number}（SHA-256の先頭{SHORT}桁）"

    @property
    def short(self) -> str:
        """The same, shorter, for the foot of a page."""
        return f"公表第{self.number}号　識別番号 {self.short_number}"

    @property
    def whole(self) -> str:
        """With the whole hash, where there is room for it."""
        return f"{self.name}　識別番号（SHA-256） {self.sha256}"


@dataclass(frozen=True)
class NotPublished:
    """What a report from living data says of itself, with the day it was made on."""

    day: date
    sha256: ClassVar[str] = ""

    @property
    def words(self) -> str:
        """The line that is printed on a report."""
        return f"公表前の内容を含みます（{western_day(self.day)}作成）"

    @property
    def short(self) -> str:
        """The same at the foot of a page."""
        return self.words


Mark = Citation | NotPublished
"""What is printed on every report."""


def grouped(digits: str) -> str:
    """「1a2b 3c4d 5e6f」: in fours, as people read and copy them."""
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def read_number(text: str) -> str:
    """The digits of a 識別番号, typed, scanned or with the line of a report around it; ValueError with a sentence."""
    digits = _AROUND.sub("", squeeze(text).lower().rpartition("識別番号")[2])
    if not _HEX.fullmatch(digits):
        raise ValueError(f"識別番号は、0から9までの数字と、aからfまでの英字で入力してください{typed(text)}")
    if not SHORT <= len(digits) <= WHOLE:
        span = f"先頭の{SHORT}桁から全部の{WHOLE}桁まで"
        raise ValueError(f"識別番号は、{span}を入力してください（入力は{len(digits)}桁です）。")
    return digits
