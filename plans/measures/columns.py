"""The master columns of the tidy table: their allowed values, and the field in which each is stored.

Everything is compared and shown in the form in which it is exported, so that reading an export changes nothing.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.characters import EDGES, is_control
from core.fiscal_years import read_fiscal_year
from core.municipality_codes import read_code
from core.numerals import plain, read_numeral, squeeze, typed
from core.words import Accumulation, Direction, Family, ParentRole, ValueKind, Word
from plans.models import PlanKind
from plans.models.measure import CODE_PATTERN

MUNICIPALITY_COLUMNS = ("自治体名",)
PLAN_COLUMNS = ("計画名", "開始年度", "終了年度")
SECTION_COLUMNS = ("節名",)
MEASURE_COLUMNS = (
    "節番号",
    "種別",
    "指標番号",
    "指標名",
    "親指標",
    "親との関係",
    "単位",
    "種類",
    "方向",
    "集計",
    "基準値",
    "基準年度",
)
USUAL_DIRECTION = {Family.TARGET.label: Direction.MORE.label, Family.INDICATOR.label: Direction.NEAR.label}
_MAX_GENERATION, _MAX_SECTION = 99, 999


def canonical(column: str, text: str) -> str:
    """The text of a master cell as it would be exported; ValueError with a sentence that names the remedy."""
    cleaned = text.strip(EDGES)
    if any(is_control(sign) for sign in cleaned):
        raise ValueError(f"改行や制御文字は使えません。取り除いてください{typed(text)}")
    return _READERS[column](cleaned)


def measure_fields(texts: dict[str, str]) -> dict[str, Any]:
    """The model fields that these columns fill; the writing action looks up 節番号, 種別 and 親指標."""
    return {_FIELDS[column][0]: _FIELDS[column][1](text) for column, text in texts.items() if column in _FIELDS}


def plan_kind(label: str) -> str:
    """The kind of plan with this label; KeyError without one."""
    return {kind.label: kind.value for kind in PlanKind}[label]


def _name(limit: int, *, required: bool = False) -> Callable[[str], str]:
    def read(text: str) -> str:
        if required and not text:
            raise ValueError("空欄にできません。入力してください")
        if len(text) > limit:
            raise ValueError(f"{limit}文字までで入力してください（{len(text)}文字あります）")
        return text

    return read


def _one_of(words: list[str], *, blank: str | None) -> Callable[[str], str]:
    """One of these words; a blank cell is `blank`, or a problem where that is None."""

    def read(text: str) -> str:
        word = squeeze(text)
        if not word and blank is not None:
            return blank
        if word not in words:
            raise ValueError(f"{'・'.join(words)}から選んでください{typed(text) if text else '（入力：空欄）'}")
        return word

    return read


def _words(words: type[Word], *, blank: str | None) -> Callable[[str], str]:
    return _one_of([word.label for word in words], blank=blank)


def _counted(after: str, limit: int) -> Callable[[str], str]:
    """A whole number from one, also as 第6期 or 第3節."""

    def read(text: str) -> str:
        match = re.fullmatch(rf"第?([0-9]{{1,4}})(?:{after})?", squeeze(text))
        if match is None or not 1 <= int(match[1]) <= limit:
            raise ValueError(f"1から{limit}までの整数で入力してください{typed(text) if text else '（入力：空欄）'}")
        return str(int(match[1]))

    return read


def _code(text: str) -> str:
    if not re.fullmatch(CODE_PATTERN, text):
        shown = typed(text) if text else "（入力：空欄）"
        raise ValueError(f"半角の英数字で始まる40文字までの英数字・「-」・「_」で入力してください{shown}")
    return text


def _year(text: str) -> str:
    return str(read_fiscal_year(text))


def _optional_year(text: str) -> str:
    return _year(text) if text else ""


def _number(text: str) -> str:
    if not text:
        return ""
    numeral = read_numeral(text)
    if numeral.tenths:
        raise ValueError(f"割・分を使わない数値で入力してください{typed(text)}")
    return plain(numeral.number)


_READERS: dict[str, Callable[[str], str]] = {
    "団体コード": read_code,
    "自治体名": _name(60),
    "計画種別": _one_of([kind.label for kind in PlanKind], blank=PlanKind.DISABILITY.label),
    "計画期": _counted("期", _MAX_GENERATION),
    "計画名": _name(100),
    "開始年度": _optional_year,
    "終了年度": _optional_year,
    "節番号": _counted("節", _MAX_SECTION),
    "節名": _name(200),
    "種別": _words(Family, blank=None),
    "指標コード": _code,
    "指標番号": _name(20),
    "指標名": _name(200, required=True),
    "親指標": lambda text: _code(text) if text else "",
    "親との関係": _words(ParentRole, blank=""),
    "単位": _name(20),
    "種類": _words(ValueKind, blank=ValueKind.NUMBER.label),
    "方向": _words(Direction, blank=""),  # the default follows 種別
    "集計": _words(Accumulation, blank=Accumulation.YEAR_TOTAL.label),
    "基準値": _number,
    "基準年度": _optional_year,
    "年度": _year,
}
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "指標番号": ("label", str),
    "指標名": ("title", str),
    "単位": ("unit", str),
    "種類": ("value_kind", ValueKind.from_label),
    "方向": ("direction", Direction.from_label),
    "集計": ("accumulation", Accumulation.from_label),
    "基準値": ("baseline", lambda text: Decimal(text) if text else None),
    "基準年度": ("baseline_year", lambda text: int(text) if text else None),
    "親との関係": ("parent_role", lambda text: ParentRole.from_label(text) if text else ""),
    # These two are no columns of the tidy table; an old sheet says them of a measure that it brings.
    "数え方の見出し": ("quantity", str),
    "評価シートの表": ("sheet_block", lambda text: text == "有"),
}
